using System.Diagnostics;
using System.Globalization;
using Scorch.Reproductions;

namespace Scorch.Language.Pqrnn;

/// <summary>Trains teacher, baselines and students, and measures the claims.</summary>
internal static class PqrnnExperiments
{
    private const string SnipsSuffix = "-snips";
    private static readonly Arm[] Arms = Enum.GetValues<Arm>();

    /// <summary>The ways that are compared.</summary>
    private enum Arm
    {
        Teacher,
        Lstm,
        Transformer,
        Labels,
        Distilled,
        WithoutAugmentation,
        Float,
    }

    public static void Run(RunContext context)
    {
        Measure(context, PqrnnTask.Load(context, "atis"), "", 0);
        if (context.Settings.Flag("snips"))
        {
            Measure(context, PqrnnTask.Load(context, "snips"), SnipsSuffix, 0.5);
            return;
        }
        foreach (var id in PqrnnReproduction.Ids) context.MarkNotMeasurable(id + SnipsSuffix, "SNIPS was not run (--set snips=true).");
    }

    private static void Measure(RunContext context, PqrnnTask task, string suffix, double from)
    {
        var sizes = PqrnnSizes.Of(context);
        var models = Trained(context, task, sizes, from, from + (context.Settings.Flag("snips") ? 0.45 : 0.9));
        foreach (var (seed, ofSeed) in context.Seeds.Zip(models))
        {
            var results = new Dictionary<Arm, Result>();
            foreach (var arm in Arms)
            {
                var (model, notes) = ofSeed[arm];
                foreach (var note in notes) context.Note(note);
                var result = results[arm] = Evaluated(task, model);
                context.Note(Invariant($"{task.Name}, seed {seed}, {Name(arm)}: intent {100 * result.Report.IntentAccuracy:F2}%, slot F1 {100 * result.Report.SlotF1:F2}, exact match {100 * result.Report.ExactMatch:F2}%; {model.ParameterCount} parameters, {result.Bytes} bytes, {result.Microseconds:F0} microseconds an utterance (one at a time)."));
                context.LogScalar($"{task.Name}, exact match in percent/{Name(arm)}", seed, 100 * result.Report.ExactMatch);
            }
            double Exact(Arm arm) => 100 * results[arm].Report.ExactMatch;
            context.Measure("C1" + suffix, seed, Exact(Arm.Labels), Exact(Arm.Lstm));
            context.Measure("C2" + suffix, seed, Exact(Arm.Labels), Exact(Arm.Transformer));
            context.Measure("C3a" + suffix, seed, Exact(Arm.Distilled), Exact(Arm.Teacher));
            context.Measure("C3b" + suffix, seed, results[Arm.Teacher].Bytes, results[Arm.Distilled].Bytes);
            context.Measure("C3c" + suffix, seed, Exact(Arm.Distilled), Exact(Arm.Labels));
            context.Measure("C4a" + suffix, seed, Exact(Arm.Distilled), Exact(Arm.Float));
            context.Measure("C4b" + suffix, seed, Exact(Arm.Distilled), Exact(Arm.WithoutAugmentation));
        }
    }

    /// <summary>All models of all seeds. Seeds share nothing, so that they are trained side by side; what they cost is measured afterwards, one by one.</summary>
    private static Dictionary<Arm, (SluModel Model, IReadOnlyList<string> Notes)>[] Trained(RunContext context, PqrnnTask task, PqrnnSizes sizes, double from, double to)
    {
        var models = new Dictionary<Arm, (SluModel Model, IReadOnlyList<string> Notes)>[context.Seeds.Count];
        var done = 0;
        try
        {
            Parallel.For(0, models.Length, new ParallelOptions { MaxDegreeOfParallelism = Parallelism.ThreadCount, CancellationToken = context.CancellationToken }, place =>
            {
                models[place] = [];
                foreach (var arm in Arms)
                {
                    models[place][arm] = Best(context, task, sizes, arm, context.Seeds[place], arm == Arm.Teacher ? null : models[place][Arm.Teacher].Model);
                    context.Report($"{task.Name}, seed {context.Seeds[place]}: {Name(arm)} is trained", from + ((to - from) * Interlocked.Increment(ref done) / (models.Length * Arms.Length)));
                }
            });
        }
        catch (AggregateException error) when (error.InnerExceptions.Count > 0)
        {
            System.Runtime.ExceptionServices.ExceptionDispatchInfo.Throw(error.InnerExceptions[0]);
        }
        return models;
    }

    /// <summary>Trains once for each learning rate and takes the model that is best on the validation data: every arm has the same grid.</summary>
    private static (SluModel Model, IReadOnlyList<string> Notes) Best(RunContext context, PqrnnTask task, PqrnnSizes sizes, Arm arm, int seed, SluModel? teacher)
    {
        SluModel? best = null;
        var notes = new List<string>();
        var highest = double.NegativeInfinity;
        foreach (var rate in sizes.Rates)
        {
            var model = Trained(context, task, sizes, arm, seed, teacher, rate);
            if (sizes.Rates.Count == 1) return (model, []);
            var value = SluMetrics.Evaluate(model, task.Validation).ExactMatch;
            notes.Add(Invariant($"{task.Name}, seed {seed}, {Name(arm)}, learning rate {rate}: exact match {100 * value:F2}% of the validation data."));
            if (value > highest) (best, highest) = (model, value);
        }
        return (best!, notes);
    }

