using System.Text.Json;
using System.Text.Json.Serialization;
using Scorch.Checkpoints;
using Scorch.Models.Transformers;
using Scorch.Text;

namespace Scorch.Language.HyperFormers;

/// <summary>A trained model as a folder: the T5, its vocabulary, the hypernetworks and the tasks' labels.</summary>
/// <param name="Model">The model.</param>
/// <param name="Text">Cuts texts as in training.</param>
/// <param name="Labels">The labels of each task.</param>
public sealed record HyperFormerFolder(HyperFormer Model, TaskText Text, IReadOnlyDictionary<string, IReadOnlyList<string>> Labels)
{
    private const string BackboneFolder = "backbone";
    private const string WordFile = "vocabulary.json";
    private const string PieceFile = "spiece.model";
    private const string WeightFile = "hyperformer.safetensors";
    private const string TaskFile = "tasks.json";
    private const int PublishedSentinels = 100;

    /// <summary>Writes the T5 and its vocabulary, which training leaves as they are but for normalisations.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="backbone">The T5.</param>
    /// <param name="tokenizer">Its words, or null where <paramref name="pieces"/> names its SentencePiece model.</param>
    /// <param name="pieces">The model file, which is copied.</param>
    public static void SaveBackbone(string folder, T5Model backbone, WordTokenizer? tokenizer, string? pieces = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        ArgumentNullException.ThrowIfNull(backbone);
        if (tokenizer is not null) tokenizer.Save(Path.Combine(folder, WordFile));
        else AtomicFile.WriteBytes(Path.Combine(folder, PieceFile), File.ReadAllBytes(pieces ?? throw new ArgumentException("SaveBackbone: give a tokeniser or the file of a SentencePiece model.", nameof(pieces))));
        backbone.Save(Path.Combine(folder, BackboneFolder));
    }

    /// <summary>Whether a folder holds a T5 that <see cref="SaveBackbone"/> wrote.</summary>
    /// <param name="folder">The folder.</param>
    public static bool HasBackbone(string folder) => File.Exists(Path.Combine(folder, BackboneFolder, "config.json"));

    /// <summary>Reads what <see cref="SaveBackbone"/> wrote.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="maximumLength">The most tokens of a text.</param>
    /// <exception cref="CheckpointException">A file is missing or damaged.</exception>
    public static (T5Model Backbone, TaskText Text) LoadBackbone(string folder, int maximumLength)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        var (words, pieces) = (Path.Combine(folder, WordFile), Path.Combine(folder, PieceFile));
        if (!File.Exists(words) && !File.Exists(pieces)) throw new CheckpointException($"{folder}: neither {WordFile} nor {PieceFile} is there; give a folder that 'scorch hyperformer train' wrote.");
        ITokenizer tokenizer = File.Exists(words) ? new WordTokenizer(Vocabulary.Load(words)) : UnigramTokenizer.Load(pieces, PublishedSentinels);
        var backbone = T5Model.Load(Path.Combine(folder, BackboneFolder));
        if (tokenizer.Count > backbone.VocabularySize) throw new CheckpointException($"{folder}: the vocabulary has {tokenizer.Count} tokens, the T5 {backbone.VocabularySize}; both must come from one run.");
        return (backbone, new(tokenizer, backbone.Config.EndToken, maximumLength));
    }

    /// <summary>Copies what <see cref="SaveBackbone"/> wrote to another folder.</summary>
    internal static void CopyBackbone(string from, string to)
    {
        if (Path.GetFullPath(from) == Path.GetFullPath(to)) return;
        foreach (var file in Directory.EnumerateFiles(Path.Combine(from, BackboneFolder)).Select(path => Path.Combine(BackboneFolder, Path.GetFileName(path))).Concat(new[] { WordFile, PieceFile }.Where(file => File.Exists(Path.Combine(from, file)))))
            AtomicFile.Write(Path.Combine(to, file), stream =>
            {
                using var source = File.OpenRead(Path.Combine(from, file));
                source.CopyTo(stream);
            });
    }

    /// <summary>Writes hypernetworks and tasks, beside what <see cref="SaveBackbone"/> wrote.</summary>
    /// <param name="folder">The folder.</param>
    public void SaveTasks(string folder)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        Model.Save(Path.Combine(folder, WeightFile));
        var content = new TaskFileContent(Text.MaximumLength, Labels.ToDictionary(entry => entry.Key, entry => entry.Value.ToArray()));
        AtomicFile.WriteText(Path.Combine(folder, TaskFile), JsonSerializer.Serialize(content, TaskFileJson.Default.TaskFileContent));
    }

    /// <summary>Reads a whole folder.</summary>
    /// <param name="folder">The folder.</param>
    /// <returns>The model, in evaluation mode.</returns>
    /// <exception cref="CheckpointException">A file is missing or damaged.</exception>
    public static HyperFormerFolder Load(string folder)
    {
        var content = LoadTasks(folder);
        var (backbone, text) = LoadBackbone(folder, content.MaximumLength);
        var model = HyperFormer.Load(Path.Combine(folder, WeightFile), backbone);
        if (model.Tasks.FirstOrDefault(task => !content.Labels.ContainsKey(task)) is { } missing) throw new CheckpointException($"{folder}: {TaskFile} lacks the task '{missing}'; both must come from one run.");
        return new(model, text, content.Labels.ToDictionary(entry => entry.Key, entry => (IReadOnlyList<string>)entry.Value));
    }

    internal static TaskFileContent LoadTasks(string folder)
    {
        var path = Path.Combine(folder, TaskFile);
        if (!File.Exists(path)) throw new CheckpointException($"{path}: there is no such file; give a folder that 'scorch hyperformer train' wrote.");
        try
        {
            using var stream = File.OpenRead(path);
            if (JsonSerializer.Deserialize(stream, TaskFileJson.Default.TaskFileContent) is { MaximumLength: >= 2, Labels: not null } content && content.Labels.Values.All(labels => labels is { Length: > 0 } && labels.All(label => label is not null)))
                return content;
        }
        catch (JsonException error)
        {
            throw new CheckpointException($"{path}: no list of tasks ({error.Message}). Train again, or correct the file.", error);
        }
        throw new CheckpointException($"{path}: a length of at least 2 and the labels of every task are needed. Train again, or correct the file.");
    }
}

/// <summary>What the file of tasks holds.</summary>
internal sealed record TaskFileContent(int MaximumLength, Dictionary<string, string[]> Labels);

[JsonSourceGenerationOptions(WriteIndented = true, PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(TaskFileContent))]
[JsonSerializable(typeof(TrainingReport))]
internal sealed partial class TaskFileJson : JsonSerializerContext;

/// <summary>What training leaves beside the model.</summary>
internal sealed record TrainingReport(long Steps, long BestStep, Dictionary<string, double> Validation, Dictionary<string, double> Test, long BackboneParameters, long AddedParameters, double PercentPerTask);
