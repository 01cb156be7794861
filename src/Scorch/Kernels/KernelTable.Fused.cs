namespace Scorch.Kernels;

/// <content>Fused kernels. Each has a composite twin in Operations that defines it. Operands are contiguous and of one type (float32 or float64) unless noted.</content>
internal abstract partial class KernelTable
{
    /// <summary>Softmax of each row of [rows, n], or its logarithm.</summary>
    public abstract void Softmax(in Operand output, in Operand input, bool logarithm);

    /// <summary>From a softmax (or log-softmax) and the gradient with respect to it to that of its input; all [rows, n].</summary>
    public abstract void SoftmaxGradient(in Operand result, in Operand output, in Operand gradient, bool logarithm);

    /// <summary>-log softmax at the target (int64 [rows]) of each row of logits [rows, n], and the logarithm of each row's sum of exponentials; 0 for the target <paramref name="ignore"/>.</summary>
    public abstract void CrossEntropy(in Operand losses, in Operand logarithms, in Operand logits, in Operand target, long ignore);

    /// <summary>The gradient of that by the logits, from the gradient [rows] of the losses.</summary>
    public abstract void CrossEntropyGradient(in Operand result, in Operand logits, in Operand logarithms, in Operand target, in Operand gradient, long ignore);

    /// <summary>
    /// (x - mean) / sqrt(variance + epsilon) * weight + bias over each row of [rows, n]; weight and bias are [n].
    /// Statistics [rows, 2] receive mean and reciprocal root.
    /// </summary>
    public abstract void NormalizeRows(in Operand output, in Operand statistics, in Operand input, in Operand? weight, in Operand? bias, double epsilon);

    /// <summary>Gradients of that by input, weight and bias; the last two where wanted.</summary>
    public abstract void NormalizeRowsGradient(
        in Operand result, in Operand? weightGradient, in Operand? biasGradient, in Operand gradient, in Operand input, in Operand statistics, in Operand? weight);

    /// <summary>
    /// The same over [batch, channels, n] with weight and bias [channels]: over each group of channels of each sample, or with
    /// <paramref name="groups"/> 0 over each channel of all samples. Statistics [batch * groups, 3] or [channels, 3] receive mean, reciprocal root and biased variance.
    /// </summary>
    public abstract void NormalizeChannels(in Operand output, in Operand statistics, in Operand input, in Operand? weight, in Operand? bias, int groups, double epsilon);

    /// <summary>Gradients of that by input, weight and bias; the last two where wanted.</summary>
    public abstract void NormalizeChannelsGradient(
        in Operand result, in Operand? weightGradient, in Operand? biasGradient, in Operand gradient, in Operand input, in Operand statistics, in Operand? weight, int groups);

    /// <summary>
    /// softmax(scale Q K^T + mask) V for [a, b, queries, d], [a, b, keys, d], [a, b, keys, v] with any strides outside the last dimension;
    /// the mask broadcasts over [a, b, queries, keys] by strides of 0. A causal query looks at keys up to its own position.
    /// Logarithms [a * b, queries] receive those of the sums of exponentials. Memory is linear in queries and keys.
    /// </summary>
    public abstract void Attention(in Operand output, in Operand logarithms, in Operand queries, in Operand keys, in Operand values, in Operand? mask, bool isCausal, double scale);

    /// <summary>Gradients of that by queries, keys and values, all contiguous.</summary>
    public abstract void AttentionGradient(in AttentionGradients gradients, in Operand? mask, bool isCausal, double scale);

    /// <summary>One step of Adam: mean and square move, then the parameter; operands may be strided alike.</summary>
    public abstract void AdamStep(in Operand parameter, in Operand gradient, in Operand mean, in Operand square, in Operand? greatest, in AdamFactors factors);

    /// <summary>velocity = momentum velocity + keep gradient; parameter -= rate (nesterov ? gradient + momentum velocity : velocity), the gradient with decay.</summary>
    public abstract void MomentumStep(in Operand parameter, in Operand gradient, in Operand velocity, in MomentumFactors factors);
}

/// <summary>The numbers of one step of Adam.</summary>
/// <param name="Beta1">Share of the running mean that is kept.</param>
/// <param name="Beta2">Share of the running square that is kept.</param>
/// <param name="Epsilon">Added to the root.</param>
/// <param name="Decay">Added to the gradient, times the parameter.</param>
/// <param name="Shrink">Factor of the parameter before the step.</param>
/// <param name="Rate">Learning rate over the mean's correction.</param>
/// <param name="InverseRoot">1 over the root of the square's correction.</param>
internal readonly record struct AdamFactors(double Beta1, double Beta2, double Epsilon, double Decay, double Shrink, double Rate, double InverseRoot);

/// <summary>The numbers of one step with momentum.</summary>
/// <param name="Momentum">Share of the velocity that is kept.</param>
/// <param name="Keep">Share of the gradient that enters the velocity.</param>
/// <param name="Decay">Added to the gradient, times the parameter.</param>
/// <param name="Rate">The learning rate.</param>
/// <param name="Nesterov">Look ahead along the velocity.</param>
internal readonly record struct MomentumFactors(double Momentum, double Keep, double Decay, double Rate, bool Nesterov);

/// <summary>The operands of attention's backward pass: results, then what was saved and the gradient of the output (contiguous).</summary>
internal readonly record struct AttentionGradients(
    Operand QueryGradient, Operand KeyGradient, Operand ValueGradient, Operand Gradient, Operand Output, Operand Logarithms, Operand Queries, Operand Keys, Operand Values);
