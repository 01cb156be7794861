using System.Runtime.InteropServices;

namespace Scorch.Language.FruitFlyEmbeddings;

/// <summary>How often words stand near each other, as a symmetric sparse matrix.</summary>
public sealed class Cooccurrence
{
    private Cooccurrence(int words, int[] rows, int[] columns, double[] counts) => (Words, Rows, Columns, Counts) = (words, rows, columns, counts);

    /// <summary>How many words there are: V.</summary>
    public int Words { get; }

    /// <summary>The entries' rows, in increasing order.</summary>
    public IReadOnlyList<int> Rows { get; }

    /// <summary>The entries' columns, increasing within a row.</summary>
    public IReadOnlyList<int> Columns { get; }

    /// <summary>The entries, above 0.</summary>
    public IReadOnlyList<double> Counts { get; }

    /// <summary>Counts pairs of words at most <paramref name="radius"/> apart, within chunks.</summary>
    /// <param name="tokens">The text.</param>
    /// <param name="words">How many words there are.</param>
    /// <param name="radius">The largest distance, at least 1.</param>
    /// <param name="byDistance">Count a pair at distance d as 1/d, as GloVe does, in place of 1.</param>
    /// <exception cref="ArgumentException">A word number is out of range.</exception>
    public static Cooccurrence Count(FlyTokens tokens, int words, int radius, bool byDistance = false)
    {
        ArgumentNullException.ThrowIfNull(tokens);
        ArgumentOutOfRangeException.ThrowIfLessThan(radius, 1);
        tokens.CountWords(words);
        var counts = new Dictionary<long, double>();
        var (ids, offsets) = (tokens.Ids.ToArray(), tokens.Offsets.ToArray());
        for (var chunk = 1; chunk < offsets.Length; chunk++)
        {
            for (var i = (int)offsets[chunk - 1]; i < offsets[chunk]; i++)
            {
                for (var j = i + 1; j < Math.Min(offsets[chunk], i + radius + 1); j++)
                {
                    var weight = byDistance ? 1.0 / (j - i) : 1;
                    CollectionsMarshal.GetValueRefOrAddDefault(counts, ((long)ids[i] * words) + ids[j], out _) += weight;
                    CollectionsMarshal.GetValueRefOrAddDefault(counts, ((long)ids[j] * words) + ids[i], out _) += weight;
                }
            }
        }
        var keys = counts.Keys.ToArray();
        Array.Sort(keys);
        return new Cooccurrence(words, [.. keys.Select(key => (int)(key / words))], [.. keys.Select(key => (int)(key % words))], [.. keys.Select(key => counts[key])]);
    }

    /// <summary>Takes a symmetric matrix of counts.</summary>
    /// <param name="counts"><c>[V, V]</c> counts, row after row, at least 0.</param>
    /// <param name="words">V.</param>
    /// <exception cref="ArgumentException">The size is wrong, or the matrix is not symmetric or has a negative entry.</exception>
    public static Cooccurrence FromMatrix(ReadOnlySpan<double> counts, int words)
    {
        if (counts.Length != (long)words * words)
            throw new ArgumentException($"Cooccurrence: {counts.Length} counts were given for {words} words; expected {(long)words * words}.", nameof(counts));
        var (rows, columns, kept) = (new List<int>(), new List<int>(), new List<double>());
        for (var i = 0; i < words; i++)
        {
            for (var j = 0; j < words; j++)
            {
                var count = counts[(i * words) + j];
                if (!(count >= 0) || count != counts[(j * words) + i])
                    throw new ArgumentException(FormattableString.Invariant($"Cooccurrence: the count of ({i}, {j}) is {count}, of ({j}, {i}) {counts[(j * words) + i]}; counts must be at least 0 and symmetric."), nameof(counts));
                if (count > 0)
                {
                    rows.Add(i);
                    columns.Add(j);
                    kept.Add(count);
                }
            }
        }
        return new Cooccurrence(words, [.. rows], [.. columns], [.. kept]);
    }

    /// <summary>Positive pointwise mutual information of the entries, <c>max(0, ln(n_ij n / (n_i n_j)))</c>; 0 where nothing was counted.</summary>
    public double[] PositiveMutualInformation()
    {
        var sums = new double[Words];
        for (var entry = 0; entry < Counts.Count; entry++)
            sums[Rows[entry]] += Counts[entry];
        var total = sums.Sum();
        return [.. Enumerable.Range(0, Counts.Count).Select(entry => Math.Max(0, Math.Log(Counts[entry] * total / (sums[Rows[entry]] * sums[Columns[entry]]))))];
    }
}
