namespace Scorch.Kernels;

/// <summary>What a device can compute. Operations reach memory through this table only.</summary>
/// <remarks>Outputs are allocated by the caller. Inputs may be strided and, where noted, broadcast; types are compute types unless noted.</remarks>
internal abstract partial class KernelTable
{
    /// <summary>Sets every element.</summary>
    public abstract void Fill(in Operand output, Scalar value);

    /// <summary>Copies with conversion and broadcasting; any type to any type.</summary>
    public abstract void Copy(in Operand output, in Operand input);

    /// <summary>Element by element.</summary>
    public abstract void Unary(UnaryKernel kernel, in Operand output, in Operand input, Scalar parameter);

    /// <summary>Element by element, broadcasting.</summary>
    public abstract void Binary(BinaryKernel kernel, in Operand output, in Operand left, in Operand right);

    /// <summary>Element by element into bool, broadcasting.</summary>
    public abstract void Compare(CompareKernel kernel, in Operand output, in Operand left, in Operand right);

    /// <summary>Takes from <paramref name="left"/> where the bool <paramref name="condition"/> is set; any type, broadcasting.</summary>
    public abstract void Where(in Operand output, in Operand condition, in Operand left, in Operand right);

    /// <summary>Combines over the dimensions that have size 1 in <paramref name="output"/> and another in <paramref name="input"/>.</summary>
    public abstract void Reduce(ReduceKernel kernel, in Operand output, in Operand input);

    /// <summary>Position of the least or greatest element along a dimension (the first of equals; NaN counts as extreme); int64 output without it of size 1.</summary>
    public abstract void ArgumentExtreme(bool greatest, in Operand output, in Operand input, int dimension);

    /// <summary>Running sum or product along a dimension.</summary>
    public abstract void Scan(ReduceKernel kernel, in Operand output, in Operand input, int dimension);

    /// <summary>output[i...] = input[..., index[i...], ...] along a dimension.</summary>
    public abstract void Gather(in Operand output, in Operand input, in Operand index, int dimension);

    /// <summary>output[..., index[i...], ...] += or = source[i...] along a dimension, in the order of the elements.</summary>
    public abstract void Scatter(in Operand output, in Operand index, in Operand source, int dimension, bool accumulate);

    /// <summary>Whole slices: output[..., i, ...] = input[..., index[i], ...].</summary>
    public abstract void SelectSlices(in Operand output, in Operand input, in Operand index, int dimension);

    /// <summary>Whole slices: output[..., index[i], ...] += source[..., i, ...], in the order of i.</summary>
    public abstract void AddSlices(in Operand output, in Operand index, in Operand source, int dimension);

    /// <summary>Stable sort along a dimension; NaN last when ascending, first when descending.</summary>
    public abstract void Sort(in Operand values, in Operand indices, in Operand input, int dimension, bool descending);

    /// <summary>The first elements of such a sorted line, as many as fit <paramref name="values"/> and <paramref name="indices"/>: the greatest falling or the least rising.</summary>
    public abstract void Top(in Operand values, in Operand indices, in Operand input, int dimension, bool greatest);

    /// <summary>Flat positions of the set elements of a bool tensor, in order.</summary>
    public abstract long[] Positions(in Operand input);

    /// <summary>Random numbers; a fixed number of counter steps an element.</summary>
    public abstract void Random(RandomKernel kernel, in Operand output, ulong key, ulong counter, double first, double second);

    /// <summary>Copies raw elements out, row-major.</summary>
    public abstract void Read(in Operand input, Span<byte> target);

    /// <summary>Copies raw elements in, row-major.</summary>
    public abstract void Write(in Operand output, ReadOnlySpan<byte> source);
}

/// <summary>How a reduction combines.</summary>
internal enum ReduceKernel
{
    Sum, Product, Minimum, Maximum, Any, All,
}

/// <summary>What a random fill draws.</summary>
internal enum RandomKernel
{
    /// <summary>Uniform in [first, second).</summary>
    Uniform,

    /// <summary>Normal with mean first and standard deviation second.</summary>
    Normal,

    /// <summary>Whole numbers in [first, second).</summary>
    Integer,

    /// <summary>1 with probability first, else 0.</summary>
    Bernoulli,

    /// <summary>Exponential with rate first.</summary>
    Exponential,
}
