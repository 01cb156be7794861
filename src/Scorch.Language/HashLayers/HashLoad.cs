namespace Scorch.Language.HashLayers;

/// <summary>How a hash spreads a text over the experts.</summary>
/// <param name="Shares">The part of all tokens in each bucket, over all functions.</param>
/// <param name="Entropy">Of the shares, in nats: ln K where the load is even.</param>
/// <param name="GreatestOverMean">The greatest share times K: 1 where the load is even.</param>
public sealed record HashLoad(IReadOnlyList<double> Shares, double Entropy, double GreatestOverMean)
{
    /// <summary>K.</summary>
    public int Buckets => Shares.Count;

    /// <summary>Buckets without a token.</summary>
    public int EmptyBuckets => Shares.Count(share => share == 0);

    internal static HashLoad Of(long[] counts)
    {
        var total = (double)counts.Sum();
        double[] shares = [.. counts.Select(count => total == 0 ? 0 : count / total)];
        return new(shares, -shares.Sum(share => share > 0 ? share * Math.Log(share) : 0), shares.Max() * shares.Length);
    }
}

/// <summary>Loads of hashes on texts and in numbers of occurrences.</summary>
public static class HashLoads
{
    /// <summary>The load on a text.</summary>
    /// <param name="hash">The hash.</param>
    /// <param name="rows">Sequences of token ids, such as a corpus's windows; the last token of each only tells what comes next where the hash asks for that.</param>
    /// <exception cref="ArgumentException">There is no token, or one lies outside the table.</exception>
    public static HashLoad Load(this ITokenHash hash, IEnumerable<IReadOnlyList<int>> rows)
    {
        ArgumentNullException.ThrowIfNull(hash);
        ArgumentNullException.ThrowIfNull(rows);
        var counts = new long[hash.Buckets];
        foreach (var row in rows)
            foreach (var bucket in BucketsOf(hash, row)) counts[bucket]++;
        return counts.Sum() > 0 ? HashLoad.Of(counts) : throw new ArgumentException("HashLoad: the text has no token; give some text.", nameof(rows));
    }

    /// <summary>The load of a table on tokens that occur so often.</summary>
    /// <param name="hash">A hash of single tokens.</param>
    /// <param name="counts">How often each id occurs.</param>
    /// <exception cref="ArgumentException">The hash looks at more than the token, or the numbers do not fit its table.</exception>
    public static HashLoad LoadOfCounts(this TokenHash hash, IReadOnlyList<long> counts)
    {
        ArgumentNullException.ThrowIfNull(hash);
        ArgumentNullException.ThrowIfNull(counts);
        if (!hash.IsOfToken) throw new ArgumentException($"HashLoad: a {hash.Kind} hash looks at more than the token; give it the text.", nameof(hash));
        if (counts.Count != hash.Table.Count) throw new ArgumentException($"HashLoad: {counts.Count} counts for a table of {hash.Table.Count} ids; give one for each.", nameof(counts));
        var sums = new long[hash.Buckets];
        for (var id = 0; id < counts.Count; id++) sums[hash.Table[id]] += counts[id];
        return sums.Sum() > 0 ? HashLoad.Of(sums) : throw new ArgumentException("HashLoad: all counts are zero; count some text.", nameof(counts));
    }

    /// <summary>The load on windows as a model reads them: the last token of each comes in nowhere, it is only to be told.</summary>
    /// <param name="hash">The hash.</param>
    /// <param name="windows">Windows of context + 1 tokens.</param>
    /// <exception cref="ArgumentException">There is no token, or one lies outside the table.</exception>
    public static HashLoad LoadOfWindows(this ITokenHash hash, IEnumerable<IReadOnlyList<int>> windows)
    {
        ArgumentNullException.ThrowIfNull(hash);
        ArgumentNullException.ThrowIfNull(windows);
        return hash.Load(hash.NeedsNext ? windows : windows.Select(window => (IReadOnlyList<int>)[.. window.Take(window.Count - 1)]));
    }

    internal static int[] BucketsOf(ITokenHash hash, IReadOnlyList<int> row)
    {
        long[] ids = [.. row.Select(id => (long)id)];
        var tokens = hash.NeedsNext ? ids.AsSpan(0, Math.Max(0, ids.Length - 1)) : ids;
        var buckets = new int[tokens.Length * hash.Functions];
        if (tokens.Length > 0) hash.Assign(new(tokens, 0, hash.NeedsNext ? ids.AsSpan(1) : default), buckets);
        return buckets;
    }
}
