using Scorch.Modules;

namespace Scorch.Vision.RepVgg;

/// <summary>Folds normalisations into convolutions and smaller kernels into 3x3 ones (section 3.3), in float64 and differentiably.</summary>
internal static class BranchFusion
{
    /// <summary>t_o = gamma_o / sqrt(var_o + eps), with each normalisation's own eps.</summary>
    public static Tensor Scale(BatchNorm norm) => Wide(norm.Weight!) / (Wide(norm.RunningVariance) + norm.Epsilon).Sqrt();

    /// <summary>W'_o = t_o W_o and b'_o = beta_o - mean_o t_o, for evaluation statistics.</summary>
    public static (Tensor Weight, Tensor Bias) Fold(Tensor kernel, BatchNorm norm)
    {
        var scale = Scale(norm);
        return (Wide(kernel) * scale.Reshape(-1, 1, 1, 1), Wide(norm.Bias!) - (Wide(norm.RunningMean) * scale));
    }

    /// <summary>The kernel in the middle of 3x3 zeros.</summary>
    public static Tensor PadTo3x3(Tensor kernel)
    {
        var (rows, columns) = ((3 - kernel.Shape[2]) / 2, (3 - kernel.Shape[3]) / 2);
        return rows == 0 && columns == 0 ? kernel : kernel.Pad([columns, columns, rows, rows]);
    }

    /// <summary>The 3x3 kernel that copies: 1 at [o, o mod (C/groups), 1, 1]. Inside a group the input's number starts again at 0.</summary>
    public static Tensor IdentityKernel(int channels, int groups)
    {
        var inputs = channels / groups;
        var values = new double[channels * inputs * 9];
        for (var o = 0; o < channels; o++) values[(((o * inputs) + (o % inputs)) * 9) + 4] = 1;
        return Tensor.From(values, [channels, inputs, 3, 3]);
    }

    /// <summary>Refuses statistics and weights from which no finite kernel follows.</summary>
    /// <exception cref="InvalidOperationException">A number is not finite, or a variance negative; branch and channel are named.</exception>
    public static void Check(string branch, Tensor? kernel, BatchNorm? norm)
    {
        if (kernel is not null) RequireFinite(kernel.Reshape(kernel.Shape[0], -1), $"{branch}: a weight");
        if (norm is null) return;
        RequireFinite(norm.Weight!, $"{branch}: the weight of its normalisation");
        RequireFinite(norm.Bias!, $"{branch}: the bias of its normalisation");
        RequireFinite(norm.RunningMean, $"{branch}: the running mean");
        RequireFinite(norm.RunningVariance, $"{branch}: the running variance");
        var variances = Wide(norm.RunningVariance).ToArray<double>();
        for (var o = 0; o < variances.Length; o++)
        {
            if (variances[o] < 0)
                throw new InvalidOperationException(FormattableString.Invariant($"{branch}: the running variance of channel {o} is {variances[o]}, below 0; the checkpoint is damaged, load a sound one before fusing."));
        }
    }

    /// <summary>Float64, in which the three kernels are added so that nothing is rounded twice.</summary>
    public static Tensor Wide(Tensor tensor) => tensor.To(DataType.Float64);

    private static void RequireFinite(Tensor values, string what)
    {
        var numbers = Wide(values.Detach()).ToArray<double>();
        var perChannel = Math.Max(1, numbers.Length / values.Shape[0]);
        for (var i = 0; i < numbers.Length; i++)
        {
            if (!double.IsFinite(numbers[i]))
                throw new InvalidOperationException(FormattableString.Invariant($"{what} of channel {i / perChannel} is {numbers[i]}; the checkpoint is damaged or training diverged, load a sound one before fusing."));
        }
    }
}
