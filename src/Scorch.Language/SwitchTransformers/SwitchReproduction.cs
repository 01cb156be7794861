using Scorch.Reproductions;

namespace Scorch.Language.SwitchTransformers;

/// <summary>Switch Transformers (arXiv 2101.03961): one expert a token, against dense models of equal operations and a mixture of two experts.</summary>
public sealed class SwitchReproduction : Reproduction
{
    /// <inheritdoc/>
    public override string PaperSlug => "switch-transformers";

    /// <inheritdoc/>
    public override IReadOnlyList<Claim> Claims { get; } =
    [
        new()
        {
            Id = "C1a",
            Statement = "With one of 16 experts a token a model of equal operations learns better than a dense one.",
            Metric = "held-out loss after equal steps, dense minus switch-16, in pooled standard deviations of the two over seeds",
            Comparison = Comparison.Value,
            Threshold = Threshold.AtLeast(1),
            MinimumScale = Scale.Laptop,
        },
        new()
        {
            Id = "C1b",
            Statement = "It reaches the dense model's final quality sooner.",
            Metric = "the dense model's steps over the steps of switch-16 to its final held-out loss; 1 where it is never reached",
            Comparison = Comparison.Value,
            Threshold = Threshold.AtLeast(1.3),
            MinimumScale = Scale.Laptop,
        },
        Beyond("C2", "It trains 4 times as fast as T5-XXL at a trillion parameters.", "time to the quality of T5-XXL over the switch model's", 4),
        Beyond("C3", "It gains over mT5-Base on all of 101 languages.", "share of languages with a lower loss", 1),
        new()
        {
            Id = "C4a",
            Statement = "In bfloat16 a router in float32 trains at least as well as one in bfloat16.",
            Metric = "held-out loss of switch-16 after equal steps in bfloat16, router in float32 minus router in bfloat16",
            Unit = "nats",
            Comparison = Comparison.Difference,
            Threshold = Threshold.AtMost(0),
            MinimumScale = Scale.Laptop,
        },
        new()
        {
            Id = "C4b",
            Statement = "bfloat16 with a router in float32 is as good as float32 throughout.",
            Metric = "held-out loss of switch-16 after equal steps, selective bfloat16 minus float32",
            Unit = "nats",
            Comparison = Comparison.Difference,
            Threshold = Threshold.AtMost(0.05),
            MinimumScale = Scale.Laptop,
        },
        Ordered("C5a", "More experts are no worse: 16 against 4.", "switch-16 minus switch-4"),
        Ordered("C5b", "More experts are no worse: 4 against 1.", "switch-4 minus dense"),
        Ordered("C6", "One expert a token at capacity 1.25 is no worse than two of 16 at capacity 2.", "switch-16 minus top-2 of 16"),
        new()
        {
            Id = "C7",
            Statement = "A dense student of the sparse model keeps a part of what experts gained.",
            Metric = "held-out loss after equal steps of their own, distilled student minus dense",
            Unit = "nats",
            Comparison = Comparison.Difference,
            Threshold = Threshold.AtMost(0),
            MinimumScale = Scale.Laptop,
        },
        new()
        {
            Id = "C8",
            Statement = "Without the balance loss the load collapses onto fewer experts.",
            Metric = "entropy of the load of switch-16 on held-out text, alpha = 0.01 minus alpha = 0",
            Unit = "nats",
            Comparison = Comparison.Difference,
            // More than none: a thousandth of a nat would be no difference.
            Threshold = Threshold.AtLeast(1e-3),
            MinimumScale = Scale.Laptop,
        },
    ];

    /// <inheritdoc/>
    public override IReadOnlyList<PaperCommand> Commands => SwitchCommands.All;

    /// <inheritdoc/>
    public override IReadOnlyList<string> DataSets(Scale scale) => scale == Scale.Laptop ? [SwitchData.WikiText] : [];

    /// <inheritdoc/>
    public override IReadOnlyList<Setting> Settings(Scale scale)
    {
        if (scale == Scale.Paper) return SwitchBase.Settings;
        var small = scale == Scale.Smoke;
        return
        [
            Setting.Text("text", "", "Plain text files to train on, separated by commas; by default WikiText-2 (laptop)."),
            Setting.Integer("vocabulary", small ? 200 : 4096, "Words that are kept.", 3, 1_000_000),
            Setting.Integer("context", small ? 16 : 64, "Tokens that a prediction may look back on.", 1, 4096),
            Setting.Integer("batch", 8, "Windows of a step.", 1, 4096),
            Setting.Integer("steps", small ? 6 : 400, "Steps of every model.", 2, 10_000_000),
            Setting.Integer("bfloat16-steps", small ? 3 : 150, "Steps of the bfloat16 models, at most the others'.", 1, 10_000_000),
            Setting.Integer("distillation-steps", small ? 3 : 200, "Steps of the dense student.", 1, 10_000_000),
            Setting.Integer("warm-up", small ? 3 : 100, "Steps in which the rate grows.", 1, 1_000_000),
            Setting.Integer("evaluate-every", small ? 3 : 50, "Steps between two evaluations.", 1, 1_000_000),
            Setting.Integer("validation-windows", small ? 16 : 128, "Held-out windows that are evaluated.", 1, 1_000_000),
            Setting.Number("learning-rate", 3e-3, "Adam's, the same for every model.", 1e-9, 10),
            Setting.Integer("model-dim", small ? 16 : 64, "Features of the hidden states.", 1, 65_536),
            Setting.Integer("ff-dim", small ? 32 : 256, "Features between the maps of an expert.", 1, 65_536),
            Setting.Integer("layers", 2, "Blocks; every second has a switch layer.", 2, 1000),
            Setting.Integer("heads", small ? 2 : 4, "Attention heads.", 1, 1000),
            Setting.Number("capacity-factor", 1.25, "Of the switch layers, in training.", 1e-6, 1e6),
            Setting.Number("init-scale", 0.1, "s: experts and routers start with variance s / inputs.", 1e-9, 100),
        ];
    }

    /// <inheritdoc/>
    public override Task RunAsync(RunContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        return Task.Run(() => context.Scale == Scale.Paper ? SwitchBase.Run(context) : SwitchExperiments.RunAsync(context), context.CancellationToken);
    }

    /// <inheritdoc/>
    public override Task<string> DryRunAsync(RunContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        return Task.Run(() => context.Scale == Scale.Paper ? SwitchBase.OneStep(context) : SwitchExperiments.OneStep(context), context.CancellationToken);
    }

    private static Claim Ordered(string id, string statement, string pair) => new()
    {
        Id = id,
        Statement = statement,
        Metric = $"held-out loss after equal steps, {pair}, in pooled standard deviations of the two over seeds",
        Comparison = Comparison.Value,
        // Within noise: one standard deviation.
        Threshold = Threshold.AtMost(1),
        MinimumScale = Scale.Laptop,
    };

    private static Claim Beyond(string id, string statement, string metric, double least) => new()
    {
        Id = id,
        Statement = statement,
        Metric = metric,
        Comparison = Comparison.Value,
        Threshold = Threshold.AtLeast(least),
        PaperFigure = id == "C2" ? least : null,
        PaperFigureSource = id == "C2" ? "abstract" : null,
        MinimumScale = Scale.Paper,
    };
}
