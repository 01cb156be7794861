using Scorch.Reproductions;

namespace Scorch.Language.Pqrnn;

/// <summary>pQRNN (arXiv 2101.08890): tiny quantised students without a vocabulary, distilled from a large teacher.</summary>
public sealed class PqrnnReproduction : Reproduction
{
    // More than none: a thousandth of a point would be no lead.
    private const double SomeLead = 1e-3;

    internal static readonly string[] Ids = ["C1", "C2", "C3a", "C3b", "C3c", "C4a", "C4b"];

    /// <inheritdoc/>
    public override string PaperSlug => "pqrnn";

    /// <inheritdoc/>
    public override IReadOnlyList<Claim> Claims { get; } = [.. Of("ATIS", ""), .. Of("SNIPS", "-snips")];

    /// <inheritdoc/>
    public override IReadOnlyList<PaperCommand> Commands => PqrnnCommands.All;

    /// <inheritdoc/>
    public override IReadOnlyList<string> DataSets(Scale scale) => scale == Scale.Laptop ? [PqrnnTask.DataSet] : [];

    /// <inheritdoc/>
    public override IReadOnlyList<Setting> Settings(Scale scale)
    {
        if (scale == Scale.Paper) return PqrnnFullScale.Settings;
        var isSmoke = scale == Scale.Smoke;
        return
        [
            Setting.Flag("snips", false, "Also compare on SNIPS."),
            Setting.Integer("steps", isSmoke ? 4 : 600, "Steps of every baseline and student.", 1, 1_000_000),
            Setting.Integer("teacher-steps", isSmoke ? 4 : 450, "Steps of the teacher.", 1, 1_000_000),
            Setting.Integer("batch", 32, "Requests of a batch.", 2, 4096),
            Setting.Text("rates", isSmoke ? "0.003" : "0.005", "Learning rates, separated by semicolons; every model takes its best on the validation data."),
            Setting.Integer("features", isSmoke ? 64 : 384, "Ternary features of a token.", 1, ProjectionConfig.MostFeatures),
            Setting.Integer("bottleneck", isSmoke ? 8 : 48, "Features of the bottleneck.", 1, 4096),
            Setting.Integer("state", isSmoke ? 8 : 32, "Features of a QRNN's state in each direction.", 1, 4096),
            Setting.Integer("layers", isSmoke ? 1 : 2, "QRNN layers.", 1, 64),
            Setting.Number("zoneout", 0.1, "Probability that a state element is carried over in training.", 0, 0.99),
            Setting.Number("distortion", 0.1, "Probability that a token is changed in training.", 0, 1),
            Setting.Integer("teacher-features", isSmoke ? 8 : 160, "Features of the teacher's words and states.", 1, 4096),
            Setting.Integer("lstm-features", isSmoke ? 8 : 64, "Features of the LSTM baseline's words and states.", 1, 4096),
            Setting.Number("temperature", 2, "Temperature of distillation.", 1e-3, 1000),
            Setting.Number("weight", 0.9, "Weight of the teacher in the student's loss.", 0, 1),
        ];
    }

    /// <inheritdoc/>
    public override Task RunAsync(RunContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        return Task.Run(
            () =>
            {
                if (context.Scale == Scale.Paper) PqrnnFullScale.Run(context);
                else PqrnnExperiments.Run(context);
            },
            context.CancellationToken);
    }

    /// <inheritdoc/>
    public override Task<string> DryRunAsync(RunContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        return Task.Run(() => context.Scale == Scale.Paper ? PqrnnFullScale.OneStep(context) : PqrnnExperiments.OneStep(context), context.CancellationToken);
    }

    private static IEnumerable<Claim> Of(string data, string suffix)
    {
        return
        [
            Claim("C1", "Without pre-training, pQRNN beats an LSTM (here one without pre-trained embeddings).", "exact match, pQRNN on labels minus LSTM", Comparison.Difference, Threshold.AtLeast(SomeLead)),
            Claim("C2", "At an equal parameter count it beats a Transformer.", "exact match, pQRNN on labels minus Transformer", Comparison.Difference, Threshold.AtLeast(SomeLead)),
            Claim("C3a", "A distilled student keeps most of its teacher's performance.", "exact match, student over teacher", Comparison.Ratio, Threshold.AtLeast(0.95)),
            Claim("C3b", "It is many times smaller.", "bytes, float32 teacher over 8-bit student", Comparison.Ratio, Threshold.AtLeast(50)) with { IsExact = true },
            Claim("C3c", "It is better than a student that learns from labels alone.", "exact match, distilled minus labels alone", Comparison.Difference, Threshold.AtLeast(SomeLead)),
            Claim("C4a", "Eight bits cost little.", "exact match, 8-bit minus float student", Comparison.Difference, Threshold.Within(-1, 1)),
            Claim("C4b", "Augmentation helps the distilled student.", "exact match, with minus without augmented text", Comparison.Difference, Threshold.AtLeast(SomeLead)),
        ];

        Claim Claim(string id, string statement, string metric, Comparison comparison, Threshold threshold) => new()
        {
            Id = id + suffix,
            Statement = statement,
            Metric = $"{data}: {metric}",
            Unit = comparison == Comparison.Difference ? "percentage points" : "",
            Comparison = comparison,
            Threshold = threshold,
            MinimumScale = Scale.Laptop,
        };
    }
}
