namespace Scorch.Probability;

/// <summary>The gamma distribution.</summary>
/// <param name="concentration">Shapes, positive.</param>
/// <param name="rate">Rates, positive.</param>
public sealed class Gamma(Tensor concentration, Tensor rate) : Distribution(Joined(concentration, rate), [], DataTypes.Promote(concentration.DataType, rate.DataType))
{
    /// <summary>Shapes.</summary>
    public Tensor Concentration { get; } = Positive(concentration, nameof(Gamma), nameof(concentration)).Expand(Joined(concentration, rate));

    /// <summary>Rates.</summary>
    public Tensor Rate { get; } = Positive(rate, nameof(Gamma), nameof(rate)).Expand(Joined(concentration, rate));

    /// <inheritdoc/>
    public override bool IsReparameterized => true;

    /// <inheritdoc/>
    public override Tensor Mean => Concentration / Rate;

    /// <inheritdoc/>
    public override Tensor Variance => Concentration / Rate.Square();

    /// <inheritdoc/>
    public override Tensor LogProbability(Tensor value)
    {
        Checked(value, x => x.GreaterOrEqual(0), "at least 0");
        return (Concentration * Rate.Log()) + ((Concentration - 1) * value.Log()) - (Rate * value) - Concentration.LogGamma();
    }

    /// <inheritdoc/>
    public override Tensor Entropy() => Concentration - Rate.Log() + Concentration.LogGamma() + ((1 - Concentration) * Concentration.Digamma());

    private protected override Tensor Draw(RandomSource random, Shape shape) => GammaPath.Sample(Concentration, shape, random) / Rate;
}

/// <summary>The exponential distribution.</summary>
/// <param name="rate">Rates, positive.</param>
public sealed class Exponential(Tensor rate) : Distribution(Positive(rate, nameof(Exponential), nameof(rate)).Shape, [], rate.DataType)
{
    /// <summary>Rates.</summary>
    public Tensor Rate { get; } = rate;

    /// <inheritdoc/>
    public override bool IsReparameterized => true;

    /// <inheritdoc/>
    public override Tensor Mean => Rate.Reciprocal();

    /// <inheritdoc/>
    public override Tensor Variance => Rate.Square().Reciprocal();

    /// <inheritdoc/>
    public override Tensor LogProbability(Tensor value) => Rate.Log() - (Rate * Checked(value, x => x.GreaterOrEqual(0), "at least 0"));

    /// <inheritdoc/>
    public override Tensor Entropy() => 1 - Rate.Log();

    private protected override Tensor Draw(RandomSource random, Shape shape) => random.Exponential(shape, dataType: DataType) / Rate;
}

/// <summary>The Dirichlet distribution over the last dimension.</summary>
/// <param name="concentration">[batch..., classes], positive.</param>
public sealed class Dirichlet(Tensor concentration) : Distribution(Classes(Positive(concentration, nameof(Dirichlet), nameof(concentration)), nameof(Dirichlet), nameof(concentration)).Shape[..^1], concentration.Shape[^1..], concentration.DataType)
{
    /// <summary>[batch..., classes].</summary>
    public Tensor Concentration { get; } = concentration;

    private Tensor Total => Concentration.Sum(-1, keepDimensions: true);

    private Tensor LogNormalizer => Concentration.LogGamma().Sum(-1) - Total.LogGamma().Squeeze(-1);

    /// <inheritdoc/>
    public override bool IsReparameterized => true;

    /// <inheritdoc/>
    public override Tensor Mean => Concentration / Total;

    /// <inheritdoc/>
    public override Tensor Variance => Mean * (1 - Mean) / (Total + 1);

    /// <inheritdoc/>
    public override Tensor LogProbability(Tensor value)
    {
        // Rounding of a sum of n shares stays below 1e-6 of float32 and far below it of float64.
        Checked(value, x => x.GreaterOrEqual(0).And((x.Sum(-1, keepDimensions: true) - 1).Abs().LessThan(1e-6 * EventShape[0] + 1e-5)), "part of a vector of shares; they are at least 0 and sum to 1");
        return ((Concentration - 1) * value.Log()).Sum(-1) - LogNormalizer;
    }

    /// <inheritdoc/>
    public override Tensor Entropy() => LogNormalizer + ((Total - EventShape[0]) * Total.Digamma()).Squeeze(-1) - ((Concentration - 1) * Concentration.Digamma()).Sum(-1);

    private protected override Tensor Draw(RandomSource random, Shape shape)
    {
        // Gamma numbers by their sum; in logarithms, so that small concentrations do not underflow together.
        return GammaPath.LogSample(Concentration.To(DataType.Float64), shape, random).Softmax(-1).To(DataType);
    }
}

