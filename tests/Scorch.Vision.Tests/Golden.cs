using Scorch.Checkpoints;

namespace Scorch.Vision.Tests;

/// <summary>The reference values of tests/oracles/repvgg.</summary>
internal sealed class Golden(string file)
{
    public IReadOnlyDictionary<string, Tensor> Arrays { get; } = Npz.Load(PathOf(file));

    public Tensor this[string name] => Arrays[name];

    public static string PathOf(string file) => Path.Combine(Root(), "tests", "oracles", "repvgg", file);

    public static string Root()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder!.FullName, "Scorch.slnx"))) folder = folder.Parent;
        return folder.FullName;
    }

    public double[] Numbers(string name) => [.. this[name].To(DataType.Float64).ToArray<double>()];

    /// <summary>The arrays below a prefix, without it.</summary>
    public Dictionary<string, Tensor> Below(string prefix) =>
        Arrays.Where(entry => entry.Key.StartsWith(prefix, StringComparison.Ordinal)).ToDictionary(entry => entry.Key[prefix.Length..], entry => entry.Value);

    /// <summary>Tolerance of the reference values' note: 1e-9 of the largest entry in float64, 1e-4 in float32.</summary>
    public static void AssertClose(Tensor expected, Tensor actual, double tolerance = 1e-9)
    {
        Assert.Equal(expected.Shape.ToArray(), actual.Shape.ToArray());
        var (want, have) = (expected.To(DataType.Float64).ToArray<double>(), actual.To(DataType.Float64).ToArray<double>());
        var scale = want.Length == 0 ? 0 : want.Max(Math.Abs);
        for (var i = 0; i < want.Length; i++)
            Assert.True(Math.Abs(want[i] - have[i]) <= tolerance * scale, $"entry {i}: {have[i]:R} instead of {want[i]:R} (largest {scale:R})");
    }
}
