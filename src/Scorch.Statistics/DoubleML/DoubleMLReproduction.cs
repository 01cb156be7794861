using Scorch.Reproductions;

namespace Scorch.Statistics.DoubleML;

/// <summary>DoubleML (arXiv 2103.09603): orthogonal scores with cross-fitting against the naive and the unsplit estimator, 401(k) and the re-employment bonus.</summary>
public sealed class DoubleMLReproduction : Reproduction
{
    /// <inheritdoc/>
    public override string PaperSlug => "doubleml";

    /// <inheritdoc/>
    public override IReadOnlyList<Claim> Claims { get; } =
    [
        new()
        {
            Id = "C1",
            Statement = "With linear learners and no splitting, the partially linear regression is ordinary least squares (Frisch-Waugh-Lovell).",
            Metric = "absolute difference of the two coefficients on simulated data",
            Comparison = Comparison.Value,
            Threshold = Threshold.AtMost(1e-9),
        },
        new()
        {
            Id = "C2a",
            Statement = "The orthogonal, cross-fitted estimator is centred where the non-orthogonal plug-in estimator is biased (PLR design, theta = 0.5).",
            Metric = "absolute bias over the simulated samples, against the non-orthogonal estimator's with the same learners and splits",
            Comparison = Comparison.Ratio,
            Threshold = Threshold.AtMost(1.0 / 3),
            MinimumScale = Scale.Laptop,
        },
        new()
        {
            Id = "C2b",
            Statement = "The orthogonal, cross-fitted estimator is less biased than the one without sample splitting.",
            Metric = "absolute bias over the simulated samples, against the orthogonal estimator fitted and evaluated on all rows",
            Comparison = Comparison.Ratio,
            Threshold = Threshold.AtMost(1),
            MinimumScale = Scale.Laptop,
        },
        new()
        {
            Id = "C2c",
            Statement = "The orthogonal, cross-fitted estimator's 95% interval covers the truth at about its nominal rate.",
            Metric = "coverage over the simulated samples (baseline: the non-orthogonal estimator's)",
            Comparison = Comparison.Value,
            Threshold = Threshold.AtLeast(0.90),
            MinimumScale = Scale.Laptop,
        },
        Effect("C3a", "lasso on polynomials of degree 2"),
        Effect("C3b", "random forests"),
        Effect("C3c", "boosted trees"),
        new()
        {
            Id = "C3d",
            Statement = "401(k): the smallest standard error of the three average effects is not implausibly small.",
            Metric = "smallest standard error, US dollars",
            Unit = "USD",
            Comparison = Comparison.Value,
            Threshold = Threshold.AtLeast(900),
            MinimumScale = Scale.Laptop,
        },
        new()
        {
            Id = "C3e",
            Statement = "401(k): the largest standard error of the three average effects is at most about that of least squares.",
            Metric = "largest standard error, US dollars (baseline: least squares, HC0)",
            Unit = "USD",
            Comparison = Comparison.Value,
            Threshold = Threshold.AtMost(1800),
            MinimumScale = Scale.Laptop,
        },
        new()
        {
            Id = "C3f",
            Statement = "401(k): the local effect of participation on compliers is above the average effect of eligibility.",
            Metric = "IIVM LATE minus IRM ATE, both with forests, US dollars",
            Unit = "USD",
            Comparison = Comparison.Difference,
            Threshold = Threshold.AtLeast(0),
            MinimumScale = Scale.Laptop,
        },
        new()
        {
            Id = "C3g",
            Statement = "Pennsylvania: the re-employment bonus shortens unemployment.",
            Metric = "PLR effect on log duration with forests (baseline: least squares)",
            Comparison = Comparison.Value,
            Threshold = Threshold.Within(-0.12, -0.03),
            MinimumScale = Scale.Laptop,
        },
    ];

    /// <inheritdoc/>
    public override IReadOnlyList<PaperCommand> Commands => DoubleMLCommands.All;

    /// <inheritdoc/>
    public override IReadOnlyList<Setting> Settings(Scale scale) =>
    [
        Setting.Flag("simulation", true, "Whether the simulation (claims C2a to C2c) is run."),
        Setting.Integer("samples", scale switch { Scale.Smoke => 6, Scale.Laptop => 40, _ => 1000 }, "Simulated samples a seed.", 2, 100_000),
        Setting.Integer("observations", scale == Scale.Smoke ? 200 : 500, "Observations of a simulated sample.", 20, 1_000_000),
        Setting.Integer("controls", scale == Scale.Smoke ? 8 : 20, "Controls of a simulated sample.", 3, 1_000),
        Setting.Integer("simulation-trees", scale switch { Scale.Smoke => 25, Scale.Laptop => 100, _ => 500 }, "Trees of a forest in the simulation.", 1, 100_000),
        Setting.Integer("trees", scale == Scale.Paper ? 500 : 100, "Trees of a forest, and of a boosted ensemble, on the real data.", 1, 100_000),
        Setting.Integer("folds", 5, "Folds of the cross-fitting.", 2, 1_000),
        Setting.Integer("repetitions", scale == Scale.Paper ? 100 : 1, "Repeated splits of the real data (medians).", 1, 10_000),
        Setting.Number("trim", 0.01, "Propensities are clipped to [trim, 1 - trim].", 0, 0.49),
    ];

    /// <inheritdoc/>
    public override int DefaultSeedCount(Scale scale) => scale == Scale.Laptop ? 5 : 3;

    /// <inheritdoc/>
    public override Task RunAsync(RunContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        DoubleMLExperiments.MeasureIdentity(context);
        if (context.Settings.Flag("simulation"))
            DoubleMLExperiments.MeasureSimulation(context);
        else
            foreach (var claim in new[] { "C2a", "C2b", "C2c" })
                context.MarkNotMeasurable(claim, "the simulation was switched off (--set simulation=false)");
        if (context.Scale != Scale.Smoke)
            DoubleMLExperiments.MeasureRealData(context);
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public override Task<string> DryRunAsync(RunContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        return Task.FromResult(DoubleMLExperiments.OneStep(context));
    }

    private static Claim Effect(string id, string learner) => new()
    {
        Id = id,
        Statement = $"401(k) eligibility raises net financial assets by far less than the raw difference; the average effect with {learner}.",
        Metric = "IRM average treatment effect, US dollars (baseline: raw difference of means)",
        Unit = "USD",
        Comparison = Comparison.Value,
        Threshold = Threshold.Within(6_000, 11_000),
        MinimumScale = Scale.Laptop,
    };
}
