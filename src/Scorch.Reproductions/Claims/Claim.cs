using System.Text.Json.Serialization;

namespace Scorch.Reproductions;

/// <summary>Which quantity of a claim is held against its threshold.</summary>
public enum Comparison
{
    /// <summary>The method's value alone, one value a seed; no baseline is needed (one may be recorded for the reader).</summary>
    [JsonStringEnumMemberName("value")]
    Value,

    /// <summary>Method minus baseline, paired by seed.</summary>
    [JsonStringEnumMemberName("difference")]
    Difference,

    /// <summary>Method divided by baseline, paired by seed. The baseline must not be zero.</summary>
    [JsonStringEnumMemberName("ratio")]
    Ratio,
}

/// <summary>Which of the two compared systems a measurement belongs to.</summary>
public enum Arm
{
    /// <summary>The paper's method.</summary>
    [JsonStringEnumMemberName("method")]
    Method,

    /// <summary>What the paper compares itself with.</summary>
    [JsonStringEnumMemberName("baseline")]
    Baseline,
}

/// <summary>
/// One checkable statement of a paper. Where a statement joins several inequalities, each is a claim of its own (C1a, C1b).
/// </summary>
/// <remarks>
/// The threshold is fixed here, before the first run; the verdict is computed by <see cref="VerdictRule"/> alone, from the
/// measurements that a reproduction records.
/// </remarks>
public sealed record Claim
{
    /// <summary>Identifier unique within the paper, e.g. <c>C1a</c>.</summary>
    public required string Id { get; init; }

    /// <summary>The paper's statement, in one sentence.</summary>
    public required string Statement { get; init; }

    /// <summary>What is measured, e.g. <c>relative L2 error against the exact discrete solution</c>.</summary>
    public required string Metric { get; init; }

    /// <summary>Which quantity is held against the threshold.</summary>
    public required Comparison Comparison { get; init; }

    /// <summary>What that quantity must satisfy, in the quantity's own unit (a ratio has none).</summary>
    public required Threshold Threshold { get; init; }

    /// <summary>Unit of the measurements, e.g. <c>images/s</c>; empty when they are plain numbers.</summary>
    public string Unit { get; init; } = "";

    /// <summary>The figure that the paper states for the compared quantity (for a ratio, the ratio); null unless the abstract or a checked source gives it.</summary>
    public double? PaperFigure { get; init; }

    /// <summary>Where the paper states the figure (e.g. <c>abstract</c>, <c>Table 2</c>); null when there is none.</summary>
    public string? PaperFigureSource { get; init; }

    /// <summary>True when nothing in the measurement is random (a parameter count): one seed is enough for a verdict.</summary>
    public bool IsExact { get; init; }

    /// <summary>The smallest scale at which a verdict is allowed; below it the claim is reported as not measurable.</summary>
    public Scale MinimumScale { get; init; } = Scale.Smoke;
}

/// <summary>One measured number.</summary>
/// <param name="ClaimId">The claim that it bears on.</param>
/// <param name="Seed">The seed of the run which gave it; method and baseline are paired by it.</param>
/// <param name="Arm">Method or baseline.</param>
/// <param name="Value">The value in the claim's unit; may be NaN or infinite, which makes the claim not measurable.</param>
public sealed record Measurement(string ClaimId, int Seed, Arm Arm, double Value);
