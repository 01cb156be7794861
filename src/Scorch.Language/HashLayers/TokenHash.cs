using System.Globalization;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;

namespace Scorch.Language.HashLayers;

/// <summary>The hashes of the paper (sections 3.1 and 3.2): a table or a function of token ids, fixed before training.</summary>
/// <example><code>
/// var hash = TokenHash.Balanced(corpus.UnigramCounts(), buckets: 16);
/// var load = hash.Load(corpus.Training);          // share of each bucket, entropy, greatest over mean
/// </code></example>
public sealed class TokenHash : ITokenHash
{
    /// <summary>Tables and buckets have at most so many entries.</summary>
    public const int MaximumSize = 1 << 24;

    private readonly int[] table;

    internal TokenHash(TokenHashKind kind, int buckets, int[] table, long? beginning = null, long salt = 0, INextTokenPredictor? predictor = null)
    {
        RequireBuckets(buckets);
        if (table.Length == 0) throw new ArgumentException("TokenHash: the table is empty; give a bucket for each token id.", nameof(table));
        for (var i = 0; i < table.Length; i++)
            if (table[i] < 0 || table[i] >= buckets)
                throw new ArgumentException($"TokenHash: entry {i} of the table is bucket {table[i]}, but there are {buckets}: 0..{buckets - 1}.", nameof(table));
        if (beginning < 0 || (kind == TokenHashKind.Previous && beginning >= table.Length))
            throw new ArgumentOutOfRangeException(nameof(beginning), beginning, $"TokenHash: the token {beginning} that stands before a sequence lies outside the table of {table.Length} ids.");
        (Kind, Buckets, this.table, Beginning, Salt, Predictor) = (kind, buckets, table, beginning, salt, predictor);
        Checksum = ComputeChecksum();
    }

    /// <inheritdoc/>
    public TokenHashKind Kind { get; }

    /// <inheritdoc/>
    public int Buckets { get; }

    /// <inheritdoc/>
    public int Functions => 1;

    /// <inheritdoc/>
    public bool NeedsNext => Kind == TokenHashKind.Oracle;

    /// <inheritdoc/>
    public string Checksum { get; }

    /// <summary>The bucket of each id, of each place for <see cref="TokenHashKind.Position"/>; zeros for <see cref="TokenHashKind.Bigram"/>, which has none.</summary>
    public IReadOnlyList<int> Table => table;

    /// <summary>The token that stands before the first of a sequence, where the hash looks back.</summary>
    public long? Beginning { get; }

    /// <summary>Gives the expected token, where the hash looks ahead.</summary>
    public INextTokenPredictor? Predictor { get; }

    internal long Salt { get; }

    /// <summary>Whether buckets hang on the token alone.</summary>
    internal bool IsOfToken => Kind is TokenHashKind.Random or TokenHashKind.Balanced or TokenHashKind.Table or TokenHashKind.Clustered or TokenHashKind.Dispersed;

    /// <summary>Every id's bucket drawn evenly; not id mod K, since neighbouring ids of a tokeniser have like frequencies.</summary>
    /// <param name="vocabulary">Ids.</param>
    /// <param name="buckets">K.</param>
    /// <param name="seed">Fixes the table.</param>
    public static TokenHash Random(int vocabulary, int buckets, long seed = 0) => new(TokenHashKind.Random, buckets, Drawn(vocabulary, buckets, seed));

