using Scorch.Reproductions;

namespace Scorch.Language.HashLayers;

/// <summary>Hash layers (arXiv 2106.04426): experts chosen by a fixed hash of the token, against learned routing.</summary>
public sealed class HashReproduction : Reproduction
{
    /// <inheritdoc/>
    public override string PaperSlug => "hash-layers";

    /// <inheritdoc/>
    public override IReadOnlyList<Claim> Claims { get; } =
    [
        new()
        {
            Id = "C1a",
            Statement = "A hash layer learns better than a dense layer of equal operations.",
            Metric = "held-out loss after equal steps, dense minus balanced hash, in pooled standard deviations of the two over seeds",
            Comparison = Comparison.Value,
            // More than noise: one standard deviation.
            Threshold = Threshold.AtLeast(1),
            MinimumScale = Scale.Laptop,
        },
        Ratio("C1b", "A balanced hash matches or beats the learned routing of Switch.", "balanced hash / switch", Threshold.AtMost(1.01)),
        Ratio("C1c", "A balanced hash matches or beats the learned, balanced assignment of BASE.", "balanced hash / BASE", Threshold.AtMost(1.01)),
        Ratio("C2a", "A hash of the position is worse than one of the token.", "position / random", Threshold.AtLeast(1)),
        Ratio("C2b", "A hash of the previous token is worse than one of the token.", "previous token / random", Threshold.AtLeast(1)),
        new()
        {
            Id = "C3",
            Statement = "The gain over Switch grows with the number of experts, up to 1.28 billion parameters on Reddit.",
            Metric = "held-out perplexity, hash / switch, at 16 to 128 experts",
            Comparison = Comparison.Ratio,
            Threshold = Threshold.AtMost(1),
            MinimumScale = Scale.Paper,
        },
        Speed("C4a", "A hash layer makes at least as many updates a second as Switch.", "random hash / switch"),
        Speed("C4b", "A hash layer makes at least as many updates a second as BASE.", "random hash / BASE"),
        Ratio("C5a", "Several hashes over segments improve on one.", "MultiHash of two / random", Threshold.AtMost(1)),
        Ratio("C5b", "Spreading like tokens over experts is at least as good as gathering them.", "dispersed / clustered", Threshold.AtMost(1)),
        // The leak check: 'far below everything', read weakly as a tenth below the best of the others.
        Ratio("C5c", "A hash of the next token, a deliberate leak, is far better than everything else.", "oracle / the best of all others", Threshold.AtMost(0.9)),
    ];

    /// <inheritdoc/>
    public override IReadOnlyList<PaperCommand> Commands => HashCommands.All;

    /// <inheritdoc/>
    public override IReadOnlyList<string> DataSets(Scale scale) => scale == Scale.Laptop ? [HashData.WikiText] : [];

    /// <inheritdoc/>
    public override IReadOnlyList<Setting> Settings(Scale scale)
    {
        if (scale == Scale.Paper) return HashFullScale.Settings;
        var small = scale == Scale.Smoke;
        return
        [
            Setting.Choice("data", HashData.WikiText, "The text (laptop).", HashData.WikiText, HashData.DailyDialog),
            Setting.Text("text", "", "Plain text files to train on instead, separated by commas."),
            Setting.Integer("vocabulary", small ? 200 : 4096, "Words that are kept.", 3, 1_000_000),
            Setting.Integer("context", small ? 16 : 64, "Tokens that a prediction may look back on.", 1, 4096),
            Setting.Integer("batch", 8, "Windows of a step.", 1, 4096),
            Setting.Integer("steps", small ? 4 : 200, "Steps of every model.", 2, 10_000_000),
            Setting.Integer("warm-up", small ? 2 : 50, "Steps in which the rate grows.", 1, 1_000_000),
            Setting.Integer("evaluate-every", small ? 2 : 100, "Steps between two evaluations.", 1, 1_000_000),
            Setting.Integer("validation-windows", small ? 16 : 128, "Held-out windows that are evaluated.", 1, 1_000_000),
            Setting.Number("learning-rate", 3e-3, "Adam's, the same for every model.", 1e-9, 10),
            Setting.Integer("model-dim", small ? 16 : 64, "Features of the hidden states.", 1, 65_536),
            Setting.Integer("ff-dim", small ? 32 : 256, "Features between the maps of an expert.", 2, 65_536),
            Setting.Integer("layers", 2, "Blocks; the last has the experts.", 1, 1000),
            Setting.Integer("heads", small ? 2 : 4, "Attention heads.", 1, 1000),
            Setting.Integer("experts", small ? 4 : 16, "K.", 1, 65_536),
            Setting.Number("balance-weight", 0.1, "alpha of Switch's balance loss.", 0, 1e6),
        ];
    }

    /// <inheritdoc/>
    public override Task RunAsync(RunContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        return Task.Run(
            () =>
            {
                if (context.Scale == Scale.Paper) HashFullScale.Run(context);
                else HashExperiments.Run(context);
            },
            context.CancellationToken);
    }

    /// <inheritdoc/>
    public override Task<string> DryRunAsync(RunContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        return Task.Run(() => context.Scale == Scale.Paper ? HashFullScale.OneStep(context) : HashExperiments.OneStep(context), context.CancellationToken);
    }

    private static Claim Ratio(string id, string statement, string pair, Threshold threshold) => new()
    {
        Id = id,
        Statement = statement,
        Metric = $"held-out perplexity after equal steps, {pair}",
        Comparison = Comparison.Ratio,
        Threshold = threshold,
        MinimumScale = Scale.Laptop,
    };

    private static Claim Speed(string id, string statement, string pair) => new()
    {
        Id = id,
        Statement = statement,
        Metric = $"updates a second, {pair}",
        Comparison = Comparison.Ratio,
        Threshold = Threshold.AtLeast(1),
        MinimumScale = Scale.Laptop,
    };
}
