using Scorch.Autograd;
using Scorch.Fusion;
using Scorch.Kernels;

namespace Scorch;

public partial class Tensor
{
    private static readonly double TwoOverRootPi = 2 / Math.Sqrt(Math.PI);

    // The slopes' derivatives by what was saved, times the gradient u of the slope.
    private static readonly Func<Tensor, Tensor, Tensor, Tensor> TanhCurvature = Fuse.Elementwise((u, g, y) => u * g * (y * -2.0));
    private static readonly Func<Tensor, Tensor, Tensor, Tensor> SigmoidCurvature = Fuse.Elementwise((u, g, y) => u * g * (1 - (y * 2.0)));
    private static readonly Func<Tensor, Tensor, Tensor, Tensor> GeluCurvature = Fuse.Elementwise((u, g, x) => u * g * x.NormalDensity() * (2 - x.Square()));

    /// <summary>-x.</summary>
    public Tensor Negate() => Unary(UnaryKernel.Negate, (x, y, g) => -g, Saves.Nothing, numbers: true);

    /// <summary>|x|; for complex numbers the modulus, which is real. The derivative at 0 is 0.</summary>
    public Tensor Abs()
    {
        if (!DataType.IsComplex()) return Unary(UnaryKernel.Abs, (x, y, g) => g * x.Sign(), Saves.Input, numbers: true);
        var result = Empty(Shape, DataType.Float64, Device);
        Kernels.Unary(UnaryKernel.Abs, result.Operand, InType(DataType.Complex128).Operand, default);
        result = result.InType(DataType.ToReal());
        return Tape.Records(this) ? Tape.Record(result, "Abs", [this], [this], g => [g * Sign()]) : result;
    }

    /// <summary>-1, 0 or 1; for complex numbers x / |x|.</summary>
    public Tensor Sign() => DataType.IsComplex()
        ? Where(EqualTo(0), this, this / Abs())
        : Unary(UnaryKernel.Sign, (x, y, g) => ZerosLike(g), Saves.Nothing, numbers: true);

    /// <summary>x^2.</summary>
    public Tensor Square() => Unary(UnaryKernel.Square, (x, y, g) => g * (2 * x.Conjugate()), Saves.Input, numbers: true);

    /// <summary>1 / x.</summary>
    public Tensor Reciprocal() => Unary(UnaryKernel.Reciprocal, (x, y, g) => -g * (y * y).Conjugate(), Saves.Output);

    /// <summary>The square root.</summary>
    public Tensor Sqrt() => Unary(UnaryKernel.Sqrt, (x, y, g) => g / (2 * y.Conjugate()), Saves.Output);

    /// <summary>1 / sqrt(x).</summary>
    public Tensor ReciprocalSqrt() => Unary(UnaryKernel.ReciprocalSqrt, (x, y, g) => -0.5 * g * (y * y * y).Conjugate(), Saves.Output);

    /// <summary>e^x.</summary>
    public Tensor Exp() => Unary(UnaryKernel.Exp, (x, y, g) => g * y.Conjugate(), Saves.Output);

    /// <summary>2^x.</summary>
    public Tensor Exp2() => Unary(UnaryKernel.Exp2, (x, y, g) => g * (y * Math.Log(2)).Conjugate(), Saves.Output);

    /// <summary>e^x - 1, accurate near 0.</summary>
    public Tensor ExpMinusOne() => Unary(UnaryKernel.ExpMinusOne, (x, y, g) => g * (y + 1).Conjugate(), Saves.Output);

    /// <summary>The natural logarithm.</summary>
    public Tensor Log() => Unary(UnaryKernel.Log, (x, y, g) => g / x.Conjugate(), Saves.Input);

    /// <summary>The logarithm to base 2.</summary>
    public Tensor Log2() => Unary(UnaryKernel.Log2, (x, y, g) => g / (x.Conjugate() * Math.Log(2)), Saves.Input);

    /// <summary>The logarithm to base 10.</summary>
    public Tensor Log10() => Unary(UnaryKernel.Log10, (x, y, g) => g / (x.Conjugate() * Math.Log(10)), Saves.Input);

    /// <summary>log(1 + x), accurate near 0.</summary>
    public Tensor LogOnePlus() => Unary(UnaryKernel.LogOnePlus, (x, y, g) => g / (x + 1).Conjugate(), Saves.Input);

