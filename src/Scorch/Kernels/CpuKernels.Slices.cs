using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Scorch.Kernels;

internal sealed unsafe partial class CpuKernels
{
    /// <summary>Elements from which on adding slices is shared out.</summary>
    private const long SharedAddition = 1 << 18;

    /// <summary>How many parts of the target it is shared out in.</summary>
    private const int AdditionParts = 8;

    public override void SelectSlices(in Operand output, in Operand input, in Operand index, int dimension)
    {
        if (output.Count == 0) return;
        var inner = Inner(output, input, dimension);
        if (inner == 0)
        {
            var places = Indices("IndexSelect", index, input.Shape[dimension]);
            var slice = output.Shape.Without(dimension);
            var (outputStrides, inputStrides) = (Drop(output.Strides, dimension), Drop(input.Strides, dimension));
            var (whole, part) = (output, input);
            Dispatch(places.Length, slice.ElementCount, i => Copy(
                new Operand(whole.Storage, whole.Offset + (i * whole.Strides[dimension]), slice, outputStrides, whole.Type),
                new Operand(part.Storage, part.Offset + (places[i] * part.Strides[dimension]), slice, inputStrides, part.Type)));
            return;
        }
        var (targets, sources) = (new Slices(output, dimension), new Slices(input, dimension));
        var (count, step, extent) = (index.Count, index.Shape.Rank == 0 ? 1 : index.Strides[0], input.Shape[dimension]);
        var size = output.Type.Size();
        fixed (byte* outputBytes = &output.Reference, inputBytes = &input.Reference, indexBytes = &index.Reference)
        {
            var target = outputBytes;
            var source = inputBytes;
            var places = (long*)indexBytes;
            var length = inner * size;
            var block = Math.Max(1, 65536 / length);
            var blocks = (count + block - 1) / block;
            // Whole cache lines can go past the caches.
            var isLarge = BeyondCaches.AreWorthIt(targets.Count * count * length) && (length | (targets.Stride * size)) % BeyondCaches.Line == 0;
            Dispatch(targets.Count * blocks, block * inner, task =>
            {
                var (outer, from) = (task / blocks, task % blocks * block);
                var into = target + ((targets.Offset(outer) + (from * targets.Stride)) * size);
                var table = source + (sources.Offset(outer) * size);
                CopySlices(into, targets.Stride * size, table, sources.Stride * size, extent, places + (from * step), step, Math.Min(block, count - from), length, isLarge && (nint)into % BeyondCaches.Line == 0);
            });
        }
    }

    public override void AddSlices(in Operand output, in Operand index, in Operand source, int dimension)
    {
        switch (output.Type)
        {
            case DataType.Float32: AddSlices<float>(output, index, source, dimension); break;
            case DataType.Float64: AddSlices<double>(output, index, source, dimension); break;
            case DataType.Int64: AddSlices<long>(output, index, source, dimension); break;
            case DataType.Int32: AddSlices<int>(output, index, source, dimension); break;
            default: AddSlicesApart(output, index, source, dimension); break;
        }
    }

    private void AddSlices<T>(in Operand output, in Operand index, in Operand source, int dimension)
        where T : unmanaged, INumberBase<T>
    {
        var inner = source.Count == 0 ? 0 : Inner(output, source, dimension);
        if (inner == 0)
        {
            AddSlicesApart(output, index, source, dimension);
            return;
        }
        var extent = output.Shape[dimension];
        var places = Indices("IndexAdd", index, extent);
        var (targets, sources) = (new Slices(output, dimension), new Slices(source, dimension));
        // Every part of the target takes what is its own in the order of the index.
        var parts = source.Count >= SharedAddition ? Math.Min(AdditionParts, extent) : 1;
        fixed (byte* outputBytes = &output.Reference, sourceBytes = &source.Reference)
        {
            var target = (T*)outputBytes;
            var values = (T*)sourceBytes;
            Dispatch(targets.Count * parts, inner * places.Length, task =>
            {
                var (outer, part) = (task / parts, task % parts);
                var (least, end) = (part * extent / parts, (part + 1) * extent / parts);
                var into = target + targets.Offset(outer);
                var from = values + sources.Offset(outer);
                for (var i = 0; i < places.Length; i++)
                    if (places[i] >= least && places[i] < end)
                        AddInto(into + (places[i] * targets.Stride), from + (i * sources.Stride), inner);
            });
        }
    }

