namespace Scorch.Probability;

/// <summary>A distribution of location + scale * (a fixed noise).</summary>
public abstract class LocationScale : Distribution
{
    private protected LocationScale(Tensor location, Tensor scale, string scaleName = "scale")
        : base(Joined(location, scale), [], DataTypes.Promote(location.DataType, scale.DataType))
    {
        Number(location, GetType().Name, nameof(location));
        Positive(scale, GetType().Name, scaleName);
        (Location, Scale) = (Batch(location), Batch(scale));
    }

    /// <summary>The location.</summary>
    public Tensor Location { get; }

    /// <summary>The scale, positive.</summary>
    public Tensor Scale { get; }

    /// <inheritdoc/>
    public override bool IsReparameterized => true;

    private protected Tensor Standard(Tensor value) => (Checked(value) - Location) / Scale;

    private protected override Tensor Draw(RandomSource random, Shape shape) => Location + (Scale * Noise(random, shape));

    private protected abstract Tensor Noise(RandomSource random, Shape shape);

    /// <summary>Uniform numbers in (0, 1), neither end included, so that logarithms are finite.</summary>
    private protected Tensor OpenUnit(RandomSource random, Shape shape)
    {
        var type = DataType == DataType.Float64 ? DataType.Float64 : DataType.Float32;
        var step = type == DataType.Float64 ? Math.ScaleB(1, -53) : Math.ScaleB(1, -24);
        return random.Uniform(shape, 0, 1, type).Clamp(step, 1 - step).To(DataType);
    }
}

/// <summary>The normal distribution.</summary>
/// <param name="location">Means.</param>
/// <param name="scale">Standard deviations, positive.</param>
public sealed class Normal(Tensor location, Tensor scale) : LocationScale(location, scale)
{
    /// <inheritdoc/>
    public override Tensor Mean => Location;

    /// <inheritdoc/>
    public override Tensor Variance => Scale.Square();

    /// <inheritdoc/>
    public override Tensor LogProbability(Tensor value) => (Standard(value).Square() * -0.5) - Scale.Log() - (0.5 * Math.Log(2 * Math.PI));

    /// <inheritdoc/>
    public override Tensor Entropy() => Scale.Log() + (0.5 + (0.5 * Math.Log(2 * Math.PI)));

    private protected override Tensor Noise(RandomSource random, Shape shape) => random.Normal(shape, dataType: DataType);
}

/// <summary>The distribution of e^x for a normal x.</summary>
/// <param name="location">Means of the logarithm.</param>
/// <param name="scale">Standard deviations of the logarithm, positive.</param>
public sealed class LogNormal(Tensor location, Tensor scale) : LocationScale(location, scale)
{
    /// <summary>The distribution of the logarithm.</summary>
    public Normal Logarithm => new(Location, Scale);

    /// <inheritdoc/>
    public override Tensor Mean => (Location + (Scale.Square() * 0.5)).Exp();

    /// <inheritdoc/>
    public override Tensor Variance => Scale.Square().ExpMinusOne() * ((Location * 2) + Scale.Square()).Exp();

    /// <inheritdoc/>
    public override Tensor LogProbability(Tensor value)
    {
        Checked(value, x => x.GreaterThan(0), "positive");
        return Logarithm.LogProbability(value.Log()) - value.Log();
    }

    /// <inheritdoc/>
    public override Tensor Entropy() => Logarithm.Entropy() + Location;

    private protected override Tensor Draw(RandomSource random, Shape shape) => base.Draw(random, shape).Exp();

    private protected override Tensor Noise(RandomSource random, Shape shape) => random.Normal(shape, dataType: DataType);
}

/// <summary>The Laplace distribution.</summary>
/// <param name="location">Means.</param>
/// <param name="scale">Mean absolute deviations, positive.</param>
public sealed class Laplace(Tensor location, Tensor scale) : LocationScale(location, scale)
{
    /// <inheritdoc/>
    public override Tensor Mean => Location;

    /// <inheritdoc/>
    public override Tensor Variance => Scale.Square() * 2;

    /// <inheritdoc/>
    public override Tensor LogProbability(Tensor value) => -Standard(value).Abs() - (Scale * 2).Log();

    /// <inheritdoc/>
    public override Tensor Entropy() => (Scale * 2).Log() + 1;

    private protected override Tensor Noise(RandomSource random, Shape shape) => OpenUnit(random, shape).Log() - OpenUnit(random, shape).Log();
}

/// <summary>The Cauchy distribution; it has neither mean nor variance.</summary>
/// <param name="location">Medians.</param>
/// <param name="scale">Half widths at half maximum, positive.</param>
public sealed class Cauchy(Tensor location, Tensor scale) : LocationScale(location, scale)
{
    /// <inheritdoc/>
    public override Tensor Mean => Tensor.FullLike(Location, double.NaN);

    /// <inheritdoc/>
    public override Tensor Variance => Tensor.FullLike(Location, double.PositiveInfinity);

    /// <inheritdoc/>
    public override Tensor LogProbability(Tensor value) => -Standard(value).Square().LogOnePlus() - Scale.Log() - Math.Log(Math.PI);

    /// <inheritdoc/>
    public override Tensor Entropy() => Scale.Log() + Math.Log(4 * Math.PI);

    private protected override Tensor Noise(RandomSource random, Shape shape) => ((OpenUnit(random, shape) - 0.5) * Math.PI).Tan();
}

/// <summary>The Gumbel distribution of greatest values.</summary>
/// <param name="location">Modes.</param>
/// <param name="scale">Scales, positive.</param>
public sealed class Gumbel(Tensor location, Tensor scale) : LocationScale(location, scale)
{
    private const double EulerGamma = 0.57721566490153286;

    /// <inheritdoc/>
    public override Tensor Mean => Location + (Scale * EulerGamma);

    /// <inheritdoc/>
    public override Tensor Variance => Scale.Square() * (Math.PI * Math.PI / 6);

    /// <inheritdoc/>
    public override Tensor LogProbability(Tensor value)
    {
        var z = Standard(value);
        return -z - (-z).Exp() - Scale.Log();
    }

    /// <inheritdoc/>
    public override Tensor Entropy() => Scale.Log() + (1 + EulerGamma);

    private protected override Tensor Noise(RandomSource random, Shape shape) => -(-OpenUnit(random, shape).Log()).Log();
}

/// <summary>The uniform distribution on [low, high).</summary>
/// <param name="low">Lower ends.</param>
/// <param name="high">Upper ends, greater than the lower.</param>
public sealed class Uniform(Tensor low, Tensor high) : LocationScale(low, high - low, "high - low")
{
    /// <summary>The lower ends.</summary>
    public Tensor Low => Location;

    /// <summary>The upper ends.</summary>
    public Tensor High { get; } = high.Expand(Joined(low, high));

    /// <inheritdoc/>
    public override Tensor Mean => (Low + High) * 0.5;

    /// <inheritdoc/>
    public override Tensor Variance => Scale.Square() / 12;

    /// <inheritdoc/>
    public override Tensor LogProbability(Tensor value)
    {
        Checked(value);
        var inside = value.GreaterOrEqual(Low).And(value.LessThan(High));
        return Tensor.Where(inside, -Scale.Log(), Tensor.Full([], double.NegativeInfinity, DataType, Scale.Device));
    }

    /// <inheritdoc/>
    public override Tensor Entropy() => Scale.Log();

    private protected override Tensor Noise(RandomSource random, Shape shape) => random.Uniform(shape, dataType: DataType);
}
