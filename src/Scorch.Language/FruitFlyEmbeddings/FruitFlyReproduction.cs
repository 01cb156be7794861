using Scorch.Reproductions;

namespace Scorch.Language.FruitFlyEmbeddings;

/// <summary>Can a Fruit Fly Learn Word Embeddings? (arXiv 2101.06887): sparse binary codes from a local rule, against dense vectors and their binary versions.</summary>
public sealed class FruitFlyReproduction : Reproduction
{
    /// <inheritdoc/>
    public override string PaperSlug => "fruit-fly-embeddings";

    /// <inheritdoc/>
    public override IReadOnlyList<Claim> Claims { get; } =
    [
        new()
        {
            Id = "C1a",
            Statement = "The fly's network learns word codes that follow people's judgements of similarity.",
            Metric = "Spearman's correlation on MEN, 32 active of 400 neurons, covered pairs",
            Comparison = Comparison.Value,
            Threshold = Threshold.AtLeast(0.2),
            MinimumScale = Scale.Laptop,
        },
        new()
        {
            Id = "C1b",
            Statement = "Codes drawn at random do not, so that what C1a measures is learnt.",
            Metric = "Spearman's correlation on MEN of random codes, mean of 20 draws a seed",
            Comparison = Comparison.Value,
            Threshold = Threshold.Within(-0.06, 0.06),
            MinimumScale = Scale.Laptop,
        },
        Documents("C1c", "TREC"),
        Documents("C1d", "SST-2"),
        Documents("C1e", "Subj"),
        new()
        {
            Id = "C2a",
            Statement = "The codes take a fraction of the memory of dense vectors.",
            Metric = "bytes of the packed codes (32 of 400) over bytes of 100 floats a word",
            Unit = "bytes",
            Comparison = Comparison.Ratio,
            Threshold = Threshold.AtMost(0.1),
            IsExact = true,
        },
        new()
        {
            Id = "C2b",
            Statement = "Training takes less computation than that of dense vectors.",
            Metric = "processor seconds of the fly's training over those of skip-gram with negative sampling, same text",
            Unit = "s",
            Comparison = Comparison.Ratio,
            Threshold = Threshold.AtMost(1),
            MinimumScale = Scale.Laptop,
        },
        Short("C3a", 4, "GloVe"),
        Short("C3b", 8, "GloVe"),
        Short("C3c", 16, "GloVe"),
        Short("C3d", 4, "PPMI-SVD"),
        Short("C3e", 8, "PPMI-SVD"),
        Short("C3f", 16, "PPMI-SVD"),
    ];

    /// <inheritdoc/>
    public override IReadOnlyList<PaperCommand> Commands => FruitFlyCommands.All;

    /// <inheritdoc/>
    public override IReadOnlyList<string> DataSets(Scale scale) => scale switch
    {
        Scale.Smoke => [],
        Scale.Laptop => [FlyData.WikiText, FlyData.Pairs, FlyData.Sentences],
        _ => [FlyData.Pairs, FlyData.Sentences],
    };

    /// <inheritdoc/>
    public override IReadOnlyList<Setting> Settings(Scale scale)
    {
        var (vocabulary, drop, epochs, batch, rate) = scale switch
        {
            Scale.Smoke => (500, 50, 2, 200, 0.1),
            Scale.Laptop => (6000, 150, 15, 1000, 2.0),
            _ => (20_000, 0, 15, 10_000, 2e-4),
        };
        return
        [
            Setting.Text("text", "", "Plain text files or folders to train on, separated by commas; by default WikiText-2 (laptop)."),
            Setting.Integer("vocabulary", vocabulary, "Words that are kept.", 10, 1_000_000),
            Setting.Integer("drop", drop, "So many of the most frequent words leave the text.", 0, 1_000_000),
            Setting.Integer("neurons", 400, "Kenyon cells K.", 33, 65_536),
            Setting.Integer("window", 11, "Words of a window.", 3, 1001),
            Setting.Integer("epochs", epochs, "Passes over the text, the fly's and those of skip-gram and GloVe.", 1, 10_000),
            Setting.Integer("batch", batch, "Windows whose updates are summed.", 1, 10_000_000),
            Setting.Number("learning-rate", rate, "The fly's learning rate at the start; with --set tune=true a half, a quarter and a twentieth of it are tried too.", 1e-9, 10),
            Setting.Flag("tune", scale == Scale.Laptop, "Choose among four settings of each method, the fly's and the baselines', on WordSim-353 with the first seed."),
            Setting.Flag("curve", scale == Scale.Laptop, "Also train on 10% and 30% of the text, with the first seed."),
        ];
    }

    /// <inheritdoc/>
    public override Task RunAsync(RunContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        return Task.Run(() => FlyExperiments.Run(context), context.CancellationToken);
    }

    /// <inheritdoc/>
    public override Task<string> DryRunAsync(RunContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        return Task.Run(() => FlyExperiments.OneStep(context), context.CancellationToken);
    }

    private static Claim Documents(string id, string set) => new()
    {
        Id = id,
        Statement = $"Documents are classified comparably well from the codes as from vectors of as many bits ({set}).",
        Metric = "test accuracy, codes (32 of 400: 288 bits a word) minus binarised PPMI-SVD vectors (41 of 100: 287 bits), logistic regression",
        Comparison = Comparison.Difference,
        Threshold = Threshold.AtLeast(-0.05),
        MinimumScale = Scale.Laptop,
    };

    private static Claim Short(string id, int k, string baseline) => new()
    {
        Id = id,
        Statement = $"With {k} active bits the codes are better than binarised {baseline} vectors.",
        Metric = $"Spearman's correlation on MEN, codes minus {baseline} (100 dimensions, {k} largest)",
        Comparison = Comparison.Difference,
        // More than none: a thousandth of a correlation would be no difference.
        Threshold = Threshold.AtLeast(1e-3),
        MinimumScale = Scale.Laptop,
    };
}
