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
        Speed("C3a", "The deployed form of A0 is faster than its training form (both in evaluation mode).", "images/s", 1.15),
        Speed("C3b", "The deployed form of B0 is faster than its training form (both in evaluation mode).", "images/s", 1.15),
        Speed("C3c", "Plain 3x3 convolutions make better use of the machine than ResNet-50: more operations a second (deployed B0).", "GFLOP/s", 1),
        Accuracy("C4a", "Training with both branches gives a higher accuracy than training without (deployment is the same plain network).", "none"),
        Accuracy("C4b", "Training with both branches gives a higher accuracy than with the identity branch only.", "identity only"),
        Accuracy("C4c", "Training with both branches gives a higher accuracy than with the 1x1 branch only.", "1x1 only"),
        Accuracy("C4d", "Training with the identity branch only gives a higher accuracy than with none.", "none", "identity only"),
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
        Setting.Integer("train-per-class", scale switch { Scale.Smoke => 16, Scale.Laptop => 500, _ => 1000 }, "Training pictures of each class.", 1, 1000),
        Setting.Integer("test-per-class", scale == Scale.Smoke ? 8 : 200, "Test pictures of each class.", 1, 200),
        Setting.Integer("epochs", scale switch { Scale.Smoke => 1, Scale.Laptop => 2, _ => 4 }, "Passes over the training pictures in the branch ablation.", 1, 10_000),
        Setting.Integer("batch", scale == Scale.Smoke ? 16 : 64, "Pictures a step in the branch ablation.", 2, 100_000),
        Setting.Number("learning-rate", 0.05, "Learning rate at the start of the branch ablation.", 1e-9, 10),
        Setting.Integer("repeats", scale switch { Scale.Smoke => 2, Scale.Laptop => 7, _ => 21 }, "Interleaved timings of each network; the median counts.", 1, 10_000),
        Setting.Integer("image-size", scale == Scale.Smoke ? 32 : 64, "Height and width of the pictures of the timings.", 32, 1024),
        Setting.Integer("image-batch", scale == Scale.Smoke ? 1 : 8, "Pictures at a time in the timings.", 1, 1024),
        Setting.Choice("dry-run-variant", "A0", "The variant that the dry run at paper scale trains one step of.", [.. RepVggConfig.Named.Select(config => config.Name)]),
    ];

    /// <inheritdoc/>
    public override IReadOnlyList<string> DataSets(Scale scale) => scale == Scale.Smoke ? [] : ["cifar10-jpeg"];

    /// <inheritdoc/>
    public override Task RunAsync(RunContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        // The data set is looked for first, so that a machine without it hears so at once.
        var archive = context.Scale == Scale.Smoke ? null : context.Data.Find("cifar10-jpeg", "cifar10-12k.zip");
        return Task.Run(
            () =>
            {
                RepVggExperiments.MeasureCounts(context);
                RepVggExperiments.MeasureEquivalenceAndSpeed(context);
                RepVggExperiments.MeasureBranches(context, archive);
            },
            context.CancellationToken);
    }

    /// <inheritdoc/>
    public override Task<string> DryRunAsync(RunContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        return Task.Run(() => RepVggExperiments.OneStep(context), context.CancellationToken);
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
        Metric = $"test accuracy of a 16-layer narrow network on CIFAR-10, {method} minus {baseline}",
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
