namespace Scorch.Language.Swords;

/// <summary>Precision and recall of lists cut to k words, pooled over targets, in percent.</summary>
/// <param name="Precision">Found words among all the system's words, 0 … 100.</param>
/// <param name="Recall">Found words among all that k words could find: the sum of min(k, references).</param>
/// <param name="RecallOfAll">Found words among all references, also those beyond k.</param>
public readonly record struct PrecisionRecallAtK(double Precision, double Recall, double RecallOfAll)
{
    /// <summary>The harmonic mean of precision and recall; 0 where both are 0.</summary>
    public double F => Mean(Precision, Recall);

    /// <summary>The harmonic mean of precision and the recall of all references; 0 where both are 0.</summary>
    public double FOfAll => Mean(Precision, RecallOfAll);

    private static double Mean(double a, double b) => a + b > 0 ? 2 * a * b / (a + b) : 0;
}

/// <summary>Scores against acceptable and against conceivable substitutes.</summary>
/// <param name="Acceptable">References: more than half of the judges found them fitting.</param>
/// <param name="Conceivable">References: a tenth of the judges or more found them fitting.</param>
public readonly record struct ThresholdScores(PrecisionRecallAtK Acceptable, PrecisionRecallAtK Conceivable);

/// <summary>SemEval 2007's scores (McCarthy and Navigli), in percent.</summary>
/// <param name="Precision">Mean credit of the answered targets.</param>
/// <param name="Recall">Mean credit of all targets that have a reference.</param>
/// <param name="ModePrecision">How often the one most frequent reference was found, of the answered targets that have one.</param>
/// <param name="ModeRecall">The same of all targets that have one.</param>
public readonly record struct SemEvalScores(double Precision, double Recall, double ModePrecision, double ModeRecall);

/// <summary>One target's part in the scores.</summary>
/// <param name="Target">The target as it was scored.</param>
/// <param name="LenientAcceptable">F of this target alone, lenient, acceptable, in percent.</param>
/// <param name="LenientConceivable">F of this target alone, lenient, conceivable.</param>
/// <param name="StrictAcceptable">F of this target alone, strict, acceptable.</param>
/// <param name="StrictConceivable">F of this target alone, strict, conceivable.</param>
/// <param name="Gap">Generalised average precision by shares, in percent; -100 where no candidate has a positive label, as in the published script.</param>
public sealed record TargetScore(EvaluationTarget Target, double LenientAcceptable, double LenientConceivable, double StrictAcceptable, double StrictConceivable, double Gap);

/// <summary>All scores of a result, in percent.</summary>
public sealed record LexSubMetrics
{
    /// <summary>How many words of a system counted.</summary>
    public required int K { get; init; }

    /// <summary>Targets that were scored.</summary>
    public required int TargetCount { get; init; }

    /// <summary>Only words among the benchmark's candidates count, first filtered, then cut to k.</summary>
    public required ThresholdScores Lenient { get; init; }

    /// <summary>Every word counts.</summary>
    public required ThresholdScores Strict { get; init; }

    /// <summary>Generalised average precision with the share of positive labels as weight (<c>gap_rat</c>), the mean over targets.</summary>
    public required double Gap { get; init; }

    /// <summary>Generalised average precision with the number of positive labels as weight (<c>gap</c>).</summary>
    public required double GapByCount { get; init; }

    /// <summary>Mean average precision of the whole lists against conceivable substitutes, targets without one left out; NaN where all are.</summary>
    public required double MeanAveragePrecision { get; init; }

    /// <summary>Precision of the first word, strict, conceivable.</summary>
    public required double PrecisionAtOne { get; init; }

    /// <summary>SemEval 2007's <c>best</c>: credit is shared by all words of a list.</summary>
    public required SemEvalScores Best { get; init; }

    /// <summary>SemEval 2007's <c>oot</c>: ten words, credit is not shared.</summary>
    public required SemEvalScores OutOfTen { get; init; }

    /// <summary>The same scores for the targets of each part of speech.</summary>
    public IReadOnlyDictionary<PartOfSpeech, LexSubMetrics> ByPartOfSpeech { get; init; } = new Dictionary<PartOfSpeech, LexSubMetrics>();

    /// <summary>One row a target.</summary>
    public IReadOnlyList<TargetScore> Targets { get; init; } = [];

    /// <summary>The scores under the official program's names, such as <c>lenient_a_f@10</c> and <c>gap_rat</c>.</summary>
    public IReadOnlyDictionary<string, double> ByName
    {
        get
        {
            var all = new OrderedDictionary<string, double>(StringComparer.Ordinal);
            Add("lenient_a", Lenient.Acceptable);
            Add("lenient_c", Lenient.Conceivable);
            Add("strict_a", Strict.Acceptable);
            Add("strict_c", Strict.Conceivable);
            all["strict_c_p@1"] = PrecisionAtOne;
            all["gap"] = GapByCount;
            all["gap_rat"] = Gap;
            all["map_strict_conceivable"] = MeanAveragePrecision;
            AddOld("best", Best);
            AddOld("oot", OutOfTen);
            return all;

            void Add(string prefix, PrecisionRecallAtK scores)
            {
                all[$"{prefix}_f@{K}"] = scores.F;
                all[$"{prefix}_fs@{K}"] = scores.FOfAll;
                all[$"{prefix}_p@{K}"] = scores.Precision;
                all[$"{prefix}_r@{K}"] = scores.Recall;
                all[$"{prefix}_rs@{K}"] = scores.RecallOfAll;
            }

            void AddOld(string prefix, SemEvalScores scores)
            {
                all[prefix + "_p"] = scores.Precision;
                all[prefix + "_r"] = scores.Recall;
                all[prefix + "_mode_p"] = scores.ModePrecision;
                all[prefix + "_mode_r"] = scores.ModeRecall;
            }
        }
    }
}
