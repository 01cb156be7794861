using Scorch.Data;
using Scorch.Models.Transformers;
using Scorch.Reproductions;
using Scorch.Text;
using Scorch.Training;

namespace Scorch.Language.MetaDistil;

/// <summary>GLUE from a BERT of 12 layers to one of 6, which starts as the teacher's embeddings and first blocks.</summary>
internal static class FullGlue
{
    private const int StudentLayers = 6, BatchSize = 32, Epochs = 4;

    public static FullTask Load(RunContext context)
    {
        var folder = Given(context, "glue", "the folder with train.tsv and dev.tsv");
        var path = context.Settings.Text("teacher");
        var model = path.Length > 0 ? path : Given(context, "bert", "the folder of a pre-trained BERT (or --set teacher=FOLDER, of a fine-tuned one)");
        if (!Enum.TryParse<GlueTask>(context.Settings.Text("glue-task"), ignoreCase: true, out var task))
            throw new UsageException($"--set glue-task={context.Settings.Text("glue-task")}: the tasks are cola, sst2, mrpc, qqp, mnli, qnli, rte.");
        var tokenizer = WordPieceTokenizer.Load(Path.Combine(model, "vocab.txt"));
        var length = context.Settings.Integer("length");
        var classes = GlueFiles.Classes(task).Count;
        var data = Encoded("train.tsv");
        var parts = QuizOverlap.Split(data, [0.1, 0.1], new RandomSource(1));
        var (quiz, validation, rest) = (DistillTask.Take(data, parts[0]), DistillTask.Take(data, parts[1]), DistillTask.Take(data, parts[2]));
        var options = new FitOptions
        {
            Epochs = context.Settings.Integer("epochs") is > 0 and var given ? given : Epochs,
            BatchSize = BatchSize,
            QuizBatchSize = BatchSize,
            StudentOptimizer = new(OptimizerKind.AdamW, 2e-5, WeightDecay: 0.01),
            Schedule = Schedule.Constant,
        };
        var trained = new Dictionary<int, IReadOnlyDictionary<string, Tensor>>();
        return new($"GLUE {task}, BERT with 12 to {StudentLayers} layers", rest, quiz, validation, Encoded(task == GlueTask.Mnli ? "dev_matched.tsv" : "dev.tsv"), Teacher, Student, Config(context), options);

        BertClassifier Taught(int seed)
        {
            var teacher = path.Length > 0 ? BertClassifier.Load(path, seed) : BertClassifier.LoadPretrained(model, classes, new RandomSource(seed));
            if (path.Length > 0) return teacher;
            if (!trained.TryGetValue(seed, out var state))
            {
                KnowledgeDistiller.StudentAlone(Network(teacher)).Fit(rest, validation, options with { Epochs = 3, Seed = seed }, new FullScale.Progress(context, $"teacher, seed {seed}"), context.CancellationToken);
                trained[seed] = state = teacher.State().ToDictionary(entry => entry.Key, entry => entry.Value.Clone());
            }
            teacher.LoadState(state);
            return teacher;
        }

        IFunctionalModule Teacher(int seed) => Network(Taught(seed));

        IFunctionalModule Student(int seed) => Network(FirstLayers(Taught(seed), classes, seed));

        TensorDataSet Encoded(string file)
        {
            var place = Path.Combine(folder, file);
            context.UseData("glue", $"{task}/{file}", () => File.OpenRead(place));
            return Encode(GlueFiles.Read(place, task), tokenizer, length);
        }
    }

