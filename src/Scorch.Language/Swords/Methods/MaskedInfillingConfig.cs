namespace Scorch.Language.Swords;

/// <summary>What a masked language model sees at the target's place.</summary>
public enum TargetCorruption
{
    /// <summary>The mask token.</summary>
    Mask,

    /// <summary>The target itself.</summary>
    Keep,

    /// <summary>The target with part of its embedding set to 0 (Zhou and others 2019).</summary>
    Dropout,
}

/// <summary>How a masked language model proposes substitutes.</summary>
public sealed record MaskedInfillingConfig
{
    /// <summary>What it sees at the target's place.</summary>
    public TargetCorruption Corruption { get; init; } = TargetCorruption.Dropout;

    /// <summary>The share of the target's embedding that is set to 0, the rest scaled up; for <see cref="TargetCorruption.Dropout"/>.</summary>
    public double DropoutRate { get; init; } = 0.3;

    /// <summary>The most words that are proposed.</summary>
    public int TopK { get; init; } = 50;

    /// <summary>The likeliest words that together have this probability are proposed; 1 for no such limit.</summary>
    public double TopP { get; init; } = 1;

    /// <summary>Fixes which parts of an embedding are dropped.</summary>
    public long Seed { get; init; } = 1;

    /// <summary>The most tokens around and with the target that the model reads, both ends included; the model's positions bound it too.</summary>
    public int Window { get; init; } = 512;

    internal void Validate()
    {
        if (!(DropoutRate is >= 0 and < 1)) throw new ArgumentException($"MaskedInfillingConfig: DropoutRate is {DropoutRate}; it lies in [0, 1).");
        if (TopK < 1) throw new ArgumentException($"MaskedInfillingConfig: TopK is {TopK}; it is at least 1.");
        if (!(TopP is > 0 and <= 1)) throw new ArgumentException($"MaskedInfillingConfig: TopP is {TopP}; it lies in (0, 1].");
        if (Window < 3) throw new ArgumentException($"MaskedInfillingConfig: Window is {Window}; the target and both ends need 3 tokens.");
    }
}
