using Scorch.Losses;

namespace Scorch.Language.Pqrnn;

/// <summary>A student's loss by a teacher's logits and by labels.</summary>
public static class DistillationLoss
{
    /// <summary>The label of a row that has none.</summary>
    public const long NoLabel = -100;

    /// <summary><c>w T^2 CE(softmax(t / T), softmax(s / T)) + (1 - w) CE(labels)</c>, each the mean over the rows that have it.</summary>
    /// <param name="student">s, [rows, classes].</param>
    /// <param name="teacher">t, of the same shape; null for labels alone (w = 0).</param>
    /// <param name="labels">Int64 [rows], <see cref="NoLabel"/> where there is none.</param>
    /// <param name="temperature">T, above 0.</param>
    /// <param name="weight">w, in [0, 1].</param>
    /// <param name="counted">1 for rows that the teacher speaks of, 0 for padding, [rows]; null for all.</param>
    /// <exception cref="ArgumentException">Shapes differ, or temperature or weight is out of its range.</exception>
    public static Tensor Compute(Tensor student, Tensor? teacher, Tensor labels, double temperature = 2, double weight = 0.9, Tensor? counted = null)
    {
        ArgumentNullException.ThrowIfNull(student);
        ArgumentNullException.ThrowIfNull(labels);
        if (!(temperature > 0) || !double.IsFinite(temperature)) throw new ArgumentOutOfRangeException(nameof(temperature), temperature, "DistillationLoss: the temperature must be finite and above 0.");
        if (!(weight is >= 0 and <= 1)) throw new ArgumentOutOfRangeException(nameof(weight), weight, "DistillationLoss: the teacher's weight lies in [0, 1].");
        if (teacher is not null && teacher.Shape != student.Shape) throw new ArgumentException($"DistillationLoss: the teacher's logits are {teacher.Shape}, the student's {student.Shape}; both must tell the same classes of the same rows.", nameof(teacher));
        var given = labels.NotEqual(NoLabel).To(student.DataType).Sum().Clamp(1);
        var hard = Loss.CrossEntropy(student, labels, ignoreIndex: NoLabel, reduction: Reduction.Sum) / given;
        if (teacher is null || weight == 0) return hard;
        var each = -((teacher.Detach() / temperature).Softmax(1) * (student / temperature).LogSoftmax(1)).Sum(1);
        var soft = counted is null ? each.Mean() : (each * counted).Sum() / counted.Sum();
        return (soft * (weight * temperature * temperature)) + (hard * (1 - weight));
    }
}
