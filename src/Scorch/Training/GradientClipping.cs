using Scorch.Modules;

namespace Scorch.Training;

/// <summary>Keeps gradients within bounds between the backward pass and the step.</summary>
public static class GradientClipping
{
    /// <summary>Scales all gradients together so that their norm is at most <paramref name="maximum"/>, as PyTorch's clip_grad_norm_.</summary>
    /// <param name="parameters">The parameters; those without a gradient are left out.</param>
    /// <param name="maximum">The greatest norm.</param>
    /// <param name="order">The norm's order; infinity for the greatest magnitude.</param>
    /// <returns>The norm before.</returns>
    /// <exception cref="InvalidOperationException">The norm is not finite.</exception>
    public static double ByNorm(IEnumerable<Parameter> parameters, double maximum, double order = 2)
    {
        ArgumentNullException.ThrowIfNull(parameters);
        if (!(maximum > 0)) throw new ArgumentOutOfRangeException(nameof(maximum), maximum, "GradientClipping.ByNorm: the greatest norm is above 0.");
        using var mode = Autograd.GradientMode.Disable();
        var withGradient = parameters.Where(parameter => parameter.Gradient is not null).ToArray();
        var norms = Tensor.From(withGradient.Select(parameter => parameter.Gradient!.Detach().Norm(order).Item()).ToArray());
        var norm = withGradient.Length == 0 ? 0 : norms.Norm(order).Item();
        if (!double.IsFinite(norm)) throw new InvalidOperationException($"GradientClipping.ByNorm: the norm of the gradients is {norm}; lower the learning rate, or find the cause with GradientMode.DetectAnomaly().");
        // The same small number as in PyTorch keeps the quotient finite.
        var scale = maximum / (norm + 1e-6);
        if (scale < 1)
            foreach (var parameter in withGradient) parameter.Gradient = parameter.Gradient!.Detach() * scale;
        return norm;
    }

    /// <summary>Moves every entry of the gradients into ±<paramref name="maximum"/>, as PyTorch's clip_grad_value_.</summary>
    /// <param name="parameters">The parameters.</param>
    /// <param name="maximum">The greatest magnitude.</param>
    public static void ByValue(IEnumerable<Parameter> parameters, double maximum)
    {
        ArgumentNullException.ThrowIfNull(parameters);
        if (!(maximum > 0)) throw new ArgumentOutOfRangeException(nameof(maximum), maximum, "GradientClipping.ByValue: the greatest magnitude is above 0.");
        using var mode = Autograd.GradientMode.Disable();
        foreach (var parameter in parameters)
            if (parameter.Gradient is { } gradient) parameter.Gradient = gradient.Detach().Clamp(-maximum, maximum);
    }
}
