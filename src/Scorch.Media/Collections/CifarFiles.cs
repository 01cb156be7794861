using Scorch.Checkpoints;

namespace Scorch.Media;

/// <summary>The two data sets of the CIFAR family.</summary>
public enum CifarKind
{
    /// <summary>Ten classes.</summary>
    Cifar10,

    /// <summary>A hundred fine classes in twenty coarse ones.</summary>
    Cifar100,
}

/// <summary>CIFAR-10 and CIFAR-100 in the files of their authors: the binary form and the Python form (pickles, of which nothing is executed), unpacked or as .tar.gz.</summary>
/// <remarks>Format: a picture is 3072 bytes, the red, green and blue planes of 32x32 after each other; in the binary form its label comes before (CIFAR-100: coarse, fine).</remarks>
public static class CifarFiles
{
    private const int Side = 32, PictureBytes = 3 * Side * Side;

    private static readonly string[] TenNames = ["airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck"];

    /// <summary>Reads one part.</summary>
    /// <param name="path">A .tar.gz as distributed, or a folder that holds one, the files themselves, or the distributed folder (e.g. <c>cifar-10-batches-bin</c>).</param>
    /// <param name="kind">Which of the two.</param>
    /// <param name="part"><c>train</c> or <c>test</c>.</param>
    /// <param name="coarse">The twenty coarse classes of CIFAR-100 instead of the hundred fine ones.</param>
    /// <exception cref="FileNotFoundException">None of the files is there; they are named.</exception>
    /// <exception cref="InvalidDataException">A file is truncated or holds something else; it is named.</exception>
    /// <exception cref="CheckpointException">A pickle is damaged or asks for more than plain arrays.</exception>
    public static LabelledImages Load(string path, CifarKind kind, string part, bool coarse = false)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        if (part is not ("train" or "test")) throw new ArgumentException($"CifarFiles: the part is '{part}'; train and test are known.", nameof(part));
        if (coarse && kind == CifarKind.Cifar10) throw new ArgumentException("CifarFiles: CIFAR-10 has no coarse classes; ask for CIFAR-100, or leave coarse out.", nameof(coarse));
        using var files = CifarSource.Open(path, kind);
        var stems = (kind, part) switch
        {
            (CifarKind.Cifar10, "train") => Enumerable.Range(1, 5).Select(i => $"data_batch_{i}").ToArray(),
            (CifarKind.Cifar10, _) => ["test_batch"],
            _ => [part],
        };
        var isBinary = files.Has(stems[0] + ".bin");
        if (!isBinary && !files.Has(stems[0])) throw new FileNotFoundException($"{path}: neither {stems[0]}.bin (binary form) nor {stems[0]} (Python form) is there; unpack {Distributed(kind)} there.");
        if (isBinary) stems = [.. stems.Select(stem => stem + ".bin")];
        // A set may have fewer batches than the published one, but no gaps.
        var count = Array.FindLastIndex(stems, files.Has) + 1;
        if (stems[..count].FirstOrDefault(stem => !files.Has(stem)) is { } missing) throw new FileNotFoundException($"{path}: {missing} is missing; unpack {Distributed(kind)} again.");
        var (pixels, labels) = (new List<byte[]>(), new List<int>());
        foreach (var stem in stems[..count])
        {
            var (name, content) = (files.NameOf(stem), files.Read(stem));
            if (isBinary) AddBinary(content, name, kind, coarse, pixels, labels);
            else AddPickle(content, name, kind, coarse, pixels, labels);
        }
        var classes = Classes(files, kind, coarse);
        if (labels.FindIndex(label => label < 0 || label >= classes.Count) is >= 0 and var wrong)
            throw new InvalidDataException($"{path}: picture {wrong} of {part} has the label {labels[wrong]}; there are classes 0 to {classes.Count - 1}. The file is damaged, or of another data set.");
        var all = new byte[pixels.Sum(piece => (long)piece.Length)];
        var at = 0;
        foreach (var piece in pixels)
        {
            piece.CopyTo(all, at);
            at += piece.Length;
        }
        return new(all, [.. labels], 3, Side, Side, classes);
    }

    private static void AddBinary(byte[] content, string name, CifarKind kind, bool coarse, List<byte[]> pixels, List<int> labels)
    {
        var labelBytes = kind == CifarKind.Cifar10 ? 1 : 2;
        var record = labelBytes + PictureBytes;
        if (content.Length == 0 || content.Length % record != 0)
            throw new InvalidDataException($"{name} has {content.Length} bytes, which is no whole number of pictures of {record} bytes; it is truncated, or of another data set. Get it again.");
        var count = content.Length / record;
        var piece = new byte[count * PictureBytes];
        for (var i = 0; i < count; i++)
        {
            labels.Add(content[(i * record) + (labelBytes == 2 && !coarse ? 1 : 0)]);
            content.AsSpan((i * record) + labelBytes, PictureBytes).CopyTo(piece.AsSpan(i * PictureBytes));
        }
        pixels.Add(piece);
    }

    private static void AddPickle(byte[] content, string name, CifarKind kind, bool coarse, List<byte[]> pixels, List<int> labels)
    {
        var key = kind == CifarKind.Cifar10 ? "labels" : coarse ? "coarse_labels" : "fine_labels";
        if (Unpickle(content, name) is not IReadOnlyDictionary<object, object?> batch || !batch.TryGetValue("data", out var data) || !batch.TryGetValue(key, out var marks))
            throw new InvalidDataException($"{name}: a dictionary with 'data' and '{key}' is needed; is it a batch of {kind}?");
        if (data is not Tensor { DataType: DataType.UInt8, Rank: 2 } samples || samples.Shape[1] != PictureBytes)
            throw new InvalidDataException($"{name}: 'data' is {(data is Tensor other ? $"{other.DataType} {other.Shape}" : "no array")}; uint8 [pictures, {PictureBytes}] is needed.");
        var numbers = marks switch
        {
            IReadOnlyList<object?> list when list.All(item => item is long) => [.. list.Select(item => (long)item!)],
            Tensor { Rank: 1 } tensor when !tensor.DataType.IsFloating() => tensor.To(DataType.Int64).ToArray<long>(),
            _ => throw new InvalidDataException($"{name}: '{key}' is not a list of whole numbers."),
        };
        if (numbers.Length != samples.Shape[0] || numbers.Length == 0) throw new InvalidDataException($"{name}: {samples.Shape[0]} pictures and {numbers.Length} labels; the file is damaged, get it again.");
        labels.AddRange(numbers.Select(number => (int)Math.Clamp(number, -1, int.MaxValue)));
        pixels.Add(samples.ToArray<byte>());
    }

    /// <summary>Names of the classes from the file that comes with either form; CIFAR-10's are known without it.</summary>
    private static IReadOnlyList<string> Classes(CifarSource files, CifarKind kind, bool coarse)
    {
        var (count, text, pickle, key) = (kind, coarse) switch
        {
            (CifarKind.Cifar10, _) => (10, "batches.meta.txt", "batches.meta", "label_names"),
            (_, true) => (20, "coarse_label_names.txt", "meta", "coarse_label_names"),
            _ => (100, "fine_label_names.txt", "meta", "fine_label_names"),
        };
        string[]? names = null;
        if (files.Has(text))
        {
            names = System.Text.Encoding.UTF8.GetString(files.Read(text)).Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        }
        else if (files.Has(pickle))
        {
            if (Unpickle(files.Read(pickle), files.NameOf(pickle)) is IReadOnlyDictionary<object, object?> meta && meta.TryGetValue(key, out var list) && list is IReadOnlyList<object?> items)
                names = [.. items.Select(item => item is byte[] letters ? System.Text.Encoding.UTF8.GetString(letters) : item as string ?? throw new InvalidDataException($"{files.NameOf(pickle)}: a name in '{key}' is no text."))];
            else throw new InvalidDataException($"{files.NameOf(pickle)}: the list '{key}' is missing.");
        }
        if (names is null) return kind == CifarKind.Cifar10 ? TenNames : [.. Enumerable.Range(0, count).Select(i => $"class {i}")];
        return names.Length == count ? names : throw new InvalidDataException($"{files.NameOf(files.Has(text) ? text : pickle)} has {names.Length} names of classes instead of {count}; get it again.");
    }

    private static object? Unpickle(byte[] content, string name)
    {
        using var stream = new MemoryStream(content, writable: false);
        return PickleFile.Read(stream, name);
    }

    private static string Distributed(CifarKind kind) => kind == CifarKind.Cifar10 ? "cifar-10-binary.tar.gz or cifar-10-python.tar.gz" : "cifar-100-binary.tar.gz or cifar-100-python.tar.gz";
}
