using Scorch.Autograd;
using Scorch.Modules;

namespace Scorch.Language.TransformerSurvey;

/// <summary>Small helps that the modules share.</summary>
internal static class SurveyParts
{
    /// <summary>A linear map that starts uniform as Glorot and Bengio 2010 say, its bias at 0.</summary>
    public static Linear Linear(int inputs, int outputs, RandomSource random, bool bias = true)
    {
        var linear = new Linear(inputs, outputs, random, bias);
        Initialize.XavierUniform(linear.Weight, random);
        if (linear.Bias is not null) Set(linear.Bias, Tensor.Zeros([outputs]));
        return linear;
    }

    /// <summary>Normal numbers.</summary>
    public static Parameter Normal(Shape shape, double deviation, RandomSource random) => Parameter.Normal(shape, 0, deviation, random);

    /// <summary>Overwrites a tensor without a record.</summary>
    public static void Set(Tensor target, Tensor values)
    {
        using var mode = GradientMode.Disable();
        target.CopyFrom(values.To(target.DataType));
    }

    /// <summary>[batch, time, features] as [batch, heads, time, features of a head].</summary>
    public static Tensor Split(Tensor x, int heads) => x.Reshape(x.Shape[0], x.Shape[1], heads, x.Shape[2] / heads).Permute(0, 2, 1, 3);

    /// <summary>[batch, heads, time, features of a head] as [batch, time, features].</summary>
    public static Tensor Join(Tensor x) => x.Permute(0, 2, 1, 3).Reshape(x.Shape[0], x.Shape[2], x.Shape[1] * x.Shape[3]);

    /// <summary>Rows of a dimension of length 1 added at the end until it has a length.</summary>
    public static Tensor PadTo(Tensor x, int dimension, int length)
    {
        if (x.Shape[dimension] == length) return x;
        var sizes = x.Shape.ToArray();
        sizes[dimension] = length - sizes[dimension];
        return Tensor.Concatenate([x, Tensor.Zeros(sizes, x.DataType)], dimension);
    }

    public static void RequireHeads(string module, int features, int heads)
    {
        if (features < 1) throw new ArgumentException($"{module}: the number of features is {features}; it must be at least 1.", nameof(features));
        if (heads < 1 || features % heads != 0)
            throw new ArgumentException($"{module}: {heads} heads do not divide {features} features; choose a divisor.", nameof(heads));
    }
}
