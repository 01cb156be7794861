using System.Diagnostics;
using System.Globalization;
using Scorch.Autograd;
using Scorch.Models.Transformers;
using Scorch.Optimizers;
using Scorch.Reproductions;
using Scorch.Training;

namespace Scorch.Language.TransformerSurvey;

/// <summary>Variants at full size: 12 layers of 512 features on enwik8's bytes, or on the Long Range Arena's ListOps.</summary>
internal static class SurveyFullScale
{
    private const string Claimed = "a single variant is trained at this scale; the claims are about all of them, at laptop scale";

    public static IReadOnlyList<Setting> Settings { get; } =
    [
        Setting.Choice("task", "enwik8", "Next bytes of a file, or values of list expressions.", "enwik8", "listops"),
        Setting.Text("data", "", "The file enwik8 (its first 90% are learnt from, the next 5% held out), or the folder of basic_train.tsv and basic_val.tsv."),
        Setting.Text("attention", "full", "The attention, such as bigbird(window=64)."),
        Setting.Text("position", "sinusoidal", "The positions."),
        Setting.Text("norm", "pre-layer-norm", "The normalisation."),
        Setting.Text("feed-forward", "relu", "The feed-forward part."),
        Setting.Text("topology", "", "The topology; by default decoder for enwik8, encoder for listops."),
        Setting.Integer("model-dim", 512, "Features of the hidden states.", 2, 65_536),
        Setting.Integer("layers", 12, "Layers.", 1, 1000),
        Setting.Integer("heads", 8, "Attention heads.", 1, 1000),
        Setting.Integer("segment", 1024, "Bytes of a segment, or symbols of an expression.", 2, 65_536),
        Setting.Integer("batch", 16, "Streams or expressions of a step.", 1, 65_536),
        Setting.Integer("steps", 100_000, "Steps.", 1, 100_000_000),
        Setting.Number("learning-rate", 2.5e-4, "Adam's.", 1e-9, 10),
    ];

    public static string OneStep(RunContext context)
    {
        var settings = context.Settings;
        var isText = settings.Text("task") == "enwik8";
        var (spec, random, clock) = (Spec(settings), new RandomSource(context.Seeds[0]), Stopwatch.StartNew());
        var inner = new TransformerContext();
        double loss;
        long parameters;
        // One stream, so that the step fits a small machine; the sizes are the full ones.
        if (isText)
        {
            var model = new XformerLanguageModel(new(spec, 256), context.Seeds[0]);
            parameters = model.ParameterCount;
            context.Report("one step", 0.5);
            loss = Step(model, () => model.CrossEntropy(random.Integers([1, spec.MaximumLength + 1], 0, 256), inner).Loss, settings);
        }
        else
        {
            var model = new XformerClassifier(spec, ListOpsFile.VocabularySize, ListOpsFile.Classes, context.Seeds[0]);
            parameters = model.ParameterCount;
            context.Report("one step", 0.5);
            loss = Step(model, () => model.CrossEntropy(random.Integers([1, spec.MaximumLength], 1, ListOpsFile.VocabularySize), new(), Tensor.From(3L), inner), settings);
        }
        return string.Create(
            CultureInfo.InvariantCulture,
            $"""
            {spec.Topology}: {spec.Layers} layers, d = {spec.Dim}, {spec.Heads} heads, {spec.Attention}, {spec.Position}, {spec.Norm}, {spec.FeedForward}: {parameters:N0} parameters
            one step on {spec.MaximumLength} {(isText ? "bytes" : "symbols")}: loss {loss:F3}, {clock.Elapsed.TotalSeconds:F0} s
            peak memory of the process {RunContext.PeakMemoryGibibytes:F2} GiB
            """);
    }

    public static void Run(RunContext context)
    {
        var settings = context.Settings;
        if (settings.Text("data").Length == 0)
            throw new UsageException("The text is not shipped: give --set data=FILE with enwik8 (100 MB, from http://mattmahoney.net/dc/enwik8.zip), or --set task=listops --set data=FOLDER with the Long Range Arena's basic_train.tsv and basic_val.tsv.");
        foreach (var claim in new SurveyReproduction().Claims) context.MarkNotMeasurable(claim.Id, Claimed);
        foreach (var seed in context.Seeds)
        {
            if (settings.Text("task") == "enwik8") Text(context, seed);
            else ListOps(context, seed);
        }
    }

