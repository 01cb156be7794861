using System.Globalization;
using System.Text.Json;
using Scorch.Checkpoints;
using Scorch.Data;
using Scorch.Reproductions;
using Scorch.Tabular;

namespace Scorch.Language.MetaDistil;

/// <summary>What <c>distil</c> writes beside the models.</summary>
internal sealed record DistilReportFile(
    string Method, double? TeacherAccuracy, double StudentAccuracy, int Training, int Quiz, int Validation, int Test,
    IReadOnlyList<double> StudentValidationByEpoch, IReadOnlyList<double> TeacherValidationByEpoch, int MetaSteps, int SkippedMetaSteps, double PassesPerStep, long PeakGraphBytes, IReadOnlyList<string> Warnings);

/// <summary><c>scorch metadistil distil</c>, <c>predict</c> and <c>verify</c>, on the user's own tables and sentences.</summary>
internal static class MetaDistilCommands
{
    private static readonly CommandOption[] DataOptions =
    [
        new("csv", "A table: CSV or TSV, gzip-compressed or not.", ValueKind.Path),
        new("label", "Of a table: the column of classes."),
        new("features", "Of a table: the columns to read, separated by commas; by default all columns of numbers."),
        new("text", "Sentences, one a line: the class, a blank, the sentence.", ValueKind.Path),
        new("length", "Words of a sentence that are read.", ValueKind.Integer, "24"),
        new("vocabulary", "The most words to know.", ValueKind.Integer, "8000"),
        new("quiz-share", "Share of the rows that only quiz the student.", ValueKind.Number, "0.1"),
        new("validation-share", "Share of the rows for the accuracies by epoch.", ValueKind.Number, "0.1"),
        new("test-share", "Share of the rows for the accuracies at the end.", ValueKind.Number, "0.2"),
        new("teacher-hidden", "Of a table: hidden features of the teacher's layers.", DefaultValue: "256,256"),
        new("student-hidden", "Of a table: hidden features of the student's layers.", DefaultValue: "12"),
        new("teacher-features", "Of sentences: features of the teacher.", ValueKind.Integer, "96"),
        new("teacher-layers", "Of sentences: blocks of the teacher.", ValueKind.Integer, "2"),
        new("student", "Of sentences: what the student is.", DefaultValue: "bag", Choices: ["bag", "transformer"]),
        new("student-features", "Of sentences: features of the student.", ValueKind.Integer, "16"),
        new("teacher-epochs", "Epochs of the teacher before.", ValueKind.Integer, "20"),
        new("temperature", "Temperature of distillation.", ValueKind.Number, "4"),
        new("weight", "Weight of the teacher in the student's loss.", ValueKind.Number, "0.9"),
        new("pilot-rate", "Step size of the pilot.", ValueKind.Number, "0.1"),
        new("seed", "Fixes every bit of the result.", ValueKind.Integer, "1"),
    ];

    public static IReadOnlyList<PaperCommand> All { get; } =
    [
        new()
        {
            Name = "distil",
            Description = "Train a teacher on your table or sentences, then a small student by it.",
            Options =
            [
                .. DataOptions,
                new("out", "The folder for student, teacher and report.json.", ValueKind.Path, IsRequired: true),
                new("method", "How the student learns.", DefaultValue: "metadistil", Choices: ["metadistil", "distillation", "alone"]),
                new("epochs", "Epochs of the student.", ValueKind.Integer, "30"),
                new("batch", "Rows of a batch.", ValueKind.Integer, "32"),
                new("learning-rate", "The student's learning rate (Adam).", ValueKind.Number, "3e-3"),
                new("teacher-rate", "The teacher's learning rate while it learns to teach (Adam).", ValueKind.Number, "3e-4"),
                new("warmup", "Share of the epochs in which the teacher is frozen.", ValueKind.Number, "0.5"),
                new("pilot-steps", "Batches of a round.", ValueKind.Integer, "1"),
                new("meta-every", "The teacher learns every so many rounds.", ValueKind.Integer, "1"),
                new("solver", "How the teacher's gradient is computed.", DefaultValue: "exact", Choices: ["exact", "finite-difference"]),
            ],
            Handler = context => Task.Run(() => Distil(context), context.CancellationToken),
        },
        new()
        {
            Name = "predict",
            Description = "Print the class of each row or sentence, and its probability.",
            Options =
            [
                new("model", "A folder that distil wrote: OUT/student or OUT/teacher.", ValueKind.Path, IsRequired: true),
                new("csv", "A table with the columns that the model reads.", ValueKind.Path),
                new("text", "Sentences, one a line, without classes.", ValueKind.Path),
            ],
            Handler = context => Task.Run(() => Predict(context), context.CancellationToken),
        },
        new()
        {
            Name = "verify",
            Description = "Compute the teacher's gradient on a batch of your data in three ways and say how far they lie apart.",
            Options = DataOptions,
            Handler = context => Task.Run(() => Verify(context), context.CancellationToken),
        },
    ];

