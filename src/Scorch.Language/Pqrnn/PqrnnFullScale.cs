using System.Globalization;
using System.Text.Json;
using Scorch.Models.Transformers;
using Scorch.Reproductions;
using Scorch.Text;

namespace Scorch.Language.Pqrnn;

/// <summary>The paper's own data: MTOP or MultiATIS++ as TSV, with a fine-tuned multilingual BERT or its logits as the teacher.</summary>
internal static class PqrnnFullScale
{
    private const int MultilingualPieces = 119_547;

    private static readonly PqrnnConfig Student = new()
    {
        FeatureSize = 1024,
        Bottleneck = 256,
        StateSize = 128,
        Layers = 4,
        Zoneout = 0.5,
        Distortion = 0.25,
    };

    public static IReadOnlyList<Setting> Settings { get; } =
    [
        Setting.Choice("format", "mtop", "The form of the TSV files.", "mtop", "multiatis"),
        Setting.Text("train", "", "Training requests, TSV."),
        Setting.Text("test", "", "Test requests, TSV."),
        Setting.Text("names", "", "JSON with the teacher's \"intents\" and \"tags\" in the order of its logits."),
        Setting.Text("teacher", "", "Folder of the fine-tuned BERT: config.json, vocab.txt, model.safetensors with the heads slot_head and intent_head beside it in heads.safetensors."),
        Setting.Text("slot-logits", "", "In place of the folder: .npy float [requests, tokens, tags] of the training requests."),
        Setting.Text("intent-logits", "", "And .npy float [requests, intents]."),
        Setting.Text("teacher-exact", "", "With logits: the teacher's exact match on the test requests, in percent."),
        Setting.Integer("steps", 40_000, "Steps of the student.", 1, 10_000_000),
        Setting.Integer("batch", 128, "Requests of a batch.", 2, 65_536),
        Setting.Number("learning-rate", 1e-3, "The greatest learning rate.", 1e-9, 10),
    ];

    public static void Run(RunContext context)
    {
        var (train, test) = (Read(context, "train"), Read(context, "test"));
        var names = Names(context);
        var byLogits = Given(context, "slot-logits");
        var teacher = byLogits is null ? Teacher(context, names) : null;
        var logits = teacher is not null
            ? TeacherLogits.Of(teacher, train, context.CancellationToken)
            : TeacherLogits.Load(byLogits!, Needed(context, "intent-logits", "the intents' logits"), names.Intents, names.Tags, train);
        var exact = teacher is not null ? 100 * SluMetrics.Evaluate(teacher, test).ExactMatch : Percent(context);
        foreach (var seed in context.Seeds)
        {
            context.Report($"seed {seed}");
            var student = Pqrnn.ForJointSlu(Student, names.Intents, names.Tags, seed);
            SluDistiller.Fit(student, logits, train, new() { Fit = Fit(context, seed) }, new Curve(context, seed), context.CancellationToken);
            var report = SluMetrics.Evaluate(student.Export().ToModel(), test);
            context.Note(Invariant($"Seed {seed}: intent {100 * report.IntentAccuracy:F2}%, slot F1 {100 * report.SlotF1:F2}, exact match {100 * report.ExactMatch:F2}%; {student.Export().SizeInBytes} bytes."));
            context.Measure("C3a", seed, 100 * report.ExactMatch, exact);
            if (teacher is not null) context.Measure("C3b", seed, teacher.ParameterCount * sizeof(float), student.Export().SizeInBytes);
        }
        if (teacher is null) context.MarkNotMeasurable("C3b", "The teacher was given by its logits, so that its size is not known.");
        foreach (var id in PqrnnReproduction.Ids.SelectMany(id => new[] { id, id + "-snips" }).Except(["C3a", "C3b"]))
            context.MarkNotMeasurable(id, "Not part of the paper's scale here: teacher and distilled student alone. C3a and C3b are of the given data.");
    }

