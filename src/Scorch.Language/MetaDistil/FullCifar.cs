using Scorch.Autograd;
using Scorch.Checkpoints;
using Scorch.Data;
using Scorch.Media;
using Scorch.Models;
using Scorch.Reproductions;
using Scorch.Training;

namespace Scorch.Language.MetaDistil;

/// <summary>CIFAR-100 by the authors' settings: batch 64, 240 epochs, rate 0.05 divided by ten after 150, 180 and 210, the teacher frozen for 150.</summary>
internal static class FullCifar
{
    public const string Name = "cifar100";

    private const int Classes = 100, BatchSize = 64, Epochs = 240, Margin = 4, FirstBatches = 30;
    private static readonly int[] Decays = [150, 180, 210];

    public static FullTask Load(RunContext context)
    {
        var (train, test) = (Read(context, "train"), Read(context, "test"));
        var statistics = train.ChannelStatistics();
        var data = Tensors(train, statistics);
        var parts = QuizOverlap.Split(data, [0.1, 0.1], new RandomSource(1));
        var (quiz, validation, rest) = (DistillTask.Take(data, parts[0]), DistillTask.Take(data, parts[1]), DistillTask.Take(data, parts[2]));
        var options = Options(context, rest.Count);
        var path = context.Settings.Text("teacher");
        var trained = new Dictionary<int, IReadOnlyDictionary<string, Tensor>>();
        return new("CIFAR-100, ResNet-56 to ResNet-20", rest, quiz, validation, Tensors(test, statistics), Teacher, seed => FunctionalModule.Of(new CifarResNet(20, Classes, seed)), Config(context), options);

        IFunctionalModule Teacher(int seed)
        {
            var teacher = new CifarResNet(56, Classes, seed);
            if (!trained.TryGetValue(seed, out var state))
            {
                if (path.Length > 0) teacher.LoadState(SafeTensors.Load(path));
                else KnowledgeDistiller.StudentAlone(teacher).Fit(rest, validation, options with { Seed = seed }, new FullScale.Progress(context, $"teacher, seed {seed}"), context.CancellationToken);
                trained[seed] = state = teacher.State().ToDictionary(entry => entry.Key, entry => entry.Value.Clone());
            }
            teacher.LoadState(state);
            return FunctionalModule.Of(teacher);
        }
    }

    public static string OneStep(RunContext context)
    {
        var (teacher, student) = (new CifarResNet(56, Classes, 1), new CifarResNet(20, Classes, 2));
        var random = new RandomSource(context.Seeds[0]);
        IReadOnlyList<Tensor> Drawn(int count) => [random.Normal([count, 3, 32, 32]), random.Integers([count], 0, Classes)];
        // An untrained teacher's running statistics are not those of its layers, and its answers would be all or nothing: it sees some batches first.
        using (GradientMode.Disable())
            for (var i = 0; i < FirstBatches; i++) teacher.Forward(Drawn(BatchSize)[0]);
        var cost = new DistillCost();
        var config = Config(context);
        var result = new MetaGradient(FunctionalModule.Of(teacher), FunctionalModule.Of(student), config.Loss(), cost).Compute([Drawn(BatchSize)], [Drawn(BatchSize)], config.PilotRate, config.Solver);
        var norm = Math.Sqrt(result.TeacherGradient.Sum(gradient => gradient.Square().Sum().Item()));
        var optimizer = (config.TeacherOptimizer with { LearningRate = config.TeacherRate }).Create(teacher.Parameters());
        foreach (var (parameter, gradient) in teacher.Parameters().Zip(result.TeacherGradient)) parameter.Gradient = gradient;
        optimizer.Step();
        return FullScale.Invariant($"CIFAR-100: ResNet-56 of {teacher.ParameterCount} parameters teaches ResNet-20 of {student.ParameterCount}; one round on {BatchSize} drawn pictures, exact gradient of the teacher of norm {norm:G4}, graph of {cost.PeakGraphBytes >> 20} MiB. {Epochs} epochs of batch {BatchSize}, rate 0.05 divided by 10 after {string.Join(", ", Decays)}. With --set task=glue: BERT.");
    }

    private static MetaDistilConfig Config(RunContext context) => new()
    {
        Temperature = context.Settings.Number("temperature"),
        DistillWeight = context.Settings.Number("weight"),
        PilotRate = context.Settings.Number("pilot-rate"),
        TeacherRate = context.Settings.Number("teacher-rate"),
        TeacherOptimizer = new(OptimizerKind.Sgd, 0, 0.9, 5e-4),
        TeacherWarmupFraction = 150.0 / Epochs,
    };

    private static FitOptions Options(RunContext context, int examples)
    {
        var epochs = context.Settings.Integer("epochs") is > 0 and var given ? given : Epochs;
        long batches = (examples + BatchSize - 1) / BatchSize;
        return new()
        {
            Epochs = epochs,
            BatchSize = BatchSize,
            QuizBatchSize = BatchSize,
            StudentOptimizer = new(OptimizerKind.Sgd, 0.05, 0.9, 5e-4),
            Schedule = Schedule.Steps([.. Decays.Select(epoch => epoch * batches * epochs / Epochs)]),
            Augment = Augmented,
        };
    }

    private static LabelledImages Read(RunContext context, string part)
    {
        var folder = context.Data.FindFolder(Name);
        try
        {
            return CifarFiles.Load(folder, CifarKind.Cifar100, part);
        }
        catch (FileNotFoundException problem)
        {
            throw new MissingDataException(Name, $"{problem.Message} Or run: scorch data get {Name}");
        }
    }

    private static TensorDataSet Tensors(LabelledImages images, ImageNormalisation statistics)
    {
        const int Plane = 32 * 32;
        var values = new float[images.Count * 3 * Plane];
        var labels = new long[images.Count];
        for (var n = 0; n < images.Count; n++)
        {
            var bytes = images[n].Image.Bytes;
            for (var c = 0; c < 3; c++)
                for (var i = 0; i < Plane; i++) values[(((n * 3) + c) * Plane) + i] = ((bytes[(3 * i) + c] / 255f) - statistics.Mean[c]) / statistics.Deviation[c];
            labels[n] = images.Label(n);
        }
        return new(Tensor.From(values, [images.Count, 3, 32, 32]), Tensor.From(labels));
    }

    /// <summary>A crop of 32x32 out of the picture with four black pixels around, reflected with even odds.</summary>
    internal static IReadOnlyList<Tensor> Augmented(IReadOnlyList<Tensor> batch, RandomSource random)
    {
        var pictures = batch[0].Pad([Margin, Margin, Margin, Margin]);
        var result = new Tensor[pictures.Shape[0]];
        for (var n = 0; n < result.Length; n++)
        {
            var (x, y) = ((int)random.NextInt64((2 * Margin) + 1), (int)random.NextInt64((2 * Margin) + 1));
            var crop = pictures.Select(0, n).Narrow(1, y, batch[0].Shape[2]).Narrow(2, x, batch[0].Shape[3]);
            result[n] = random.NextInt64(2) == 0 ? crop.Contiguous() : crop.Flip(2);
        }
        return [Tensor.Stack(result), .. batch.Skip(1)];
    }
}
