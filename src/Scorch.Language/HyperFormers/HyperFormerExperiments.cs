using System.Globalization;
using Scorch.Models.Transformers;
using Scorch.Reproductions;
using Scorch.Training;

namespace Scorch.Language.HyperFormers;

/// <summary>The measurements of <see cref="HyperFormerReproduction"/> on a small T5 that is pre-trained within the run.</summary>
internal sealed class HyperFormerExperiments
{
    private const string Hyper = "HyperFormer++", Dagger = "Adapters-dagger", Adapters = "Adapters, a task each", Together = "fine-tuning, all tasks", Alone = "fine-tuning, a task each";

    /// <summary>The number of examples that claim C2 is about.</summary>
    private const int ClaimedShots = 64;
    private const double PretrainingShare = 0.25, FewShotShare = 0.15;
    private static readonly string[] Methods = [Alone, Together, Adapters, Dagger, Hyper];
    private readonly RunContext context;
    private readonly SentenceTasks data;
    private readonly TaskSet tasks;
    private readonly T5Model backbone;
    private readonly double[] rates;
    private readonly int[] shots;
    private readonly Dictionary<string, double> chosen = [];
    private readonly ParameterReport onBase = HyperFormerReproduction.OnT5Base();

    private HyperFormerExperiments(RunContext context)
    {
        this.context = context;
        rates = Numbers<double>("rates", text => double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var rate) && rate is > 0 and < 1 ? rate : null, "learning rates between 0 and 1");
        shots = Numbers<int>("shots", text => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var count) && count > 0 ? count : null, "numbers of examples, at least 1");
        data = SentenceTasks.Load(context);
        foreach (var remark in data.Remarks) context.Note(remark);
        var words = TaskText.WordsOf(data.TrainingTexts, data.RequiredWords, context.Settings.Integer("vocabulary"));
        tasks = new(new(words, maximumLength: context.Settings.Integer("length")), data.Tasks);
        foreach (var few in shots.Where(few => few > data.NewTask.Train.Count))
            throw new UsageException($"--set shots: {few} examples of {data.NewTask.Name} are wanted, there are {data.NewTask.Train.Count}.");
        var config = new SmallBackboneConfig
        {
            Features = context.Settings.Integer("features"),
            Heads = context.Settings.Integer("heads"),
            Layers = context.Settings.Integer("layers"),
            DecoderLayers = context.Settings.Integer("decoder-layers"),
            Steps = context.IsDryRun ? 1 : context.Settings.Integer("pretrain-steps"),
            NoiseDensity = context.Settings.Number("pretrain-noise"),
            BatchSize = context.Settings.Integer("pretrain-batch"),
            LearningRate = context.Settings.Number("pretrain-rate"),
        };
        backbone = SmallBackbone.Pretrain(data.TrainingTexts, tasks.Text, config, Curve("pre-training loss", "span corruption", 0, PretrainingShare), context.CancellationToken);
    }

    public static void Run(RunContext context)
    {
        var run = new HyperFormerExperiments(context);
        context.Note(Invariant($"The backbone: a T5 of {run.backbone.ParameterCount} parameters (d = {run.backbone.Config.Features}, {run.backbone.Config.Layers} + {run.backbone.Config.DecoderLayers} blocks), pre-trained once for all seeds by span corruption on {run.data.TrainingTexts.Count()} training texts. Answers are generated token by token, as in the paper; any other text than the label is wrong. {(context.Settings.Flag("mixed") ? "Batches of all methods mix tasks" : "Batches of all methods have one task each, as in the paper")}."));
        foreach (var seed in context.Seeds) run.Seed(seed);
        if (!run.shots.Contains(ClaimedShots)) context.MarkNotMeasurable("C2", $"--set shots leaves {ClaimedShots} out.");
    }

    /// <summary>One step of every method.</summary>
    public static string OneStep(RunContext context)
    {
        var run = new HyperFormerExperiments(context);
        var lines = Methods.Select(method =>
        {
            var trained = run.Train(method, context.Seeds[0], run.rates[0], 1);
            var report = trained[0].CountParameters();
            return Invariant($"{method}: {trained.Count} model(s), {report.Trained} trained parameters each, {report.AddedPerTask:F0} added for a task");
        });
        return string.Join('\n', lines.Prepend(Invariant($"A T5 of {run.backbone.ParameterCount} parameters, {run.data.Tasks.Count} tasks; one step of each method.")));
    }

    private void Seed(int seed)
    {
        var accuracies = new Dictionary<string, double[]>();
        var reports = new Dictionary<string, ParameterReport>();
        HyperFormer? hyper = null;
        // The others are reported, not claimed: one seed does.
        foreach (var method in seed == context.Seeds[0] && context.Settings.Flag("baselines") ? Methods : [Dagger, Hyper])
        {
            var trained = Best(method, rate => Train(method, seed, rate, context.Settings.Integer("steps")), models => Scores(models, task => task.Validation).Average());
            accuracies[method] = Scores(trained, task => task.Test);
            reports[method] = trained[0].CountParameters();
            if (method == Hyper) hyper = (HyperFormer)trained[0];
            context.LogScalar($"mean test accuracy/{method}", seed, accuracies[method].Average());
            context.Note(Invariant($"Seed {seed}, {method}: mean test accuracy {accuracies[method].Average():F2}% ({string.Join(", ", data.Tasks.Zip(accuracies[method], (task, score) => Invariant($"{task.Name} {score:F1}")))}); {reports[method].AddedPerTask:F0} added parameters for a task ({reports[method].PercentPerTask:F2}%)."));
        }
        foreach (var other in accuracies.Keys.Where(method => method != Hyper))
        {
            var worst = data.Tasks.Select((task, i) => (task.Name, Drop: accuracies[other][i] - accuracies[Hyper][i])).MaxBy(entry => entry.Drop);
            context.Note(Invariant($"Seed {seed}: against {other} HyperFormer++ loses most on {worst.Name}: {worst.Drop:F1} points."));
        }
        context.Measure("C1a", seed, accuracies[Hyper].Average(), accuracies[Dagger].Average());
        context.Measure("C1b", seed, reports[Hyper].AddedPerTask, reports[Dagger].AddedPerTask);
        context.Measure("C1c", seed, onBase.PercentPerTask);
        context.Measure("C4", seed, onBase.Added);
        foreach (var few in shots) FewShots(seed, hyper!, few);
    }

    private void FewShots(int seed, HyperFormer trained, int few)
    {
        const string Fresh = "fresh adapter";
        var order = new RandomSource(RandomSource.Derive(seed, few)).Permutation(data.NewTask.Train.Count);
        TaskExample[] examples = [.. order.Take(few).Select(i => data.NewTask.Train[i])];
        var task = new TextTask(data.NewTask.Name, examples, data.NewTask.Validation, data.NewTask.Test, allowsUnseenLabels: true);
        var set = new TaskSet(tasks.Text, task);
        var options = Options(seed, rates[0], context.Settings.Integer("few-shot-steps"));
        var similar = FewShot.MostSimilarTask(trained, tasks.Text, examples, context.CancellationToken);
        double Adapted(string method, Func<double, MultiTaskModel> adapt)
        {
            context.Report($"seed {seed}: {few} examples of {task.Name}, {method}", Fraction(seed, 1 - FewShotShare));
            var model = Best($"{few} examples, {method}", adapt, model => Score(model, task, task.Validation));
            var score = Score(model, task, task.Test);
            context.LogScalar($"accuracy by examples/{method}, seed {seed}", few, score);
            return score;
        }
        var generated = Adapted(Hyper, rate =>
        {
            var model = Copy(trained);
            model.AddTask(task.Name, similar);
            MultiTaskTrainer.FewShot(model, task.Name, set, options with { LearningRate = rate }, null, context.CancellationToken);
            return model;
        });
        var fresh = Adapted(Fresh, rate =>
        {
            var model = AdapterModel.Attach(SmallBackbone.Copy(backbone), context.Settings.Integer("reduction"), [task.Name], seed: seed);
            MultiTaskTrainer.Fit(model, set, options with { LearningRate = rate }, null, context.CancellationToken);
            return model;
        });
        context.Note(Invariant($"Seed {seed}, {few} examples of {task.Name}: {generated:F1}% by HyperFormer++ whose task vector starts as that of {similar}, {fresh:F1}% by a fresh adapter (the more frequent label: {Majority(task):F1}%)."));
        if (few == ClaimedShots) context.Measure("C2", seed, generated, fresh);
    }

    /// <summary>With the first seed tries every learning rate and remembers the best on validation parts, with others takes that.</summary>
    private T Best<T>(string method, Func<double, T> train, Func<T, double> validate)
    {
        if (chosen.TryGetValue(method, out var known)) return train(known);
        var tried = rates.Select(rate => train(rate)).Select((model, i) => (Rate: rates[i], Model: model, Validation: validate(model))).ToArray();
        var best = tried.MaxBy(entry => entry.Validation);
        chosen[method] = best.Rate;
        context.Note(Invariant($"{method}: learning rate {best.Rate} for all seeds, by the validation parts with seed {context.Seeds[0]} ({string.Join(", ", tried.Select(entry => Invariant($"{entry.Rate}: {entry.Validation:F2}%")))})."));
        return best.Model;
    }

    private IReadOnlyList<MultiTaskModel> Train(string method, int seed, double rate, int steps)
    {
        string[] names = [.. data.Tasks.Select(task => task.Name)];
        var isAlone = method is Alone or Adapters;
        // A model a task: together they take as many steps as one model of all tasks.
        return [.. (isAlone ? names.Select(name => (string[])[name]) : [names]).Select((own, number) =>
        {
            context.CancellationToken.ThrowIfCancellationRequested();
            var t5 = SmallBackbone.Copy(backbone, seed);
            var start = RandomSource.Derive(seed, number);
            MultiTaskModel model = method switch
            {
                Hyper => HyperFormer.Attach(t5, HyperConfig(), own, start),
                Dagger or Adapters => AdapterModel.Attach(t5, context.Settings.Integer("reduction"), own, seed: start),
                _ => new FineTunedModel(t5, own),
            };
            var options = Options(seed, rate, isAlone ? Math.Max(1, steps / names.Length) : steps);
            var from = Fraction(seed, (1 - FewShotShare) * Array.IndexOf(Methods, method) / Methods.Length);
            MultiTaskTrainer.Fit(model, tasks, options, Curve(Invariant($"training loss, rate {rate}/{method}{(isAlone ? $" ({own[0]})" : "")}, seed {seed}"), $"seed {seed}, {method}, rate {rate}", from, from), context.CancellationToken);
            return model;
        })];
    }

    private HyperFormerConfig HyperConfig() => new()
    {
        ModelDim = backbone.Config.Features,
        Reduction = context.Settings.Integer("reduction"),
        TaskDim = context.Settings.Integer("task-dim"),
        HiddenDim = context.Settings.Integer("hidden-dim"),
        ProjectedDim = context.Settings.Integer("projected-dim"),
    };

    private HyperFormer Copy(HyperFormer trained)
    {
        var copy = HyperFormer.Attach(SmallBackbone.Copy(backbone), trained.Config, trained.Tasks);
        copy.LoadState(trained.State());
        copy.Evaluate();
        return copy;
    }

    private MultiTaskOptions Options(int seed, double rate, int steps) => new()
    {
        Steps = steps,
        BatchSize = context.Settings.Integer("batch"),
        Temperature = context.Settings.Number("temperature"),
        LearningRate = rate,
        MixesTasks = context.Settings.Flag("mixed"),
        LabelSmoothing = context.Settings.Number("label-smoothing"),
        EvaluateEvery = 0,
        Seed = seed,
    };

    /// <summary>Scores of the tasks, by one model for all or one for each.</summary>
    private double[] Scores(IReadOnlyList<MultiTaskModel> models, Func<TextTask, IReadOnlyList<TaskExample>> part) =>
        [.. data.Tasks.Select((task, i) => Score(models[models.Count == 1 ? 0 : i], task, part(task)))];

    private double Score(MultiTaskModel model, TextTask task, IReadOnlyList<TaskExample> examples) =>
        new TaskPredictor(model, tasks.Text).Score(task, examples, cancellationToken: context.CancellationToken);

    private static double Majority(TextTask task) => 100.0 * task.Test.CountBy(example => example.Target).Max(entry => entry.Value) / task.Test.Count;

    private T[] Numbers<T>(string setting, Func<string, T?> read, string what)
        where T : struct => [.. context.Settings.Text(setting).Split(';').Select(text => read(text.Trim()) ?? throw new UsageException($"--set {setting}: '{text}' is none; give {what}, separated by semicolons."))];

    private double Fraction(int seed, double within)
    {
        var number = context.Seeds.ToList().IndexOf(seed);
        return PretrainingShare + ((1 - PretrainingShare) * (number + within) / context.Seeds.Count);
    }

    private LossCurve Curve(string series, string name, double from, double to) => new(context, series, context.Training(name, from, to));

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}

/// <summary>Keeps a training's losses as a curve and passes its progress on.</summary>
internal sealed class LossCurve(RunContext context, string series, IProgress<TrainingProgress> next) : IProgress<TrainingProgress>
{
    private const long Every = 20;

    public void Report(TrainingProgress value)
    {
        if (value.Step % Every == 0) context.LogScalar(series, value.Step, value.Loss);
        next.Report(value);
    }
}
