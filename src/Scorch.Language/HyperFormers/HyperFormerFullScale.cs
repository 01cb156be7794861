using System.Diagnostics;
using System.Globalization;
using Scorch.Models.Transformers;
using Scorch.Reproductions;
using Scorch.Text;

namespace Scorch.Language.HyperFormers;

/// <summary>The paper's own configuration: T5-base, the eight tasks of GLUE.</summary>
internal static class HyperFormerFullScale
{
    private const int Sentinels = 100;

    public static IReadOnlyList<Setting> Settings { get; } =
    [
        Setting.Text("glue", "", "GLUE as distributed: a folder with CoLA, SST-2, MRPC, QQP, STS-B, MNLI, QNLI and RTE, each with train.tsv and dev.tsv."),
        Setting.Text("t5", "", "A published T5, such as t5-base: config.json, model.safetensors and spiece.model."),
        Setting.Choice("sharing", "Full", "What layers share of the hypernetworks; Full is HyperFormer++.", "PerLayer", "PerPosition", "Full"),
        Setting.Integer("reduction", 32, "The reduction factor r of all adapters.", 1, 4096),
        Setting.Integer("task-dim", 64, "Features of the embeddings of tasks, layers and positions.", 1, 4096),
        Setting.Integer("hidden-dim", 128, "Features inside the task projector.", 1, 4096),
        Setting.Integer("projected-dim", 64, "Features from which weights are generated.", 1, 4096),
        Setting.Integer("steps", 1 << 18, "Steps.", 1, 100_000_000),
        Setting.Integer("batch", 32, "Examples of a step.", 1, 4096),
        Setting.Integer("length", 128, "Tokens of a text that are read.", 4, 4096),
        Setting.Number("learning-rate", 3e-4, "The greatest learning rate.", 1e-9, 1),
        Setting.Integer("warm-up", 500, "Steps over which it grows.", 0, 10_000_000),
        Setting.Number("temperature", 10, "T of the sampler of tasks.", 1e-3, 1e6),
        Setting.Number("label-smoothing", 0.1, "Share of a target that is spread over the vocabulary.", 0, 0.99),
        Setting.Integer("evaluate-every", 1000, "Steps between two evaluations; the best mean is kept.", 1, 10_000_000),
        Setting.Integer("dry-run-batch", 2, "Examples of the one step of a dry run.", 1, 4096),
        Setting.Integer("dry-run-length", 32, "Tokens of each of them.", 4, 4096),
    ];

    public static void Run(RunContext context)
    {
        var (folder, t5) = (Needed(context, "glue", "the folder with GLUE's eight tasks"), Needed(context, "t5", "the folder of a published T5"));
        foreach (var file in GlueTasks.Files)
            if (File.Exists(Path.Combine(folder, file))) context.UseData("glue", file, () => File.OpenRead(Path.Combine(folder, file)));
        var tokenizer = UnigramTokenizer.Load(Path.Combine(t5, "spiece.model"), Sentinels);
        var first = T5Model.Load(t5);
        var tasks = new TaskSet(new(tokenizer, first.Config.EndToken, context.Settings.Integer("length")), GlueTasks.Load(folder));
        var onBase = HyperFormerReproduction.OnT5Base();
        foreach (var seed in context.Seeds)
        {
            var hyper = HyperFormer.Attach(T5Model.Load(t5, seed), Config(context, first.Config.Features), GlueTasks.Names, seed);
            var dagger = AdapterModel.Attach(T5Model.Load(t5, seed), context.Settings.Integer("reduction"), GlueTasks.Names, seed: seed);
            context.Measure("C1a", seed, Trained(context, hyper, "HyperFormer++", tasks, seed), Trained(context, dagger, "Adapters-dagger", tasks, seed));
            context.Measure("C1b", seed, hyper.CountParameters().AddedPerTask, dagger.CountParameters().AddedPerTask);
            context.Measure("C1c", seed, onBase.PercentPerTask);
            context.Measure("C4", seed, onBase.Added);
        }
        context.MarkNotMeasurable("C2", "The paper's further data sets, on which few examples are tried, are not read here; the commands adapt a trained model to any task.");
    }

