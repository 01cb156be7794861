using Scorch.Autograd;
using Scorch.Models.Transformers;
using Scorch.Modules;

namespace Scorch.Language.TransformerSurvey;

/// <summary>
/// Routing attention (Roy et al. 2021, arXiv 2003.05997): each centroid takes the w queries and the w keys nearest to it, which attend to each other;
/// centroids follow what they take by online k-means.
/// </summary>
/// <remarks>
/// Queries and keys are normalised to length sqrt(d) as in the paper. A query that several centroids take has the mean of its results, one that none
/// takes has 0. In training a centroid moves by <c>mu = decay mu + (1 - decay)/2 (mean of its queries + mean of its keys)</c>; the paper adds sums, whose
/// size would depend on the batch. Which keys are taken depends on later positions too, so that it is no module for causal models.
/// </remarks>
public sealed class RoutingAttention : HeadedAttention
{
    private readonly int window;
    private readonly double decay;

    /// <summary>An attention with random weights and centroids.</summary>
    /// <param name="site">Where it is built.</param>
    public RoutingAttention(ModuleSite site)
        : base(site)
    {
        (window, decay) = (site.Options.Integer("window"), site.Options.Number("decay"));
        Centroids = Normalized(site.Random.Normal([Heads, site.Options.Integer("clusters"), HeadFeatures]));
    }

    /// <summary>[heads, clusters, d].</summary>
    [Buffer]
    public Tensor Centroids { get; }

    /// <inheritdoc/>
    public override Tensor Attend(Tensor queries, Tensor keys, Tensor values, AttentionScope scope, TransformerContext? context = null)
    {
        ArgumentNullException.ThrowIfNull(queries);
        ArgumentNullException.ThrowIfNull(keys);
        ArgumentNullException.ThrowIfNull(values);
        ArgumentNullException.ThrowIfNull(scope);
        (queries, keys) = (Normalized(queries), Normalized(keys));
        var (batch, heads, count, size) = (queries.Shape[0], Heads, queries.Shape[2], queries.Shape[3]);
        var (length, clusters) = (keys.Shape[2], Centroids.Shape[1]);
        var (takenQueries, takenKeys) = (Math.Min(window, count), Math.Min(window, length));
        Tensor queryPlaces, keyPlaces;
        using (GradientMode.Disable())
        {
            var centroids = Centroids.To(queries.DataType);
            var (near, nearKeys) = (queries.Detach().Times(centroids.T), keys.Detach().Times(centroids.T));
            if (scope.KeyMask is { } mask)
                nearKeys = nearKeys.MaskedFill(mask.LogicalNot().Reshape(batch, 1, length, 1), double.NegativeInfinity);
            queryPlaces = near.TopK(takenQueries, 2).Indices.Permute(0, 1, 3, 2).Reshape(batch, heads, clusters * takenQueries);
            keyPlaces = nearKeys.TopK(takenKeys, 2).Indices.Permute(0, 1, 3, 2).Reshape(batch, heads, clusters * takenKeys);
            if (IsTraining) Follow(queries.Detach(), keys.Detach(), near, nearKeys);
        }
        Tensor Taken(Tensor x, Tensor places, int taken) =>
            x.Gather(2, Spread(places, x.Shape[3])).Reshape(batch, heads, clusters, taken, x.Shape[3]);
        var scores = (Taken(queries, queryPlaces, takenQueries) / Math.Sqrt(size)).Times(Taken(keys, keyPlaces, takenKeys).T);
        Tensor? allowed = null;
        if (scope.KeyMask is { } real)
            allowed = real.Reshape(batch, 1, length).Expand(batch, heads, length).Contiguous().Gather(2, keyPlaces).Reshape(batch, heads, clusters, 1, takenKeys);
        var mixed = MaskedScores.Softmax(scores, allowed).Times(Taken(values, keyPlaces, takenKeys)).Reshape(batch, heads, clusters * takenQueries, values.Shape[3]);
        var sums = Tensor.Zeros([batch, heads, count, values.Shape[3]], values.DataType).ScatterAdd(2, Spread(queryPlaces, values.Shape[3]), mixed);
        var times = Tensor.Zeros([batch, heads, count], values.DataType).ScatterAdd(2, queryPlaces, Tensor.Ones(queryPlaces.Shape, values.DataType));
        return sums / times.Clamp(minimum: 1).Unsqueeze(3);
    }

    /// <summary>Length sqrt(d), mean 0: layer normalisation without scale and shift.</summary>
    internal static Tensor Normalized(Tensor x) => x.LayerNorm([x.Shape[-1]]);

    private static Tensor Spread(Tensor places, int size) => places.Unsqueeze(3).Expand(places.Shape[0], places.Shape[1], places.Shape[2], size).Contiguous();

    private void Follow(Tensor queries, Tensor keys, Tensor near, Tensor nearKeys)
    {
        var clusters = Centroids.Shape[1];
        Tensor Means(Tensor vectors, Tensor products)
        {
            // [batch, heads, time, clusters], a single 1 at the nearest centroid; padding, at minus infinity from all, belongs to none.
            var member = products.ArgMax(3).OneHot(clusters, vectors.DataType) * products.Maximum(3, true).Values.IsFinite().To(vectors.DataType);
            var sums = member.T.MatMul(vectors).Sum(0);
            var counts = member.Sum([0, 2]).Unsqueeze(2);
            var own = Centroids.To(vectors.DataType);
            return Tensor.Where(counts.GreaterThan(0), sums / counts.Clamp(minimum: 1), own);
        }
        var moved = (Centroids.To(queries.DataType) * decay) + ((Means(queries, near) + Means(keys, nearKeys)) * ((1 - decay) / 2));
        Centroids.CopyFrom(moved.To(Centroids.DataType));
    }
}