    private static void Distil(CommandContext context)
    {
        var config = new MetaDistilConfig
        {
            Temperature = context.Number("temperature"),
            DistillWeight = context.Number("weight"),
            PilotRate = context.Number("pilot-rate"),
            TeacherRate = context.Number("teacher-rate"),
            TeacherWarmupFraction = context.Number("warmup"),
            PilotSteps = context.Integer("pilot-steps"),
            MetaEvery = context.Integer("meta-every"),
            Solver = context.Text("solver") == "exact" ? MetaSolver.Exact : MetaSolver.FiniteDifference,
        };
        config.Validate();
        var seed = context.Integer("seed");
        var options = new FitOptions
        {
            Epochs = context.Integer("epochs"),
            BatchSize = context.Integer("batch"),
            StudentOptimizer = new(OptimizerKind.Adam, context.Number("learning-rate")),
            Seed = seed,
        };
        options.Validate();
        var data = UserData.Read(context);
        var (teacher, student) = (data.Reading.Network.Create(new RandomSource(RandomSource.Derive(seed, 1))), data.Student.Create(new RandomSource(RandomSource.Derive(seed, 2))));
        var method = context.Text("method");
        if (method != "alone") Teach(context, data, teacher, seed);
        var view = new Progress(context, "student");
        var report = method switch
        {
            "alone" => KnowledgeDistiller.StudentAlone(student).Fit(data.Train, data.Validation, options, view, context.CancellationToken),
            "distillation" => new KnowledgeDistiller(teacher, student, config.Loss()).Fit(data.Train, data.Validation, options, view, context.CancellationToken),
            _ => new MetaDistiller(teacher, student, config).Fit(data.Train, data.Quiz, data.Validation, options, view, context.CancellationToken),
        };
        foreach (var warning in report.Warnings) context.Error.WriteLine(warning);
        var folder = context.Text("out");
        new DistilledClassifier(data.Reading with { Network = data.Student }, student, data.Tokenizer).Save(Path.Combine(folder, "student"));
        if (method != "alone") new DistilledClassifier(data.Reading, teacher, data.Tokenizer).Save(Path.Combine(folder, "teacher"));
        var file = new DistilReportFile(
            method, method == "alone" ? null : Accuracy(teacher, data.Test), Accuracy(student, data.Test), data.Train.Count, data.Quiz.Count, data.Validation.Count, data.Test.Count,
            report.StudentAccuracyByEpoch, report.TeacherAccuracyByEpoch, report.MetaSteps, report.SkippedMetaSteps, report.Cost.PassesPerStep, report.Cost.PeakGraphBytes, report.Warnings);
        AtomicFile.WriteText(Path.Combine(folder, "report.json"), JsonSerializer.Serialize(file, MetaDistilJson.Default.DistilReportFile));
        context.Output.WriteLine(Invariant($"Student of {student.ParameterCount} parameters: {file.StudentAccuracy:P1} of {data.Test.Count} test rows{(method == "alone" ? "" : Invariant($"; teacher of {teacher.ParameterCount}: {file.TeacherAccuracy:P1}"))}. Written to {folder}"));
    }

    private static void Teach(CommandContext context, UserData data, Modules.Module teacher, int seed)
    {
        var options = new FitOptions
        {
            Epochs = context.Integer("teacher-epochs"),
            StudentOptimizer = new(OptimizerKind.Adam, 1e-3),
            Seed = seed,
        };
        KnowledgeDistiller.StudentAlone(teacher).Fit(data.Train, data.Validation, options, new Progress(context, "teacher"), context.CancellationToken);
    }

    private static void Predict(CommandContext context)
    {
        if (context.Has("csv") == context.Has("text")) throw new UsageException("predict: give either --csv FILE or --text FILE.");
        var model = DistilledClassifier.Load(context.Text("model"));
        var rows = context.Has("csv")
            ? model.Read(TableFile.Read(context.Text("csv")))
            : model.Read([.. File.ReadLines(context.Text("text")).Where(line => !string.IsNullOrWhiteSpace(line))]);
        foreach (var (name, probability) in model.Predict(rows)) context.Output.WriteLine(Invariant($"{name}\t{probability:F4}"));
    }

    private static void Verify(CommandContext context)
    {
        var data = UserData.Read(context);
        var seed = context.Integer("seed");
        var (teacher, student) = (data.Reading.Network.Create(new RandomSource(RandomSource.Derive(seed, 1))), data.Student.Create(new RandomSource(RandomSource.Derive(seed, 2))));
        Teach(context, data, teacher, seed);
        teacher.ConvertTo(DataType.Float64);
        student.ConvertTo(DataType.Float64);
        var config = new MetaDistilConfig
        {
            Temperature = context.Number("temperature"),
            DistillWeight = context.Number("weight"),
            PilotRate = context.Number("pilot-rate"),
        };
        var check = new MetaDistiller(teacher, student, config).Verify(Batch(data.Train, 32), Batch(data.Quiz, 64));
        context.Output.WriteLine(Invariant($"Teacher's gradient: norm {check.GradientNorm:E6}, quiz loss of the pilot {check.QuizLoss:F6}."));
        context.Output.WriteLine(Invariant($"Finite differences lie {check.FiniteDifferenceError:E2} from it, the closed form {check.ClosedFormError:E2} (relative, float64)."));
        if (check.FiniteDifferenceError > 1e-3) context.Error.WriteLine("Finite differences above 1e-3: a rectifier changes sign near this batch, or the pilot rate is large. The closed form decides.");
        if (check.ClosedFormError > 1e-9) throw new InvalidOperationException("The exact gradient and the closed form do not agree to 1e-9.");

        static IReadOnlyList<Tensor> Batch(TensorDataSet set, int count)
        {
            var rows = set.Batch([.. Enumerable.Range(0, Math.Min(count, set.Count))]);
            return [.. rows.Select(tensor => tensor.DataType.IsFloating() ? tensor.To(DataType.Float64) : tensor)];
        }
    }

    private static double Accuracy(Modules.Module network, TensorDataSet data) => DistillLoop.Accuracy(FunctionalModule.Of(network), data);

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);

    private sealed class Progress(CommandContext context, string name) : IProgress<DistillProgress>
    {
        public void Report(DistillProgress value) => context.Progress.Report(new RunProgress(
            Invariant($"{name}: epoch {value.Epoch} of {value.Epochs}, loss {value.Loss:F4}, validation accuracy {value.StudentAccuracy:P1}"), (double)value.Epoch / value.Epochs));
    }
}