    /// <summary>The sine.</summary>
    public Tensor Sin() => Unary(UnaryKernel.Sin, (x, y, g) => g * x.Cos().Conjugate(), Saves.Input);

    /// <summary>The cosine.</summary>
    public Tensor Cos() => Unary(UnaryKernel.Cos, (x, y, g) => -g * x.Sin().Conjugate(), Saves.Input);

    /// <summary>The tangent.</summary>
    public Tensor Tan() => Unary(UnaryKernel.Tan, (x, y, g) => g * (1 + (y * y)).Conjugate(), Saves.Output);

    /// <summary>The inverse sine.</summary>
    public Tensor Asin() => Unary(UnaryKernel.Asin, (x, y, g) => g * (1 - (x * x)).ReciprocalSqrt().Conjugate(), Saves.Input);

    /// <summary>The inverse cosine.</summary>
    public Tensor Acos() => Unary(UnaryKernel.Acos, (x, y, g) => -g * (1 - (x * x)).ReciprocalSqrt().Conjugate(), Saves.Input);

    /// <summary>The inverse tangent.</summary>
    public Tensor Atan() => Unary(UnaryKernel.Atan, (x, y, g) => g / (1 + (x * x)).Conjugate(), Saves.Input);

    /// <summary>The hyperbolic sine.</summary>
    public Tensor Sinh() => Unary(UnaryKernel.Sinh, (x, y, g) => g * x.Cosh().Conjugate(), Saves.Input);

    /// <summary>The hyperbolic cosine.</summary>
    public Tensor Cosh() => Unary(UnaryKernel.Cosh, (x, y, g) => g * x.Sinh().Conjugate(), Saves.Input);

    /// <summary>The hyperbolic tangent.</summary>
    public Tensor Tanh() => Unary(UnaryKernel.Tanh, (x, y, g) => TanhSlope(g, y), Saves.Output);

    /// <summary>The inverse hyperbolic sine.</summary>
    public Tensor Asinh() => Unary(UnaryKernel.Asinh, (x, y, g) => g * ((x * x) + 1).ReciprocalSqrt(), Saves.Input);

    /// <summary>The inverse hyperbolic cosine.</summary>
    public Tensor Acosh() => Unary(UnaryKernel.Acosh, (x, y, g) => g * ((x * x) - 1).ReciprocalSqrt(), Saves.Input);

    /// <summary>The inverse hyperbolic tangent.</summary>
    public Tensor Atanh() => Unary(UnaryKernel.Atanh, (x, y, g) => g / (1 - (x * x)), Saves.Input);

    /// <summary>The error function.</summary>
    public Tensor Erf() => Unary(UnaryKernel.Erf, (x, y, g) => g * (TwoOverRootPi * (-(x * x)).Exp()), Saves.Input);

    /// <summary>1 - erf(x).</summary>
    public Tensor Erfc() => Unary(UnaryKernel.Erfc, (x, y, g) => g * (-TwoOverRootPi * (-(x * x)).Exp()), Saves.Input);

    /// <summary>The inverse of the error function on (-1, 1).</summary>
    public Tensor ErfInverse() => Unary(UnaryKernel.ErfInverse, (x, y, g) => g * ((y * y).Exp() / TwoOverRootPi), Saves.Output);

    /// <summary>log |Gamma(x)|.</summary>
    public Tensor LogGamma() => Unary(UnaryKernel.LogGamma, (x, y, g) => g * x.Digamma(), Saves.Input);

    /// <summary>The derivative of <see cref="LogGamma"/>.</summary>
    public Tensor Digamma() => Polygamma(0);

