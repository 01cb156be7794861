using Scorch.Autograd;
using Scorch.Kernels;

namespace Scorch;

public partial class Tensor
{
    /// <summary>The sum, broadcasting.</summary>
    public static Tensor operator +(Tensor a, Tensor b) =>
        Binary("Add", BinaryKernel.Add, a, b, g => (g, g));

    /// <summary>The sum with a number.</summary>
    public static Tensor operator +(Tensor a, Scalar b) => WithConstant("Add", UnaryKernel.AddConstant, a, b, g => g);

    /// <summary>The sum with a number.</summary>
    public static Tensor operator +(Scalar a, Tensor b) => b + a;

    /// <summary>The difference, broadcasting.</summary>
    public static Tensor operator -(Tensor a, Tensor b) =>
        Binary("Subtract", BinaryKernel.Subtract, NotTruth(a, "Subtract"), b, g => (g, -g));

    /// <summary>The difference from a number.</summary>
    public static Tensor operator -(Tensor a, Scalar b) => NotTruth(a, "Subtract") + Negative(b);

    /// <summary>A number less a tensor.</summary>
    public static Tensor operator -(Scalar a, Tensor b) => -b + a;

    /// <summary>Every sign turned.</summary>
    public static Tensor operator -(Tensor a) => NotTruth(a, "Negate").Negate();

    /// <summary>The product, element by element, broadcasting.</summary>
    public static Tensor operator *(Tensor a, Tensor b)
    {
        // Each is read for the other's gradient only.
        var (left, right) = (b is { RequiresGradient: true } ? a : null, a is { RequiresGradient: true } ? b : null);
        return Binary("Multiply", BinaryKernel.Multiply, a, b, g => (Tape.Wants(0) ? g * right!.Conjugate() : null, Tape.Wants(1) ? g * left!.Conjugate() : null), left, right);
    }

    /// <summary>The product with a number.</summary>
    public static Tensor operator *(Tensor a, Scalar b) =>
        WithConstant("Multiply", UnaryKernel.MultiplyConstant, a, b, g => g * (b.Type == DataType.Complex128 ? (Scalar)System.Numerics.Complex.Conjugate(b.ToComplex()) : b));

    /// <summary>The product with a number.</summary>
    public static Tensor operator *(Scalar a, Tensor b) => b * a;

    /// <summary>The true quotient, broadcasting: integers give float32.</summary>
    public static Tensor operator /(Tensor a, Tensor b) =>
        Binary(
            "Divide",
            BinaryKernel.Divide,
            Float(a),
            Float(b),
            g => (Tape.Wants(0) ? g / b.Conjugate() : null, Tape.Wants(1) ? -g * (a / b / b).Conjugate() : null),
            a,
            b);

    /// <summary>The true quotient with a number.</summary>
    public static Tensor operator /(Tensor a, Scalar b) => a / AsTensor(b, Float(a));

    /// <summary>A number over a tensor.</summary>
    public static Tensor operator /(Scalar a, Tensor b) => AsTensor(a, Float(b)) / b;

    /// <summary>The quotient rounded down, as Python's <c>//</c>.</summary>
    public Tensor FloorDivide(Tensor divisor) => Binary("FloorDivide", BinaryKernel.FloorDivide, this, divisor, null);

    /// <summary>The quotient rounded down.</summary>
    public Tensor FloorDivide(Scalar divisor) => FloorDivide(AsTensor(divisor, this));

    /// <summary>The remainder with the sign of the divisor, as Python's <c>%</c>.</summary>
    public Tensor Remainder(Tensor divisor) =>
        Binary("Remainder", BinaryKernel.Remainder, this, divisor, g => (g, Tape.Wants(1) ? -g * FloorDivide(divisor) : null), this, divisor);

    /// <summary>The remainder with the sign of the divisor.</summary>
    public Tensor Remainder(Scalar divisor) => Remainder(AsTensor(divisor, this));

    /// <summary>The remainder with the sign of the dividend, as C's <c>fmod</c>.</summary>
    public Tensor TruncatedRemainder(Tensor divisor) =>
        Binary("TruncatedRemainder", BinaryKernel.TruncatedRemainder, this, divisor, g => (g, Tape.Wants(1) ? -g * (this / divisor).Truncate() : null), this, divisor);