    private void AddSlicesApart(in Operand output, in Operand index, in Operand source, int dimension)
    {
        var places = Indices("IndexAdd", index, output.Shape[dimension]);
        var slice = output.Shape.Without(dimension);
        var (outputStrides, sourceStrides) = (Drop(output.Strides, dimension), Drop(source.Strides, dimension));
        for (var i = 0; i < places.Length; i++)
        {
            var into = new Operand(output.Storage, output.Offset + (places[i] * output.Strides[dimension]), slice, outputStrides, output.Type);
            Binary(BinaryKernel.Add, into, into, new Operand(source.Storage, source.Offset + (i * source.Strides[dimension]), slice, sourceStrides, source.Type));
        }
    }

    private static void CopySlices(byte* target, long targetStride, byte* source, long sourceStride, int extent, long* places, long step, long count, long length, bool pastCaches)
    {
        for (long i = 0; i < count; i++, target += targetStride)
        {
            var place = places[i * step];
            if ((ulong)place >= (ulong)extent) place = Checked("IndexSelect", place, extent);
            var slice = source + (place * sourceStride);
            if (pastCaches) BeyondCaches.Copy(target, slice, length);
            else if (length is < 64 or > 2048) Buffer.MemoryCopy(slice, target, length, length);
            else CopyLines(target, slice, length);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void CopyLines(byte* target, byte* source, long length)
    {
        // The last vector may overlap the one before.
        long at = 0;
        for (; at < length - 64; at += 64) Vector512.Load(source + at).Store(target + at);
        Vector512.Load(source + length - 64).Store(target + length - 64);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void AddInto<T>(T* target, T* source, long count)
        where T : unmanaged, INumberBase<T>
    {
        long i = 0;
        for (; i <= count - Vector<T>.Count; i += Vector<T>.Count) (Vector.Load(target + i) + Vector.Load(source + i)).Store(target + i);
        for (; i < count; i++) target[i] += source[i];
    }

    private static long[] Indices(string operation, in Operand index, int extent)
    {
        var places = new long[index.Count];
        var stride = index.Shape.Rank == 0 ? 1 : index.Strides[0];
        fixed (byte* bytes = &index.Reference)
            for (var i = 0; i < places.Length; i++) places[i] = Checked(operation, ((long*)bytes)[i * stride], extent);
        return places;
    }

    /// <summary>Elements under one position of a dimension where they lie without gaps in both operands, else 0.</summary>
    private static long Inner(in Operand first, in Operand second, int dimension)
    {
        long count = 1;
        for (var d = first.Shape.Rank - 1; d > dimension; d--)
        {
            if (first.Shape[d] != 1 && (first.Strides[d] != count || second.Strides[d] != count)) return 0;
            count *= first.Shape[d];
        }
        return count;
    }

    /// <summary>Where the parts of an operand before one dimension start, row-major.</summary>
    private sealed class Slices(in Operand operand, int dimension)
    {
        private readonly int[] sizes = operand.Shape.Sizes[..dimension];
        private readonly long[] strides = operand.Strides[..dimension];

        /// <summary>From a position of the dimension to the next.</summary>
        public long Stride { get; } = operand.Strides[dimension];

        public long Count { get; } = operand.Shape[..dimension].ElementCount;

        public long Offset(long part)
        {
            long offset = 0;
            for (var d = sizes.Length - 1; d >= 0; d--)
            {
                offset += part % sizes[d] * strides[d];
                part /= sizes[d];
            }
            return offset;
        }
    }
}
