using Scorch.Modules;
using ModelPositions = Scorch.Models.Transformers.Positions;

namespace Scorch.Language.TransformerSurvey;

/// <summary>Shaw's relative positions: a trained vector for each distance within ±k, those beyond clipped, joins keys and values (Shaw et al. 2018, arXiv 1803.02155, equations 3 and 4).</summary>
public sealed class ShawPositions : PositionScheme
{
    private readonly int clip;

    internal ShawPositions(ModuleSite site)
        : base(site)
    {
        clip = site.Options.Integer("clip");
        var size = site.Features / site.Heads;
        KeyVectors = SurveyParts.Normal([(2 * clip) + 1, size], 1 / Math.Sqrt(size), site.Random);
        ValueVectors = SurveyParts.Normal([(2 * clip) + 1, size], 1 / Math.Sqrt(size), site.Random);
    }

    /// <summary>a^K, [2 k + 1, d], from -k to k; shared by the heads.</summary>
    public Parameter KeyVectors { get; }

    /// <summary>a^V, [2 k + 1, d], from -k to k; shared by the heads.</summary>
    public Parameter ValueVectors { get; }

    /// <summary>The row of a distance, key minus query: clipped to ±k, both included.</summary>
    /// <param name="distance">Position of the key minus that of the query.</param>
    /// <param name="clip">k.</param>
    public static int Row(int distance, int clip) => Math.Clamp(distance, -clip, clip) + clip;

    /// <inheritdoc/>
    public override Tensor Scores(Tensor queries, Tensor keys, PositionPairs pairs)
    {
        ArgumentNullException.ThrowIfNull(queries);
        // e_ij = q_i (k_j + a_ij^K) / sqrt(d): a query meets 2k + 1 vectors only, each pair picks one of the products.
        var table = (queries / Math.Sqrt(queries.Shape[3])).Times(KeyVectors.T);
        return PositionPairs.Pick(table, Rows(pairs));
    }

    /// <inheritdoc/>
    public override Tensor Values(Tensor weights, PositionPairs pairs)
    {
        ArgumentNullException.ThrowIfNull(weights);
        // sum_j alpha_ij a_ij^V: the weights of equal distances are gathered first.
        Shape sums = [weights.Shape[0], weights.Shape[1], weights.Shape[2], (2 * clip) + 1];
        var rows = Rows(pairs).Expand(weights.Shape).Contiguous();
        return Tensor.Zeros(sums, weights.DataType).ScatterAdd(3, rows, weights).Times(ValueVectors);
    }

    private Tensor Rows(PositionPairs pairs) => pairs.Distances.Clamp(-clip, clip) + clip;
}

/// <summary>
/// Transformer-XL's relative positions (Dai et al. 2019, arXiv 1901.02860, section 3.3): content u k_j, position q_i W r_(i-j) and v W r_(i-j)
/// join the products, with r the sines and cosines of the distance.
/// </summary>
public sealed class TransformerXlPositions : PositionScheme
{
    private readonly int features;

    internal TransformerXlPositions(ModuleSite site)
        : base(site)
    {
        features = site.Features;
        var size = features / site.Heads;
        ContentBias = SurveyParts.Normal([site.Heads, size], 0.02, site.Random);
        PositionBias = SurveyParts.Normal([site.Heads, size], 0.02, site.Random);
        Relative = SurveyParts.Linear(features, features, site.Random, bias: false);
    }

    /// <summary>u, [heads, d].</summary>
    public Parameter ContentBias { get; }

    /// <summary>v, [heads, d].</summary>
    public Parameter PositionBias { get; }

    /// <summary>W_R, of the sines and cosines.</summary>
    public Linear Relative { get; }

    /// <inheritdoc/>
    public override Tensor Scores(Tensor queries, Tensor keys, PositionPairs pairs)
    {
        ArgumentNullException.ThrowIfNull(queries);
        ArgumentNullException.ThrowIfNull(keys);
        ArgumentNullException.ThrowIfNull(pairs);
        var (heads, size) = (queries.Shape[1], queries.Shape[3]);
        // Row l stands for the distance key - query = l - (keys - 1), whose sinusoid has the argument query - key.
        var last = pairs.KeyCount - 1;
        var relative = SurveyParts.Split(Relative.Map(Sinusoids(last, queries.DataType).Unsqueeze(0)), heads).Squeeze(0);
        var bias = (relative * PositionBias.Unsqueeze(1)).Sum(2);
        return Terms(queries, keys, ContentBias, relative, bias, pairs) / Math.Sqrt(size);
    }

