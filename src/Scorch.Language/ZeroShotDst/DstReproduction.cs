using Scorch.Reproductions;

namespace Scorch.Language.ZeroShotDst;

/// <summary>Zero-shot dialog state tracking by generative question answering (arXiv 2101.08333): questions against slot numbers and a TRADE-style generator on services never seen.</summary>
public sealed class DstReproduction : Reproduction
{
    // More than none: a tenth of a point.
    private const double Least = 0.1;

    /// <inheritdoc/>
    public override string PaperSlug => "zero-shot-dst";

    /// <inheritdoc/>
    public override IReadOnlyList<Claim> Claims { get; } =
    [
        Middle("C1a", "On services never seen, a question in words finds more values than a slot's number.", "active-slot F1, question model minus slot-ID model", Least),
        Middle("C1b", "On services never seen, a question in words finds more values than a TRADE-style generator.", "active-slot F1, question model minus TRADE-style", Least),
        Middle("C1c", "On services never seen, the question model's states are right at least as often as empty ones.", "joint goal accuracy, question model minus always none", 0),
        Middle("C2", "Slots never seen can be asked for in words never used in training.", "active-slot F1, asked in new words minus asked the next slot's question in new words", Least),
        new()
        {
            Id = "C3",
            Statement = "The question model improves zero-shot joint goal accuracy on unseen MultiWOZ 2.1 domains by up to 9 points over what was best before.",
            Metric = "joint goal accuracy, question model minus TRADE-style, the held-out domain with the greatest difference",
            Unit = "%",
            Comparison = Comparison.Value,
            Threshold = Threshold.AtLeast(9),
            PaperFigure = 9,
            PaperFigureSource = "abstract (over the best of earlier systems)",
            MinimumScale = Scale.Paper,
        },
    ];

    /// <inheritdoc/>
    public override IReadOnlyList<PaperCommand> Commands => DstCommands.All;

    /// <inheritdoc/>
    public override IReadOnlyList<string> DataSets(Scale scale) => scale switch
    {
        Scale.Laptop => [DstExperiments.SgdName, DstExperiments.WozName],
        Scale.Paper => [DstFullScale.DataName],
        _ => [],
    };

    /// <inheritdoc/>
    public override IReadOnlyList<Setting> Settings(Scale scale)
    {
        if (scale == Scale.Paper) return DstFullScale.Settings;
        var small = scale == Scale.Smoke;
        return
        [
            Setting.Text("services", string.Join(',', small ? SyntheticDialogs.HeldOut : ["Restaurants_2", "Hotels_4", "RentalCars_3"]), "Three services that are held out, separated by commas."),
            Setting.Choice("part", "test", "SGD's part with the held-out services; sizes and rates were chosen on services of the validation part.", "test", "validation"),
            Setting.Integer("train-files", 12, "Files of SGD's training part that are read.", 1, 127),
            Setting.Integer("vocabulary", small ? 400 : 2048, "Tokens of the vocabulary, learnt from the training dialogs.", 300, 1_000_000),
            Setting.Integer("dim", small ? 16 : 64, "Features of the hidden states.", 4, 4096),
            Setting.Integer("layers", small ? 1 : 2, "Blocks.", 1, 100),
            Setting.Integer("heads", 2, "Attention heads.", 1, 100),
            Setting.Integer("history", small ? 64 : 256, "Tokens of the dialog that are seen.", 16, 4096),
            Setting.Flag("copy-head", true, "Mix in copying from the input, which the paper does not have."),
            Setting.Integer("warm-up-steps", small ? 2 : 250, "Steps of language modelling on the training dialogs, shared by question and slot-ID model; the TRADE-style model takes as many more on questions.", 0, 10_000_000),
            Setting.Integer("steps", small ? 3 : 300, "Steps on questions, the same for all models.", 1, 10_000_000),
            Setting.Integer("in-domain-steps", small ? 2 : 40, "Further steps of the question model on dialogs about the held-out services: the upper bound.", 1, 10_000_000),
            Setting.Integer("dialogs", small ? 3 : 4, "Dialogs of a step.", 1, 4096),
            Setting.Integer("questions", small ? 4 : 12, "Questions of a dialog in a step.", 1, 4096),
            Setting.Number("none-ratio", 0.5, "Training questions without a value for each with one.", 0, 1000),
            Setting.Number("learning-rate", 5e-3, "The greatest learning rate of the question model.", 1e-8, 1),
            Setting.Number("slot-id-learning-rate", 2.5e-3, "The greatest learning rate of the slot-ID model.", 1e-8, 1),
            Setting.Number("trade-learning-rate", 5e-3, "The greatest learning rate of the TRADE-style model.", 1e-8, 1),
            Setting.Integer("test-dialogs", small ? 1 : 12, "Test dialogs about each service; as many more serve the upper bound.", 1, 10_000),
        ];
    }

    /// <inheritdoc/>
    public override Task RunAsync(RunContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        return Task.Run(
            () =>
            {
                if (context.Scale == Scale.Paper) DstFullScale.Run(context);
                else new DstExperiments(context).Run();
            },
            context.CancellationToken);
    }

    /// <inheritdoc/>
    public override Task<string> DryRunAsync(RunContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        return Task.Run(() => context.Scale == Scale.Paper ? DstFullScale.OneStep(context) : new DstExperiments(context).OneStep(), context.CancellationToken);
    }

    /// <summary>True of at least two of three services exactly where the middle difference clears the threshold.</summary>
    private static Claim Middle(string id, string statement, string metric, double least) => new()
    {
        Id = id,
        Statement = statement,
        Metric = metric + ", the middle one of three held-out services",
        Unit = "%",
        Comparison = Comparison.Value,
        Threshold = Threshold.AtLeast(least),
        MinimumScale = Scale.Laptop,
    };
}
