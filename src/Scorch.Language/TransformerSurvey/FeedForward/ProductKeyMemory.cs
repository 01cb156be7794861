using Scorch.Models.Transformers;
using Scorch.Modules;

namespace Scorch.Language.TransformerSurvey;

/// <summary>
/// Product-key memory in place of a feed-forward part (Lample et al. 2019, arXiv 1907.05242, section 3): n^2 values whose keys are all pairs of n and n half keys;
/// a query takes its k nearest of each half, of the k^2 pairs the k nearest, and their values by softmax. Heads add up.
/// </summary>
public sealed class ProductKeyMemory : FeedForward
{
    private readonly int heads;
    private readonly int taken;

    /// <summary>A memory with random keys and values.</summary>
    /// <param name="features">Features of the hidden states, an even number a head.</param>
    /// <param name="heads">Queries of a position.</param>
    /// <param name="halfKeys">n: there are n^2 values.</param>
    /// <param name="taken">k, at most n.</param>
    /// <param name="random">Draws keys and values.</param>
    /// <exception cref="ArgumentException">Sizes do not fit.</exception>
    public ProductKeyMemory(int features, int heads, int halfKeys, int taken, RandomSource random)
    {
        ArgumentNullException.ThrowIfNull(random);
        SurveyParts.RequireHeads("product-key", features, heads);
        var size = features / heads;
        if (size % 2 != 0) throw new ArgumentException($"product-key: queries of {features} / {heads} = {size} features have no halves; choose an even number.", nameof(heads));
        if (taken < 1 || taken > halfKeys) throw new ArgumentException($"product-key: {taken} of {halfKeys} half keys are taken; give 1 to {halfKeys}.", nameof(taken));
        (this.heads, this.taken) = (heads, taken);
        Query = SurveyParts.Linear(features, features, random);
        Keys = SurveyParts.Normal([2, heads, halfKeys, size / 2], 1 / Math.Sqrt(size / 2.0), random);
        Values = SurveyParts.Normal([halfKeys * halfKeys, features], 1 / Math.Sqrt(features), random);
    }

    /// <summary>To queries.</summary>
    public Linear Query { get; }

    /// <summary>Half keys: [2, heads, n, size / 2].</summary>
    public Parameter Keys { get; }

    /// <summary>[n^2, features]; value i n + j belongs to half keys i and j.</summary>
    public Parameter Values { get; }

    /// <inheritdoc/>
    public override Tensor Forward(Tensor hidden, TransformerContext context)
    {
        ArgumentNullException.ThrowIfNull(hidden);
        var (batch, time, features) = (hidden.Shape[0], hidden.Shape[1], hidden.Shape[2]);
        var queries = SurveyParts.Split(Query.Map(hidden), heads);
        var half = queries.Shape[3] / 2;
        (Tensor Values, Tensor Indices) Nearest(int side) => queries.Narrow(3, side * half, half).Times(Keys.Select(0, side).T).TopK(taken, 3);
        var (left, right) = (Nearest(0), Nearest(1));
        var pairs = (left.Values.Unsqueeze(4) + right.Values.Unsqueeze(3)).Reshape(batch, heads, time, taken * taken);
        var numbers = ((left.Indices * Keys.Shape[2]).Unsqueeze(4) + right.Indices.Unsqueeze(3)).Reshape(batch, heads, time, taken * taken);
        var (scores, places) = pairs.TopK(taken, 3);
        var chosen = numbers.Gather(3, places);
        var weights = scores.Softmax(-1).Unsqueeze(3);
        return weights.Times(Values.Embedding(chosen)).Reshape(batch, heads, time, features).Sum(1);
    }
}
