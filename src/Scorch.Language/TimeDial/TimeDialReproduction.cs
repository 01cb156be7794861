using Scorch.Reproductions;

namespace Scorch.Language.TimeDial;

/// <summary>TimeDial (arXiv 2106.04571): temporal commonsense in dialogs; small models beside what shortcuts reach without reading the dialog.</summary>
public sealed class TimeDialReproduction : Reproduction
{
    private const double Chance = 100.0 / 6;

    // A share near 1/3 among 1,104 items has a standard error of 1.4 points; one of 1/6 itself has less, 1.1.
    private const double ThreeStandardErrors = 3 * 1.4;
    private const double Humans = 97.8;
    private const double LeastGap = 20;
    private const double MostCost = 10;
    private const double Least = 0.1;

    /// <inheritdoc/>
    public override string PaperSlug => "timedial";

    /// <inheritdoc/>
    public override IReadOnlyList<Claim> Claims { get; } =
    [
        Value("C0a", "Mask filling, trained here, is better than chance by more than three standard errors.", "2-best accuracy, mask filling, mean log-probability, whole dialog", Threshold.AtLeast(Chance + ThreeStandardErrors)),
        Value("C0b", "Classification, trained here, is better than chance by more than three standard errors.", "2-best accuracy, classification, whole dialog", Threshold.AtLeast(Chance + ThreeStandardErrors)),
        Gap("C1a", "mask filling"),
        Gap("C1b", "classification"),
        Cost("C2a", "mask filling", "the turn with the gap alone"),
        Cost("C2b", "classification", "the turn with the gap alone"),
        Cost("C2c", "mask filling", "no dialog at all"),
        Cost("C2d", "classification", "no dialog at all"),
        Rule("C2e", "mask filling", DistractorRule.Phrase),
        Rule("C2f", "mask filling", DistractorRule.Numeral),
        Rule("C2g", "classification", DistractorRule.Phrase),
        Rule("C2h", "classification", DistractorRule.Numeral),
    ];

    /// <inheritdoc/>
    public override IReadOnlyList<PaperCommand> Commands => TimeDialCommands.All;

    /// <inheritdoc/>
    public override IReadOnlyList<string> DataSets(Scale scale) => scale == Scale.Smoke ? [] : [TimeDialData.Name, TimeDialData.DialogSet];

    /// <inheritdoc/>
    public override IReadOnlyList<Setting> Settings(Scale scale)
    {
        var (vocabulary, features, layers, length, batch, masked, classified, generated) = scale switch
        {
            Scale.Smoke => (300, 16, 1, 48, 4, 3, 3, 2),
            Scale.Laptop => (6000, 96, 3, 128, 16, 120, 80, 0),
            _ => (6000, 96, 3, 512, 8, 3000, 3000, 3000),
        };
        return
        [
            Setting.Text("bert", "", "Folder of a published BERT (config.json, weights, vocab.txt) in place of models trained from nothing; needed at paper scale."),
            Setting.Text("t5", "", "Folder of a published T5 (config.json, weights, spiece.model) for generation."),
            Setting.Integer("vocabulary", vocabulary, "Tokens of the vocabulary.", 100, 1_000_000),
            Setting.Integer("features", features, "Features of hidden states.", 4, 4096),
            Setting.Integer("layers", layers, "Blocks.", 1, 48),
            Setting.Integer("length", length, "Tokens that are read at once.", 16, 4096),
            Setting.Integer("batch", batch, "Texts of a training step.", 2, 4096),
            Setting.Integer("mask-steps", masked, "Training steps of mask filling.", 1, 10_000_000),
            Setting.Integer("classifier-steps", classified, "Training steps of classification.", 1, 10_000_000),
            Setting.Integer("generation-steps", generated, "Training steps of generation; 0 leaves that family out.", 0, 10_000_000),
            Setting.Number("learning-rate", scale == Scale.Paper ? 1e-4 : 1e-3, "The greatest learning rate.", 1e-8, 1),
            Setting.Integer("draws", scale == Scale.Smoke ? 100 : 2000, "Draws of the paired bootstrap.", 100, 1_000_000),
        ];
    }

    /// <inheritdoc/>
    public override Task RunAsync(RunContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        return Task.Run(() => TimeDialExperiments.Run(context), context.CancellationToken);
    }

    /// <inheritdoc/>
    public override Task<string> DryRunAsync(RunContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        return Task.Run(() => TimeDialExperiments.OneStep(context), context.CancellationToken);
    }

    private static Claim Value(string id, string statement, string metric, Threshold threshold) => new()
    {
        Id = id,
        Statement = statement,
        Metric = metric,
        Unit = "%",
        Comparison = Comparison.Value,
        Threshold = threshold,
        MinimumScale = Scale.Laptop,
    };

    private static Claim Gap(string id, string family) =>
        Value(id, $"Models trail people (97.8, repository page) by far: {family}, trained here.", $"97.8 minus 2-best accuracy, {family}, whole dialog", Threshold.AtLeast(LeastGap)) with
        {
            PaperFigure = 23,
            PaperFigureSource = "abstract (the best model, far larger than those here)",
        };

    private static Claim Cost(string id, string family, string left) => new()
    {
        Id = id,
        Statement = $"Models hardly use the dialog: with {left}, {family} loses less than 10 points.",
        Metric = $"2-best accuracy, {family}, whole dialog minus {left}",
        Unit = "%",
        Comparison = Comparison.Difference,
        Threshold = Threshold.AtMost(MostCost),
        MinimumScale = Scale.Laptop,
    };

    private static Claim Rule(string id, string family, DistractorRule rule) => new()
    {
        Id = id,
        Statement = $"Copied cues fool models more than freely written wrong options: {rule.Label()} against {DistractorRule.Open.Label()}, {family}.",
        Metric = $"share of wrong options among the two best, {rule.Label()} minus {DistractorRule.Open.Label()}, {family}, whole dialog",
        Unit = "%",
        Comparison = Comparison.Difference,
        Threshold = Threshold.AtLeast(Least),
        MinimumScale = Scale.Laptop,
    };

    internal static double GapToHumans(double accuracy) => Humans - (100 * accuracy);
}
