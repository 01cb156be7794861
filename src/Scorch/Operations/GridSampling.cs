namespace Scorch;

/// <summary>What lies outside an image when it is sampled.</summary>
public enum GridPadding
{
    /// <summary>Zeros.</summary>
    Zeros,

    /// <summary>The nearest pixel of the border.</summary>
    Border,

    /// <summary>The image, reflected at its border.</summary>
    Reflection,
}

public partial class Tensor
{
    /// <summary>Samples images [batch, channels, height, width] or volumes [batch, channels, depth, height, width] at positions; as PyTorch's <c>grid_sample</c>.</summary>
    /// <param name="grid">[batch, rows, columns, 2]: x, then y; or [batch, layers, rows, columns, 3]: x, y, then z; each -1 … 1 across the image.</param>
    /// <param name="mode">Nearest (halves to even) or linear.</param>
    /// <param name="padding">What lies outside.</param>
    /// <param name="alignCorners">Whether -1 and 1 are the centres of the corner pixels, else their outer borders.</param>
    /// <returns>[batch, channels, rows, columns], or [batch, channels, layers, rows, columns].</returns>
    /// <exception cref="ArgumentException">A shape or the mode does not fit.</exception>
    public Tensor GridSample(Tensor grid, InterpolationMode mode = InterpolationMode.Linear, GridPadding padding = GridPadding.Zeros, bool alignCorners = false)
    {
        ArgumentNullException.ThrowIfNull(grid);
        var axes = Rank - 2;
        if (axes is not (2 or 3) || grid.Rank != Rank || grid.Shape[0] != Shape[0] || grid.Shape[-1] != axes || Shape[2..].ElementCount == 0)
            throw new ArgumentException($"GridSample: input {Shape} and grid {grid.Shape}; give [batch, channels, height, width] and [batch, rows, columns, 2], or [batch, channels, depth, height, width] and [batch, layers, rows, columns, 3].", nameof(grid));
        if (mode == InterpolationMode.Bicubic) throw new ArgumentException("GridSample: use the nearest or the linear mode.", nameof(mode));
        // x runs along the last dimension.
        var positions = Enumerable.Range(0, axes).Select(axis => PixelPosition(grid.Select(-1, axis), Shape[Rank - 1 - axis], padding, alignCorners)).ToArray();
        if (mode == InterpolationMode.Nearest) return PixelsAt([.. positions.Select(position => position.Round())]);
        var low = Array.ConvertAll(positions, position => position.Detach().Floor());
        var share = positions.Zip(low, (position, floor) => position - floor).ToArray();
        Tensor? sum = null;
        for (var corner = 0; corner < 1 << axes; corner++)
        {
            var place = new Tensor[axes];
            Tensor? weight = null;
            for (var axis = 0; axis < axes; axis++)
            {
                var isHigh = (corner >> axis & 1) == 1;
                place[axis] = isHigh ? low[axis] + 1 : low[axis];
                var part = isHigh ? share[axis] : 1 - share[axis];
                weight = weight is null ? part : weight * part;
            }
            var term = PixelsAt(place) * weight!.Unsqueeze(1);
            sum = sum is null ? term : sum + term;
        }
        return sum!;
    }

    /// <summary>The positions to which affine maps take the pixels of an image, for <see cref="GridSample"/>.</summary>
    /// <param name="maps">[batch, 2, 3].</param>
    /// <param name="height">Rows of the grid.</param>
    /// <param name="width">Columns of the grid.</param>
    /// <param name="alignCorners">Whether -1 and 1 are the centres of the corner pixels, else their outer borders.</param>
    /// <returns>[batch, height, width, 2].</returns>
    public static Tensor AffineGrid(Tensor maps, int height, int width, bool alignCorners = false)
    {
        ArgumentNullException.ThrowIfNull(maps);
        if (maps.Rank != 3 || maps.Shape[1] != 2 || maps.Shape[2] != 3)
            throw new ArgumentException($"AffineGrid: the maps have shape {maps.Shape}; give [batch, 2, 3].", nameof(maps));
        ArgumentOutOfRangeException.ThrowIfLessThan(height, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(width, 1);
        Tensor Axis(int size) => size == 1
            ? Zeros([1], maps.DataType, maps.Device)
            : Linspace(-1, 1, size, maps.DataType).To(maps.Device) * (alignCorners ? 1 : (size - 1.0) / size);
        Shape plane = [height, width];
        var points = Stack([Axis(width).Expand(plane), Axis(height).Unsqueeze(1).Expand(plane), Ones(plane, maps.DataType, maps.Device)], -1);
        return points.Reshape(-1, 3).MatMul(maps.T).Reshape(maps.Shape[0], height, width, 2);
    }

    private static Tensor PixelPosition(Tensor unit, int size, GridPadding padding, bool alignCorners)
    {
        var position = alignCorners ? (unit + 1) * ((size - 1) / 2.0) : (((unit + 1) * size) - 1) * 0.5;
        if (padding == GridPadding.Reflection)
            position = alignCorners ? Reflected(position, 0, size - 1) : Reflected(position, -0.5, size);
        if (padding != GridPadding.Zeros) position = position.Clamp(0, size - 1);
        // NaN and infinity are no places; far outside serves them as well as PyTorch's own choice.
        return Where(position.Detach().IsFinite(), position, Full([], -10, position.DataType, position.Device));
    }

    /// <summary>Folds positions into [low, low + span].</summary>
    private static Tensor Reflected(Tensor position, double low, double span)
    {
        if (span == 0) return ZerosLike(position);
        var distance = (position - low).Abs();
        var turns = (distance.Detach() / span).Floor();
        var rest = distance - (turns * span);
        return Where(turns.Remainder(2).EqualTo(0), rest, span - rest) + low;
    }

    /// <summary>The pixels at whole positions (x, y, and z of volumes), each [batch, rows...], 0 outside the image.</summary>
    private Tensor PixelsAt(Tensor[] positions)
    {
        var (batch, channels) = (Shape[0], Shape[1]);
        Tensor? inside = null, place = null;
        for (var axis = positions.Length - 1; axis >= 0; axis--)
        {
            var (position, size) = (positions[axis], Shape[Rank - 1 - axis]);
            var within = position.GreaterOrEqual(0).And(position.LessThan(size));
            inside = inside is null ? within : inside.And(within);
            var whole = position.Detach().Clamp(0, size - 1).To(DataType.Int64);
            place = place is null ? whole : (place * size) + whole;
        }
        var rest = place!.Shape[1..].ToArray();
        var index = place.Reshape(batch, 1, -1).Expand(batch, channels, checked((int)place.Shape[1..].ElementCount));
        var pixels = Reshape(batch, channels, checked((int)Shape[2..].ElementCount)).Gather(2, index).Reshape([batch, channels, .. rest]);
        return pixels * inside!.Unsqueeze(1).To(DataType);
    }
}
