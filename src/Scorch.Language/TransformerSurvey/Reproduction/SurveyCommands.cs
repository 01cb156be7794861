using System.Globalization;
using System.Text.Json;
using Scorch.Checkpoints;
using Scorch.Models.Generation;
using Scorch.Reproductions;
using Scorch.Text;

namespace Scorch.Language.TransformerSurvey;

/// <summary>The taxonomy as a table, costs of a variant, and training, evaluating and sampling one on the user's own text.</summary>
internal static class SurveyCommands
{
    private const string Vocabulary = "vocabulary.json";
    private static readonly string[] Slots = ["attention", "position", "norm", "feed-forward", "topology"];

    private static readonly CommandOption[] Modules =
    [
        new("spec", "A JSON file with fields dim, layers, heads, attention, position, norm, feedForward, topology, maximumLength, dropout; the options below overrule it.", ValueKind.Path),
        new("attention", "The attention, such as bigbird(window=16)."),
        new("position", "The positions, such as rotary."),
        new("norm", "The normalisation and its place, such as pre-layer-norm."),
        new("feed-forward", "The feed-forward part, such as swiglu."),
        new("topology", "How layers are put together, such as decoder."),
        new("dim", "Features of the hidden states.", ValueKind.Integer),
        new("layers", "Layers.", ValueKind.Integer),
        new("heads", "Attention heads.", ValueKind.Integer),
    ];

    public static IReadOnlyList<PaperCommand> All { get; } =
    [
        new()
        {
            Name = "taxonomy",
            Description = "Print every module with its source, declared cost and abilities.",
            Options =
            [
                new("slot", "One slot alone.", Choices: Slots),
                new("format", "The machine-readable table, a table to read, or a line a module.", DefaultValue: "json", Choices: ["json", "markdown", "lines"]),
                new("out", "Write it into this file instead.", ValueKind.Path),
            ],
            Handler = context => Task.Run(() => Table(context), context.CancellationToken),
        },
        new()
        {
            Name = "measure",
            Description = "Count operations and measure time and memory of a variant's attention and feed-forward part as the sequence grows.",
            Options = [.. Modules, new("lengths", "Sequence lengths, rising, separated by commas.", DefaultValue: "128,256,512,1024"), new("out", "Also write the report into this JSON file.", ValueKind.Path)],
            Handler = context => Task.Run(() => Measure(context), context.CancellationToken),
        },
        new()
        {
            Name = "train",
            Description = "Train a variant as a language model of characters on plain text; a run that was stopped goes on.",
            Options =
            [
                new("text", "Text files, separated by commas; .gz too. The last twentieth of their lines is held out.", IsRequired: true),
                new("out", "The model's folder: config.json, model.safetensors, vocabulary.json, report.json.", ValueKind.Path, IsRequired: true),
                .. Modules,
                new("masked", "Fill in hidden characters from both sides rather than telling the next, as modules need that cannot be causal.", ValueKind.Flag),
                new("segment", "Characters of a segment.", ValueKind.Integer, "128"),
                new("batch", "Parallel streams of a step.", ValueKind.Integer, "8"),
                new("steps", "Steps of the whole run.", ValueKind.Integer, "400"),
                new("learning-rate", "Adam's greatest.", ValueKind.Number, "0.003"),
                new("seed", "Fixes every bit of the result.", ValueKind.Integer, "1"),
            ],
            Handler = context => Task.Run(() => Train(context), context.CancellationToken),
        },
        new()
        {
            Name = "evaluate",
            Description = "Bits a character of a trained variant on a text.",
            Options =
            [
                new("model", "A folder that 'train' wrote.", ValueKind.Path, IsRequired: true),
                new("text", "Text files, separated by commas; .gz too.", IsRequired: true),
                new("batch", "Parallel streams.", ValueKind.Integer, "8"),
            ],
            Handler = context => Task.Run(() => Evaluate(context), context.CancellationToken),
        },
        new()
        {
            Name = "sample",
            Description = "Let a trained variant continue a text.",
            Options =
            [
                new("model", "A folder that 'train' wrote.", ValueKind.Path, IsRequired: true),
                new("prompt", "How the text begins.", IsRequired: true),
                new("characters", "How many are written.", ValueKind.Integer, "100"),
                new("temperature", "Of the draws; 0 takes the likeliest.", ValueKind.Number, "0.8"),
                new("seed", "Fixes the draws.", ValueKind.Integer, "1"),
            ],
            Handler = context => Task.Run(() => Sample(context), context.CancellationToken),
        },
    ];

