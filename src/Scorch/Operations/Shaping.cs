using Scorch.Autograd;

namespace Scorch;

public partial class Tensor
{
    /// <summary>The same elements, row-major, in another shape; a view where the strides allow it, else a copy. One size may be -1.</summary>
    /// <exception cref="ArgumentException">The shape holds another number of elements.</exception>
    [System.Runtime.CompilerServices.OverloadResolutionPriority(1)]
    public Tensor Reshape(params ReadOnlySpan<int> shape)
    {
        var target = Resolve(shape);
        if (target == Shape) return View(target);
        return ViewStrides(target) is null ? Contiguous().View(target) : View(target);
    }

    /// <summary>The same elements in another shape.</summary>
    public Tensor Reshape(Shape shape) => Reshape(shape.Sizes.AsSpan());

    /// <summary>A view in another shape.</summary>
    /// <exception cref="InvalidOperationException">The strides do not allow a view; use <see cref="Reshape(Shape)"/>.</exception>
    public Tensor View(Shape shape)
    {
        var target = Resolve(shape.Sizes);
        var strides = ViewStrides(target) ??
            throw new InvalidOperationException($"View: a tensor of shape {Shape} with strides [{string.Join(", ", Strides)}] cannot be seen as {target} without a copy; use Reshape.");
        var own = Shape;
        return AsView(Offset, target, strides, "View", x => x.View(target), g => g.Reshape(own));
    }

    /// <summary>All elements in one dimension.</summary>
    public Tensor Flatten() => Reshape(-1);

    /// <summary>A range of dimensions joined into one.</summary>
    /// <param name="start">The first.</param>
    /// <param name="end">The last, included.</param>
    public Tensor Flatten(int start, int end = -1)
    {
        var (from, to) = (Shape.Dimension(start), Shape.Dimension(end));
        if (Rank == 0) return Reshape(1);
        if (to < from) throw new ArgumentException($"Flatten: dimension {start} comes after {end} in shape {Shape}.", nameof(end));
        var joined = Shape[from..(to + 1)].ElementCount;
        return Reshape([.. Shape.Sizes[..from], checked((int)joined), .. Shape.Sizes[(to + 1)..]]);
    }

    /// <summary>A view with the dimensions in another order.</summary>
    /// <exception cref="ArgumentException">A dimension is missing or named twice.</exception>
    public Tensor Permute(params int[] order)
    {
        ArgumentNullException.ThrowIfNull(order);
        var dimensions = order.Select(Shape.Dimension).ToArray();
        if (dimensions.Length != Rank || dimensions.Distinct().Count() != Rank)
            throw new ArgumentException($"Permute: [{string.Join(", ", order)}] does not name each dimension of shape {Shape} once.", nameof(order));
        var (inverse, sizes, strides) = (new int[Rank], new int[Rank], new long[Rank]);
        for (var d = 0; d < Rank; d++) (inverse[dimensions[d]], sizes[d], strides[d]) = (d, Shape[dimensions[d]], Strides[dimensions[d]]);
        return AsView(
            Offset,
            Shape.Wrap(sizes),
            strides,
            "Permute",
            x => x.Permute(dimensions),
            g => g.Permute(inverse));
    }

    /// <summary>A view with two dimensions exchanged.</summary>
    public Tensor Transpose(int first, int second)
    {
        if (Rank == 0) return this;
        var (a, b) = (Shape.Dimension(first), Shape.Dimension(second));
        var (sizes, strides) = (Shape.ToArray(), (long[])Strides.Clone());
        (sizes[a], sizes[b]) = (sizes[b], sizes[a]);
        (strides[a], strides[b]) = (strides[b], strides[a]);
        return AsView(Offset, Shape.Wrap(sizes), strides, "Transpose", x => x.Transpose(a, b), g => g.Transpose(a, b));
    }

    /// <summary>A view with the last two dimensions exchanged.</summary>
    public Tensor T => Rank < 2
        ? throw new InvalidOperationException($"T: shape {Shape} has no two dimensions to exchange.")
        : Transpose(-2, -1);

    /// <summary>A view in which dimensions of size 1 repeat; -1 keeps a size.</summary>
    /// <exception cref="ArgumentException">A size other than 1 would change.</exception>
    public Tensor Expand(Shape shape) => Expand(shape.Sizes);

