using Scorch.Autograd;
using Scorch.Modules;

namespace Scorch.Language.MetaDistil;

/// <summary>The teacher's gradient through one pilot step by the closed form of the loss: no second derivative of the teacher is taken.</summary>
/// <remarks>
/// With L_S = a tau^2 KL(p_t || p_s) + (1 - a) CE and p the tempered softmax, the logits' cross Hessian is
/// d2 L_S / ds dt = -a (diag(p_t) - p_t p_t^T) / n, the CE does not depend on the teacher, and so
/// <code>
/// d = J_s v,  v = dQ/dtheta_S'                 how the student's logits move along v
/// dQ/dt = lambda a / n (p_t d - p_t (p_t . d)) and back through the teacher once
/// </code>
/// </remarks>
internal static class ClosedForm
{
    public static Tensor[] TeacherGradient(
        IFunctionalModule teacher, IFunctionalModule student, DistillLoss loss, IReadOnlyList<Tensor> batch, IReadOnlyList<Tensor> quiz, double rate, bool quizInTraining)
    {
        using var mode = GradientMode.Enable();
        MetaGradient.Mode(teacher.Module, training: false);
        MetaGradient.Mode(student.Module, training: true);
        var start = ParameterSet.Of(student.Module).AsLeaves();
        var ((inputs, labels), (quizInputs, quizLabels)) = (MetaGradient.Split(batch), MetaGradient.Split(quiz));
        var told = teacher.Forward(inputs).Logits;
        var logits = student.Forward(inputs, start).Logits;

        var value = loss.Compute(new(logits), new(told.Detach()), labels);
        var pilot = Stepped(start, Differentiation.Gradients([value], start.Values, retainGraph: true, allowUnused: true), rate);
        MetaGradient.Mode(student.Module, quizInTraining);
        var quizLoss = ((IDistillLoss)loss).Quiz(student.Forward(quizInputs, pilot), quizLabels);
        var v = Differentiation.Gradients([quizLoss], pilot.Values, allowUnused: true);

        var p = (told.Detach() / loss.Temperature).Softmax(1);
        var d = Moved(logits, start.Values, v);
        var slope = ((p * d) - (p * (p * d).Sum(1, keepDimensions: true))) * (rate * loss.Weight / told.Shape[0]);
        var parameters = teacher.Module.Parameters().ToArray();
        var gradients = Differentiation.Gradients([told], parameters, [slope], allowUnused: true);
        return [.. gradients.Select((gradient, i) => gradient ?? Tensor.ZerosLike(parameters[i]))];
    }

    /// <summary>J v of the logits, by differentiating w^T J with respect to w.</summary>
    private static Tensor Moved(Tensor logits, IReadOnlyList<Tensor> parameters, IReadOnlyList<Tensor?> v)
    {
        var weights = Tensor.ZerosLike(logits);
        weights.RequiresGradient = true;
        var transposed = Differentiation.Gradients([logits], parameters, [weights], createGraph: true, allowUnused: true);
        Tensor? product = null;
        for (var i = 0; i < v.Count; i++)
        {
            if (transposed[i] is not { RequiresGradient: true } row || v[i] is not { } direction) continue;
            var part = (row * direction.Detach()).Sum();
            product = product is null ? part : product + part;
        }
        return product is null ? Tensor.ZerosLike(logits) : Differentiation.Gradient(product, weights).Detach();
    }

    private static ParameterSet Stepped(ParameterSet from, IReadOnlyList<Tensor?> gradients, double rate)
    {
        using var silent = GradientMode.Disable();
        return from.Step(gradients, rate).AsLeaves();
    }
}
