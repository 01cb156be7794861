using Scorch.Modules;
using ModelPositions = Scorch.Models.Transformers.Positions;

namespace Scorch.Language.TransformerSurvey;

/// <summary>T5's bias: a trained number for each head and bucket of distances, added to the scores (Raffel et al. 2020, section 2.1).</summary>
/// <remarks>Under a causal mask all buckets are for keys before the query. One table serves all layers.</remarks>
public sealed class T5Positions : PositionScheme
{
    private readonly int buckets;
    private readonly int distance;

    internal T5Positions(ModuleSite site)
        : base(site)
    {
        (buckets, distance) = (site.Options.Integer("buckets"), site.Options.Integer("distance"));
        if (buckets % 2 != 0 || distance <= buckets / 2) throw new ArgumentException($"t5: {buckets} buckets up to a distance of {distance}; give an even number, and a distance above half of it.", nameof(site));
        Bias = SurveyParts.Normal([site.Heads, buckets], 0.02, site.Random);
    }

    /// <summary>[heads, buckets].</summary>
    public Parameter Bias { get; }

    /// <inheritdoc/>
    public override Tensor Scores(Tensor queries, Tensor keys, PositionPairs pairs)
    {
        ArgumentNullException.ThrowIfNull(pairs);
        var numbers = Enumerable.Range(-(pairs.KeyCount - 1), (2 * pairs.KeyCount) - 1)
            .Select(apart => (long)ModelPositions.Bucket(apart, !pairs.IsCausal, buckets, distance)).ToArray();
        return pairs.ByDistance(Bias.IndexSelect(1, Tensor.From(numbers)));
    }
}

/// <summary>Linear biases: <c>-slope |i - j|</c> with a fixed slope for each head (Press et al. 2021, arXiv 2108.12409).</summary>
public sealed class AlibiPositions : PositionScheme
{
    private readonly double[] slopes;

    internal AlibiPositions(ModuleSite site)
        : base(site) => slopes = [.. Slopes(site.Heads)];

    /// <summary>The slopes: 2^(-8 i / h) for h a power of two; else those of the power below, then every second one of twice that power.</summary>
    /// <param name="heads">h.</param>
    public static IReadOnlyList<double> Slopes(int heads)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(heads, 1);
        var power = 1;
        while (power * 2 <= heads) power *= 2;
        static double Slope(int i, int of) => Math.Pow(2, -8.0 * i / of);
        return [.. Enumerable.Range(1, power).Select(i => Slope(i, power)), .. Enumerable.Range(0, heads - power).Select(i => Slope((2 * i) + 1, 2 * power))];
    }

    /// <inheritdoc/>
    public override Tensor Scores(Tensor queries, Tensor keys, PositionPairs pairs)
    {
        ArgumentNullException.ThrowIfNull(queries);
        ArgumentNullException.ThrowIfNull(pairs);
        var slope = Tensor.From(slopes, [slopes.Length, 1, 1]).To(queries.DataType);
        return slope * -pairs.Distances.To(queries.DataType).Abs();
    }
}
