using System.Diagnostics;
using System.Globalization;
using Scorch.Losses;
using Scorch.Models.Transformers;
using Scorch.Optimizers;
using Scorch.Reproductions;
using Scorch.Text;

namespace Scorch.Language.SwitchTransformers;

/// <summary>The paper's own model, Switch-Base with 128 experts: bfloat16 weights, routers in float32, Adafactor without momentum, every gradient applied and freed inside the backward pass.</summary>
internal static class SwitchBase
{
    private const int Sentinels = 100;

    public static IReadOnlyList<Setting> Settings { get; } =
    [
        Setting.Text("text", "", "C4 as shipped: files c4-train.*.json.gz, or any with a JSON object with 'text' a line, separated by commas."),
        Setting.Text("tokenizer", "", "A SentencePiece unigram model such as T5's spiece.model."),
        Setting.Integer("steps", 550_000, "Steps.", 1, 10_000_000),
        Setting.Integer("batch", 2048, "Series of a step: 2^20 tokens with the length below, as in the paper. Lower it to what the memory holds.", 1, 1_000_000),
        Setting.Integer("length", 512, "Tokens of a series before corruption.", 8, 65_536),
        Setting.Integer("dry-run-length", 64, "Tokens of the one series of a dry run.", 8, 65_536),
        Setting.Integer("vocabulary", 32_128, "Tokens known; the last hundred below 32,100 are sentinels.", 200, 1_000_000),
        Setting.Integer("model-dim", 768, "Features of the hidden states.", 8, 65_536),
        Setting.Integer("ff-dim", 3072, "Features between the maps of an expert.", 8, 65_536),
        Setting.Integer("layers", 12, "Blocks of the encoder, and of the decoder; every second has a switch layer.", 2, 1000),
        Setting.Integer("heads", 12, "Attention heads of 64 features.", 1, 1000),
        Setting.Integer("experts", 128, "Experts of a switch layer.", 1, 65_536),
    ];

    public static string OneStep(RunContext context)
    {
        var clock = Stopwatch.StartNew();
        var model = Create(context);
        var built = clock.Elapsed;
        var random = new RandomSource(context.Seeds[0]).Fork(1);
        var ids = random.Integers([context.Settings.Integer("dry-run-length")], 2, model.VocabularySize - 128).ToArray<long>();
        var batch = Corrupted([Array.ConvertAll(ids, id => (int)id)], model.VocabularySize, random);
        context.Report("one step", 0.5);
        clock.Restart();
        using var stepper = Stepper(model);
        var (loss, stats) = Step(model, batch);
        return string.Create(
            CultureInfo.InvariantCulture,
            $"""
            Switch-Base: {model.Config.Layers} + {model.Config.DecoderLayers ?? model.Config.Layers} blocks, d = {model.Config.Features}, ff = {model.Config.Inner}, {model.Config.Heads} heads, {context.Settings.Integer("experts")} experts in {stats.Count} layers
            {model.ParameterCount:N0} parameters in {model.Parameters().Sum(parameter => parameter.ElementCount * parameter.DataType.Size()) / 1073741824.0:F2} GiB (bfloat16; routers float32), built in {built.TotalSeconds:F0} s
            one step on {batch.Ids.ElementCount} input and {batch.Targets.ElementCount} target tokens: loss {loss:F3}, {stepper.StepCount} tensors of weights stepped by Adafactor inside the backward pass, {clock.Elapsed.TotalSeconds:F0} s
            peak memory of the process {RunContext.PeakMemoryGibibytes:F2} GiB
            """);
    }