    /// <summary>Tokens by falling frequency, each to the bucket that is least loaded so far; of equal ones the lowest id and the lowest bucket first.</summary>
    /// <param name="counts">How often each id occurs in the training part.</param>
    /// <param name="buckets">K.</param>
    /// <exception cref="ArgumentException">A count is negative, or all are zero.</exception>
    public static TokenHash Balanced(IReadOnlyList<long> counts, int buckets)
    {
        ArgumentNullException.ThrowIfNull(counts);
        RequireBuckets(buckets);
        if (counts.Any(count => count < 0)) throw new ArgumentException("Balanced: a count is negative; give how often each id occurs.", nameof(counts));
        if (counts.All(count => count == 0)) throw new ArgumentException($"Balanced: the counts of all {counts.Count} ids are zero; count the training text first.", nameof(counts));
        var table = new int[counts.Count];
        var queue = new PriorityQueue<int, (decimal Load, int Bucket)>(Enumerable.Range(0, buckets).Select(bucket => (bucket, (0m, bucket))));
        foreach (var id in Enumerable.Range(0, counts.Count).OrderByDescending(id => counts[id]).ThenBy(id => id))
        {
            queue.TryDequeue(out var bucket, out var load);
            table[id] = bucket;
            queue.Enqueue(bucket, (load.Load + counts[id], bucket));
        }
        return new(TokenHashKind.Balanced, buckets, table);
    }

    /// <summary>A table of the user's.</summary>
    /// <param name="table">The bucket of each id.</param>
    /// <param name="buckets">K; by default one more than the greatest entry.</param>
    /// <exception cref="ArgumentException">The table is empty, or an entry is not below K.</exception>
    public static TokenHash FromTable(IReadOnlyList<int> table, int? buckets = null)
    {
        ArgumentNullException.ThrowIfNull(table);
        return new(TokenHashKind.Table, buckets ?? Math.Max(1, table.Count == 0 ? 1 : table.Max() + 1), [.. table]);
    }

    /// <summary>A bucket for each pair of a token and the one before, as if drawn evenly.</summary>
    /// <param name="vocabulary">Ids.</param>
    /// <param name="buckets">K.</param>
    /// <param name="beginning">Stands before the first token.</param>
    /// <param name="seed">Fixes the function.</param>
    public static TokenHash Bigram(int vocabulary, int buckets, long beginning, long seed = 0)
    {
        RequireVocabulary(vocabulary);
        RequireBeginning(beginning, vocabulary);
        // No table of V^2 entries: the pair is mixed. The table of one zero an id only tells how many there are.
        return new(TokenHashKind.Bigram, buckets, new int[vocabulary], beginning, seed);
    }

    /// <summary>The bucket of the token before.</summary>
    /// <param name="vocabulary">Ids.</param>
    /// <param name="buckets">K.</param>
    /// <param name="beginning">Stands before the first token.</param>
    /// <param name="seed">Fixes the table.</param>
    public static TokenHash Previous(int vocabulary, int buckets, long beginning, long seed = 0)
    {
        RequireVocabulary(vocabulary);
        RequireBeginning(beginning, vocabulary);
        return new(TokenHashKind.Previous, buckets, Drawn(vocabulary, buckets, seed), beginning);
    }

    /// <summary>The bucket of a token's table, taken of the token before.</summary>
    /// <param name="tokens">A hash of single tokens.</param>
    /// <param name="beginning">Stands before the first token.</param>
    public static TokenHash Previous(TokenHash tokens, long beginning) => new(TokenHashKind.Previous, OfToken(tokens).Buckets, tokens.table, beginning);

    /// <summary>A bucket for each place of a sequence.</summary>
    /// <param name="positions">Places.</param>
    /// <param name="buckets">K.</param>
    /// <param name="seed">Fixes the table.</param>
    public static TokenHash Position(int positions, int buckets, long seed = 0) => new(TokenHashKind.Position, buckets, Drawn(positions, buckets, seed));

    /// <summary>The bucket of the token after: a leak that shows how much a router could gain at most. It cannot write text.</summary>
    /// <param name="tokens">A hash of single tokens.</param>
    public static TokenHash Oracle(TokenHash tokens) => new(TokenHashKind.Oracle, OfToken(tokens).Buckets, tokens.table);

    /// <summary>The bucket of the token that a small model expects next.</summary>
    /// <param name="tokens">A hash of single tokens.</param>
    /// <param name="predictor">Expects.</param>
    public static TokenHash PredictedFuture(TokenHash tokens, INextTokenPredictor predictor)
    {
        ArgumentNullException.ThrowIfNull(predictor);
        return new(TokenHashKind.PredictedFuture, OfToken(tokens).Buckets, tokens.table, predictor: predictor);
    }

