using System.Numerics;

namespace Scorch.Numerics;

public static partial class PointSet
{
    private const int SobolBits = 30;

    // Primitive polynomials (degree, inner coefficients) and initial direction numbers of Joe and Kuo, "Constructing Sobol
    // sequences with better two-dimensional projections" (2008), set new-joe-kuo-6.21201, from the second axis on.
    private static readonly (int Degree, int Coefficients, int[] Initial)[] JoeKuo =
    [
        (1, 0, [1]), (2, 1, [1, 3]), (3, 1, [1, 3, 1]), (3, 2, [1, 1, 1]), (4, 1, [1, 1, 3, 3]), (4, 4, [1, 3, 5, 13]),
        (5, 2, [1, 1, 5, 5, 17]), (5, 4, [1, 1, 5, 5, 5]), (5, 7, [1, 1, 7, 11, 19]), (5, 11, [1, 1, 5, 1, 1]),
        (5, 13, [1, 1, 1, 3, 11]), (5, 14, [1, 3, 5, 5, 31]), (6, 1, [1, 3, 3, 9, 7, 49]), (6, 13, [1, 1, 1, 15, 21, 21]),
        (6, 16, [1, 3, 1, 13, 27, 49]), (6, 19, [1, 1, 1, 15, 7, 5]), (6, 22, [1, 3, 1, 15, 13, 25]), (6, 25, [1, 1, 5, 5, 19, 61]),
        (7, 1, [1, 3, 7, 11, 23, 15, 103]), (7, 4, [1, 3, 7, 13, 13, 15, 69]),
    ];

    /// <summary>The most axes that <see cref="Sobol"/> has direction numbers for.</summary>
    public static int SobolDimensions => JoeKuo.Length + 1;

    /// <summary>The Sobol sequence, unscrambled, in Gray code order (Antonov and Saleev) from its first point, the origin.</summary>
    /// <param name="count">Number of points, at least 1; powers of two are balanced.</param>
    /// <param name="dimensions">1 to <see cref="SobolDimensions"/>.</param>
    public static double[,] Sobol(int count, int dimensions)
    {
        Require(count, dimensions, SobolDimensions);
        var points = new double[count, dimensions];
        for (var d = 0; d < dimensions; d++)
        {
            var directions = Directions(d);
            var state = 0u;
            for (var i = 1; i < count; i++)
            {
                state ^= directions[BitOperations.TrailingZeroCount(i)];
                points[i, d] = state * Math.ScaleB(1, -SobolBits);
            }
        }

        return points;
    }

    private static uint[] Directions(int dimension)
    {
        var directions = new uint[SobolBits];
        if (dimension == 0)
        {
            for (var i = 0; i < SobolBits; i++)
            {
                directions[i] = 1u << (SobolBits - 1 - i);
            }

            return directions;
        }

        var (degree, coefficients, initial) = JoeKuo[dimension - 1];
        for (var i = 0; i < SobolBits; i++)
        {
            if (i < degree)
            {
                directions[i] = (uint)initial[i] << (SobolBits - 1 - i);
                continue;
            }

            directions[i] = directions[i - degree] ^ (directions[i - degree] >> degree);
            for (var k = 1; k < degree; k++)
            {
                if (((coefficients >> (degree - 1 - k)) & 1) != 0)
                {
                    directions[i] ^= directions[i - k];
                }
            }
        }

        return directions;
    }
}
