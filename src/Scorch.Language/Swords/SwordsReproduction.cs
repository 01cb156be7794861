using Scorch.Reproductions;

namespace Scorch.Language.Swords;

/// <summary>Swords (arXiv 2106.04102): a benchmark for lexical substitution; its counts, its baselines and its metrics, measured on its own files.</summary>
public sealed class SwordsReproduction : Reproduction
{
    // Scores are published with two decimals: a smaller difference would be none.
    private const double Least = 0.01;

    /// <inheritdoc/>
    public override string PaperSlug => "swords";

    /// <inheritdoc/>
    public override IReadOnlyList<Claim> Claims { get; } =
    [
        Coverage("C1a", "test"),
        Coverage("C1b", "development"),
        Quality("C2a", "test"),
        Quality("C2b", "development"),
        Difference("C3a", "People are better than systems: than WordTune.", "lenient F10, acceptable, people minus WordTune, the targets that people judged again", isExact: true),
        Difference("C3b", "WordTune is better than the thesaurus.", "lenient F10, acceptable, WordTune minus Roget's thesaurus, test part", isExact: true),
        Row("C3c", "acceptable", 11.9, 12.1),
        Row("C3d", "conceivable", 44.8, 45.0),
        Difference("C3e", "Even people are far from the oracle.", "lenient F10, acceptable, oracle minus people, the targets that people judged again", isExact: true),
        Difference("C3f", "People are better than systems: than a masked language model (trained here, small).", "lenient F10, acceptable, people minus masked-model infilling with dropout 0.3, the targets that people judged again", isExact: false),
        new()
        {
            Id = "C4a",
            Statement = "A random order of the candidates has a generalised average precision of about a third.",
            Metric = "generalised average precision (shares), random order, test part, mean of the draws of a seed",
            Unit = "%",
            Comparison = Comparison.Value,
            Threshold = Threshold.Within(32.2, 33.2),
            MinimumScale = Scale.Laptop,
        },
        Difference("C4b", "People order candidates better than static word vectors.", "generalised average precision (shares), people minus PPMI-SVD vectors, the targets that people judged again", isExact: false),
        Difference("C4c", "Static word vectors order candidates better than chance.", "generalised average precision (shares), PPMI-SVD vectors minus random order, test part", isExact: false),
        Difference("C4d", "BERT-LS with a masked language model (trained here, small) orders candidates better than chance.", "generalised average precision (shares), BERT-LS minus random order, the targets that people judged again", isExact: false),
    ];

    /// <inheritdoc/>
    public override IReadOnlyList<PaperCommand> Commands => SwordsCommands.All;

    /// <inheritdoc/>
    public override IReadOnlyList<string> DataSets(Scale scale) => scale == Scale.Smoke ? [] : [SwordsData.Name, SwordsData.Text, SwordsLemmatizer.DataSet];

    /// <inheritdoc/>
    public override IReadOnlyList<Setting> Settings(Scale scale)
    {
        var (vocabulary, features, layers, length, batch, steps, words, dimensions, draws, samples) = scale == Scale.Smoke
            ? (300, 16, 2, 24, 4, 4, 40, 8, 3, 100)
            : (8000, 128, 2, 48, 24, 400, 14_000, 100, 20, 1000);
        return
        [
            Setting.Text("model", "", "Folder of a BERT (config.json, model.safetensors or pytorch_model.bin, vocab.txt) in place of the one trained here; needed at paper scale, whose model is bert-large-uncased."),
            Setting.Text("vectors", "", "Word vectors in word2vec's or GloVe's text form, in place of PPMI-SVD vectors."),
            Setting.Integer("vocabulary", vocabulary, "Tokens of the masked model.", 300, 1_000_000),
            Setting.Integer("features", features, "Features of the masked model's hidden states.", 4, 4096),
            Setting.Integer("layers", layers, "Its blocks.", 1, 48),
            Setting.Integer("length", scale == Scale.Paper ? 512 : length, "Tokens that it reads at once.", 8, 4096),
            Setting.Integer("batch", batch, "Windows of a training step.", 1, 4096),
            Setting.Integer("steps", steps, "Training steps.", 1, 10_000_000),
            Setting.Integer("words", words, "Words with PPMI-SVD vectors.", 10, 1_000_000),
            Setting.Integer("dimensions", dimensions, "Dimensions of these vectors.", 2, 4096),
            Setting.Integer("draws", draws, "Random orders a seed.", 1, 10_000),
            Setting.Integer("bootstrap", samples, "Samples of targets for the intervals of the table.", 100, 1_000_000),
        ];
    }

    /// <inheritdoc/>
    public override Task RunAsync(RunContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        return Task.Run(() => SwordsExperiments.RunAsync(context), context.CancellationToken);
    }

    /// <inheritdoc/>
    public override Task<string> DryRunAsync(RunContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        return Task.Run(() => SwordsExperiments.OneStep(context), context.CancellationToken);
    }

    private static Claim Coverage(string id, string part) => new()
    {
        Id = id,
        Statement = $"There are 4.1 times as many substitutes per target as in the previous largest benchmark, CoInCo ({part} part).",
        Metric = $"conceivable substitutes per target, all over those from CoInCo, {part} part",
        Comparison = Comparison.Ratio,
        Threshold = Threshold.Within(3.4, 4.2),
        PaperFigure = 4.1,
        PaperFigureSource = "abstract (which does not name the part)",
        IsExact = true,
        MinimumScale = Scale.Laptop,
    };

    private static Claim Quality(string id, string part) => new()
    {
        Id = id,
        Statement = $"For the same number of substitutes they are 1.5 times as appropriate as CoInCo's ({part} part).",
        Metric = $"mean score of a target's best n substitutes over that of its n substitutes from CoInCo, means over targets, {part} part",
        Comparison = Comparison.Ratio,
        Threshold = Threshold.Within(1.4, 1.6),
        PaperFigure = 1.5,
        PaperFigureSource = "abstract (which does not name the part)",
        IsExact = true,
        MinimumScale = Scale.Laptop,
    };

    private static Claim Row(string id, string references, double low, double high) => new()
    {
        Id = id,
        Statement = $"Roget's thesaurus has its expected {references} score, recomputed with the published evaluation.",
        Metric = $"lenient F10, {references}, Roget's thesaurus, test part",
        Unit = "%",
        Comparison = Comparison.Value,
        Threshold = Threshold.Within(low, high),
        IsExact = true,
        MinimumScale = Scale.Laptop,
    };

    private static Claim Difference(string id, string statement, string metric, bool isExact) => new()
    {
        Id = id,
        Statement = statement,
        Metric = metric,
        Unit = "%",
        Comparison = Comparison.Difference,
        Threshold = Threshold.AtLeast(Least),
        IsExact = isExact,
        MinimumScale = Scale.Laptop,
    };
}
