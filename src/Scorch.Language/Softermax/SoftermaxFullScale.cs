using System.Globalization;
using Scorch.Autograd;
using Scorch.Data;
using Scorch.Language.MetaDistil;
using Scorch.Losses;
using Scorch.Models.Training;
using Scorch.Models.Transformers;
using Scorch.Modules;
using Scorch.Reproductions;
using Scorch.Text;

namespace Scorch.Language.Softermax;

/// <summary>The paper's own tasks: BERT on GLUE and SQuAD 1.1, the ordinary softmax against Softermax, both rounded and trained on.</summary>
internal static class SoftermaxFullScale
{
    private const int Batch = 32, Stride = 128;

    public static IReadOnlyList<Setting> Settings { get; } =
    [
        Setting.Choice("task", "glue", "GLUE or SQuAD 1.1.", "glue", "squad"),
        Setting.Text("bert", "", "Folder of a pre-trained BERT: config.json, model.safetensors, vocab.txt."),
        Setting.Text("glue-task", "mrpc", "Task of GLUE: cola, sst2, mrpc, qqp, mnli, qnli, rte."),
        Setting.Text("glue", "", "Folder with the task's train.tsv and dev.tsv."),
        Setting.Text("squad", "", "Folder with train-v1.1.json and dev-v1.1.json."),
        Setting.Choice("size", "base", "The BERT of the dry run.", "base", "large"),
        Setting.Integer("epochs", 3, "Passes with the ordinary softmax, and of each arm with rounding.", 1, 1000),
        Setting.Number("learning-rate", 2e-5, "AdamW's.", 1e-9, 1),
        Setting.Integer("length", 0, "Tokens that are read; 0 for 128 on GLUE and 384 on SQuAD.", 0, 512),
    ];

    public static void Run(RunContext context)
    {
        foreach (var id in (string[])["C1a", "C1b", "C2a", "C2b", "C3a", "C3b"]) context.MarkNotMeasurable(id, "not part of the paper's scale here: run --scale laptop");
        if (context.Settings.Text("task") == "squad") RunSquad(context);
        else RunGlue(context);
    }

    /// <summary>The BERT in full with random weights, rounded, takes one step on drawn tokens.</summary>
    public static string OneStep(RunContext context)
    {
        const int Texts = 2, Length = 128;
        var random = new RandomSource(context.Seeds[0]);
        var config = context.Settings.Text("size") == "large" ? BertConfig.Large : BertConfig.Base;
        var squad = context.Settings.Text("task") == "squad";
        Module model;
        Func<Tensor, Tensor> loss;
        var segments = Tensor.Zeros([Texts, Length], DataType.Int64);
        if (squad)
        {
            var spans = new BertSpanModel(new BertModel(config, random, hasPooler: false), random);
            (model, loss) = (spans, ids => SpanLoss(spans, ids, segments, Tensor.From([5L, 9L]), Tensor.From([7L, 9L])));
        }
        else
        {
            var classifier = new BertClassifier(config, 2, random);
            (model, loss) = (classifier, ids => Loss.CrossEntropy(classifier.Forward(ids, null, segments), Tensor.From([0L, 1L])));
        }
        var tokens = random.Integers([Texts, Length], 1000, config.VocabularySize);
        var quantized = Quantizer.Insert(model, new SoftermaxTraining().Quantization());
        quantized.Calibrate([tokens], ids => loss(ids));
        var optimizer = new Optimizers.AdamW(model.Parameters(), Optimizers.AdamW.Defaults with { LearningRate = 2e-5 });
        context.CancellationToken.ThrowIfCancellationRequested();
        model.Train();
        var value = loss(tokens);
        value.Backward();
        optimizer.Step();
        return Invariant($"BERT with {config.Layers} layers of {config.Features} features, {model.ParameterCount} parameters, for {(squad ? "SQuAD" : "GLUE")}: all maps and attentions in {quantized.Config.Bits} bits with Softermax; one step of AdamW on {Texts} drawn texts of {Length} tokens, loss {value.Item():F3}, {quantized.Diagnostics.SaturatedInputs} of {quantized.Diagnostics.Scores} scores saturated. A run takes batches of {Batch} with {(squad ? 384 : 128)} tokens for {context.Settings.Integer("epochs")} epochs, then as many with rounding in either arm.");
    }

