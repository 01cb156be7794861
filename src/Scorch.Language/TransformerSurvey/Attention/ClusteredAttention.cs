using Scorch.Autograd;
using Scorch.Models.Transformers;
using Scorch.Modules;

namespace Scorch.Language.TransformerSurvey;

/// <summary>
/// Clustered attention (Vyas et al. 2020, arXiv 2007.04825, section 3.2): queries are clustered, each cluster's mean query attends once, and its members
/// share the result.
/// </summary>
/// <remarks>
/// Clusters are those of the paper: queries' signs under random projections as bit strings, k-means by Hamming distance from evenly spread starts.
/// With at least as many clusters as queries each is its own. A cluster holds earlier and later queries, so that it is no module for causal models.
/// </remarks>
public sealed class ClusteredAttention : HeadedAttention
{
    private readonly int clusters;
    private readonly int iterations;

    /// <summary>An attention with random weights and projections.</summary>
    /// <param name="site">Where it is built.</param>
    public ClusteredAttention(ModuleSite site)
        : base(site)
    {
        (clusters, iterations) = (site.Options.Integer("clusters"), site.Options.Integer("iterations"));
        Planes = site.Random.Normal([HeadFeatures, site.Options.Integer("bits")]);
    }

    /// <summary>Whose sides are the bits: [d, bits].</summary>
    [Buffer]
    public Tensor Planes { get; }

    /// <inheritdoc/>
    public override Tensor Attend(Tensor queries, Tensor keys, Tensor values, AttentionScope scope, TransformerContext? context = null)
    {
        ArgumentNullException.ThrowIfNull(queries);
        ArgumentNullException.ThrowIfNull(keys);
        ArgumentNullException.ThrowIfNull(values);
        ArgumentNullException.ThrowIfNull(scope);
        var (batch, heads, count, size) = (queries.Shape[0], queries.Shape[1], queries.Shape[2], queries.Shape[3]);
        var groups = Math.Min(clusters, count);
        var members = Clusters(queries, groups);
        var sums = Tensor.Zeros([batch, heads, groups, size], queries.DataType).ScatterAdd(2, Spread(members, size), queries);
        var sizes = Tensor.Zeros([batch, heads, groups], queries.DataType).ScatterAdd(2, members, Tensor.Ones(members.Shape, queries.DataType));
        var means = sums / sizes.Clamp(minimum: 1).Unsqueeze(3);
        var mixed = MaskedScores.Softmax((means / Math.Sqrt(size)).Times(keys.T), MaskedScores.RealKeys(scope)).Times(values);
        return mixed.Gather(2, Spread(members, values.Shape[3]));
    }

    private static Tensor Spread(Tensor members, int size) => members.Unsqueeze(3).Expand(members.Shape[0], members.Shape[1], members.Shape[2], size).Contiguous();

    /// <summary>The cluster of each query: int64 [batch, heads, queries].</summary>
    private Tensor Clusters(Tensor queries, int groups)
    {
        var (batch, heads, count) = (queries.Shape[0], queries.Shape[1], queries.Shape[2]);
        if (groups == count) return Tensor.Range(count).Reshape(1, 1, count).Expand(batch, heads, count).Contiguous();
        using var mode = GradientMode.Disable();
        var bits = Planes.Shape[1];
        // ±1: products count equal bits less unequal ones, so that the greatest is the nearest.
        var codes = queries.Detach().Times(Planes.To(queries.DataType)).GreaterOrEqual(0).To(queries.DataType) * 2 - 1;
        var starts = Tensor.From([.. Enumerable.Range(0, groups).Select(group => (long)group * count / groups)]);
        var centres = codes.IndexSelect(2, starts);
        var nearest = codes.Times(centres.T).ArgMax(3);
        for (var i = 1; i < iterations; i++)
        {
            // The centre of a cluster has each bit that most of its members have; an empty one stays.
            var sums = Tensor.Zeros([batch, heads, groups, bits], codes.DataType).ScatterAdd(2, Spread(nearest, bits), codes);
            centres = Tensor.Where(sums.EqualTo(0), centres, sums.Sign());
            nearest = codes.Times(centres.T).ArgMax(3);
        }
        return nearest;
    }
}
