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
    /// <summary>Samples images [batch, channels, height, width] at positions; as PyTorch's <c>grid_sample</c>.</summary>
    /// <param name="grid">[batch, rows, columns, 2]: x, then y, each -1 … 1 across the image.</param>
    /// <param name="mode">Nearest (halves to even) or linear.</param>
    /// <param name="padding">What lies outside.</param>
    /// <param name="alignCorners">Whether -1 and 1 are the centres of the corner pixels, else their outer borders.</param>
    /// <returns>[batch, channels, rows, columns].</returns>
    /// <exception cref="ArgumentException">A shape or the mode does not fit.</exception>
    public Tensor GridSample(Tensor grid, InterpolationMode mode = InterpolationMode.Linear, GridPadding padding = GridPadding.Zeros, bool alignCorners = false)
    {
        ArgumentNullException.ThrowIfNull(grid);
        if (Rank != 4 || grid.Rank != 4 || grid.Shape[0] != Shape[0] || grid.Shape[3] != 2 || Shape[2] == 0 || Shape[3] == 0)
            throw new ArgumentException($"GridSample: input {Shape} and grid {grid.Shape}; give [batch, channels, height, width] and [batch, rows, columns, 2].", nameof(grid));
        if (mode == InterpolationMode.Bicubic) throw new ArgumentException("GridSample: use the nearest or the linear mode.", nameof(mode));
        var x = PixelPosition(grid.Select(-1, 0), Shape[3], padding, alignCorners);
        var y = PixelPosition(grid.Select(-1, 1), Shape[2], padding, alignCorners);
        if (mode == InterpolationMode.Nearest) return PixelsAt(x.Round(), y.Round());
        var (left, top) = (x.Detach().Floor(), y.Detach().Floor());
        var (right, bottom) = (x - left, y - top);
        return (PixelsAt(left, top) * ((1 - right) * (1 - bottom)).Unsqueeze(1))
            + (PixelsAt(left + 1, top) * (right * (1 - bottom)).Unsqueeze(1))
            + (PixelsAt(left, top + 1) * ((1 - right) * bottom).Unsqueeze(1))
            + (PixelsAt(left + 1, top + 1) * (right * bottom).Unsqueeze(1));
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

    /// <summary>The pixels at whole positions [batch, rows, columns], 0 outside the image.</summary>
    private Tensor PixelsAt(Tensor x, Tensor y)
    {
        var (batch, channels, height, width) = (Shape[0], Shape[1], Shape[2], Shape[3]);
        var inside = x.GreaterOrEqual(0).And(x.LessThan(width)).And(y.GreaterOrEqual(0)).And(y.LessThan(height));
        var place = (y.Detach().Clamp(0, height - 1).To(DataType.Int64) * width) + x.Detach().Clamp(0, width - 1).To(DataType.Int64);
        var index = place.Reshape(batch, 1, -1).Expand(batch, channels, place.Shape[1] * place.Shape[2]);
        var pixels = Reshape(batch, channels, height * width).Gather(2, index).Reshape(batch, channels, place.Shape[1], place.Shape[2]);
        return pixels * inside.Unsqueeze(1).To(DataType);
    }
}