    private static void Table(CommandContext context)
    {
        ModuleSlot? slot = context.TextOrNull("slot") is { } name ? (ModuleSlot)Array.IndexOf(Slots, name) : null;
        var text = context.Text("format") switch
        {
            "markdown" => Taxonomy.ToMarkdown(slot),
            "lines" => string.Concat(Taxonomy.Rows(slot).Select(row => $"{row.Slot,-13} {row.Name,-20} {row.TimeOrder,-20} {(row.SupportsCausal ? "causal" : ""),-7} {row.Reference}\n")),
            _ => Taxonomy.ToJson(slot) + "\n",
        };
        if (context.TextOrNull("out") is { } path) AtomicFile.WriteText(path, text);
        else context.Output.Write(text);
    }

    private static void Measure(CommandContext context)
    {
        int[] lengths = [.. context.List("lengths").Select(text => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var length) && length is >= 1 and <= 1 << 20
            ? length
            : throw new UsageException($"measure: --lengths has '{text}'; expected whole numbers from 1 to {1 << 20}, separated by commas."))];
        var report = Taxonomy.Measure(Spec(context), lengths);
        context.Output.WriteLine($"{report.Attention}, {report.FeedForward}, d = {report.Dim}");
        context.Output.WriteLine("       T    maps (M)  mechanism (M)  feed-forward (M)        ms  recorded (MB)");
        foreach (var row in report.Rows)
            context.Output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{row.Length,8}  {row.MapOperations / 1e6,10:F2}  {row.MixingOperations / 1e6,13:F2}  {row.FeedForwardOperations / 1e6,16:F2}  {row.Seconds * 1000,8:F2}  {row.RecordedBytes / 1e6,13:F2}"));
        context.Output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"exponent of T: operations {report.OperationExponent:F3} (declared {report.DeclaredExponent}), time {report.TimeExponent:F2}, memory {report.MemoryExponent:F2}"));
        if (report.Crossover is { } crossing) context.Output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"the mechanism passes the feed-forward part at T = {crossing:F0}"));
        if (context.TextOrNull("out") is { } path) AtomicFile.WriteText(path, JsonSerializer.Serialize(report, SurveyJson.Default.ScalingReport));
    }

    private static void Train(CommandContext context)
    {
        var folder = context.Text("out");
        var options = new SurveyTrainOptions
        {
            Steps = context.Integer("steps"),
            BatchSize = context.Integer("batch"),
            Length = context.Integer("segment"),
            LearningRate = context.Number("learning-rate"),
            Seed = context.Integer("seed"),
            HeldOutBatches = 64,
            CheckpointPath = Path.Combine(folder, "training.safetensors"),
        };
        options.Validate();
        var isMasked = context.Flag("masked");
        var spec = Spec(context, isMasked ? Topologies.Encoder() : Topologies.Decoder());
        spec = spec with { MaximumLength = Math.Max(spec.MaximumLength, options.Length) };
        spec.Validate();
        var goesOn = File.Exists(options.CheckpointPath);
        context.Error.WriteLine(goesOn ? $"Continuing the run in {folder}." : "Collecting characters.");
        var known = goesOn ? new CharacterTokenizer(Scorch.Text.Vocabulary.Load(Path.Combine(folder, Vocabulary))) : null;
        var corpus = CharacterCorpus.FromText(TextCorpus.FromFiles(context.List("text")), known);
        var model = new XformerLanguageModel(new(spec, corpus.VocabularySize, isMasked), options.Seed);
        Directory.CreateDirectory(folder);
        corpus.Tokenizer!.Save(Path.Combine(folder, Vocabulary));
        var result = SurveyTrainer.Fit(model, corpus, options, new TrainingView(context.Progress, spec.Attention.ToString()), context.CancellationToken);
        model.Save(folder);
        var report = new SurveyTrainReport(spec, options.Steps, model.ParameterCount, result.BitsPerCharacter, result.StepSeconds, [.. result.Curve.Select(point => new SurveyCurvePoint(point.Step, point.Loss))]);
        AtomicFile.WriteText(Path.Combine(folder, "report.json"), JsonSerializer.Serialize(report, SurveyJson.Default.SurveyTrainReport));
        context.Output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{model.ParameterCount} parameters, {options.Steps} steps of {result.StepSeconds * 1000:F0} ms: {result.BitsPerCharacter:F3} bits a {(isMasked ? "hidden " : "")}character held out; written to {folder}"));
    }

    private static void Evaluate(CommandContext context)
    {
        var (model, tokenizer) = Load(context.Text("model"));
        string[] lines = [.. TextCorpus.FromFiles(context.List("text"))];
        var corpus = CharacterCorpus.FromLines(lines, lines, tokenizer);
        var options = new SurveyTrainOptions
        {
            BatchSize = context.Integer("batch"),
            Length = Math.Min(model.MaximumLength, Math.Max(1, (corpus.HeldOut.Count / Math.Max(1, context.Integer("batch"))) - 1)),
            HeldOutBatches = int.MaxValue,
        };
        options.Validate();
        context.Output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{SurveyTrainer.BitsPerCharacter(model, corpus, options, context.CancellationToken):F4} bits a {(model.Config.IsMasked ? "hidden " : "")}character over {corpus.HeldOut.Count} characters"));
    }

    private static void Sample(CommandContext context)
    {
        var (model, tokenizer) = Load(context.Text("model"));
        var (count, temperature) = (context.Integer("characters"), context.Number("temperature"));
        if (count < 1) throw new UsageException($"sample: --characters is {count}; expected at least 1.");
        if (temperature < 0) throw new UsageException($"sample: --temperature is {temperature}; expected at least 0.");
        if (model.Config.IsMasked) throw new UsageException($"{context.Text("model")}: the model fills in hidden characters; sample from one trained without --masked.");
        long[] prompt = [.. tokenizer.Encode(context.Text("prompt")).Select(id => (long)id)];
        if (prompt.Length == 0) throw new UsageException("sample: --prompt is empty; give a character at least.");
        if (prompt.Length + count > model.MaximumLength) throw new UsageException($"sample: {prompt.Length} characters of the prompt and {count} more are above the model's {model.MaximumLength}; ask for fewer.");
        var config = new GenerationConfig { MaximumNewTokens = count, IsSampling = temperature > 0, Temperature = temperature > 0 ? temperature : 1 };
        var generated = new TextGenerator(model, config).Generate([prompt], new RandomSource(context.Integer("seed")))[0];
        context.Output.WriteLine(context.Text("prompt") + tokenizer.Decode([.. generated.Tokens.Select(id => (int)id)]));
    }

    private static (XformerLanguageModel Model, CharacterTokenizer Tokenizer) Load(string folder)
    {
        var vocabulary = Path.Combine(folder, Vocabulary);
        if (!File.Exists(vocabulary)) throw new UsageException($"{vocabulary}: there is no such file; give a folder that 'scorch transformer-survey train' wrote.");
        return (XformerLanguageModel.Load(folder), new(Scorch.Text.Vocabulary.Load(vocabulary)));
    }

    private static XformerSpec Spec(CommandContext context, ModuleSpec? topology = null)
    {
        if (context.TextOrNull("spec") is { } missing && !File.Exists(missing)) throw new UsageException($"{missing}: there is no such file; give a JSON file such as {{ \"attention\": \"bigbird(window=16)\" }}.");
        var spec = context.TextOrNull("spec") is { } path ? XformerSpec.Load(path) : new() { Topology = topology ?? Topologies.Encoder() };
        ModuleSpec Chosen(string option, ModuleSpec otherwise) => context.TextOrNull(option) is { } text ? ModuleSpec.Parse(text) : otherwise;
        spec = spec with
        {
            Attention = Chosen("attention", spec.Attention),
            Position = Chosen("position", spec.Position),
            Norm = Chosen("norm", spec.Norm),
            FeedForward = Chosen("feed-forward", spec.FeedForward),
            Topology = Chosen("topology", spec.Topology),
            Dim = context.Has("dim") ? context.Integer("dim") : spec.Dim,
            Layers = context.Has("layers") ? context.Integer("layers") : spec.Layers,
            Heads = context.Has("heads") ? context.Integer("heads") : spec.Heads,
        };
        spec.Validate();
        return spec;
    }
}

/// <summary>What training leaves beside the model.</summary>
internal sealed record SurveyTrainReport(XformerSpec Spec, int Steps, long Parameters, double BitsPerCharacter, double StepSeconds, SurveyCurvePoint[] Curve);

/// <summary>A training loss in nats.</summary>
internal sealed record SurveyCurvePoint(long Step, double Loss);
