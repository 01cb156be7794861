using System.Diagnostics;
using System.Globalization;
using Scorch.Language.SwitchTransformers;
using Scorch.Models.Experts;
using Scorch.Reproductions;
using Scorch.Text;

namespace Scorch.Language.HashLayers;

/// <summary>The paper's shape: 8 blocks of 1024 features, 4096 inner ones and 16 heads, one hash layer of up to 128 experts; Reddit dumps or any text, a byte-pair vocabulary.</summary>
internal static class HashFullScale
{
    private const string EndOfText = ByteLevelBpeTokenizer.EndOfText;

    public static IReadOnlyList<Setting> Settings { get; } =
    [
        Setting.Text("text", "", "Reddit dumps (JSON lines with a 'body'), or plain text files, separated by commas; .gz too."),
        Setting.Text("vocabulary-file", "", "GPT-2's vocab.json."),
        Setting.Text("merges-file", "", "GPT-2's merges.txt."),
        Setting.Choice("hash", "balanced", "The hash.", "balanced", "random"),
        Setting.Integer("steps", 100_000, "Steps.", 1, 100_000_000),
        Setting.Integer("batch", 40, "Windows of a step.", 1, 1_000_000),
        Setting.Integer("context", 128, "Tokens that a prediction may look back on.", 1, 65_536),
        Setting.Integer("dry-run-length", 16, "Tokens of the one window of a dry run.", 1, 65_536),
        Setting.Integer("vocabulary", 8192, "Tokens of a dry run's model.", 3, 1_000_000),
        Setting.Number("learning-rate", 1e-4, "Adam's.", 1e-9, 10),
        Setting.Integer("model-dim", 1024, "Features of the hidden states.", 1, 65_536),
        Setting.Integer("ff-dim", 4096, "Features between the maps of an expert.", 1, 1_000_000),
        Setting.Integer("layers", 8, "Blocks.", 1, 1000),
        Setting.Integer("hash-layer", 6, "The block, from 0, with the experts.", 0, 999),
        Setting.Integer("heads", 16, "Attention heads.", 1, 1000),
        Setting.Integer("experts", 64, "K, in the paper up to 128.", 1, 65_536),
        Setting.Integer("ladder", 1, "How often the blocks run with the same weights.", 1, 100),
    ];

    public static string OneStep(RunContext context)
    {
        var settings = context.Settings;
        var clock = Stopwatch.StartNew();
        var vocabulary = settings.Integer("vocabulary");
        var length = Math.Min(settings.Integer("dry-run-length"), settings.Integer("context"));
        var model = Create(context, TokenHash.Random(vocabulary, settings.Integer("experts"), context.Seeds[0]), vocabulary, context.Seeds[0]);
        var built = clock.Elapsed;
        context.Report("one step", 0.5);
        clock.Restart();
        var optimizer = new ExpertAdam(model, new(settings.Number("learning-rate")));
        ITrainedLanguageModel trained = model;
        var loss = trained.TrainingLoss(new RandomSource(context.Seeds[0]).Integers([1, length + 1], 0, vocabulary));
        loss.Backward();
        optimizer.Step();
        return string.Create(
            CultureInfo.InvariantCulture,
            $"""
            {settings.Integer("layers")} blocks, d = {settings.Integer("model-dim")}, ff = {settings.Integer("ff-dim")}, {settings.Integer("heads")} heads, {settings.Integer("experts")} experts in block {settings.Integer("hash-layer")}, {model.ParameterCount:N0} parameters, built in {built.TotalSeconds:F0} s
            one step on {length} tokens, lazy Adam: loss {loss.Item():F3}, {clock.Elapsed.TotalSeconds:F0} s
            peak memory of the process {RunContext.PeakMemoryGibibytes:F2} GiB
            """);
    }

    public static void Run(RunContext context)
    {
        var settings = context.Settings;
        if (settings.Text("text").Length == 0 || settings.Text("vocabulary-file").Length == 0 || settings.Text("merges-file").Length == 0)
            throw new UsageException("The paper's text is not shipped: give --set text=FILES (Reddit dumps or plain text), --set vocabulary-file=vocab.json and --set merges-file=merges.txt.");
        var tokenizer = ByteLevelBpeTokenizer.Load(settings.Text("vocabulary-file"), settings.Text("merges-file"), EndOfText);
        var corpus = Corpus(settings.Text("text").Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries));
        var packing = new PackingConfig { Length = settings.Integer("context") + 1, EndOfDocument = tokenizer.SpecialTokens[EndOfText], DropIncomplete = true };
        IEnumerable<int[]> Windows() => TokenStream.Pack(corpus.Select(text => (IReadOnlyList<int>)tokenizer.Encode(text)), packing).Select(window => window.Ids.ToArray());
        context.Note("Experts without tokens in a step are left as they are (lazy Adam).");
        context.MarkNotMeasurable("C3", "needs runs at several numbers of experts, each with its switch");
        foreach (var seed in context.Seeds)
        {
            var model = Create(context, HashOf(context, tokenizer.Count, seed, Windows()), tokenizer.Count, seed);
            var optimizer = new ExpertAdam(model, new(settings.Number("learning-rate")));
            ITrainedLanguageModel trained = model;
            FullScaleTraining.Run(
                context,
                seed,
                () => Windows().Chunk(settings.Integer("batch")),
                batch =>
                {
                    optimizer.ClearGradients();
                    var loss = trained.TrainingLoss(TokenBatch.Matrix(batch));
                    loss.Backward();
                    optimizer.Step();
                    return loss.Item();
                },
                $"--set text: the text has fewer than {packing.Length} tokens; give more.");
            model.Save(Path.Combine(context.OutputDirectory, string.Create(CultureInfo.InvariantCulture, $"model-{seed}")));
        }
    }

    private static TextCorpus Corpus(string[] paths) => paths.All(path => path.Contains(".json", StringComparison.OrdinalIgnoreCase))
        ? TextCorpus.FromJsonLines(paths, "body")
        : TextCorpus.FromFiles(paths);

    private static TokenHash HashOf(RunContext context, int vocabulary, int seed, IEnumerable<int[]> windows)
    {
        var k = context.Settings.Integer("experts");
        if (context.Settings.Text("hash") == "random") return TokenHash.Random(vocabulary, k, seed);
        context.Report("counting tokens");
        var counts = new long[vocabulary];
        foreach (var window in windows)
        {
            context.CancellationToken.ThrowIfCancellationRequested();
            foreach (var id in window) counts[id]++;
        }
        return TokenHash.Balanced(counts, k);
    }

    private static HashLanguageModel Create(RunContext context, ITokenHash hash, int vocabulary, int seed)
    {
        var settings = context.Settings;
        var language = new HashLmConfig(vocabulary, settings.Integer("layers"), settings.Integer("heads"))
        {
            Context = settings.Integer("context"),
            HashLayers = [settings.Integer("hash-layer")],
            Ladder = settings.Integer("ladder"),
        };
        return HashLanguageModel.Create(language, new() { ModelDim = settings.Integer("model-dim"), FfDim = settings.Integer("ff-dim"), Buckets = settings.Integer("experts") }, hash, seed);
    }
}
