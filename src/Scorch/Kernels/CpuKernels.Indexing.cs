using System.Numerics;
using System.Runtime.CompilerServices;

namespace Scorch.Kernels;

internal sealed unsafe partial class CpuKernels
{
    public override void ArgumentExtreme(bool greatest, in Operand output, in Operand input, int dimension)
    {
        switch (input.Type)
        {
            case DataType.Float32: ArgumentExtreme<float>(greatest, output, input, dimension); break;
            case DataType.Float64: ArgumentExtreme<double>(greatest, output, input, dimension); break;
            case DataType.Int64: ArgumentExtreme<long>(greatest, output, input, dimension); break;
            case DataType.Int32: ArgumentExtreme<int>(greatest, output, input, dimension); break;
            case DataType.Int16: ArgumentExtreme<short>(greatest, output, input, dimension); break;
            case DataType.Int8: ArgumentExtreme<sbyte>(greatest, output, input, dimension); break;
            case DataType.UInt8 or DataType.Bool: ArgumentExtreme<byte>(greatest, output, input, dimension); break;
            default: throw new NotSupportedException($"ArgMin and ArgMax are not defined for {input.Type}; convert the tensor first.");
        }
    }

    private static void ArgumentExtreme<T>(bool greatest, in Operand output, in Operand input, int dimension)
        where T : unmanaged, INumber<T>
    {
        var lines = new Lines(input, dimension);
        fixed (byte* outputBytes = &output.Reference, inputBytes = &input.Reference)
        {
            var target = (long*)outputBytes;
            var source = (T*)inputBytes;
            Dispatch(lines.Count, lines.Length, line =>
            {
                var first = source + lines.Offset(line);
                var best = first[0];
                long place = 0;
                for (long i = 1; i < lines.Length && !T.IsNaN(best); i++)
                {
                    var value = first[i * lines.Stride];
                    if (T.IsNaN(value) || (greatest ? value > best : value < best)) (best, place) = (value, i);
                }
                target[line] = place;
            });
        }
    }

    public override void Scan(ReduceKernel kernel, in Operand output, in Operand input, int dimension)
    {
        switch (input.Type)
        {
            case DataType.Float32: Scan<float>(kernel, output, input, dimension); break;
            case DataType.Float64: Scan<double>(kernel, output, input, dimension); break;
            case DataType.Int64: Scan<long>(kernel, output, input, dimension); break;
            case DataType.Complex128: Scan<Complex>(kernel, output, input, dimension); break;
            default: throw new NotSupportedException($"Cumulative {kernel} is not defined for {input.Type}; convert the tensor first.");
        }
    }

    private static void Scan<T>(ReduceKernel kernel, in Operand output, in Operand input, int dimension)
        where T : unmanaged, INumberBase<T>
    {
        var (from, into) = (new Lines(input, dimension), new Lines(output, dimension));
        fixed (byte* outputBytes = &output.Reference, inputBytes = &input.Reference)
        {
            var target = (T*)outputBytes;
            var source = (T*)inputBytes;
            Dispatch(from.Count, from.Length, line =>
            {
                var first = source + from.Offset(line);
                var result = target + into.Offset(line);
                var total = kernel == ReduceKernel.Sum ? T.Zero : T.One;
                for (long i = 0; i < from.Length; i++)
                {
                    var value = first[i * from.Stride];
                    total = kernel == ReduceKernel.Sum ? total + value : total * value;
                    result[i * into.Stride] = total;
                }
            });
        }
    }

    public override void Gather(in Operand output, in Operand input, in Operand index, int dimension)
    {
        switch (output.Type.Size())
        {
            case 1: Gather<byte>(output, input, index, dimension); break;
            case 2: Gather<short>(output, input, index, dimension); break;
            case 4: Gather<int>(output, input, index, dimension); break;
            case 8: Gather<long>(output, input, index, dimension); break;
            default: Gather<Complex>(output, input, index, dimension); break;
        }
    }

