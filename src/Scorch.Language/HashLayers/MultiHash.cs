using System.Security.Cryptography;
using System.Text;

namespace Scorch.Language.HashLayers;

/// <summary>N functions, one for each segment of the experts' inner features (section 3.3, MultiHash).</summary>
public sealed class MultiHash : ITokenHash
{
    /// <summary>A hash of several functions.</summary>
    /// <param name="functions">The functions, of equal K.</param>
    /// <exception cref="ArgumentException">There is none, one is a MultiHash itself, or their K differ.</exception>
    public MultiHash(params IReadOnlyList<TokenHash> functions)
    {
        ArgumentNullException.ThrowIfNull(functions);
        if (functions.Count == 0) throw new ArgumentException("MultiHash: there is no function; give one at least.", nameof(functions));
        if (functions.FirstOrDefault(function => function.Buckets != functions[0].Buckets) is { } other)
            throw new ArgumentException($"MultiHash: functions have {functions[0].Buckets} and {other.Buckets} buckets; all must have as many.", nameof(functions));
        Parts = [.. functions];
        Checksum = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes("Multi|" + string.Join('|', Parts.Select(part => part.Checksum)))));
    }

    /// <summary>The functions, in the order of segments.</summary>
    public IReadOnlyList<TokenHash> Parts { get; }

    /// <inheritdoc/>
    public TokenHashKind Kind => TokenHashKind.Multi;

    /// <inheritdoc/>
    public int Buckets => Parts[0].Buckets;

    /// <inheritdoc/>
    public int Functions => Parts.Count;

    /// <inheritdoc/>
    public bool NeedsNext => Parts.Any(part => part.NeedsNext);

    /// <inheritdoc/>
    public string Checksum { get; }

    /// <summary>N random tables.</summary>
    /// <param name="vocabulary">Ids.</param>
    /// <param name="buckets">K.</param>
    /// <param name="functions">N.</param>
    /// <param name="seed">Fixes the tables.</param>
    public static MultiHash Random(int vocabulary, int buckets, int functions, long seed = 0)
    {
        if (functions < 1) throw new ArgumentOutOfRangeException(nameof(functions), functions, $"MultiHash: {functions} functions; give at least 1.");
        return new([.. Enumerable.Range(0, functions).Select(m => TokenHash.Random(vocabulary, buckets, RandomSource.Derive(seed, m)))]);
    }

    /// <inheritdoc/>
    public void Assign(HashRow row, Span<int> buckets)
    {
        if (buckets.Length != row.Count * Functions)
            throw new ArgumentException($"MultiHash: {buckets.Length} buckets for {row.Count} tokens and {Functions} functions; give room for every one.", nameof(buckets));
        var own = new int[row.Count];
        for (var m = 0; m < Functions; m++)
        {
            Parts[m].Assign(row, own);
            for (var i = 0; i < own.Length; i++) buckets[(i * Functions) + m] = own[i];
        }
    }

    /// <inheritdoc/>
    public void Save(string path) => HashFile.Save(path, Parts, isMulti: true);
}
