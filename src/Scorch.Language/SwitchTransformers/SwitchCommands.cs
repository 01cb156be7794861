using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using Scorch.Autograd;
using Scorch.Checkpoints;
using Scorch.Models.Generation;
using Scorch.Models.Transformers;
using Scorch.Reproductions;
using Scorch.Text;

namespace Scorch.Language.SwitchTransformers;

/// <summary><c>scorch switch-transformers train</c>, <c>generate</c> and <c>route</c>, on the user's own text.</summary>
internal static class SwitchCommands
{
    private static readonly CommandOption Model = new("model", "The model's folder.", ValueKind.Path, IsRequired: true);

    public static IReadOnlyList<PaperCommand> All { get; } =
    [
        new()
        {
            Name = "train",
            Description = "Train a language model with switch layers on plain text; a run that was stopped goes on.",
            Options =
            [
                .. LmTraining.CommandOptions("config.json, model.safetensors, vocabulary.json, report.json", "Blocks; every second has a switch layer.", "Experts of a switch layer."),
                new("top-k", "Experts that a token goes to.", ValueKind.Integer, "1"),
                new("capacity-factor", "Room of an expert over an even share, in training.", ValueKind.Number, "1.25"),
                new("alpha", "Weight of the balance loss.", ValueKind.Number, "0.01"),
                new("bfloat16", "Round every operation to bfloat16, the router's aside.", ValueKind.Flag),
            ],
            Handler = TrainAsync,
        },
        new()
        {
            Name = "generate",
            Description = "Continue a text.",
            Options =
            [
                Model,
                new("prompt", "The text to continue.", IsRequired: true),
                new("tokens", "Words to write.", ValueKind.Integer, "40"),
                new("temperature", "Divides logits before drawing; 0 takes the likeliest word.", ValueKind.Number, "0.8"),
                new("seed", "Fixes what is drawn.", ValueKind.Integer, "1"),
            ],
            Handler = context => Task.Run(() => Generate(context), context.CancellationToken),
        },
        new()
        {
            Name = "route",
            Description = "Show for every word of a text the expert, its rank in the expert's queue, and whether it was dropped.",
            Options =
            [
                Model,
                new("text", "The text.", IsRequired: true),
                new("capacity-factor", "Room of an expert over an even share; by default the model's in evaluation.", ValueKind.Number),
                new("out", "Also write the report into this JSON file.", ValueKind.Path),
            ],
            Handler = context => Task.Run(() => Route(context), context.CancellationToken),
        },
    ];

    private static async Task TrainAsync(CommandContext context)
    {
        var experts = new SwitchConfig
        {
            ModelDim = context.Integer("model-dim"),
            FfDim = context.Integer("ff-dim"),
            Experts = context.Integer("experts"),
            TopK = context.Integer("top-k"),
            CapacityFactor = context.Number("capacity-factor"),
            AuxLossWeight = context.Number("alpha"),
        };
        experts.Validate();
        var training = await LmTraining.PrepareAsync(context, context.Flag("bfloat16")).ConfigureAwait(false);
        var (corpus, options) = (training.Corpus, training.Options);
        var language = new LmConfig(corpus.Tokenizer.Count, context.Integer("layers"), context.Integer("heads")) { Context = corpus.Context };
        var model = SwitchLanguageModel.Create(language, experts, options.Seed);
        var result = await training.FitAsync(context, model, model.Save, "switch").ConfigureAwait(false);
        var report = new TrainReport(options.Steps, result.Final.Loss, result.Final.Entropy, result.TrainingDroppedFraction, result.Final.DroppedFraction, [.. result.Curve.Select(point => new CurvePoint(point.Step, point.Loss))]);
        AtomicFile.WriteText(Path.Combine(training.Folder, "report.json"), JsonSerializer.Serialize(report, SwitchReportJson.Default.TrainReport));
        context.Output.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{model.ParameterCount} parameters, {options.Steps} steps: held-out loss {result.Final.Loss:F3} (perplexity {Math.Exp(result.Final.Loss):F1}), load entropy {result.Final.Entropy:F2} of {Math.Log(experts.Experts):F2}; written to {training.Folder}"));
    }

