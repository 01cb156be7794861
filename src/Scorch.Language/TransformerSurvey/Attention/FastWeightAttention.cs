using Scorch.Models.Transformers;
using Scorch.Modules;

namespace Scorch.Language.TransformerSurvey;

/// <summary>What linearised attentions with a memory of their own share: they run from the first position to the last, whatever the scope.</summary>
public abstract class FastWeightAttention : XformerAttention
{
    private protected FastWeightAttention(ModuleSite site, double gateStart)
        : base(site)
    {
        Query = SurveyParts.Linear(Features, Features, site.Random);
        Key = SurveyParts.Linear(Features, Features, site.Random);
        Value = SurveyParts.Linear(Features, Features, site.Random);
        Gate = SurveyParts.Linear(Features, Heads, site.Random);
        SurveyParts.Set(Gate.Bias!, Tensor.Full([Heads], gateStart));
    }

    /// <summary>To queries.</summary>
    public Linear Query { get; }

    /// <summary>To keys.</summary>
    public Linear Key { get; }

    /// <summary>To values.</summary>
    public Linear Value { get; }

    /// <summary>To one gate a head, through a sigmoid.</summary>
    public Linear Gate { get; }

    private protected sealed override Tensor Mix(Tensor hidden, Tensor source, AttentionScope scope, TransformerContext context)
    {
        Tensor OfHeads(Linear map, Tensor x) => SurveyParts.Split(map.Map(x), Heads);
        var (queries, keys, values) = (OfHeads(Query, hidden), OfHeads(Key, source), OfHeads(Value, source));
        if (Position is not null) (queries, keys) = (Position.Turn(queries, source.Shape[1] - hidden.Shape[1]), Position.Turn(keys, 0));
        var gates = Gate.Map(source).Sigmoid().Permute(0, 2, 1).Unsqueeze(3);
        var result = Attend(queries, keys, values, gates, MaskedScores.KeyFactor(scope, values.DataType));
        return result.Narrow(2, source.Shape[1] - hidden.Shape[1], hidden.Shape[1]);
    }

    /// <summary>The mechanism alone.</summary>
    /// <param name="queries">[batch, heads, time, d], or fewer, the last of them.</param>
    /// <param name="keys">[batch, heads, time, d].</param>
    /// <param name="values">[batch, heads, time, v].</param>
    /// <param name="gates">[batch, heads, time, 1], in (0, 1).</param>
    /// <param name="real">[batch, 1, time, 1]: 1 where a key is real, 0 where it is padding; none where all are real.</param>
    /// <returns>[batch, heads, time, v].</returns>
    public abstract Tensor Attend(Tensor queries, Tensor keys, Tensor values, Tensor gates, Tensor? real);

    /// <summary>Queries of all steps: where there are fewer than keys, zeros stand before them.</summary>
    private protected static Tensor OfAllSteps(Tensor queries, int steps)
    {
        if (queries.Shape[2] == steps) return queries;
        var before = Tensor.Zeros([queries.Shape[0], queries.Shape[1], steps - queries.Shape[2], queries.Shape[3]], queries.DataType);
        return Tensor.Concatenate([before, queries], 2);
    }
}

/// <summary>
/// RFA with a gate: <c>S_t = g_t S_(t-1) + (1 - g_t) phi(k_t) v_t</c>, <c>z_t</c> likewise, out <c>phi(q_t) S_t / (phi(q_t) z_t)</c>
/// (Peng et al. 2021, arXiv 2103.02143, equation 8).
/// </summary>
/// <remarks>Padding leaves the memory as it is. All steps are one linear recurrence.</remarks>
public sealed class GatedLinearAttention : FastWeightAttention
{
    /// <summary>An attention with random weights; gates start near 0.9.</summary>
    /// <param name="site">Where it is built.</param>
    public GatedLinearAttention(ModuleSite site)
        : base(site, gateStart: 2) => Map = new(HeadFeatures, site.Options.Integer("features"), site.Random);

