using System.Globalization;
using System.Text.Json;
using Scorch.Checkpoints;
using Scorch.Models.Transformers;
using Scorch.Reproductions;
using Scorch.Text;

namespace Scorch.Language.HyperFormers;

/// <summary><c>scorch hyperformer train</c>, <c>adapt</c>, <c>predict</c> and <c>materialize</c>, on the user's own label-text files.</summary>
internal static class HyperFormerCommands
{
    private static readonly CommandOption Model = new("model", "The folder that train wrote.", ValueKind.Path, IsRequired: true);
    private static readonly CommandOption Batch = new("batch", "Examples of a step.", ValueKind.Integer, "32");
    private static readonly CommandOption Rate = new("learning-rate", "The greatest learning rate (AdamW).", ValueKind.Number, "3e-3");
    private static readonly CommandOption Seed = new("seed", "Fixes every bit of the result.", ValueKind.Integer, "1");

    public static IReadOnlyList<PaperCommand> All { get; } =
    [
        new()
        {
            Name = "train",
            Description = "Train one hypernetwork for several tasks of your own; a run that was stopped goes on.",
            Options =
            [
                new("tasks", "NAME=FILE for each task, separated by commas; a line is a label, a tab or blank, and a text.", IsRequired: true),
                new("out", "The folder for the model.", ValueKind.Path, IsRequired: true),
                new("backbone", "A published T5: config.json, model.safetensors, spiece.model. Without it a small T5 is pre-trained on the texts.", ValueKind.Path),
                new("vocabulary", "Words of the small T5.", ValueKind.Integer, "8192"),
                new("features", "Features of the small T5.", ValueKind.Integer, "64"),
                new("layers", "Blocks of its encoder, half as many in its decoder.", ValueKind.Integer, "4"),
                new("pretrain-steps", "Steps of its pre-training.", ValueKind.Integer, "1000"),
                new("length", "Tokens of a text that are read.", ValueKind.Integer, "128"),
                new("reduction", "The reduction factor r of the adapters.", ValueKind.Integer, "8"),
                new("sharing", "What layers share of the hypernetworks.", DefaultValue: "full", Choices: ["per-layer", "per-position", "full"]),
                new("task-dim", "Features of the embeddings of tasks, layers and positions.", ValueKind.Integer, "64"),
                new("hidden-dim", "Features inside the task projector.", ValueKind.Integer, "128"),
                new("projected-dim", "Features from which weights are generated.", ValueKind.Integer, "64"),
                new("steps", "Steps of the whole run.", ValueKind.Integer, "1000"),
                Batch,
                Rate,
                new("temperature", "Tasks are drawn by their sizes to the power of one over this.", ValueKind.Number, "10"),
                new("mixed", "Draw a task for every example of a batch, not one for the batch.", ValueKind.Flag),
                new("label-smoothing", "Share of a target that is spread over the vocabulary.", ValueKind.Number, "0.1"),
                new("held-out", "Share of each task kept for validation, and the same for the test.", ValueKind.Number, "0.1"),
                Seed,
            ],
            Handler = TrainAsync,
        },
        new()
        {
            Name = "adapt",
            Description = "Add a task from a few examples: its vector starts as a known task's, the backbone stays.",
            Options =
            [
                Model,
                new("task", "The new task's name.", IsRequired: true),
                new("examples", "Its examples: a line is a label, a tab or blank, and a text.", ValueKind.Path, IsRequired: true),
                new("init-from", "The known task whose vector it starts with; by default the one that explains the examples best."),
                new("out", "The folder for the new model.", ValueKind.Path, IsRequired: true),
                new("steps", "Steps.", ValueKind.Integer, "100"),
                Batch,
                Rate,
                Seed,
            ],
            Handler = AdaptAsync,
        },
        new()
        {
            Name = "predict",
            Description = "Print the label of each text.",
            Options =
            [
                Model,
                new("text", "Texts, one a line; without --task a task's name and a tab stand before each, and tasks are mixed in a batch.", ValueKind.Path, IsRequired: true),
                new("task", "The task of all texts."),
                new("adapters", "Materialised adapters to use in place of the hypernetworks.", ValueKind.Path),
                new("answer", "Take the likeliest label, or what the model writes.", DefaultValue: "ranked", Choices: ["ranked", "generated"]),
            ],
            Handler = context => Task.Run(() => Predict(context), context.CancellationToken),
        },
        new()
        {
            Name = "materialize",
            Description = "Write a task's adapters as plain weights, which need no hypernetwork.",
            Options =
            [
                Model,
                new("task", "The task.", IsRequired: true),
                new("out", "The file (safetensors).", ValueKind.Path, IsRequired: true),
            ],
            Handler = context => Task.Run(() => Materialize(context), context.CancellationToken),
        },
    ];

