using Scorch.Modules;

namespace Scorch.Language.TransformerSurvey;

/// <summary>A feature map of linearised attention: <c>phi(q) phi(k)</c> stands for <c>exp(q k)</c>.</summary>
public abstract class FeatureMap : Module
{
    /// <summary>Keeps the denominator from 0: added to it.</summary>
    public virtual double Epsilon => 1e-6;

    /// <summary>The least denominator; minus infinity for none.</summary>
    public virtual double LeastDenominator => double.NegativeInfinity;

    /// <summary>Features of queries and of keys: [batch, heads, time, features].</summary>
    /// <param name="queries">[batch, heads, queries, d].</param>
    /// <param name="keys">[batch, heads, keys, d].</param>
    public abstract (Tensor Queries, Tensor Keys) Features(Tensor queries, Tensor keys);
}

/// <summary><c>phi(x) = elu(x) + 1</c> (Katharopoulos et al. 2020, arXiv 2006.16236, equation 7).</summary>
public sealed class EluFeatures : FeatureMap
{
    /// <inheritdoc/>
    public override (Tensor Queries, Tensor Keys) Features(Tensor queries, Tensor keys)
    {
        ArgumentNullException.ThrowIfNull(queries);
        ArgumentNullException.ThrowIfNull(keys);
        return (queries.Elu() + 1, keys.Elu() + 1);
    }
}

/// <summary>
/// Performer's positive random features, <c>phi(x) = exp(w x - |x|^2 / 2) / sqrt(m)</c> with orthogonal w, of queries and keys scaled by d^(-1/4)
/// (FAVOR+; Choromanski et al. 2021, arXiv 2009.14794, lemma 1).
/// </summary>
/// <remarks>
/// Against overflow the greatest exponent is subtracted, of a query from its own, of a series' keys from all of them. It cancels between numerator and
/// denominator, up to the small number that is added to the latter.
/// </remarks>
public sealed class FavorFeatures : FeatureMap
{
    /// <summary>Features with random projections.</summary>
    /// <param name="headFeatures">d.</param>
    /// <param name="features">m.</param>
    /// <param name="random">Draws w.</param>
    /// <param name="isStabilized">Whether the greatest exponent is subtracted.</param>
    public FavorFeatures(int headFeatures, int features, RandomSource random, bool isStabilized = true)
    {
        Projections = Orthogonal(features, headFeatures, random);
        IsStabilized = isStabilized;
    }

    /// <summary>w, [m, d].</summary>
    [Buffer]
    public Tensor Projections { get; }

    /// <summary>Whether the greatest exponent is subtracted.</summary>
    public bool IsStabilized { get; }

    /// <inheritdoc/>
    public override double Epsilon => IsStabilized ? 1e-12 : 1e-6;

    /// <summary>Blocks of orthogonal rows, each as long as a normal vector of d numbers.</summary>
    /// <param name="rows">m.</param>
    /// <param name="size">d.</param>
    /// <param name="random">Draws them.</param>
    /// <returns>[m, d], float32.</returns>
    public static Tensor Orthogonal(int rows, int size, RandomSource random)
    {
        ArgumentNullException.ThrowIfNull(random);
        var blocks = new List<Tensor>();
        for (var filled = 0; filled < rows; filled += size)
        {
            var (q, r) = random.Normal([size, size], dataType: DataType.Float64).QrDecomposition();
            // The signs of R's diagonal make the directions uniform; lengths are those of independent normal vectors, so that each row is normal.
            var directions = (q * r.Diagonal().Sign()).T;
            var lengths = random.Normal([size, size], dataType: DataType.Float64).Square().Sum(1, true).Sqrt();
            blocks.Add((directions * lengths).Narrow(0, 0, Math.Min(size, rows - filled)));
        }
        return Tensor.Concatenate(blocks).To(DataType.Float32);
    }

    /// <summary>Draws new projections, as the paper does from time to time in training.</summary>
    /// <param name="random">Draws them.</param>
    public void Redraw(RandomSource random) => SurveyParts.Set(Projections, Orthogonal(Projections.Shape[0], Projections.Shape[1], random));

    /// <inheritdoc/>
    public override (Tensor Queries, Tensor Keys) Features(Tensor queries, Tensor keys)
    {
        ArgumentNullException.ThrowIfNull(queries);
        ArgumentNullException.ThrowIfNull(keys);
        var scale = Math.Pow(queries.Shape[3], -0.25);
        return (Of(queries * scale, x => x.Maximum([3], true)), Of(keys * scale, x => x.Maximum([2, 3], true)));
    }

    private Tensor Of(Tensor x, Func<Tensor, Tensor> greatest)
    {
        var exponents = x.Times(Projections.To(x.DataType).T) - (x.Square().Sum(-1, true) / 2);
        if (IsStabilized) exponents -= greatest(exponents.Detach());
        return exponents.Exp() / Math.Sqrt(Projections.Shape[0]);
    }
}

/// <summary>
/// Random Fourier features, <c>phi(x) = [sin(w x), cos(w x)] / sqrt(m)</c>, whose products estimate exp(-|q - k|^2 / 2); of unit vectors that is
/// exp(q k) up to a constant (RFA; Peng et al. 2021, arXiv 2103.02143, equation 4).
/// </summary>
/// <remarks>Estimates can be negative. Unit vectors are at most 2 apart, so that every term of the true denominator is at least exp(-2); it is held above a hundredth.</remarks>
public sealed class TrigonometricFeatures : FeatureMap
{
    /// <summary>Features with random projections.</summary>
    /// <param name="headFeatures">d.</param>
    /// <param name="features">m.</param>
    /// <param name="random">Draws w.</param>
    public TrigonometricFeatures(int headFeatures, int features, RandomSource random)
    {
        ArgumentNullException.ThrowIfNull(random);
        Projections = random.Normal([features, headFeatures]);
    }

    /// <summary>w, [m, d].</summary>
    [Buffer]
    public Tensor Projections { get; }

    /// <inheritdoc/>
    public override double LeastDenominator => 1e-2;

    /// <summary>Features of vectors as they are, which estimate exp(-|x - y|^2 / 2).</summary>
    /// <param name="x">[..., d].</param>
    /// <returns>[..., 2 m].</returns>
    public Tensor Of(Tensor x)
    {
        ArgumentNullException.ThrowIfNull(x);
        var angles = x.Times(Projections.To(x.DataType).T);
        return Tensor.Concatenate([angles.Sin(), angles.Cos()], x.Rank - 1) / Math.Sqrt(Projections.Shape[0]);
    }

    /// <inheritdoc/>
    public override (Tensor Queries, Tensor Keys) Features(Tensor queries, Tensor keys)
    {
        ArgumentNullException.ThrowIfNull(queries);
        ArgumentNullException.ThrowIfNull(keys);
        static Tensor Unit(Tensor x) => x * (x.Square().Sum(-1, true) + 1e-12).ReciprocalSqrt();
        return (Of(Unit(queries)), Of(Unit(keys)));
    }
}