    private static void Text(RunContext context, int seed)
    {
        var settings = context.Settings;
        var corpus = SurveyData.Bytes(settings.Text("data"));
        var model = new XformerLanguageModel(new(Spec(settings), 256), seed);
        var options = new SurveyTrainOptions
        {
            Steps = settings.Integer("steps"),
            BatchSize = settings.Integer("batch"),
            Length = settings.Integer("segment"),
            LearningRate = settings.Number("learning-rate"),
            HeldOutBatches = 64,
            Seed = seed,
            CheckpointPath = Path.Combine(context.OutputDirectory, string.Create(CultureInfo.InvariantCulture, $"training-{seed}.safetensors")),
        };
        var result = SurveyTrainer.Fit(model, corpus, options, context.Training($"seed {seed}"), context.CancellationToken);
        foreach (var (step, loss) in result.Curve) context.LogScalar($"training loss/seed {seed}", step, loss);
        context.Note(string.Create(CultureInfo.InvariantCulture, $"seed {seed}: {result.BitsPerCharacter:F4} bits a byte held out, {result.StepSeconds * 1000:F0} ms a step, {model.ParameterCount} parameters"));
        model.Save(Path.Combine(context.OutputDirectory, string.Create(CultureInfo.InvariantCulture, $"model-{seed}")));
    }

    private static void ListOps(RunContext context, int seed)
    {
        var settings = context.Settings;
        var (folder, longest) = (settings.Text("data"), settings.Integer("segment"));
        foreach (var name in new[] { "basic_train.tsv", "basic_val.tsv" }) SurveyData.RequireFile(Path.Combine(folder, name), "the Long Range Arena's lra_release/listops folder");
        var (training, heldOut) = (ListOpsFile.Read(Path.Combine(folder, "basic_train.tsv"), longest), ListOpsFile.Read(Path.Combine(folder, "basic_val.tsv"), longest));
        var model = new XformerClassifier(Spec(settings), ListOpsFile.VocabularySize, ListOpsFile.Classes, seed);
        var (batch, steps) = (settings.Integer("batch"), settings.Integer("steps"));
        var loader = new Scorch.Data.DataLoader<IReadOnlyList<int>>(training.Sources.Count, rows => [.. rows], new(Math.Min(batch, training.Sources.Count), DropLast: true, Seed: seed));
        var trainer = new Trainer<IReadOnlyList<int>>(
            model,
            new Adam(model.Parameters(), new(settings.Number("learning-rate"))),
            loader,
            rows =>
            {
                var (ids, scope, labels) = training.Batch(rows);
                var inner = new TransformerContext();
                return inner.Losses.Aggregate(model.CrossEntropy(ids, scope, labels, inner), (sum, added) => sum + added);
            },
            new(steps) { GradientNorm = 1, ReportEvery = Math.Max(1, steps / 1000) });
        trainer.Run(context.Training($"seed {seed}"), context.CancellationToken);
        model.Evaluate();
        using var mode = GradientMode.Disable();
        var right = 0;
        foreach (var rows in Enumerable.Range(0, heldOut.Sources.Count).Chunk(batch))
        {
            context.CancellationToken.ThrowIfCancellationRequested();
            var (ids, scope, labels) = heldOut.Batch(rows);
            right += (int)model.Forward(ids, scope).ArgMax(1).EqualTo(labels).To(DataType.Int64).Sum().ItemInt64();
        }
        context.Note(string.Create(CultureInfo.InvariantCulture, $"seed {seed}: {(double)right / heldOut.Sources.Count:P1} of the held-out expressions, {model.ParameterCount} parameters"));
    }

    private static double Step(Modules.Module model, Func<Tensor> run, RunSettings settings)
    {
        model.Train();
        var loss = run();
        loss.Backward();
        new Adam(model.Parameters(), new(settings.Number("learning-rate"))).Step();
        return loss.Item();
    }

    private static XformerSpec Spec(RunSettings settings)
    {
        var spec = new XformerSpec
        {
            Dim = settings.Integer("model-dim"),
            Layers = settings.Integer("layers"),
            Heads = settings.Integer("heads"),
            MaximumLength = settings.Integer("segment"),
            Attention = ModuleSpec.Parse(settings.Text("attention")),
            Position = ModuleSpec.Parse(settings.Text("position")),
            Norm = ModuleSpec.Parse(settings.Text("norm")),
            FeedForward = ModuleSpec.Parse(settings.Text("feed-forward")),
            Topology = settings.Text("topology") is { Length: > 0 } topology ? ModuleSpec.Parse(topology) : settings.Text("task") == "enwik8" ? Topologies.Decoder() : Topologies.Encoder(),
        };
        spec.Validate();
        return spec;
    }
}
