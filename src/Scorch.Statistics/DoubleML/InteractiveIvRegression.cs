using Scorch.Tabular;

namespace Scorch.Statistics.DoubleML;

/// <summary>Interactive IV regression: the local average effect of a treatment of 0 or 1 on those whom an instrument of 0 or 1 moves.</summary>
public sealed class InteractiveIvRegression : DmlModel
{
    private readonly ILearner? outcome;
    private readonly IProbabilisticClassifier? propensity;
    private readonly IProbabilisticClassifier? take;

    /// <summary>Names the data and the learners.</summary>
    /// <param name="data">Outcome, treatments of 0 or 1, controls and one instrument of 0 or 1.</param>
    /// <param name="outcomeLearner">Learns <c>g_z(X) = E[Y | X, Z = z]</c> on training rows with that z; a classifier where Y is 0 or 1.</param>
    /// <param name="instrumentLearner">Learns <c>m(X) = P(Z = 1 | X)</c>.</param>
    /// <param name="treatmentLearner">Learns <c>r_z(X) = P(D = 1 | X, Z = z)</c> on training rows with that z.</param>
    /// <param name="config">The settings.</param>
    /// <param name="hasAlwaysTakers">Whether some are treated without the instrument; if not, <c>r0 = 0</c>.</param>
    /// <param name="hasNeverTakers">Whether some are not treated despite the instrument; if not, <c>r1 = 1</c>.</param>
    /// <exception cref="ArgumentException">A treatment or the instrument is not 0 or 1, there is not exactly one instrument, or the score is another model's.</exception>
    public InteractiveIvRegression(
        CausalData data, ILearner? outcomeLearner, IProbabilisticClassifier? instrumentLearner, IProbabilisticClassifier? treatmentLearner,
        DmlConfig? config = null, bool hasAlwaysTakers = true, bool hasNeverTakers = true)
        : base(data, config, IivmScore.Late, IivmScore.Late)
    {
        if (data.Instruments.Count != 1)
            throw new ArgumentException($"An interactive IV regression needs exactly one instrument of 0 or 1; the data has {data.Instruments.Count}.", nameof(data));
        CheckBinary(data.Roles.Instruments[0], "instrument", data.Instruments[0]);
        for (var t = 0; t < data.Treatments.Count; t++)
            CheckBinary(data.Roles.Treatments[t], "treatment", data.Treatments[t]);
        (outcome, propensity, take, HasAlwaysTakers, HasNeverTakers) = (outcomeLearner, instrumentLearner, treatmentLearner, hasAlwaysTakers, hasNeverTakers);
    }

    /// <summary>Whether some are treated without the instrument.</summary>
    public bool HasAlwaysTakers { get; }

    /// <summary>Whether some are not treated despite the instrument.</summary>
    public bool HasNeverTakers { get; }

    /// <inheritdoc/>
    public override DmlModelKind Kind => DmlModelKind.Iivm;

    /// <inheritdoc/>
    public override IReadOnlyList<string> Nuisances => ["g0", "g1", "m", "r0", "r1"];

    /// <inheritdoc/>
    public override IReadOnlyDictionary<string, string> LearnerNames => NamesOf(
    [
        ("g0", outcome), ("g1", outcome), ("m", propensity),
        .. HasAlwaysTakers ? [("r0", take)] : Array.Empty<(string, ILearner?)>(),
        .. HasNeverTakers ? [("r1", take)] : Array.Empty<(string, ILearner?)>(),
    ]);

    private protected override IReadOnlyList<int>? Strata() => InteractiveRegression.Strata([Data.Instruments[0], .. Data.Treatments], Data.Rows);

    private protected override void CheckFolds(IReadOnlyList<Fold> folds, int repetition, int treatment) =>
        CheckBothValues(folds, repetition, Data.Instruments[0], Data.Roles.Instruments[0], testToo: Data.Clusters.Count == 0);

    private protected override void Learn(CrossPredictor cross)
    {
        var (y, d, z) = (Data.Outcome, Data.Treatments[cross.Treatment], Data.Instruments[0]);
        cross.Predict("m", propensity, cross.Features("m"), z);
        cross.Predict("g0", outcome, cross.Features("g0"), y, row => z[row] == 0, "instrument 0");
        cross.Predict("g1", outcome, cross.Features("g1"), y, row => z[row] == 1, "instrument 1");
        if (HasAlwaysTakers)
            cross.Predict("r0", take, cross.Features("r0"), d, row => z[row] == 0, "instrument 0");
        else
            cross.Set("r0", new double[y.Length]);
        if (HasNeverTakers)
            cross.Predict("r1", take, cross.Features("r1"), d, row => z[row] == 1, "instrument 1");
        else
            cross.Set("r1", [.. Enumerable.Repeat(1.0, y.Length)]);
    }
}
