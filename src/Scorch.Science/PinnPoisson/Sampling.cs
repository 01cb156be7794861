using Scorch.Numerics;

namespace Scorch.Science.PinnPoisson;

/// <summary>How collocation points are spread.</summary>
public enum PointDistribution
{
    /// <summary>The centres of a uniform grid of cells.</summary>
    Uniform,

    /// <summary>Independent and uniform.</summary>
    Random,

    /// <summary>A Latin hypercube.</summary>
    LatinHypercube,

    /// <summary>The Sobol sequence.</summary>
    Sobol,

    /// <summary>The Halton sequence.</summary>
    Halton,
}

/// <summary>The collocation points of a training run.</summary>
/// <param name="Distribution">How they are spread.</param>
/// <param name="Interior">Number of points inside the square, at least 1; a uniform grid takes the largest square number up to it.</param>
/// <param name="Boundary">Number of points on the boundary, at least 1.</param>
public sealed record Sampling(PointDistribution Distribution, int Interior, int Boundary)
{
    /// <summary>A uniform grid.</summary>
    /// <param name="interior">Points inside.</param>
    /// <param name="boundary">Points on the boundary.</param>
    public static Sampling Uniform(int interior, int boundary) => new(PointDistribution.Uniform, interior, boundary);

    /// <summary>Independent uniform points.</summary>
    /// <param name="interior">Points inside.</param>
    /// <param name="boundary">Points on the boundary.</param>
    public static Sampling Random(int interior, int boundary) => new(PointDistribution.Random, interior, boundary);

    /// <summary>A Latin hypercube.</summary>
    /// <param name="interior">Points inside.</param>
    /// <param name="boundary">Points on the boundary.</param>
    public static Sampling LatinHypercube(int interior, int boundary) => new(PointDistribution.LatinHypercube, interior, boundary);

    /// <summary>The Sobol sequence, after its first point, the corner.</summary>
    /// <param name="interior">Points inside.</param>
    /// <param name="boundary">Points on the boundary.</param>
    public static Sampling Sobol(int interior, int boundary) => new(PointDistribution.Sobol, interior, boundary);

    /// <summary>The Halton sequence, after its first point, the corner.</summary>
    /// <param name="interior">Points inside.</param>
    /// <param name="boundary">Points on the boundary.</param>
    public static Sampling Halton(int interior, int boundary) => new(PointDistribution.Halton, interior, boundary);

    /// <summary>The points inside the square, <c>[count, 2]</c>.</summary>
    /// <param name="seed">Fixes random distributions.</param>
    public double[,] DrawInterior(long seed) => Draw(Interior, 2, seed);

    /// <summary>The points on the boundary with the outward normals there, <c>[count, 4]</c>: x, y, normal x, normal y.</summary>
    /// <param name="seed">Fixes random distributions.</param>
    public double[,] DrawBoundary(long seed)
    {
        // One coordinate t in [0, 1) runs around the perimeter; the random streams must not repeat those of the interior.
        var line = Draw(Boundary, 1, unchecked(seed ^ (long)0x8000000000000000));
        var points = new double[line.GetLength(0), 4];
        for (var i = 0; i < points.GetLength(0); i++)
        {
            var t = 4 * line[i, 0];
            var side = Math.Min((int)t, 3);
            var s = t - side;
            (points[i, 0], points[i, 1], points[i, 2], points[i, 3]) = side switch
            {
                0 => (s, 0.0, 0.0, -1.0),
                1 => (1.0, s, 1.0, 0.0),
                2 => (1 - s, 1.0, 0.0, 1.0),
                _ => (0.0, 1 - s, -1.0, 0.0),
            };
        }

        return points;
    }

    private double[,] Draw(int count, int dimensions, long seed) => Distribution switch
    {
        PointDistribution.Uniform => PointSet.UniformGrid(count, dimensions),
        PointDistribution.Random => PointSet.Random(count, dimensions, seed),
        PointDistribution.LatinHypercube => PointSet.LatinHypercube(count, dimensions, seed),
        PointDistribution.Sobol => WithoutFirst(PointSet.Sobol(count + 1, dimensions)),
        PointDistribution.Halton => WithoutFirst(PointSet.Halton(count + 1, dimensions)),
        _ => throw new ArgumentOutOfRangeException(nameof(Distribution), Distribution, "Sampling: unknown distribution."),
    };

    private static double[,] WithoutFirst(double[,] points)
    {
        var rest = new double[points.GetLength(0) - 1, points.GetLength(1)];
        Array.Copy(points, points.GetLength(1), rest, 0, rest.Length);
        return rest;
    }
}
