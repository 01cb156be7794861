using Scorch.Autograd;

namespace Scorch;

public partial class Tensor
{
    /// <summary>
    /// A view for positions and ranges, a copy where an index tensor or a mask takes part; <c>x[..5] = v</c> writes in place, broadcasting.
    /// </summary>
    /// <exception cref="ArgumentException">There are more parts than dimensions.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A position lies outside its dimension.</exception>
    [System.Runtime.CompilerServices.IndexerName("Elements")]
    public Tensor this[params ReadOnlySpan<TensorIndex> index]
    {
        get
        {
            var parts = index.ToArray();
            var (viewed, advanced) = Basic(parts);
            return advanced.Length == 0 ? viewed : viewed.TakeAdvanced(advanced);
        }

        set
        {
            ArgumentNullException.ThrowIfNull(value);
            var parts = index.ToArray();
            var (_, advanced) = Basic(parts);
            if (advanced.Length == 0)
            {
                this[parts].CopyFrom(value);
                return;
            }
            // Write through a flat table of positions: where each chosen element lies.
            var places = Range(ElementCount is var count && count <= int.MaxValue ? (int)count : throw new NotSupportedException("Indexed writes need fewer than 2^31 elements.")).To(Device).Reshape(Shape)[parts];
            var source = value.To(DataType).Expand(places.Shape).Reshape(-1);
            var flat = IndexedReplace(Reshape(-1), places.Reshape(-1), source).Reshape(Shape);
            CopyFrom(flat);
        }
    }

    private static Tensor IndexedReplace(Tensor target, Tensor places, Tensor source)
    {
        var result = target.Detach().Clone();
        result.Kernels.Scatter(result.InType(result.DataType).Operand, places.Operand, source.Contiguous().Operand, 0, accumulate: false);
        if (!Tape.Records(target, source)) return result;
        return Tape.Record(result, "IndexPut", [target, source], [places], g => [
            Tape.Wants(0) ? IndexedReplace(g, places, Zeros(places.Shape, g.DataType, g.Device)) : null,
            Tape.Wants(1) ? g.Gather(0, places) : null]);
    }

    /// <summary>Ranges, positions and new dimensions as a view; what is left are index tensors by dimension of the view.</summary>
    private (Tensor View, (int Dimension, Tensor Index)[] Advanced) Basic(TensorIndex[] parts)
    {
        var used = parts.Sum(part => part.Meaning switch
        {
            TensorIndex.Kind.NewDimension or TensorIndex.Kind.Rest => 0,
            TensorIndex.Kind.Tensor when part.Tensor!.DataType == DataType.Bool => part.Tensor.Rank,
            _ => 1,
        });
        if (used > Rank)
            throw new ArgumentException($"Index: {used} dimensions are indexed, shape {Shape} has {Rank}.", nameof(parts));
        if (parts.Count(part => part.Meaning == TensorIndex.Kind.Rest) > 1)
            throw new ArgumentException("Index: Rest may be used once.", nameof(parts));
        var view = this;
        var advanced = new List<(int, Tensor)>();
        var d = 0;
        foreach (var part in parts)
        {
            switch (part.Meaning)
            {
                case TensorIndex.Kind.Position:
                    var size = view.Shape[d];
                    var place = part.Position.GetOffset(size);
                    if (place < 0 || place >= size)
                        throw new ArgumentOutOfRangeException(nameof(parts), $"Index: dimension {d} of shape {view.Shape} has no position {part.Position}.");
                    view = view.Select(d, place);
                    break;
                case TensorIndex.Kind.Range:
                    var (start, end) = (part.Range.Start.GetOffset(view.Shape[d]), part.Range.End.GetOffset(view.Shape[d]));
                    if (start < 0 || end > view.Shape[d] || end < start)
                        throw new ArgumentOutOfRangeException(nameof(parts), $"Index: range {part.Range} does not fit dimension {d} of shape {view.Shape}.");
                    if (start != 0 || end != view.Shape[d] || part.Step != 1)
                        view = view.Slice(d, start, (end - start + part.Step - 1) / part.Step, part.Step);
                    d++;
                    break;
                case TensorIndex.Kind.NewDimension:
                    view = view.Unsqueeze(d++);
                    break;
                case TensorIndex.Kind.Rest:
                    d += Rank - used;
                    break;
                default:
                    var index = part.Tensor!;
                    if (index.DataType != DataType.Bool)
                    {
                        if (!index.DataType.IsInteger()) throw new ArgumentException($"Index: an index tensor holds {index.DataType}; use Int64 positions or a Bool mask.", nameof(parts));
                        advanced.Add((d++, index.To(DataType.Int64)));
                        break;
                    }
                    for (var k = 0; k < index.Rank; k++)
                        if (index.Shape[k] != view.Shape[d + k])
                            throw new ArgumentException($"Index: the mask has shape {index.Shape}, the tensor {view.Shape} from dimension {d}.", nameof(parts));
                    foreach (var coordinates in index.NonZeroColumns()) advanced.Add((d++, coordinates));
                    break;
            }
        }
        return (view, [.. advanced]);
    }