    private static void Gather<T>(in Operand output, in Operand input, in Operand index, int dimension)
        where T : unmanaged
    {
        var (targets, sources, indices) = (new RowWalk(output.Shape, output, -1), new RowWalk(output.Shape, input, dimension), new RowWalk(output.Shape, index, -1));
        var extent = input.Shape[dimension];
        var stride = input.Strides[dimension];
        fixed (byte* outputBytes = &output.Reference, inputBytes = &input.Reference, indexBytes = &index.Reference)
        {
            var target = (T*)outputBytes;
            var source = (T*)inputBytes;
            var places = (long*)indexBytes;
            var (pieces, length) = (targets.Pieces, targets.PieceLength);
            Dispatch(targets.Count * pieces, length * 4, task =>
            {
                var (row, from) = (task / pieces, task % pieces * length);
                var to = Math.Min(targets.Length, from + length);
                var into = target + targets.Offset(row);
                var start = source + sources.Offset(row);
                var at = places + indices.Offset(row);
                for (var i = from; i < to; i++)
                {
                    var place = at[i * indices.Step];
                    if ((ulong)place >= (ulong)extent) place = Checked("Gather", place, extent);
                    into[i * targets.Step] = start[(i * sources.Step) + (place * stride)];
                }
            });
        }
    }

    public override void Scatter(in Operand output, in Operand index, in Operand source, int dimension, bool accumulate)
    {
        switch (output.Type)
        {
            case DataType.Float32: Scatter<float>(output, index, source, dimension, accumulate); break;
            case DataType.Float64: Scatter<double>(output, index, source, dimension, accumulate); break;
            case DataType.Int64: Scatter<long>(output, index, source, dimension, accumulate); break;
            case DataType.Int32: Scatter<int>(output, index, source, dimension, accumulate); break;
            case DataType.Int16: Scatter<short>(output, index, source, dimension, accumulate); break;
            case DataType.Int8: Scatter<sbyte>(output, index, source, dimension, accumulate); break;
            case DataType.UInt8 or DataType.Bool: Scatter<byte>(output, index, source, dimension, accumulate); break;
            case DataType.Complex128: Scatter<Complex>(output, index, source, dimension, accumulate); break;
            default: throw new NotSupportedException($"Scatter is not defined for {output.Type}; convert the tensor first.");
        }
    }