    private static async Task TrainAsync(CommandContext context)
    {
        var (folder, seed) = (context.Text("out"), context.Integer("seed"));
        var options = new MultiTaskOptions
        {
            Steps = context.Integer("steps"),
            BatchSize = context.Integer("batch"),
            LearningRate = context.Number("learning-rate"),
            Temperature = context.Number("temperature"),
            MixesTasks = context.Flag("mixed"),
            LabelSmoothing = context.Number("label-smoothing"),
            EvaluateEvery = Math.Max(1, context.Integer("steps") / 5),
            Seed = seed,
            CheckpointPath = Path.Combine(folder, "training.safetensors"),
            CheckpointEvery = 200,
        };
        options.Validate();
        var tasks = ReadTasks(context);
        var (backbone, text) = await Task.Run(() => Backbone(context, tasks), context.CancellationToken).ConfigureAwait(false);
        var config = new HyperFormerConfig
        {
            ModelDim = backbone.Config.Features,
            Reduction = context.Integer("reduction"),
            TaskDim = context.Integer("task-dim"),
            HiddenDim = context.Integer("hidden-dim"),
            ProjectedDim = context.Integer("projected-dim"),
            Sharing = context.Text("sharing") switch
            {
                "per-layer" => HyperSharing.PerLayer,
                "per-position" => HyperSharing.PerPosition,
                _ => HyperSharing.Full,
            },
        };
        var set = new TaskSet(text, tasks);
        var model = HyperFormer.Attach(backbone, config, [.. tasks.Select(task => task.Name)], seed);
        var result = await MultiTaskTrainer.FitAsync(model, set, options, new TrainingView(context.Progress, "hyperformer", 0.3), context.CancellationToken).ConfigureAwait(false);
        new HyperFormerFolder(model, text, tasks.ToDictionary(task => task.Name, task => task.Labels)).SaveTasks(folder);
        var predictor = new TaskPredictor(model, text);
        var test = tasks.ToDictionary(task => task.Name, task => predictor.Score(task, task.Test, Answering.Ranked, context.CancellationToken));
        var count = model.CountParameters();
        var report = new TrainingReport(result.Steps, result.BestStep, result.Validation.ToDictionary(), test, count.Backbone, count.Added, count.PercentPerTask);
        AtomicFile.WriteText(Path.Combine(folder, "report.json"), JsonSerializer.Serialize(report, TaskFileJson.Default.TrainingReport));
        foreach (var task in tasks) context.Output.WriteLine(Invariant($"{task.Name}: {test[task.Name]:F1}% of {task.Test.Count} test texts right ({task.Train.Count} trained on, {task.Labels.Count} labels)"));
        context.Output.WriteLine(Invariant($"{count.Added} added parameters, {count.PercentPerTask:F2}% of the T5's {count.Backbone} for a task; written to {folder}"));
    }