    /// <summary>x^exponent, broadcasting. The derivative by the exponent is 0 where x is 0 and the exponent is not negative.</summary>
    public Tensor Pow(Tensor exponent) =>
        Binary(
            "Pow",
            BinaryKernel.Power,
            this,
            exponent,
            g => (
                Tape.Wants(0) ? g * Where(exponent.EqualTo(0), ZerosLike(exponent), exponent * Pow(exponent - 1)).Conjugate() : null,
                Tape.Wants(1) ? g * ExponentSlope(exponent).Conjugate() : null),
            this,
            exponent);

    private Tensor ExponentSlope(Tensor exponent)
    {
        var flat = EqualTo(0).And((exponent.DataType.IsComplex() ? exponent.Real() : exponent).GreaterOrEqual(0));
        return Where(flat, ZerosLike(this), Pow(exponent) * Where(flat, OnesLike(this), this).Log());
    }

    /// <summary>x^exponent.</summary>
    public Tensor Pow(Scalar exponent)
    {
        if (exponent.Type == DataType.Complex128 || DataType.IsComplex() || (!DataType.IsDifferentiable() && exponent.Type == DataType.Int64))
            return Pow(AsTensor(exponent, this));
        var power = exponent.ToDouble();
        if (power == 0) return OnesLike(InTypeRecorded(exponent.PromoteWith(DataType)));
        if (power == 1) return InTypeRecorded(exponent.PromoteWith(DataType));
        if (power == 2) return InTypeRecorded(exponent.PromoteWith(DataType)).Square();
        if (power == 0.5) return Sqrt();
        return Unary(UnaryKernel.PowerConstant, (x, y, g) => g * (power * x.Pow(power - 1)), Saves.Input, power);
    }

    /// <summary>A number to the power of every element.</summary>
    public static Tensor Pow(Scalar value, Tensor exponent)
    {
        ArgumentNullException.ThrowIfNull(exponent);
        return AsTensor(value, exponent).Pow(exponent);
    }

    /// <summary>The lesser of two, broadcasting; NaN in either gives NaN; ties share the gradient.</summary>
    public Tensor Minimum(Tensor other) => Extreme("Minimum", BinaryKernel.Minimum, other);

    /// <summary>The greater of two, broadcasting; NaN in either gives NaN; ties share the gradient.</summary>
    public Tensor Maximum(Tensor other) => Extreme("Maximum", BinaryKernel.Maximum, other);

    /// <summary>Each element held between two bounds; the gradient flows where the bounds hold.</summary>
    /// <param name="minimum">The least value, or null for none.</param>
    /// <param name="maximum">The greatest value, or null for none.</param>
    public Tensor Clamp(Scalar? minimum = null, Scalar? maximum = null)
    {
        var result = Detach();
        if (minimum is { } low) result = result.Maximum(AsTensor(low, this));
        if (maximum is { } high) result = result.Minimum(AsTensor(high, this));
        if (!Tape.Records(this)) return ReferenceEquals(result.Storage, Storage) ? result.Clone() : result;
        return Tape.Record(result, "Clamp", [this], [this], g =>
        {
            var inside = Full(Shape, true, DataType.Bool, Device);
            if (minimum is { } from) inside = inside.And(GreaterOrEqual(from));
            if (maximum is { } to) inside = inside.And(LessOrEqual(to));
            return [g * inside.To(g.DataType)];
        });
    }

    /// <summary>The angle of the point (other, this) in (-pi, pi].</summary>
    public Tensor Atan2(Tensor other) =>
        Binary(
            "Atan2",
            BinaryKernel.Atan2,
            Float(this),
            Float(other),
            g =>
            {
                var scale = g / ((this * this) + (other * other));
                return (scale * other, -scale * this);
            },
            this,
            other);

    /// <summary>sqrt(x^2 + y^2), without overflow; infinite where either is.</summary>
    public Tensor Hypotenuse(Tensor other)
    {
        ArgumentNullException.ThrowIfNull(other);
        Tensor scale;
        Tensor infinite;
        using (GradientMode.Disable())
        {
            scale = Abs().Maximum(other.Abs());
            infinite = IsInfinite().Or(other.IsInfinite());
            scale = Where(infinite.Or(scale.EqualTo(0)), OnesLike(scale), scale);
        }
        // The root is homogeneous: its derivative does not feel a scale that is held fixed.
        var root = ((this / scale).Square() + (other / scale).Square()).Sqrt() * scale;
        return Where(infinite, Full([], double.PositiveInfinity, root.DataType, root.Device), root);
    }

    /// <summary>Bitwise, for truth values logical, "and".</summary>
    public Tensor And(Tensor other) => Binary("And", BinaryKernel.And, this, other, null);

    /// <summary>Bitwise, for truth values logical, "or".</summary>
    public Tensor Or(Tensor other) => Binary("Or", BinaryKernel.Or, this, other, null);