    /// <summary>A view in which dimensions of size 1 repeat; -1 keeps a size.</summary>
    [System.Runtime.CompilerServices.OverloadResolutionPriority(1)]
    public Tensor Expand(params ReadOnlySpan<int> sizes)
    {
        if (Shape.Sizes.AsSpan().SequenceEqual(sizes)) return this;
        var missing = sizes.Length - Rank;
        if (missing < 0) throw new ArgumentException($"Expand: shape {Shape} has more dimensions than the {sizes.Length} asked for.", nameof(sizes));
        var (target, strides) = (sizes.ToArray(), new long[sizes.Length]);
        for (var d = 0; d < target.Length; d++)
        {
            var size = d < missing ? 1 : Shape[d - missing];
            if (target[d] == -1 && d >= missing) target[d] = size;
            if (target[d] < 0 || (size != target[d] && size != 1))
                throw new ArgumentException($"Expand: dimension {d} of shape {Shape} cannot become {target[d]} in [{string.Join(", ", target)}]; only size 1 expands.", nameof(sizes));
            strides[d] = size == target[d] && d >= missing ? Strides[d - missing] : 0;
        }
        var form = Form;
        return AsView(Offset, Shape.Wrap(target), strides, "Expand", x => x.Expand(target), g => g.SumTo(form));
    }

    /// <summary>A view with a new dimension of size 1 at a place; negative ones count from the end of the result.</summary>
    public Tensor Unsqueeze(int dimension)
    {
        var d = dimension < 0 ? dimension + Rank + 1 : dimension;
        if (d < 0 || d > Rank) throw new ArgumentOutOfRangeException(nameof(dimension), dimension, $"Unsqueeze: shape {Shape} takes a new dimension at {-Rank - 1} to {Rank}.");
        return View(Shape.Insert(d, 1));
    }

    /// <summary>A view without a dimension of size 1; unchanged where the size is another.</summary>
    public Tensor Squeeze(int dimension)
    {
        var d = Shape.Dimension(dimension);
        return Rank > 0 && Shape[d] == 1 ? View(Shape.Without(d)) : this;
    }

    /// <summary>A view without any dimension of size 1.</summary>
    public Tensor Squeeze() => View(Shape.Wrap([.. Shape.Where(size => size != 1)]));

    /// <summary>A view of some positions of a dimension.</summary>
    /// <param name="dimension">Which.</param>
    /// <param name="start">The first position.</param>
    /// <param name="length">How many.</param>
    public Tensor Narrow(int dimension, int start, int length) => Slice(dimension, start, length, 1);

    /// <summary>A view of every <paramref name="step"/>-th position of a dimension.</summary>
    /// <param name="dimension">Which.</param>
    /// <param name="start">The first position.</param>
    /// <param name="length">How many positions the view has.</param>
    /// <param name="step">At least 1.</param>
    public Tensor Slice(int dimension, int start, int length, int step)
    {
        var d = Shape.Dimension(dimension);
        if (Rank == 0) throw new ArgumentException("Slice: a tensor without dimensions cannot be sliced.", nameof(dimension));
        ArgumentOutOfRangeException.ThrowIfLessThan(step, 1);
        if (start < 0 || length < 0 || (length > 0 && start + ((long)(length - 1) * step) >= Shape[d]) || start > Shape[d])
            throw new ArgumentOutOfRangeException(nameof(start), $"Slice: {length} positions from {start} by {step} reach outside dimension {d} of shape {Shape}.");
        var strides = (long[])Strides.Clone();
        strides[d] *= step;
        var whole = Shape;
        return AsView(
            Offset + (start * Strides[d]),
            Shape.With(d, length),
            strides,
            "Slice",
            x => x.Slice(d, start, length, step),
            g => ReplaceView(Zeros(whole, g.DataType, g.Device), x => x.Slice(d, start, length, step), g));
    }

    /// <summary>A view of one position of a dimension, without that dimension; negative positions count from the end.</summary>
    public Tensor Select(int dimension, int index)
    {
        var d = Shape.Dimension(dimension);
        if (Rank == 0) throw new ArgumentException("Select: a tensor without dimensions cannot be indexed.", nameof(dimension));
        if (index < -Shape[d] || index >= Shape[d])
            throw new ArgumentOutOfRangeException(nameof(index), index, $"Select: dimension {d} of shape {Shape} has no position {index}.");
        var place = index < 0 ? index + Shape[d] : index;
        return Narrow(d, place, 1).View(Shape.Without(d));
    }