    private static void RunGlue(RunContext context)
    {
        var (folder, bert) = (Given(context, "glue", "the folder with train.tsv and dev.tsv"), Given(context, "bert", "the folder of a pre-trained BERT"));
        if (!Enum.TryParse<GlueTask>(context.Settings.Text("glue-task"), ignoreCase: true, out var task))
            throw new UsageException($"--set glue-task={context.Settings.Text("glue-task")}: the tasks are cola, sst2, mrpc, qqp, mnli, qnli, rte.");
        var tokenizer = WordPieceTokenizer.Load(Path.Combine(bert, "vocab.txt"));
        var length = context.Settings.Integer("length") is > 0 and var given ? given : 128;
        var (train, dev) = (Read("train.tsv"), Read(task == GlueTask.Mnli ? "dev_matched.tsv" : "dev.tsv"));
        var classes = GlueFiles.Classes(task).Count;
        var (epochs, rate) = (context.Settings.Integer("epochs"), context.Settings.Number("learning-rate"));
        foreach (var seed in context.Seeds)
        {
            var (own, validation) = SoftermaxData.Split(train, 0.1, seed);
            SentenceNetwork Fresh() => SentenceNetwork.Of(BertClassifier.LoadPretrained(bert, classes, new RandomSource(seed)));
            var network = Fresh();
            network.Fit(own, epochs, Batch, rate, seed, context.Training($"{task}, seed {seed}: ordinary softmax"), context.CancellationToken);
            var start = network.Snapshot();
            var recipe = new SoftermaxRecipe(own, validation, dev, new() { Epochs = epochs }, SoftermaxConfig.Paper, Batch, [rate, rate / 2]);
            var results = ((RecipeArm[])[RecipeArm.RoundedSoftmax, RecipeArm.DropIn, RecipeArm.Softermax]).ToDictionary(arm => arm, arm => recipe.Run(
                arm,
                () =>
                {
                    var fresh = Fresh();
                    fresh.Module.LoadState(start);
                    return fresh;
                },
                seed,
                name => context.Training($"{task}, seed {seed}: {name}"),
                context.CancellationToken));
            context.Measure("C2c", seed, 100 * results[RecipeArm.Softermax].Test, 100 * results[RecipeArm.RoundedSoftmax].Test);
            context.Note(Invariant($"{task}, seed {seed}: before {network.Accuracy(dev):P2}; ") + string.Join("; ", results.Select(entry => Invariant($"{SoftermaxRecipe.NameOf(entry.Key)} {entry.Value.Test:P2}"))));
        }

        TensorDataSet Read(string file)
        {
            var path = Path.Combine(folder, file);
            context.UseData("glue", $"{task}/{file}", () => File.OpenRead(path));
            return FullGlue.Encode(GlueFiles.Read(path, task), tokenizer, length);
        }
    }

    private static void RunSquad(RunContext context)
    {
        var (folder, bert) = (Given(context, "squad", "the folder with train-v1.1.json and dev-v1.1.json"), Given(context, "bert", "the folder of a pre-trained BERT"));
        var tokenizer = WordPieceTokenizer.Load(Path.Combine(bert, "vocab.txt"));
        var length = context.Settings.Integer("length") is > 0 and var given ? given : 384;
        var (train, dev) = (Read("train-v1.1.json"), Read("dev-v1.1.json"));
        var (trainWindows, devWindows) = (SquadWindows.Of(train, tokenizer, length, Stride), SquadWindows.Of(dev, tokenizer, length, Stride));
        var (epochs, rate) = (context.Settings.Integer("epochs"), context.Settings.Number("learning-rate"));
        foreach (var seed in context.Seeds)
        {
            var model = BertSpanModel.LoadPretrained(bert, new RandomSource(seed));
            FitSquad(model, trainWindows, epochs, rate, seed, context, "ordinary softmax");
            var start = model.State().ToDictionary(entry => entry.Key, entry => entry.Value.Clone());
            double Arm(SoftermaxConfig? softmax, string name)
            {
                var own = BertSpanModel.LoadPretrained(bert, new RandomSource(seed));
                own.LoadState(start);
                var quantized = Quantizer.Insert(own, new SoftermaxTraining().Quantization() with { Softmax = softmax });
                quantized.Calibrate(
                    new RandomSource(seed).Permutation(trainWindows.Count).Chunk(Batch).Take(8).Select(rows => Tensors([.. rows.Select(row => trainWindows[row])])),
                    batch => own.Forward(batch.Ids, batch.Segments));
                FitSquad(own, trainWindows, epochs, rate, seed, context, name);
                var (exact, f1) = ScoreSquad(own, dev, devWindows);
                context.Note(Invariant($"SQuAD 1.1, seed {seed}, {name}: F1 {f1:F2}, exact match {exact:F2}."));
                return f1;
            }
            context.Measure("C2c", seed, Arm(SoftermaxConfig.Paper, "rounded, Softermax"), Arm(null, "rounded, ordinary softmax"));
        }

        IReadOnlyList<SquadExample> Read(string file)
        {
            var path = Path.Combine(folder, file);
            context.UseData("squad", file, () => File.OpenRead(path));
            return SquadFile.Read(path);
        }
    }

