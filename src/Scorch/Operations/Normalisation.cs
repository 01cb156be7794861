using Scorch.Autograd;

namespace Scorch;

public partial class Tensor
{
    /// <summary>e^x / sum e^x along a dimension, without overflow.</summary>
    public Tensor Softmax(int dimension)
    {
        RequireFloating("Softmax");
        Tensor result;
        using (GradientMode.Disable())
        {
            var shifted = ElementCount == 0 ? this : (this - Maximum([dimension], true)).Exp();
            result = shifted / shifted.Sum(dimension, true);
        }
        if (!Tape.Records(this)) return result;
        // dy_i = y_i (g_i - sum_j g_j y_j)
        return Tape.Record(result, "Softmax", [this], [result], g =>
        {
            var weighted = g * result;
            return [weighted - (result * weighted.Sum(dimension, true))];
        });
    }

    /// <summary>log(e^x / sum e^x) along a dimension, without overflow.</summary>
    public Tensor LogSoftmax(int dimension)
    {
        RequireFloating("LogSoftmax");
        Tensor result;
        using (GradientMode.Disable())
        {
            var shifted = ElementCount == 0 ? this : this - Maximum([dimension], true);
            result = shifted - shifted.Exp().Sum(dimension, true).Log();
        }
        if (!Tape.Records(this)) return result;
        // dx = g - softmax(x) sum_j g_j
        return Tape.Record(result, "LogSoftmax", [this], [result], g => [g - (result.Exp() * g.Sum(dimension, true))]);
    }

    /// <summary>(x - mean) / sqrt(variance + epsilon) over the last dimensions, scaled and shifted.</summary>
    /// <param name="normalized">The sizes of the last dimensions.</param>
    /// <param name="weight">Scale of that shape, or none.</param>
    /// <param name="bias">Shift of that shape, or none.</param>
    /// <param name="epsilon">Keeps the root from 0.</param>
    public Tensor LayerNorm(Shape normalized, Tensor? weight = null, Tensor? bias = null, double epsilon = 1e-5)
    {
        if (normalized.Rank == 0 || normalized.Rank > Rank || Shape[^normalized.Rank..] != normalized)
            throw new ArgumentException($"LayerNorm: the last dimensions of {Shape} are not {normalized}.", nameof(normalized));
        int[] dimensions = [.. Enumerable.Range(Rank - normalized.Rank, normalized.Rank)];
        return ScaleAndShift(Standardized(dimensions, epsilon), weight, bias);
    }

    /// <summary>Normalisation of groups of channels of [batch, channels, ...] each by itself.</summary>
    /// <param name="groups">Divides the channels.</param>
    /// <param name="weight">[channels], or none.</param>
    /// <param name="bias">[channels], or none.</param>
    /// <param name="epsilon">Keeps the root from 0.</param>
    public Tensor GroupNorm(int groups, Tensor? weight = null, Tensor? bias = null, double epsilon = 1e-5)
    {
        if (Rank < 2 || groups < 1 || Shape[1] % groups != 0)
            throw new ArgumentException($"GroupNorm: {groups} groups do not divide the channels of {Shape}.", nameof(groups));
        var each = (int)(Shape[1..].ElementCount / groups);
        var grouped = Reshape(Shape[0], groups, each).Standardized([2], epsilon).Reshape(Shape);
        return ScaleAndShift(grouped, OverChannels(weight), OverChannels(bias));
    }

    /// <summary>Normalisation of every channel of every sample of [batch, channels, ...] by itself.</summary>
    public Tensor InstanceNorm(Tensor? weight = null, Tensor? bias = null, double epsilon = 1e-5)
    {
        if (Rank < 3) throw new ArgumentException($"InstanceNorm: {Shape} has no spatial dimensions.");
        return GroupNorm(Shape[1], weight, bias, epsilon);
    }

    /// <summary>Normalisation of every channel of [batch, channels, ...] by given statistics, or by those of the batch.</summary>
    /// <param name="mean">[channels], or null for the batch's.</param>
    /// <param name="variance">[channels], or null for the batch's (biased).</param>
    /// <param name="weight">[channels], or none.</param>
    /// <param name="bias">[channels], or none.</param>
    /// <param name="epsilon">Keeps the root from 0.</param>
    public Tensor BatchNorm(Tensor? mean = null, Tensor? variance = null, Tensor? weight = null, Tensor? bias = null, double epsilon = 1e-5)
    {
        if (Rank < 2) throw new ArgumentException($"BatchNorm: {Shape} has no channels; give [batch, channels, ...].");
        foreach (var (name, tensor) in new[] { (nameof(mean), mean), (nameof(variance), variance), (nameof(weight), weight), (nameof(bias), bias) })
            if (tensor is not null && tensor.Shape != [Shape[1]])
                throw new ArgumentException($"BatchNorm: {name} has shape {tensor.Shape}; input {Shape} needs [{Shape[1]}].", name);
        if (mean is null != variance is null) throw new ArgumentException("BatchNorm: give both mean and variance, or neither.", nameof(variance));
        if (mean is null) return ScaleAndShift(Standardized(ChannelRest(), epsilon), OverChannels(weight), OverChannels(bias));
        // One factor and one shift a channel: x (w / s) + (b - m w / s).
        var scale = (variance! + epsilon).ReciprocalSqrt();
        if (weight is not null) scale *= weight;
        var shift = -mean * scale;
        if (bias is not null) shift += bias;
        return (this * OverChannels(scale)!) + OverChannels(shift)!;
    }