    /// <summary>A view of the sliding windows of a dimension; a last dimension holds the positions in the window.</summary>
    /// <param name="dimension">Which.</param>
    /// <param name="size">Window length.</param>
    /// <param name="step">Distance between windows.</param>
    public Tensor Unfold(int dimension, int size, int step)
    {
        var d = Shape.Dimension(dimension);
        if (size < 0 || step < 1 || Rank == 0 || size > Shape[d])
            throw new ArgumentOutOfRangeException(nameof(size), $"Unfold: windows of {size} by {step} do not fit dimension {d} of shape {Shape}.");
        var windows = ((Shape[d] - size) / step) + 1;
        var sizes = Shape.With(d, windows).Insert(Rank, size);
        var strides = new long[Rank + 1];
        Strides.CopyTo(strides, 0);
        strides[d] *= step;
        strides[^1] = Strides[d];
        var whole = Shape;
        return AsView(Offset, sizes, strides, "Unfold", x => x.Unfold(d, size, step), g =>
        {
            // Windows overlap: each position of the window adds to its own slice.
            var total = Zeros(whole, g.DataType, g.Device);
            for (var k = 0; k < size; k++)
            {
                var offset = k;
                var part = g.Select(-1, k);
                total += ReplaceView(Zeros(whole, g.DataType, g.Device), x => x.Slice(d, offset, windows, step), part);
            }
            return total;
        });
    }

    /// <summary>A view of the diagonal of two dimensions, as the last dimension.</summary>
    public Tensor Diagonal(int offset = 0, int first = -2, int second = -1)
    {
        var (a, b) = (Shape.Dimension(first), Shape.Dimension(second));
        if (Rank < 2 || a == b) throw new ArgumentException($"Diagonal: shape {Shape} has no two dimensions {first} and {second}.", nameof(first));
        var (row, column) = (Math.Max(0, -offset), Math.Max(0, offset));
        var length = Math.Max(0, Math.Min(Shape[a] - row, Shape[b] - column));
        var rest = AllDimensions().Where(d => d != a && d != b).ToArray();
        var (whole, strides) = (Shape, Strides);
        return AsView(
            length == 0 ? Offset : Offset + (row * strides[a]) + (column * strides[b]),
            Shape.Wrap([.. rest.Select(d => whole[d]), length]),
            [.. rest.Select(d => strides[d]), strides[a] + strides[b]],
            "Diagonal",
            x => x.Diagonal(offset, a, b),
            g => ReplaceView(Zeros(whole, g.DataType, g.Device), x => x.Diagonal(offset, a, b), g));
    }

    /// <summary>A vector on the diagonal of a matrix of zeros; with batch dimensions, of each matrix.</summary>
    public Tensor DiagonalMatrix()
    {
        if (Rank < 1) throw new InvalidOperationException("DiagonalMatrix: a tensor without dimensions has no diagonal.");
        var zeros = Zeros(Shape.Insert(Rank, Shape[-1]), DataType, Device);
        return ReplaceView(zeros, x => x.Diagonal(), this);
    }

    /// <summary>The lower triangle; the rest is 0.</summary>
    /// <param name="diagonal">The last diagonal that stays: 0 the main one, positive above it.</param>
    public Tensor LowerTriangle(int diagonal = 0) => Where(TriangleMask(diagonal), this, ZerosLike(this));

    /// <summary>The upper triangle; the rest is 0.</summary>
    /// <param name="diagonal">The first diagonal that stays: 0 the main one, positive above it.</param>
    public Tensor UpperTriangle(int diagonal = 0) => Where(TriangleMask(diagonal - 1), ZerosLike(this), this);

    private Tensor TriangleMask(int diagonal)
    {
        if (Rank < 2) throw new InvalidOperationException($"Triangle: shape {Shape} is not a matrix.");
        return (Range(Shape[-2]).To(Device).Unsqueeze(1) + diagonal).GreaterOrEqual(Range(Shape[-1]).To(Device));
    }