    /// <summary>A teacher of multilingual BERT's shape reads a few requests, and the student takes a step by its logits.</summary>
    public static string OneStep(RunContext context)
    {
        var some = SluSample.Make(8, 1);
        var (intents, tags) = SluUtterance.Names(some);
        string[] pieces = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", .. some.SelectMany(utterance => utterance.Tokens).Distinct(StringComparer.Ordinal)];
        var shape = new BertConfig { VocabularySize = MultilingualPieces };
        var teacher = new BertTagger(new(shape, new RandomSource(1), hasPooler: false), new WordPieceTokenizer(pieces), intents, tags, 1);
        var logits = TeacherLogits.Of(teacher, some, context.CancellationToken);
        var student = Pqrnn.ForJointSlu(Student, intents, tags, 1);
        SluDistiller.Fit(student, logits, some, new() { Fit = Fit(context, 1) with { Steps = 1, BatchSize = some.Count } }, null, context.CancellationToken);
        var (bytes, teacherBytes) = (student.Export().SizeInBytes, teacher.ParameterCount * sizeof(float));
        return Invariant($"Teacher of multilingual BERT's shape, {teacher.ParameterCount} parameters ({teacherBytes} bytes), read {some.Count} requests. Student with {Student.FeatureSize} features and {Student.Layers} QRNN layers, {student.ParameterCount} parameters, {bytes} bytes exported ({(double)teacherBytes / bytes:F0} times fewer), took one step.");
    }

    private static IReadOnlyList<SluUtterance> Read(RunContext context, string setting)
    {
        var path = Needed(context, setting, $"the TSV file to {setting}");
        return context.Settings.Text("format") == "mtop" ? SluFiles.ReadMtop(path) : SluFiles.ReadMultiAtis(path);
    }

    private static TeacherNames Names(RunContext context)
    {
        var path = Needed(context, "names", "the JSON file with the teacher's intents and tags");
        try
        {
            using var stream = File.OpenRead(path);
            if (JsonSerializer.Deserialize(stream, PqrnnJson.Default.TeacherNames) is { Intents: not null, Tags: not null } names) return names;
        }
        catch (JsonException error)
        {
            throw new TextFormatException($"{path}: no JSON ({error.Message}).", error);
        }
        throw new TextFormatException($"{path}: \"intents\" and \"tags\" are needed.");
    }

    private static BertTagger Teacher(RunContext context, TeacherNames names)
    {
        var folder = Needed(context, "teacher", "the folder of the fine-tuned BERT (or --set slot-logits and intent-logits)");
        var encoder = BertClassifier.LoadPretrained(folder, 2, new RandomSource(0)).Bert;
        var teacher = new BertTagger(encoder, WordPieceTokenizer.Load(Path.Combine(folder, "vocab.txt"), new() { LowerCase = false }), names.Intents, names.Tags, 0);
        var heads = Checkpoints.SafeTensors.Load(Path.Combine(folder, "heads.safetensors"));
        foreach (var name in (string[])["slot_head.weight", "slot_head.bias", "intent_head.weight", "intent_head.bias"])
            if (!heads.ContainsKey(name)) throw new Checkpoints.CheckpointException($"{folder}: heads.safetensors lacks '{name}'; save the fine-tuned heads under these names.");
        teacher.LoadState(heads, strict: false);
        return teacher;
    }

    private static SluFitConfig Fit(RunContext context, int seed) => new()
    {
        Steps = context.Settings.Integer("steps"),
        BatchSize = context.Settings.Integer("batch"),
        LearningRate = context.Settings.Number("learning-rate"),
        Seed = seed,
    };

    private static double Percent(RunContext context) =>
        double.TryParse(Needed(context, "teacher-exact", "the teacher's exact match in percent"), NumberStyles.Float, CultureInfo.InvariantCulture, out var value) && value is > 0 and <= 100
            ? value
            : throw new UsageException("--set teacher-exact: give a number above 0, at most 100.");

    private static string? Given(RunContext context, string setting) => context.Settings.Text(setting) is { Length: > 0 } text ? text : null;

    private static string Needed(RunContext context, string setting, string what) => Given(context, setting) ?? throw new UsageException($"--set {setting}=…: {what} must be given.");

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);

    private sealed class Curve(RunContext context, int seed) : IProgress<SluProgress>
    {
        public void Report(SluProgress value) => context.LogScalar($"training loss/seed {seed}", value.Step, value.Loss);
    }
}

/// <summary>The order of a teacher's logits.</summary>
internal sealed record TeacherNames(IReadOnlyList<string> Intents, IReadOnlyList<string> Tags);