    /// <summary>T5-base in full with random weights and the paper's hypernetworks: one step.</summary>
    public static string OneStep(RunContext context)
    {
        var clock = Stopwatch.StartNew();
        var seed = context.Seeds[0];
        var backbone = new T5Model(T5Config.Base, new RandomSource(seed));
        var model = HyperFormer.Attach(backbone, Config(context, backbone.Config.Features), GlueTasks.Names, seed);
        var built = clock.Elapsed;
        context.Report("one step", 0.5);
        var (rows, length) = (context.Settings.Integer("dry-run-batch"), context.Settings.Integer("dry-run-length"));
        var random = new RandomSource(seed);
        int[] Drawn(int count) => Array.ConvertAll(random.Integers([count], 2, backbone.VocabularySize - 128).ToArray<long>(), id => (int)id);
        // Rows of different tasks in one batch.
        var batch = TaskText.Batch([.. Enumerable.Range(0, rows).Select(_ => Drawn(length))], [.. Enumerable.Range(0, rows).Select(_ => Drawn(2))], [.. Enumerable.Range(0, rows).Select(row => row % GlueTasks.Names.Count)]);
        var parameters = model.TrainableParameters();
        var optimizer = new Optimizers.AdamW(parameters, new(LearningRate: context.Settings.Number("learning-rate"), WeightDecay: 0));
        clock.Restart();
        model.Train();
        var loss = model.Loss(batch, context.Settings.Number("label-smoothing"));
        loss.Backward();
        var norm = Training.GradientClipping.ByNorm(parameters, 1);
        optimizer.Step();
        var report = model.CountParameters();
        return string.Create(
            CultureInfo.InvariantCulture,
            $"""
            T5-base with random weights: {report.Backbone:N0} parameters, frozen but for {report.Norms:N0} of its normalisations; built in {built.TotalSeconds:F0} s
            {model.Config.Sharing} hypernetworks, r = {model.Config.Reduction}, {model.Config.TaskDim} / {model.Config.HiddenDim} / {model.Config.ProjectedDim} features: {report.Added:N0} added parameters for {report.Tasks} tasks, {report.PercentPerTask:F4}% of the T5 for a task
            one step on {rows} texts of {length} tokens and of different tasks: loss {loss.Item():F3}, norm of the gradient {norm:G4}, {clock.Elapsed.TotalSeconds:F0} s
            a run takes batches of {context.Settings.Integer("batch")} texts of {context.Settings.Integer("length")} tokens, {context.Settings.Integer("steps"):N0} steps at {context.Settings.Number("learning-rate")}
            """);
    }

    private static double Trained(RunContext context, MultiTaskModel model, string name, TaskSet tasks, int seed)
    {
        var options = new MultiTaskOptions
        {
            Steps = context.Settings.Integer("steps"),
            BatchSize = context.Settings.Integer("batch"),
            Temperature = context.Settings.Number("temperature"),
            LearningRate = context.Settings.Number("learning-rate"),
            WarmUp = context.Settings.Integer("warm-up"),
            LabelSmoothing = context.Settings.Number("label-smoothing"),
            EvaluateEvery = context.Settings.Integer("evaluate-every"),
            Seed = seed,
            CheckpointPath = Path.Combine(context.OutputDirectory, $"{(model is HyperFormer ? "hyperformer" : "adapters")}-{seed}.training.safetensors"),
            CheckpointEvery = context.Settings.Integer("evaluate-every"),
        };
        MultiTaskTrainer.Fit(model, tasks, options, new LossCurve(context, $"training loss/{name}, seed {seed}", context.Training($"seed {seed}, {name}")), context.CancellationToken);
        var predictor = new TaskPredictor(model, tasks.Text);
        var scores = tasks.Tasks.Select(task => predictor.Score(task, task.Test, cancellationToken: context.CancellationToken)).ToArray();
        context.Note(string.Create(CultureInfo.InvariantCulture, $"Seed {seed}, {name}: mean {scores.Average():F2} ({string.Join(", ", tasks.Tasks.Zip(scores, (task, score) => string.Create(CultureInfo.InvariantCulture, $"{task.Name} {score:F1}")))})."));
        return scores.Average();
    }

    private static HyperFormerConfig Config(RunContext context, int features) => new()
    {
        ModelDim = features,
        Reduction = context.Settings.Integer("reduction"),
        TaskDim = context.Settings.Integer("task-dim"),
        HiddenDim = context.Settings.Integer("hidden-dim"),
        ProjectedDim = context.Settings.Integer("projected-dim"),
        Sharing = Enum.Parse<HyperSharing>(context.Settings.Text("sharing")),
    };

    private static string Needed(RunContext context, string setting, string what) => context.Settings.Text(setting) is { Length: > 0 } text
        ? text
        : throw new UsageException($"--set {setting}=FOLDER: {what} must be given; it is not shipped.");
}
