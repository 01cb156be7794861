namespace Scorch.Language.MetaDistil;

/// <summary>How well several ways to the teacher's gradient agree on one batch.</summary>
/// <param name="GradientNorm">Euclidean norm of the exact gradient over all parameters of the teacher.</param>
/// <param name="QuizLoss">The quiz loss of the pilot.</param>
/// <param name="FiniteDifferenceError">|finite differences - exact| / |exact|.</param>
/// <param name="ClosedFormError">|closed form - exact| / |exact|; null where the loss has no closed form.</param>
public sealed record MetaCheck(double GradientNorm, double QuizLoss, double FiniteDifferenceError, double? ClosedFormError)
{
    /// <summary>Whether all ways agree: finite differences to <paramref name="differences"/>, the closed form to <paramref name="closedForm"/>.</summary>
    /// <param name="differences">The relative error that is allowed; 1e-3 in float64, some hundredths in float32.</param>
    /// <param name="closedForm">The relative error that is allowed; 1e-9 in float64, 1e-3 in float32.</param>
    public bool Agrees(double differences = 1e-3, double closedForm = 1e-9) => FiniteDifferenceError <= differences && (ClosedFormError is not { } error || error <= closedForm);

    internal static MetaCheck Of(IReadOnlyList<Tensor> exact, IReadOnlyList<Tensor> differences, IReadOnlyList<Tensor>? closed, double quizLoss)
    {
        var norm = Distance(exact, null);
        return new(norm, quizLoss, Relative(Distance(exact, differences), norm), closed is null ? null : Relative(Distance(exact, closed), norm));
    }

    private static double Relative(double distance, double norm) => distance == 0 ? 0 : distance / norm;

    private static double Distance(IReadOnlyList<Tensor> first, IReadOnlyList<Tensor>? second) => Math.Sqrt(Enumerable.Range(0, first.Count).Sum(i =>
        (second is null ? first[i].Detach() : first[i].Detach() - second[i].Detach()).To(DataType.Float64).Square().Sum().Item()));
}
