namespace Scorch.Numerics;

/// <summary>Cholesky factorisation <c>P A P^T = L L^T</c> of a sparse symmetric positive definite matrix, by the up-looking
/// algorithm over the elimination tree (Davis, "Direct Methods for Sparse Linear Systems", chapter 4).</summary>
/// <remarks>A negative definite matrix, such as a Laplacian, is factored as <c>-A</c>; <see cref="Solve"/> minds the sign.</remarks>
public sealed class SparseCholesky
{
    private readonly int[] order;
    private readonly int[] columnStarts;
    private readonly int[] rowIndices;
    private readonly double[] values;
    private readonly double sign;

    private SparseCholesky(int[] order, int[] columnStarts, int[] rowIndices, double[] values, double sign)
    {
        this.order = order;
        this.columnStarts = columnStarts;
        this.rowIndices = rowIndices;
        this.values = values;
        this.sign = sign;
    }

    /// <summary>Number of unknowns.</summary>
    public int Size => order.Length;

    /// <summary>Number of stored entries of <c>L</c>, the diagonal included.</summary>
    public long FactorCount => values.LongLength;

    /// <summary>Factors a symmetric matrix of one sign.</summary>
    /// <param name="matrix">Square, symmetric, positive or negative definite; only its lower triangle is read.</param>
    /// <param name="order">The elimination order; nested dissection when null.</param>
    /// <param name="cancellation">Stops the factorisation between two rows.</param>
    /// <exception cref="ArgumentException">The matrix is not square, not symmetric or not definite, or the order is no permutation.</exception>
    public static SparseCholesky Factor(CsrMatrix matrix, int[]? order = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(matrix);
        matrix.RequireSquare(nameof(SparseCholesky));
        if (!matrix.IsSymmetric())
        {
            throw new ArgumentException("SparseCholesky: the matrix is not symmetric.", nameof(matrix));
        }

        var size = matrix.Rows;
        order = (int[]?)order?.Clone() ?? NestedDissection.Order(matrix);
        var inverse = Invert(order, size);
        var sign = size > 0 && matrix[0, 0] < 0 ? -1.0 : 1.0;
        var parents = EliminationTree(matrix, order, inverse);
        var starts = ColumnStarts(matrix, order, inverse, parents);
        if (starts[size] > Array.MaxLength)
        {
            throw new ArgumentException($"SparseCholesky: the factor would hold {starts[size]} entries, more than an array can; use an iterative solver.", nameof(matrix));
        }

        var columnStarts = Array.ConvertAll(starts, start => (int)start);
        var rowIndices = new int[columnStarts[size]];
        var values = new double[columnStarts[size]];
        var next = (int[])columnStarts.Clone();
        var dense = new double[size];
        var stack = new int[size];
        var mark = new int[size];
        Array.Fill(mark, -1);
        for (var k = 0; k < size; k++)
        {
            if ((k & 255) == 0)
            {
                cancellation.ThrowIfCancellationRequested();
            }

            // Row k of L solves a triangular system whose pattern is the reach of row k of A in the elimination tree.
            var top = Reach(matrix, order, inverse, parents, k, stack, mark);
            dense[k] = 0;
            var row = order[k];
            for (var entry = matrix.RowStarts[row]; entry < matrix.RowStarts[row + 1]; entry++)
            {
                var column = inverse[matrix.ColumnIndices[entry]];
                if (column <= k)
                {
                    dense[column] = sign * matrix.Values[entry];
                }
            }

            var pivot = dense[k];
            dense[k] = 0;
            for (; top < size; top++)
            {
                var column = stack[top];
                var begin = columnStarts[column];
                var end = next[column];
                var factor = dense[column] / values[begin];
                dense[column] = 0;
                for (var entry = begin + 1; entry < end; entry++)
                {
                    dense[rowIndices[entry]] -= values[entry] * factor;
                }

                pivot -= factor * factor;
                rowIndices[end] = k;
                values[end] = factor;
                next[column]++;
            }

            if (!(pivot > 0))
            {
                throw new ArgumentException($"SparseCholesky: pivot {k} (unknown {row}) is {pivot}; the matrix is not definite. A pure Neumann Laplacian needs one unknown fixed.", nameof(matrix));
            }

            rowIndices[next[k]] = k;
            values[next[k]++] = Math.Sqrt(pivot);
        }

        return new SparseCholesky(order, columnStarts, rowIndices, values, sign);
    }

