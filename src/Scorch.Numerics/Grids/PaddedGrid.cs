namespace Scorch.Numerics;

/// <summary>One level of a multigrid hierarchy: u and f with their frame of boundary zeros, in one line each.</summary>
internal sealed class PaddedGrid
{
    private readonly double[] carried;

    public PaddedGrid(int intervals)
    {
        Intervals = intervals;
        Stride = intervals + 1;
        U = new double[Stride * Stride];
        F = new double[Stride * Stride];
        Residual = new double[Stride * Stride];
        carried = new double[Stride];
    }

    public int Intervals { get; }

    public int Stride { get; }

    public double[] U { get; }

    /// <summary>h^2 f.</summary>
    public double[] F { get; }

    /// <summary>h^2 (f - A u), as <see cref="ComputeResidual"/> left it.</summary>
    public double[] Residual { get; }

    public void Load(double[,] u, double[,] source)
    {
        var scale = 1 / ((double)Intervals * Intervals);
        for (var ix = 1; ix < Intervals; ix++)
        {
            for (var iy = 1; iy < Intervals; iy++)
            {
                U[(ix * Stride) + iy] = u[ix - 1, iy - 1];
                F[(ix * Stride) + iy] = scale * source[ix - 1, iy - 1];
            }
        }
    }

    public void Store(double[,] u)
    {
        for (var ix = 1; ix < Intervals; ix++)
        {
            for (var iy = 1; iy < Intervals; iy++)
            {
                u[ix - 1, iy - 1] = U[(ix * Stride) + iy];
            }
        }
    }

    // u_ij = (u_west + u_east + u_south + u_north - h^2 f)/4. The part without the new south neighbour has no recurrence: it
    // goes first and vectorises.
    public void GaussSeidel()
    {
        for (var ix = 1; ix < Intervals; ix++)
        {
            var row = U.AsSpan(ix * Stride, Stride);
            var west = U.AsSpan((ix - 1) * Stride, Stride);
            var east = U.AsSpan((ix + 1) * Stride, Stride);
            var f = F.AsSpan(ix * Stride, Stride);
            var rest = carried.AsSpan(0, Stride);
            var iy = 1;
            if (System.Numerics.Vector.IsHardwareAccelerated)
            {
                var width = System.Numerics.Vector<double>.Count;
                for (; iy + width <= Intervals; iy += width)
                {
                    var sum = new System.Numerics.Vector<double>(west[iy..]) + new System.Numerics.Vector<double>(east[iy..])
                        + new System.Numerics.Vector<double>(row[(iy + 1)..]) - new System.Numerics.Vector<double>(f[iy..]);
                    (sum * 0.25).CopyTo(rest[iy..]);
                }
            }

            for (; iy < Intervals; iy++)
            {
                rest[iy] = (west[iy] + east[iy] + row[iy + 1] - f[iy]) * 0.25;
            }

            var previous = 0.0;
            for (iy = 1; iy < Intervals; iy++)
            {
                previous = Math.FusedMultiplyAdd(previous, 0.25, rest[iy]);
                row[iy] = previous;
            }
        }
    }

    public void RedBlack()
    {
        // Interior indices start at 0, padded ones at 1: both parities agree.
        HalfSweep(0);
        HalfSweep(1);
    }

    public double ComputeResidual()
    {
        for (var ix = 1; ix < Intervals; ix++)
        {
            var row = U.AsSpan(ix * Stride, Stride);
            var west = U.AsSpan((ix - 1) * Stride, Stride);
            var east = U.AsSpan((ix + 1) * Stride, Stride);
            var f = F.AsSpan(ix * Stride, Stride);
            var residual = Residual.AsSpan(ix * Stride, Stride);
            for (var iy = 1; iy < Intervals; iy++)
            {
                residual[iy] = f[iy] - (west[iy] + east[iy] + row[iy - 1] + row[iy + 1] - (4 * row[iy]));
            }
        }

        return Vectors.Norm(Residual) * Intervals * Intervals;
    }

    /// <summary>Full weighting of this level's residual into the coarse level's right-hand side, times 4 for its wider h^2.</summary>
    public void RestrictResidual(PaddedGrid coarse)
    {
        for (var ix = 1; ix < coarse.Intervals; ix++)
        {
            for (var iy = 1; iy < coarse.Intervals; iy++)
            {
                var c = (2 * ix * Stride) + (2 * iy);
                coarse.F[(ix * coarse.Stride) + iy] = ((4 * Residual[c])
                    + (2 * (Residual[c - 1] + Residual[c + 1] + Residual[c - Stride] + Residual[c + Stride]))
                    + Residual[c - Stride - 1] + Residual[c - Stride + 1] + Residual[c + Stride - 1] + Residual[c + Stride + 1]) / 4;
            }
        }
    }

    /// <summary>Adds the bilinear interpolation of the coarse level's u.</summary>
    public void AddProlonged(PaddedGrid coarse)
    {
        for (var ix = 0; ix < coarse.Intervals; ix++)
        {
            for (var iy = 0; iy < coarse.Intervals; iy++)
            {
                var c = (ix * coarse.Stride) + iy;
                var (a, b, d, e) = (coarse.U[c], coarse.U[c + 1], coarse.U[c + coarse.Stride], coarse.U[c + coarse.Stride + 1]);
                var fine = (2 * ix * Stride) + (2 * iy);
                U[fine] += a;
                U[fine + 1] += (a + b) / 2;
                U[fine + Stride] += (a + d) / 2;
                U[fine + Stride + 1] += (a + b + d + e) / 4;
            }
        }
    }

    private void HalfSweep(int parity)
    {
        for (var ix = 1; ix < Intervals; ix++)
        {
            var row = U.AsSpan(ix * Stride, Stride);
            var west = U.AsSpan((ix - 1) * Stride, Stride);
            var east = U.AsSpan((ix + 1) * Stride, Stride);
            var f = F.AsSpan(ix * Stride, Stride);
            for (var iy = 1 + ((ix + 1 + parity) & 1); iy < Intervals; iy += 2)
            {
                row[iy] = (west[iy] + east[iy] + row[iy - 1] + row[iy + 1] - f[iy]) * 0.25;
            }
        }
    }
}
