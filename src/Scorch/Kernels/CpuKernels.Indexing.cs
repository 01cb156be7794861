using System.Numerics;

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
        var size = output.Type.Size();
        var (targets, sources, indices) = (new Walk(output), new Walk(output.Shape, input), new Walk(index));
        var extent = input.Shape[dimension];
        var stride = input.Strides[dimension];
        fixed (byte* outputBytes = &output.Reference, inputBytes = &input.Reference, indexBytes = &index.Reference)
        {
            var target = outputBytes;
            var source = inputBytes;
            var places = (long*)indexBytes;
            Dispatch(output.Count, 4, i =>
            {
                var place = Checked("Gather", places[indices.Offset(i)], extent);
                Move(target + (targets.Offset(i) * size), source + ((sources.OffsetWithout(i, dimension) + (place * stride)) * size), size);
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
        var (targets, sources, indices) = (new Walk(index.Shape, output), new Walk(index.Shape, source), new Walk(index));
        var extent = output.Shape[dimension];
        var stride = output.Strides[dimension];
        var count = index.Count;
        fixed (byte* outputBytes = &output.Reference, sourceBytes = &source.Reference, indexBytes = &index.Reference)
        {
            var target = (T*)outputBytes;
            var values = (T*)sourceBytes;
            var places = (long*)indexBytes;
            for (long i = 0; i < count; i++)
            {
                var place = Checked("Scatter", places[indices.Offset(i)], extent);
                var element = target + targets.OffsetWithout(i, dimension) + (place * stride);
                *element = accumulate ? *element + values[sources.Offset(i)] : values[sources.Offset(i)];
            }
        }
    }

    public override void SelectSlices(in Operand output, in Operand input, in Operand index, int dimension)
    {
        var count = index.Shape.ElementCount;
        var (places, slice) = (Indices("IndexSelect", index, input.Shape[dimension]), output.Shape.Without(dimension));
        var (outputStrides, inputStrides) = (Drop(output.Strides, dimension), Drop(input.Strides, dimension));
        var (target, source) = (output, input);
        if (slice.ElementCount == 0) return;
        Dispatch(count, slice.ElementCount, i =>
        {
            var from = new Operand(source.Storage, source.Offset + (places[i] * source.Strides[dimension]), slice, inputStrides, source.Type);
            Copy(new Operand(target.Storage, target.Offset + (i * target.Strides[dimension]), slice, outputStrides, target.Type), from);
        });
    }

    public override void AddSlices(in Operand output, in Operand index, in Operand source, int dimension)
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

    public override void Sort(in Operand values, in Operand indices, in Operand input, int dimension, bool descending)
    {
        switch (input.Type)
        {
            case DataType.Float32: Sort<float>(values, indices, input, dimension, descending); break;
            case DataType.Float64: Sort<double>(values, indices, input, dimension, descending); break;
            case DataType.Int64: Sort<long>(values, indices, input, dimension, descending); break;
            case DataType.Int32: Sort<int>(values, indices, input, dimension, descending); break;
            case DataType.Int16: Sort<short>(values, indices, input, dimension, descending); break;
            case DataType.Int8: Sort<sbyte>(values, indices, input, dimension, descending); break;
            case DataType.UInt8 or DataType.Bool: Sort<byte>(values, indices, input, dimension, descending); break;
            default: throw new NotSupportedException($"Sort is not defined for {input.Type}; convert the tensor first.");
        }
    }

    private static void Sort<T>(in Operand values, in Operand indices, in Operand input, int dimension, bool descending)
        where T : unmanaged, INumber<T>
    {
        var (from, intoValues, intoIndices) = (new Lines(input, dimension), new Lines(values, dimension), new Lines(indices, dimension));
        var comparison = new SortOrder<T>(descending);
        fixed (byte* valueBytes = &values.Reference, indexBytes = &indices.Reference, inputBytes = &input.Reference)
        {
            var target = (T*)valueBytes;
            var places = (long*)indexBytes;
            var source = (T*)inputBytes;
            Dispatch(from.Count, from.Length * 16, line =>
            {
                var pairs = new (T Value, int Place)[from.Length];
                var first = source + from.Offset(line);
                for (var i = 0; i < pairs.Length; i++) pairs[i] = (first[i * from.Stride], i);
                Array.Sort(pairs, comparison);
                for (var i = 0; i < pairs.Length; i++)
                {
                    target[intoValues.Offset(line) + (i * intoValues.Stride)] = pairs[i].Value;
                    places[intoIndices.Offset(line) + (i * intoIndices.Stride)] = pairs[i].Place;
                }
            });
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

    private static long[] Indices(string operation, in Operand index, int extent)
    {
        var places = new long[index.Count];
        fixed (byte* bytes = &index.Reference)
            for (var i = 0; i < places.Length; i++)
                places[i] = Checked(operation, ((long*)bytes)[i * (index.Shape.Rank == 0 ? 1 : index.Strides[0])], extent);
        return places;
    }

    private static long Checked(string operation, long place, int extent)
    {
        if (place < -extent || place >= extent)
            throw new ArgumentOutOfRangeException("index", place, $"{operation}: an index is {place}; the dimension has {extent} elements, so use 0 to {extent - 1}.");
        return place < 0 ? place + extent : place;
    }

    private static long[] Drop(long[] strides, int dimension) => [.. strides[..dimension], .. strides[(dimension + 1)..]];

    private static void Move(byte* target, byte* source, int size)
    {
        switch (size)
        {
            case 1: *target = *source; break;
            case 2: *(short*)target = *(short*)source; break;
            case 4: *(int*)target = *(int*)source; break;
            case 8: *(long*)target = *(long*)source; break;
            default: *(Complex*)target = *(Complex*)source; break;
        }
    }

    /// <summary>Equal elements keep their order; NaN counts as greatest.</summary>
    private sealed class SortOrder<T>(bool descending) : IComparer<(T Value, int Place)>
        where T : unmanaged, INumber<T>
    {
        public int Compare((T Value, int Place) x, (T Value, int Place) y)
        {
            var (left, right) = (T.IsNaN(x.Value), T.IsNaN(y.Value));
            var order = left || right ? left.CompareTo(right) : x.Value < y.Value ? -1 : x.Value > y.Value ? 1 : 0;
            if (descending) order = -order;
            return order != 0 ? order : x.Place.CompareTo(y.Place);
        }
    }

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

    /// <summary>Offsets of elements counted row-major over a shape.</summary>
    private sealed class Walk(Shape shape, Operand operand)
    {
        private readonly int[] sizes = shape.Sizes;
        private readonly long[] strides = operand.Strides;

        public Walk(in Operand operand)
            : this(operand.Shape, operand)
        {
        }

        public long Offset(long element) => OffsetWithout(element, -1);

        public long OffsetWithout(long element, int dimension)
        {
            long offset = 0;
            for (var d = sizes.Length - 1; d >= 0; d--)
            {
                if (d != dimension) offset += element % sizes[d] * strides[d];
                element /= sizes[d];
            }
            return offset;
        }
    }
}
