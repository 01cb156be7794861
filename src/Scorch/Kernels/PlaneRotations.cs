using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Scorch.Kernels;

/// <summary>
/// Sweeps of plane rotations of neighbouring rows of a float64 matrix, gathered and applied together: strips of columns go through all of them in the
/// nearest cache, and threads share the strips.
/// </summary>
internal sealed unsafe class PlaneRotations(double* rows, int height, int columns)
{
    /// <summary>Rotations that are gathered before they are applied.</summary>
    private const int Capacity = 2048;

    /// <summary>Rotated numbers from which on threads share the strips.</summary>
    private const long ParallelElements = 1 << 19;

    /// <summary>Vectors of columns that make a strip.</summary>
    private const int Vectors = 4;

    private readonly double[] pairs = new double[2 * Math.Max(Capacity, height)];
    private readonly List<(int First, int Count, bool Falling)> sweeps = [];
    private int used;

    /// <summary>Room for the cosines, which must not be negative, and sines, in turn, of one sweep, in the order in which its rotations apply.</summary>
    public Span<double> Begin(int count)
    {
        if (2 * (used + count) > pairs.Length) Apply();
        return pairs.AsSpan(2 * used, 2 * count);
    }

    /// <summary>For j = first, first + 1, … : row j and row j + 1 become c_j x + s_j y and c_j y - s_j x, with what the room of <see cref="Begin"/> holds.</summary>
    public void Rising(int first, int count) => End(first, count, false);

    /// <summary>For j = first + count - 1, …, first: row j + 1 and row j become c_j y + s_j x and c_j x - s_j y.</summary>
    public void Falling(int first, int count) => End(first, count, true);

    /// <summary>Applies what was gathered.</summary>
    public void Apply()
    {
        if (Vector512.IsHardwareAccelerated) Apply<Simd512<double>>();
        else if (Vector256.IsHardwareAccelerated) Apply<Simd256<double>>();
        else Apply<Simd128<double>>();
        sweeps.Clear();
        used = 0;
    }

    private void End(int first, int count, bool falling)
    {
        var own = pairs.AsSpan(2 * used, 2 * count);
        for (var j = 0; j < own.Length; j += 2) (own[j], own[j + 1]) = (own[j + 1] / (1 + own[j]), -own[j + 1]);
        sweeps.Add((first, count, falling));
        used += count;
    }

    private void Apply<V>()
        where V : struct, ISimd<V, double>
    {
        if (used == 0) return;
        var strips = (columns + (Vectors * V.Count) - 1) / (Vectors * V.Count);
        if ((long)used * columns >= ParallelElements && WorkPool.Threads > 1) Share<V>(strips);
        else
            for (var strip = 0; strip < strips; strip++) Strip<V>(strip);
    }

    private void Share<V>(int strips)
        where V : struct, ISimd<V, double> => WorkPool.Run(strips, Strip<V>);

    /// <summary>All sweeps on some vectors of columns, in a dense copy.</summary>
    private void Strip<V>(int strip)
        where V : struct, ISimd<V, double>
    {
        var (least, most) = (height, 0);
        foreach (var (first, count, _) in sweeps) (least, most) = (Math.Min(least, first), Math.Max(most, first + count));
        var step = Vectors * V.Count;
        var width = Math.Min(step, columns - (strip * step));
        var source = rows + ((long)least * columns) + (strip * step);
        var data = (double*)Workspace.Get(Workspace.Lines, (long)(most - least + 1) * step * sizeof(double));
        for (var row = 0; row <= most - least; row++)
        {
            new ReadOnlySpan<double>(source + ((long)row * columns), width).CopyTo(new Span<double>(data + ((long)row * step), width));
            new Span<double>(data + ((long)row * step) + width, step - width).Clear();
        }
        fixed (double* start = pairs)
        {
            var at = start;
            foreach (var (first, count, falling) in CollectionsMarshal.AsSpan(sweeps))
            {
                Sweep<V>(data + ((long)(falling ? first + count - least : first - least) * step), falling ? -step : step, at, count);
                at += 2 * count;
            }
        }
        for (var row = 0; row <= most - least; row++)
            new ReadOnlySpan<double>(data + ((long)row * step), width).CopyTo(new Span<double>(source + ((long)row * columns), width));
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void Sweep<V>(double* at, long step, double* pairs, int count)
        where V : struct, ISimd<V, double>
    {
        var (second, third, fourth) = (V.Count, 2 * V.Count, 3 * V.Count);
        var (x0, x1, x2, x3) = (V.Load(at), V.Load(at + second), V.Load(at + third), V.Load(at + fourth));
        for (var j = 0; j < count; j++, pairs += 2)
        {
            // Three shears: p = x + t y, y - s p = c y - s x, p + t (y - s p) = c x + s y for t = s / (1 + c).
            var (t, minus) = (V.Create(pairs[0]), V.Create(pairs[1]));
            var next = at + step;
            var (y0, y1, y2, y3) = (V.Load(next), V.Load(next + second), V.Load(next + third), V.Load(next + fourth));
            x0 = V.MultiplyAdd(t, y0, x0);
            x1 = V.MultiplyAdd(t, y1, x1);
            x2 = V.MultiplyAdd(t, y2, x2);
            x3 = V.MultiplyAdd(t, y3, x3);
            y0 = V.MultiplyAdd(minus, x0, y0);
            y1 = V.MultiplyAdd(minus, x1, y1);
            y2 = V.MultiplyAdd(minus, x2, y2);
            y3 = V.MultiplyAdd(minus, x3, y3);
            V.Store(V.MultiplyAdd(t, y0, x0), at);
            V.Store(V.MultiplyAdd(t, y1, x1), at + second);
            V.Store(V.MultiplyAdd(t, y2, x2), at + third);
            V.Store(V.MultiplyAdd(t, y3, x3), at + fourth);
            (x0, x1, x2, x3) = (y0, y1, y2, y3);
            at = next;
        }
        V.Store(x0, at);
        V.Store(x1, at + second);
        V.Store(x2, at + third);
        V.Store(x3, at + fourth);
    }
}
