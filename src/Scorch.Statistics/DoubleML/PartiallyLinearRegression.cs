using Scorch.Tabular;

namespace Scorch.Statistics.DoubleML;

/// <summary>Partially linear regression: <c>Y = D theta + g(X) + e, D = m(X) + v</c>.</summary>
public sealed class PartiallyLinearRegression : DmlModel
{
    private readonly ILearner? outcome;
    private readonly ILearner? treatment;
    private readonly ILearner? partialOutcome;

    /// <summary>Names the data and the learners.</summary>
    /// <param name="data">Outcome, treatments and controls.</param>
    /// <param name="outcomeLearner">Learns <c>l(X) = E[Y | X]</c>; null when all its predictions come from outside.</param>
    /// <param name="treatmentLearner">Learns <c>m(X) = E[D | X]</c>; a classifier where D is 0 or 1; null when all its predictions come from outside.</param>
    /// <param name="config">The settings.</param>
    /// <param name="partialOutcomeLearner">Learns <c>g(X)</c> on <c>Y - theta0 D</c> for the IV-type (or a custom) score; null for the outcome's learner.</param>
    /// <exception cref="ArgumentException">The data has instruments, or the score is another model's.</exception>
    public PartiallyLinearRegression(CausalData data, ILearner? outcomeLearner, ILearner? treatmentLearner, DmlConfig? config = null, ILearner? partialOutcomeLearner = null)
        : base(data, config, PlrScore.PartiallingOut, PlrScore.PartiallingOut, PlrScore.IvType)
    {
        if (data.Instruments.Count > 0)
            throw new ArgumentException($"The data has instruments ({string.Join(", ", data.Roles.Instruments)}), which a partially linear regression does not use; use PartiallyLinearIvRegression.", nameof(data));
        (outcome, treatment) = (outcomeLearner, treatmentLearner);
        if (Score.Name == PlrScore.IvType.Name)
            partialOutcome = partialOutcomeLearner ?? outcomeLearner;
        else if (Score.Function is not null)
            partialOutcome = partialOutcomeLearner;
    }

    /// <inheritdoc/>
    public override DmlModelKind Kind => DmlModelKind.Plr;

    /// <inheritdoc/>
    public override IReadOnlyList<string> Nuisances => ["l", "m", "g"];

    /// <inheritdoc/>
    public override IReadOnlyDictionary<string, string> LearnerNames =>
        Score.Name == PlrScore.IvType.Name || partialOutcome is not null ? NamesOf(("l", outcome), ("m", treatment), ("g", partialOutcome)) : NamesOf(("l", outcome), ("m", treatment));

    private protected override void Learn(CrossPredictor cross)
    {
        var (y, d) = (Data.Outcome, Data.Treatments[cross.Treatment]);
        var m = cross.Predict("m", treatment, cross.Features("m"), d);
        var wantsG = Score.Name == PlrScore.IvType.Name || partialOutcome is not null;
        // With outside predictions of g, the IV-type score needs neither l nor the preliminary estimate.
        if (wantsG && cross.Given("g") is not null && Score.Function is null)
            return;
        var l = cross.Predict("l", outcome, cross.Features("l"), y);
        if (!wantsG)
        {
            cross.Given("g");
            return;
        }
        var theta = PreliminaryTheta([.. d.Select((value, i) => -(value - m[i]) * (value - m[i]))], [.. d.Select((value, i) => (value - m[i]) * (y[i] - l[i]))]);
        cross.Predict("g", partialOutcome, cross.Features("g"), [.. y.Select((value, i) => value - theta * d[i])]);
    }
}
