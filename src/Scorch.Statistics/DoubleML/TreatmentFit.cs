namespace Scorch.Statistics.DoubleML;

/// <summary>What one repetition of one treatment gave.</summary>
/// <param name="Theta">The estimate.</param>
/// <param name="StandardError">Its standard error.</param>
/// <param name="PsiA">The score's slope, one value a row; NaN outside test rows.</param>
/// <param name="PsiB">The score's constant.</param>
/// <param name="Psi">The score at the estimate.</param>
/// <param name="Predictions">The nuisance functions' predictions by name, propensities before trimming; NaN outside test rows.</param>
/// <param name="TrimmedRows">How many propensities were clipped.</param>
public sealed record RepetitionFit(
    double Theta, double StandardError, double[] PsiA, double[] PsiB, double[] Psi, IReadOnlyDictionary<string, double[]> Predictions, int TrimmedRows)
{
    internal int Scaling { get; init; }

    internal static RepetitionFit Solve(
        DmlModelKind kind, Partialling partialling, DmlScore score, DmlConfig config, CausalData data, int treatment,
        IReadOnlyList<Fold> folds, bool crossFit, IReadOnlyDictionary<string, double[]> predictions)
    {
        var inputs = new ScoreInputs(data.Outcome, data.Treatments[treatment], data.Instruments, predictions, folds);
        var trimmed = 0;
        if (kind is DmlModelKind.Irm or DmlModelKind.Iivm)
        {
            (var clipped, trimmed) = ScoreFormulas.Trim(predictions[ScoreFormulas.Propensity], config.TrimAt);
            inputs = inputs with { Predictions = new Dictionary<string, double[]>(predictions.Select(pair => KeyValuePair.Create(pair.Key, pair.Value)), StringComparer.Ordinal) { [ScoreFormulas.Propensity] = clipped } };
        }
        var elements = score.Function?.Invoke(inputs) ?? ScoreFormulas.Evaluate(kind, partialling, score.Name, inputs, data.Roles.Instruments);
        if (elements.PsiA.Length != data.Rows || elements.PsiB.Length != data.Rows)
            throw new ArgumentException($"The score '{score}' gave {elements.PsiA.Length} and {elements.PsiB.Length} values; both must be the number of rows, {data.Rows}.");
        var solution = LinearScoreSolution.Solve(elements, folds, crossFit, config.Procedure, data.Clusters);
        return new RepetitionFit(solution.Theta, solution.StandardError, elements.PsiA, elements.PsiB, solution.Psi, predictions, trimmed) { Scaling = solution.Scaling };
    }
}

/// <summary>All repetitions of one treatment and the estimate that they aggregate to.</summary>
public sealed record TreatmentFit
{
    internal TreatmentFit(string treatment, IReadOnlyList<RepetitionFit> repetitions)
    {
        Repetitions = repetitions;
        var (theta, standardError) = LinearScoreSolution.Aggregate([.. repetitions.Select(fit => new LinearScoreSolution(fit.Theta, fit.StandardError, fit.Psi, fit.Scaling))]);
        Estimate = new DmlEstimate(treatment, theta, standardError);
    }

    /// <summary>The repetitions.</summary>
    public IReadOnlyList<RepetitionFit> Repetitions { get; }

    /// <summary>The median over the repetitions.</summary>
    public DmlEstimate Estimate { get; }
}

/// <summary>An estimated effect.</summary>
/// <param name="Treatment">The treatment's column.</param>
/// <param name="Theta">The effect, in units of the outcome a unit of the treatment.</param>
/// <param name="StandardError">Its standard error.</param>
public sealed record DmlEstimate(string Treatment, double Theta, double StandardError)
{
    /// <summary>The estimate over its standard error.</summary>
    public double TStatistic => Theta / StandardError;

    /// <summary>Two-sided p-value under the normal distribution.</summary>
    public double PValue => NormalDistribution.TwoSided(TStatistic);

    /// <summary>The pointwise interval <c>theta +- z se</c>.</summary>
    /// <param name="level">Its coverage, in (0, 1).</param>
    /// <returns>Lower and upper end.</returns>
    public ConfidenceInterval Interval(double level = 0.95)
    {
        var z = NormalDistribution.Quantile(NormalDistribution.CheckedLevel(level) + (1 - level) / 2);
        return new(Treatment, Theta - z * StandardError, Theta + z * StandardError);
    }
}

/// <summary>A confidence interval for one treatment's effect.</summary>
/// <param name="Treatment">The treatment's column.</param>
/// <param name="Lower">The lower end.</param>
/// <param name="Upper">The upper end.</param>
public sealed record ConfidenceInterval(string Treatment, double Lower, double Upper);

/// <summary>The standard normal distribution.</summary>
internal static class NormalDistribution
{
    public static double TwoSided(double t) => MathNet.Numerics.SpecialFunctions.Erfc(Math.Abs(t) / Math.Sqrt(2));

    public static double Quantile(double probability) => MathNet.Numerics.Distributions.Normal.InvCDF(0, 1, probability);

    public static double CheckedLevel(double level) =>
        level > 0 && level < 1 ? level : throw new ArgumentOutOfRangeException(nameof(level), level, "A confidence level lies between 0 and 1, e.g. 0.95.");
}
