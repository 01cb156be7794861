using System.Globalization;
using System.Text;

namespace Scorch.Statistics.DoubleML;

/// <summary>A fitted model: estimates and everything that they follow from, so that a reader can recompute them without refitting.</summary>
public sealed class DmlFit
{
    internal DmlFit(
        CausalData data, DmlModelKind kind, Partialling partialling, DmlScore score, DmlConfig config, SampleSplits splits,
        IReadOnlyList<TreatmentFit> treatments, IReadOnlyDictionary<string, string> learners)
    {
        (Data, Kind, Partialling, Score, Config, Splits, Treatments, Learners) = (data, kind, partialling, score, config, splits, treatments, learners);
        Estimates = [.. treatments.Select(treatment => treatment.Estimate)];
    }

    /// <summary>One estimate a treatment.</summary>
    public IReadOnlyList<DmlEstimate> Estimates { get; }

    /// <summary>Every repetition of every treatment.</summary>
    public IReadOnlyList<TreatmentFit> Treatments { get; }

    /// <summary>The score at the estimates, <c>[treatment][repetition][row]</c>; NaN outside test rows.</summary>
    public IReadOnlyList<IReadOnlyList<double[]>> Psi => [.. Treatments.Select(treatment => (IReadOnlyList<double[]>)[.. treatment.Repetitions.Select(repetition => repetition.Psi)])];

    /// <summary>The predictions by nuisance name, <c>[treatment][repetition]</c>.</summary>
    public IReadOnlyList<IReadOnlyList<IReadOnlyDictionary<string, double[]>>> Predictions =>
        [.. Treatments.Select(treatment => (IReadOnlyList<IReadOnlyDictionary<string, double[]>>)[.. treatment.Repetitions.Select(repetition => repetition.Predictions)])];

    /// <summary>The folds.</summary>
    public SampleSplits Splits { get; }

    /// <summary>The observations.</summary>
    public CausalData Data { get; }

    /// <summary>The model.</summary>
    public DmlModelKind Kind { get; }

    /// <summary>What a partially linear IV regression partialled out.</summary>
    public Partialling Partialling { get; }

    /// <summary>The score.</summary>
    public DmlScore Score { get; }

    /// <summary>The settings.</summary>
    public DmlConfig Config { get; }

    /// <summary>The learners' names by nuisance.</summary>
    public IReadOnlyDictionary<string, string> Learners { get; }

    /// <summary>Pointwise intervals, one a treatment; joint ones come from <see cref="Bootstrap(BootstrapKind, int, long?)"/>.</summary>
    /// <param name="level">Their coverage, in (0, 1).</param>
    /// <returns>The intervals.</returns>
    public IReadOnlyList<ConfidenceInterval> ConfidenceIntervals(double level = 0.95) => [.. Estimates.Select(estimate => estimate.Interval(level))];

    /// <summary>The multiplier bootstrap of the score.</summary>
    /// <param name="kind">The weights' distribution.</param>
    /// <param name="draws">Draws a repetition.</param>
    /// <param name="seed">The weights' seed; null for the fit's.</param>
    /// <returns>Bootstrap statistics, joint intervals and adjusted p-values.</returns>
    /// <exception cref="InvalidOperationException">The data is clustered.</exception>
    public DmlBootstrap Bootstrap(BootstrapKind kind = BootstrapKind.Normal, int draws = 500, long? seed = null) => DmlBootstrap.Draw(this, kind, draws, seed ?? Config.Seed);

    /// <summary>The multiplier bootstrap with given weights.</summary>
    /// <param name="weights">One weight a row (a test row without cross-fitting), <c>[repetition][draw][row]</c>.</param>
    /// <returns>Bootstrap statistics, joint intervals and adjusted p-values.</returns>
    /// <exception cref="ArgumentException">The sizes do not fit.</exception>
    /// <exception cref="InvalidOperationException">The data is clustered.</exception>
    public DmlBootstrap Bootstrap(IReadOnlyList<IReadOnlyList<double[]>> weights) => DmlBootstrap.FromWeights(this, weights);

    /// <summary>P-values adjusted for looking at several treatments.</summary>
    /// <param name="method">Bonferroni or Holm; Romano-Wolf needs a bootstrap.</param>
    /// <returns>One p-value a treatment.</returns>
    /// <exception cref="InvalidOperationException">Romano-Wolf was asked for without a bootstrap.</exception>
    public IReadOnlyList<double> AdjustedPValues(PValueAdjustment method) => PValues.Adjust(method, [.. Estimates.Select(estimate => estimate.PValue)]);

    /// <summary>Writes the fit as one file (JSON; compressed when the name ends in <c>.gz</c>) with splits, predictions and estimates.</summary>
    /// <param name="path">Where; written to a temporary file first.</param>
    public void Save(string path) => FitFile.From(this).Save(path);

    /// <summary>A table of estimates for people.</summary>
    /// <returns>Several lines of text.</returns>
    public string Summary()
    {
        var text = new StringBuilder();
        var folds = Splits.Repetitions[0].Count;
        text.AppendLine(Invariant($"{ModelName}, score {Score}, {(Config.Procedure == DmlProcedure.Dml1 ? "DML1" : "DML2")}"));
        text.AppendLine(Invariant($"outcome {Data.Roles.Outcome}; {Data.Rows} observations, {Data.Roles.Controls.Count} controls{(Data.Roles.Instruments.Count > 0 ? $"; instruments {string.Join(", ", Data.Roles.Instruments)}" : "")}{(Data.Roles.Clusters.Count > 0 ? $"; clustered by {string.Join(" and ", Data.Roles.Clusters)}" : "")}"));
        text.AppendLine(Invariant($"{folds} {(folds == 1 ? "split without cross-fitting" : "folds")}, {Splits.Repetitions.Count} {(Splits.Repetitions.Count == 1 ? "repetition" : "repetitions (medians)")}, seed {Config.Seed}"));
        foreach (var (nuisance, learner) in Learners)
            text.AppendLine(Invariant($"  {nuisance}: {learner}"));
        var width = Math.Max(9, Estimates.Max(estimate => estimate.Treatment.Length));
        text.AppendLine();
        text.AppendLine(Invariant($"{"treatment".PadRight(width)} {"estimate",14} {"std. error",12} {"t",9} {"p",10}  95% interval"));
        foreach (var estimate in Estimates)
        {
            var interval = estimate.Interval();
            text.AppendLine(Invariant($"{estimate.Treatment.PadRight(width)} {estimate.Theta,14:G6} {estimate.StandardError,12:G5} {estimate.TStatistic,9:F3} {estimate.PValue,10:G3}  [{interval.Lower:G6}, {interval.Upper:G6}]"));
        }
        if (Kind is DmlModelKind.Irm or DmlModelKind.Iivm)
            text.AppendLine(Invariant($"propensities clipped to [{Config.TrimAt}, {1 - Config.TrimAt}]: {string.Join(", ", Treatments.Select(treatment => string.Join("+", treatment.Repetitions.Select(repetition => repetition.TrimmedRows))))} rows"));
        return text.ToString();

        static string Invariant(FormattableString line) => line.ToString(CultureInfo.InvariantCulture);
    }

    private string ModelName => Kind switch
    {
        DmlModelKind.Plr => "Partially linear regression",
        DmlModelKind.Pliv => "Partially linear IV regression",
        DmlModelKind.Irm => "Interactive regression",
        _ => "Interactive IV regression",
    };
}