    /// <summary>Takes elements at index tensors, which broadcast together; their dimensions stand where the indexed ones stood together, else in front.</summary>
    private Tensor TakeAdvanced((int Dimension, Tensor Index)[] advanced)
    {
        var shape = advanced.Aggregate(new Shape(), (current, next) => Shape.Broadcast(current, next.Index.Shape, "Index"));
        var dimensions = advanced.Select(entry => entry.Dimension).ToArray();
        var together = dimensions.Zip(dimensions.Skip(1), (a, b) => b == a + 1).All(next => next);
        var rest = AllDimensions().Except(dimensions).ToArray();
        var table = Permute([.. dimensions, .. rest]);
        long rows = 1;
        Tensor? flat = null;
        for (var i = dimensions.Length - 1; i >= 0; i--)
        {
            var size = Shape[dimensions[i]];
            var index = advanced[i].Index.Checked(size);
            flat = flat is null ? index : flat + (index * rows);
            rows *= size;
        }
        var taken = table.Reshape([(int)rows, .. table.Shape[dimensions.Length..]]).IndexSelect(0, flat!.Expand(shape).Reshape(-1));
        var result = taken.Reshape([.. shape, .. taken.Shape[1..]]);
        if (!together || dimensions[0] == 0) return result;
        var before = rest.Count(d => d < dimensions[0]);
        int[] order = [.. Enumerable.Range(shape.Rank, before), .. Enumerable.Range(0, shape.Rank), .. Enumerable.Range(shape.Rank + before, rest.Length - before)];
        return result.Permute(order);
    }

    private Tensor Checked(int size)
    {
        if (ElementCount == 0) return this;
        var (least, greatest) = (Minimum().ItemInt64(), Maximum().ItemInt64());
        if (least < -size || greatest >= size)
            throw new ArgumentOutOfRangeException("index", $"Index: a position is {(least < -size ? least : greatest)}; the dimension has {size} elements.");
        return least < 0 ? Where(LessThan(0), this + size, this) : this;
    }

    /// <summary>Positions of the elements that are not 0: [count, dimensions], int64, row-major.</summary>
    public Tensor NonZero()
    {
        var columns = (DataType == DataType.Bool ? this : NotEqual(0)).NonZeroColumns();
        return columns.Length == 0 ? Zeros([(int)NotEqual(0).To(DataType.Int64).Sum().ItemInt64(), 0], DataType.Int64, Device) : Stack(columns, 1);
    }

    private Tensor[] NonZeroColumns()
    {
        var flat = Kernels.Positions(Operand);
        var columns = new Tensor[Rank];
        for (var d = Rank - 1; d >= 0; d--)
        {
            var size = Shape[d];
            columns[d] = From(flat.Select(place => place % size).ToArray()).To(Device);
            for (var i = 0; i < flat.Length; i++) flat[i] /= size;
        }
        return columns;
    }

    /// <summary>The elements where a mask of this shape holds, in one dimension.</summary>
    public Tensor MaskedSelect(Tensor mask)
    {
        ArgumentNullException.ThrowIfNull(mask);
        var shape = Shape.Broadcast(Shape, mask.Shape, "MaskedSelect");
        return Expand(shape)[mask.Expand(shape)];
    }

    /// <summary>Whole slices at the given positions of a dimension.</summary>
    /// <param name="dimension">Which.</param>
    /// <param name="index">Int64 positions, one dimension.</param>
    public Tensor IndexSelect(int dimension, Tensor index)
    {
        var d = Shape.Dimension(dimension);
        RequireIndex("IndexSelect", index);
        if (Rank == 0 || index.Rank != 1) throw new ArgumentException($"IndexSelect: shape {Shape} with an index of shape {index.Shape}; the index needs one dimension.", nameof(index));
        var result = Empty(Shape.With(d, index.Shape[0]), DataType, Device);
        Kernels.SelectSlices(result.Operand, Operand, index.Operand, d);
        if (!Tape.Records(this)) return result;
        var whole = Shape;
        return Tape.Record(result, "IndexSelect", [this], [index], g => [SlicesAdded(whole, d, index, g)]);
    }

