using Scorch.Text;

namespace Scorch.Language.ZeroShotDst;

/// <summary>A part of a data set.</summary>
public enum DstPart
{
    /// <summary>To train on.</summary>
    Train,

    /// <summary>To choose settings on.</summary>
    Validation,

    /// <summary>To report.</summary>
    Test,
}

/// <summary>A file format of dialogs with states.</summary>
public enum DstFormat
{
    /// <summary>Schema-Guided Dialogue: <c>train/dialogues_001.json</c>, …, <c>schema.json</c>.</summary>
    Sgd,

    /// <summary>WOZ 2.0: <c>woz_train_en.json</c>, ….</summary>
    Woz,

    /// <summary>MultiWOZ 2.1: <c>data.json</c>, <c>valListFile.txt</c>, <c>testListFile.txt</c>, or a file a part.</summary>
    MultiWoz21,

    /// <summary>MultiWOZ 2.2: <c>train/dialogues_001.json</c>, …, <c>schema.json</c>.</summary>
    MultiWoz22,
}

/// <summary>Reads data sets as they are published, from a folder or a zip archive.</summary>
public static class DstFiles
{
    /// <summary>MultiWOZ's domains that nobody tracks.</summary>
    internal static readonly IReadOnlyList<string> Dropped = ["hospital", "police", "bus"];

    /// <summary>Reads a part.</summary>
    /// <param name="path">Folder, zip archive or JSON file.</param>
    /// <param name="format">Its format.</param>
    /// <param name="part">The part; a lone file is taken whole.</param>
    /// <param name="schemaPath">A <c>schema.json</c> in place of the one beside the dialogs.</param>
    /// <exception cref="TextFormatException">A file is not what the format says; file and dialog are named.</exception>
    public static DstData Load(string path, DstFormat format, DstPart part, string? schemaPath = null) => format switch
    {
        DstFormat.Sgd => LoadSgd(path, part, schemaPath),
        DstFormat.Woz => LoadWoz(path, part),
        DstFormat.MultiWoz21 => LoadMultiWoz21(path, part),
        DstFormat.MultiWoz22 => LoadMultiWoz22(path, part, schemaPath),
        _ => throw new ArgumentOutOfRangeException(nameof(format), format, "DstFiles: none of the named formats."),
    };

