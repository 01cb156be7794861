using Scorch.Autograd;
using Scorch.Modules;

namespace Scorch.Language.MetaDistil;

/// <summary>The pilot and what the teacher learns from it.</summary>
/// <param name="Pilot">theta_S' after the last pilot step; with the exact solver it keeps its history.</param>
/// <param name="PilotLosses">L_S of each batch, before its step.</param>
/// <param name="QuizLoss">The quiz loss of the pilot.</param>
/// <param name="TeacherGradient">d quiz loss / d theta_T, one tensor a parameter of the teacher, in the order of its names.</param>
public sealed record MetaGradientResult(ParameterSet Pilot, IReadOnlyList<double> PilotLosses, double QuizLoss, IReadOnlyList<Tensor> TeacherGradient)
{
    /// <summary>Whether every entry of the teacher's gradient is finite.</summary>
    public bool IsFinite => double.IsFinite(QuizLoss) && TeacherGradient.All(gradient => gradient.IsFinite().All().ItemInt64() != 0);
}

/// <summary>The gradient of the quiz loss by the teacher, through pilot steps of the student.</summary>
/// <remarks>
/// <code>
/// theta_S' = theta_S - lambda dL_S/dtheta_S (theta_S, theta_T)                       for each batch of the round
/// dQ/dtheta_T = -lambda [d2 L_S / dtheta_T dtheta_S]^T dQ/dtheta_S'                   summed over the steps
/// </code>
/// Nothing changes: not the student, its running statistics or its optimiser. Dropout masks of a batch are the same in every pass over it.
/// </remarks>
public sealed class MetaGradient
{
    private readonly IFunctionalModule teacher;
    private readonly IFunctionalModule student;
    private readonly IDistillLoss loss;
    private readonly RandomSource[] sources;
    private readonly (string Name, Parameter Parameter)[] teacherParameters;
    private readonly DistillCost cost;

    /// <summary>A solver.</summary>
    /// <param name="teacher">The teacher; its parameters receive the gradient.</param>
    /// <param name="student">The student.</param>
    /// <param name="loss">L_S and the quiz loss.</param>
    /// <param name="cost">Where passes are counted; null for nowhere.</param>
    public MetaGradient(IFunctionalModule teacher, IFunctionalModule student, IDistillLoss loss, DistillCost? cost = null)
    {
        ArgumentNullException.ThrowIfNull(teacher);
        ArgumentNullException.ThrowIfNull(student);
        ArgumentNullException.ThrowIfNull(loss);
        (this.teacher, this.student, this.loss, this.cost) = (teacher, student, loss, cost ?? new());
        sources = [.. student.Module.NamedRandomSources().Select(entry => entry.Source).Distinct()];
        teacherParameters = [.. teacher.Module.NamedParameters()];
        if (teacherParameters.Length == 0) throw new ArgumentException("MetaDistil: the teacher has no parameters, so there is nothing that it could learn.", nameof(teacher));
    }

    /// <summary>Takes the pilot steps and computes the teacher's gradient.</summary>
    /// <param name="batches">A training batch a pilot step: input tensors, then labels.</param>
    /// <param name="quiz">Quiz batches; their losses are averaged.</param>
    /// <param name="pilotRate">lambda.</param>
    /// <param name="solver">How the gradient is computed.</param>
    /// <param name="quizInTraining">Whether the student stays in training mode for the quiz.</param>
    /// <exception cref="ArgumentException">There is no batch or no quiz batch, or lambda is not above 0.</exception>
    /// <exception cref="InvalidOperationException">The teacher receives no gradient, or a layer of the student does not run with given parameters.</exception>
    public MetaGradientResult Compute(
        IReadOnlyList<IReadOnlyList<Tensor>> batches, IReadOnlyList<IReadOnlyList<Tensor>> quiz, double pilotRate, MetaSolver solver = MetaSolver.Exact, bool quizInTraining = true)
    {
        ArgumentNullException.ThrowIfNull(batches);
        ArgumentNullException.ThrowIfNull(quiz);
        if (batches.Count == 0) throw new ArgumentException("MetaGradient: no training batch was given.", nameof(batches));
        if (quiz.Count == 0) throw new ArgumentException("MetaGradient: no quiz batch was given.", nameof(quiz));
        if (!(pilotRate > 0 && double.IsFinite(pilotRate)))
            throw new ArgumentOutOfRangeException(nameof(pilotRate), pilotRate, FormattableString.Invariant($"MetaGradient: the pilot rate is {pilotRate}; it must be above 0."));
        // The teacher is asked without dropout: noise in its targets would drown the small second-order signal.
        Mode(teacher.Module, training: false);
        using var mode = GradientMode.Enable();
        return solver == MetaSolver.Exact ? Exact(batches, quiz, pilotRate, quizInTraining) : ByDifferences(batches, quiz, pilotRate, quizInTraining);
    }

