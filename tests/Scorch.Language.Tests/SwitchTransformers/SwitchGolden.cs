using Scorch.Checkpoints;
using Scorch.Language.SwitchTransformers;

namespace Scorch.Language.Tests.SwitchTransformers;

/// <summary>Reference values under tests/oracles/switch-transformers, whose README says what made them.</summary>
internal sealed class SwitchGolden(string file)
{
    private readonly IReadOnlyDictionary<string, Tensor> arrays = Npz.Load(PathOf("switch-transformers/" + file));

    public Tensor this[string name] => arrays[name];

    public double[] Values(string name) => arrays[name].To(DataType.Float64).ToArray<double>();

    /// <summary>Parameters of a switch layer from those of separate experts: maps are stacked, the router's zero bias left out.</summary>
    public Dictionary<string, Tensor> Layer(string prefix, int experts) => new()
    {
        ["router.weight"] = arrays[$"{prefix}switch.weight"],
        ["experts.inward"] = Stacked(prefix, "layer1.weight", experts),
        ["experts.inward_bias"] = Stacked(prefix, "layer1.bias", experts),
        ["experts.outward"] = Stacked(prefix, "layer2.weight", experts),
        ["experts.outward_bias"] = Stacked(prefix, "layer2.bias", experts),
    };

    public static void AssertClose(Tensor expected, Tensor actual, double tolerance, string what = "")
    {
        Assert.Equal(expected.Shape.ToArray(), actual.Shape.ToArray());
        var (want, have) = (expected.To(DataType.Float64).ToArray<double>(), actual.Detach().To(DataType.Float64).ToArray<double>());
        for (var i = 0; i < want.Length; i++) Assert.True(Math.Abs(want[i] - have[i]) <= tolerance, $"{what} entry {i}: {have[i]:R} instead of {want[i]:R}");
    }

    /// <summary>A layer with the reference's rules: no jitter, biases, room for every token.</summary>
    public static SwitchFeedForward LayerOf(int features, int inner, int experts, DataType type, Dictionary<string, Tensor> weights, Func<SwitchConfig, SwitchConfig>? change = null)
    {
        var config = new SwitchConfig { ModelDim = features, FfDim = inner, Experts = experts, CapacityFactor = double.PositiveInfinity, JitterEps = 0, HasBiases = true };
        var layer = new SwitchFeedForward(change?.Invoke(config) ?? config, seed: 1);
        layer.ConvertTo(type);
        layer.LoadState(weights);
        return layer;
    }

    private Tensor Stacked(string prefix, string name, int experts) => Tensor.Stack([.. Enumerable.Range(0, experts).Select(i => arrays[$"{prefix}experts.{i}.{name}"])]);

    /// <summary>A file under tests/oracles.</summary>
    public static string PathOf(string file) => Path.Combine(Root(), "tests", "oracles", file);

    private static string Root()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder!.FullName, "Scorch.slnx"))) folder = folder.Parent;
        return folder.FullName;
    }
}