    /// <summary>Solves <c>A x = b</c>.</summary>
    /// <param name="rightHandSide"><c>[Size]</c>.</param>
    /// <returns><c>[Size]</c>.</returns>
    public double[] Solve(ReadOnlySpan<double> rightHandSide)
    {
        CsrMatrix.RequireLength(rightHandSide.Length, Size, nameof(rightHandSide));
        var x = new double[Size];
        for (var k = 0; k < Size; k++)
        {
            x[k] = sign * rightHandSide[order[k]];
        }

        for (var column = 0; column < Size; column++)
        {
            var value = x[column] /= values[columnStarts[column]];
            for (var entry = columnStarts[column] + 1; entry < columnStarts[column + 1]; entry++)
            {
                x[rowIndices[entry]] -= values[entry] * value;
            }
        }

        for (var column = Size - 1; column >= 0; column--)
        {
            var sum = x[column];
            for (var entry = columnStarts[column] + 1; entry < columnStarts[column + 1]; entry++)
            {
                sum -= values[entry] * x[rowIndices[entry]];
            }

            x[column] = sum / values[columnStarts[column]];
        }

        var solution = new double[Size];
        for (var k = 0; k < Size; k++)
        {
            solution[order[k]] = x[k];
        }

        return solution;
    }

    private static int[] Invert(int[] order, int size)
    {
        var inverse = new int[size];
        Array.Fill(inverse, -1);
        if (order.Length != size)
        {
            throw new ArgumentException($"SparseCholesky: the order has {order.Length} entries for {size} unknowns.", nameof(order));
        }

        for (var k = 0; k < size; k++)
        {
            if ((uint)order[k] >= (uint)size || inverse[order[k]] >= 0)
            {
                throw new ArgumentException($"SparseCholesky: the order is no permutation (entry {k} is {order[k]}).", nameof(order));
            }

            inverse[order[k]] = k;
        }

        return inverse;
    }

    private static int[] EliminationTree(CsrMatrix matrix, int[] order, int[] inverse)
    {
        var parents = new int[order.Length];
        var ancestors = new int[order.Length];
        for (var k = 0; k < order.Length; k++)
        {
            parents[k] = ancestors[k] = -1;
            for (var entry = matrix.RowStarts[order[k]]; entry < matrix.RowStarts[order[k] + 1]; entry++)
            {
                // Path compression: each visited node points straight at k afterwards.
                for (var node = inverse[matrix.ColumnIndices[entry]]; node != -1 && node < k;)
                {
                    var above = ancestors[node];
                    ancestors[node] = k;
                    if (above == -1)
                    {
                        parents[node] = k;
                    }

                    node = above;
                }
            }
        }

        return parents;
    }

    private static long[] ColumnStarts(CsrMatrix matrix, int[] order, int[] inverse, int[] parents)
    {
        var size = order.Length;
        var counts = new long[size + 1];
        var mark = new int[size];
        Array.Fill(mark, -1);
        for (var k = 0; k < size; k++)
        {
            counts[k + 1]++;
            mark[k] = k;
            for (var entry = matrix.RowStarts[order[k]]; entry < matrix.RowStarts[order[k] + 1]; entry++)
            {
                var node = inverse[matrix.ColumnIndices[entry]];
                for (; node < k && mark[node] != k; node = parents[node])
                {
                    mark[node] = k;
                    counts[node + 1]++;
                }
            }
        }

        for (var k = 0; k < size; k++)
        {
            counts[k + 1] += counts[k];
        }

        return counts;
    }

    private static int Reach(CsrMatrix matrix, int[] order, int[] inverse, int[] parents, int k, int[] stack, int[] mark)
    {
        var top = stack.Length;
        mark[k] = k;
        for (var entry = matrix.RowStarts[order[k]]; entry < matrix.RowStarts[order[k] + 1]; entry++)
        {
            var node = inverse[matrix.ColumnIndices[entry]];
            var length = 0;
            for (; node < k && mark[node] != k; node = parents[node])
            {
                mark[node] = k;
                stack[length++] = node;
            }

            while (length > 0)
            {
                stack[--top] = stack[--length];
            }
        }

        return top;
    }
}
