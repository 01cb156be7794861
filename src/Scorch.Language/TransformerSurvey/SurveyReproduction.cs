using Scorch.Reproductions;

namespace Scorch.Language.TransformerSurvey;

/// <summary>A Survey of Transformers (arXiv 2106.04554): its taxonomy as modules, their costs counted, compared on one task.</summary>
public sealed class SurveyReproduction : Reproduction
{
    /// <inheritdoc/>
    public override string PaperSlug => "transformer-survey";

    /// <inheritdoc/>
    public override IReadOnlyList<Claim> Claims { get; } =
    [
        // The weakest reading of a grouping of papers: what it groups can be built and run.
        Value("C1", "Variants differ by module (attention, position, normalisation, feed-forward) and by architecture.", "share of the taxonomy's modules that build, run and give finite gradients", Threshold.AtLeast(1)),
        Exact("C2a", "Maps to queries, keys, values and output take 4 T D^2 multiply-adds.", "greatest relative difference of counted operations"),
        Exact("C2b", "Scores and weighted sums take 2 T^2 D.", "greatest relative difference of counted operations"),
        Exact("C2c", "A feed-forward part of width 4 D takes 8 T D^2.", "greatest relative difference of counted operations"),
        ExactRatio("C2d", "The quadratic part passes the feed-forward part at T = 4 D.", "crossing of counted operations / 4 D"),
        ExactRatio("C2e", "Attention has 4 D^2 parameters.", "weights / 4 D^2"),
        ExactRatio("C2f", "The feed-forward part has 8 D^2 parameters.", "weights / 8 D^2"),
        ExactRatio("C3a", "Self-attention connects any two positions in one layer.", "layers until the last position depends on the first / 1"),
        ExactRatio("C3b", "A band of w connects positions n apart in n / w layers.", "layers until the last position depends on the first / ceil((T - 1) / w)"),
        ExactRatio("C3c", "Dilated convolutions of width K connect T positions in log_K T layers.", "layers until the last position depends on the first / log_K T"),
        new()
        {
            Id = "C4a",
            Statement = "Sparse, linearised, prototype and low-rank attention need fewer operations than T^2, as their papers say.",
            Metric = "greatest difference over all attentions between the fitted exponent of counted operations and the declared one",
            Comparison = Comparison.Value,
            Threshold = Threshold.AtMost(0.05),
            IsExact = true,
            MinimumScale = Scale.Laptop,
        },
        new()
        {
            Id = "C4b",
            Statement = "The feed-forward part grows with T.",
            Metric = "difference between the fitted exponent of counted operations and 1",
            Comparison = Comparison.Value,
            Threshold = Threshold.AtMost(0.05),
            IsExact = true,
            MinimumScale = Scale.Laptop,
        },
        Value("C4c", "Variants of attention hold full attention as a limit.", "share of the declared limits in which outputs are those of full attention", Threshold.AtLeast(1)),
        Value("C5a", "Without positions self-attention and feed-forward parts are equivariant to permutations.", "greatest difference between permuted outputs and outputs of permuted tokens, float64", Threshold.AtMost(1e-10)),
        Value("C5b", "Any position scheme ends that.", "least of that difference over the schemes", Threshold.AtLeast(1e-6)),
        new()
        {
            Id = "C5c",
            Statement = "Post-norm has larger gradients in its last layers at the start than pre-norm.",
            Metric = "gradient norm of the last layer's feed-forward weights over the first's, post-norm / pre-norm",
            Comparison = Comparison.Ratio,
            Threshold = Threshold.AtLeast(1),
            MinimumScale = Scale.Laptop,
        },
        new()
        {
            Id = "C5d",
            Statement = "Pre-norm trains without warm-up, post-norm needs it.",
            Metric = "training loss of the last steps without warm-up, post-norm minus pre-norm",
            Comparison = Comparison.Difference,
            Unit = "nats",
            Threshold = Threshold.AtLeast(0),
            MinimumScale = Scale.Laptop,
        },
        new()
        {
            Id = "C5e",
            Statement = "A gate such as ReZero's does without normalisation.",
            Metric = "training loss of the last steps without warm-up, ReZero / pre-norm",
            Comparison = Comparison.Ratio,
            // The paper gives no figure: as well as pre-norm within a tenth.
            Threshold = Threshold.AtMost(1.1),
            MinimumScale = Scale.Laptop,
        },
    ];

