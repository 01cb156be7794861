using System.Diagnostics;
using Scorch.Autograd;
using Scorch.Data;
using Scorch.Optimizers;

namespace Scorch.Language.MetaDistil;

/// <summary>What every way of training a student has in common: epochs of rounds of batches, learning rates, accuracies, progress.</summary>
internal sealed class DistillLoop
{
    private readonly IFunctionalModule student;
    private readonly IFunctionalModule? teacher;
    private readonly FitOptions options;
    private readonly List<double> studentAccuracy = [];
    private readonly List<double> teacherAccuracy = [];
    private readonly List<double> losses = [];
    private readonly Stopwatch clock = new();

    public DistillLoop(IFunctionalModule student, IFunctionalModule? teacher, FitOptions options, DistillCost cost)
    {
        options.Validate();
        (this.student, this.teacher, this.options, Cost) = (student, teacher, options, cost);
        Optimizer = options.StudentOptimizer.Create(student.Module.Parameters());
    }

    public DistillCost Cost { get; }

    /// <summary>The student's.</summary>
    public Optimizer Optimizer { get; }

    public List<string> Warnings { get; } = [];

    /// <summary>Set by whoever changes the teacher; reset after each epoch.</summary>
    public bool TeacherHasLearnt { get; set; }

    /// <summary>Steps that the student has taken.</summary>
    public long Step { get; private set; }

    /// <summary>Checks the data and the networks' outputs on them.</summary>
    public void Check(TensorDataSet train, TensorDataSet validation)
    {
        var classes = Classes(student, train, "student");
        if (teacher is not null && Classes(teacher, train, "teacher") is var taught && taught != classes)
            throw new ArgumentException($"MetaDistil: the teacher tells {taught} classes, the student {classes}; both must tell the same.", nameof(teacher));
        foreach (var (data, name) in new[] { (train, "training"), (validation, "validation") }) Labels(data, classes, name);
        if (teacher is null) return;
        teacherAccuracy.Add(Accuracy(teacher, validation));
        if (teacherAccuracy[0] < 1.0 / classes)
            Warnings.Add(FormattableString.Invariant($"The teacher tells {teacherAccuracy[0]:P1} of the validation examples, which is worse than chance ({1.0 / classes:P1}): train it first, or check that its classes are numbered as the data's."));
    }

    public static void Labels(TensorDataSet data, int classes, string name)
    {
        var labels = data.Tensors[^1];
        if (data.Tensors.Count < 2 || labels.DataType != DataType.Int64 || labels.Rank != 1)
            throw new ArgumentException($"MetaDistil: the {name} data's last tensor is {labels.DataType} {labels.Shape}; give inputs and, last, Int64 labels [examples].", nameof(data));
        if (data.Count == 0) throw new ArgumentException($"MetaDistil: the {name} data are empty.", nameof(data));
        if (labels.Minimum().ItemInt64() < 0 || labels.Maximum().ItemInt64() >= classes)
            throw new ArgumentException($"MetaDistil: labels of the {name} data run from {labels.Minimum().ItemInt64()} to {labels.Maximum().ItemInt64()}; the networks tell classes 0 to {classes - 1}.", nameof(data));
    }

