namespace Scorch.Numerics;

/// <summary>Sets of points in the unit cube, each <c>[count, dimensions]</c>.</summary>
public static partial class PointSet
{
    /// <summary>The centres of a uniform grid of cells; the finest grid of at most <paramref name="count"/> cells a cube holds.</summary>
    /// <param name="count">At least 1; <c>floor(count^(1/dimensions))^dimensions</c> points come back.</param>
    /// <param name="dimensions">1 or more.</param>
    public static double[,] UniformGrid(int count, int dimensions)
    {
        Require(count, dimensions, 64);
        var side = 1;
        while (Power(side + 1, dimensions) <= count)
        {
            side++;
        }

        var points = new double[(int)Power(side, dimensions), dimensions];
        for (var i = 0; i < points.GetLength(0); i++)
        {
            var rest = i;
            for (var d = dimensions - 1; d >= 0; d--)
            {
                points[i, d] = ((rest % side) + 0.5) / side;
                rest /= side;
            }
        }

        return points;
    }

    /// <summary>Independent uniform points.</summary>
    /// <param name="count">Number of points, at least 1.</param>
    /// <param name="dimensions">1 or more.</param>
    /// <param name="seed">Fixes the points.</param>
    public static double[,] Random(int count, int dimensions, long seed)
    {
        Require(count, dimensions, int.MaxValue);
        var random = new SplitMix(seed);
        var points = new double[count, dimensions];
        foreach (ref var coordinate in Grid.AsSpan(points))
        {
            coordinate = random.NextDouble();
        }

        return points;
    }

    /// <summary>A Latin hypercube (McKay, Beckman and Conover, 1979): along every axis, each of the <c>count</c> equal intervals holds one point.</summary>
    /// <param name="count">Number of points, at least 1.</param>
    /// <param name="dimensions">1 or more.</param>
    /// <param name="seed">Fixes the points.</param>
    public static double[,] LatinHypercube(int count, int dimensions, long seed)
    {
        Require(count, dimensions, int.MaxValue);
        var random = new SplitMix(seed);
        var points = new double[count, dimensions];
        var cells = new int[count];
        for (var d = 0; d < dimensions; d++)
        {
            for (var i = 0; i < count; i++)
            {
                cells[i] = i;
            }

            for (var i = count - 1; i > 0; i--)
            {
                var other = random.Next(i + 1);
                (cells[i], cells[other]) = (cells[other], cells[i]);
            }

            for (var i = 0; i < count; i++)
            {
                // Rounding must not lift a point into the next interval.
                points[i, d] = Math.Min((cells[i] + random.NextDouble()) / count, Math.BitDecrement((cells[i] + 1.0) / count));
            }
        }

        return points;
    }

    /// <summary>The Halton sequence, unscrambled, from its first point, the origin; axis <c>d</c> counts in the <c>d</c>-th prime.</summary>
    /// <param name="count">Number of points, at least 1.</param>
    /// <param name="dimensions">1 to 64.</param>
    public static double[,] Halton(int count, int dimensions)
    {
        Require(count, dimensions, 64);
        var points = new double[count, dimensions];
        var prime = 1;
        for (var d = 0; d < dimensions; d++)
        {
            prime = NextPrime(prime);
            for (var i = 0; i < count; i++)
            {
                var weight = 1.0 / prime;
                for (var rest = i; rest > 0; rest /= prime, weight /= prime)
                {
                    points[i, d] += rest % prime * weight;
                }
            }
        }

        return points;
    }

    private static int NextPrime(int after)
    {
        for (var candidate = after + 1; ; candidate++)
        {
            var divisor = 2;
            while (divisor * divisor <= candidate && candidate % divisor != 0)
            {
                divisor++;
            }

            if (divisor * divisor > candidate)
            {
                return candidate;
            }
        }
    }

    private static long Power(int side, int dimensions)
    {
        var power = 1L;
        for (var d = 0; d < dimensions && power <= int.MaxValue; d++)
        {
            power *= side;
        }

        return power;
    }

    private static void Require(int count, int dimensions, int mostDimensions)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(dimensions, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(dimensions, mostDimensions);
        if ((long)count * dimensions > 1 << 28)
        {
            throw new ArgumentOutOfRangeException(nameof(count), count, $"PointSet: {count} points of {dimensions} coordinates are more than 2^28 numbers.");
        }
    }
}
