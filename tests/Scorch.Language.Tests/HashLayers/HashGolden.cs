using Scorch.Checkpoints;
using Scorch.Language.HashLayers;
using Scorch.Language.Tests.SwitchTransformers;

namespace Scorch.Language.Tests.HashLayers;

/// <summary>Reference values under tests/oracles/hash-layers, whose README says what made them.</summary>
internal sealed class HashGolden(string file)
{
    private readonly IReadOnlyDictionary<string, Tensor> arrays = Npz.Load(SwitchGolden.PathOf("hash-layers/" + file));

    public Tensor this[string name] => arrays[name];

    public int[] Integers(string name) => [.. arrays[name].To(DataType.Int64).ToArray<long>().Select(value => (int)value)];

    public double[] Values(string name) => arrays[name].To(DataType.Float64).ToArray<double>();

    /// <summary>Parameters of the reference class, whose experts are modules of their own: stacked.</summary>
    public Dictionary<string, Tensor> Layer(string prefix, int experts)
    {
        Tensor Stacked(string name) => Tensor.Stack([.. Enumerable.Range(0, experts).Select(k => arrays[$"{prefix}{name.Replace("*", $"{k}", StringComparison.Ordinal)}"])]);
        return new()
        {
            ["experts.inward"] = Stacked("linears1.*.weight"),
            ["experts.inward_bias"] = Stacked("linears1.*.bias"),
            ["experts.outward"] = Stacked("linears2.*.weight"),
            ["experts.outward_bias"] = Stacked("linears2.*.bias"),
            ["norm.weight"] = arrays[prefix + "norms.0.weight"],
            ["norm.bias"] = arrays[prefix + "norms.0.bias"],
        };
    }

    public static HashFeedForward LayerOf(int features, int inner, ITokenHash hash, DataType type, IReadOnlyDictionary<string, Tensor>? weights = null, bool inside = false)
    {
        var config = new HashLayerConfig { ModelDim = features, FfDim = inner, Buckets = hash.Buckets, Segments = hash.Functions, InnerResidualNorm = inside };
        var layer = new HashFeedForward(config, hash, seed: 1);
        layer.ConvertTo(type);
        if (weights is not null) layer.LoadState(weights, strict: false);
        return layer;
    }
}
