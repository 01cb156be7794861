namespace Scorch.Kernels;

/// <summary>Kept and reduced dimensions of a reduction; the output is contiguous.</summary>
internal sealed class ReductionLayout
{
    private readonly List<(int Size, long Stride)> kept = [];
    private readonly List<(int Size, long Stride)> reduced = [];

    public ReductionLayout(in Operand output, in Operand input)
    {
        for (var d = 0; d < input.Shape.Rank; d++)
        {
            var size = input.Shape[d];
            if (size == 1) continue;
            Join(output.Shape[d] == 1 ? reduced : kept, size, input.Strides[d]);
        }
        Complete();
    }

    /// <summary>After packing: every output's elements lie side by side.</summary>
    public ReductionLayout(Shape output, long count)
    {
        var outputs = (int)output.ElementCount;
        if (outputs > 1) kept.Add((outputs, count));
        reduced.Add(((int)count, 1));
        Complete();
    }

    public bool IsSimple => reduced.Count <= 1;

    /// <summary>Reduced elements of one output and the distance between them.</summary>
    public long Count { get; private set; }

    public long Stride { get; private set; }

    public long Outputs { get; private set; }

    public long InnerKept { get; private set; }

    public long InnerKeptStride { get; private set; }

    public long Offset(long output)
    {
        if (kept.Count == 1) return output * kept[0].Stride;
        long offset = 0;
        for (var d = kept.Count - 1; d >= 0; d--)
        {
            offset += output % kept[d].Size * kept[d].Stride;
            output /= kept[d].Size;
        }
        return offset;
    }

    public long Pack(in Operand input, out Operand packed)
    {
        var all = kept.Concat(reduced).ToArray();
        var shape = Shape.Wrap([.. all.Select(dimension => dimension.Size)]);
        var strided = new Operand(input.Storage, input.Offset, shape, [.. all.Select(dimension => dimension.Stride)], input.Type);
        var storage = Storage.Allocate(shape.ElementCount * input.Type.Size(), Devices.Device.Cpu);
        packed = new Operand(storage, 0, shape, shape.ContiguousStrides(), input.Type);
        Devices.Device.Cpu.Kernels.Copy(packed, strided);
        return Count;
    }

    private void Complete()
    {
        Count = 1;
        foreach (var (size, _) in reduced) Count *= size;
        Stride = reduced.Count == 1 ? reduced[0].Stride : 1;
        Outputs = 1;
        foreach (var (size, _) in kept) Outputs *= size;
        InnerKept = kept.Count > 0 ? kept[^1].Size : 1;
        InnerKeptStride = kept.Count > 0 ? kept[^1].Stride : 0;
    }

    private static void Join(List<(int Size, long Stride)> dimensions, int size, long stride)
    {
        if (dimensions.Count > 0 && dimensions[^1].Stride == stride * size && (long)dimensions[^1].Size * size <= int.MaxValue)
            dimensions[^1] = (dimensions[^1].Size * size, stride);
        else
            dimensions.Add((size, stride));
    }
}