    private static SluModel Trained(RunContext context, PqrnnTask task, PqrnnSizes sizes, Arm arm, int seed, SluModel? teacher, double rate)
    {
        var weights = RandomSource.Derive(seed, 3);
        var fit = sizes.Fit with { Seed = RandomSource.Derive(seed, 4), LearningRate = rate };
        var progress = new Curve(context, $"{task.Name}, training loss, seed {seed}/{Name(arm)}");
        var student = sizes.Student with { Quantize = arm != Arm.Float };
        SluModel model = arm switch
        {
            Arm.Teacher => new LstmTagger(sizes.Teacher, task.Intents, task.Tags, task.Train, weights),
            Arm.Lstm => new LstmTagger(sizes.Lstm, task.Intents, task.Tags, task.Train, weights),
            Arm.Transformer => TransformerTagger.OfSize(Pqrnn.ForJointSlu(student, task.Intents, task.Tags, weights).ParameterCount, sizes.Transformer, task.Intents, task.Tags, task.Train, weights),
            _ => Pqrnn.ForJointSlu(student, task.Intents, task.Tags, weights),
        };
        if (arm is Arm.Teacher or Arm.Lstm or Arm.Transformer or Arm.Labels)
        {
            SluTrainer.Fit(model, task.Train, arm == Arm.Teacher ? sizes.TeacherFit with { Seed = fit.Seed, LearningRate = rate } : fit, progress, context.CancellationToken);
            return model;
        }
        IReadOnlyList<SluUtterance> further = arm == Arm.WithoutAugmentation ? [] : SluAugmentation.Make(task.Train, new(), new RandomSource(RandomSource.Derive(seed, 5)));
        var config = new DistillConfig
        {
            Temperature = context.Settings.Number("temperature"),
            TeacherWeight = context.Settings.Number("weight"),
            Fit = fit,
        };
        SluUtterance[] all = [.. task.Train, .. further];
        SluDistiller.Fit(model, TeacherLogits.Of(teacher!, all, context.CancellationToken), all, config, progress, context.CancellationToken);
        return model;
    }

    private static Result Evaluated(PqrnnTask task, SluModel model)
    {
        // The 8-bit students are measured as they are shipped: exported, and read back.
        var isQuantized = model is Pqrnn { Config.Quantize: true };
        var export = isQuantized ? ((Pqrnn)model).Export() : null;
        SluModel measured = export?.ToModel() ?? model;
        var report = SluMetrics.Evaluate(measured, task.Test);
        var some = task.Test.Take(100).Select(utterance => utterance.Tokens).ToArray();
        measured.Predict([some[0]]);
        var clock = Stopwatch.StartNew();
        foreach (var tokens in some) measured.Predict([tokens]);
        return new(report, export?.SizeInBytes ?? (model.ParameterCount * sizeof(float)), clock.Elapsed.TotalMicroseconds / some.Length);
    }

    /// <summary>The student in full and one step.</summary>
    public static string OneStep(RunContext context)
    {
        var (task, sizes) = (PqrnnTask.Load(context, "atis"), PqrnnSizes.Of(context));
        var student = Pqrnn.ForJointSlu(sizes.Student, task.Intents, task.Tags, context.Seeds[0]);
        var teacher = new LstmTagger(sizes.Teacher, task.Intents, task.Tags, task.Train, context.Seeds[0]);
        var some = task.Train.Take(sizes.Fit.BatchSize).ToArray();
        SluDistiller.Fit(student, TeacherLogits.Of(teacher, some, context.CancellationToken), some, new() { Fit = sizes.Fit with { Steps = 1 } }, null, context.CancellationToken);
        return Invariant($"{task.Name}: teacher of {teacher.ParameterCount} parameters, student of {student.ParameterCount} ({student.Export().SizeInBytes} bytes exported); one step of distillation on {some.Length} requests.");
    }

    private static string Name(Arm arm) => arm switch
    {
        Arm.Teacher => "teacher (BiLSTM, words and characters)",
        Arm.Lstm => "LSTM baseline",
        Arm.Transformer => "Transformer of the student's size",
        Arm.Labels => "pQRNN, labels",
        Arm.Distilled => "pQRNN, distilled",
        Arm.WithoutAugmentation => "pQRNN, distilled without augmentation",
        _ => "pQRNN, distilled, float",
    };

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);

    private sealed record Result(SluReport Report, long Bytes, double Microseconds);

    private sealed class Curve(RunContext context, string name) : IProgress<SluProgress>
    {
        public void Report(SluProgress value) => context.LogScalar(name, value.Step, value.Loss);
    }
}
