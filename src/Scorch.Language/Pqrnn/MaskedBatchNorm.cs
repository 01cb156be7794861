using Scorch.Autograd;
using Scorch.Modules;

namespace Scorch.Language.Pqrnn;

/// <summary>Batch normalisation over the real tokens of utterances of different lengths; padding takes no part and comes out as 0.</summary>
/// <remarks>Input [batch, time, channels]; biased variance, also in the running statistics, as in TensorFlow.</remarks>
public sealed class MaskedBatchNorm : Module
{
    /// <summary>A layer with weight 1 and bias 0.</summary>
    /// <param name="channels">Size of the last dimension.</param>
    /// <param name="epsilon">Added to the variance.</param>
    /// <param name="momentum">Weight of a batch's statistics in the running ones.</param>
    public MaskedBatchNorm(int channels, double epsilon = 1e-3, double momentum = 0.1)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(channels, 1);
        if (!(epsilon >= 0) || !double.IsFinite(epsilon)) throw new ArgumentOutOfRangeException(nameof(epsilon), epsilon, "MaskedBatchNorm: epsilon must be finite and at least 0.");
        if (!(momentum is >= 0 and <= 1)) throw new ArgumentOutOfRangeException(nameof(momentum), momentum, "MaskedBatchNorm: momentum lies in [0, 1].");
        (Epsilon, Momentum) = (epsilon, momentum);
        (Weight, Bias) = (Parameter.Full([channels], 1), Parameter.Full([channels], 0));
        (RunningMean, RunningVariance) = (Tensor.Zeros([channels]), Tensor.Ones([channels]));
    }

    /// <summary>Added to the variance.</summary>
    public double Epsilon { get; }

    /// <summary>Weight of a batch's statistics in the running ones.</summary>
    public double Momentum { get; }

    /// <summary>[channels].</summary>
    public Parameter Weight { get; }

    /// <summary>[channels].</summary>
    public Parameter Bias { get; }

    /// <summary>[channels], used in evaluation.</summary>
    [Buffer]
    public Tensor RunningMean { get; }

    /// <summary>[channels], used in evaluation.</summary>
    [Buffer]
    [Name("running_var")]
    public Tensor RunningVariance { get; }

    /// <summary>Normalises.</summary>
    /// <param name="x">[batch, time, channels].</param>
    /// <param name="mask">1 for a token, 0 for padding, [batch, time].</param>
    /// <exception cref="ArgumentException">Shapes do not fit, or a training batch has fewer than two tokens.</exception>
    public Tensor Forward(Tensor x, Tensor mask)
    {
        ArgumentNullException.ThrowIfNull(x);
        ArgumentNullException.ThrowIfNull(mask);
        if (x.Rank != 3 || mask.Rank != 2 || mask.Shape[0] != x.Shape[0] || mask.Shape[1] != x.Shape[1] || x.Shape[2] != Weight.Shape[0])
            throw new ArgumentException($"MaskedBatchNorm: input {x.Shape} with mask {mask.Shape}; give [batch, time, {Weight.Shape[0]}] and [batch, time].", nameof(mask));
        if (!IsTraining)
        {
            var (scale, shift) = Affine();
            return ((x * scale) + shift) * mask.Unsqueeze(-1);
        }
        var places = mask.Reshape(-1).NonZero().Reshape(-1);
        if (places.ElementCount < 2)
            throw new ArgumentException($"MaskedBatchNorm: the batch has {places.ElementCount} tokens; training needs at least two. Give a larger batch, or call Evaluate().", nameof(mask));
        var rows = x.Flatten(0, 1);
        var isPadded = places.ElementCount < rows.Shape[0];
        var tokens = isPadded ? rows.IndexSelect(0, places) : rows;
        using (GradientMode.Disable())
        {
            var plain = tokens.Detach();
            RunningMean.CopyFrom((RunningMean * (1 - Momentum)) + (plain.Mean(0) * Momentum));
            RunningVariance.CopyFrom((RunningVariance * (1 - Momentum)) + (plain.Variance(0, 0) * Momentum));
        }
        var normal = tokens.BatchNorm(weight: Weight, bias: Bias, epsilon: Epsilon);
        return (isPadded ? Tensor.Zeros(rows.Shape, x.DataType, x.Device).IndexAdd(0, places, normal) : normal).Reshape(x.Shape);
    }

    /// <summary>What evaluation does to a channel: <c>x scale + shift</c>.</summary>
    public (Tensor Scale, Tensor Shift) Affine()
    {
        var scale = Weight / (RunningVariance + Epsilon).Sqrt();
        return (scale, Bias - (RunningMean * scale));
    }
}