    private static void FitSquad(BertSpanModel model, List<SquadWindow> windows, int epochs, double rate, long seed, RunContext context, string name)
    {
        model.Train();
        ShortTraining.Run(
            model,
            windows.Count,
            (rows, _) => Tensors([.. rows.Select(row => windows[row])]),
            batch => SpanLoss(model, batch.Ids, batch.Segments, batch.Starts, batch.Ends),
            new ShortTrainingConfig
            {
                Steps = Math.Max(1, epochs * (windows.Count / Batch)),
                BatchSize = Batch,
                LearningRate = rate,
                Seed = seed,
            },
            context.Training($"SQuAD, seed {seed}: {name}"),
            context.CancellationToken);
    }

    /// <summary>Exact match and F1 in percent over the questions.</summary>
    internal static (double ExactMatch, double F1) ScoreSquad(BertSpanModel model, IReadOnlyList<SquadExample> examples, IReadOnlyList<SquadWindow> windows)
    {
        model.Evaluate();
        using var mode = GradientMode.Disable();
        var scored = new List<(SquadWindow Window, float[] Starts, float[] Ends)>();
        foreach (var part in windows.Chunk(Batch))
        {
            var batch = Tensors(part);
            var (starts, ends) = model.Forward(batch.Ids, batch.Segments);
            for (var i = 0; i < part.Length; i++) scored.Add((part[i], starts.Select(0, i).ToArray<float>(), ends.Select(0, i).ToArray<float>()));
        }
        var (exact, f1) = (0.0, 0.0);
        foreach (var group in scored.GroupBy(entry => entry.Window.Example))
        {
            var truths = examples[group.Key].Answers.Select(answer => answer.Text).ToArray();
            var answer = SquadWindows.Answer(examples[group.Key], group);
            exact += Answers.ExactMatch(answer, truths) ? 1 : 0;
            f1 += Answers.F1(answer, truths);
        }
        return (100 * exact / examples.Count, 100 * f1 / examples.Count);
    }

    private static Tensor SpanLoss(BertSpanModel model, Tensor ids, Tensor segments, Tensor starts, Tensor ends)
    {
        var (first, last) = model.Forward(ids, segments);
        return (Loss.CrossEntropy(first, starts) + Loss.CrossEntropy(last, ends)) / 2;
    }

    private static (Tensor Ids, Tensor Segments, Tensor Starts, Tensor Ends) Tensors(IReadOnlyList<SquadWindow> windows)
    {
        Tensor Table(Func<SquadWindow, long[]> part) => Tensor.From(windows.SelectMany(part).ToArray(), [windows.Count, windows[0].Ids.Length]);
        Tensor Column(Func<SquadWindow, long> part) => Tensor.From(windows.Select(part).ToArray());
        return (Table(window => window.Ids), Table(window => window.Segments), Column(window => window.Start), Column(window => window.End));
    }

    private static string Given(RunContext context, string setting, string what) => context.Settings.Text(setting) is { Length: > 0 } path
        ? path
        : throw new UsageException($"--set {setting}=FOLDER must be given: {what}. GLUE, SQuAD and BERT are not shipped.");

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
