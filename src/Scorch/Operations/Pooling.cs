using Scorch.Autograd;
using Scorch.Kernels;

namespace Scorch;

public partial class Tensor
{
    /// <summary>The greatest element of each window over the spatial axes of [batch, channels, ...].</summary>
    /// <param name="kernel">Window sizes, one an axis or one for all; the number of axes is the rank less 2.</param>
    /// <param name="stride">Distance between windows; by default the window size.</param>
    /// <param name="padding">Places outside that count as minus infinity; at most half a window.</param>
    /// <param name="dilation">Distance between the taps of a window.</param>
    /// <param name="ceilMode">Keep a last window that reaches outside.</param>
    /// <returns>The values, and their flat positions in each plane (int64).</returns>
    public (Tensor Values, Tensor Indices) MaxPool(int[] kernel, int[]? stride = null, int[]? padding = null, int[]? dilation = null, bool ceilMode = false)
    {
        var windows = Windows("MaxPool", kernel, stride, padding, dilation, ceilMode, countPadding: false, null);
        var input = Plain(this, DataType.ComputeType());
        var shape = PooledShape(windows);
        var values = Empty(shape, input.DataType, Device);
        var indices = Empty(shape, DataType.Int64, Device);
        Kernels.MaximumPool(windows, values.Operand, indices.Operand, input.Operand);
        values = values.InType(DataType);
        return (RecordMaximum("MaxPool", values, indices), indices);
    }

    /// <summary>The mean of each window over the spatial axes of [batch, channels, ...].</summary>
    /// <param name="kernel">Window sizes, one an axis or one for all.</param>
    /// <param name="stride">Distance between windows; by default the window size.</param>
    /// <param name="padding">Zeros on both sides; at most half a window.</param>
    /// <param name="ceilMode">Keep a last window that reaches outside.</param>
    /// <param name="countPadding">Whether padded places count in the mean.</param>
    /// <param name="divisor">Divide by this instead.</param>
    public Tensor AveragePool(int[] kernel, int[]? stride = null, int[]? padding = null, bool ceilMode = false, bool countPadding = true, int? divisor = null) =>
        Averages(Windows("AveragePool", kernel, stride, padding, null, ceilMode, countPadding, divisor));

    /// <summary>The mean over windows that divide each spatial axis into the given number of parts.</summary>
    /// <param name="result">Output sizes, one an axis or one for all.</param>
    public Tensor AdaptiveAveragePool(params int[] result) => Averages(AdaptiveWindows("AdaptiveAveragePool", result));

    /// <summary>The greatest over windows that divide each spatial axis into the given number of parts, and the flat positions.</summary>
    /// <param name="result">Output sizes, one an axis or one for all.</param>
    public (Tensor Values, Tensor Indices) AdaptiveMaxPool(params int[] result)
    {
        var windows = AdaptiveWindows("AdaptiveMaxPool", result);
        var input = Plain(this, DataType.ComputeType());
        var values = Empty(PooledShape(windows), input.DataType, Device);
        var indices = Empty(values.Shape, DataType.Int64, Device);
        Kernels.MaximumPool(windows, values.Operand, indices.Operand, input.Operand);
        values = values.InType(DataType);
        return (RecordMaximum("AdaptiveMaxPool", values, indices), indices);
    }

    private Tensor RecordMaximum(string name, Tensor values, Tensor indices)
    {
        if (!Tape.Records(this)) return values;
        int[] planes = [Shape[0], Shape[1], (int)values.Shape[2..].ElementCount];
        var whole = Shape;
        return Tape.Record(values, name, [this], [indices], g =>
            [Zeros([whole[0], whole[1], (int)whole[2..].ElementCount], g.DataType, g.Device).ScatterAdd(2, indices.Reshape(planes), g.Reshape(planes)).Reshape(whole)]);
    }

    private Tensor Averages(PoolingWindows windows) => Average(this, windows, PooledShape(windows), adjoint: false);

    private static Tensor Average(Tensor x, PoolingWindows windows, Shape shape, bool adjoint)
    {
        var compute = x.DataType.ComputeType();
        var result = Empty(shape, compute, x.Device);
        result.Kernels.AveragePool(windows, result.Operand, Plain(x, compute).Operand, adjoint);
        result = result.InType(x.DataType);
        var whole = x.Shape;
        return Tape.Records(x) ? Tape.Record(result, "AveragePool", [x], [], g => [Average(g, windows, whole, !adjoint)]) : result;
    }

