using Scorch.Models.Transformers;

namespace Scorch.Language.TransformerSurvey;

/// <summary>
/// Nyström attention (Xiong et al. 2021, arXiv 2102.03902, equation 13): <c>softmax(Q K~^T) softmax(Q~ K~^T)^+ softmax(Q~ K^T) V</c> with landmarks Q~ and
/// K~ that are means of segments, and the pseudo-inverse by iteration.
/// </summary>
/// <remarks>
/// The iteration starts at the transpose over the product of the greatest column and row sums of the whole batch, as in the authors' code, and makes six steps.
/// Segments differ by one position at most where landmarks do not divide the sequence. Landmarks hold later positions, so that it is no module for causal models.
/// </remarks>
public sealed class NystromAttention : HeadedAttention
{
    private readonly int landmarks;
    private readonly int iterations;

    /// <summary>An attention with random weights.</summary>
    /// <param name="site">Where it is built.</param>
    public NystromAttention(ModuleSite site)
        : base(site) => (landmarks, iterations) = (site.Options.Integer("landmarks"), site.Options.Integer("iterations"));

    /// <inheritdoc/>
    public override Tensor Attend(Tensor queries, Tensor keys, Tensor values, AttentionScope scope, TransformerContext? context = null)
    {
        ArgumentNullException.ThrowIfNull(queries);
        ArgumentNullException.ThrowIfNull(keys);
        ArgumentNullException.ThrowIfNull(values);
        ArgumentNullException.ThrowIfNull(scope);
        if (queries.Shape[2] != keys.Shape[2]) throw new ArgumentException($"nystrom: {queries.Shape[2]} queries for {keys.Shape[2]} keys; it attends within one series.", nameof(keys));
        var scale = Math.Pow(queries.Shape[3], -0.25);
        var real = MaskedScores.KeyFactor(scope, keys.DataType);
        (queries, keys) = (queries * scale, keys * scale);
        var means = Segments(keys.Shape[2], keys.DataType);
        var (fromMeans, toMeans) = (Means(queries, means, real), Means(keys, means, real));
        // A landmark whose segment is all padding is no key.
        var kept = real is null ? null : means.MatMul(real).GreaterThan(0).T;
        var first = MaskedScores.Softmax(queries.Times(toMeans.T), kept);
        var middle = MaskedScores.Softmax(fromMeans.Times(toMeans.T), kept);
        var last = MaskedScores.Softmax(fromMeans.Times(keys.T), MaskedScores.RealKeys(scope));
        return first.Times(PseudoInverse(middle, iterations)).Times(last.Times(values));
    }

    /// <summary>The Moore-Penrose inverse by the iteration <c>Z = Z (13 I - A Z (15 I - A Z (7 I - A Z))) / 4</c>.</summary>
    /// <param name="matrix">A, [batch, heads, m, m].</param>
    /// <param name="iterations">Steps.</param>
    public static Tensor PseudoInverse(Tensor matrix, int iterations = 6)
    {
        ArgumentNullException.ThrowIfNull(matrix);
        var sizes = matrix.Abs();
        var identity = Tensor.Identity(matrix.Shape[-1], matrix.DataType);
        var inverse = matrix.T / (sizes.Sum(-1).Maximum() * sizes.Sum(-2).Maximum());
        for (var i = 0; i < iterations; i++)
        {
            var product = matrix.Times(inverse);
            var inner = (identity * 15) - product.Times((identity * 7) - product);
            inverse = inverse.Times((identity * 13) - product.Times(inner)) / 4;
        }
        return inverse;
    }

    /// <summary>Members of segments: [landmarks, time], 1 where a position belongs to a segment.</summary>
    private Tensor Segments(int time, DataType type)
    {
        var count = Math.Min(landmarks, time);
        var members = new double[count * time];
        for (var position = 0; position < time; position++) members[((long)position * count / time * time) + position] = 1;
        return Tensor.From(members, [count, time]).To(type);
    }

    private static Tensor Means(Tensor x, Tensor members, Tensor? real)
    {
        var sums = members.Times(real is null ? x : x * real);
        var counts = real is null ? members.Sum(1, true) : members.MatMul(real);
        return sums / counts.Clamp(minimum: 1);
    }
}
