using System.Runtime.InteropServices;

namespace Scorch.Numerics;

/// <summary>The uniform grid of the unit square with <c>n</c> intervals a side. Grid functions are arrays <c>[ix, iy]</c> over the
/// <c>(n-1) x (n-1)</c> interior nodes, node <c>(ix, iy)</c> lying at <c>((ix+1) h, (iy+1) h)</c>, <c>h = 1/n</c>.</summary>
public sealed record Grid
{
    /// <summary>Describes a grid.</summary>
    /// <param name="intervals">Intervals a side, 2 to 16384.</param>
    public Grid(int intervals)
    {
        if (intervals is < 2 or > 16384)
        {
            throw new ArgumentOutOfRangeException(nameof(intervals), intervals, "Grid: 2 to 16384 intervals a side are needed.");
        }

        Intervals = intervals;
    }

    /// <summary>Intervals a side.</summary>
    public int Intervals { get; }

    /// <summary>Interior nodes a side, <c>Intervals - 1</c>.</summary>
    public int Interior => Intervals - 1;

    /// <summary>The distance <c>h</c> between neighbours.</summary>
    public double Spacing => 1.0 / Intervals;

    /// <summary>The coordinate of an interior node.</summary>
    /// <param name="index">0 to <c>Interior - 1</c>.</param>
    public double Coordinate(int index) => (index + 1) / (double)Intervals;

    /// <summary>Samples a function on the interior nodes.</summary>
    /// <param name="function">A function of <c>(x, y)</c>.</param>
    /// <exception cref="ArgumentException">The function is not finite at a node; the message gives its coordinates.</exception>
    public double[,] Sample(Func<double, double, double> function)
    {
        ArgumentNullException.ThrowIfNull(function);
        var values = new double[Interior, Interior];
        for (var ix = 0; ix < Interior; ix++)
        {
            for (var iy = 0; iy < Interior; iy++)
            {
                values[ix, iy] = function(Coordinate(ix), Coordinate(iy));
                if (!double.IsFinite(values[ix, iy]))
                {
                    throw NotFinite(values[ix, iy], ix, iy, nameof(function));
                }
            }
        }

        return values;
    }

    /// <summary>The number of intervals that a square interior array belongs to.</summary>
    /// <param name="values"><c>[n-1, n-1]</c>.</param>
    /// <exception cref="ArgumentException">The array is not square.</exception>
    public static Grid Of(double[,] values)
    {
        ArgumentNullException.ThrowIfNull(values);
        return values.GetLength(0) == values.GetLength(1) && values.GetLength(0) > 0
            ? new Grid(values.GetLength(0) + 1)
            : throw new ArgumentException($"Grid: a grid function is square, this one is {values.GetLength(0)} x {values.GetLength(1)}.", nameof(values));
    }

    /// <summary>The values of a grid function as one vector, <c>ix</c> slowest, as the matrices of <see cref="FivePointLaplacian"/> number them.</summary>
    /// <param name="values"><c>[n-1, n-1]</c>.</param>
    public static double[] Flatten(double[,] values) => AsSpan(values).ToArray();

    /// <summary>The grid function of a vector.</summary>
    /// <param name="values"><c>[(n-1)^2]</c>, <c>ix</c> slowest.</param>
    /// <exception cref="ArgumentException">The length is not that of this grid.</exception>
    public double[,] Unflatten(ReadOnlySpan<double> values)
    {
        if (values.Length != Interior * Interior)
        {
            throw new ArgumentException($"Grid: {values.Length} values were given for {Interior} x {Interior} interior nodes.", nameof(values));
        }

        var grid = new double[Interior, Interior];
        values.CopyTo(AsSpan(grid));
        return grid;
    }

    internal static Span<double> AsSpan(double[,] values)
    {
        ArgumentNullException.ThrowIfNull(values);
        return values.Length == 0 ? [] : MemoryMarshal.CreateSpan(ref values[0, 0], values.Length);
    }

    internal void RequireFinite(double[,] values, string name)
    {
        ArgumentNullException.ThrowIfNull(values, name);
        if (values.GetLength(0) != Interior || values.GetLength(1) != Interior)
        {
            throw new ArgumentException($"'{name}' is {values.GetLength(0)} x {values.GetLength(1)}; a grid of {Intervals} intervals has {Interior} x {Interior} interior nodes.", name);
        }

        for (var ix = 0; ix < Interior; ix++)
        {
            for (var iy = 0; iy < Interior; iy++)
            {
                if (!double.IsFinite(values[ix, iy]))
                {
                    throw NotFinite(values[ix, iy], ix, iy, name);
                }
            }
        }
    }

    private ArgumentException NotFinite(double value, int ix, int iy, string name) => new(FormattableString.Invariant(
        $"'{name}' is {value} at (x, y) = ({Coordinate(ix)}, {Coordinate(iy)}), node [{ix}, {iy}]; a right-hand side must be finite everywhere."), name);
}