    /// <summary>Buckets are the clusters of a trained model's embeddings: like tokens share an expert.</summary>
    /// <param name="embeddings">[ids, features].</param>
    /// <param name="buckets">K.</param>
    /// <param name="seed">Fixes the first centres.</param>
    public static TokenHash Clustered(Tensor embeddings, int buckets, long seed = 0)
    {
        RequireBuckets(buckets);
        return new(TokenHashKind.Clustered, buckets, KMeans.Fit(embeddings, buckets, seed).Labels);
    }

    /// <summary>Tokens of a cluster in turn to all buckets, clusters one after the other: like tokens have different experts.</summary>
    /// <param name="embeddings">[ids, features].</param>
    /// <param name="buckets">K, of clusters too.</param>
    /// <param name="seed">Fixes the first centres.</param>
    public static TokenHash Dispersed(Tensor embeddings, int buckets, long seed = 0)
    {
        RequireBuckets(buckets);
        return Dispersed(KMeans.Fit(embeddings, buckets, seed).Labels, buckets);
    }

    /// <summary>The same for clusters that are known.</summary>
    /// <param name="clusters">The cluster of each id.</param>
    /// <param name="buckets">K.</param>
    public static TokenHash Dispersed(IReadOnlyList<int> clusters, int buckets)
    {
        ArgumentNullException.ThrowIfNull(clusters);
        RequireBuckets(buckets);
        var table = new int[clusters.Count];
        // The turn goes on from cluster to cluster, so that small clusters do not all begin at bucket 0.
        var turn = 0;
        foreach (var id in Enumerable.Range(0, clusters.Count).OrderBy(id => clusters[id]).ThenBy(id => id)) table[id] = turn++ % buckets;
        return new(TokenHashKind.Dispersed, buckets, table);
    }

    /// <summary>Reads what <see cref="Save"/> wrote, of any kind.</summary>
    /// <param name="path">The file.</param>
    /// <param name="predictor">For a hash of expected tokens whose model is not a table: the model.</param>
    /// <exception cref="Checkpoints.CheckpointException">The file is missing, damaged, hostile, or of another kind.</exception>
    public static ITokenHash Load(string path, INextTokenPredictor? predictor = null) => HashFile.Load(path, predictor);

    /// <inheritdoc/>
    public void Save(string path) => HashFile.Save(path, [this]);

    /// <inheritdoc/>
    public void Assign(HashRow row, Span<int> buckets)
    {
        if (row.First < 0 || row.Count < 0 || buckets.Length != row.Count)
            throw new ArgumentException($"TokenHash: {buckets.Length} buckets for {row.Count} tokens; give room for one a token.", nameof(buckets));
        var wanted = row.Tokens[row.First..];
        switch (Kind)
        {
            case TokenHashKind.Bigram:
                for (var i = 0; i < wanted.Length; i++)
                    buckets[i] = Mixed(Require(Before(row.Tokens, row.First + i)), Require(wanted[i]));
                break;
            case TokenHashKind.Previous:
                for (var i = 0; i < wanted.Length; i++)
                {
                    Require(wanted[i]);
                    buckets[i] = table[Require(Before(row.Tokens, row.First + i))];
                }
                break;
            case TokenHashKind.Position:
                if (row.Tokens.Length > table.Length)
                    throw new ArgumentException($"TokenHash: a sequence of {row.Tokens.Length} tokens but the hash table covers {table.Length} places: 0..{table.Length - 1}.", nameof(row));
                table.AsSpan(row.First, wanted.Length).CopyTo(buckets);
                break;
            case TokenHashKind.Oracle:
                if (row.Next.Length != wanted.Length)
                    throw new ArgumentException($"TokenHash: the oracle hash needs the token after each of {wanted.Length}, {row.Next.Length} are given; it serves analysis of known text and cannot write.", nameof(row));
                Look(row.Next, buckets);
                break;
            case TokenHashKind.PredictedFuture:
                var expected = new long[wanted.Length];
                if (wanted.Length > 0) Predictor!.Predict(row.Tokens, row.First, expected);
                Look(expected, buckets);
                break;
            default:
                Look(wanted, buckets);
                break;
        }
    }

