using Scorch.Autograd;

namespace Scorch.Modules;

/// <summary>Which size of a weight keeps the variance of a layer: of its inputs, or of its outputs' gradients.</summary>
public enum FanMode
{
    /// <summary>Inputs of a unit: keeps the variance forward.</summary>
    Input,

    /// <summary>Outputs that an input reaches: keeps the variance of gradients.</summary>
    Output,
}

/// <summary>Starting values of parameters, as in <c>torch.nn.init</c> up to the random numbers. Each overwrites its parameter.</summary>
public static class Initialize
{
    /// <summary>Uniform in ±gain sqrt(6 / (inputs + outputs)) (Glorot and Bengio 2010).</summary>
    /// <param name="parameter">At least two dimensions: [outputs, inputs, kernel...].</param>
    /// <param name="random">Draws the numbers.</param>
    /// <param name="gain">Scales them.</param>
    public static void XavierUniform(Parameter parameter, RandomSource random, double gain = 1)
    {
        var (inputs, outputs) = Fans(parameter);
        Uniform(parameter, gain * Math.Sqrt(6.0 / (inputs + outputs)), random);
    }

    /// <summary>Normal with standard deviation gain sqrt(2 / (inputs + outputs)) (Glorot and Bengio 2010).</summary>
    /// <param name="parameter">At least two dimensions: [outputs, inputs, kernel...].</param>
    /// <param name="random">Draws the numbers.</param>
    /// <param name="gain">Scales them.</param>
    public static void XavierNormal(Parameter parameter, RandomSource random, double gain = 1)
    {
        var (inputs, outputs) = Fans(parameter);
        Normal(parameter, gain * Math.Sqrt(2.0 / (inputs + outputs)), random);
    }

    /// <summary>Uniform in ±sqrt(6 / ((1 + slope^2) fan)) (He et al. 2015).</summary>
    /// <param name="parameter">At least two dimensions: [outputs, inputs, kernel...].</param>
    /// <param name="random">Draws the numbers.</param>
    /// <param name="slope">Of the leaky rectifier that follows; 0 for a plain one.</param>
    /// <param name="mode">Which fan.</param>
    public static void KaimingUniform(Parameter parameter, RandomSource random, double slope = 0, FanMode mode = FanMode.Input) =>
        Uniform(parameter, Math.Sqrt(6 / ((1 + (slope * slope)) * Fan(parameter, mode))), random);

    /// <summary>Normal with standard deviation sqrt(2 / ((1 + slope^2) fan)) (He et al. 2015).</summary>
    /// <param name="parameter">At least two dimensions: [outputs, inputs, kernel...].</param>
    /// <param name="random">Draws the numbers.</param>
    /// <param name="slope">Of the leaky rectifier that follows; 0 for a plain one.</param>
    /// <param name="mode">Which fan.</param>
    public static void KaimingNormal(Parameter parameter, RandomSource random, double slope = 0, FanMode mode = FanMode.Input) =>
        Normal(parameter, Math.Sqrt(2 / ((1 + (slope * slope)) * Fan(parameter, mode))), random);

    /// <summary>Rows or columns, whichever are fewer, orthonormal times the gain (Saxe et al. 2014); trailing dimensions count as columns.</summary>
    /// <param name="parameter">At least two dimensions.</param>
    /// <param name="random">Draws the numbers.</param>
    /// <param name="gain">Scales them.</param>
    public static void Orthogonal(Parameter parameter, RandomSource random, double gain = 1)
    {
        ArgumentNullException.ThrowIfNull(random);
        Fans(parameter);
        var (rows, columns) = (parameter.Shape[0], checked((int)parameter.Shape[1..].ElementCount));
        var (q, r) = random.Normal([Math.Max(rows, columns), Math.Min(rows, columns)], dataType: DataType.Float64).QrDecomposition();
        // The signs of R's diagonal make the distribution uniform over orthogonal matrices.
        q *= r.Diagonal().Sign();
        Set(parameter, (rows < columns ? q.T : q).Reshape(parameter.Shape) * gain);
    }

    /// <summary>Normal numbers between two bounds, by inverting the truncated distribution function.</summary>
    /// <param name="parameter">Any shape.</param>
    /// <param name="random">Draws the numbers.</param>
    /// <param name="mean">Of the untruncated numbers.</param>
    /// <param name="standardDeviation">Of the untruncated numbers.</param>
    /// <param name="low">The least value.</param>
    /// <param name="high">The greatest value.</param>
    /// <exception cref="ArgumentException">The bounds are out of order or the deviation is not positive.</exception>
    public static void TruncatedNormal(Parameter parameter, RandomSource random, double mean = 0, double standardDeviation = 1, double low = -2, double high = 2)
    {
        ArgumentNullException.ThrowIfNull(parameter);
        ArgumentNullException.ThrowIfNull(random);
        if (!(low < high) || !(standardDeviation > 0))
            throw new ArgumentException($"TruncatedNormal: bounds {low} and {high} with deviation {standardDeviation}; the bounds must rise and the deviation be positive.", nameof(low));
        double Error(double bound) => Tensor.Scalar((bound - mean) / standardDeviation / Math.Sqrt(2), DataType.Float64).Erf().Item();
        var uniform = random.Uniform(parameter.Shape, Error(low), Error(high), DataType.Float64);
        Set(parameter, ((uniform.ErfInverse() * (standardDeviation * Math.Sqrt(2))) + mean).Clamp(low, high));
    }

    /// <summary>The usual gain before a nonlinearity: 5/3 for tanh.</summary>
    public static double TanhGain => 5.0 / 3;

    /// <summary>The usual gain before a rectifier with a slope on its negative side: sqrt(2 / (1 + slope^2)).</summary>
    public static double RectifierGain(double slope = 0) => Math.Sqrt(2 / (1 + (slope * slope)));

    private static void Uniform(Parameter parameter, double bound, RandomSource random)
    {
        ArgumentNullException.ThrowIfNull(random);
        Set(parameter, random.Uniform(parameter.Shape, -bound, bound, parameter.DataType));
    }

    private static void Normal(Parameter parameter, double deviation, RandomSource random)
    {
        ArgumentNullException.ThrowIfNull(random);
        Set(parameter, random.Normal(parameter.Shape, 0, deviation, parameter.DataType));
    }

    internal static void Set(Parameter parameter, Tensor values)
    {
        using (GradientMode.Disable()) parameter.CopyFrom(values.To(parameter.DataType));
    }

    private static double Fan(Parameter parameter, FanMode mode) => Fans(parameter) is var (inputs, outputs) && mode == FanMode.Input ? inputs : outputs;

    private static (double Inputs, double Outputs) Fans(Parameter parameter)
    {
        ArgumentNullException.ThrowIfNull(parameter);
        if (parameter.Rank < 2 || parameter.ElementCount == 0)
            throw new ArgumentException($"Initialize: a parameter of shape {parameter.Shape} has no inputs and outputs; give at least two non-empty dimensions.", nameof(parameter));
        var taps = (double)parameter.Shape[2..].ElementCount;
        return (parameter.Shape[1] * taps, parameter.Shape[0] * taps);
    }
}