    private static async Task AdaptAsync(CommandContext context)
    {
        var (name, seed) = (context.Text("task"), context.Integer("seed"));
        var options = new MultiTaskOptions
        {
            Steps = context.Integer("steps"),
            BatchSize = context.Integer("batch"),
            LearningRate = context.Number("learning-rate"),
            EvaluateEvery = 0,
            Seed = seed,
        };
        options.Validate();
        var (source, folder) = (context.Text("model"), context.Text("out"));
        var loaded = HyperFormerFolder.Load(source);
        var examples = Examples(name, LabelledSentences.Read(context.Text("examples")));
        var task = new TextTask(name, examples);
        var set = new TaskSet(loaded.Text, task);
        var from = context.TextOrNull("init-from") ?? FewShot.MostSimilarTask(loaded.Model, loaded.Text, examples, context.CancellationToken);
        loaded.Model.AddTask(name, from, seed);
        await MultiTaskTrainer.FewShotAsync(loaded.Model, name, set, options, new TrainingView(context.Progress, name), context.CancellationToken).ConfigureAwait(false);
        HyperFormerFolder.CopyBackbone(source, folder);
        (loaded with { Labels = new Dictionary<string, IReadOnlyList<string>>(loaded.Labels) { [name] = task.Labels } }).SaveTasks(folder);
        context.Output.WriteLine(Invariant($"{name}: {examples.Count} examples, its vector started as that of {from}; written to {folder}"));
    }

    private static void Predict(CommandContext context)
    {
        var folder = context.Text("model");
        var isRanked = context.Text("answer") == "ranked";
        if (context.TextOrNull("adapters") is { } adapters)
        {
            PredictByAdapters(context, folder, adapters, isRanked);
            return;
        }
        var loaded = HyperFormerFolder.Load(folder);
        var predictor = new TaskPredictor(loaded.Model, loaded.Text);
        var lines = Lines(context);
        (string Task, string Text)[] rows = [.. lines.Select((line, i) => Row(loaded.Model, context.TextOrNull("task"), line, i + 1))];
        var answers = new string[rows.Length];
        if (isRanked)
        {
            // Labels differ from task to task; texts of one task are ranked together.
            foreach (var group in Enumerable.Range(0, rows.Length).GroupBy(i => rows[i].Task))
            {
                var own = group.ToArray();
                var ranked = predictor.Rank([.. own.Select(i => TextTask.SourceOf(group.Key, rows[i].Text))], group.Key, loaded.Labels[group.Key], context.CancellationToken);
                for (var i = 0; i < own.Length; i++) answers[own[i]] = ranked[i];
            }
        }
        else
        {
            var longest = rows.Select(row => row.Task).Distinct().SelectMany(task => loaded.Labels[task]).Max(label => loaded.Text.Encode(label).Length);
            answers = [.. predictor.Generate([.. rows.Select(row => TextTask.SourceOf(row.Task, row.Text))], [.. rows.Select(row => row.Task)], longest, context.CancellationToken)];
        }
        for (var i = 0; i < rows.Length; i++) context.Output.WriteLine($"{answers[i]}\t{rows[i].Text}");
    }

    private static void PredictByAdapters(CommandContext context, string folder, string path, bool isRanked)
    {
        var content = HyperFormerFolder.LoadTasks(folder);
        var (backbone, text) = HyperFormerFolder.LoadBackbone(folder, content.MaximumLength);
        var weights = AdapterWeights.Load(path);
        if (context.TextOrNull("task") is { } task && task != weights.Task) throw new UsageException($"predict: {path} holds adapters of '{weights.Task}', not of '{task}'.");
        if (!content.Labels.TryGetValue(weights.Task, out var labels)) throw new UsageException($"predict: {folder} knows no labels of '{weights.Task}'; its tasks are {string.Join(", ", content.Labels.Keys)}.");
        weights.AttachTo(backbone);
        // Nothing is left that generates: a plain T5 with static adapters.
        var model = new FineTunedModel(backbone, [weights.Task]);
        model.Evaluate();
        var predictor = new TaskPredictor(model, text);
        var lines = Lines(context);
        string[] sources = [.. lines.Select(line => TextTask.SourceOf(weights.Task, line))];
        var answers = isRanked
            ? predictor.Rank(sources, weights.Task, labels, context.CancellationToken)
            : predictor.Generate(sources, [.. sources.Select(_ => weights.Task)], labels.Max(label => text.Encode(label).Length), context.CancellationToken);
        for (var i = 0; i < lines.Count; i++) context.Output.WriteLine($"{answers[i]}\t{lines[i]}");
    }

    private static void Materialize(CommandContext context)
    {
        var model = HyperFormerFolder.Load(context.Text("model")).Model;
        var weights = model.Materialize(context.Text("task"));
        weights.Save(context.Text("out"));
        context.Output.WriteLine(Invariant($"{weights.Task}: adapters of {weights.Encoder.Layers} + {weights.Decoder.Layers} layers written to {context.Text("out")}"));
    }

