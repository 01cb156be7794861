namespace Scorch.Kernels;

/// <summary>What a kernel sees of a tensor: storage, first element, sizes, strides (in elements) and type.</summary>
internal readonly struct Operand(Storage storage, long offset, Shape shape, long[] strides, DataType type)
{
    public Storage Storage { get; } = storage;

    /// <summary>Index of the first element in the storage.</summary>
    public long Offset { get; } = offset;

    public Shape Shape { get; } = shape;

    public long[] Strides { get; } = strides;

    public DataType Type { get; } = type;

    public long Count => Shape.ElementCount;

    public ref byte Reference => ref System.Runtime.CompilerServices.Unsafe.AddByteOffset(ref Storage.Reference, (nint)(Offset * Type.Size()));
}
