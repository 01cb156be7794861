using Scorch.Data;
using Scorch.Modules;

namespace Scorch.Language.MetaDistil;

/// <summary>Deep mutual learning (Zhang et al. 2018): teacher and student are trained together, each by its labels and by the other's answers.</summary>
/// <remarks>L_S = a KD(t, s) + (1 - a) CE(s), L_T = a KD(s, t) + (1 - a) CE(t), what is learnt from being held fixed.</remarks>
public sealed class MutualLearning
{
    private readonly IFunctionalModule teacher;
    private readonly IFunctionalModule student;
    private readonly IDistillLoss loss;
    private readonly OptimizerSettings teacherOptimizer;

    /// <summary>Two networks that learn from one another.</summary>
    /// <param name="teacher">The greater one.</param>
    /// <param name="student">The smaller one.</param>
    /// <param name="loss">The loss of either; null for <see cref="DistillLoss"/> with weight 0.5 and temperature 1, near the paper's sum of both terms.</param>
    /// <param name="teacherOptimizer">The teacher's optimiser; null for Adam at 1e-3.</param>
    public MutualLearning(IFunctionalModule teacher, IFunctionalModule student, IDistillLoss? loss = null, OptimizerSettings? teacherOptimizer = null)
    {
        ArgumentNullException.ThrowIfNull(teacher);
        ArgumentNullException.ThrowIfNull(student);
        if (ReferenceEquals(teacher.Module, student.Module)) throw new ArgumentException("MutualLearning: teacher and student are one module; give two.", nameof(student));
        (this.teacher, this.student, this.loss) = (teacher, student, loss ?? new DistillLoss(0.5, 1));
        this.teacherOptimizer = teacherOptimizer ?? new(OptimizerKind.Adam, 1e-3);
    }

    /// <summary>Two modules from one tensor to logits.</summary>
    /// <param name="teacher">The greater one.</param>
    /// <param name="student">The smaller one.</param>
    /// <param name="loss">The loss of either.</param>
    /// <param name="teacherOptimizer">The teacher's optimiser.</param>
    public MutualLearning(Module teacher, Module student, IDistillLoss? loss = null, OptimizerSettings? teacherOptimizer = null)
        : this(FunctionalModule.Of(teacher), FunctionalModule.Of(student), loss, teacherOptimizer)
    {
    }

    /// <summary>Trains both.</summary>
    /// <param name="train">Input tensors and, last, Int64 labels.</param>
    /// <param name="validation">Of the same form; accuracies are reported on it.</param>
    /// <param name="options">Epochs, batches, the student's optimiser.</param>
    /// <param name="progress">Hears of every epoch.</param>
    /// <param name="cancellationToken">Stops between two steps.</param>
    /// <exception cref="ArgumentException">Data are empty or of another form, or class counts differ.</exception>
    public DistillReport Fit(
        TensorDataSet train, TensorDataSet validation, FitOptions? options = null, IProgress<DistillProgress>? progress = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(train);
        ArgumentNullException.ThrowIfNull(validation);
        options ??= new();
        var loop = new DistillLoop(student, teacher, options, new());
        loop.Check(train, validation);
        var optimizer = teacherOptimizer.Create(teacher.Module.Parameters());
        loop.Run(train, validation, 1, (_, batches) => [.. batches.Select(Learn)], progress, cancellationToken);
        return loop.Report();

        double Learn(IReadOnlyList<Tensor> batch)
        {
            var (inputs, labels) = MetaGradient.Split(batch);
            MetaGradient.Mode(teacher.Module, training: true);
            options.Schedule.Apply(optimizer, [teacherOptimizer.LearningRate], loop.Step);
            optimizer.ClearGradients();
            var taught = teacher.Forward(inputs);
            NetworkOutput? heard = null;
            var value = loop.Learn(() =>
            {
                heard = student.Forward(inputs);
                return loss.Compute(heard, Fixed(taught), labels);
            });
            loss.Compute(taught, Fixed(heard!), labels).Backward();
            optimizer.Step();
            optimizer.ClearGradients();
            loop.TeacherHasLearnt = true;
            loop.Cost.TeacherForward++;
            loop.Cost.TeacherBackward++;
            return value;
        }
    }

    private static NetworkOutput Fixed(NetworkOutput output) => new(output.Logits.Detach()) { Hidden = [.. output.Hidden.Select(hidden => hidden.Detach())] };
}