    private Shape PooledShape(PoolingWindows windows) => [Shape[0], Shape[1], .. windows.Result.AsSpan(5 - Rank)];

    private PoolingWindows AdaptiveWindows(string operation, int[] result)
    {
        var axes = PoolingAxes(operation);
        var sizes = Each(operation, nameof(result), result, axes, 1);
        return BuildWindows(axes, i =>
        {
            var size = Shape[2 + i];
            var start = new int[sizes[i]];
            var end = new int[sizes[i]];
            for (var k = 0; k < sizes[i]; k++)
            {
                start[k] = (int)((long)k * size / sizes[i]);
                end[k] = (int)((((long)(k + 1) * size) + sizes[i] - 1) / sizes[i]);
            }
            return (start, end, [.. start.Zip(end, (from, to) => (double)(to - from))]);
        }, null);
    }

    private PoolingWindows Windows(string operation, int[] kernel, int[]? stride, int[]? padding, int[]? dilation, bool ceilMode, bool countPadding, int? divisor)
    {
        var axes = PoolingAxes(operation);
        var sizes = Each(operation, nameof(kernel), kernel, axes, 1);
        var steps = Each(operation, nameof(stride), stride ?? kernel, axes, 1);
        var margins = Each(operation, nameof(padding), padding ?? [0], axes, 0);
        var taps = Each(operation, nameof(dilation), dilation ?? [1], axes, 1);
        if (divisor is 0) throw new ArgumentOutOfRangeException(nameof(divisor), $"{operation}: the divisor is 0.");
        return BuildWindows(axes, i =>
        {
            var (size, margin, reach) = (Shape[2 + i], margins[i], (taps[i] * (sizes[i] - 1)) + 1);
            if (margin > sizes[i] / 2) throw new ArgumentException($"{operation}: padding {margin} is more than half the window {sizes[i]}.", nameof(padding));
            var room = size + (2 * margin) - reach;
            if (room < 0) throw new ArgumentException($"{operation}: a window of {reach} does not fit axis {i} of {Shape} with padding {margin}.", nameof(kernel));
            var count = ((ceilMode ? room + steps[i] - 1 : room) / steps[i]) + 1;
            if (ceilMode && (count - 1) * steps[i] >= size + margin) count--;
            var (start, end, shares) = (new int[count], new int[count], new double[count]);
            for (var k = 0; k < count; k++)
            {
                var from = (k * steps[i]) - margin;
                var to = Math.Min(from + reach, size + margin);
                var padded = to - from;
                while (from < 0) from += taps[i];
                (start[k], end[k]) = (from, Math.Min(to, size));
                shares[k] = divisor is { } fixedDivisor ? (i == 0 ? fixedDivisor : 1) : countPadding ? padded : Math.Max(1, end[k] - start[k]);
            }
            return (start, end, shares);
        }, taps);
    }

    private PoolingWindows BuildWindows(int axes, Func<int, (int[] Start, int[] End, double[] Divisor)> axis, int[]? dilation)
    {
        var missing = 3 - axes;
        (int[] Start, int[] End, double[] Divisor)[] parts = [.. Enumerable.Range(0, 3).Select(i => i < missing ? (new[] { 0 }, new[] { 1 }, new[] { 1.0 }) : axis(i - missing))];
        return new(
            [.. Enumerable.Repeat(1, missing), .. Shape.Sizes.AsSpan(2)],
            [.. parts.Select(part => part.Start.Length)],
            [.. parts.Select(part => part.Start)],
            [.. parts.Select(part => part.End)],
            [.. Enumerable.Repeat(1, missing), .. dilation ?? Enumerable.Repeat(1, axes)],
            [.. parts.Select(part => part.Divisor)]);
    }

    private int PoolingAxes(string operation) => Rank is >= 3 and <= 5 && DataType.IsFloating() && Shape[2..].ElementCount > 0
        ? Rank - 2
        : throw new ArgumentException($"{operation}: a floating tensor [batch, channels, one to three spatial sizes above 0] is needed, not {DataType} {Shape}.");

    private static int[] Each(string operation, string name, int[] values, int axes, int least)
    {
        ArgumentNullException.ThrowIfNull(values);
        if ((values.Length != 1 && values.Length != axes) || values.Any(value => value < least))
            throw new ArgumentException($"{operation}: {name} [{string.Join(", ", values)}] must have one number, or one for each of {axes} axes, each at least {least}.", name);
        return values.Length == axes ? values : [.. Enumerable.Repeat(values[0], axes)];
    }
}
