using System.Numerics;
using System.Runtime.InteropServices;
using Scorch.Devices;

namespace Scorch;

public partial class Tensor
{
    /// <summary>A tensor of zeros.</summary>
    /// <param name="shape">Its shape.</param>
    /// <param name="dataType">Its element type.</param>
    /// <param name="device">Where it lies; by default the processor.</param>
    public static Tensor Zeros(Shape shape, DataType dataType = DataType.Float32, Device? device = null) => Full(shape, 0, dataType, device);

    /// <summary>A tensor of ones.</summary>
    /// <param name="shape">Its shape.</param>
    /// <param name="dataType">Its element type.</param>
    /// <param name="device">Where it lies; by default the processor.</param>
    public static Tensor Ones(Shape shape, DataType dataType = DataType.Float32, Device? device = null) => Full(shape, 1, dataType, device);

    /// <summary>A tensor with the same value everywhere.</summary>
    /// <param name="shape">Its shape.</param>
    /// <param name="value">The value.</param>
    /// <param name="dataType">Its element type.</param>
    /// <param name="device">Where it lies; by default the processor.</param>
    public static Tensor Full(Shape shape, Scalar value, DataType dataType = DataType.Float32, Device? device = null)
    {
        var result = Empty(shape, dataType, device);
        result.Kernels.Fill(result.Operand, value);
        return result;
    }

    /// <summary>Zeros of the shape, type and device of another tensor.</summary>
    public static Tensor ZerosLike(Tensor other) => FullLike(other, 0);

    /// <summary>Ones of the shape, type and device of another tensor.</summary>
    public static Tensor OnesLike(Tensor other) => FullLike(other, 1);

    /// <summary>One value in the shape, type and device of another tensor.</summary>
    public static Tensor FullLike(Tensor other, Scalar value)
    {
        ArgumentNullException.ThrowIfNull(other);
        var result = Empty(other.Shape, other.DataType, other.Device);
        result.Kernels.Fill(result.Operand, value);
        return result;
    }

    /// <summary>The identity matrix.</summary>
    /// <param name="size">Rows and columns.</param>
    /// <param name="dataType">Its element type.</param>
    public static Tensor Identity(int size, DataType dataType = DataType.Float32)
    {
        var result = Zeros([size, size], dataType);
        var diagonal = new Tensor(result.Storage, 0, [size], [size + 1], dataType);
        diagonal.Kernels.Fill(diagonal.Operand, 1);
        return result;
    }

    /// <summary>Whole numbers 0 … count-1, int64.</summary>
    public static Tensor Range(int count) => Range(0, count);

    /// <summary>Whole numbers from <paramref name="start"/> up to, not including, <paramref name="end"/>, int64.</summary>
    public static Tensor Range(long start, long end, long step = 1)
    {
        if (step == 0) throw new ArgumentOutOfRangeException(nameof(step), "Range: the step is 0; it must move towards the end.");
        var count = step > 0 ? Math.Max(0, (end - start + step - 1) / step) : Math.Max(0, (start - end - step - 1) / -step);
        var values = new long[count];
        for (var i = 0; i < values.Length; i++) values[i] = start + (i * step);
        return From(values);
    }

    /// <summary>Evenly spaced numbers from <paramref name="start"/> to <paramref name="end"/>, both included; one number alone is the start.</summary>
    public static Tensor Linspace(double start, double end, int count, DataType dataType = DataType.Float32)
    {
        if (count < 0) throw new ArgumentOutOfRangeException(nameof(count), count, "Linspace: the count is negative.");
        var values = new double[count];
        var step = count > 1 ? (end - start) / (count - 1) : 0;
        for (var i = 0; i < count; i++) values[i] = count == 1 || i < count / 2 ? start + (i * step) : end - ((count - 1 - i) * step);
        return From(values).To(dataType);
    }

    /// <summary>A tensor with one number and no dimension.</summary>
    public static Tensor Scalar(Scalar value, DataType dataType = DataType.Float32, Device? device = null) => Full([], value, dataType, device);

    /// <summary>A vector with a copy of the values.</summary>
    public static Tensor From<T>(params ReadOnlySpan<T> values)
        where T : unmanaged => From(values, [values.Length]);

    /// <summary>A vector with a copy of the array.</summary>
    public static Tensor From<T>(T[] values)
        where T : unmanaged => From<T>(values, [(values ?? throw new ArgumentNullException(nameof(values))).Length]);

    /// <summary>A tensor of the given shape with a copy of the values, row-major.</summary>
    /// <exception cref="ArgumentException">The number of values is not that of the shape.</exception>
    public static Tensor From<T>(ReadOnlySpan<T> values, Shape shape)
        where T : unmanaged
    {
        if (shape.ElementCount != values.Length)
            throw new ArgumentException($"Tensor.From: {values.Length} values were given for shape {shape}, which holds {shape.ElementCount}.", nameof(values));
        var result = Empty(shape, DataTypes.Of<T>());
        result.Kernels.Write(result.Operand, MemoryMarshal.AsBytes(values));
        return result;
    }

