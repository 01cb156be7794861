using Scorch.Checkpoints;
using Scorch.Modules;

namespace Scorch.Models.Tests;

/// <summary>Reference values from an .npz file below tests/oracles.</summary>
internal sealed class Golden(string path)
{
    private readonly IReadOnlyDictionary<string, Tensor> arrays = Npz.Load(PathOf(path));

    public Tensor this[string name] => arrays[name];

    /// <summary>The arrays below a prefix, without it.</summary>
    public Dictionary<string, Tensor> Below(string prefix) =>
        arrays.Where(entry => entry.Key.StartsWith(prefix, StringComparison.Ordinal)).ToDictionary(entry => entry.Key[prefix.Length..], entry => entry.Value);

    public static string PathOf(string path) => Path.Combine(Root(), "tests", "oracles", path);

    private static string Root()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder!.FullName, "Scorch.slnx"))) folder = folder.Parent;
        return folder.FullName;
    }

    /// <summary>Within a tolerance of the largest entry. 1e-10 in float64 is the reference values' note.</summary>
    public static void AssertClose(Tensor expected, Tensor actual, double tolerance = 1e-10, string what = "")
    {
        Assert.Equal(expected.Shape.ToArray(), actual.Shape.ToArray());
        var (want, have) = (expected.To(DataType.Float64).ToArray<double>(), actual.To(DataType.Float64).ToArray<double>());
        var scale = Math.Max(1, want.Length == 0 ? 0 : want.Max(Math.Abs));
        for (var i = 0; i < want.Length; i++)
            Assert.True(Math.Abs(want[i] - have[i]) <= tolerance * scale, $"{what} entry {i}: {have[i]:R} instead of {want[i]:R}");
    }

    /// <summary>Every parameter's gradient is that of the reference; <paramref name="count"/> guards against comparing none.</summary>
    public void AssertGradients(Module module, int count, string prefix = "grad.")
    {
        var compared = 0;
        foreach (var (name, parameter) in module.NamedParameters())
        {
            AssertClose(this[prefix + name], parameter.Gradient ?? Tensor.ZerosLike(parameter), what: name);
            compared++;
        }
        Assert.Equal(count, compared);
    }
}