    private static void Scatter<T>(in Operand output, in Operand index, in Operand source, int dimension, bool accumulate)
        where T : unmanaged, INumberBase<T>
    {
        var (targets, sources, indices) = (new RowWalk(index.Shape, output, dimension), new RowWalk(index.Shape, source, -1), new RowWalk(index.Shape, index, -1));
        var extent = output.Shape[dimension];
        var stride = output.Strides[dimension];
        fixed (byte* outputBytes = &output.Reference, sourceBytes = &source.Reference, indexBytes = &index.Reference)
        {
            for (long row = 0; row < targets.Count; row++)
            {
                var target = (T*)outputBytes + targets.Offset(row);
                var values = (T*)sourceBytes + sources.Offset(row);
                var places = (long*)indexBytes + indices.Offset(row);
                if (accumulate && targets.Step == 0 && stride == 1 && sources.Step == 1 && indices.Step == 1) ScatterAdd(target, extent, values, places, targets.Length);
                else if (accumulate) ScatterAdd(target, targets.Step, stride, extent, values, sources.Step, places, indices.Step, targets.Length);
                else Scatter(target, targets.Step, stride, extent, values, sources.Step, places, indices.Step, targets.Length);
            }
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void ScatterAdd<T>(T* target, int extent, T* values, long* places, long count)
        where T : unmanaged, INumberBase<T>
    {
        for (long i = 0; i < count; i++)
        {
            var place = places[i];
            if ((ulong)place >= (ulong)extent) place = Checked("Scatter", place, extent);
            target[place] += values[i];
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void ScatterAdd<T>(T* target, long targetStep, long stride, int extent, T* values, long valueStep, long* places, long placeStep, long count)
        where T : unmanaged, INumberBase<T>
    {
        for (long i = 0; i < count; i++)
        {
            var place = places[i * placeStep];
            if ((ulong)place >= (ulong)extent) place = Checked("Scatter", place, extent);
            target[(i * targetStep) + (place * stride)] += values[i * valueStep];
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void Scatter<T>(T* target, long targetStep, long stride, int extent, T* values, long valueStep, long* places, long placeStep, long count)
        where T : unmanaged
    {
        for (long i = 0; i < count; i++)
        {
            var place = places[i * placeStep];
            if ((ulong)place >= (ulong)extent) place = Checked("Scatter", place, extent);
            target[(i * targetStep) + (place * stride)] = values[i * valueStep];
        }
    }

    public override long[] Positions(in Operand input)
    {
        var walk = new Walk(input);
        var result = new List<long>();
        fixed (byte* bytes = &input.Reference)
        {
            for (long i = 0; i < input.Count; i++)
                if (bytes[walk.Offset(i)] != 0) result.Add(i);
        }
        return [.. result];
    }

    private static long Checked(string operation, long place, int extent)
    {
        if (place < -extent || place >= extent)
            throw new ArgumentOutOfRangeException("index", place, $"{operation}: an index is {place}; the dimension has {extent} elements, so use 0 to {extent - 1}.");
        return place < 0 ? place + extent : place;
    }

    private static long[] Drop(long[] strides, int dimension) => [.. strides[..dimension], .. strides[(dimension + 1)..]];

    /// <summary>The lines of an operand along one dimension, counted row-major over the others.</summary>
    private sealed class Lines
    {
        private readonly int[] sizes;
        private readonly long[] strides;

        public Lines(in Operand operand, int dimension)
        {
            Length = operand.Shape.Rank == 0 ? 1 : operand.Shape[dimension];
            Stride = operand.Shape.Rank == 0 ? 1 : operand.Strides[dimension];
            sizes = operand.Shape.Rank == 0 ? [] : operand.Shape.Without(dimension).Sizes;
            strides = operand.Shape.Rank == 0 ? [] : Drop(operand.Strides, dimension);
            Count = 1;
            foreach (var size in sizes) Count *= size;
        }

        public long Count { get; }

        public long Length { get; }

        public long Stride { get; }

        public long Offset(long line)
        {
            long offset = 0;
            for (var d = sizes.Length - 1; d >= 0; d--)
            {
                offset += line % sizes[d] * strides[d];
                line /= sizes[d];
            }
            return offset;
        }
    }

    /// <summary>Offsets of elements counted row-major.</summary>
    private sealed class Walk(Operand operand)
    {
        private readonly int[] sizes = operand.Shape.Sizes;
        private readonly long[] strides = operand.Strides;

        public long Offset(long element)
        {
            long offset = 0;
            for (var d = sizes.Length - 1; d >= 0; d--)
            {
                offset += element % sizes[d] * strides[d];
                element /= sizes[d];
            }
            return offset;
        }
    }

    /// <summary>Where an operand's rows along the last dimension of a shape start, without the part of one dimension (-1 for none).</summary>
    private sealed class RowWalk
    {
        private readonly int[] sizes;
        private readonly long[] strides;

        public RowWalk(Shape shape, in Operand operand, int without)
        {
            strides = [.. operand.Strides];
            if (without >= 0) strides[without] = 0;
            sizes = shape.Sizes;
            Length = sizes.Length == 0 ? 1 : sizes[^1];
            Step = sizes.Length == 0 ? 0 : strides[^1];
            Count = Length == 0 ? 0 : shape.ElementCount / Length;
        }

        /// <summary>Number of rows.</summary>
        public long Count { get; }

        /// <summary>Elements of a row.</summary>
        public long Length { get; }

        /// <summary>From an element to the next in its row.</summary>
        public long Step { get; }

        /// <summary>Long rows are shared out in pieces.</summary>
        public long PieceLength => Math.Min(Length, 16384);

        public long Pieces => (Length + PieceLength - 1) / Math.Max(1, PieceLength);

        public long Offset(long row)
        {
            long offset = 0;
            for (var d = sizes.Length - 2; d >= 0; d--)
            {
                offset += row % sizes[d] * strides[d];
                row /= sizes[d];
            }
            return offset;
        }
    }
}