    /// <summary>Bitwise, for truth values logical, "exclusive or".</summary>
    public Tensor Xor(Tensor other) => Binary("Xor", BinaryKernel.Xor, this, other, null);

    /// <summary>From <paramref name="whenTrue"/> where the condition holds, from <paramref name="otherwise"/> elsewhere; broadcasting.</summary>
    public static Tensor Where(Tensor condition, Tensor whenTrue, Tensor otherwise)
    {
        ArgumentNullException.ThrowIfNull(condition);
        if (condition.DataType != DataType.Bool)
            throw new ArgumentException($"Where: the condition holds {condition.DataType}; it must be Bool. Compare it first.", nameof(condition));
        var type = ResultType(whenTrue, otherwise);
        var shape = Shape.Broadcast(Shape.Broadcast(whenTrue.Shape, otherwise.Shape, "Where"), condition.Shape, "Where");
        var result = Empty(shape, type, condition.Device);
        result.Kernels.Where(result.Operand, condition.Operand, whenTrue.InType(type).Operand, otherwise.InType(type).Operand);
        if (!Tape.Records(whenTrue, otherwise)) return result;
        var (first, second) = (whenTrue.Form, otherwise.Form);
        return Tape.Record(result, "Where", [whenTrue, otherwise], [condition], g => [
            Tape.Wants(0) ? Where(condition, g, ZerosLike(g)).SumTo(first) : null,
            Tape.Wants(1) ? Where(condition, ZerosLike(g), g).SumTo(second) : null]);
    }

    /// <summary>A copy with <paramref name="value"/> where the mask holds.</summary>
    public Tensor MaskedFill(Tensor mask, Scalar value) => Where(mask, Scalar(value, DataType, Device), this);

    /// <summary>True where equal.</summary>
    public Tensor EqualTo(Tensor other) => Compare(CompareKernel.Equal, this, other);

    /// <summary>True where equal.</summary>
    public Tensor EqualTo(Scalar other) => EqualTo(ForComparison(other));

    /// <summary>True where different.</summary>
    public Tensor NotEqual(Tensor other) => Compare(CompareKernel.NotEqual, this, other);

    /// <summary>True where different.</summary>
    public Tensor NotEqual(Scalar other) => NotEqual(ForComparison(other));

    /// <summary>True where this is less.</summary>
    public Tensor LessThan(Tensor other) => Compare(CompareKernel.Less, this, other);

    /// <summary>True where this is less.</summary>
    public Tensor LessThan(Scalar other) => LessThan(ForComparison(other));

    /// <summary>True where this is less or equal.</summary>
    public Tensor LessOrEqual(Tensor other) => Compare(CompareKernel.LessOrEqual, this, other);

    /// <summary>True where this is less or equal.</summary>
    public Tensor LessOrEqual(Scalar other) => LessOrEqual(ForComparison(other));

    /// <summary>True where this is greater.</summary>
    public Tensor GreaterThan(Tensor other) => Compare(CompareKernel.Greater, this, other);

    /// <summary>True where this is greater.</summary>
    public Tensor GreaterThan(Scalar other) => GreaterThan(ForComparison(other));

    /// <summary>True where this is greater or equal.</summary>
    public Tensor GreaterOrEqual(Tensor other) => Compare(CompareKernel.GreaterOrEqual, this, other);

    /// <summary>True where this is greater or equal.</summary>
    public Tensor GreaterOrEqual(Scalar other) => GreaterOrEqual(ForComparison(other));

    /// <summary>The type in which two tensors meet: dimensions count before none, as in PyTorch.</summary>
    internal static DataType ResultType(Tensor a, Tensor b)
    {
        if (a.DataType == b.DataType) return a.DataType;
        if (a.Rank > 0 == b.Rank > 0) return DataTypes.Promote(a.DataType, b.DataType);
        var (array, single) = a.Rank > 0 ? (a, b) : (b, a);
        if (single.DataType.Category() <= array.DataType.Category()) return array.DataType;
        return single.DataType.IsComplex() && array.DataType.IsFloating() ? array.DataType.ToComplex() : single.DataType;
    }

