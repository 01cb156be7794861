using System.Globalization;
using Scorch.Reproductions;

namespace Scorch.Language.Pqrnn;

/// <summary><c>scorch pqrnn train</c> and <c>classify</c>, on the user's own requests.</summary>
internal static class PqrnnCommands
{
    public static IReadOnlyList<PaperCommand> All { get; } =
    [
        new()
        {
            Name = "train",
            Description = "Train a tiny 8-bit student on your labelled requests, by a teacher or by the labels alone, and export it.",
            Options =
            [
                new("csv", "A table with the columns text, intent and, if slots are tagged, tags (blanks between tags).", ValueKind.Path, IsRequired: true),
                new("out", "The folder for model.safetensors and config.json.", ValueKind.Path, IsRequired: true),
                new("unlabelled", "A table with the column text: further requests that the teacher reads for the student.", ValueKind.Path),
                new("method", "How the student learns.", DefaultValue: "distillation", Choices: ["distillation", "labels"]),
                new("steps", "Steps of the student, and of the teacher.", ValueKind.Integer, "1000"),
                new("batch", "Requests of a batch.", ValueKind.Integer, "32"),
                new("learning-rate", "The greatest learning rate (Adam).", ValueKind.Number, "5e-3"),
                new("features", "Ternary features of a token, 1 to 4096.", ValueKind.Integer, "384"),
                new("bottleneck", "Features of the bottleneck.", ValueKind.Integer, "48"),
                new("state", "Features of a QRNN's state in each direction.", ValueKind.Integer, "32"),
                new("layers", "QRNN layers.", ValueKind.Integer, "2"),
                new("kernel", "Tokens that a gate sees.", ValueKind.Integer, "3"),
                new("pooling", "How states are pooled.", DefaultValue: "fo", Choices: ["f", "fo", "ifo"]),
                new("teacher-features", "Features of the teacher's words and states.", ValueKind.Integer, "128"),
                new("temperature", "Temperature of distillation.", ValueKind.Number, "2"),
                new("weight", "Weight of the teacher in the student's loss.", ValueKind.Number, "0.9"),
                new("test-share", "Share of the requests that are kept for the figures at the end.", ValueKind.Number, "0.2"),
                new("seed", "Fixes every bit of the result.", ValueKind.Integer, "1"),
            ],
            Handler = TrainAsync,
        },
        new()
        {
            Name = "classify",
            Description = "Print intent, its probability and the tags of each request, separated by tabs.",
            Options =
            [
                new("model", "The folder that train wrote.", ValueKind.Path, IsRequired: true),
                new("csv", "A table with the column text.", ValueKind.Path, IsRequired: true),
            ],
            Handler = context => Task.Run(() => Classify(context), context.CancellationToken),
        },
    ];

    private static async Task TrainAsync(CommandContext context)
    {
        var seed = context.Integer("seed");
        var network = new PqrnnConfig
        {
            FeatureSize = context.Integer("features"),
            Bottleneck = context.Integer("bottleneck"),
            StateSize = context.Integer("state"),
            Layers = context.Integer("layers"),
            Kernel = context.Integer("kernel"),
            Zoneout = 0.1,
            Distortion = 0.1,
            Pooling = Enum.Parse<QrnnPooling>(context.Text("pooling"), ignoreCase: true),
        };
        network.Validate();
        var config = new DistillConfig
        {
            Temperature = context.Number("temperature"),
            TeacherWeight = context.Number("weight"),
            Fit = new()
            {
                Steps = context.Integer("steps"),
                BatchSize = context.Integer("batch"),
                LearningRate = context.Number("learning-rate"),
                Seed = RandomSource.Derive(seed, 1),
            },
        };
        config.Validate();
        var share = context.Number("test-share");
        if (!(share is > 0 and < 1)) throw new UsageException(Invariant($"train: --test-share is {share}; give a share between 0 and 1."));
        var all = SluFiles.ReadCsv(context.Text("csv"));
        var order = new RandomSource(RandomSource.Derive(seed, 2)).Permutation(all.Count);
        var kept = (int)Math.Ceiling(share * all.Count);
        if (kept >= all.Count) throw new UsageException($"train: {context.Text("csv")} has {all.Count} requests, of which {kept} would be kept for the test; give more requests or a smaller --test-share.");
        SluUtterance[] test = [.. order.Take(kept).Select(i => all[i])], train = [.. order.Skip(kept).Select(i => all[i])];
        // A name that stands in test requests alone cannot be learnt, but is one of the model's.
        var (intents, tags) = SluUtterance.Names(all);
        var student = Pqrnn.ForJointSlu(network, intents, tags, RandomSource.Derive(seed, 3));
        if (context.Text("method") == "labels")
        {
            if (context.Has("unlabelled")) throw new UsageException("train: --unlabelled needs a teacher; leave --method labels out.");
            SluTrainer.Fit(student, train, config.Fit, new Progress(context, "student"), context.CancellationToken);
        }
        else
        {
            IReadOnlyList<SluUtterance> further = context.Has("unlabelled") ? SluFiles.ReadCsv(context.Text("unlabelled"), isLabelled: false) : [];
            var size = context.Integer("teacher-features");
            var teacher = new LstmTagger(new() { WordFeatures = size, StateSize = size, CharacterFeatures = 32 }, intents, tags, train, RandomSource.Derive(seed, 4));
            SluTrainer.Fit(teacher, train, config.Fit, new Progress(context, "teacher"), context.CancellationToken);
            SluUtterance[] augmented = [.. SluAugmentation.Make(train, new(), new RandomSource(RandomSource.Derive(seed, 5))), .. further];
            await SluDistiller.FitAsync(student, teacher, train, augmented, config, new Progress(context, "student"), context.CancellationToken).ConfigureAwait(false);
            Report(context, "Teacher", SluMetrics.Evaluate(teacher, test), teacher.ParameterCount * sizeof(float));
        }
        var export = student.Export();
        Report(context, "Student", SluMetrics.Evaluate(export.ToModel(), test), export.SizeInBytes);
        await export.SaveAsync(context.Text("out"), context.CancellationToken).ConfigureAwait(false);
        context.Output.WriteLine($"Written to {context.Text("out")}");
    }

    private static void Report(CommandContext context, string name, SluReport report, long bytes) => context.Output.WriteLine(
        Invariant($"{name} of {bytes} bytes: intent {report.IntentAccuracy:P1}, slot F1 {report.SlotF1:P1}, exact match {report.ExactMatch:P1} of {report.Utterances} test requests."));

    private static void Classify(CommandContext context)
    {
        var model = QuantizedModel.Load(context.Text("model")).ToModel();
        var requests = SluFiles.ReadCsv(context.Text("csv"), isLabelled: false);
        foreach (var prediction in model.Predict([.. requests.Select(request => request.Tokens)]))
        {
            context.CancellationToken.ThrowIfCancellationRequested();
            context.Output.WriteLine(Invariant($"{prediction.Intent}\t{prediction.Probability:F4}\t{string.Join(' ', prediction.Tags)}"));
        }
    }

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);

    private sealed class Progress(CommandContext context, string name) : IProgress<SluProgress>
    {
        public void Report(SluProgress value) => context.Progress.Report(new RunProgress(Invariant($"{name}: step {value.Step} of {value.Steps}, loss {value.Loss:F4}"), (double)value.Step / value.Steps));
    }
}