    private static void Generate(CommandContext context)
    {
        var (model, tokenizer) = Load(context.Text("model"));
        var prompt = tokenizer.Encode(context.Text("prompt"));
        if (prompt.Length == 0) throw new UsageException("generate: --prompt has no word; give one at least.");
        var (count, temperature) = (context.Integer("tokens"), context.Number("temperature"));
        if (count < 1 || prompt.Length + count > model.MaximumLength)
            throw new UsageException($"generate: {prompt.Length} words and {count} more do not fit the model's {model.MaximumLength}; at least 1 more, together at most as many.");
        if (temperature < 0) throw new UsageException($"generate: --temperature is {temperature}; expected at least 0.");
        var draws = temperature > 0;
        var config = new GenerationConfig { MaximumNewTokens = count, IsSampling = draws, Temperature = draws ? temperature : 1, StopTokens = [tokenizer.IdOf(LmCorpus.EndOfText)!.Value] };
        var text = new TextGenerator(model, config).Generate([[.. prompt.Select(id => (long)id)]], new RandomSource(context.Integer("seed")))[0];
        context.Output.WriteLine(tokenizer.Decode([.. prompt, .. text.Tokens.Select(id => (int)id)], skipSpecialTokens: false).Replace(" " + LmCorpus.EndOfText, "", StringComparison.Ordinal));
    }

    private static void Route(CommandContext context)
    {
        var (model, tokenizer) = Load(context.Text("model"));
        var ids = tokenizer.Encode(context.Text("text"));
        if (ids.Length == 0) throw new UsageException("route: --text has no word; give one at least.");
        if (ids.Length > model.MaximumLength) throw new UsageException($"route: {ids.Length} words; the model looks at {model.MaximumLength} at most. Give a shorter text.");
        if (context.Has("capacity-factor"))
        {
            var config = model.Config with { Experts = model.Config.Experts with { EvalCapacityFactor = context.Number("capacity-factor") } };
            var other = new SwitchLanguageModel(config);
            other.LoadWeights(model.State());
            other.Evaluate();
            model = other;
        }
        using var mode = GradientMode.Disable();
        var pass = new TransformerContext();
        model.Forward(Tensor.From(Array.ConvertAll(ids, id => (long)id), [1, ids.Length]), null, pass);
        var rows = new List<RouteRow>();
        foreach (var stats in pass.Records.OfType<SwitchStats>())
        {
            foreach (var warning in stats.Warnings) context.Error.WriteLine(warning);
            rows.AddRange(stats.Routes().Select(route => new RouteRow(stats.Layer, route.Token, tokenizer.TokenOf(ids[route.Token]), route.Choice, route.Expert, route.Rank, route.IsDropped, stats.GateOf(route))));
        }
        if (rows.Count == 0) throw new UsageException("route: the model has no switch layer.");
        context.Output.WriteLine("layer  token  word                  choice  expert  rank  dropped   gate");
        foreach (var row in rows)
            context.Output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{row.Layer,5}  {row.Token,5}  {row.Word,-20}  {row.Choice,6}  {row.Expert,6}  {row.Rank,4}  {(row.Dropped ? "yes" : "no"),7}  {row.Gate:F3}"));
        if (context.TextOrNull("out") is { } path) AtomicFile.WriteText(path, JsonSerializer.Serialize([.. rows], SwitchReportJson.Default.RouteRowArray));
    }

    private static (SwitchLanguageModel Model, WordTokenizer Tokenizer) Load(string folder)
    {
        var tokenizer = LmTraining.LoadTokenizer(folder, "switch-transformers");
        var model = SwitchLanguageModel.Load(folder);
        if (tokenizer.Count != model.VocabularySize || tokenizer.IdOf(LmCorpus.EndOfText) is null)
            throw new UsageException($"{folder}: the vocabulary has {tokenizer.Count} words, the model {model.VocabularySize}; both must come from one run.");
        return (model, tokenizer);
    }
}

/// <summary>What training leaves beside the model.</summary>
internal sealed record TrainReport(int Steps, double HeldOutLoss, double LoadEntropy, double DroppedInTraining, double DroppedInEvaluation, CurvePoint[] Curve);

/// <summary>Held-out loss at a step.</summary>
internal sealed record CurvePoint(long Step, double HeldOutLoss);

/// <summary>A row of the drop report.</summary>
internal sealed record RouteRow(int Layer, int Token, string Word, int Choice, int Expert, int Rank, bool Dropped, double Gate);

[JsonSourceGenerationOptions(WriteIndented = true, PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals)]
[JsonSerializable(typeof(TrainReport))]
[JsonSerializable(typeof(RouteRow[]))]
internal sealed partial class SwitchReportJson : JsonSerializerContext;
