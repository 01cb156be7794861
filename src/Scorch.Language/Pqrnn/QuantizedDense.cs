using Scorch.Modules;

namespace Scorch.Language.Pqrnn;

/// <summary>A dense layer with an 8-bit weight: <c>y = x W^T + b</c>, or normalised over the batch's tokens instead of the bias.</summary>
public sealed class QuantizedDense : Module
{
    internal QuantizedDense(int inputs, int outputs, PqrnnConfig config, bool normalizes, bool rectifies, RandomSource random)
    {
        var bound = 1 / Math.Sqrt(inputs);
        Weight = Parameter.Uniform([outputs, inputs], -bound, bound, random);
        Rectifies = rectifies;
        if (normalizes && config.BatchNorm) Norm = new(outputs, config.Epsilon);
        else Bias = Parameter.Full([outputs], 0);
        if (!config.Quantize) return;
        Rounding = WeightRounding.OwnRange;
        Range = new(config.RangeShare);
    }

    /// <summary>[outputs, inputs].</summary>
    public Parameter Weight { get; }

    /// <summary>[outputs], where there is no normalisation.</summary>
    public Parameter? Bias { get; }

    /// <summary>The normalisation, if any.</summary>
    public MaskedBatchNorm? Norm { get; }

    /// <summary>The 8-bit range of the outputs, if they are rounded.</summary>
    public ActivationRange? Range { get; }

    /// <summary>Whether negative outputs become 0.</summary>
    public bool Rectifies { get; }

    internal WeightRounding Rounding { get; set; }

    /// <summary>[..., inputs] to [..., outputs]; with a normalisation [batch, time, ...] and its mask.</summary>
    internal Tensor Forward(Tensor x, Tensor? mask)
    {
        var y = x.Affine(Rounding.Rounded(Weight), Bias);
        // Padding is 0 in either way, so that it never widens the range.
        if (Norm is not null) y = Norm.Forward(y, mask!);
        else if (mask is not null) y *= mask.Unsqueeze(-1);
        if (Rectifies) y = y.Relu();
        return Range is null ? y : Range.Forward(y);
    }
}
