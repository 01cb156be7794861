using Scorch.Checkpoints;
using Scorch.Language.Tests.SwitchTransformers;
using Scorch.Language.TransformerSurvey;

namespace Scorch.Language.Tests.TransformerSurvey;

/// <summary>Reference values under tests/oracles/transformer-survey, whose README says what made them.</summary>
internal sealed class SurveyGolden(string file)
{
    private readonly IReadOnlyDictionary<string, Tensor> arrays = Npz.Load(SwitchGolden.PathOf("transformer-survey/" + file + ".npz"));

    public Tensor this[string name] => arrays[name];

    /// <summary>A leaf in a type, whose gradient is compared.</summary>
    public Tensor Leaf(string name, DataType type = DataType.Float64)
    {
        var leaf = arrays[name].To(type).Clone().Detach();
        leaf.RequiresGradient = true;
        return leaf;
    }

    public static void Close(Tensor expected, Tensor actual, double tolerance, string what = "") => SwitchGolden.AssertClose(expected, actual, tolerance, what);

    /// <summary>An attention of a name, in float64 unless said otherwise.</summary>
    public static XformerAttention Attention(string spec, int features, int heads, int length = 64, string? position = null, long seed = 1, DataType type = DataType.Float64)
    {
        var (choice, random) = (ModuleSpec.Parse(spec), new RandomSource(seed));
        var sizes = new XformerSpec { Dim = features, Heads = heads, MaximumLength = length };
        var card = Taxonomy.Attention(choice.Name);
        var site = sizes.Site(card, choice, 0, random);
        if (position is not null) site = site with { Position = Position(position, features, heads, length, seed) };
        var module = card.Create(site);
        module.ConvertTo(type);
        module.Evaluate();
        return module;
    }

    public static PositionScheme Position(string spec, int features, int heads, int length = 64, long seed = 1)
    {
        var choice = ModuleSpec.Parse(spec);
        var card = Taxonomy.Position(choice.Name);
        var scheme = card.Create(new XformerSpec { Dim = features, Heads = heads, MaximumLength = length }.Site(card, choice, 0, new(seed)));
        scheme.ConvertTo(DataType.Float64);
        return scheme;
    }

    /// <summary>Maps of an attention from torch's stacked ones.</summary>
    public Dictionary<string, Tensor> Maps(string prefix, string to = "")
    {
        var (weight, bias) = (arrays[prefix + "in_proj_weight"], arrays[prefix + "in_proj_bias"]);
        var size = weight.Shape[0] / 3;
        var result = new Dictionary<string, Tensor> { [to + "output.weight"] = arrays[prefix + "out_proj.weight"], [to + "output.bias"] = arrays[prefix + "out_proj.bias"] };
        foreach (var (i, name) in new[] { (0, "query"), (1, "key"), (2, "value") })
            (result[$"{to}{name}.weight"], result[$"{to}{name}.bias"]) = (weight.Narrow(0, i * size, size), bias.Narrow(0, i * size, size));
        return result;
    }

    /// <summary>Maps of an attention that have names of their own.</summary>
    public Dictionary<string, Tensor> NamedMaps(string prefix)
    {
        var result = new Dictionary<string, Tensor> { ["output.weight"] = arrays[prefix + "output.weight"], ["output.bias"] = arrays[prefix + "output.bias"] };
        foreach (var name in new[] { "query", "key", "value" })
            foreach (var part in new[] { "weight", "bias" })
                result[$"{name}.{part}"] = arrays.TryGetValue($"{prefix}{name}.linear.{part}", out var given) ? given : Tensor.Zeros([arrays[$"{prefix}{name}.linear.weight"].Shape[0]], DataType.Float64);
        return result;
    }

    /// <summary>Gradients of maps against torch's.</summary>
    public void MapGradients(HeadedAttention module, string prefix, double tolerance)
    {
        Close(arrays[prefix + "in_proj_weight"], Tensor.Concatenate([module.Query.Weight.Gradient!, module.Key.Weight.Gradient!, module.Value.Weight.Gradient!]), tolerance, prefix + "in_proj_weight");
        Close(arrays[prefix + "in_proj_bias"], Tensor.Concatenate([module.Query.Bias!.Gradient!, module.Key.Bias!.Gradient!, module.Value.Bias!.Gradient!]), tolerance, prefix + "in_proj_bias");
        Close(arrays[prefix + "out_proj.weight"], module.Output.Weight.Gradient!, tolerance, prefix + "out_proj.weight");
        Close(arrays[prefix + "out_proj.bias"], module.Output.Bias!.Gradient!, tolerance, prefix + "out_proj.bias");
    }
}