    /// <summary>Schema-Guided Dialogue (Rastogi and others 2020).</summary>
    /// <param name="path">The folder with <c>train</c>, <c>dev</c> and <c>test</c>, one of these, a zip archive of them, or one <c>dialogues_NNN.json</c>.</param>
    /// <param name="part">The part; a folder or file without parts is taken whole.</param>
    /// <param name="schemaPath">A <c>schema.json</c> in place of the one beside the dialogs.</param>
    /// <param name="mostFiles">Read the first files alone.</param>
    /// <exception cref="TextFormatException">A file is damaged, a frame names an unknown service, or a state a slot that the schema lacks; file and dialog are named.</exception>
    public static DstData LoadSgd(string path, DstPart part, string? schemaPath = null, int mostFiles = int.MaxValue)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(mostFiles, 1);
        var entries = OfPart(JsonSource.Entries(path), part);
        var schema = SchemaOf(path, entries, schemaPath);
        return new("Schema-Guided Dialogue", schema, Dialogues(path, entries).Take(mostFiles).SelectMany(entry => FrameFiles.Read(entry, schema, [])).ToList());
    }

    /// <summary>MultiWOZ 2.2 (Zang and others 2020).</summary>
    /// <param name="path">The folder with <c>train</c>, <c>dev</c>, <c>test</c> and <c>schema.json</c>, a zip archive of them, or one <c>dialogues_NNN.json</c>.</param>
    /// <param name="part">The part; a folder or file without parts is taken whole.</param>
    /// <param name="schemaPath">The published <c>schema.json</c>, for its descriptions; without it the 30 slots of <see cref="DialogSchema.MultiWoz"/> serve. Either way these 30 are tracked.</param>
    /// <exception cref="TextFormatException">A file is damaged or of another version; file and dialog are named.</exception>
    public static DstData LoadMultiWoz22(string path, DstPart part, string? schemaPath = null)
    {
        var all = JsonSource.Entries(path);
        var entries = OfPart(all, part);
        var found = all.Where(entry => entry.Path == "schema.json" || entry.Path.EndsWith("/schema.json", StringComparison.Ordinal)).Take(1);
        var published = schemaPath is not null ? DialogSchema.Load(schemaPath) : found.Select(entry => Opened(entry, DialogSchema.Read)).FirstOrDefault();
        var schema = published is null ? DialogSchema.MultiWoz : MultiWozSlots.Described(published);
        return new("MultiWOZ 2.2", schema, Dialogues(path, entries).SelectMany(entry => FrameFiles.Read(entry, schema, Dropped)).ToList());
    }

    /// <summary>WOZ 2.0 (Wen, Mrkšić and others 2017): restaurants.</summary>
    /// <param name="path">The folder or zip archive with <c>woz_train_en.json</c> and its kin, or one of these.</param>
    /// <param name="part">The part; a lone file is taken whole.</param>
    /// <exception cref="TextFormatException">A file is damaged or missing.</exception>
    public static DstData LoadWoz(string path, DstPart part)
    {
        var entries = JsonSource.Entries(path).Where(entry => entry.Path.EndsWith(".json", StringComparison.Ordinal)).ToList();
        var name = part switch { DstPart.Train => "woz_train", DstPart.Validation => "woz_validate", _ => "woz_test" };
        var own = entries.Count == 1 ? entries : [.. entries.Where(entry => Path.GetFileName(entry.Path).StartsWith(name, StringComparison.Ordinal) && entry.Path.EndsWith("_en.json", StringComparison.Ordinal))];
        if (own.Count != 1) throw new TextFormatException($"{path}: {own.Count} files are named {name}_en.json; WOZ 2.0 has one.");
        return new("WOZ 2.0", DialogSchema.Woz, WozFiles.Read(own[0]));
    }

    /// <summary>MultiWOZ 2.1 (Eric and others 2020), as the archive has it.</summary>
    /// <param name="path">The folder or zip archive with <c>data.json</c>, <c>valListFile.txt</c> and <c>testListFile.txt</c>, or with <c>train.json</c>, <c>val.json</c> and <c>test.json</c> (each may be zipped), or one such file.</param>
    /// <param name="part">The part; a lone file is taken whole.</param>
    /// <exception cref="TextFormatException">A file is damaged, missing or of another version; file and dialog are named.</exception>
    public static DstData LoadMultiWoz21(string path, DstPart part) => new("MultiWOZ 2.1", DialogSchema.MultiWoz, MultiWozFiles.Read(path, part));

    /// <summary>What format a folder, archive or file has.</summary>
    /// <param name="path">The folder, archive or file.</param>
    /// <exception cref="TextFormatException">None of those that are known.</exception>
    public static DstFormat Detect(string path)
    {
        var names = JsonSource.Entries(path).Select(entry => Path.GetFileName(entry.Path)).ToList();
        if (names.Any(name => name.StartsWith("woz_", StringComparison.Ordinal))) return DstFormat.Woz;
        if (names.Any(name => name is "data.json" or "train.json" or "val.json" or "test.json" or "train.json.zip" or "val.json.zip" or "test.json.zip")) return DstFormat.MultiWoz21;
        if (JsonSource.Entries(path).Where(IsDialogues).Take(1).ToList() is [var first])
            return FrameFiles.IsMultiWoz(first) ? DstFormat.MultiWoz22 : DstFormat.Sgd;
        throw new TextFormatException($"{path}: no dialogs are known by their names here (dialogues_NNN.json, woz_train_en.json, data.json, val.json, test.json); name the format.");
    }

    private static bool IsDialogues(JsonSource.Entry entry)
    {
        var name = Path.GetFileName(entry.Path);
        return name.StartsWith("dialogues", StringComparison.Ordinal) && name.EndsWith(".json", StringComparison.Ordinal);
    }

    private static IReadOnlyList<JsonSource.Entry> Dialogues(string path, IReadOnlyList<JsonSource.Entry> entries)
    {
        var own = entries.Count == 1 ? entries : [.. entries.Where(IsDialogues)];
        return own.Count > 0 ? own : throw new TextFormatException($"{path}: there is no dialogues_NNN.json in this part; give the folder that holds train, dev and test.");
    }

    /// <summary>Files in the part's folder; all where the parts have no folders.</summary>
    private static IReadOnlyList<JsonSource.Entry> OfPart(IReadOnlyList<JsonSource.Entry> entries, DstPart part)
    {
        bool In(JsonSource.Entry entry, string folder) => entry.Path.StartsWith(folder + "/", StringComparison.Ordinal) || entry.Path.Contains($"/{folder}/", StringComparison.Ordinal);
        if (!entries.Any(entry => In(entry, "train") || In(entry, "dev") || In(entry, "test"))) return entries;
        var name = part switch { DstPart.Train => "train", DstPart.Validation => "dev", _ => "test" };
        return [.. entries.Where(entry => In(entry, name))];
    }

    private static DialogSchema SchemaOf(string path, IReadOnlyList<JsonSource.Entry> entries, string? schemaPath)
    {
        if (schemaPath is not null) return DialogSchema.Load(schemaPath);
        var own = entries.Where(entry => Path.GetFileName(entry.Path) == "schema.json").ToList();
        if (own.Count > 0) return Opened(own[0], DialogSchema.Read);
        var beside = Path.Combine(Path.GetDirectoryName(Path.GetFullPath(path)) ?? ".", "schema.json");
        return File.Exists(path) && File.Exists(beside) ? DialogSchema.Load(beside) : throw new TextFormatException($"{path}: there is no schema.json beside the dialogs; give its path.");
    }

    private static T Opened<T>(JsonSource.Entry entry, Func<Stream, string, T> read)
    {
        using var stream = JsonSource.Open(entry);
        return read(stream, entry.FullName);
    }
}
