using Scorch.Models.Transformers;
using Scorch.Modules;

namespace Scorch.Language.TransformerSurvey;

/// <summary>
/// Memory-compressed attention (Liu et al. 2018, arXiv 1801.10198, section 4.2.3): keys and values go through a convolution whose stride is its width,
/// so that there are fewer of them.
/// </summary>
/// <remarks>
/// Sequences are padded to a multiple of the stride. Under a causal mask a query looks at the compressed keys that end at or before its own position;
/// the first ones have none and give 0.
/// </remarks>
public sealed class MemoryCompressedAttention : HeadedAttention
{
    private readonly int stride;

    /// <summary>An attention with random weights.</summary>
    /// <param name="site">Where it is built.</param>
    public MemoryCompressedAttention(ModuleSite site)
        : base(site)
    {
        stride = site.Options.Integer("stride");
        KeyCompression = SurveyParts.Linear(stride * HeadFeatures, HeadFeatures, site.Random);
        ValueCompression = SurveyParts.Linear(stride * HeadFeatures, HeadFeatures, site.Random);
    }

    /// <summary>The convolution of a head's keys: [d, stride * d], shared by the heads.</summary>
    public Linear KeyCompression { get; }

    /// <summary>The convolution of a head's values: [d, stride * d], shared by the heads.</summary>
    public Linear ValueCompression { get; }

    /// <inheritdoc/>
    public override Tensor Attend(Tensor queries, Tensor keys, Tensor values, AttentionScope scope, TransformerContext? context = null)
    {
        ArgumentNullException.ThrowIfNull(queries);
        ArgumentNullException.ThrowIfNull(keys);
        ArgumentNullException.ThrowIfNull(values);
        ArgumentNullException.ThrowIfNull(scope);
        if (MaskedScores.KeyFactor(scope, keys.DataType) is { } real) (keys, values) = (keys * real, values * real);
        var (count, length) = (queries.Shape[2], keys.Shape[2]);
        var (shorter, mixed) = (Compressed(keys, KeyCompression), Compressed(values, ValueCompression));
        var windows = shorter.Shape[2];
        Tensor? allowed = null;
        if (scope.KeyMask is { } mask)
            allowed = SurveyParts.PadTo(mask.To(DataType.Int64), 1, windows * stride).Reshape(mask.Shape[0], 1, 1, windows, stride).Sum(4).GreaterThan(0);
        if (scope.IsCausal)
        {
            var (query, last) = (Tensor.Range(length - count, length).Unsqueeze(1), (Tensor.Range(windows).Unsqueeze(0) * stride) + (stride - 1));
            var before = last.LessOrEqual(query);
            allowed = allowed is null ? before : allowed.And(before);
        }
        return MaskedScores.Softmax((queries / Math.Sqrt(queries.Shape[3])).Times(shorter.T), allowed).Times(mixed);
    }

    private Tensor Compressed(Tensor x, Linear map)
    {
        var (batch, heads, length, size) = (x.Shape[0], x.Shape[1], x.Shape[2], x.Shape[3]);
        var windows = (length + stride - 1) / stride;
        var joined = SurveyParts.PadTo(x, 2, windows * stride).Reshape(batch, heads, windows, stride * size);
        return map.Map(joined);
    }
}

/// <summary>Linformer: keys and values are mapped along time, <c>softmax(Q (E K)^T / sqrt(d)) F V</c> (Wang et al. 2020, arXiv 2006.04768, equation 7).</summary>
/// <remarks>E and F have a column for each position up to the greatest length. They mix all positions, so that it is no module for causal models.</remarks>
public sealed class LinformerAttention : HeadedAttention
{
    /// <summary>An attention with random weights.</summary>
    /// <param name="site">Where it is built.</param>
    public LinformerAttention(ModuleSite site)
        : base(site)
    {
        var rank = site.Options.Integer("rank");
        // Variance 1/k, as in the paper's theorem.
        KeyProjection = SurveyParts.Normal([rank, site.MaximumLength], 1 / Math.Sqrt(rank), site.Random);
        ValueProjection = SurveyParts.Normal([rank, site.MaximumLength], 1 / Math.Sqrt(rank), site.Random);
    }

    /// <summary>E, [k, greatest length]; shared by the heads.</summary>
    public Parameter KeyProjection { get; }

    /// <summary>F, [k, greatest length]; shared by the heads.</summary>
    public Parameter ValueProjection { get; }

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">The sequence is longer than E and F.</exception>
    public override Tensor Attend(Tensor queries, Tensor keys, Tensor values, AttentionScope scope, TransformerContext? context = null)
    {
        ArgumentNullException.ThrowIfNull(queries);
        ArgumentNullException.ThrowIfNull(keys);
        ArgumentNullException.ThrowIfNull(values);
        ArgumentNullException.ThrowIfNull(scope);
        var (length, longest) = (keys.Shape[2], KeyProjection.Shape[1]);
        if (length > longest)
            throw new ArgumentException($"linformer: a sequence of {length} positions is longer than its projections' {longest}; shorten it, or build with a greater MaximumLength.", nameof(keys));
        if (MaskedScores.KeyFactor(scope, keys.DataType) is { } real) (keys, values) = (keys * real, values * real);
        var (shorter, mixed) = (KeyProjection.Narrow(1, 0, length).Times(keys), ValueProjection.Narrow(1, 0, length).Times(values));
        return (queries / Math.Sqrt(queries.Shape[3])).Times(shorter.T).Softmax(-1).Times(mixed);
    }
}
