using System.Text.Json.Serialization;
using Scorch.Text;

namespace Scorch.Language.HashLayers;

/// <summary>What shares an expert.</summary>
/// <param name="Bucket">The expert.</param>
/// <param name="Share">Its part of all tokens of the text.</param>
/// <param name="Tokens">Different tokens that came to it.</param>
/// <param name="MostFrequent">The most frequent of them, with their counts.</param>
public sealed record HashAuditBucket(int Bucket, double Share, int Tokens, IReadOnlyList<HashAuditWord> MostFrequent);

/// <summary>A token in an expert.</summary>
/// <param name="Word">The token.</param>
/// <param name="Count">How often it came there.</param>
public sealed record HashAuditWord(string Word, long Count);

/// <summary>Which words share an expert, and how even the load is: for a person to look at.</summary>
/// <param name="Function">The function, from 0, of a <see cref="MultiHash"/>.</param>
/// <param name="Load">How the text is spread.</param>
/// <param name="Buckets">Every expert.</param>
public sealed record HashAudit(int Function, HashLoad Load, IReadOnlyList<HashAuditBucket> Buckets)
{
    /// <summary>Audits each function of a hash on a text.</summary>
    /// <param name="hash">The hash.</param>
    /// <param name="tokenizer">Names tokens.</param>
    /// <param name="rows">Sequences of token ids.</param>
    /// <param name="words">Words named for each expert.</param>
    /// <exception cref="ArgumentException">There is no token, or one lies outside the table.</exception>
    public static IReadOnlyList<HashAudit> Of(ITokenHash hash, ITokenizer tokenizer, IEnumerable<IReadOnlyList<int>> rows, int words = 10)
    {
        ArgumentNullException.ThrowIfNull(hash);
        ArgumentNullException.ThrowIfNull(tokenizer);
        ArgumentNullException.ThrowIfNull(rows);
        ArgumentOutOfRangeException.ThrowIfNegative(words);
        var counts = Enumerable.Range(0, hash.Functions).Select(_ => Enumerable.Range(0, hash.Buckets).Select(_ => new Dictionary<int, long>()).ToArray()).ToArray();
        foreach (var row in rows)
        {
            var buckets = HashLoads.BucketsOf(hash, row);
            for (var i = 0; i < buckets.Length; i++)
            {
                var (place, function) = Math.DivRem(i, hash.Functions);
                var own = counts[function][buckets[i]];
                own[row[place]] = own.GetValueOrDefault(row[place]) + 1;
            }
        }
        return [.. counts.Select((own, function) => Of(function, own, tokenizer, words))];
    }

    private static HashAudit Of(int function, Dictionary<int, long>[] counts, ITokenizer tokenizer, int words)
    {
        long[] sums = [.. counts.Select(own => own.Values.Sum())];
        if (sums.Sum() == 0) throw new ArgumentException("HashAudit: the text has no token; give some text.", nameof(counts));
        var load = HashLoad.Of(sums);
        return new(function, load, [.. counts.Select((own, bucket) => new HashAuditBucket(
            bucket,
            load.Shares[bucket],
            own.Count,
            [.. own.OrderByDescending(entry => entry.Value).ThenBy(entry => entry.Key).Take(words).Select(entry => new HashAuditWord(tokenizer.TokenOf(entry.Key), entry.Value))]))]);
    }
}

[JsonSourceGenerationOptions(WriteIndented = true, PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(HashAudit[]))]
[JsonSerializable(typeof(HashTrainReport))]
internal sealed partial class HashAuditJson : JsonSerializerContext;
