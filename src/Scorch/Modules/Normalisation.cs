using Scorch.Autograd;

namespace Scorch.Modules;

/// <summary>Batch normalisation of [batch, channels] or [batch, channels, ...] (Ioffe and Szegedy 2015).</summary>
/// <remarks>
/// In training by the batch's statistics, which also move the running ones (unbiased variance); in evaluation by the running ones.
/// </remarks>
public sealed class BatchNorm : Module, IForward
{
    /// <summary>A layer with weight 1 and bias 0.</summary>
    /// <param name="channels">Size of the second dimension.</param>
    /// <param name="epsilon">Keeps the root from 0.</param>
    /// <param name="momentum">Share of a new batch in the running statistics; null for their plain mean.</param>
    /// <param name="affine">Whether weight and bias are there.</param>
    /// <param name="dataType">Type of weights and statistics.</param>
    public BatchNorm(int channels, double epsilon = 1e-5, double? momentum = 0.1, bool affine = true, DataType dataType = DataType.Float32)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(channels, 1);
        Epsilon = epsilon;
        Momentum = momentum;
        Weight = affine ? Parameter.Full([channels], 1, dataType) : null;
        Bias = affine ? Parameter.Full([channels], 0, dataType) : null;
        RunningMean = Tensor.Zeros([channels], dataType);
        RunningVariance = Tensor.Ones([channels], dataType);
        BatchCount = Tensor.Zeros([], DataType.Int64);
    }

    /// <summary>Keeps the root from 0.</summary>
    public double Epsilon { get; }

    /// <summary>Share of a new batch in the running statistics; null for their plain mean.</summary>
    public double? Momentum { get; }

    /// <summary>[channels], if any.</summary>
    public Parameter? Weight { get; }

    /// <summary>[channels], if any.</summary>
    public Parameter? Bias { get; }

    /// <summary>[channels].</summary>
    [Buffer]
    public Tensor RunningMean { get; }

    /// <summary>[channels].</summary>
    [Buffer]
    [Name("running_var")]
    public Tensor RunningVariance { get; }

    /// <summary>Batches seen in training.</summary>
    [Buffer]
    [Name("num_batches_tracked")]
    public Tensor BatchCount { get; }

    /// <inheritdoc/>
    public Tensor Forward(Tensor x)
    {
        ArgumentNullException.ThrowIfNull(x);
        if (!IsTraining) return x.BatchNorm(RunningMean, RunningVariance, Weight, Bias, Epsilon);
        if (x.Rank < 2) throw new ArgumentException($"BatchNorm: {x.Shape} has no channels; give [batch, channels, ...].", nameof(x));
        var count = x.ElementCount / Math.Max(1, x.Shape[1]);
        if (count < 2) throw new ArgumentException($"BatchNorm: shape {x.Shape} has {count} values a channel; training needs at least two. Use a larger batch or Evaluate().", nameof(x));
        var result = x.BatchNorm(Weight, Bias, Epsilon, out var statistics);
        using (GradientMode.Disable())
        {
            BatchCount.AddInPlace(1);
            var share = Momentum ?? (1.0 / BatchCount.ItemInt64());
            RunningMean.CopyFrom((RunningMean * (1 - share)) + (statistics.Mean * share));
            RunningVariance.CopyFrom((RunningVariance * (1 - share)) + (statistics.Variance * (share * count / (count - 1))));
        }
        return result;
    }
}

/// <summary>Layer normalisation over the last dimensions (Ba et al. 2016).</summary>
public sealed class LayerNorm : Module, IForward, ITransformable
{
    private readonly Shape normalized;

    /// <summary>A layer with weight 1 and bias 0.</summary>
    public LayerNorm(Shape normalized, double epsilon = 1e-5, bool affine = true, DataType dataType = DataType.Float32)
    {
        this.normalized = normalized;
        Epsilon = epsilon;
        Weight = affine ? Parameter.Full(normalized, 1, dataType) : null;
        Bias = affine ? Parameter.Full(normalized, 0, dataType) : null;
    }

    /// <summary>Keeps the root from 0.</summary>
    public double Epsilon { get; }

    /// <summary>Of the normalised shape, if any.</summary>
    public Parameter? Weight { get; }

    /// <summary>Of the normalised shape, if any.</summary>
    public Parameter? Bias { get; }

    /// <inheritdoc/>
    public OperandTransform? Operands { get; set; }

    /// <inheritdoc/>
    public Tensor Forward(Tensor x) => Operands is null
        ? x.LayerNorm(normalized, Weight, Bias, Epsilon)
        : Operands.Input(x).LayerNorm(normalized, Weight is null ? null : Operands.Weight(Weight), Bias, Epsilon);
}

/// <summary>Group normalisation of [batch, channels, ...] (Wu and He 2018).</summary>
public sealed class GroupNorm : Module, IForward
{
    private readonly int groups;

    /// <summary>A layer with weight 1 and bias 0.</summary>
    public GroupNorm(int groups, int channels, double epsilon = 1e-5, bool affine = true, DataType dataType = DataType.Float32)
    {
        if (groups < 1 || channels % groups != 0) throw new ArgumentException($"GroupNorm: {groups} groups do not divide {channels} channels.", nameof(groups));
        this.groups = groups;
        Epsilon = epsilon;
        Weight = affine ? Parameter.Full([channels], 1, dataType) : null;
        Bias = affine ? Parameter.Full([channels], 0, dataType) : null;
    }

    /// <summary>Keeps the root from 0.</summary>
    public double Epsilon { get; }

    /// <summary>[channels], if any.</summary>
    public Parameter? Weight { get; }

    /// <summary>[channels], if any.</summary>
    public Parameter? Bias { get; }

    /// <inheritdoc/>
    public Tensor Forward(Tensor x) => x.GroupNorm(groups, Weight, Bias, Epsilon);
}
