namespace Scorch.Probability;

/// <summary>1 with a probability, else 0.</summary>
/// <param name="logits">log(p / (1 - p)).</param>
public sealed class Bernoulli(Tensor logits) : Distribution(Number(logits, nameof(Bernoulli), nameof(logits)).Shape, [], logits.DataType)
{
    /// <summary>log(p / (1 - p)).</summary>
    public Tensor Logits { get; } = logits;

    /// <summary>p.</summary>
    public Tensor Probabilities => Logits.Sigmoid();

    /// <inheritdoc/>
    public override Tensor Mean => Probabilities;

    /// <inheritdoc/>
    public override Tensor Variance => Probabilities * (1 - Probabilities);

    /// <summary>From probabilities in (0, 1).</summary>
    public static Bernoulli FromProbabilities(Tensor probabilities)
    {
        ArgumentNullException.ThrowIfNull(probabilities);
        Holds(probabilities, x => x.GreaterOrEqual(0).And(x.LessOrEqual(1)), nameof(Bernoulli), nameof(probabilities), "a probability; give numbers from 0 to 1, or logits to the constructor");
        return new(probabilities.Log() - (-probabilities).LogOnePlus());
    }

    /// <inheritdoc/>
    public override Tensor LogProbability(Tensor value) =>
        (Logits * Checked(value, x => x.EqualTo(0).Or(x.EqualTo(1)), "0 or 1")) - Logits.Softplus();

    /// <inheritdoc/>
    public override Tensor Entropy() => Logits.Softplus() - (Logits * Probabilities);

    private protected override Tensor Draw(RandomSource random, Shape shape) => random.Uniform(shape, dataType: DataType).LessThan(Probabilities).To(DataType);
}

/// <summary>One of several classes, by number (int64).</summary>
/// <param name="logits">[batch..., classes], up to a constant.</param>
public sealed class Categorical(Tensor logits) : Distribution(Classes(logits, nameof(Categorical), nameof(logits)).Shape[..^1], [], DataType.Int64)
{
    /// <summary>Logarithms of the probabilities [batch..., classes].</summary>
    public Tensor Logits { get; } = logits.LogSoftmax(-1);

    /// <summary>[batch..., classes].</summary>
    public Tensor Probabilities => Logits.Exp();

    /// <inheritdoc/>
    public override Tensor Mean => Tensor.Full(BatchShape, double.NaN, Logits.DataType, Logits.Device);

    /// <inheritdoc/>
    public override Tensor Variance => Tensor.Full(BatchShape, double.NaN, Logits.DataType, Logits.Device);

    /// <inheritdoc/>
    public override Tensor LogProbability(Tensor value)
    {
        Checked(value, x => x.GreaterOrEqual(0).And(x.LessThan(Logits.Shape[-1])).And(x.EqualTo(x.Floor())), $"a class; give whole numbers from 0 to {Logits.Shape[-1] - 1}");
        var shape = Shape.Broadcast(value.Shape, BatchShape);
        return Logits.Expand([.. shape, Logits.Shape[-1]]).Gather(-1, value.To(DataType.Int64).Expand(shape).Unsqueeze(-1)).Squeeze(-1);
    }

    /// <inheritdoc/>
    public override Tensor Entropy() => -(Logits * Probabilities).Sum(-1);

    private protected override Tensor Draw(RandomSource random, Shape shape)
    {
        // The greatest of logits + Gumbel noise is a class drawn by its probability.
        var noise = random.Exponential([.. shape, Logits.Shape[-1]], dataType: Logits.DataType);
        return (Logits - noise.Log()).ArgMax(-1);
    }
}

/// <summary>One of several classes, as a vector with a single 1.</summary>
/// <param name="logits">[batch..., classes], up to a constant.</param>
public sealed class OneHotCategorical(Tensor logits) : Distribution(Classes(logits, nameof(OneHotCategorical), nameof(logits)).Shape[..^1], logits.Shape[^1..], logits.DataType)
{
    /// <summary>The same, by number.</summary>
    public Categorical Class { get; } = new(logits);