    /// <summary>Mean and biased variance of every channel of [batch, channels, ...].</summary>
    internal (Tensor Mean, Tensor Variance) ChannelStatistics()
    {
        var rest = ChannelRest();
        return (Mean(rest), Variance(rest, correction: 0));
    }

    internal Tensor? OverChannels(Tensor? tensor) => tensor?.Reshape([tensor.Shape[0], .. Enumerable.Repeat(1, Rank - 2)]);

    private int[] ChannelRest() => [0, .. Enumerable.Range(2, Rank - 2)];

    private Tensor Standardized(int[] dimensions, double epsilon)
    {
        RequireFloating("Normalisation");
        Tensor result;
        Tensor scale;
        using (GradientMode.Disable())
        {
            var centred = this - Mean(dimensions, true);
            scale = (centred.Square().Mean(dimensions, true) + epsilon).ReciprocalSqrt();
            result = centred * scale;
        }
        if (!Tape.Records(this)) return result;
        return Tape.Record(result, "Normalise", [this], [this, result], g =>
        {
            if (GradientMode.IsEnabled)
            {
                // A further derivative is wanted: differentiate the definition.
                var x = View(Shape);
                var centred = x - x.Mean(dimensions, true);
                var y = centred * (centred.Square().Mean(dimensions, true) + epsilon).ReciprocalSqrt();
                return [Differentiation.Gradients([y], [x], [g], createGraph: true)[0]];
            }
            // dx = s (g - mean(g) - y mean(g y))
            return [scale * (g - g.Mean(dimensions, true) - (result * (g * result).Mean(dimensions, true)))];
        });
    }

    private static Tensor ScaleAndShift(Tensor x, Tensor? weight, Tensor? bias)
    {
        if (weight is not null) x *= weight;
        return bias is null ? x : x + bias;
    }

    /// <summary>softmax(Q K^T / sqrt(d) + mask) V.</summary>
    /// <param name="keys">[..., keys, d].</param>
    /// <param name="values">[..., keys, v].</param>
    /// <param name="mask">Bool, true where a query may look, or numbers that are added; broadcasts to [..., queries, keys].</param>
    /// <param name="isCausal">A query looks at keys up to its own position.</param>
    /// <param name="scale">In place of 1 / sqrt(d).</param>
    /// <returns>[..., queries, v] for this tensor of queries [..., queries, d].</returns>
    public Tensor ScaledDotProductAttention(Tensor keys, Tensor values, Tensor? mask = null, bool isCausal = false, double? scale = null)
    {
        ArgumentNullException.ThrowIfNull(keys);
        ArgumentNullException.ThrowIfNull(values);
        if (Rank < 2 || keys.Rank < 2 || values.Rank < 2 || keys.Shape[-1] != Shape[-1] || keys.Shape[-2] != values.Shape[-2])
            throw new ArgumentException($"Attention: queries {Shape}, keys {keys.Shape}, values {values.Shape} do not fit; queries and keys share the last size, keys and values the one before.", nameof(keys));
        var scores = (this * (scale ?? (1 / Math.Sqrt(Shape[-1])))).MatMul(keys.T);
        if (isCausal)
        {
            if (mask is not null) throw new ArgumentException("Attention: give a mask or isCausal, not both.", nameof(mask));
            mask = Ones([Shape[-2], keys.Shape[-2]], DataType.Bool, Device).LowerTriangle();
        }
        if (mask is { DataType: DataType.Bool }) scores = scores.MaskedFill(mask.LogicalNot(), double.NegativeInfinity);
        else if (mask is not null) scores += mask;
        return scores.Softmax(-1).MatMul(values);
    }

    /// <summary>Sets elements to 0 with a probability and scales the others by 1 / (1 - probability).</summary>
    public Tensor Dropout(double probability, RandomSource random)
    {
        ArgumentNullException.ThrowIfNull(random);
        if (probability is < 0 or > 1) throw new ArgumentOutOfRangeException(nameof(probability), probability, "Dropout: the probability lies in [0, 1].");
        if (probability == 0) return this;
        if (probability == 1) return this * 0.0;
        return this * (random.Bernoulli(Shape, 1 - probability, DataType) * (1 / (1 - probability)));
    }

    /// <summary>x * Phi(x), or its tanh approximation.</summary>
    public Tensor Gelu(bool approximate = false) => approximate
        ? 0.5 * this * (1 + (Math.Sqrt(2 / Math.PI) * (this + (0.044715 * this * Square()))).Tanh())
        : 0.5 * this * (1 + (this * (1 / Math.Sqrt(2))).Erf());

    /// <summary>x sigmoid(x), also called swish.</summary>
    public Tensor Silu() => this * Sigmoid();

    /// <summary>x where positive, slope times x elsewhere.</summary>
    public Tensor LeakyRelu(double slope = 0.01) => Where(GreaterThan(0), this, this * slope);

    /// <summary>x where positive, alpha (e^x - 1) elsewhere.</summary>
    public Tensor Elu(double alpha = 1) => Where(GreaterThan(0), this, Clamp(maximum: 0).ExpMinusOne() * alpha);
}