    /// <summary>The derivative of order <paramref name="order"/> of <see cref="Digamma"/>.</summary>
    /// <param name="order">At least 0.</param>
    public Tensor Polygamma(int order)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(order);
        return Unary(UnaryKernel.Polygamma, (x, y, g) => g * x.Polygamma(order + 1), Saves.Input, order);
    }

    /// <summary>1 / (1 + e^-x).</summary>
    public Tensor Sigmoid() => Unary(UnaryKernel.Sigmoid, (x, y, g) => SigmoidSlope(g, y), Saves.Output);

    /// <summary>max(x, 0); the derivative at 0 is 0.</summary>
    public Tensor Relu() => Unary(UnaryKernel.Relu, (x, y, g) => ReluSlope(g, y), Saves.Output, numbers: true);

    /// <summary>log(1 + e^x) without overflow.</summary>
    public Tensor Softplus()
    {
        Tensor result;
        using (GradientMode.Disable()) result = Relu() + (-Abs()).Exp().LogOnePlus();
        return Tape.Records(this) ? Tape.Record(result, "Softplus", [this], [this], g => [g * Sigmoid()]) : result;
    }

    /// <summary>The greatest whole number not above x.</summary>
    public Tensor Floor() => Rounding(UnaryKernel.Floor);

    /// <summary>The least whole number not below x.</summary>
    public Tensor Ceiling() => Rounding(UnaryKernel.Ceiling);

    /// <summary>The nearest whole number, halves to even.</summary>
    public Tensor Round() => Rounding(UnaryKernel.Round);

    /// <summary>The whole part.</summary>
    public Tensor Truncate() => Rounding(UnaryKernel.Truncate);

    /// <summary>x - truncate(x).</summary>
    public Tensor Fraction() => this - Truncate();

    /// <summary>The conjugate; real tensors are returned as they are.</summary>
    public Tensor Conjugate()
    {
        if (!DataType.IsComplex()) return this;
        return Complex(Real(), -Imaginary());
    }

    /// <summary>The real parts, as a copy.</summary>
    public Tensor Real()
    {
        if (!DataType.IsComplex()) return this;
        var (result, type) = (CopyOf(DataType.ToReal()), DataType);
        return Tape.Records(this) ? Tape.Record(result, "Real", [this], [], g => [g.To(type)]) : result;
    }

    /// <summary>The imaginary parts, as a copy.</summary>
    public Tensor Imaginary()
    {
        if (!DataType.IsComplex()) return ZerosLike(this);
        var result = ImaginaryParts().CopyOf(DataType.ToReal());
        return Tape.Records(this) ? Tape.Record(result, "Imaginary", [this], [], g => [g * System.Numerics.Complex.ImaginaryOne]) : result;
    }

    /// <summary>The angle: atan2(imaginary, real).</summary>
    public Tensor Angle() => DataType.IsComplex() ? Imaginary().Atan2(Real()) : Where(LessThan(0), FullLike(this, Math.PI), Where(IsNaN(), Detach(), ZerosLike(this)));

    /// <summary>Joins real and imaginary parts; float64 parts give complex128, others complex64.</summary>
    public static Tensor Complex(Tensor real, Tensor imaginary)
    {
        ArgumentNullException.ThrowIfNull(real);
        ArgumentNullException.ThrowIfNull(imaginary);
        if (real.Shape != imaginary.Shape)
            throw new ArgumentException($"Complex: the real part has shape {real.Shape}, the imaginary part {imaginary.Shape}.", nameof(imaginary));
        var type = DataTypes.Promote(real.DataType, imaginary.DataType).ToComplex();
        var result = real.CopyOf(type);
        var parts = result.ImaginaryParts();
        result.Kernels.Copy(parts.Operand, imaginary.Operand);
        var (realType, imaginaryType) = (real.DataType, imaginary.DataType);
        return Tape.Records(real, imaginary)
            ? Tape.Record(result, "Complex", [real, imaginary], [], g => [g.Real().To(realType), g.Imaginary().To(imaginaryType)])
            : result;
    }

    /// <summary>True where x is NaN.</summary>
    public Tensor IsNaN() => NotEqual(this);

    /// <summary>True where x is neither NaN nor infinite.</summary>
    public Tensor IsFinite() => DataType.IsDifferentiable() ? (this - this).EqualTo(0) : Full(Shape, true, DataType.Bool, Device);

    /// <summary>True where x is infinite.</summary>
    public Tensor IsInfinite() => IsFinite().LogicalNot().And(IsNaN().LogicalNot());

    /// <summary>True where x is 0.</summary>
    public Tensor LogicalNot() => EqualTo(0);

    private Tensor ImaginaryParts()
    {
        var strides = Strides.Select(stride => stride * 2).ToArray();
        return new Tensor(Storage, (Offset * 2) + 1, Shape, strides, DataType.ToReal());
    }

    private Tensor Rounding(UnaryKernel kernel) =>
        DataType.IsInteger() ? this : Unary(kernel, (x, y, g) => ZerosLike(g), Saves.Nothing);

    /// <summary>One kernel over every element; integers go to float32 first unless <paramref name="numbers"/> says that the kernel takes them.</summary>
    /// <remarks>The derivative is a function of the input, the output and the output's gradient; what it does not save it is not given.</remarks>
    private Tensor Unary(UnaryKernel kernel, Func<Tensor, Tensor, Tensor, Tensor> derivative, Saves saves, Scalar parameter = default, bool numbers = false)
    {
        var type = DataType.IsDifferentiable() || (numbers && DataType != DataType.Bool) ? DataType : DataType.Float32;
        var input = InType(type.ComputeType());
        var result = Empty(Shape, type.ComputeType(), Device);
        Kernels.Unary(kernel, result.Operand, input.Operand, parameter);
        result = result.InType(type);
        if (Tape.Records(this)) Record(result, kernel.ToString(), derivative, saves);
        Tape.Watch(result, kernel.ToString());
        return result;
    }

    /// <summary>Records a function of this tensor; its derivative holds the input, the output, both or neither.</summary>
    private void Record(Tensor result, string name, Func<Tensor, Tensor, Tensor, Tensor> derivative, Saves saves)
    {
        var (input, output) = (saves is Saves.Input or Saves.Both ? this : null, saves is Saves.Output or Saves.Both ? result : null);
        Tensor?[] saved = [input, output];
        Tape.Record(result, name, [this], [.. saved.OfType<Tensor>()], g => [derivative(input!, output!, g)]);
    }

    /// <summary>g (1 - y^2).</summary>
    private static Tensor TanhSlope(Tensor g, Tensor y) => SharesSlope(g, y)
        ? Slope("TanhGradient", BinaryKernel.TanhGradient, g, y, u => TanhSlope(u, y), u => TanhCurvature(u, g, y))
        : g * (1 - (y * y)).Conjugate();

    /// <summary>g y (1 - y).</summary>
    private static Tensor SigmoidSlope(Tensor g, Tensor y) => SharesSlope(g, y)
        ? Slope("SigmoidGradient", BinaryKernel.SigmoidGradient, g, y, u => SigmoidSlope(u, y), u => SigmoidCurvature(u, g, y))
        : g * (y * (1 - y)).Conjugate();

    /// <summary>g where y is not 0.</summary>
    private static Tensor ReluSlope(Tensor g, Tensor y) => SharesSlope(g, y)
        ? Slope("ReluGradient", BinaryKernel.ReluGradient, g, y, u => ReluSlope(u, y), _ => null)
        : g * y.NotEqual(0).To(g.DataType);

    /// <summary>g (Phi(x) + x phi(x)); the second derivative of x Phi(x) is phi(x) (2 - x^2).</summary>
    private static Tensor GeluSlope(Tensor g, Tensor x) => SharesSlope(g, x)
        ? Slope("GeluGradient", BinaryKernel.GeluGradient, g, x, u => GeluSlope(u, x), u => GeluCurvature(u, g, x))
        : g * (x.NormalDistribution() + (x * x.NormalDensity()));

    private static bool SharesSlope(Tensor gradient, Tensor saved) =>
        saved.DataType is DataType.Float32 or DataType.Float64 && gradient.DataType == saved.DataType && gradient.Shape == saved.Shape;

    /// <summary>The derivative of a function of one element in one kernel, with its own derivatives by the gradient and by what was saved.</summary>
    private static Tensor Slope(string name, BinaryKernel kernel, Tensor gradient, Tensor saved, Func<Tensor, Tensor> byGradient, Func<Tensor, Tensor?> bySaved)
    {
        var result = Empty(saved.Shape, saved.DataType, saved.Device);
        result.Kernels.Binary(kernel, result.Operand, gradient.Operand, saved.Operand);
        return Tape.Records(gradient, saved)
            ? Tape.Record(result, name, [gradient, saved], [gradient, saved], u => [Tape.Wants(0) ? byGradient(u) : null, Tape.Wants(1) ? bySaved(u) : null])
            : result;
    }

    /// <summary>This tensor, or a copy converted without history.</summary>
    internal Tensor InType(DataType type) => DataType == type ? this : CopyOf(type);

    private enum Saves
    {
        Nothing,
        Input,
        Output,
        Both,
    }
}
