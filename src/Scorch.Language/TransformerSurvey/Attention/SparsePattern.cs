namespace Scorch.Language.TransformerSurvey;

/// <summary>Which keys each query looks at, by position: atomic patterns and unions of them (section 4.1.1 of the survey).</summary>
public abstract class SparsePattern
{
    /// <summary>Keys of a position among a number of positions; some may repeat.</summary>
    /// <param name="position">The query's.</param>
    /// <param name="count">Positions in all.</param>
    /// <param name="isCausal">Whether keys after the position will be left out; a pattern that draws then draws from those before.</param>
    private protected abstract IEnumerable<int> KeysOf(int position, int count, bool isCausal);

    /// <summary>Keys within a distance: |i - j| ≤ window.</summary>
    /// <param name="window">w, at least 1.</param>
    public static SparsePattern Band(int window) => new DistancePattern(AtLeastOne("Band", nameof(window), window), 1);

    /// <summary>Every gap-th key: |i - j| ≤ window · gap with (i - j) a multiple of gap.</summary>
    /// <param name="window">w, keys to each side, at least 1.</param>
    /// <param name="gap">g, at least 1.</param>
    public static SparsePattern Dilated(int window, int gap) => new DistancePattern(AtLeastOne("Dilated", nameof(window), window), AtLeastOne("Dilated", nameof(gap), gap));

    /// <summary>The first positions look at all keys and are looked at by all queries.</summary>
    /// <param name="count">How many, at least 1.</param>
    public static SparsePattern Global(int count) => new GlobalPattern(AtLeastOne("Global", nameof(count), count));

    /// <summary>Keys drawn for each query without repetition.</summary>
    /// <param name="count">r, at least 1.</param>
    /// <param name="seed">Fixes which.</param>
    public static SparsePattern Random(int count, long seed) => new RandomPattern(AtLeastOne("Random", nameof(count), count), seed);

    /// <summary>Keys of the query's own block.</summary>
    /// <param name="size">Positions of a block, at least 1; the last may be shorter.</param>
    public static SparsePattern Block(int size) => new BlockPattern(AtLeastOne("Block", nameof(size), size));

    /// <summary>The Sparse Transformer's strided pattern: the keys nearer than the stride, and every key a multiple of it away.</summary>
    /// <param name="stride">l, at least 1; 0 for the root of the length, rounded up.</param>
    public static SparsePattern Strided(int stride) => new StridedPattern(stride == 0 ? 0 : AtLeastOne("Strided", nameof(stride), stride));

    /// <summary>The Sparse Transformer's fixed pattern: the query's own block, and the last positions of every block.</summary>
    /// <param name="stride">l, at least 1; 0 for the root of the length, rounded up.</param>
    /// <param name="summary">c, the last positions of a block that all look at, from 1 to the stride.</param>
    public static SparsePattern Fixed(int stride, int summary)
    {
        AtLeastOne("Fixed", nameof(summary), summary);
        if (stride != 0 && summary > AtLeastOne("Fixed", nameof(stride), stride))
            throw new ArgumentOutOfRangeException(nameof(summary), summary, $"Fixed: {summary} positions of blocks of {stride} are looked at; give at most {stride}.");
        return new FixedPattern(stride, summary);
    }

    /// <summary>Star-Transformer's: a ring of neighbours, and a hub at position 0 that sees and is seen by all.</summary>
    public static SparsePattern Star() => Union(Band(1), Global(1));

    /// <summary>Longformer's: a band and global positions.</summary>
    /// <param name="window">w.</param>
    /// <param name="globals">Global positions.</param>
    public static SparsePattern Longformer(int window, int globals) => Union(Band(window), Global(globals));

    /// <summary>BigBird's: a band, global positions and drawn keys.</summary>
    /// <param name="window">w.</param>
    /// <param name="globals">Global positions.</param>
    /// <param name="random">Drawn keys.</param>
    /// <param name="seed">Fixes which.</param>
    public static SparsePattern BigBird(int window, int globals, int random, long seed) => Union(Band(window), Global(globals), Random(random, seed));

    /// <summary>All keys of several patterns.</summary>
    /// <param name="parts">The patterns, at least one.</param>
    public static SparsePattern Union(params IReadOnlyList<SparsePattern> parts)
    {
        ArgumentNullException.ThrowIfNull(parts);
        return parts.Count > 0 ? new UnionPattern([.. parts]) : throw new ArgumentException("Union: there is no pattern; give one at least.", nameof(parts));
    }

    /// <summary>A pattern given in full.</summary>
    /// <param name="allowed">[queries, keys], as many of each: true where a query looks.</param>
    public static SparsePattern FromMask(bool[,] allowed)
    {
        ArgumentNullException.ThrowIfNull(allowed);
        return allowed.GetLength(0) == allowed.GetLength(1)
            ? new MaskPattern((bool[,])allowed.Clone())
            : throw new ArgumentException($"FromMask: the mask is [{allowed.GetLength(0)}, {allowed.GetLength(1)}]; give as many queries as keys.", nameof(allowed));
    }