    /// <summary>A tensor of the given shape with a copy of the array, row-major.</summary>
    /// <exception cref="ArgumentException">The number of values is not that of the shape.</exception>
    public static Tensor From<T>(T[] values, Shape shape)
        where T : unmanaged => From((ReadOnlySpan<T>)values, shape);

    /// <summary>A matrix with a copy of the array.</summary>
    public static Tensor From<T>(T[,] values)
        where T : unmanaged
    {
        ArgumentNullException.ThrowIfNull(values);
        return From(Flat<T>(values), [values.GetLength(0), values.GetLength(1)]);
    }

    /// <summary>A tensor of three dimensions with a copy of the array.</summary>
    public static Tensor From<T>(T[,,] values)
        where T : unmanaged
    {
        ArgumentNullException.ThrowIfNull(values);
        return From(Flat<T>(values), [values.GetLength(0), values.GetLength(1), values.GetLength(2)]);
    }

    private static ReadOnlySpan<T> Flat<T>(Array values)
        where T : unmanaged =>
        values.Length == 0 ? [] : MemoryMarshal.CreateReadOnlySpan(ref System.Runtime.CompilerServices.Unsafe.As<byte, T>(ref MemoryMarshal.GetArrayDataReference(values)), values.Length);

    /// <summary>A copy of the elements, row-major.</summary>
    /// <exception cref="InvalidCastException"><typeparamref name="T"/> is not the element type; convert with <see cref="To(DataType)"/> first.</exception>
    public T[] ToArray<T>()
        where T : unmanaged
    {
        var result = new T[ElementCount];
        CopyTo<T>(result);
        return result;
    }

    /// <summary>Copies the elements, row-major.</summary>
    /// <exception cref="InvalidCastException"><typeparamref name="T"/> is not the element type.</exception>
    /// <exception cref="ArgumentException">The span has another length.</exception>
    public void CopyTo<T>(Span<T> target)
        where T : unmanaged
    {
        if (DataTypes.Of<T>() != DataType)
            throw new InvalidCastException($"CopyTo: the tensor holds {DataType}, not {DataTypes.Of<T>()}; call To(DataType.{DataTypes.Of<T>()}) first.");
        if (target.Length != ElementCount)
            throw new ArgumentException($"CopyTo: the span has {target.Length} elements, the tensor {ElementCount}.", nameof(target));
        var source = IsContiguous ? this : CopyOf(DataType);
        source.Kernels.Read(source.Operand, MemoryMarshal.AsBytes(target));
    }

    /// <summary>The elements on another device; itself where it lies there already. Gradients flow back.</summary>
    public Tensor To(Device device)
    {
        ArgumentNullException.ThrowIfNull(device);
        if (ReferenceEquals(device, Device)) return this;
        var source = IsContiguous ? this : CopyOf(DataType);
        var bytes = new byte[ElementCount * DataType.Size()];
        source.Kernels.Read(source.Operand, bytes);
        var result = Empty(Shape, DataType, device);
        result.Kernels.Write(result.Operand, bytes);
        var home = Device;
        return Autograd.Tape.Records(this) ? Autograd.Tape.Record(result, "To", [this], [], g => [g.To(home)]) : result;
    }

    /// <summary>A copy of the elements as a matrix.</summary>
    /// <exception cref="InvalidOperationException">The tensor is not a matrix.</exception>
    public T[,] ToMatrix<T>()
        where T : unmanaged
    {
        if (Rank != 2) throw new InvalidOperationException($"ToMatrix: the tensor has shape {Shape}; a matrix has two dimensions.");
        var result = new T[Shape[0], Shape[1]];
        if (result.Length > 0)
            CopyTo(MemoryMarshal.CreateSpan(ref System.Runtime.CompilerServices.Unsafe.As<byte, T>(ref MemoryMarshal.GetArrayDataReference((Array)result)), result.Length));
        return result;
    }

    /// <summary>The only element, as float64.</summary>
    /// <exception cref="InvalidOperationException">The tensor does not hold exactly one element.</exception>
    public double Item() => ItemOf(DataType.Float64).ToArray<double>()[0];

    /// <summary>The only element, as int64.</summary>
    /// <exception cref="InvalidOperationException">The tensor does not hold exactly one element.</exception>
    public long ItemInt64() => ItemOf(DataType.Int64).ToArray<long>()[0];

    /// <summary>The only element, as a complex number.</summary>
    /// <exception cref="InvalidOperationException">The tensor does not hold exactly one element.</exception>
    public Complex ItemComplex() => ItemOf(DataType.Complex128).ToArray<Complex>()[0];

    private Tensor ItemOf(DataType type)
    {
        if (ElementCount != 1) throw new InvalidOperationException($"Item: the tensor has shape {Shape}; only one element can be taken. Index it or reduce it first.");
        return CopyOf(type);
    }

    /// <summary>A contiguous copy without history.</summary>
    internal Tensor CopyOf(DataType type)
    {
        var result = Empty(Shape, type, Device);
        Kernels.Copy(result.Operand, Operand);
        return result;
    }
}
