using Scorch.Losses;

namespace Scorch.Language.MetaDistil;

/// <summary>What a student minimises, given its teacher.</summary>
public interface IDistillLoss
{
    /// <summary>L_S, a scalar, differentiable twice by both outputs.</summary>
    /// <param name="student">The student's output.</param>
    /// <param name="teacher">The teacher's output for the same batch.</param>
    /// <param name="labels">The batch's labels.</param>
    Tensor Compute(NetworkOutput student, NetworkOutput teacher, Tensor labels);

    /// <summary>What the teacher minimises: the student's loss on quiz data; by default the cross-entropy.</summary>
    /// <param name="student">The trial student's output.</param>
    /// <param name="labels">The quiz batch's labels.</param>
    Tensor Quiz(NetworkOutput student, Tensor labels)
    {
        ArgumentNullException.ThrowIfNull(student);
        return Loss.CrossEntropy(student.Logits, labels);
    }
}

/// <summary>How a student's logits are held to its teacher's.</summary>
public enum DistillKind
{
    /// <summary>tau^2 KL(softmax(t/tau) || softmax(s/tau)), mean over the batch (Hinton et al. 2015).</summary>
    KullbackLeibler,

    /// <summary>Mean squared difference of logits.</summary>
    Logits,

    /// <summary>tau^2 times the mean squared difference of tempered probabilities.</summary>
    Probabilities,
}

/// <summary>The loss of distillation: <c>a KD + (1 - a) CE</c>, with <c>beta PKD</c> where hidden states are held to the teacher's too.</summary>
/// <param name="weight">a, the weight of the teacher, in [0, 1].</param>
/// <param name="temperature">tau, above 0.</param>
/// <param name="kind">How logits are compared.</param>
/// <param name="patientWeight">beta, at least 0.</param>
/// <param name="patientLayers">The teacher's layer for each of the student's, as numbers into <see cref="NetworkOutput.Hidden"/>; null for evenly spread ones.</param>
public sealed class DistillLoss(
    double weight = 0.9, double temperature = 4, DistillKind kind = DistillKind.KullbackLeibler, double patientWeight = 0, IReadOnlyList<int>? patientLayers = null) : IDistillLoss
{
    private readonly double weight = weight is >= 0 and <= 1
        ? weight : throw new ArgumentOutOfRangeException(nameof(weight), weight, "DistillLoss: the weight of the teacher lies in [0, 1].");

    private readonly double temperature = temperature > 0 && double.IsFinite(temperature)
        ? temperature : throw new ArgumentOutOfRangeException(nameof(temperature), temperature, "DistillLoss: the temperature must be above 0.");

    private readonly double patientWeight = patientWeight >= 0 && double.IsFinite(patientWeight)
        ? patientWeight : throw new ArgumentOutOfRangeException(nameof(patientWeight), patientWeight, "DistillLoss: the weight of hidden states must be at least 0.");

    internal double Weight => weight;

    internal double Temperature => temperature;

    /// <summary>Whether the cross Hessian is that of the Kullback-Leibler term alone, which has a closed form.</summary>
    internal bool HasClosedForm => kind == DistillKind.KullbackLeibler && patientWeight == 0;

    /// <inheritdoc/>
    public Tensor Compute(NetworkOutput student, NetworkOutput teacher, Tensor labels)
    {
        ArgumentNullException.ThrowIfNull(student);
        ArgumentNullException.ThrowIfNull(teacher);
        // L_S = a KD + (1 - a) CE + beta PKD. With a = 0 the teacher is still read, so that its gradient is 0 rather than missing.
        var loss = (Teacher(student.Logits, teacher.Logits, temperature, kind) * weight) + (Loss.CrossEntropy(student.Logits, labels) * (1 - weight));
        return patientWeight == 0 ? loss : loss + (Patient(student.Hidden, teacher.Hidden, patientLayers) * patientWeight);
    }

    /// <summary>KD: how far the student's logits lie from the teacher's.</summary>
    /// <param name="student">[batch, classes].</param>
    /// <param name="teacher">[batch, classes].</param>
    /// <param name="temperature">tau.</param>
    /// <param name="kind">How they are compared.</param>
    /// <exception cref="ArgumentException">Shapes differ.</exception>
    public static Tensor Teacher(Tensor student, Tensor teacher, double temperature, DistillKind kind = DistillKind.KullbackLeibler)
    {
        ArgumentNullException.ThrowIfNull(student);
        ArgumentNullException.ThrowIfNull(teacher);
        if (student.Rank != 2 || teacher.Shape != student.Shape)
            throw new ArgumentException($"DistillLoss: the student's logits are {student.Shape}, the teacher's {teacher.Shape}; both give [batch, classes] of the same classes.", nameof(teacher));
        switch (kind)
        {
            case DistillKind.KullbackLeibler:
                var (known, told) = ((teacher / temperature).LogSoftmax(1), (student / temperature).LogSoftmax(1));
                return (known.Exp() * (known - told)).Sum() * (temperature * temperature / student.Shape[0]);
            case DistillKind.Logits:
                return Loss.MeanSquaredError(student, teacher);
            case DistillKind.Probabilities:
                return Loss.MeanSquaredError((student / temperature).Softmax(1), (teacher / temperature).Softmax(1)) * (temperature * temperature);
            default:
                throw new ArgumentOutOfRangeException(nameof(kind), kind, "DistillLoss: none of the named kinds.");
        }
    }

    /// <summary>PKD (Sun et al. 2019): mean squared difference of hidden states divided by their norms, over the student's layers.</summary>
    /// <param name="student">Its hidden states, each [batch, features].</param>
    /// <param name="teacher">The teacher's, of as many features.</param>
    /// <param name="layers">The teacher's layer for each of the student's; null for layer (i + 1) T / S - 1.</param>
    /// <exception cref="ArgumentException">There are none, numbers of features differ, or a layer does not exist.</exception>
    public static Tensor Patient(IReadOnlyList<Tensor> student, IReadOnlyList<Tensor> teacher, IReadOnlyList<int>? layers = null)
    {
        ArgumentNullException.ThrowIfNull(student);
        ArgumentNullException.ThrowIfNull(teacher);
        if (student.Count == 0 || teacher.Count < student.Count)
            throw new ArgumentException($"DistillLoss: the student gives {student.Count} hidden states, the teacher {teacher.Count}; patient distillation needs one a layer, of the teacher at least as many (NetworkOutput.Hidden).", nameof(student));
        layers ??= [.. Enumerable.Range(0, student.Count).Select(i => ((i + 1) * teacher.Count / student.Count) - 1)];
        if (layers.Count != student.Count || layers.Any(layer => layer < 0 || layer >= teacher.Count))
            throw new ArgumentException($"DistillLoss: the teacher's layers [{string.Join(", ", layers)}] for {student.Count} layers of the student; give one for each, from 0 to {teacher.Count - 1}.", nameof(layers));
        var differences = student.Select((own, i) => Loss.MeanSquaredError(Normalized(own), Normalized(Matching(teacher[layers[i]], own)))).ToArray();
        return Tensor.Stack(differences).Mean();
    }

    private static Tensor Normalized(Tensor hidden) => hidden / hidden.Square().Sum(-1, keepDimensions: true).Sqrt();

    private static Tensor Matching(Tensor teacher, Tensor student) => teacher.Shape == student.Shape
        ? teacher
        : throw new ArgumentException($"DistillLoss: a hidden state of the student is {student.Shape}, the teacher's {teacher.Shape}; patient distillation needs as many features in both.", nameof(teacher));
}
