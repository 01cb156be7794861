namespace Scorch.Language.Pqrnn;

/// <summary>The 128-bit Murmur-style hash of the released projection operation (tensorflow/models, seq_flow_lite), bit for bit.</summary>
internal static class ProjectionHash
{
    /// <summary>Features that one 64-bit code gives.</summary>
    public const int FeaturesOfCode = 32;

    private const ulong Multiplier = 0xc6a4a7935bd1e995, SecondMultiplier = 0x9e3779b97f4a7835;

    private static ReadOnlySpan<byte> NoToken => "<null>"u8;

    /// <summary>Fills codes in the order low, high, low', high', … of a token; the empty token hashes <c>&lt;null&gt;</c>.</summary>
    public static void Codes(ReadOnlySpan<byte> token, Utf8Bytes bytes, Span<ulong> codes)
    {
        var (low, high) = First(token.IsEmpty ? NoToken : token, bytes);
        for (var i = 0; i < codes.Length; i += 2)
        {
            codes[i] = low;
            if (i + 1 < codes.Length) codes[i + 1] = high;
            var g = unchecked(Mix(low) * Multiplier);
            (high, low) = (Mix(g), unchecked(Mix((high ^ g) * SecondMultiplier) * SecondMultiplier));
        }
    }

    /// <summary>Two bits a feature from the low end: 00 and 11 are 0, 01 is 1, 10 is -1.</summary>
    public static void Features(ReadOnlySpan<ulong> codes, Span<sbyte> features)
    {
        for (var i = 0; i < features.Length; i++)
        {
            var bits = (codes[i / FeaturesOfCode] >> (2 * (i % FeaturesOfCode))) & 3;
            features[i] = (sbyte)(bits == 1 ? 1 : bits == 2 ? -1 : 0);
        }
    }

    private static (ulong Low, ulong High) First(ReadOnlySpan<byte> token, Utf8Bytes bytes)
    {
        unchecked
        {
            ulong h = (ulong)token.Length * Multiplier, h2 = 0;
            while (token.Length >= sizeof(ulong))
            {
                h ^= Mix(Block(token[..sizeof(ulong)], bytes) * Multiplier) * Multiplier;
                h *= Multiplier;
                h2 ^= h;
                token = token[sizeof(ulong)..];
            }
            if (!token.IsEmpty)
            {
                h ^= Block(token, bytes);
                h *= Multiplier;
                h2 ^= h;
            }
            h = Mix(h) * Multiplier;
            h2 ^= h;
            return (Mix(h), Mix(h2 * SecondMultiplier) * SecondMultiplier);
        }
    }

    /// <summary>Up to eight bytes, little-endian. A signed byte below zero sets every bit above its own: blocks are joined with or.</summary>
    private static ulong Block(ReadOnlySpan<byte> token, Utf8Bytes bytes)
    {
        ulong block = 0;
        for (var i = 0; i < token.Length; i++)
            block |= (bytes == Utf8Bytes.Signed ? unchecked((ulong)(sbyte)token[i]) : token[i]) << (8 * i);
        return block;
    }

    private static ulong Mix(ulong value) => value ^ (value >> 47);
}