    private MetaGradientResult Exact(IReadOnlyList<IReadOnlyList<Tensor>> batches, IReadOnlyList<IReadOnlyList<Tensor>> quiz, double rate, bool quizInTraining)
    {
        var pilot = ParameterSet.Of(student.Module);
        var losses = new double[batches.Count];
        for (var j = 0; j < losses.Length; j++)
        {
            // theta' = theta - lambda dL_S/dtheta, recorded: theta' remembers how it came from theta_T.
            var value = StudentLoss(batches[j], pilot);
            losses[j] = value.Item();
            pilot = pilot.Step(ByStudent(value, pilot, createGraph: true), rate);
        }
        var quizLoss = QuizLoss(quiz, pilot, quizInTraining);
        cost.Hold(Differentiation.RecordedBytes(quizLoss));
        var result = ByTeacher(quizLoss);
        cost.StudentBackward += quiz.Count;
        cost.SecondOrderBackward += batches.Count;
        cost.TeacherBackward += batches.Count;
        return new(pilot, losses, quizLoss.Item(), result);
    }

    private MetaGradientResult ByDifferences(IReadOnlyList<IReadOnlyList<Tensor>> batches, IReadOnlyList<IReadOnlyList<Tensor>> quiz, double rate, bool quizInTraining)
    {
        var steps = new ParameterSet[batches.Count + 1];
        var starts = new long[batches.Count][];
        var losses = new double[batches.Count];
        steps[0] = ParameterSet.Of(student.Module).AsLeaves();
        for (var j = 0; j < batches.Count; j++)
        {
            starts[j] = Counters();
            var value = StudentLoss(batches[j], steps[j].WithFreshBuffers());
            losses[j] = value.Item();
            steps[j + 1] = Moved(steps[j], ByStudent(value, steps[j], createGraph: false), -rate);
        }
        var quizLoss = QuizLoss(quiz, steps[^1], quizInTraining);
        cost.Hold(Differentiation.RecordedBytes(quizLoss));
        var v = ByStudent(quizLoss, steps[^1], createGraph: false);
        cost.StudentBackward += quiz.Count - 1;
        var end = Counters();
        var total = new Tensor?[teacherParameters.Length];
        for (var j = batches.Count - 1; j >= 0; j--)
        {
            var norm = Math.Sqrt(v.Sum(part => part is null ? 0 : part.Square().Sum().Item()));
            if (norm == 0) break;
            // v^T d2L / dtheta_T dtheta_S = (g_T(theta + eps v) - g_T(theta - eps v)) / (2 eps), eps = 0.01 / |v|
            var epsilon = 0.01 / norm;
            var (ahead, behind) = (Gradients(+epsilon), Gradients(-epsilon));
            using var silent = GradientMode.Disable();
            for (var i = 0; i < total.Length; i++)
                if (Difference(ahead.Teacher[i], behind.Teacher[i]) is { } part) total[i] = total[i] is { } sum ? sum + part : part;
            // dQ/dtheta_j = v - lambda H v, by the same two gradients.
            v = [.. v.Select((own, i) => Difference(ahead.Student[i], behind.Student[i]) is { } part ? own is null ? part : own + part : own)];

            (Tensor?[] Student, Tensor?[] Teacher) Gradients(double distance)
            {
                Restore(starts[j]);
                var at = Moved(steps[j], v, distance).WithFreshBuffers();
                var value = StudentLoss(batches[j], at);
                cost.Hold(Differentiation.RecordedBytes(value));
                cost.StudentBackward++;
                cost.TeacherBackward++;
                var gradients = Differentiation.Gradients([value], [.. at.Values, .. teacherParameters.Select(entry => entry.Parameter)], allowUnused: true);
                return (gradients[..at.Values.Count], gradients[at.Values.Count..]);
            }

            Tensor? Difference(Tensor? plus, Tensor? minus) => plus is null || minus is null ? null : (plus - minus) * (-rate / (2 * epsilon));
        }
        Restore(end);
        return new(steps[^1], losses, quizLoss.Item(), [.. total.Select((part, i) => part ?? Tensor.ZerosLike(teacherParameters[i].Parameter))]);
    }