    /// <inheritdoc/>
    public override IReadOnlyList<PaperCommand> Commands => SurveyCommands.All;

    /// <inheritdoc/>
    public override IReadOnlyList<string> DataSets(Scale scale) => scale == Scale.Laptop ? [SurveyData.WikiText] : [];

    /// <inheritdoc/>
    public override IReadOnlyList<Setting> Settings(Scale scale)
    {
        if (scale == Scale.Paper) return SurveyFullScale.Settings;
        var small = scale == Scale.Smoke;
        return
        [
            Setting.Text("text", "", "Plain text files instead, separated by commas; the last twentieth of their lines is held out."),
            Setting.Choice("rows", small ? "quick" : "all", "Variants that are trained: some twenty, or every module.", "quick", "all"),
            Setting.Integer("steps", small ? 2 : 50, "Training steps of a variant.", 1, 10_000_000),
            Setting.Integer("batch", small ? 2 : 4, "Parallel streams of a step.", 1, 4096),
            Setting.Integer("segment", small ? 16 : 64, "Characters of a segment.", 2, 65_536),
            Setting.Integer("held-out-batches", small ? 1 : 16, "Held-out batches.", 1, 1_000_000),
            Setting.Number("learning-rate", 3e-3, "Adam's, the same for every variant.", 1e-9, 10),
            Setting.Integer("model-dim", small ? 16 : 64, "Features of the hidden states.", 2, 65_536),
            Setting.Integer("layers", 2, "Layers.", 2, 1000),
            Setting.Integer("heads", small ? 2 : 4, "Attention heads.", 1, 1000),
            Setting.Integer("cost-length", small ? 16 : 128, "The shortest sequence whose operations are counted.", 2, 1 << 20),
            Setting.Integer("cost-doublings", small ? 1 : 4, "How often it doubles.", 1, 20),
            Setting.Integer("cost-dim", small ? 16 : 64, "Features where operations are counted.", 2, 65_536),
            Setting.Integer("cost-heads", small ? 2 : 4, "Heads there.", 1, 1000),
            Setting.Integer("depth", small ? 3 : 12, "Layers where normalisations are compared.", 1, 1000),
            Setting.Integer("depth-dim", small ? 8 : 64, "Features there.", 2, 65_536),
            Setting.Integer("depth-segment", small ? 8 : 32, "Characters of a segment there.", 2, 65_536),
            Setting.Integer("depth-steps", small ? 2 : 100, "Steps without warm-up there.", 1, 1_000_000),
            Setting.Number("depth-rate", 3e-3, "The rate there.", 1e-9, 10),
        ];
    }

    /// <inheritdoc/>
    public override Task RunAsync(RunContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        return Task.Run(
            () =>
            {
                if (context.Scale == Scale.Paper) SurveyFullScale.Run(context);
                else SurveyExperiments.Run(context);
            },
            context.CancellationToken);
    }

    /// <inheritdoc/>
    public override Task<string> DryRunAsync(RunContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        return Task.Run(() => context.Scale == Scale.Paper ? SurveyFullScale.OneStep(context) : SurveyExperiments.OneStep(context), context.CancellationToken);
    }

    private static Claim Value(string id, string statement, string metric, Threshold threshold) => new()
    {
        Id = id,
        Statement = statement,
        Metric = metric,
        Comparison = Comparison.Value,
        Threshold = threshold,
        MinimumScale = Scale.Laptop,
    };

    private static Claim Exact(string id, string statement, string metric) => new()
    {
        Id = id,
        Statement = statement,
        Metric = metric,
        Comparison = Comparison.Value,
        Threshold = Threshold.AtMost(1e-12),
        IsExact = true,
        MinimumScale = Scale.Laptop,
    };

    private static Claim ExactRatio(string id, string statement, string metric) => new()
    {
        Id = id,
        Statement = statement,
        Metric = metric,
        Comparison = Comparison.Ratio,
        // Rounding of logarithms alone.
        Threshold = Threshold.Within(1 - 1e-9, 1 + 1e-9),
        IsExact = true,
        MinimumScale = Scale.Laptop,
    };
}
