using Scorch.Data;
using Scorch.Losses;
using Scorch.Modules;

namespace Scorch.Language.MetaDistil;

/// <summary>Distillation from a fixed teacher (Hinton et al. 2015; with hidden states Sun et al. 2019), or a student that learns alone.</summary>
public sealed class KnowledgeDistiller
{
    private readonly IFunctionalModule? teacher;
    private readonly IFunctionalModule student;
    private readonly IDistillLoss? loss;

    /// <summary>A distiller of two modules from one tensor to logits.</summary>
    /// <param name="teacher">The teacher, trained on the task; it stays as it is.</param>
    /// <param name="student">The student.</param>
    /// <param name="loss">The student's loss; null for <see cref="DistillLoss"/> with its defaults.</param>
    public KnowledgeDistiller(Module teacher, Module student, IDistillLoss? loss = null)
        : this(FunctionalModule.Of(teacher), FunctionalModule.Of(student), loss)
    {
    }

    /// <summary>A distiller of any two networks.</summary>
    /// <param name="teacher">The teacher, trained on the task; it stays as it is.</param>
    /// <param name="student">The student.</param>
    /// <param name="loss">The student's loss; null for <see cref="DistillLoss"/> with its defaults.</param>
    public KnowledgeDistiller(IFunctionalModule teacher, IFunctionalModule student, IDistillLoss? loss = null)
    {
        ArgumentNullException.ThrowIfNull(teacher);
        ArgumentNullException.ThrowIfNull(student);
        (this.teacher, this.student, this.loss) = (teacher, student, loss ?? new DistillLoss());
    }

    private KnowledgeDistiller(IFunctionalModule student) => this.student = student;

    /// <summary>A student that learns from labels alone, by cross-entropy; a teacher is trained like this too.</summary>
    public static KnowledgeDistiller StudentAlone(Module student) => StudentAlone(FunctionalModule.Of(student));

    /// <summary>A student that learns from labels alone, by cross-entropy; a teacher is trained like this too.</summary>
    public static KnowledgeDistiller StudentAlone(IFunctionalModule student)
    {
        ArgumentNullException.ThrowIfNull(student);
        return new(student);
    }

    /// <summary>Trains the student.</summary>
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
        var loop = new DistillLoop(student, teacher, options ?? new(), new());
        loop.Check(train, validation);
        loop.Run(train, validation, 1, (_, batches) => [.. batches.Select(batch =>
        {
            var (inputs, labels) = MetaGradient.Split(batch);
            return loop.Learn(() => teacher is null
                ? Loss.CrossEntropy(student.Forward(inputs).Logits, labels)
                : loss!.Compute(student.Forward(inputs), loop.Told(inputs), labels));
        })], progress, cancellationToken);
        return loop.Report();
    }
}