    /// <inheritdoc/>
    public override Tensor Mean => Class.Probabilities;

    /// <inheritdoc/>
    public override Tensor Variance => Class.Probabilities * (1 - Class.Probabilities);

    /// <inheritdoc/>
    public override Tensor LogProbability(Tensor value)
    {
        Checked(value, x => x.EqualTo(0).Or(x.EqualTo(1)).And(x.Sum(-1, keepDimensions: true).EqualTo(1)), "part of a vector with a single 1");
        return Class.LogProbability(value.ArgMax(-1));
    }

    /// <inheritdoc/>
    public override Tensor Entropy() => Class.Entropy();

    private protected override Tensor Draw(RandomSource random, Shape shape) =>
        Class.Sample(random, shape[..(shape.Rank - BatchShape.Rank - 1)].ToArray()).OneHot(EventShape[0], DataType);
}

/// <summary>Successes in a number of trials.</summary>
/// <param name="trials">How many, the same for all.</param>
/// <param name="logits">log(p / (1 - p)).</param>
public sealed class Binomial(int trials, Tensor logits) : Distribution(Number(logits, nameof(Binomial), nameof(logits)).Shape, [], logits.DataType)
{
    /// <summary>Trials.</summary>
    public int Trials { get; } = trials >= 0 ? trials : throw new ArgumentOutOfRangeException(nameof(trials), trials, "Binomial: trials are at least 0.");

    /// <summary>One trial.</summary>
    public Bernoulli Trial { get; } = new(logits);

    /// <inheritdoc/>
    public override Tensor Mean => Trial.Mean * Trials;

    /// <inheritdoc/>
    public override Tensor Variance => Trial.Variance * Trials;

    /// <inheritdoc/>
    public override Tensor LogProbability(Tensor value)
    {
        Checked(value, x => x.GreaterOrEqual(0).And(x.LessOrEqual(Trials)).And(x.EqualTo(x.Floor())), $"a count; give whole numbers from 0 to {Trials}");
        var choices = Tensor.Scalar(Trials + 1, DataType, Trial.Logits.Device).LogGamma() - (value + 1).LogGamma() - (Trials + 1 - value).LogGamma();
        return choices + (Trial.Logits * value) - (Trial.Logits.Softplus() * Trials);
    }

    /// <summary>By the sum over all outcomes.</summary>
    public override Tensor Entropy()
    {
        var outcomes = Tensor.Range(Trials + 1).To(DataType).To(Trial.Logits.Device).Reshape([Trials + 1, .. Enumerable.Repeat(1, BatchShape.Rank)]);
        var logarithms = LogProbability(outcomes);
        return -(logarithms.Exp() * logarithms).Sum(0);
    }

    private protected override Tensor Draw(RandomSource random, Shape shape) => Sampler.Each(Trial.Probabilities, shape, p =>
    {
        var count = 0;
        for (var i = 0; i < Trials; i++)
            if (random.NextDouble() < p) count++;
        return count;
    });
}

/// <summary>The Poisson distribution.</summary>
/// <param name="rate">Means, positive.</param>
public sealed class Poisson(Tensor rate) : Distribution(Positive(rate, nameof(Poisson), nameof(rate)).Shape, [], rate.DataType)
{
    /// <summary>Means.</summary>
    public Tensor Rate { get; } = rate;

    /// <inheritdoc/>
    public override Tensor Mean => Rate;

    /// <inheritdoc/>
    public override Tensor Variance => Rate;

    /// <inheritdoc/>
    public override Tensor LogProbability(Tensor value)
    {
        Checked(value, x => x.GreaterOrEqual(0).And(x.EqualTo(x.Floor())), "a count; give whole numbers from 0");
        return (value * Rate.Log()) - Rate - (value + 1).LogGamma();
    }

    private protected override Tensor Draw(RandomSource random, Shape shape) => Sampler.Each(Rate, shape, mean => Sampler.Poisson(mean, random));
}