    private static TextTask[] ReadTasks(CommandContext context)
    {
        var share = context.Number("held-out");
        if (!(share is > 0 and < 0.5)) throw new UsageException(Invariant($"train: --held-out is {share}; give a share above 0 and below 0.5."));
        var tasks = new List<TextTask>();
        foreach (var entry in context.List("tasks"))
        {
            if (entry.Split('=', 2) is not [{ Length: > 0 } name, { Length: > 0 } path]) throw new UsageException($"train: '{entry}' of --tasks is not NAME=FILE.");
            var rows = LabelledSentences.Read(path);
            var count = Math.Max(1, (int)(share * rows.Count));
            if (rows.Count <= 2 * count) throw new UsageException($"train: {path} has {rows.Count} lines; three at least are needed to train, validate and test.");
            var (test, others) = GlueSplits.Cut(rows, count, new RandomSource(context.Integer("seed")));
            var (validation, train) = GlueSplits.Cut(others, count, new RandomSource(context.Integer("seed")));
            tasks.Add(new(name, Examples(name, train), Examples(name, validation), Examples(name, test), allowsUnseenLabels: true));
        }
        if (tasks.Count == 0) throw new UsageException("train: --tasks names no task; give NAME=FILE.");
        if (tasks.CountBy(task => task.Name).FirstOrDefault(entry => entry.Value > 1) is { Value: > 1 } twice) throw new UsageException($"train: two tasks of --tasks are named '{twice.Key}'; give each a name of its own.");
        return [.. tasks];
    }

    private static (T5Model Backbone, TaskText Text) Backbone(CommandContext context, IReadOnlyList<TextTask> tasks)
    {
        var (folder, length) = (context.Text("out"), context.Integer("length"));
        if (!HyperFormerFolder.HasBackbone(folder))
        {
            if (context.TextOrNull("backbone") is { } published)
            {
                HyperFormerFolder.SaveBackbone(folder, T5Model.Load(published), null, Path.Combine(published, "spiece.model"));
            }
            else
            {
                string[] texts = [.. tasks.SelectMany(task => task.Train).Select(example => example.Source)];
                var layers = context.Integer("layers");
                var words = TaskText.WordsOf(texts, tasks.SelectMany(task => task.Labels.Append(TextTask.SourceOf(task.Name, ""))), context.Integer("vocabulary"));
                var config = new SmallBackboneConfig
                {
                    Features = context.Integer("features"),
                    Layers = layers,
                    DecoderLayers = Math.Max(1, layers / 2),
                    Steps = context.Integer("pretrain-steps"),
                    BatchSize = Math.Min(context.Integer("batch"), texts.Length),
                    Seed = context.Integer("seed"),
                };
                HyperFormerFolder.SaveBackbone(folder, SmallBackbone.Pretrain(texts, new(words, maximumLength: length), config, new TrainingView(context.Progress, "pre-training", 0, 0.3), context.CancellationToken), words);
            }
        }
        // Read back: a run that goes on has the very same weights.
        return HyperFormerFolder.LoadBackbone(folder, length);
    }

    private static (string Task, string Text) Row(HyperFormer model, string? task, string line, int number)
    {
        if (task is not null)
        {
            model.NumberOf(task);
            return (task, line);
        }
        if (line.Split('\t', 2) is not [{ Length: > 0 } own, { Length: > 0 } text]) throw new UsageException($"predict: line {number} is not a task, a tab and a text; correct it, or give --task.");
        model.NumberOf(own);
        return (own, text);
    }

    private static IReadOnlyList<string> Lines(CommandContext context)
    {
        string[] lines = [.. TextCorpus.FromFiles([context.Text("text")])];
        return lines.Length > 0 ? lines : throw new UsageException($"predict: {context.Text("text")} has no text; give one a line.");
    }

    private static IReadOnlyList<TaskExample> Examples(string name, IEnumerable<(string Label, string Text)> rows) =>
        [.. rows.Select(row => new TaskExample(TextTask.SourceOf(name, row.Text), row.Label))];

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