    public static Task Run(RunContext context)
    {
        var (text, tokenizerPath) = (context.Settings.Text("text"), context.Settings.Text("tokenizer"));
        if (text.Length == 0 || tokenizerPath.Length == 0)
            throw new UsageException("The paper's data are not shipped: give --set text=FILES (c4-train.*.json.gz, separated by commas) and --set tokenizer=FILE (a SentencePiece model).");
        var tokenizer = UnigramTokenizer.Load(tokenizerPath, Sentinels);
        if (tokenizer.Count > context.Settings.Integer("vocabulary"))
            throw new UsageException($"--set vocabulary={context.Settings.Integer("vocabulary")}: the tokenizer has {tokenizer.Count} tokens with its sentinels; give at least as many.");
        var corpus = TextCorpus.FromJsonLines(text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries));
        var size = context.Settings.Integer("batch");
        context.Note($"bfloat16 weights rounded to nearest, Adafactor expert by expert; {size * (long)context.Settings.Integer("length")} tokens a step.");
        foreach (var seed in context.Seeds)
        {
            var model = Create(context, seed);
            using var stepper = Stepper(model);
            var random = new RandomSource(seed).Fork(1);
            var packing = new PackingConfig { Length = context.Settings.Integer("length"), EndOfDocument = model.Config.EndToken, DropIncomplete = true };
            FullScaleTraining.Run(
                context,
                seed,
                () => TokenStream.Pack(corpus.Select(record => (IReadOnlyList<int>)tokenizer.Encode(record)), packing).Chunk(size),
                windows => Step(model, Corrupted([.. windows.Select(window => window.Ids)], tokenizer.Sentinel, random, model.Config)).Loss,
                $"--set text: the files hold fewer than {packing.Length} tokens; give more text or a smaller length.");
        }
        const string Reason = "one configuration was pre-trained; its baselines need runs of their own";
        foreach (var claim in new SwitchReproduction().Claims) context.MarkNotMeasurable(claim.Id, Reason);
        return Task.CompletedTask;
    }

    /// <summary>Pre-training's cross-entropy of a batch, one step taken inside its backward pass.</summary>
    public static (double Loss, IReadOnlyList<SwitchStats> Stats) Step(T5Model model, CorruptedBatch batch)
    {
        var context = new TransformerContext();
        // Places without a target are padding: they take no expert's slot.
        var wanted = batch.Targets.NotEqual(T5Model.IgnoredTarget);
        var logits = model.Forward(batch.Ids, model.ShiftRight(batch.Targets), batch.Mask, wanted, context);
        var loss = Loss.CrossEntropy(logits.To(DataType.Float32).Reshape(-1, model.VocabularySize), batch.Targets.Reshape(-1), ignoreIndex: T5Model.IgnoredTarget);
        var value = loss.Item();
        if (!double.IsFinite(value)) throw new InvalidOperationException($"Switch-Base: the loss is {value}; lower the learning rate.");
        context.Losses.Aggregate(loss, (sum, other) => sum + other).Backward();
        return (value, [.. context.Records.OfType<SwitchStats>()]);
    }

    /// <summary>Adafactor's step is min(1/100, 1/sqrt(t)): the inverse square root with 10,000 steps of warm-up.</summary>
    public static StepInBackward Stepper(T5Model model) => new(model.Parameters(), parameters => new Adafactor(parameters));

    public static CorruptedBatch Corrupted(IReadOnlyList<IReadOnlyList<int>> windows, int vocabulary, RandomSource random) =>
        Corrupted(windows, index => vocabulary - 29 - index, random, new T5Config { VocabularySize = vocabulary });

    private static CorruptedBatch Corrupted(IReadOnlyList<IReadOnlyList<int>> windows, Func<int, int> sentinel, RandomSource random, T5Config model)
    {
        var config = new SpanCorruptionConfig { Sentinels = [.. Enumerable.Range(0, Sentinels).Select(sentinel)], EndToken = model.EndToken };
        var corrupted = windows.Select(window => SpanCorruption.Corrupt(window, config, random)).ToArray();
        var ids = TokenBatch.Matrix([.. corrupted.Select(entry => entry.Inputs)], model.PaddingToken);
        var mask = corrupted.SelectMany(entry => Enumerable.Range(0, ids.Shape[1]).Select(i => i < entry.Inputs.Length)).ToArray();
        return new(ids, TokenBatch.Matrix([.. corrupted.Select(entry => entry.Targets)], (int)T5Model.IgnoredTarget), Tensor.From(mask, ids.Shape));
    }

    private static T5Model Create(RunContext context, int? seed = null)
    {
        context.Report("drawing the weights", 0);
        var settings = context.Settings;
        var shape = new T5Config
        {
            VocabularySize = settings.Integer("vocabulary"),
            Features = settings.Integer("model-dim"),
            Inner = settings.Integer("ff-dim"),
            Layers = settings.Integer("layers"),
            Heads = settings.Integer("heads"),
            Dropout = 0,
        };
        return SwitchTransformer.CreateBFloat16T5(shape, new SwitchConfig { Experts = settings.Integer("experts") }, seed: seed ?? context.Seeds[0]);
    }
}

/// <summary>A batch of T5's pre-training.</summary>
/// <param name="Ids">Of the encoder: int64 [batch, time].</param>
/// <param name="Targets">Int64 [batch, steps]; -100 where there is none.</param>
/// <param name="Mask">Bool [batch, time]: true where a token is real.</param>
internal sealed record CorruptedBatch(Tensor Ids, Tensor Targets, Tensor Mask);
