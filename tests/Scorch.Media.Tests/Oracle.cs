using Scorch.Checkpoints;

namespace Scorch.Media.Tests;

/// <summary>The reference files and the samples that are expected of them.</summary>
internal static class Oracle
{
    private static readonly Lazy<IReadOnlyDictionary<string, Tensor>> Arrays = new(() => Npz.Load(PathOf("expected.npz")));

    public static string PathOf(string file)
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder!.FullName, "Scorch.slnx"))) folder = folder.Parent;
        return Path.Combine(folder.FullName, "tests", "oracles", "media", file);
    }

    public static byte[] Bytes(string file) => File.ReadAllBytes(PathOf(file));

    public static Tensor Expected(string name) => Arrays.Value[name];

    public static IEnumerable<string> Names(string ending) => Directory.GetFiles(PathOf(""), "*" + ending).Select(Path.GetFileName).Select(name => name!)
        .Where(name => Arrays.Value.ContainsKey(name)).Order(StringComparer.Ordinal);

    public static Image Picture(string name)
    {
        var expected = Expected(name);
        return new(expected.Shape[1], expected.Shape[0], expected.Shape[2], expected.ToArray<byte>());
    }

    public static int[] Samples(Image image) => image.BitDepth == 8 ? [.. image.Bytes.ToArray().Select(b => (int)b)] : [.. image.Words.ToArray().Select(w => (int)w)];

    public static int[] Numbers(Tensor tensor) => tensor.To(DataType.Int32).ToArray<int>();
}