    public static string OneStep(RunContext context)
    {
        // BERT-base in full; batch and length are those that fit a small machine, and plain distillation's memory by finite differences.
        const int Batch = 2, Length = 16;
        var random = new RandomSource(context.Seeds[0]);
        var teacher = new BertClassifier(BertConfig.Base, 2, random);
        var student = FirstLayers(teacher, 2, 1);
        IReadOnlyList<Tensor> Drawn() => [random.Integers([Batch, Length], 1000, BertConfig.Base.VocabularySize), Tensor.Zeros([Batch, Length], DataType.Int64), random.Integers([Batch], 0, 2)];
        var cost = new DistillCost();
        var config = Config(context);
        var result = new MetaGradient(Network(teacher), Network(student), config.Loss(), cost).Compute([Drawn()], [Drawn()], config.PilotRate, config.Solver, config.QuizInTraining);
        var norm = Math.Sqrt(result.TeacherGradient.Sum(gradient => gradient.Square().Sum().Item()));
        return FullScale.Invariant($"GLUE: BERT-base of 12 layers, {teacher.ParameterCount} parameters, teaches one of {StudentLayers}, {student.ParameterCount} parameters; one round of {Batch} drawn texts of {Length} tokens, gradient of the teacher by finite differences, norm {norm:G4}, graph of {cost.PeakGraphBytes >> 20} MiB. A run takes batches of {BatchSize} with {context.Settings.Integer("length")} tokens, {Epochs} epochs, AdamW at 2e-5.");
    }

    /// <summary>A student that starts as the teacher without its upper blocks.</summary>
    internal static BertClassifier FirstLayers(BertClassifier teacher, int classes, int seed)
    {
        var config = teacher.Bert.Config;
        var student = new BertClassifier(config with { Layers = Math.Min(StudentLayers, config.Layers) }, classes, new RandomSource(seed));
        var own = student.State();
        student.LoadState(teacher.State().Where(entry => own.ContainsKey(entry.Key)).ToDictionary(entry => entry.Key, entry => entry.Value));
        return student;
    }

    /// <summary>[CLS] first [SEP] second [SEP], cut to a length from the longer of the two; ids, segments, labels.</summary>
    internal static TensorDataSet Encode(IReadOnlyList<GlueExample> examples, WordPieceTokenizer tokenizer, int length)
    {
        var (begin, end) = (Special("[CLS]"), Special("[SEP]"));
        if (Special("[PAD]") != 0) throw new InvalidDataException("vocab.txt: [PAD] must be its first line.");
        var (ids, segments) = (new long[checked(examples.Count * length)], new long[examples.Count * length]);
        for (var row = 0; row < examples.Count; row++)
        {
            var first = tokenizer.Encode(examples[row].First).ToList();
            var second = examples[row].Second is { } text ? tokenizer.Encode(text).ToList() : null;
            var room = length - (second is null ? 2 : 3);
            while (first.Count + (second?.Count ?? 0) > room)
            {
                var longer = second is not null && second.Count >= first.Count ? second : first;
                longer.RemoveAt(longer.Count - 1);
            }
            int[] all = second is null ? [begin, .. first, end] : [begin, .. first, end, .. second, end];
            for (var i = 0; i < all.Length; i++)
            {
                ids[(row * length) + i] = all[i];
                segments[(row * length) + i] = i >= first.Count + 2 ? 1 : 0;
            }
        }
        return new(Tensor.From(ids, [examples.Count, length]), Tensor.From(segments, [examples.Count, length]), Tensor.From(examples.Select(example => (long)example.Label).ToArray()));

        int Special(string name) => tokenizer.IdOf(name) ?? throw new InvalidDataException($"vocab.txt has no {name}; is it BERT's vocabulary?");
    }

    /// <summary>Logits and every block's state of the first token, for patient distillation.</summary>
    internal static IFunctionalModule Network(BertClassifier model) => new FunctionalModule(model, inputs =>
    {
        var (logits, states) = model.ForwardWithStates(inputs[0], inputs[0].NotEqual(0), inputs[1]);
        return new(logits) { Hidden = states };
    });

    private static MetaDistilConfig Config(RunContext context) => new()
    {
        Temperature = context.Settings.Number("temperature"),
        DistillWeight = context.Settings.Number("weight"),
        Kind = DistillKind.Probabilities,
        PilotRate = context.Settings.Number("pilot-rate"),
        TeacherRate = context.Settings.Number("teacher-rate"),
        TeacherOptimizer = new(OptimizerKind.AdamW, 0, WeightDecay: 0.01),
        TeacherWarmupFraction = 0,
        QuizInTraining = false,
        Solver = MetaSolver.FiniteDifference,
    };

    private static string Given(RunContext context, string setting, string what) => context.Settings.Text(setting) is { Length: > 0 } path
        ? path
        : throw new UsageException($"--set task=glue needs --set {setting}=FOLDER: {what}. GLUE and BERT are not shipped.");
}
