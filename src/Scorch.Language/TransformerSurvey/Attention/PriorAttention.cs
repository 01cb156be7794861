using System.Runtime.CompilerServices;
using Scorch.Models.Transformers;
using Scorch.Modules;

namespace Scorch.Language.TransformerSurvey;

/// <summary>Attention with a Gaussian prior on distance: <c>-|w (i - j)^2 + b|</c> of each head joins the scores (Gaussian Transformer; Guo et al. 2019, equation 5).</summary>
public sealed class GaussianAttention : HeadedAttention
{
    /// <summary>An attention with random weights; heads start with widths from near to far.</summary>
    /// <param name="site">Where it is built.</param>
    public GaussianAttention(ModuleSite site)
        : base(site)
    {
        Precision = new(Tensor.From([.. Enumerable.Range(0, Heads).Select(head => (float)Math.Pow(2, -2 * (head + 1)))]));
        Offset = Parameter.Full([Heads], 0);
    }

    /// <summary>w of each head.</summary>
    public Parameter Precision { get; }

    /// <summary>b of each head.</summary>
    public Parameter Offset { get; }

    /// <inheritdoc/>
    public override Tensor Attend(Tensor queries, Tensor keys, Tensor values, AttentionScope scope, TransformerContext? context = null)
    {
        ArgumentNullException.ThrowIfNull(queries);
        ArgumentNullException.ThrowIfNull(keys);
        ArgumentNullException.ThrowIfNull(values);
        ArgumentNullException.ThrowIfNull(scope);
        var (count, length) = (queries.Shape[2], keys.Shape[2]);
        var pairs = PositionPairs.All(count, length, scope.IsCausal);
        var squares = pairs.Distances.To(queries.DataType).Square();
        var prior = -((Precision.Reshape(Heads, 1, 1) * squares) + Offset.Reshape(Heads, 1, 1)).Abs();
        var weights = MaskedScores.Softmax(MaskedScores.Of(queries, keys, scope, Position) + prior, scope.Allowed(count, length));
        var result = weights.Times(values);
        return Position?.Values(weights, pairs) is { } moved ? result + moved : result;
    }
}

/// <summary>RealFormer: the scores of the layer before join those of this one before the softmax (He et al. 2021, arXiv 2012.11747, equation 4).</summary>
public sealed class RealFormerAttention : HeadedAttention
{
    /// <summary>Scores of the layer before in the same pass, by their shape; they live as long as the pass's context.</summary>
    private static readonly ConditionalWeakTable<TransformerContext, Dictionary<string, Tensor>> Residuals = [];

    /// <summary>An attention with random weights.</summary>
    /// <param name="site">Where it is built.</param>
    public RealFormerAttention(ModuleSite site)
        : base(site)
    {
    }

    /// <inheritdoc/>
    public override Tensor Attend(Tensor queries, Tensor keys, Tensor values, AttentionScope scope, TransformerContext? context = null)
    {
        ArgumentNullException.ThrowIfNull(queries);
        ArgumentNullException.ThrowIfNull(keys);
        ArgumentNullException.ThrowIfNull(values);
        ArgumentNullException.ThrowIfNull(scope);
        var (count, length) = (queries.Shape[2], keys.Shape[2]);
        var scores = MaskedScores.Of(queries, keys, scope, Position);
        if (context is not null)
        {
            var residuals = Residuals.GetOrCreateValue(context);
            var key = $"{(scope.IsCausal ? "causal" : "open")} {scores.Shape}";
            if (residuals.TryGetValue(key, out var before)) scores += before;
            residuals[key] = scores;
        }
        var weights = MaskedScores.Softmax(scores, scope.Allowed(count, length));
        var result = weights.Times(values);
        return Position?.Values(weights, PositionPairs.All(count, length, scope.IsCausal)) is { } moved ? result + moved : result;
    }
}

/// <summary>Average attention: the mean of all values so far, without scores (Zhang et al. 2018, arXiv 1805.00631, equation 1); without a causal mask, of all values.</summary>
public sealed class AverageAttention : XformerAttention
{
    /// <summary>An attention with random maps of values.</summary>
    /// <param name="site">Where it is built.</param>
    public AverageAttention(ModuleSite site)
        : base(site) => Value = SurveyParts.Linear(Features, Features, site.Random);

