using Scorch.Models.Quantization;

namespace Scorch.Language.Pqrnn;

/// <summary>What a layer does with its weights before it uses them.</summary>
internal enum WeightRounding
{
    /// <summary>Nothing.</summary>
    None,

    /// <summary>Rounds them to the 8-bit grid of their own range; gradients pass.</summary>
    OwnRange,

    /// <summary>Nothing: they come from an export and lie on their grid.</summary>
    AlreadyRounded,
}

/// <summary>Helpers of layers with 8-bit weights.</summary>
internal static class QuantizedWeights
{
    public static Tensor Rounded(this WeightRounding rounding, Tensor weight) => rounding == WeightRounding.OwnRange ? FakeQuantization.Weight(weight) : weight;
}
