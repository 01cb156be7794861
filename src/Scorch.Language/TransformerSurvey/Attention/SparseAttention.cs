using System.Collections.Concurrent;
using Scorch.Models.Transformers;

namespace Scorch.Language.TransformerSurvey;

/// <summary>Softmax attention over the keys of a <see cref="SparsePattern"/>, which are gathered; no matrix of all pairs is made.</summary>
/// <remarks>
/// Queries with about as many keys are computed together, each list filled up to the longest of its group: at most twice the pairs of the pattern.
/// The result is that of dense attention whose other scores are minus infinity.
/// </remarks>
public sealed class SparseAttention : HeadedAttention
{
    private const int MostPlans = 8;
    private readonly ConcurrentDictionary<(int Queries, int Keys, bool IsCausal), Plan> plans = new();

    /// <summary>An attention with random weights.</summary>
    /// <param name="site">Where it is built.</param>
    /// <param name="pattern">Which keys each query looks at.</param>
    public SparseAttention(ModuleSite site, SparsePattern pattern)
        : base(site)
    {
        ArgumentNullException.ThrowIfNull(pattern);
        Pattern = pattern;
    }

    /// <summary>Which keys each query looks at.</summary>
    public SparsePattern Pattern { get; }

    /// <inheritdoc/>
    public override Tensor Attend(Tensor queries, Tensor keys, Tensor values, AttentionScope scope, TransformerContext? context = null)
    {
        ArgumentNullException.ThrowIfNull(queries);
        ArgumentNullException.ThrowIfNull(keys);
        ArgumentNullException.ThrowIfNull(values);
        ArgumentNullException.ThrowIfNull(scope);
        var (count, length) = (queries.Shape[2], keys.Shape[2]);
        if (plans.Count >= MostPlans) plans.Clear();
        var plan = plans.GetOrAdd((count, length, scope.IsCausal), size => Plan.Of(Pattern.Keys(size.Queries, size.Keys, size.IsCausal)));
        var parts = plan.Groups.Select(group => Group(queries, keys, values, scope, group)).ToArray();
        return parts.Length == 1 ? parts[0] : Tensor.Concatenate(parts, 2).IndexSelect(2, plan.Order);
    }

    private Tensor Group(Tensor queries, Tensor keys, Tensor values, AttentionScope scope, RowGroup group)
    {
        var (batch, heads, size) = (queries.Shape[0], queries.Shape[1], queries.Shape[3]);
        var (rows, width, length) = (group.Rows.Shape[0], group.Table.Shape[1], keys.Shape[2]);
        var own = queries.IndexSelect(2, group.Rows);
        var pairs = PositionPairs.Of(group.Rows + (length - queries.Shape[2]), group.Table, length, scope.IsCausal);
        Tensor Gathered(Tensor x) => x.IndexSelect(2, group.Flat).Reshape(batch, x.Shape[1], rows, width, x.Shape[3]);
        var scale = (Position?.ContentScale ?? 1) / Math.Sqrt(size);
        var scores = Gathered(keys).Times((own * scale).Unsqueeze(4)).Squeeze(4);
        if (Position?.Scores(own, keys, pairs) is { } added) scores += added;
        if (scope.Bias is { } bias)
        {
            var all = bias.Expand(batch, heads, queries.Shape[2], length).IndexSelect(2, group.Rows);
            scores += PositionPairs.Pick(all, group.Table);
        }
        var allowed = group.Valid;
        if (scope.KeyMask is { } mask)
        {
            var real = mask.IndexSelect(1, group.Flat).Reshape(batch, 1, rows, width);
            allowed = allowed is null ? real : allowed.And(real);
        }
        var weights = MaskedScores.Softmax(scores, allowed);
        var mixed = weights.Unsqueeze(3).Times(Gathered(values)).Squeeze(3);
        return Position?.Values(weights, pairs) is { } moved ? mixed + moved : mixed;
    }

    /// <summary>Queries whose lists of keys are about as long.</summary>
    /// <param name="Rows">Int64 [rows]: which queries.</param>
    /// <param name="Table">Int64 [rows, width]: their keys, filled up with key 0.</param>
    /// <param name="Valid">Bool [rows, width]: false where filled up; none where nothing is.</param>
    private sealed record RowGroup(Tensor Rows, Tensor Table, Tensor? Valid)
    {
        public Tensor Flat { get; } = Table.Reshape(-1);
    }

    /// <summary>Groups of queries, and where each query's result stands among theirs.</summary>
    private sealed record Plan(IReadOnlyList<RowGroup> Groups, Tensor Order)
    {
        public static Plan Of(int[][] lists)
        {
            // Lists of 2^(n-1)+1 … 2^n keys go together.
            var groups = Enumerable.Range(0, lists.Length)
                .GroupBy(row => lists[row].Length <= 1 ? 0 : 1 + (int)Math.Log2(lists[row].Length - 1))
                .OrderBy(group => group.Key).Select(group => group.ToArray()).ToArray();
            var order = new long[lists.Length];
            var place = 0L;
            foreach (var row in groups.SelectMany(group => group)) order[row] = place++;
            return new([.. groups.Select(group => GroupOf(group, lists))], Tensor.From(order));
        }

        private static RowGroup GroupOf(int[] rows, int[][] lists)
        {
            var width = Math.Max(1, rows.Max(row => lists[row].Length));
            var (table, valid) = (new long[rows.Length * width], new bool[rows.Length * width]);
            for (var i = 0; i < rows.Length; i++)
            {
                for (var j = 0; j < lists[rows[i]].Length; j++) (table[(i * width) + j], valid[(i * width) + j]) = (lists[rows[i]][j], true);
            }
            return new(
                Tensor.From(Array.ConvertAll(rows, row => (long)row)),
                Tensor.From(table, [rows.Length, width]),
                Array.TrueForAll(valid, own => own) ? null : Tensor.From(valid, [rows.Length, width]));
        }
    }
}
