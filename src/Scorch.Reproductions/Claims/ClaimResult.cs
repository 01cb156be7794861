using System.Text.Json.Serialization;

namespace Scorch.Reproductions;

/// <summary>What a run says about a claim.</summary>
public enum Verdict
{
    /// <summary>The whole 95% interval clears the threshold.</summary>
    [JsonStringEnumMemberName("confirmed")]
    Confirmed,

    /// <summary>The claim was measured and the interval does not clear the threshold.</summary>
    [JsonStringEnumMemberName("not-confirmed")]
    NotConfirmed,

    /// <summary>The run cannot say, for the reason given.</summary>
    [JsonStringEnumMemberName("not-measurable")]
    NotMeasurable,
}

/// <summary>Mean, standard deviation and count of the values of an arm.</summary>
/// <param name="Mean">Mean; NaN when there is no value.</param>
/// <param name="StandardDeviation">Sample standard deviation (divisor n - 1); NaN for fewer than two values.</param>
/// <param name="Count">Number of values.</param>
public sealed record ArmSummary(double Mean, double StandardDeviation, int Count);

/// <summary>A closed interval.</summary>
/// <param name="Low">Lower end.</param>
/// <param name="High">Upper end.</param>
public sealed record Interval(double Low, double High);

/// <summary>What the frame computed for a claim.</summary>
/// <param name="Claim">The claim.</param>
/// <param name="Method">The method's values.</param>
/// <param name="Baseline">The baseline's values; null when there are none.</param>
/// <param name="Quantity">The compared quantity over the seeds (the value, the difference or the ratio); null when nothing comparable was measured.</param>
/// <param name="Interval">Its 95% interval; null when there are too few seeds for one.</param>
/// <param name="Verdict">The verdict.</param>
/// <param name="Reason">Why, in one sentence.</param>
public sealed record ClaimResult(
    Claim Claim,
    ArmSummary Method,
    ArmSummary? Baseline,
    ArmSummary? Quantity,
    Interval? Interval,
    Verdict Verdict,
    string Reason);

/// <summary>The names of the verdicts in files and tables.</summary>
public static class VerdictNames
{
    /// <summary><c>confirmed</c>, <c>not-confirmed</c> or <c>not-measurable</c>.</summary>
    public static string Name(this Verdict verdict) => verdict switch
    {
        Verdict.Confirmed => "confirmed",
        Verdict.NotConfirmed => "not-confirmed",
        Verdict.NotMeasurable => "not-measurable",
        _ => throw new ArgumentOutOfRangeException(nameof(verdict), verdict, "There is no such verdict."),
    };
}
