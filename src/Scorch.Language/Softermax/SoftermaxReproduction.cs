using Scorch.Reproductions;

namespace Scorch.Language.Softermax;

/// <summary>Softermax (arXiv 2103.09301): a softmax for hardware, and networks trained with it.</summary>
public sealed class SoftermaxReproduction : Reproduction
{
    /// <inheritdoc/>
    public override string PaperSlug => "softermax";

    /// <inheritdoc/>
    public override IReadOnlyList<Claim> Claims { get; } =
    [
        new()
        {
            Id = "C1a",
            Statement = "Softermax takes less energy than a softmax of base e in floating point (the paper's figure is a whole processing element's, synthesised).",
            Metric = "energy of a row of 384 keys by counted operations and published energies, three passes in fp16 / Softermax",
            Comparison = Comparison.Ratio,
            Threshold = Threshold.AtLeast(1.5),
            PaperFigure = 2.35,
            PaperFigureSource = "abstract",
            IsExact = true,
        },
        new()
        {
            Id = "C1b",
            Statement = "Softermax takes less area than a softmax of base e in floating point (the paper's figure is a whole processing element's).",
            Metric = "transistors that Yosys estimates for both units of 4 lanes, Softermax / fp16",
            Comparison = Comparison.Ratio,
            Threshold = Threshold.AtMost(1),
            PaperFigure = 0.9,
            PaperFigureSource = "abstract",
            IsExact = true,
            MinimumScale = Scale.Laptop,
        },
        Accuracy("C2a", "TREC"),
        Accuracy("C2b", "SST-2"),
        new()
        {
            Id = "C2c",
            Statement = "Accuracy on GLUE and SQuAD with BERT-base and BERT-large is that of the baseline.",
            Metric = "percentage points, rounded with Softermax - rounded with the ordinary softmax",
            Comparison = Comparison.Difference,
            Threshold = Threshold.AtLeast(-1),
            MinimumScale = Scale.Paper,
        },
        new()
        {
            Id = "C3a",
            Statement = "The online pass with an integer maximum gives the softmax of base 2.",
            Metric = "greatest difference from three passes in float64, over random rows and slice widths",
            Comparison = Comparison.Value,
            Threshold = Threshold.AtMost(1e-12),
        },
        new()
        {
            Id = "C3b",
            Statement = "The units need adders, shifters and small tables only: the emitted Verilog holds the simulator's integers.",
            Metric = "integers that differ in Icarus Verilog, 1,000 random rows",
            Comparison = Comparison.Value,
            Threshold = Threshold.AtMost(0),
            IsExact = true,
            MinimumScale = Scale.Laptop,
        },
    ];

    /// <inheritdoc/>
    public override IReadOnlyList<PaperCommand> Commands => SoftermaxCommands.All;

    /// <inheritdoc/>
    public override IReadOnlyList<string> DataSets(Scale scale) => scale == Scale.Laptop ? [SoftermaxData.Sentences] : [];

    /// <inheritdoc/>
    public override IReadOnlyList<Setting> Settings(Scale scale)
    {
        if (scale == Scale.Paper) return SoftermaxFullScale.Settings;
        var small = scale == Scale.Smoke;
        return
        [
            Setting.Integer("model-dim", small ? 16 : 64, "Features of the hidden states.", 1, 65_536),
            Setting.Integer("heads", small ? 2 : 4, "Attention heads.", 1, 1000),
            Setting.Integer("layers", small ? 1 : 2, "Blocks.", 1, 1000),
            Setting.Integer("epochs", small ? 1 : 6, "Passes with the ordinary softmax first.", 1, 100_000),
            Setting.Integer("fine-tune-epochs", small ? 1 : 2, "Passes of every arm afterwards.", 1, 100_000),
            Setting.Integer("batch", small ? 8 : 32, "Sentences of a step.", 1, 65_536),
            Setting.Number("learning-rate", 1e-3, "Of the first passes.", 1e-9, 10),
            Setting.Text("fine-tune-rates", "0.001", "Rates that every arm chooses from by validation accuracy; by default the usual rate alone."),
            Setting.Integer("bits", 8, "Of weights and activations.", 2, 16),
            Setting.Integer("trec-length", 20, "Words of a question that are read.", 1, 4096),
            Setting.Integer("sst-length", 36, "Words of a review that are read.", 1, 4096),
            Setting.Integer("rows", small ? 20 : 1000, "Random rows for the online pass and the Verilog.", 1, 1_000_000),
        ];
    }

    /// <inheritdoc/>
    public override Task RunAsync(RunContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        return Task.Run(
            () =>
            {
                if (context.Scale == Scale.Paper) SoftermaxFullScale.Run(context);
                else SoftermaxExperiments.Run(context);
            },
            context.CancellationToken);
    }

    /// <inheritdoc/>
    public override Task<string> DryRunAsync(RunContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        return Task.Run(() => context.Scale == Scale.Paper ? SoftermaxFullScale.OneStep(context) : SoftermaxExperiments.OneStep(context), context.CancellationToken);
    }

    private static Claim Accuracy(string id, string task) => new()
    {
        Id = id,
        Statement = $"With Softermax in the loop training keeps the accuracy: {task}.",
        Metric = $"test accuracy on {task} in percentage points, rounded with Softermax - rounded with the ordinary softmax, both trained on",
        Comparison = Comparison.Difference,
        Threshold = Threshold.AtLeast(-1),
        MinimumScale = Scale.Laptop,
    };
}
