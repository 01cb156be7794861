using Scorch.Data;
using Scorch.Media;

namespace Scorch.Benchmarks.Workloads;

/// <summary>From files to batches.</summary>
internal static class Loading
{
    /// <summary>Names the folder that pytorch_worker.py filled.</summary>
    public const string FolderVariable = "SCORCH_BENCHMARK_FILES";

    public static Workload Create(Row row)
    {
        var folder = Environment.GetEnvironmentVariable(FolderVariable)
            ?? throw new InvalidOperationException($"{FolderVariable} is not set; run benchmarks/compare.");
        return row.Operation == "jpeg" ? Pictures(Path.Combine(folder, "pictures")) : Text(Path.Combine(folder, "text.txt"));
    }

    private static Workload Pictures(string folder)
    {
        var files = Directory.GetFiles(folder, "*.jpg").Order(StringComparer.Ordinal).ToArray();
        var loader = new DataLoader<Tensor>(
            files.Length,
            numbers => Tensor.Stack([.. numbers.Select(i => (Image.Load(files[i]).ToRgb().Crop(16, 16, 224, 224).ToTensor() - 0.5) / 0.25)]),
            new(32, Shuffle: false, Workers: Parallelism.ThreadCount > 1 ? Parallelism.ThreadCount : 0));
        return new(() => [loader.Epoch().ToArray()[0]]);
    }

    /// <summary>Words become numbers in order of appearance; blocks of 128 are stacked in batches of 32.</summary>
    private static Workload Text(string path) => new(() =>
    {
        var vocabulary = new Dictionary<string, long>();
        var lookup = vocabulary.GetAlternateLookup<ReadOnlySpan<char>>();
        var ids = new List<long>();
        foreach (var line in File.ReadLines(path))
        {
            var text = line.AsSpan();
            foreach (var range in text.Split(' '))
            {
                var word = text[range];
                if (word.IsEmpty) continue;
                if (!lookup.TryGetValue(word, out var id)) lookup[word] = id = vocabulary.Count;
                ids.Add(id);
            }
        }
        var blocks = Tensor.From([.. ids[..(ids.Count / 128 * 128)]], [ids.Count / 128, 128]);
        return [.. Enumerable.Range(0, (blocks.Shape[0] + 31) / 32).Select(i => blocks.Narrow(0, i * 32, Math.Min(32, blocks.Shape[0] - (i * 32))).To(DataType.Float64)).ToArray()[..1]];
    });
}