    /// <summary>Tensors one after the other along a dimension.</summary>
    /// <exception cref="ArgumentException">There is none, or another dimension differs.</exception>
    public static Tensor Concatenate(IReadOnlyList<Tensor> tensors, int dimension = 0)
    {
        ArgumentNullException.ThrowIfNull(tensors);
        if (tensors.Count == 0) throw new ArgumentException("Concatenate: no tensors were given; at least one is needed.", nameof(tensors));
        var first = tensors[0];
        var d = first.Shape.Dimension(dimension);
        if (first.Rank == 0) throw new ArgumentException("Concatenate: tensors without dimensions cannot be joined; use Stack.", nameof(tensors));
        var type = first.DataType;
        var total = 0;
        foreach (var tensor in tensors)
        {
            if (tensor.Rank != first.Rank || tensor.Shape.With(d, 0) != first.Shape.With(d, 0))
                throw new ArgumentException($"Concatenate: shapes {first.Shape} and {tensor.Shape} differ in a dimension other than {d}.", nameof(tensors));
            type = DataTypes.Promote(type, tensor.DataType);
            total = checked(total + tensor.Shape[d]);
        }
        var result = Empty(first.Shape.With(d, total), type, first.Device);
        var starts = new int[tensors.Count];
        var place = 0;
        for (var i = 0; i < starts.Length; i++)
        {
            starts[i] = place;
            var part = result.Slice(d, place, tensors[i].Shape[d], 1);
            result.Kernels.Copy(part.Operand, tensors[i].Operand);
            place += tensors[i].Shape[d];
        }
        var inputs = tensors.ToArray();
        if (!Tape.Records(inputs)) return result;
        var forms = Array.ConvertAll(inputs, input => input.Form);
        return Tape.Record(result, "Concatenate", inputs, [], g =>
            [.. forms.Select((form, i) => Tape.Wants(i) ? g.Narrow(d, starts[i], form.Shape[d]).SumTo(form) : null)]);
    }

    /// <summary>Tensors of one shape side by side along a new dimension.</summary>
    public static Tensor Stack(IReadOnlyList<Tensor> tensors, int dimension = 0)
    {
        ArgumentNullException.ThrowIfNull(tensors);
        if (tensors.Count == 0) throw new ArgumentException("Stack: no tensors were given; at least one is needed.", nameof(tensors));
        foreach (var tensor in tensors)
            if (tensor.Shape != tensors[0].Shape) throw new ArgumentException($"Stack: shapes {tensors[0].Shape} and {tensor.Shape} differ.", nameof(tensors));
        return Concatenate([.. tensors.Select(tensor => tensor.Unsqueeze(dimension))], dimension);
    }

    /// <summary>Views of the given lengths along a dimension.</summary>
    /// <exception cref="ArgumentException">The lengths do not add up to the dimension.</exception>
    public Tensor[] Split(int[] lengths, int dimension = 0)
    {
        ArgumentNullException.ThrowIfNull(lengths);
        var d = Shape.Dimension(dimension);
        if (Rank == 0 || lengths.Sum() != Shape[d])
            throw new ArgumentException($"Split: lengths [{string.Join(", ", lengths)}] do not add up to dimension {dimension} of shape {Shape}.", nameof(lengths));
        var start = 0;
        return [.. lengths.Select(length =>
        {
            start += length;
            return Narrow(d, start - length, length);
        })];
    }