    /// <summary>To values.</summary>
    public Linear Value { get; }

    /// <summary>The mechanism alone.</summary>
    /// <param name="values">[batch, heads, keys, v].</param>
    /// <param name="queries">Queries; the last stands at the last key.</param>
    /// <param name="scope">Which keys a query may look at.</param>
    /// <returns>[batch, heads, queries, v].</returns>
    public static Tensor Attend(Tensor values, int queries, AttentionScope scope)
    {
        ArgumentNullException.ThrowIfNull(values);
        ArgumentNullException.ThrowIfNull(scope);
        var (batch, heads, length, size) = (values.Shape[0], values.Shape[1], values.Shape[2], values.Shape[3]);
        var real = MaskedScores.KeyFactor(scope, values.DataType) ?? Tensor.Ones([1, 1, length, 1], values.DataType);
        OperationMeter.CountMixing(values.ElementCount);
        if (scope.IsCausal)
        {
            var (sums, counts) = ((values * real).CumulativeSum(2), real.CumulativeSum(2).Clamp(minimum: 1));
            return (sums / counts).Narrow(2, length - queries, queries);
        }
        var mean = (values * real).Sum(2, true) / real.Sum(2, true).Clamp(minimum: 1);
        return mean.Expand(batch, heads, queries, size);
    }

    private protected override Tensor Mix(Tensor hidden, Tensor source, AttentionScope scope, TransformerContext context) =>
        Attend(SurveyParts.Split(Value.Map(source), Heads), hidden.Shape[1], scope);
}

/// <summary>Synthesizers: scores come from the query's position alone, by two maps of its hidden state (dense), or are trained numbers (random) (Tay et al. 2020, arXiv 2005.00743, equations 3 and 5).</summary>
public sealed class SynthesizerAttention : XformerAttention
{
    /// <summary>An attention with random weights.</summary>
    /// <param name="site">Where it is built.</param>
    /// <param name="isDense">Whether scores depend on the hidden state.</param>
    public SynthesizerAttention(ModuleSite site, bool isDense)
        : base(site)
    {
        Value = SurveyParts.Linear(Features, Features, site.Random);
        MaximumLength = site.MaximumLength;
        if (isDense)
        {
            Inner = SurveyParts.Linear(Features, Features, site.Random);
            Outer = SurveyParts.Normal([Heads, HeadFeatures, MaximumLength], 1 / Math.Sqrt(HeadFeatures), site.Random);
        }
        else
        {
            Scores = SurveyParts.Normal([Heads, MaximumLength, MaximumLength], 1, site.Random);
        }
    }

    /// <summary>To values.</summary>
    public Linear Value { get; }

    /// <summary>Of the dense form, before the rectifier.</summary>
    public Linear? Inner { get; }

    /// <summary>Of the dense form, to one score for each key: [heads, d, greatest length].</summary>
    public Parameter? Outer { get; }

    /// <summary>Of the random form: [heads, greatest length, greatest length].</summary>
    public Parameter? Scores { get; }

    /// <summary>The longest sequence.</summary>
    public int MaximumLength { get; }

    private protected override Tensor Mix(Tensor hidden, Tensor source, AttentionScope scope, TransformerContext context)
    {
        var (count, length) = (hidden.Shape[1], source.Shape[1]);
        if (length > MaximumLength)
            throw new ArgumentException($"{Card.Name}: a sequence of {length} positions is longer than its table of {MaximumLength}; shorten it, or build with a greater MaximumLength.", nameof(source));
        var scores = Scores is not null
            ? Scores.Narrow(1, length - count, count).Narrow(2, 0, length).Unsqueeze(0)
            : SurveyParts.Split(Inner!.Map(hidden).Relu(), Heads).Times(Outer!.Narrow(2, 0, length));
        return MaskedScores.Softmax(scores, scope.Allowed(count, length)).Times(SurveyParts.Split(Value.Map(source), Heads));
    }
}