    /// <summary>
    /// <c>u k_j + q_i R_(j-i) + S_(j-i)</c> of pairs, unscaled; with all pairs by the shift trick (appendix B of the paper): rows of one matrix
    /// product are moved against each other by cutting the padded product anew.
    /// </summary>
    /// <param name="queries">[batch, heads, queries, d].</param>
    /// <param name="keys">[batch, heads, keys, d].</param>
    /// <param name="contentBias">u, [heads, d].</param>
    /// <param name="relative">R, [heads, 2 keys - 1, d], from distance -(keys-1) to keys-1.</param>
    /// <param name="relativeBias">S, [heads, 2 keys - 1].</param>
    /// <param name="pairs">Which pairs.</param>
    public static Tensor Terms(Tensor queries, Tensor keys, Tensor contentBias, Tensor relative, Tensor relativeBias, PositionPairs pairs)
    {
        ArgumentNullException.ThrowIfNull(queries);
        ArgumentNullException.ThrowIfNull(keys);
        ArgumentNullException.ThrowIfNull(contentBias);
        ArgumentNullException.ThrowIfNull(relative);
        ArgumentNullException.ThrowIfNull(relativeBias);
        ArgumentNullException.ThrowIfNull(pairs);
        var content = pairs.OfKeys(keys.Times(contentBias.Unsqueeze(2)).T);
        if (!pairs.IsDense)
        {
            var products = queries.Times(relative.T) + relativeBias.Unsqueeze(1);
            return content + PositionPairs.Pick(products, pairs.Distances + (pairs.KeyCount - 1));
        }
        var (batch, heads, count, length) = (queries.Shape[0], queries.Shape[1], queries.Shape[2], keys.Shape[2]);
        // Distances reach from -(keys-1) up to queries-1.
        var width = length + count - 1;
        var product = queries.Times(relative.Narrow(1, 0, width).T) + relativeBias.Narrow(1, 0, width).Unsqueeze(1);
        var padded = Tensor.Concatenate([product, Tensor.Zeros([batch, heads, count, 1], product.DataType)], 3).Reshape(batch, heads, count * (width + 1));
        return content + padded.Narrow(2, count - 1, count * width).Reshape(batch, heads, count, width).Narrow(3, 0, length);
    }

    private Tensor Sinusoids(int last, DataType type)
    {
        // sin(-x) = -sin(x): the table of 0 … last gives both sides.
        var table = ModelPositions.Sinusoidal(last + 1, features, type);
        var signs = Tensor.From([.. Enumerable.Range(0, features).Select(feature => feature % 2 == 0 ? -1.0 : 1)]).To(type);
        return last == 0 ? table : Tensor.Concatenate([table.Flip(0), table.Narrow(0, 1, last) * signs], 0);
    }
}

/// <summary>
/// Untied positions (Ke et al. 2021, arXiv 2006.15595, equation 7): scores of words and of positions have maps of their own,
/// <c>x_i W_Q (x_j W_K)^T / sqrt(2d) + p_i U_Q (p_j U_K)^T / sqrt(2d)</c>. One set of maps serves all layers.
/// </summary>
public sealed class TupePositions : PositionScheme
{
    private readonly int heads;

    internal TupePositions(ModuleSite site)
        : base(site)
    {
        heads = site.Heads;
        Table = SurveyParts.Normal([site.MaximumLength, site.Features], 1 / Math.Sqrt(site.Features), site.Random);
        Query = SurveyParts.Linear(site.Features, site.Features, site.Random, bias: false);
        Key = SurveyParts.Linear(site.Features, site.Features, site.Random, bias: false);
    }

    /// <summary>p, [greatest length, features].</summary>
    public Parameter Table { get; }

    /// <summary>U_Q.</summary>
    public Linear Query { get; }

    /// <summary>U_K.</summary>
    public Linear Key { get; }

    /// <inheritdoc/>
    public override double ContentScale => Math.Sqrt(0.5);

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">The sequence is longer than the table.</exception>
    public override Tensor Scores(Tensor queries, Tensor keys, PositionPairs pairs)
    {
        ArgumentNullException.ThrowIfNull(pairs);
        ArgumentNullException.ThrowIfNull(queries);
        if (pairs.KeyCount > Table.Shape[0])
            throw new ArgumentException($"tupe: a sequence of {pairs.KeyCount} tokens is longer than the table of {Table.Shape[0]} positions; shorten it, or build with a greater MaximumLength.", nameof(pairs));
        var size = queries.Shape[3];
        var own = Table.Narrow(0, 0, pairs.KeyCount).Unsqueeze(0);
        var from = SurveyParts.Split(Query.Map(own), heads).IndexSelect(2, pairs.QueryPositions);
        var to = SurveyParts.Split(Key.Map(own), heads);
        var scale = 1 / Math.Sqrt(2 * size);
        if (pairs.IsDense) return (from * scale).Times(to.T);
        var picked = to.IndexSelect(2, pairs.KeyPositions.Reshape(-1)).Reshape(1, heads, pairs.KeyPositions.Shape[0], pairs.KeyPositions.Shape[1], size);
        return picked.Times((from * scale).Unsqueeze(4)).Squeeze(4);
    }
}