    /// <summary>Views of <paramref name="length"/> positions each along a dimension; the last may be shorter.</summary>
    public Tensor[] Split(int length, int dimension = 0)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(length, 1);
        var size = Shape[Shape.Dimension(dimension)];
        return Split([.. Enumerable.Range(0, (size + length - 1) / length).Select(i => Math.Min(length, size - (i * length)))], dimension);
    }

    /// <summary>A copy in which the order along some dimensions is turned.</summary>
    public Tensor Flip(params int[] dimensions)
    {
        ArgumentNullException.ThrowIfNull(dimensions);
        var (offset, strides) = (Offset, (long[])Strides.Clone());
        foreach (var dimension in dimensions)
        {
            var d = Shape.Dimension(dimension);
            if (Rank == 0 || Shape[d] == 0) continue;
            offset += (Shape[d] - 1) * strides[d];
            strides[d] = -strides[d];
        }
        var result = new Tensor(Storage, offset, Shape, strides, DataType).CopyOf(DataType);
        return Tape.Records(this) ? Tape.Record(result, "Flip", [this], [], g => [g.Flip(dimensions)]) : result;
    }

    /// <summary>A copy shifted along a dimension; what leaves at one end enters at the other.</summary>
    public Tensor Roll(int shift, int dimension)
    {
        var d = Shape.Dimension(dimension);
        if (Rank == 0 || Shape[d] == 0) return Clone();
        var cut = (((-shift % Shape[d]) + Shape[d]) % Shape[d]);
        return Concatenate([Narrow(d, cut, Shape[d] - cut), Narrow(d, 0, cut)], d);
    }

    /// <summary>A copy repeated along each dimension; more counts than dimensions add dimensions in front.</summary>
    public Tensor Tile(params int[] counts)
    {
        ArgumentNullException.ThrowIfNull(counts);
        var repeats = Enumerable.Repeat(1, Math.Max(0, Rank - counts.Length)).Concat(counts).ToArray();
        if (repeats.Any(count => count < 0)) throw new ArgumentOutOfRangeException(nameof(counts), $"Tile: [{string.Join(", ", counts)}] has a negative count.");
        var sizes = Enumerable.Repeat(1, repeats.Length - Rank).Concat(Shape).ToArray();
        var (paired, expanded, joined) = (new int[2 * sizes.Length], new int[2 * sizes.Length], new int[sizes.Length]);
        for (var d = 0; d < sizes.Length; d++)
        {
            (paired[2 * d], paired[(2 * d) + 1]) = (1, sizes[d]);
            (expanded[2 * d], expanded[(2 * d) + 1]) = (repeats[d], sizes[d]);
            joined[d] = checked(repeats[d] * sizes[d]);
        }
        return Reshape(paired).Expand(expanded).Reshape(joined);
    }

    /// <summary>Each position of a dimension repeated in place.</summary>
    public Tensor RepeatInterleave(int count, int dimension)
    {
        var d = Shape.Dimension(dimension);
        var sizes = Shape.Insert(d + 1, count);
        return Unsqueeze(d + 1).Expand(sizes).Reshape(Shape.With(d, checked(Shape[d] * count)));
    }

    /// <summary>The elements row-major without gaps: itself, or a copy.</summary>
    public Tensor Contiguous() => IsContiguous ? this : Clone();

    private Shape Resolve(ReadOnlySpan<int> shape)
    {
        var sizes = shape.ToArray();
        var open = Array.IndexOf(sizes, -1);
        if (open >= 0)
        {
            long others = 1;
            for (var d = 0; d < sizes.Length; d++)
                if (d != open) others *= sizes[d];
            if (others <= 0 || ElementCount % others != 0)
                throw new ArgumentException($"Reshape: no size for -1 makes [{string.Join(", ", sizes)}] hold the {ElementCount} elements of shape {Shape}.", nameof(shape));
            sizes[open] = checked((int)(ElementCount / others));
        }
        var target = Shape.Create(sizes);
        if (target.ElementCount != ElementCount)
            throw new ArgumentException($"Reshape: shape {Shape} has {ElementCount} elements, {target} would have {target.ElementCount}.", nameof(shape));
        return target;
    }

    /// <summary>Strides that show this tensor in another shape, or null where only a copy can.</summary>
    private long[]? ViewStrides(Shape target)
    {
        if (ElementCount == 0) return target.ContiguousStrides();
        var strides = new long[target.Rank];
        var d = Rank - 1;
        var view = target.Rank - 1;
        while (d >= 0)
        {
            // A block of old dimensions that lie evenly, matched by a block of new ones.
            long size = Shape[d];
            var stride = Strides[d];
            while (d > 0 && (Shape[d - 1] == 1 || size == 1 || Strides[d - 1] == size * stride))
            {
                if (size == 1) stride = Strides[d - 1];
                d--;
                size *= Shape[d];
            }
            long filled = 1;
            while (view >= 0 && (filled < size || target[view] == 1))
            {
                if (size % (filled * target[view]) != 0) return null;
                strides[view] = stride * filled;
                filled *= target[view];
                view--;
            }
            if (filled != size) return null;
            d--;
        }
        for (; view >= 0; view--) strides[view] = 1;
        return strides;
    }

    private Tensor AsView(long offset, Shape shape, long[] strides, string name, Func<Tensor, Tensor> replay, Func<Tensor, Tensor> derivative)
    {
        var view = new Tensor(Storage, offset, shape, strides, DataType);
        if (Tape.Records(this)) Tape.Record(view, name, [this], [], g => [derivative(g)]);
        view.MarkView(this, replay);
        return view;
    }
}