    /// <summary>L_S of the student in training mode, its teacher recorded.</summary>
    private Tensor StudentLoss(IReadOnlyList<Tensor> batch, ParameterSet parameters)
    {
        var (inputs, labels) = Split(batch);
        Mode(student.Module, training: true);
        cost.StudentForward++;
        cost.TeacherForward++;
        return loss.Compute(student.Forward(inputs, parameters), teacher.Forward(inputs), labels);
    }

    private Tensor QuizLoss(IReadOnlyList<IReadOnlyList<Tensor>> quiz, ParameterSet parameters, bool training)
    {
        Mode(student.Module, training);
        Tensor? sum = null;
        foreach (var batch in quiz)
        {
            var (inputs, labels) = Split(batch);
            cost.StudentForward++;
            var value = loss.Quiz(student.Forward(inputs, parameters), labels);
            sum = sum is null ? value : sum + value;
        }
        return sum! * (1.0 / quiz.Count);
    }

    private Tensor?[] ByStudent(Tensor value, ParameterSet parameters, bool createGraph)
    {
        cost.StudentBackward++;
        var gradients = value.RequiresGradient ? Differentiation.Gradients([value], parameters.Values, createGraph: createGraph, allowUnused: true) : [];
        return gradients.Any(gradient => gradient is not null)
            ? gradients
            : throw new InvalidOperationException($"MetaDistil: layer {student.Module.GetType().Name} has no functional forward: its loss does not depend on the parameters that it was given. Use them in Forward, without Detach.");
    }

    private Tensor[] ByTeacher(Tensor quizLoss)
    {
        var gradients = quizLoss.RequiresGradient
            ? Differentiation.Gradients([quizLoss], [.. teacherParameters.Select(entry => entry.Parameter)], allowUnused: true)
            : [];
        if (!gradients.Any(gradient => gradient is not null))
            throw new InvalidOperationException("MetaDistil: the teacher receives no gradient. Either the loss does not depend on its output (weight 0, or a detached tensor), or the student does not run with given parameters (its forward must use those of the set).");
        return [.. gradients.Select((gradient, i) => gradient ?? Tensor.ZerosLike(teacherParameters[i].Parameter))];
    }

    /// <summary>Leaves at parameters + distance * direction.</summary>
    private static ParameterSet Moved(ParameterSet parameters, IReadOnlyList<Tensor?> direction, double distance)
    {
        using var silent = GradientMode.Disable();
        return parameters.Step(direction, -distance).AsLeaves();
    }

    private long[] Counters() => [.. sources.Select(source => source.Counter)];

    private void Restore(long[] counters)
    {
        for (var i = 0; i < sources.Length; i++) sources[i].Counter = counters[i];
    }

    internal static (IReadOnlyList<Tensor> Inputs, Tensor Labels) Split(IReadOnlyList<Tensor> batch)
    {
        ArgumentNullException.ThrowIfNull(batch);
        return batch.Count >= 2
            ? ([.. batch.SkipLast(1)], batch[^1])
            : throw new ArgumentException($"MetaDistil: a batch of {batch.Count} tensors was given; it holds the inputs and, last, the labels.", nameof(batch));
    }

    internal static void Mode(Module module, bool training)
    {
        if (module.IsTraining == training) return;
        if (training) module.Train();
        else module.Evaluate();
    }
}
