namespace Scorch.Text;

/// <summary>The merges of a byte-pair vocabulary, applied to one piece of text.</summary>
internal sealed class BytePairMerges
{
    private readonly Dictionary<long, (int Rank, int Merged)> ranks;

    /// <param name="merges">Left, right and merged id, first merge first; of a pair given twice the first counts.</param>
    public BytePairMerges(IReadOnlyList<(int Left, int Right, int Merged)> merges)
    {
        ranks = new(merges.Count);
        for (var rank = 0; rank < merges.Count; rank++)
            ranks.TryAdd(Key(merges[rank].Left, merges[rank].Right), (rank, merges[rank].Merged));
    }

    /// <summary>Merges in place; returns the number of tokens left at the start of <paramref name="ids"/>.</summary>
    /// <param name="ids">The ids of single bytes; on return merged tokens.</param>
    /// <param name="lengths">The bytes of each; on return those of the merged tokens.</param>
    /// <remarks>In rounds, as GPT-2 defines it: the pair with the lowest rank is merged everywhere, from the left, before another is looked for.
    /// A queue finds it, so that a piece of n bytes costs n log n.</remarks>
    public int Merge(Span<int> ids, Span<int> lengths)
    {
        var count = ids.Length;
        if (count < 2) return count;
        var next = new int[count];
        var previous = new int[count];
        var queue = new PriorityQueue<int, long>();
        for (var i = 0; i < count; i++)
        {
            next[i] = i + 1 < count ? i + 1 : -1;
            previous[i] = i - 1;
        }
        for (var i = 0; i + 1 < count; i++)
            if (ranks.TryGetValue(Key(ids[i], ids[i + 1]), out var found)) queue.Enqueue(i, Priority(found.Rank, i));
        var round = new List<int>();
        while (queue.TryPeek(out _, out var lowest))
        {
            var rank = (int)(lowest >> 32);
            round.Clear();
            while (queue.TryPeek(out var position, out var priority) && (int)(priority >> 32) == rank)
            {
                queue.Dequeue();
                round.Add(position);
            }
            foreach (var left in round)
            {
                // An entry is out of date when its pair was merged into another since.
                if (ids[left] < 0 || next[left] is not (>= 0 and var right)) continue;
                if (!ranks.TryGetValue(Key(ids[left], ids[right]), out var pair) || pair.Rank != rank) continue;
                ids[left] = pair.Merged;
                lengths[left] += lengths[right];
                ids[right] = -1;
                next[left] = next[right];
                if (next[left] >= 0) previous[next[left]] = left;
                if (previous[left] >= 0) Offer(ids, previous[left], left);
                if (next[left] >= 0) Offer(ids, left, next[left]);
            }
        }
        var kept = 0;
        for (var i = 0; i >= 0; i = next[i])
        {
            ids[kept] = ids[i];
            lengths[kept++] = lengths[i];
        }
        return kept;

        void Offer(Span<int> symbols, int left, int right)
        {
            if (ranks.TryGetValue(Key(symbols[left], symbols[right]), out var found)) queue.Enqueue(left, Priority(found.Rank, left));
        }
    }

    private static long Key(int left, int right) => ((long)left << 32) | (uint)right;

    private static long Priority(int rank, int position) => ((long)rank << 32) | (uint)position;
}
