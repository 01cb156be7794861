using System.Text.Json.Serialization;

namespace Scorch.Language.Pqrnn;

/// <summary>How bytes of UTF-8 enter the hash.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<Utf8Bytes>))]
public enum Utf8Bytes
{
    /// <summary>As signed 8-bit numbers, as the released operation reads them where a C++ <c>char</c> is signed: a byte above 127 sets all higher bits.</summary>
    Signed,

    /// <summary>As unsigned numbers: every byte of a non-ASCII token counts, on every machine.</summary>
    Unsigned,
}

/// <summary>What a <see cref="TernaryProjection"/> does with a token.</summary>
public sealed record ProjectionConfig
{
    /// <summary>The most features.</summary>
    public const int MostFeatures = 4096;

    /// <summary>Features of a token, 1 to 4096.</summary>
    public int FeatureSize { get; init; } = 512;

    /// <summary>In training: the probability that a token loses, gains or swaps a character before it is hashed.</summary>
    public double Distortion { get; init; }

    /// <summary>How bytes enter the hash.</summary>
    public Utf8Bytes Bytes { get; init; } = Utf8Bytes.Signed;

    /// <summary>Whether tokens are lower-cased (Unicode's simple mapping) first.</summary>
    public bool LowerCase { get; init; } = true;

    /// <summary>The only characters that are kept (after lower-casing); null keeps all.</summary>
    public string? AllowedCharacters { get; init; }

    /// <summary>The most times that a character may follow itself; 0 leaves repetitions alone.</summary>
    public int MaximumRepetition { get; init; }

    /// <summary>Whether a token <c>&lt;BOS&gt;</c> stands before the first one.</summary>
    public bool AddsBegin { get; init; }

    /// <summary>Whether a token <c>&lt;EOS&gt;</c> stands behind the last one.</summary>
    public bool AddsEnd { get; init; }

    /// <summary>Checks every value.</summary>
    /// <exception cref="ArgumentException">A value is out of its range; the message names it.</exception>
    public void Validate()
    {
        if (FeatureSize is < 1 or > MostFeatures) throw new ArgumentException($"ProjectionConfig: FeatureSize is {FeatureSize}; it must lie in 1 to {MostFeatures}.", nameof(FeatureSize));
        if (!(Distortion is >= 0 and <= 1)) throw new ArgumentException(FormattableString.Invariant($"ProjectionConfig: Distortion is {Distortion}; a probability in [0, 1] is needed."), nameof(Distortion));
        if (MaximumRepetition < 0) throw new ArgumentException($"ProjectionConfig: MaximumRepetition is {MaximumRepetition}; give 0 (off) or more.", nameof(MaximumRepetition));
        if (!Enum.IsDefined(Bytes)) throw new ArgumentException($"ProjectionConfig: Bytes is {Bytes}; give Signed or Unsigned.", nameof(Bytes));
        if (AllowedCharacters is "") throw new ArgumentException("ProjectionConfig: AllowedCharacters is empty, so that no token would be left; give characters, or null to keep all.", nameof(AllowedCharacters));
    }
}