    /// <summary>A copy to which slices of <paramref name="source"/> are added at the given positions; equal positions add up in order.</summary>
    public Tensor IndexAdd(int dimension, Tensor index, Tensor source)
    {
        ArgumentNullException.ThrowIfNull(source);
        var d = Shape.Dimension(dimension);
        RequireIndex("IndexAdd", index);
        if (index.Rank != 1 || source.Shape != Shape.With(d, index.Shape[0]))
            throw new ArgumentException($"IndexAdd: shape {Shape} with index {index.Shape} needs a source of shape {Shape.With(d, index.Shape[0])}, not {source.Shape}.", nameof(source));
        var compute = DataType.ComputeType();
        var sum = Detach().CopyOf(compute);
        Kernels.AddSlices(sum.Operand, index.Operand, source.InType(compute).Operand, d);
        var result = sum.InType(DataType);
        if (!Tape.Records(this, source)) return result;
        var form = source.Form;
        return Tape.Record(result, "IndexAdd", [this, source], [index], g => [g, Tape.Wants(1) ? g.IndexSelect(d, index).SumTo(form) : null]);
    }

    /// <summary><see cref="IndexAdd"/> to zeros.</summary>
    private static Tensor SlicesAdded(Shape shape, int d, Tensor index, Tensor source)
    {
        var compute = source.DataType.ComputeType();
        var sum = Zeros(shape, compute, source.Device);
        sum.Kernels.AddSlices(sum.Operand, index.Operand, source.InType(compute).Operand, d);
        var result = sum.InType(source.DataType);
        return Tape.Records(source) ? Tape.Record(result, "IndexAdd", [source], [index], g => [g.IndexSelect(d, index)]) : result;
    }

    /// <summary><see cref="ScatterAdd"/> to zeros.</summary>
    private static Tensor Scattered(Shape shape, int d, Tensor index, Tensor source)
    {
        var compute = source.DataType.ComputeType();
        var sum = Zeros(shape, compute, source.Device);
        sum.Kernels.Scatter(sum.Operand, index.Operand, source.InType(compute).Operand, d, accumulate: true);
        var result = sum.InType(source.DataType);
        var whole = source.Shape;
        return Tape.Records(source) ? Tape.Record(result, "ScatterAdd", [source], [index], g => [ScatterSource(g, d, index, whole)]) : result;
    }

    /// <summary>output[i, j] = this[index[i, j], j] for dimension 0, and likewise for others.</summary>
    /// <param name="dimension">Which.</param>
    /// <param name="index">Int64, of the rank of this tensor; no size may exceed this tensor's outside <paramref name="dimension"/>.</param>
    public Tensor Gather(int dimension, Tensor index)
    {
        var d = Shape.Dimension(dimension);
        RequireIndex("Gather", index);
        var whole = Shape;
        if (Rank == 0 || index.Rank != Rank || Enumerable.Range(0, Rank).Any(k => k != d && index.Shape[k] > whole[k]))
            throw new ArgumentException($"Gather: an index of shape {index.Shape} does not fit shape {Shape} along dimension {d}.", nameof(index));
        var result = Empty(index.Shape, DataType, Device);
        Kernels.Gather(result.Operand, Operand, index.Operand, d);
        if (!Tape.Records(this)) return result;
        return Tape.Record(result, "Gather", [this], [index], g => [Scattered(whole, d, index, g)]);
    }

    /// <summary>A copy with source[i, j] added at [index[i, j], j] for dimension 0, and likewise for others; equal places add up in order.</summary>
    public Tensor ScatterAdd(int dimension, Tensor index, Tensor source)
    {
        ArgumentNullException.ThrowIfNull(source);
        var d = CheckScatter("ScatterAdd", dimension, index, source);
        var compute = DataType.ComputeType();
        var sum = Detach().CopyOf(compute);
        Kernels.Scatter(sum.Operand, index.Operand, source.InType(compute).Operand, d, accumulate: true);
        var result = sum.InType(DataType);
        if (!Tape.Records(this, source)) return result;
        var part = source.Shape;
        return Tape.Record(result, "ScatterAdd", [this, source], [index], g => [g, Tape.Wants(1) ? ScatterSource(g, d, index, part) : null]);
    }

    /// <summary>A copy with source[i, j] at [index[i, j], j] for dimension 0, and likewise for others; of equal places the last stays.</summary>
    public Tensor Scatter(int dimension, Tensor index, Tensor source)
    {
        ArgumentNullException.ThrowIfNull(source);
        var d = CheckScatter("Scatter", dimension, index, source);
        var compute = DataType.ComputeType();
        var copy = Detach().CopyOf(compute);
        Kernels.Scatter(copy.Operand, index.Operand, source.InType(compute).Operand, d, accumulate: false);
        var result = copy.InType(DataType);
        if (!Tape.Records(this, source)) return result;
        var part = source.Shape;
        return Tape.Record(result, "Scatter", [this, source], [index], g => [
            Tape.Wants(0) ? g.Scatter(d, index, Zeros(index.Shape, g.DataType, g.Device)) : null,
            Tape.Wants(1) ? ScatterSource(g, d, index, part) : null]);
    }

