using System.Collections.Concurrent;

namespace Scorch.Text;

/// <summary>What short pieces of text became, so that frequent words are tokenised once. Bounded; safe from several threads.</summary>
internal sealed class PieceCache<T>
{
    private const int MostPieces = 1 << 16;
    private const int LongestPiece = 64;

    private readonly ConcurrentDictionary<string, T> values = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, T>.AlternateLookup<ReadOnlySpan<char>> lookup;
    private int count;

    public PieceCache() => lookup = values.GetAlternateLookup<ReadOnlySpan<char>>();

    public bool TryGet(ReadOnlySpan<char> piece, [System.Diagnostics.CodeAnalysis.MaybeNullWhen(false)] out T value) => lookup.TryGetValue(piece, out value);

    public void Add(ReadOnlySpan<char> piece, T value)
    {
        if (piece.Length <= LongestPiece && count < MostPieces && lookup.TryAdd(piece, value)) Interlocked.Increment(ref count);
    }
}