    /// <summary>Trains.</summary>
    /// <param name="train">Inputs, then labels.</param>
    /// <param name="validation">Of the same form.</param>
    /// <param name="batches">Batches of a round.</param>
    /// <param name="round">Takes a round's steps and gives each batch's loss before its step.</param>
    /// <param name="progress">Hears of every epoch.</param>
    /// <param name="cancellation">Stops between two rounds.</param>
    public void Run(
        TensorDataSet train, TensorDataSet validation, int batches, Func<int, IReadOnlyList<IReadOnlyList<Tensor>>, IReadOnlyList<double>> round,
        IProgress<DistillProgress>? progress, CancellationToken cancellation)
    {
        var loader = new DataLoader<IReadOnlyList<Tensor>>(
            train.Count,
            (place, rows) => options.Augment is { } augment
                ? augment(train.Batch(rows), new RandomSource(RandomSource.Derive(options.Seed, 2, place.Epoch, place.Batch)))
                : train.Batch(rows),
            new DataLoaderConfig(Math.Min(options.BatchSize, train.Count), options.Shuffle, Seed: options.Seed));
        for (var epoch = 0; epoch < options.Epochs; epoch++)
        {
            var (sum, count) = (0.0, 0);
            clock.Start();
            foreach (var some in loader.Epoch(cancellation).Chunk(batches))
            {
                cancellation.ThrowIfCancellationRequested();
                var values = round(epoch, some);
                for (var j = 0; j < some.Length; j++)
                {
                    if (!double.IsFinite(values[j]))
                        throw new InvalidOperationException(FormattableString.Invariant($"MetaDistil: the student's loss in epoch {epoch + 1} is {values[j]}; lower the student's learning rate or the pilot rate."));
                    sum += values[j] * some[j][^1].Shape[0];
                    count += some[j][^1].Shape[0];
                }
            }
            clock.Stop();
            losses.Add(sum / count);
            studentAccuracy.Add(Accuracy(student, validation));
            // A teacher that has not learnt in the epoch is as good as before.
            if (teacher is not null) teacherAccuracy.Add(TeacherHasLearnt ? Accuracy(teacher, validation) : teacherAccuracy[^1]);
            TeacherHasLearnt = false;
            progress?.Report(new(epoch + 1, options.Epochs, losses[^1], studentAccuracy[^1], teacher is null ? double.NaN : teacherAccuracy[^1]));
        }
        Cost.Seconds += clock.Elapsed.TotalSeconds;
    }

    /// <summary>One step of the student's own optimiser.</summary>
    /// <param name="loss">Its recorded loss.</param>
    /// <returns>The loss.</returns>
    public double Learn(Func<Tensor> loss)
    {
        MetaGradient.Mode(student.Module, training: true);
        options.Schedule.Apply(Optimizer, [options.StudentOptimizer.LearningRate], Step++);
        Optimizer.ClearGradients();
        var value = loss();
        if (Cost.Steps++ == 0) Cost.Hold(Differentiation.RecordedBytes(value));
        Cost.StudentForward++;
        Cost.StudentBackward++;
        value.Backward();
        Optimizer.Step();
        Optimizer.ClearGradients();
        return value.Item();
    }

    /// <summary>Counts a step that something else took.</summary>
    public void Count()
    {
        Step++;
        Cost.Steps++;
    }

    /// <summary>Output of the teacher, without history.</summary>
    public NetworkOutput Told(IReadOnlyList<Tensor> inputs)
    {
        MetaGradient.Mode(teacher!.Module, training: false);
        Cost.TeacherForward++;
        using var mode = GradientMode.Disable();
        return teacher.Forward(inputs);
    }

    public DistillReport Report() => new()
    {
        StudentAccuracyByEpoch = studentAccuracy,
        TeacherAccuracyByEpoch = teacherAccuracy,
        LossByEpoch = losses,
        Warnings = Warnings,
        Cost = Cost,
    };

    /// <summary>Share of examples that a network classifies rightly.</summary>
    public static double Accuracy(IFunctionalModule network, TensorDataSet data, int batchSize = 512)
    {
        var wasTraining = network.Module.IsTraining;
        MetaGradient.Mode(network.Module, training: false);
        using var mode = GradientMode.Disable();
        long right = 0;
        for (var start = 0; start < data.Count; start += batchSize)
        {
            var (inputs, labels) = MetaGradient.Split([.. data.Tensors.Select(tensor => tensor.Narrow(0, start, Math.Min(batchSize, data.Count - start)))]);
            right += network.Forward(inputs).Logits.ArgMax(1).EqualTo(labels).To(DataType.Int64).Sum().ItemInt64();
        }
        MetaGradient.Mode(network.Module, wasTraining);
        return (double)right / data.Count;
    }

    private static int Classes(IFunctionalModule network, TensorDataSet data, string role)
    {
        MetaGradient.Mode(network.Module, training: false);
        using var mode = GradientMode.Disable();
        var (inputs, _) = MetaGradient.Split(data.Batch([0]));
        var logits = network.Forward(inputs).Logits;
        return logits.Rank == 2 && logits.Shape[0] == 1
            ? logits.Shape[1]
            : throw new ArgumentException($"MetaDistil: the {role} gives {logits.Shape} for one example; it must give logits [1, classes].", role);
    }
}