    private static Tensor ScatterSource(Tensor g, int d, Tensor index, Shape source)
    {
        var gathered = g.Gather(d, index);
        if (gathered.Shape == source) return gathered;
        Func<Tensor, Tensor> corner = x =>
        {
            for (var k = 0; k < index.Rank; k++) x = x.Narrow(k, 0, index.Shape[k]);
            return x;
        };
        return ReplaceView(Zeros(source, g.DataType, g.Device), corner, gathered);
    }

    /// <summary>Rows of a table [count, ...] at int64 positions of any shape: index shape followed by the row's.</summary>
    /// <param name="index">Int64 positions in the first dimension.</param>
    public Tensor Embedding(Tensor index)
    {
        RequireIndex("Embedding", index);
        if (Rank < 1) throw new InvalidOperationException("Embedding: the table has no dimensions.");
        return IndexSelect(0, index.Reshape(-1)).Reshape([.. index.Shape, .. Shape[1..]]);
    }

    /// <summary>The elements in order along a dimension, and where they stood; equal ones keep their order, NaN counts as greatest.</summary>
    public (Tensor Values, Tensor Indices) Sort(int dimension = -1, bool descending = false)
    {
        var d = Shape.Dimension(dimension);
        if (Rank == 0) return (Clone(), Zeros([], DataType.Int64, Device));
        var compute = DataType.ComputeType();
        var values = Empty(Shape, compute, Device);
        var indices = Empty(Shape, DataType.Int64, Device);
        Kernels.Sort(values.Operand, indices.Operand, InType(compute).Operand, d, descending);
        return (Tape.Records(this) ? Gather(d, indices) : values.InType(DataType), indices);
    }

    /// <summary>Where the elements would stand in order along a dimension (int64).</summary>
    public Tensor ArgSort(int dimension = -1, bool descending = false) => Sort(dimension, descending).Indices;

    /// <summary>The greatest (or least) elements along a dimension, in falling (or rising) order, and where they stood.</summary>
    /// <param name="count">How many.</param>
    /// <param name="dimension">Along which dimension.</param>
    /// <param name="greatest">False for the least.</param>
    public (Tensor Values, Tensor Indices) TopK(int count, int dimension = -1, bool greatest = true)
    {
        var d = Shape.Dimension(dimension);
        var size = Rank == 0 ? 1 : Shape[d];
        if (count < 0 || count > size) throw new ArgumentOutOfRangeException(nameof(count), count, $"TopK: dimension {d} of shape {Shape} has {size} elements.");
        if (Rank == 0) return Sort(d, greatest);
        var compute = DataType.ComputeType();
        var values = Empty(Shape.With(d, count), compute, Device);
        var indices = Empty(Shape.With(d, count), DataType.Int64, Device);
        Kernels.Top(values.Operand, indices.Operand, InType(compute).Operand, d, greatest);
        return (Tape.Records(this) ? Gather(d, indices) : values.InType(DataType), indices);
    }

    /// <summary>Each position as a row with a single 1: index shape followed by <paramref name="classes"/>.</summary>
    public Tensor OneHot(int classes, DataType dataType = DataType.Float32)
    {
        RequireIndex("OneHot", this);
        return Unsqueeze(-1).EqualTo(Range(classes).To(Device)).To(dataType);
    }

    private int CheckScatter(string operation, int dimension, Tensor index, Tensor source)
    {
        var d = Shape.Dimension(dimension);
        RequireIndex(operation, index);
        var fits = Rank > 0 && index.Rank == Rank && source.Rank == Rank
            && Enumerable.Range(0, Rank).All(k => index.Shape[k] <= source.Shape[k] && (k == d || index.Shape[k] <= Shape[k]));
        if (!fits) throw new ArgumentException($"{operation}: an index of shape {index.Shape} and a source of shape {source.Shape} do not fit shape {Shape} along dimension {d}.", nameof(index));
        return d;
    }

    private static void RequireIndex(string operation, Tensor index)
    {
        ArgumentNullException.ThrowIfNull(index);
        if (index.DataType != DataType.Int64)
            throw new ArgumentException($"{operation}: the index holds {index.DataType}; convert it with To(DataType.Int64).", nameof(index));
    }
}