    /// <summary>A gradient brought to the shape of what was broadcast, and to its type.</summary>
    internal Tensor SumTo(TensorForm target)
    {
        var gradient = this;
        if (gradient.Shape != target.Shape)
        {
            var extra = gradient.Rank - target.Shape.Rank;
            var dimensions = Enumerable.Range(0, gradient.Rank).Where(d => d < extra || (target.Shape[d - extra] == 1 && gradient.Shape[d] != 1)).ToArray();
            if (dimensions.Length > 0) gradient = gradient.Sum(dimensions, keepDimensions: true);
            if (gradient.Shape != target.Shape) gradient = gradient.Reshape(target.Shape);
        }
        if (gradient.DataType == target.DataType) return gradient;
        return (gradient.DataType.IsComplex() && !target.DataType.IsComplex() ? gradient.Real() : gradient).To(target.DataType);
    }

    private static Tensor Extreme(Tensor a, Tensor b, string name, BinaryKernel kernel) =>
        Binary(
            name,
            kernel,
            a,
            b,
            g =>
            {
                var half = a.EqualTo(b).To(g.DataType) * 0.5;
                var first = (kernel == BinaryKernel.Minimum ? a.LessThan(b) : a.GreaterThan(b)).To(g.DataType) + half;
                return (g * first, g * (1 - first));
            },
            a,
            b);

    private Tensor Extreme(string name, BinaryKernel kernel, Tensor other) => Extreme(this, other, name, kernel);

    private static Tensor Binary(string name, BinaryKernel kernel, Tensor a, Tensor b, Func<Tensor, (Tensor? A, Tensor? B)>? derivative, params Tensor?[] saved)
    {
        ArgumentNullException.ThrowIfNull(a);
        ArgumentNullException.ThrowIfNull(b);
        var type = ResultType(a, b);
        var compute = type.ComputeType();
        var result = Empty(Shape.Broadcast(a.Shape, b.Shape, name), compute, a.Device);
        a.Kernels.Binary(kernel, result.Operand, a.InType(compute).Operand, b.InType(compute).Operand);
        result = result.InType(type);
        if (derivative is not null && Tape.Records(a, b))
        {
            var (left, right) = (a.Form, b.Form);
            Tape.Record(result, name, [a, b], [.. saved.OfType<Tensor>()], g =>
            {
                var (first, second) = derivative(g);
                return [Tape.Wants(0) ? first?.SumTo(left) : null, Tape.Wants(1) ? second?.SumTo(right) : null];
            });
        }
        Tape.Watch(result, name);
        return result;
    }

    private static Tensor WithConstant(string name, UnaryKernel kernel, Tensor a, Scalar b, Func<Tensor, Tensor> derivative)
    {
        ArgumentNullException.ThrowIfNull(a);
        var type = b.PromoteWith(a.DataType);
        if (type == DataType.Bool)
            return Binary(name, kernel == UnaryKernel.AddConstant ? BinaryKernel.Add : BinaryKernel.Multiply, a, Scalar(b, DataType.Bool, a.Device), null);
        var compute = type.ComputeType();
        var result = Empty(a.Shape, compute, a.Device);
        a.Kernels.Unary(kernel, result.Operand, a.InType(compute).Operand, b);
        result = result.InType(type);
        var form = a.Form;
        if (Tape.Records(a)) Tape.Record(result, name, [a], [], g => [derivative(g).SumTo(form)]);
        Tape.Watch(result, name);
        return result;
    }

    private static Tensor Compare(CompareKernel kernel, Tensor a, Tensor b)
    {
        ArgumentNullException.ThrowIfNull(b);
        var compute = ResultType(a, b).ComputeType();
        var result = Empty(Shape.Broadcast(a.Shape, b.Shape, kernel.ToString()), DataType.Bool, a.Device);
        a.Kernels.Compare(kernel, result.Operand, a.InType(compute).Operand, b.InType(compute).Operand);
        return result;
    }

    private Tensor ForComparison(Scalar value) => AsTensor(value, this);

    private static Tensor AsTensor(Scalar value, Tensor partner) => Full([], value, value.PromoteWith(partner.DataType), partner.Device);

    private static Tensor Float(Tensor x) => x.DataType.IsDifferentiable() ? x : x.To(DataType.Float32);

    private static Scalar Negative(Scalar value) => value.Type switch
    {
        // Without the casts the arms would meet in Complex.
        DataType.Complex128 => (Scalar)(-value.ToComplex()),
        DataType.Float64 => (Scalar)(-value.ToDouble()),
        _ => (Scalar)(-value.ToInt64()),
    };

    private static Tensor NotTruth(Tensor x, string operation) => x.DataType == DataType.Bool
        ? throw new NotSupportedException($"{operation} is not defined for Bool; use LogicalNot or Xor, or convert the tensor first.")
        : x;

    private Tensor InTypeRecorded(DataType type) => DataType == type ? this : To(type);
}