/// <summary>The beta distribution on (0, 1).</summary>
/// <param name="first">Concentrations at 1, positive.</param>
/// <param name="second">Concentrations at 0, positive.</param>
public sealed class Beta(Tensor first, Tensor second) : Distribution(Joined(first, second), [], first.DataType)
{
    /// <summary>Concentrations at 1.</summary>
    public Tensor First { get; } = Positive(first, nameof(Beta), nameof(first)).Expand(Joined(first, second));

    /// <summary>Concentrations at 0.</summary>
    public Tensor Second { get; } = Positive(second, nameof(Beta), nameof(second)).Expand(Joined(first, second));

    /// <summary>The distribution of (x, 1 - x).</summary>
    public Dirichlet Pair => new(Tensor.Stack([First, Second], -1));

    /// <inheritdoc/>
    public override bool IsReparameterized => true;

    /// <inheritdoc/>
    public override Tensor Mean => First / (First + Second);

    /// <inheritdoc/>
    public override Tensor Variance => Mean * (1 - Mean) / (First + Second + 1);

    /// <inheritdoc/>
    public override Tensor LogProbability(Tensor value)
    {
        Checked(value, x => x.GreaterOrEqual(0).And(x.LessOrEqual(1)), "in [0, 1]");
        return Pair.LogProbability(Tensor.Stack([value, 1 - value], -1));
    }

    /// <inheritdoc/>
    public override Tensor Entropy() => Pair.Entropy();

    private protected override Tensor Draw(RandomSource random, Shape shape) => Pair.ReparameterizedSample(random, shape[..(shape.Rank - BatchShape.Rank)].ToArray()).Select(-1, 0);
}

/// <summary>Student's t distribution.</summary>
/// <param name="degrees">Degrees of freedom, positive.</param>
/// <param name="location">Medians.</param>
/// <param name="scale">Scales, positive.</param>
public sealed class StudentT(Tensor degrees, Tensor location, Tensor scale) : Distribution(Joined(degrees, location + scale), [], location.DataType)
{
    /// <summary>Degrees of freedom.</summary>
    public Tensor Degrees { get; } = Positive(degrees, nameof(StudentT), nameof(degrees)).Expand(Joined(degrees, location + scale));

    /// <summary>Medians.</summary>
    public Tensor Location { get; } = Number(location, nameof(StudentT), nameof(location)).Expand(Joined(degrees, location + scale));

    /// <summary>Scales.</summary>
    public Tensor Scale { get; } = Positive(scale, nameof(StudentT), nameof(scale)).Expand(Joined(degrees, location + scale));

    /// <inheritdoc/>
    public override bool IsReparameterized => true;

    /// <inheritdoc/>
    public override Tensor Mean => Tensor.Where(Degrees.GreaterThan(1), Location, Tensor.FullLike(Location, double.NaN));

    /// <inheritdoc/>
    public override Tensor Variance
    {
        get
        {
            var finite = Scale.Square() * Degrees / (Degrees - 2);
            var heavy = Tensor.Where(Degrees.GreaterThan(1), Tensor.FullLike(finite, double.PositiveInfinity), Tensor.FullLike(finite, double.NaN));
            return Tensor.Where(Degrees.GreaterThan(2), finite, heavy);
        }
    }

    /// <inheritdoc/>
    public override Tensor LogProbability(Tensor value)
    {
        var z = (Checked(value) - Location) / Scale;
        return ((Degrees + 1) * -0.5 * (z.Square() / Degrees).LogOnePlus()) - Scale.Log() - (Degrees.Log() * 0.5) - (0.5 * Math.Log(Math.PI))
            - (Degrees * 0.5).LogGamma() + ((Degrees + 1) * 0.5).LogGamma();
    }

    /// <inheritdoc/>
    public override Tensor Entropy()
    {
        var half = (Degrees + 1) * 0.5;
        var logBeta = (Degrees * 0.5).LogGamma() + (0.5 * Math.Log(Math.PI)) - half.LogGamma();
        return Scale.Log() + (half * (half.Digamma() - (Degrees * 0.5).Digamma())) + (Degrees.Log() * 0.5) + logBeta;
    }

    private protected override Tensor Draw(RandomSource random, Shape shape)
    {
        // A standard normal number over the root of a chi-square one by its degrees: chi-square is twice a gamma number of half the degrees.
        var half = GammaPath.Sample(Degrees * 0.5, shape, random);
        return Location + (Scale * random.Normal(shape, dataType: DataType) * (Degrees * 0.5 / half).Sqrt());
    }
}
