using Scorch.Reproductions;

namespace Scorch.Vision.RepVgg;

/// <summary>RepVGG (arXiv 2101.03697): the fused network computes the same and runs faster, and the extra branches help training.</summary>
public sealed class RepVggReproduction : Reproduction
{
    /// <inheritdoc/>
    public override string PaperSlug => "repvgg";

    /// <inheritdoc/>
    public override IReadOnlyList<Claim> Claims { get; } =
    [
        new()
        {
            Id = "C1a",
            Statement = "The multi-branch network and the plain stack of 3x3 convolutions made from it compute the same function (A0).",
            Metric = "largest |difference| of the logits over the largest |logit|, float32, random normalisation statistics",
            Comparison = Comparison.Value,
            Threshold = Threshold.AtMost(1e-4),
        },
        new()
        {
            Id = "C1b",
            Statement = "The multi-branch network and the plain stack made from it compute the same function (B0).",
            Metric = "largest |difference| of the logits over the largest |logit|, float32, random normalisation statistics",
            Comparison = Comparison.Value,
            Threshold = Threshold.AtMost(1e-4),
            MinimumScale = Scale.Laptop,
        },
        new()
        {
            Id = "C2",
            Statement = "A plain network without branches, trained as RepVGG-B3, reaches more than 80% top-1 accuracy on ImageNet.",
            Metric = "top-1 accuracy of the deployed network on the validation pictures",
            Comparison = Comparison.Value,
            Threshold = Threshold.AtLeast(0.8),
            PaperFigure = 0.8,
            PaperFigureSource = "abstract: \"over 80% top-1 accuracy\"",
            MinimumScale = Scale.Paper,
        },
        Speed("C3a", "The deployed form of A0 is faster than its training form (both in evaluation mode).", "images/s", 1.15),
        Speed("C3b", "The deployed form of B0 is faster than its training form (both in evaluation mode).", "images/s", 1.15),
        Speed("C3c", "Plain 3x3 convolutions make better use of the machine than ResNet-50: more operations a second (deployed B0).", "GFLOP/s", 1),
        Accuracy("C4a", "Training with both branches gives a higher accuracy than training without (deployment is the same plain network).", "none"),
        Accuracy("C4b", "Training with both branches gives a higher accuracy than with the identity branch only.", "identity only"),
        Accuracy("C4c", "Training with both branches gives a higher accuracy than with the 1x1 branch only.", "1x1 only"),
        Accuracy("C4d", "Training with the identity branch only gives a higher accuracy than with none.", "none", "identity only"),
        Accuracy("C5a", "The full block gives a higher accuracy than one whose identity has no normalisation of its own.", "identity without normalisation"),
        Accuracy("C5b", "The full block gives a higher accuracy than one with a single normalisation behind the sum.", "normalisation after the sum"),
        Accuracy("C5c", "ReLU in the branches, which can no longer be fused, gives a higher accuracy than the full block.", "both branches", "ReLU in branches"),
        Count("C6a", "A0 has 9,108,968 parameters in training form.", 9_108_968),
        Count("C6b", "A0 has 8,309,384 parameters in deployed form.", 8_309_384),
        Count("C6c", "B0 has 15,817,960 parameters in training form.", 15_817_960),
        Count("C6d", "B0 has 14,339,048 parameters in deployed form.", 14_339_048),
    ];

    /// <inheritdoc/>
    public override IReadOnlyList<PaperCommand> Commands => RepVggCommands.All;

    /// <inheritdoc/>
    public override IReadOnlyList<Setting> Settings(Scale scale) =>
    [
        .. Training(scale),
        Setting.Integer("repeats", scale switch { Scale.Smoke => 2, Scale.Laptop => 11, _ => 21 }, "Timings of each network, taken in turns; the median counts.", 1, 10_000),
        Setting.Integer("image-size", scale switch { Scale.Smoke => 32, Scale.Laptop => 64, _ => 224 }, "Height and width of the pictures of the timings.", 32, 1024),
        Setting.Integer("image-batch", scale == Scale.Smoke ? 1 : 8, "Pictures at a time in the timings.", 1, 1024),
    ];

