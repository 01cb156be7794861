using System.Globalization;
using System.Text.Json;
using Scorch.Checkpoints;
using Scorch.Language.SwitchTransformers;
using Scorch.Models.Experts;
using Scorch.Reproductions;
using Scorch.Text;

namespace Scorch.Language.HashLayers;

/// <summary><c>scorch hash-layers train</c> and <c>audit</c>, on the user's own text.</summary>
internal static class HashCommands
{
    private static readonly string[] Hashes = ["random", "balanced", "bigram", "previous", "position", "predicted", "multi"];

    public static IReadOnlyList<PaperCommand> All { get; } =
    [
        new()
        {
            Name = "train",
            Description = "Train a language model with a hash layer on plain text; a run that was stopped goes on.",
            Options =
            [
                .. LmTraining.CommandOptions("config.json, model.safetensors, hash-0.safetensors, vocabulary.json, report.json", "Blocks; the last has the experts.", "K."),
                new("hash", "What experts are chosen by: " + string.Join(", ", Hashes) + ".", ValueKind.Text, "balanced"),
                new("ladder", "How often the blocks run with the same weights.", ValueKind.Integer, "1"),
                new("dense-updates", "Move experts without tokens by their old moments, as plain Adam does.", ValueKind.Flag),
            ],
            Handler = TrainAsync,
        },
        new()
        {
            Name = "audit",
            Description = "Show which words of a text share an expert, and how even the load is.",
            Options =
            [
                new("model", "A folder that 'train' wrote.", ValueKind.Path, IsRequired: true),
                new("text", "Text files, separated by commas; .gz too.", IsRequired: true),
                new("words", "Words named for each expert.", ValueKind.Integer, "8"),
                new("out", "Also write the report into this JSON file.", ValueKind.Path),
            ],
            Handler = context => Task.Run(() => Audit(context), context.CancellationToken),
        },
    ];

    private static async Task TrainAsync(CommandContext context)
    {
        var kind = context.Text("hash");
        if (!Hashes.Contains(kind)) throw new UsageException($"train: --hash is '{kind}'; expected {string.Join(", ", Hashes)}.");
        var layer = new HashLayerConfig
        {
            ModelDim = context.Integer("model-dim"),
            FfDim = context.Integer("ff-dim"),
            Buckets = context.Integer("experts"),
            Segments = kind == "multi" ? 2 : 1,
        };
        layer.Validate();
        var training = await LmTraining.PrepareAsync(context).ConfigureAwait(false);
        var (corpus, options) = (training.Corpus, training.Options);
        var layers = context.Integer("layers");
        var language = new HashLmConfig(corpus.Tokenizer.Count, layers, context.Integer("heads")) { Context = corpus.Context, HashLayers = [layers - 1], Ladder = context.Integer("ladder") };
        var hash = HashOf(kind, corpus, layer.Buckets, options.Seed);
        var model = HashLanguageModel.Create(language, layer, hash, options.Seed);
        var updates = context.Flag("dense-updates") ? ExpertUpdates.Dense : ExpertUpdates.Lazy;
        var result = await training.FitAsync(context, model, model.Save, "hash layers", (own, adam) => new ExpertAdam(own, adam, updates)).ConfigureAwait(false);
        var load = hash.LoadOfWindows(corpus.Validation);
        var report = new HashTrainReport(options.Steps, kind, hash.Checksum, updates.ToString(), result.Final.Loss, load.Entropy, load.GreatestOverMean, [.. result.Curve.Select(point => new CurvePoint(point.Step, point.Loss))]);
        AtomicFile.WriteText(Path.Combine(training.Folder, "report.json"), JsonSerializer.Serialize(report, HashAuditJson.Default.HashTrainReport));
        context.Output.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{model.ParameterCount} parameters, {options.Steps} steps, {updates} updates: held-out loss {result.Final.Loss:F3} (perplexity {Math.Exp(result.Final.Loss):F1}), load entropy {load.Entropy:F2} of {Math.Log(layer.Buckets):F2}; written to {training.Folder}"));
    }

    private static ITokenHash HashOf(string kind, LmCorpus corpus, int buckets, long seed)
    {
        var (vocabulary, end) = (corpus.Tokenizer.Count, corpus.Tokenizer.IdOf(LmCorpus.EndOfText)!.Value);
        return kind switch
        {
            "random" => TokenHash.Random(vocabulary, buckets, seed),
            "bigram" => TokenHash.Bigram(vocabulary, buckets, end, seed),
            "previous" => TokenHash.Previous(vocabulary, buckets, end, seed),
            "position" => TokenHash.Position(corpus.Context, buckets, seed),
            "predicted" => TokenHash.PredictedFuture(TokenHash.Random(vocabulary, buckets, seed), BigramPredictor.FromRows(corpus.Training, vocabulary)),
            "multi" => MultiHash.Random(vocabulary, buckets, 2, seed),
            _ => TokenHash.Balanced(corpus.UnigramCounts(), buckets),
        };
    }

    private static void Audit(CommandContext context)
    {
        var folder = context.Text("model");
        var hashPath = Path.Combine(folder, "hash-0.safetensors");
        if (!File.Exists(hashPath)) throw new UsageException($"{hashPath}: there is no such file; give a folder that 'scorch hash-layers train' wrote.");
        var words = context.Integer("words");
        if (words < 0) throw new UsageException($"audit: --words is {words}; expected at least 0.");
        var tokenizer = LmTraining.LoadTokenizer(folder, "hash-layers");
        var hash = TokenHash.Load(hashPath);
        // Windows of the model's length, so that places mean what they meant in training.
        var length = ModelFolder.LoadConfig(folder, HashJson.Default.HashModelConfig).Language.Context;
        var rows = TextCorpus.FromFiles(context.List("text")).SelectMany(text => tokenizer.Encode(text).Chunk(length)).Where(row => row.Length > 0);
        var audits = HashAudit.Of(hash, tokenizer, rows, words);
        foreach (var audit in audits)
        {
            context.Output.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"{hash.Kind} hash{(audits.Count > 1 ? $", function {audit.Function}" : "")}: load entropy {audit.Load.Entropy:F3} of {Math.Log(hash.Buckets):F3}, greatest share over mean {audit.Load.GreatestOverMean:F2}, {audit.Load.EmptyBuckets} experts without a token"));
            foreach (var bucket in audit.Buckets)
                context.Output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{bucket.Bucket,5}  {bucket.Share,6:P1}  {bucket.Tokens,6} tokens  {string.Join(' ', bucket.MostFrequent.Select(word => word.Word))}"));
        }
        if (context.TextOrNull("out") is { } target) AtomicFile.WriteText(target, JsonSerializer.Serialize([.. audits], HashAuditJson.Default.HashAuditArray));
    }
}

/// <summary>What training leaves beside the model.</summary>
internal sealed record HashTrainReport(int Steps, string Hash, string Checksum, string Updates, double HeldOutLoss, double LoadEntropy, double GreatestOverMean, CurvePoint[] Curve);