    internal static void RequireBuckets(int buckets)
    {
        if (buckets is < 1 or > MaximumSize) throw new ArgumentOutOfRangeException(nameof(buckets), buckets, $"TokenHash: K is {buckets} buckets; give 1 to {MaximumSize}.");
    }

    private static void RequireVocabulary(int vocabulary)
    {
        if (vocabulary is < 1 or > MaximumSize) throw new ArgumentOutOfRangeException(nameof(vocabulary), vocabulary, $"TokenHash: a table of {vocabulary} entries; give 1 to {MaximumSize}.");
    }

    private static void RequireBeginning(long beginning, int vocabulary)
    {
        if (beginning < 0 || beginning >= vocabulary)
            throw new ArgumentOutOfRangeException(nameof(beginning), beginning, $"TokenHash: the token {beginning} that stands before a sequence lies outside the {vocabulary} ids: 0..{vocabulary - 1}.");
    }

    private static TokenHash OfToken(TokenHash tokens)
    {
        ArgumentNullException.ThrowIfNull(tokens);
        return tokens.IsOfToken ? tokens : throw new ArgumentException($"TokenHash: a {tokens.Kind} hash looks at more than the token; give one of single tokens, such as Random or Balanced.", nameof(tokens));
    }

    private static int[] Drawn(int entries, int buckets, long seed)
    {
        RequireVocabulary(entries);
        RequireBuckets(buckets);
        var random = new RandomSource(seed);
        var table = new int[entries];
        for (var i = 0; i < entries; i++) table[i] = (int)random.NextInt64(buckets);
        return table;
    }

    private long Before(ReadOnlySpan<long> tokens, int index) => index == 0 ? Beginning!.Value : tokens[index - 1];

    private int Require(long id) => id >= 0 && id < table.Length
        ? (int)id
        : throw new ArgumentOutOfRangeException(nameof(id), id, $"token id {id} but the hash table covers {table.Length} ids: 0..{table.Length - 1}; use the tokeniser that the table was made for.");

    private void Look(ReadOnlySpan<long> ids, Span<int> buckets)
    {
        for (var i = 0; i < ids.Length; i++) buckets[i] = table[Require(ids[i])];
    }

    /// <summary>SplitMix64's finaliser over both tokens and the seed, brought below K by its high bits.</summary>
    private int Mixed(int before, int token)
    {
        static ulong Mix(ulong x)
        {
            x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9;
            x = (x ^ (x >> 27)) * 0x94d049bb133111eb;
            return x ^ (x >> 31);
        }
        const ulong Golden = 0x9e3779b97f4a7c15;
        var x = Mix(unchecked((ulong)Salt + Golden));
        x = Mix(unchecked(x + (ulong)before + Golden));
        x = Mix(unchecked(x + (ulong)token + Golden));
        return (int)Math.BigMul(x, (ulong)Buckets, out _);
    }

    private string ComputeChecksum()
    {
        var header = string.Create(CultureInfo.InvariantCulture, $"{Kind}|{Buckets}|{Beginning}|{Salt}|{Predictor?.Checksum}|{table.Length}|");
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(Encoding.UTF8.GetBytes(header));
        if (BitConverter.IsLittleEndian)
        {
            hash.AppendData(MemoryMarshal.AsBytes(table.AsSpan()));
        }
        else
        {
            foreach (var entry in table) hash.AppendData(BitConverter.GetBytes(System.Buffers.Binary.BinaryPrimitives.ReverseEndianness(entry)));
        }
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }
}
