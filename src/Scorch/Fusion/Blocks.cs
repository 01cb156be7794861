using Scorch.Kernels;

namespace Scorch.Fusion;

/// <summary>A shape cut into blocks that fit the nearest cache: pieces of one dimension with all of those inside it.</summary>
internal readonly struct Blocks
{
    /// <summary>Blocks that one thread takes at a time.</summary>
    public const int PerChunk = 16;

    private const int MostElements = 4096;
    private static readonly long[] One = [1];
    private readonly Shape shape;
    private readonly int axis;
    private readonly int piece;
    private readonly long pieces;
    private readonly Shape whole;

    /// <summary>Cuts a shape.</summary>
    /// <param name="shape">The shape; not empty.</param>
    /// <param name="isFlat">Whether all operands lie row-major, so that only the number of elements counts.</param>
    public Blocks(Shape shape, bool isFlat)
    {
        IsFlat = isFlat;
        this.shape = shape;
        var elements = shape.ElementCount;
        if (isFlat)
        {
            Length = (int)Math.Min(elements, MostElements);
            Count = (elements + MostElements - 1) / MostElements;
            whole = [Length];
            return;
        }
        axis = shape.Rank - 1;
        var inside = 1;
        while (axis > 0 && (long)inside * shape[axis] <= MostElements) inside *= shape[axis--];
        piece = Math.Min(shape[axis], Math.Max(1, MostElements / inside));
        pieces = (shape[axis] + piece - 1) / piece;
        Length = piece * inside;
        Count = shape[..axis].ElementCount * pieces;
        whole = Inside(piece);
    }

    /// <summary>Whether elements are counted row-major, whatever the dimensions.</summary>
    public bool IsFlat { get; }

    /// <summary>How many blocks there are.</summary>
    public long Count { get; }

    /// <summary>The most elements that a block has.</summary>
    public int Length { get; }

    /// <summary>Number and shape of a block.</summary>
    public (long Block, Shape Shape) Part(long block)
    {
        var size = (int)(IsFlat ? Math.Min(Length, shape.ElementCount - (block * Length)) : Math.Min(piece, shape[axis] - (block % pieces * piece)));
        return (block, size == whole[0] ? whole : IsFlat ? [size] : Inside(size));
    }

    /// <summary>The shape of a block with so many positions along the dimension that is cut.</summary>
    private Shape Inside(int size)
    {
        int[] sizes = [.. shape.Sizes.AsSpan(axis)];
        sizes[0] = size;
        return Shape.Wrap(sizes);
    }

    /// <summary>What a kernel sees of a tensor's elements in a block.</summary>
    public Operand Slice(Tensor tensor, (long Block, Shape Shape) part)
    {
        if (IsFlat) return new(tensor.Storage, tensor.Offset + (part.Block * Length), part.Shape, One, tensor.DataType);
        var offset = tensor.Offset + (part.Block % pieces * piece * tensor.Strides[axis]);
        var outer = part.Block / pieces;
        for (var d = axis - 1; d >= 0; d--)
        {
            offset += outer % shape[d] * tensor.Strides[d];
            outer /= shape[d];
        }
        return new(tensor.Storage, offset, part.Shape, tensor.Strides[axis..], tensor.DataType);
    }

    /// <summary>The strides of a shape without gaps.</summary>
    public static long[] RowMajor(Shape shape)
    {
        var strides = new long[shape.Rank];
        var expected = 1L;
        for (var d = strides.Length - 1; d >= 0; d--)
        {
            strides[d] = expected;
            expected *= shape[d];
        }
        return strides;
    }
}