    /// <inheritdoc/>
    public override IReadOnlyList<string> DataSets(Scale scale) => scale switch
    {
        Scale.Smoke => [],
        Scale.Laptop => [RepVggData.CifarJpeg],
        _ => [RepVggData.ImageNet],
    };

    /// <inheritdoc/>
    public override Task RunAsync(RunContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        // The data set is looked for first, so that a machine without it hears so at once.
        var folder = context.Scale == Scale.Smoke ? null : RepVggData.Find(context);
        return Task.Run(
            () =>
            {
                RepVggExperiments.MeasureCounts(context);
                RepVggExperiments.MeasureEquivalenceAndSpeed(context);
                if (context.Scale == Scale.Paper) RepVggFullTraining.Measure(context, folder!);
                else RepVggAblation.Measure(context, folder);
            },
            context.CancellationToken);
    }

    /// <inheritdoc/>
    public override Task<string> DryRunAsync(RunContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        return Task.Run(() => RepVggExperiments.OneStep(context), context.CancellationToken);
    }

    private static IEnumerable<Setting> Training(Scale scale)
    {
        if (scale == Scale.Paper)
        {
            return
            [
                Setting.Choice("data", RepVggData.ImageNet, "What the model is trained on.", RepVggData.ImageNet, RepVggData.Cifar10, RepVggData.Cifar100),
                Setting.Choice("model", "B3", "The variant that is trained; the claim about 80% is one about B3.", [.. RepVggConfig.Named.Select(config => config.Name)]),
                Setting.Integer("epochs", 0, "Passes over the training pictures; 0 for the paper's number (120, or 200 for the large models).", 0, 10_000),
                Setting.Integer("batch", 256, "Pictures a step.", 1, 100_000),
                Setting.Number("learning-rate", 0.1, "Learning rate at the start, or after the warm-up.", 1e-9, 10),
                Setting.Integer("crop", 224, "Side of the pictures that the network sees, on ImageNet.", 32, 1024),
                Setting.Integer("checkpoint-every", 500, "Steps between two checkpoints; a run with the same --out continues from the last.", 1, 1_000_000),
                Setting.Flag("ablation", false, "Also train B0 with every kind of block (seven times), for the claims about branches."),
            ];
        }

        var smoke = scale == Scale.Smoke;
        Setting[] settings =
        [
            Setting.Integer("train-per-class", smoke ? 16 : 500, "Training pictures of each class.", 1, 5000),
            Setting.Integer("test-per-class", smoke ? 8 : 200, "Test pictures of each class.", 1, 1000),
            Setting.Integer("epochs", smoke ? 1 : 4, "Passes over the training pictures in the branch ablation.", 1, 10_000),
            Setting.Integer("batch", smoke ? 16 : 64, "Pictures a step in the branch ablation.", 2, 100_000),
            Setting.Number("learning-rate", 0.05, "Learning rate at the start of the branch ablation.", 1e-9, 10),
        ];
        return smoke ? settings : [.. settings, Setting.Choice("data", RepVggData.CifarJpeg, "The pictures of the branch ablation.", RepVggData.CifarJpeg, RepVggData.Cifar10, RepVggData.Cifar100)];
    }

    private static Claim Speed(string id, string statement, string unit, double ratio) => new()
    {
        Id = id,
        Statement = statement,
        Metric = $"{unit}, median of interleaved timings",
        Unit = unit,
        Comparison = Comparison.Ratio,
        Threshold = Threshold.AtLeast(ratio),
        MinimumScale = Scale.Laptop,
    };

    private static Claim Accuracy(string id, string statement, string baseline, string method = "both branches") => new()
    {
        Id = id,
        Statement = statement,
        Metric = $"test accuracy, {method} minus {baseline} (laptop: a 16-layer narrow network on CIFAR-10; paper: B0 on ImageNet)",
        Comparison = Comparison.Difference,
        // More than none: less than one picture of 2,000 would be no difference at all.
        Threshold = Threshold.AtLeast(1e-4),
        MinimumScale = Scale.Laptop,
    };

    private static Claim Count(string id, string statement, double count) => new()
    {
        Id = id,
        Statement = statement,
        Metric = "parameters, 1000 classes",
        Comparison = Comparison.Value,
        Threshold = Threshold.Within(count, count),
        PaperFigure = count,
        PaperFigureSource = "authors' code",
        IsExact = true,
    };
}
