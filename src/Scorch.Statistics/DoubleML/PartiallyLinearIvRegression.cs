using Scorch.Tabular;

namespace Scorch.Statistics.DoubleML;

/// <summary>Partially linear IV regression: <c>Y = D theta + g(X) + e, Z = m(X) + v, E[e | Z, X] = 0</c>, with one or several instruments.</summary>
public sealed class PartiallyLinearIvRegression : DmlModel
{
    private readonly ILearner? outcome;
    private readonly ILearner? instrument;
    private readonly ILearner? treatment;
    private readonly ILearner? partialOutcome;

    /// <summary>Names the data and the learners.</summary>
    /// <param name="data">Outcome, treatments, controls and instruments.</param>
    /// <param name="outcomeLearner">Learns <c>l(X) = E[Y | X]</c>; unused when only instruments are partialled out.</param>
    /// <param name="instrumentLearner">Learns <c>m</c>: <c>E[Z | X]</c> for each instrument, or <c>E[D | X, Z]</c> when both are partialled out.</param>
    /// <param name="treatmentLearner">Learns <c>r</c>: <c>E[D | X]</c>; <c>E[m | X]</c> when both are partialled out; <c>E[D | X, Z]</c> when only instruments are.</param>
    /// <param name="config">The settings.</param>
    /// <param name="partialOutcomeLearner">Learns <c>g(X)</c> on <c>Y - theta0 D</c> for the IV-type (or a custom) score; null for the outcome's learner.</param>
    /// <param name="partialling">What is removed by learning.</param>
    /// <exception cref="ArgumentException">The data has no instrument, or the score does not suit the instruments or the partialling.</exception>
    public PartiallyLinearIvRegression(
        CausalData data, ILearner? outcomeLearner, ILearner? instrumentLearner, ILearner? treatmentLearner,
        DmlConfig? config = null, ILearner? partialOutcomeLearner = null, Partialling partialling = Partialling.Controls)
        : base(data, config, PlivScore.PartiallingOut, PlivScore.PartiallingOut, PlivScore.IvType)
    {
        if (data.Instruments.Count == 0)
            throw new ArgumentException("A partially linear IV regression needs at least one instrument; name it in CausalData.FromTable(instruments: ...).", nameof(data));
        var isPartiallingOut = Score.Name == PlivScore.PartiallingOut.Name && Score.Function is null;
        if (!isPartiallingOut && (data.Instruments.Count > 1 || partialling != Partialling.Controls))
            throw new ArgumentException($"The score '{Score}' is offered for one instrument with the controls partialled out; with several instruments, or other partialling, use PlivScore.PartiallingOut.", nameof(config));
        if (data.Instruments.Count > 1 && partialling == Partialling.Controls && Config is { CrossFit: false } or { Splits.IsCrossFit: false })
            throw new ArgumentException("Several instruments need cross-fitting: their projection uses all rows.", nameof(config));
        (outcome, instrument, treatment) = (outcomeLearner, instrumentLearner, treatmentLearner);
        Partialled = partialling;
        if (!isPartiallingOut)
            partialOutcome = partialOutcomeLearner ?? (Score.Function is null ? outcomeLearner : null);
    }

    /// <inheritdoc/>
    public override DmlModelKind Kind => DmlModelKind.Pliv;

    /// <inheritdoc/>
    public override IReadOnlyList<string> Nuisances => Partialled switch
    {
        Partialling.Instruments => ["r"],
        Partialling.Both => ["l", "m", "r"],
        _ => ["l", .. InstrumentNuisances, "r", "g"],
    };

    /// <inheritdoc/>
    public override IReadOnlyDictionary<string, string> LearnerNames => Partialled switch
    {
        Partialling.Instruments => NamesOf(("r", treatment)),
        _ when partialOutcome is not null => NamesOf(("l", outcome), ("m", instrument), ("r", treatment), ("g", partialOutcome)),
        _ => NamesOf(("l", outcome), ("m", instrument), ("r", treatment)),
    };

    private protected override Partialling Partialled { get; }

    private IEnumerable<string> InstrumentNuisances =>
        Data.Instruments.Count == 1 ? [ScoreFormulas.Propensity] : Data.Roles.Instruments.Select(ScoreFormulas.InstrumentNuisance);

    private protected override void Learn(CrossPredictor cross)
    {
        var (y, d) = (Data.Outcome, Data.Treatments[cross.Treatment]);
        if (Partialled == Partialling.Instruments)
        {
            cross.Predict("r", treatment, cross.Features("r", withInstruments: true), d);
            return;
        }
        var l = cross.Predict("l", outcome, cross.Features("l"), y);
        if (Partialled == Partialling.Both)
        {
            cross.PredictTwice("m", instrument, cross.Features("m", withInstruments: true), "r", treatment, cross.Features("r"), d);
            return;
        }
        foreach (var (name, z) in InstrumentNuisances.Zip(Data.Instruments))
            cross.Predict(name, instrument, cross.Features(name), z);
        var r = cross.Predict("r", treatment, cross.Features("r"), d);
        if (Score.Name != PlivScore.IvType.Name && partialOutcome is null)
        {
            if (Data.Instruments.Count == 1)
                cross.Given("g");
            return;
        }
        var (m, only) = (cross.Predictions["m"], Data.Instruments[0]);
        var theta = PreliminaryTheta([.. d.Select((value, i) => -(value - r[i]) * (only[i] - m[i]))], [.. d.Select((_, i) => (only[i] - m[i]) * (y[i] - l[i]))]);
        cross.Predict("g", partialOutcome, cross.Features("g"), [.. y.Select((value, i) => value - theta * d[i])]);
    }
}