    /// <summary>Keys of each query, rising.</summary>
    /// <param name="queries">Queries; the last stands at the last key.</param>
    /// <param name="keys">Keys.</param>
    /// <param name="isCausal">Leave out keys after the query.</param>
    public int[][] Keys(int queries, int keys, bool isCausal)
    {
        if (queries < 0 || keys < queries) throw new ArgumentOutOfRangeException(nameof(queries), queries, $"SparsePattern: {queries} queries for {keys} keys; the last query stands at the last key, so give at most as many.");
        var result = new int[queries][];
        for (var query = 0; query < queries; query++)
        {
            var position = query + keys - queries;
            var last = isCausal ? position : keys - 1;
            int[] own = [.. KeysOf(position, keys, isCausal).Where(key => key >= 0 && key <= last).Distinct()];
            Array.Sort(own);
            result[query] = own;
        }
        return result;
    }

    /// <summary>The same as a mask: bool [queries, keys].</summary>
    /// <param name="queries">Queries; the last stands at the last key.</param>
    /// <param name="keys">Keys.</param>
    /// <param name="isCausal">Leave out keys after the query.</param>
    public Tensor Mask(int queries, int keys, bool isCausal)
    {
        var allowed = new bool[queries * keys];
        var lists = Keys(queries, keys, isCausal);
        for (var query = 0; query < queries; query++)
            foreach (var key in lists[query]) allowed[(query * keys) + key] = true;
        return Tensor.From(allowed, [queries, keys]);
    }

    private static int AtLeastOne(string pattern, string name, int value) =>
        value >= 1 ? value : throw new ArgumentOutOfRangeException(name, value, $"{pattern}: {name} is {value}; it must be at least 1.");

    private static int Stride(int given, int count) => given > 0 ? given : Math.Max(1, (int)Math.Ceiling(Math.Sqrt(count)));

    private sealed class DistancePattern(int window, int gap) : SparsePattern
    {
        private protected override IEnumerable<int> KeysOf(int position, int count, bool isCausal)
        {
            // Steps that would leave the sequence are not walked: a window may be larger than any sequence.
            var (down, up) = (Math.Min(window, position / gap), Math.Min(window, (count - 1 - position) / gap));
            for (var step = -down; step <= up; step++) yield return position + (step * gap);
        }
    }

    private sealed class GlobalPattern(int globals) : SparsePattern
    {
        private protected override IEnumerable<int> KeysOf(int position, int count, bool isCausal) => Enumerable.Range(0, position < globals ? count : Math.Min(globals, count));
    }

    private sealed class RandomPattern(int drawn, long seed) : SparsePattern
    {
        private protected override IEnumerable<int> KeysOf(int position, int count, bool isCausal)
        {
            // A causal query draws from what it may see, so that its keys do not depend on the length.
            var limit = isCausal ? position + 1 : count;
            if (drawn >= limit) return Enumerable.Range(0, limit);
            var random = new RandomSource(RandomSource.Derive(seed, position));
            var chosen = new HashSet<int>();
            while (chosen.Count < drawn) chosen.Add((int)random.NextInt64(limit));
            return chosen;
        }
    }

    private sealed class BlockPattern(int size) : SparsePattern
    {
        private protected override IEnumerable<int> KeysOf(int position, int count, bool isCausal)
        {
            var start = position / size * size;
            return Enumerable.Range(start, Math.Min(size, count - start));
        }
    }

    private sealed class StridedPattern(int given) : SparsePattern
    {
        private protected override IEnumerable<int> KeysOf(int position, int count, bool isCausal)
        {
            var stride = Stride(given, count);
            for (var key = Math.Max(0, position - stride + 1); key <= Math.Min(count - 1, position + stride - 1); key++) yield return key;
            for (var key = position % stride; key < count; key += stride) yield return key;
        }
    }

    private sealed class FixedPattern(int given, int summary) : SparsePattern
    {
        private protected override IEnumerable<int> KeysOf(int position, int count, bool isCausal)
        {
            var stride = Stride(given, count);
            var own = position / stride * stride;
            for (var key = own; key < Math.Min(count, own + stride); key++) yield return key;
            var kept = Math.Min(summary, stride);
            for (var block = 0; block < count; block += stride)
                for (var key = block + stride - kept; key < Math.Min(count, block + stride); key++) yield return key;
        }
    }

    private sealed class UnionPattern(SparsePattern[] parts) : SparsePattern
    {
        private protected override IEnumerable<int> KeysOf(int position, int count, bool isCausal) => parts.SelectMany(part => part.KeysOf(position, count, isCausal));
    }

    private sealed class MaskPattern(bool[,] allowed) : SparsePattern
    {
        private protected override IEnumerable<int> KeysOf(int position, int count, bool isCausal) => count == allowed.GetLength(0)
            ? Enumerable.Range(0, count).Where(key => allowed[position, key])
            : throw new ArgumentException($"FromMask: the mask is for {allowed.GetLength(0)} positions, there are {count}.", nameof(count));
    }
}
