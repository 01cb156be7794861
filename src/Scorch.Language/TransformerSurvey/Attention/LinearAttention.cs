using Scorch.Models.Transformers;

namespace Scorch.Language.TransformerSurvey;

/// <summary>
/// Linearised attention, <c>phi(q_i) sum_j phi(k_j) v_j / (phi(q_i) sum_j phi(k_j))</c> (equation 8 of the survey); causal by running sums,
/// chunk by chunk.
/// </summary>
public sealed class LinearAttention : HeadedAttention
{
    private const int Chunk = 32;

    /// <summary>An attention with random weights.</summary>
    /// <param name="site">Where it is built.</param>
    /// <param name="map">phi.</param>
    public LinearAttention(ModuleSite site, FeatureMap map)
        : base(site)
    {
        ArgumentNullException.ThrowIfNull(map);
        Map = map;
    }

    /// <summary>phi.</summary>
    public FeatureMap Map { get; }

    /// <inheritdoc/>
    public override Tensor Attend(Tensor queries, Tensor keys, Tensor values, AttentionScope scope, TransformerContext? context = null)
    {
        ArgumentNullException.ThrowIfNull(queries);
        ArgumentNullException.ThrowIfNull(keys);
        ArgumentNullException.ThrowIfNull(values);
        ArgumentNullException.ThrowIfNull(scope);
        var (from, to) = Map.Features(queries, keys);
        if (MaskedScores.KeyFactor(scope, to.DataType) is { } real) to *= real;
        return scope.IsCausal ? Causal(from, to, values) : Mixed(from, to.T.Times(values), to.Sum(2, true));
    }

    /// <summary>The same by the matrix of all pairs, which defines it; for tests and small inputs.</summary>
    /// <param name="queries">[batch, heads, queries, d].</param>
    /// <param name="keys">[batch, heads, keys, d].</param>
    /// <param name="values">[batch, heads, keys, v].</param>
    /// <param name="scope">Which keys a query may look at.</param>
    public Tensor Quadratic(Tensor queries, Tensor keys, Tensor values, AttentionScope scope)
    {
        ArgumentNullException.ThrowIfNull(queries);
        ArgumentNullException.ThrowIfNull(keys);
        ArgumentNullException.ThrowIfNull(values);
        ArgumentNullException.ThrowIfNull(scope);
        var (from, to) = Map.Features(queries, keys);
        var kernel = from.MatMul(to.T);
        if (scope.Allowed(queries.Shape[2], keys.Shape[2]) is { } allowed) kernel *= allowed.To(kernel.DataType);
        return kernel.MatMul(values) / Denominator(kernel.Sum(-1, true));
    }

    private Tensor Causal(Tensor from, Tensor to, Tensor values)
    {
        var (count, length) = (from.Shape[2], to.Shape[2]);
        var past = length - count;
        // S and z: sums over all keys of the chunks before; keys before the first query come in at once.
        var (sums, total) = (to.Narrow(2, 0, past).T.Times(values.Narrow(2, 0, past)), to.Narrow(2, 0, past).Sum(2, true));
        var results = new List<Tensor>();
        for (var start = 0; start < count; start += Chunk)
        {
            var steps = Math.Min(Chunk, count - start);
            var (query, key, value) = (from.Narrow(2, start, steps), to.Narrow(2, past + start, steps), values.Narrow(2, past + start, steps));
            var within = query.Times(key.T).LowerTriangle();
            var numerator = within.Times(value) + query.Times(sums);
            var denominator = within.Sum(-1, true) + query.Times(total.T);
            results.Add(numerator / Denominator(denominator));
            if (start + steps < count) (sums, total) = (sums + key.T.Times(value), total + key.Sum(2, true));
        }
        return results.Count == 1 ? results[0] : Tensor.Concatenate(results, 2);
    }

    private Tensor Mixed(Tensor from, Tensor sums, Tensor total) => from.Times(sums) / Denominator(from.Times(total.T));

    private Tensor Denominator(Tensor sum)
    {
        var kept = sum + Map.Epsilon;
        return double.IsNegativeInfinity(Map.LeastDenominator) ? kept : kept.Clamp(minimum: Map.LeastDenominator);
    }
}
