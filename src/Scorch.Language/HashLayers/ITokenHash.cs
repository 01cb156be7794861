namespace Scorch.Language.HashLayers;

/// <summary>What a hash looks at.</summary>
public enum TokenHashKind
{
    /// <summary>The token; buckets drawn evenly.</summary>
    Random,

    /// <summary>The token; buckets of about equal frequency.</summary>
    Balanced,

    /// <summary>The token; a table of the user's.</summary>
    Table,

    /// <summary>The token before and the token.</summary>
    Bigram,

    /// <summary>The token before.</summary>
    Previous,

    /// <summary>The place in the sequence.</summary>
    Position,

    /// <summary>The token after: a deliberate leak, for analysis.</summary>
    Oracle,

    /// <summary>The token that a small model expects next.</summary>
    PredictedFuture,

    /// <summary>The token; buckets are clusters of embeddings.</summary>
    Clustered,

    /// <summary>The token; those of one cluster are spread over all buckets.</summary>
    Dispersed,

    /// <summary>Several functions, one for each segment of the experts.</summary>
    Multi,
}

/// <summary>One sequence, as a hash sees it.</summary>
/// <param name="tokens">Real tokens from the beginning of the sequence.</param>
/// <param name="first">The first token whose bucket is wanted; those before were hashed in earlier steps.</param>
/// <param name="next">For <see cref="TokenHashKind.Oracle"/> the token after each of those wanted; else empty.</param>
public readonly ref struct HashRow(ReadOnlySpan<long> tokens, int first = 0, ReadOnlySpan<long> next = default)
{
    /// <summary>Real tokens from the beginning of the sequence.</summary>
    public ReadOnlySpan<long> Tokens { get; } = tokens;

    /// <summary>The first token whose bucket is wanted.</summary>
    public int First { get; } = first;

    /// <summary>The token after each of those wanted, where known.</summary>
    public ReadOnlySpan<long> Next { get; } = next;

    /// <summary>How many buckets are wanted, for each function.</summary>
    public int Count => Tokens.Length - First;
}

/// <summary>A fixed map from tokens to buckets; it has no parameters and is the same in training and use.</summary>
public interface ITokenHash
{
    /// <summary>What it looks at.</summary>
    TokenHashKind Kind { get; }

    /// <summary>K, the buckets of each function.</summary>
    int Buckets { get; }

    /// <summary>N, the functions: 1, or as many as a <see cref="MultiHash"/> has.</summary>
    int Functions { get; }

    /// <summary>Whether it asks for the token after each (<see cref="HashRow.Next"/>).</summary>
    bool NeedsNext { get; }

    /// <summary>SHA-256 of all that fixes it, in hexadecimal: equal for hashes that give equal buckets because they are the same.</summary>
    string Checksum { get; }

    /// <summary>Buckets of the wanted tokens.</summary>
    /// <param name="row">The sequence.</param>
    /// <param name="buckets">Takes <see cref="HashRow.Count"/> times <see cref="Functions"/> numbers, a token's functions side by side.</param>
    /// <exception cref="ArgumentException">A token lies outside the table, or the next tokens are missing.</exception>
    void Assign(HashRow row, Span<int> buckets);

    /// <summary>Writes it into one file.</summary>
    /// <param name="path">The file (safetensors).</param>
    void Save(string path);
}
