using System.Globalization;
using Scorch.Data;
using Scorch.Reproductions;

namespace Scorch.Language.MetaDistil;

/// <summary>The paper's own tasks: CIFAR-100 from ResNet-56 to ResNet-20, and GLUE from BERT with 12 layers to 6.</summary>
internal static class FullScale
{
    public static IReadOnlyList<Setting> Settings { get; } =
    [
        Setting.Choice("task", "cifar100", "CIFAR-100 or GLUE.", "cifar100", "glue"),
        Setting.Integer("epochs", 0, "Epochs of the student; 0 for 240 on CIFAR-100 and 4 on GLUE.", 0, 100_000),
        Setting.Text("teacher", "", "A trained teacher: of CIFAR-100 safetensors of a ResNet-56, of GLUE the folder of a fine-tuned BERT; by default it is trained first."),
        Setting.Number("temperature", 4, "Temperature of distillation.", 1e-3, 1000),
        Setting.Number("weight", 0.9, "Weight of the teacher in the student's loss.", 1e-6, 1),
        Setting.Flag("grid", false, "Choose temperature (2, 4, 8) and weight (0.5, 0.9) for each method on validation data with the first seed."),
        Setting.Number("pilot-rate", 0.02, "Step size of the pilot.", 1e-9, 1000),
        Setting.Number("teacher-rate", 3e-4, "The teacher's learning rate.", 0, 10),
        Setting.Text("glue-task", "mrpc", "Task of GLUE: cola, sst2, mrpc, qqp, mnli, qnli, rte."),
        Setting.Text("glue", "", "Folder with the task's train.tsv and dev.tsv."),
        Setting.Text("bert", "", "Folder of a pre-trained BERT: config.json, model.safetensors, vocab.txt."),
        Setting.Integer("length", 128, "Tokens of a text of GLUE that are read.", 8, 512),
    ];

    public static void Run(RunContext context)
    {
        var task = context.Settings.Text("task") == "glue" ? FullGlue.Load(context) : FullCifar.Load(context);
        context.Note(Invariant($"{task.Name}: {task.Train.Count} training, {task.Quiz.Count} quiz, {task.Validation.Count} validation and {task.Test.Count} test examples."));
        var chosen = task.Config;
        var fixedTeacher = (Temperature: chosen.Temperature, Weight: chosen.DistillWeight);
        if (context.Settings.Flag("grid")) (fixedTeacher, chosen) = Choose(context, task);
        foreach (var seed in context.Seeds)
        {
            var meta = Fit(context, task, seed, DistillArm.MetaDistil, chosen);
            var plain = Fit(context, task, seed, DistillArm.Distillation, chosen with { Temperature = fixedTeacher.Temperature, DistillWeight = fixedTeacher.Weight });
            context.Measure("C1a", seed, meta.Test, plain.Test);
            context.Measure("C2a", seed, meta.Test, Fit(context, task, seed, DistillArm.WithoutPilot, chosen).Test);
        }
        foreach (var id in (string[])["C1b", "C1c", "C2b", "C2c", "C3"]) context.MarkNotMeasurable(id, "Not part of the paper's scale here: one data set, distillation and the ablation alone.");
    }

    public static string OneStep(RunContext context) => context.Settings.Text("task") == "glue" ? FullGlue.OneStep(context) : FullCifar.OneStep(context);

    private static ((double Temperature, double Weight) Fixed, MetaDistilConfig Meta) Choose(RunContext context, FullTask task)
    {
        var all = (from temperature in (double[])[2, 4, 8] from weight in (double[])[0.5, 0.9] select task.Config with { Temperature = temperature, DistillWeight = weight }).ToArray();
        MetaDistilConfig Best(DistillArm arm) => all.MaxBy(config =>
        {
            var value = Fit(context, task, context.Seeds[0], arm, config).Validation;
            context.Note(Invariant($"{arm}, temperature {config.Temperature}, weight {config.DistillWeight}: {value:F2}% of the validation examples."));
            return value;
        })!;
        var plain = Best(DistillArm.Distillation);
        return ((plain.Temperature, plain.DistillWeight), Best(DistillArm.MetaDistil));
    }

    private static (double Test, double Validation) Fit(RunContext context, FullTask task, int seed, DistillArm arm, MetaDistilConfig config)
    {
        context.Report($"seed {seed}: {arm}");
        var (teacher, student) = (task.Teacher(seed), task.Student(seed));
        var view = new Progress(context, $"{arm}, seed {seed}");
        var options = task.Options with { Seed = seed };
        var report = arm == DistillArm.Distillation
            ? new KnowledgeDistiller(teacher, student, config.Loss()).Fit(task.Train, task.Validation, options, view, context.CancellationToken)
            : new MetaDistiller(teacher, student, config with { PilotUpdate = arm == DistillArm.MetaDistil }).Fit(task.Train, task.Quiz, task.Validation, options, view, context.CancellationToken);
        var test = 100 * DistillLoop.Accuracy(student, task.Test, 64);
        context.Note(Invariant($"{task.Name}, {arm}, seed {seed}: {test:F2}% of the test examples; {report.Cost.PassesPerStep:F2} passes a step, {report.Cost.Seconds:F0} s."));
        return (test, 100 * report.StudentAccuracy);
    }

    internal static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);

    internal sealed class Progress(RunContext context, string name) : IProgress<DistillProgress>
    {
        public void Report(DistillProgress value)
        {
            context.Report(Invariant($"{name}: epoch {value.Epoch} of {value.Epochs}, loss {value.Loss:F4}, validation {value.StudentAccuracy:P2}"));
            context.LogScalar($"validation accuracy/{name}", value.Epoch, value.StudentAccuracy);
        }
    }
}

/// <summary>A task of the paper.</summary>
internal sealed record FullTask(
    string Name, TensorDataSet Train, TensorDataSet Quiz, TensorDataSet Validation, TensorDataSet Test,
    Func<int, IFunctionalModule> Teacher, Func<int, IFunctionalModule> Student, MetaDistilConfig Config, FitOptions Options);
