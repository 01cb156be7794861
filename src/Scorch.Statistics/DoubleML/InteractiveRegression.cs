using Scorch.Tabular;

namespace Scorch.Statistics.DoubleML;

/// <summary>Interactive regression for a treatment of 0 or 1: <c>Y = g(D, X) + e, P(D = 1 | X) = m(X)</c>, with effects that differ between people.</summary>
public sealed class InteractiveRegression : DmlModel
{
    private readonly ILearner? outcome;
    private readonly IProbabilisticClassifier? propensity;

    /// <summary>Names the data and the learners.</summary>
    /// <param name="data">Outcome, treatments of 0 or 1, and controls.</param>
    /// <param name="outcomeLearner">Learns <c>g0</c> on untreated and <c>g1</c> on treated training rows; a classifier where Y is 0 or 1.</param>
    /// <param name="propensityLearner">Learns <c>m</c>.</param>
    /// <param name="config">The settings.</param>
    /// <exception cref="ArgumentException">A treatment is not 0 or 1, the data has instruments, or the score is another model's.</exception>
    public InteractiveRegression(CausalData data, ILearner? outcomeLearner, IProbabilisticClassifier? propensityLearner, DmlConfig? config = null)
        : base(data, config, IrmScore.Ate, IrmScore.Ate, IrmScore.Atte)
    {
        if (data.Instruments.Count > 0)
            throw new ArgumentException($"The data has instruments ({string.Join(", ", data.Roles.Instruments)}), which an interactive regression does not use; use InteractiveIvRegression.", nameof(data));
        for (var t = 0; t < data.Treatments.Count; t++)
            CheckBinary(data.Roles.Treatments[t], "treatment", data.Treatments[t]);
        (outcome, propensity) = (outcomeLearner, propensityLearner);
    }

    /// <inheritdoc/>
    public override DmlModelKind Kind => DmlModelKind.Irm;

    /// <inheritdoc/>
    public override IReadOnlyList<string> Nuisances => ["g0", "g1", "m"];

    /// <inheritdoc/>
    public override IReadOnlyDictionary<string, string> LearnerNames => IsAtte ? NamesOf(("g0", outcome), ("m", propensity)) : NamesOf(("g0", outcome), ("g1", outcome), ("m", propensity));

    private bool IsAtte => Score.Function is null && Score.Name == IrmScore.Atte.Name;

    private protected override IReadOnlyList<int>? Strata() => Strata(Data.Treatments, Data.Rows);

    // Each combination of 0/1 columns is a stratum.
    internal static int[] Strata(IEnumerable<double[]> columns, int rows)
    {
        var lists = columns.ToArray();
        return [.. Enumerable.Range(0, rows).Select(row => lists.Aggregate(0, (code, values) => 2 * code + (int)values[row]))];
    }

    private protected override void CheckFolds(IReadOnlyList<Fold> folds, int repetition, int treatment) =>
        CheckBothValues(folds, repetition, Data.Treatments[treatment], Data.Roles.Treatments[treatment], testToo: Data.Clusters.Count == 0 || IsAtte);

    private protected override void Learn(CrossPredictor cross)
    {
        var (y, d) = (Data.Outcome, Data.Treatments[cross.Treatment]);
        cross.Predict("m", propensity, cross.Features("m"), d);
        cross.Predict("g0", outcome, cross.Features("g0"), y, row => d[row] == 0, "treatment 0");
        if (!IsAtte)
            cross.Predict("g1", outcome, cross.Features("g1"), y, row => d[row] == 1, "treatment 1");
    }
}
