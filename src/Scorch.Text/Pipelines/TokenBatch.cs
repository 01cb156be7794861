namespace Scorch.Text;

/// <summary>Windows as tensors.</summary>
/// <param name="Ids">Tokens, int64 <c>[batch, length]</c>.</param>
/// <param name="Documents">The number of each token's document within its window, 0 for padding, int64 <c>[batch, length]</c>.</param>
/// <param name="Mask">True where a token is not padding, <c>[batch, length]</c>.</param>
public sealed record TokenBatch(Tensor Ids, Tensor Documents, Tensor Mask)
{
    /// <summary>Windows of one length as a batch.</summary>
    /// <exception cref="ArgumentException">There is none, or their lengths differ.</exception>
    public static TokenBatch Of(params IReadOnlyList<TokenWindow> windows)
    {
        ArgumentNullException.ThrowIfNull(windows);
        if (windows.Count == 0) throw new ArgumentException("TokenBatch: no window was given; a batch has at least one.", nameof(windows));
        var length = windows[0].Ids.Count;
        if (windows.FirstOrDefault(window => window.Ids.Count != length) is { } other)
            throw new ArgumentException($"TokenBatch: windows of {length} and of {other.Ids.Count} tokens; pack all to one length.", nameof(windows));
        var documents = Tensor.From(windows.SelectMany(window => window.Documents).Select(value => (long)value).ToArray(), [windows.Count, length]);
        var mask = Tensor.From(windows.SelectMany(window => window.Documents).Select(value => value > 0).ToArray(), [windows.Count, length]);
        return new(Matrix([.. windows.Select(window => window.Ids)]), documents, mask);
    }

    /// <summary>A stream of windows in batches; the last may be smaller.</summary>
    /// <param name="windows">The windows.</param>
    /// <param name="size">The windows of a batch.</param>
    public static IEnumerable<TokenBatch> Batches(IEnumerable<TokenWindow> windows, int size)
    {
        ArgumentNullException.ThrowIfNull(windows);
        ArgumentOutOfRangeException.ThrowIfLessThan(size, 1);
        return windows.Chunk(size).Select(chunk => Of(chunk));
    }

    /// <summary>Rows of ids, padded to the longest, as int64 <c>[rows, longest]</c>.</summary>
    /// <param name="rows">The ids.</param>
    /// <param name="padding">Fills the ends; -100 for labels that a loss ignores.</param>
    public static Tensor Matrix(IReadOnlyList<IReadOnlyList<int>> rows, int padding = 0)
    {
        ArgumentNullException.ThrowIfNull(rows);
        var length = rows.Count == 0 ? 0 : rows.Max(row => row.Count);
        var values = new long[rows.Count * length];
        Array.Fill(values, padding);
        for (var i = 0; i < rows.Count; i++)
            for (var j = 0; j < rows[i].Count; j++) values[(i * length) + j] = rows[i][j];
        return Tensor.From(values, [rows.Count, length]);
    }
}