    /// <summary>phi.</summary>
    public TrigonometricFeatures Map { get; }

    /// <inheritdoc/>
    public override Tensor Attend(Tensor queries, Tensor keys, Tensor values, Tensor gates, Tensor? real)
    {
        ArgumentNullException.ThrowIfNull(queries);
        ArgumentNullException.ThrowIfNull(keys);
        ArgumentNullException.ThrowIfNull(values);
        ArgumentNullException.ThrowIfNull(gates);
        var (from, to) = Map.Features(OfAllSteps(queries, keys.Shape[2]), keys);
        var (batch, heads, time, width, size) = (values.Shape[0], values.Shape[1], values.Shape[2], to.Shape[3], values.Shape[3]);
        var write = 1 - gates;
        // A gate of 1 that writes nothing: padding.
        if (real is not null) (gates, write) = ((gates * real) + (1 - real), write * real);
        // The denominator is one more column of the values, of ones.
        var columns = Tensor.Concatenate([values, Tensor.Ones([batch, heads, time, 1], values.DataType)], 3);
        OperationMeter.CountMixing(3L * batch * heads * time * width * (size + 1));
        var written = (to * write).Unsqueeze(4) * columns.Unsqueeze(3);
        Tensor Steps(Tensor x) => x.Permute(0, 2, 1, 3, 4).Reshape(batch, time, heads * width * (size + 1));
        var forget = gates.Unsqueeze(4).Expand(batch, heads, time, width, size + 1);
        var memory = Steps(written).LinearRecurrence(Steps(forget)).Reshape(batch, time, heads, width, size + 1).Permute(0, 2, 1, 3, 4);
        var read = (from.Unsqueeze(4) * memory).Sum(3);
        // Before anything is written numerator and denominator are 0.
        return read.Narrow(3, 0, size) / (read.Narrow(3, size, 1) + Map.Epsilon).Clamp(minimum: Map.LeastDenominator);
    }
}

/// <summary>
/// Fast weights with the delta rule: <c>S_t = S_(t-1) + beta_t (v_t - S_(t-1) phi(k_t)) phi(k_t)^T</c>, out <c>S_t phi(q_t)</c>, with phi = elu + 1 made to
/// sum to 1 (Schlag et al. 2021, arXiv 2102.11174, equations 19 to 25).
/// </summary>
/// <remarks>A key that was written before is overwritten rather than added to. Steps run one after the other.</remarks>
public sealed class DeltaRuleAttention : FastWeightAttention
{
    /// <summary>An attention with random weights; beta starts at 1/2.</summary>
    /// <param name="site">Where it is built.</param>
    public DeltaRuleAttention(ModuleSite site)
        : base(site, gateStart: 0)
    {
    }

    /// <inheritdoc/>
    public override Tensor Attend(Tensor queries, Tensor keys, Tensor values, Tensor gates, Tensor? real)
    {
        ArgumentNullException.ThrowIfNull(queries);
        ArgumentNullException.ThrowIfNull(keys);
        ArgumentNullException.ThrowIfNull(values);
        ArgumentNullException.ThrowIfNull(gates);
        var (from, to) = (Positive(OfAllSteps(queries, keys.Shape[2])), Positive(keys));
        if (real is not null) gates *= real;
        var memory = Tensor.Zeros([values.Shape[0], values.Shape[1], values.Shape[3], to.Shape[3]], values.DataType);
        var results = new List<Tensor>();
        for (var step = 0; step < to.Shape[2]; step++)
        {
            var (key, value, beta) = (to.Narrow(2, step, 1), values.Narrow(2, step, 1), gates.Narrow(2, step, 1));
            var known = key.Times(memory.T);
            memory += (beta * (value - known)).T.Times(key);
            results.Add(from.Narrow(2, step, 1).Times(memory.T));
        }
        return Tensor.Concatenate(results, 2);
    }

    private static Tensor Positive(Tensor x)
    {
        var positive = x.Elu() + 1;
        return positive / positive.Sum(-1, true);
    }
}
