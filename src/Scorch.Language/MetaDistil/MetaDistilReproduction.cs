using Scorch.Reproductions;

namespace Scorch.Language.MetaDistil;

/// <summary>Meta Learning for Knowledge Distillation (arXiv 2106.04570): a teacher that learns to teach, against plain distillation and against the usual order of updates.</summary>
public sealed class MetaDistilReproduction : Reproduction
{
    // More than none: a thousandth of a point would be no lead.
    private const double SomeLead = 1e-3;
    private const double NotWorse = -0.3;
    private const string Best = "on the better of the two data sets";
    private const string Other = "on the other data set";
    private const string Chosen = "digits, the best of 24 settings each on validation data";

    /// <inheritdoc/>
    public override string PaperSlug => "metadistil";

    /// <inheritdoc/>
    public override IReadOnlyList<Claim> Claims { get; } =
    [
        Lead("C1a", "A teacher that learns from the student's quiz results distils better than a fixed teacher.", $"MetaDistil minus distillation, {Best}", SomeLead),
        Lead("C1b", "Elsewhere it is not worse than a fixed teacher.", $"MetaDistil minus distillation, {Other}", NotWorse),
        Lead("C1c", "It is better than a fixed teacher also where that may train on the quiz data.", $"MetaDistil minus distillation on training and quiz data, {Best}", SomeLead),
        Lead("C1d", "With settings chosen on validation data, as many for each way, it is better than a fixed teacher.", $"MetaDistil minus distillation, {Chosen}", SomeLead),
        Lead("C2a", "The pilot update is better than keeping the trial student.", $"MetaDistil minus the same without pilot update, {Best}", SomeLead),
        Lead("C2b", "Elsewhere the pilot update is not worse.", $"MetaDistil minus the same without pilot update, {Other}", NotWorse),
        Lead("C2c", "The pilot update is better than the usual order with the student's own optimiser: first the student's step, then the teacher's.", $"MetaDistil minus the usual order, {Best}", SomeLead),
        Lead("C2d", "With settings chosen on validation data, as many for each way, the pilot update is better than keeping the trial student.", $"MetaDistil minus the same without pilot update, {Chosen}", SomeLead),
        new()
        {
            Id = "C3",
            Statement = "It is less sensitive to the student's capacity and to hyper-parameters than distillation.",
            Metric = "standard deviation of the test accuracy over weights, temperatures, widths and pilot rates (digits), MetaDistil minus distillation",
            Unit = "percentage points",
            Comparison = Comparison.Difference,
            Threshold = Threshold.AtMost(0),
            MinimumScale = Scale.Laptop,
        },
    ];

    /// <inheritdoc/>
    public override IReadOnlyList<PaperCommand> Commands => MetaDistilCommands.All;

    /// <inheritdoc/>
    public override int DefaultSeedCount(Scale scale) => scale == Scale.Laptop ? 5 : 3;

    /// <inheritdoc/>
    public override IReadOnlyList<string> DataSets(Scale scale) => scale switch
    {
        Scale.Smoke => [],
        Scale.Laptop => [DigitsData.Name, DistillTask.Sentences],
        _ => [FullCifar.Name],
    };

    /// <inheritdoc/>
    public override IReadOnlyList<Setting> Settings(Scale scale)
    {
        if (scale == Scale.Paper) return FullScale.Settings;
        var isSmoke = scale == Scale.Smoke;
        return
        [
            Setting.Flag("trec", !isSmoke, "Also compare on TREC's questions."),
            Setting.Flag("sweep", true, "Train over weights, temperatures, widths and pilot rates for C3 (digits)."),
            Setting.Flag("sensitivity", !isSmoke, "Also vary the teacher's rate and how long it is frozen (digits)."),
            Setting.Flag("tuned", !isSmoke, "Also compare with settings chosen on validation data (digits)."),
            Setting.Integer("epochs", isSmoke ? 2 : 30, "Epochs of every student.", 1, 10_000),
            Setting.Integer("teacher-epochs", isSmoke ? 3 : 30, "Epochs of the digits' teacher before.", 1, 10_000),
            Setting.Integer("trec-teacher-epochs", 5, "Epochs of TREC's teacher before.", 1, 10_000),
            Setting.Integer("digits-labelled", isSmoke ? 64 : 300, "Digits with labels for the student.", 1, 10_000),
            Setting.Integer("trec-labelled", 300, "Questions with labels for the student.", 1, 10_000),
            Setting.Integer("trec-length", 12, "Words of a question that are read.", 1, 512),
            Setting.Number("temperature", 4, "Temperature of distillation.", 1e-3, 1000),
            Setting.Number("weight", 0.9, "Weight of the teacher in the student's loss.", 1e-6, 1),
            Setting.Number("pilot-rate", 0.05, "Step size of the pilot.", 1e-9, 1000),
            Setting.Number("teacher-rate", 1e-3, "The teacher's learning rate.", 0, 10),
            Setting.Number("warmup", 0.5, "Share of the epochs in which the teacher is frozen.", 0, 1),
        ];
    }

    /// <inheritdoc/>
    public override Task RunAsync(RunContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        return Task.Run(
            () =>
            {
                if (context.Scale == Scale.Paper) FullScale.Run(context);
                else MetaDistilExperiments.Run(context);
            },
            context.CancellationToken);
    }

    /// <inheritdoc/>
    public override Task<string> DryRunAsync(RunContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        return Task.Run(() => context.Scale == Scale.Paper ? FullScale.OneStep(context) : MetaDistilExperiments.OneStep(context), context.CancellationToken);
    }

    private static Claim Lead(string id, string statement, string metric, double threshold) => new()
    {
        Id = id,
        Statement = statement,
        Metric = $"test accuracy, {metric}",
        Unit = "percentage points",
        Comparison = Comparison.Difference,
        Threshold = Threshold.AtLeast(threshold),
        MinimumScale = Scale.Laptop,
    };
}
