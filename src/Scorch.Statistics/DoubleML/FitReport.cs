using System.Text.Json.Serialization;

namespace Scorch.Statistics.DoubleML;

/// <summary>What <c>fit --json</c> prints.</summary>
internal sealed record FitReport(
    string Model, string Score, string Procedure, string Outcome, int Rows, int Folds, int Repetitions, long Seed,
    IReadOnlyDictionary<string, string> Learners, double Level, IReadOnlyList<EstimateReport> Estimates, string? SavedTo)
{
    public static FitReport Of(DmlFit fit, DmlBootstrap? bootstrap, double level, string? savedTo)
    {
        var joint = bootstrap?.ConfidenceIntervals(level, joint: true);
        var romanoWolf = bootstrap?.AdjustedPValues(PValueAdjustment.RomanoWolf);
        var holm = fit.AdjustedPValues(PValueAdjustment.Holm);
        var bonferroni = fit.AdjustedPValues(PValueAdjustment.Bonferroni);
        return new FitReport(
            fit.Kind.ToString().ToLowerInvariant(), fit.Score.Name, fit.Config.Procedure.ToString().ToLowerInvariant(), fit.Data.Roles.Outcome, fit.Data.Rows,
            fit.Splits.Repetitions[0].Count, fit.Splits.Repetitions.Count, fit.Config.Seed, fit.Learners, level,
            [.. fit.Estimates.Select((estimate, t) =>
            {
                var interval = estimate.Interval(level);
                return new EstimateReport(
                    estimate.Treatment, estimate.Theta, estimate.StandardError, estimate.TStatistic, estimate.PValue, [interval.Lower, interval.Upper],
                    joint is null ? null : [joint[t].Lower, joint[t].Upper], romanoWolf?[t], holm[t], bonferroni[t],
                    [.. fit.Treatments[t].Repetitions.Select(repetition => repetition.TrimmedRows)]);
            })],
            savedTo);
    }
}

/// <summary>One treatment's line.</summary>
internal sealed record EstimateReport(
    string Treatment, double Estimate, double StandardError, double TStatistic, double PValue, double[] Interval,
    double[]? JointInterval, double? PRomanoWolf, double PHolm, double PBonferroni, int[] TrimmedRows);

/// <summary>What <c>verify --json</c> prints.</summary>
internal sealed record VerificationReport(bool Verified, int CheckedNumbers, double? LargestDifference, IReadOnlyList<string> Problems);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull, WriteIndented = true)]
[JsonSerializable(typeof(FitReport))]
[JsonSerializable(typeof(VerificationReport))]
internal sealed partial class FitReportJson : JsonSerializerContext;
