namespace Scorch.Numerics;

/// <summary>A sparse matrix of float64 values in compressed sparse rows: the entries of row <c>i</c> are
/// <c>Values[RowStarts[i]..RowStarts[i + 1]]</c>, with strictly increasing column indices.</summary>
public sealed class CsrMatrix
{
    private readonly int[] rowStarts;
    private readonly int[] columnIndices;
    private readonly double[] values;

    /// <summary>Wraps the three arrays of the format, without copying them.</summary>
    /// <param name="rows">Number of rows, at least 0.</param>
    /// <param name="columns">Number of columns, at least 0.</param>
    /// <param name="rowStarts"><c>[rows + 1]</c>, non-decreasing, from 0 to the number of entries.</param>
    /// <param name="columnIndices">The column of each entry; strictly increasing within a row.</param>
    /// <param name="values">The value of each entry.</param>
    /// <exception cref="ArgumentException">The arrays do not describe a matrix of this size.</exception>
    public CsrMatrix(int rows, int columns, int[] rowStarts, int[] columnIndices, double[] values)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(rows);
        ArgumentOutOfRangeException.ThrowIfNegative(columns);
        ArgumentNullException.ThrowIfNull(rowStarts);
        ArgumentNullException.ThrowIfNull(columnIndices);
        ArgumentNullException.ThrowIfNull(values);
        if (rowStarts.Length != rows + 1 || rowStarts[0] != 0 || rowStarts[^1] != values.Length)
        {
            throw new ArgumentException($"CsrMatrix: rowStarts must have {rows + 1} values from 0 to {values.Length} (the number of values).", nameof(rowStarts));
        }

        if (columnIndices.Length != values.Length)
        {
            throw new ArgumentException($"CsrMatrix: {columnIndices.Length} column indices were given for {values.Length} values.", nameof(columnIndices));
        }

        for (var row = 0; row < rows; row++)
        {
            if (rowStarts[row + 1] < rowStarts[row] || rowStarts[row + 1] > values.Length)
            {
                throw new ArgumentException($"CsrMatrix: rowStarts decreases after row {row}.", nameof(rowStarts));
            }

            for (var entry = rowStarts[row]; entry < rowStarts[row + 1]; entry++)
            {
                var column = columnIndices[entry];
                if ((uint)column >= (uint)columns || (entry > rowStarts[row] && column <= columnIndices[entry - 1]))
                {
                    throw new ArgumentException($"CsrMatrix: column {column} of row {row} is outside 0..{columns - 1} or out of order.", nameof(columnIndices));
                }
            }
        }

        Rows = rows;
        Columns = columns;
        this.rowStarts = rowStarts;
        this.columnIndices = columnIndices;
        this.values = values;
    }

    /// <summary>Number of rows.</summary>
    public int Rows { get; }

    /// <summary>Number of columns.</summary>
    public int Columns { get; }

    /// <summary>Number of stored entries.</summary>
    public int Count => values.Length;

    /// <summary>Where each row starts among the entries; <c>[Rows + 1]</c>.</summary>
    public ReadOnlySpan<int> RowStarts => rowStarts;

    /// <summary>The column of each entry.</summary>
    public ReadOnlySpan<int> ColumnIndices => columnIndices;

    /// <summary>The value of each entry.</summary>
    public ReadOnlySpan<double> Values => values;

    /// <summary>The value at a row and column; 0 where no entry is stored.</summary>
    /// <param name="row">Row, from 0.</param>
    /// <param name="column">Column, from 0.</param>
    /// <exception cref="ArgumentOutOfRangeException">The position is outside the matrix.</exception>
    public double this[int row, int column]
    {
        get
        {
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)row, (uint)Rows, nameof(row));
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)column, (uint)Columns, nameof(column));
            var found = Array.BinarySearch(columnIndices, rowStarts[row], rowStarts[row + 1] - rowStarts[row], column);
            return found >= 0 ? values[found] : 0;
        }
    }

    /// <summary>Builds a matrix from triplets in any order; entries at the same position add up.</summary>
    /// <param name="rows">Number of rows.</param>
    /// <param name="columns">Number of columns.</param>
    /// <param name="entries">Row, column and value of each entry.</param>
    /// <exception cref="ArgumentException">An entry lies outside the matrix.</exception>
    public static CsrMatrix FromTriplets(int rows, int columns, IEnumerable<(int Row, int Column, double Value)> entries)
    {
        ArgumentNullException.ThrowIfNull(entries);
        var sorted = entries.ToArray();
        foreach (var (row, column, _) in sorted)
        {
            if ((uint)row >= (uint)rows || (uint)column >= (uint)columns)
            {
                throw new ArgumentException($"CsrMatrix: the entry at ({row}, {column}) is outside a matrix of {rows} x {columns}.", nameof(entries));
            }
        }

        // Stable, so that the sum of duplicates does not depend on the sorting algorithm.
        var order = Enumerable.Range(0, sorted.Length).OrderBy(i => sorted[i].Row).ThenBy(i => sorted[i].Column);
        var starts = new int[rows + 1];
        var indices = new List<int>(sorted.Length);
        var values = new List<double>(sorted.Length);
        var last = (-1, -1);
        foreach (var i in order)
        {
            var (row, column, value) = sorted[i];
            if (last == (row, column))
            {
                values[^1] += value;
                continue;
            }

            last = (row, column);
            indices.Add(column);
            values.Add(value);
            starts[row + 1]++;
        }

        for (var row = 0; row < rows; row++)
        {
            starts[row + 1] += starts[row];
        }

        return new CsrMatrix(rows, columns, starts, [.. indices], [.. values]);
    }

    /// <summary>The product <c>A x</c>.</summary>
    /// <param name="x"><c>[Columns]</c>.</param>
    /// <returns><c>[Rows]</c>.</returns>
    public double[] Multiply(ReadOnlySpan<double> x)
    {
        var result = new double[Rows];
        Multiply(x, result);
        return result;
    }

    /// <summary>Writes the product <c>A x</c> to <paramref name="result"/>.</summary>
    /// <param name="x"><c>[Columns]</c>.</param>
    /// <param name="result"><c>[Rows]</c>; must not overlap <paramref name="x"/>.</param>
    /// <exception cref="ArgumentException">A length does not fit the matrix.</exception>
    public void Multiply(ReadOnlySpan<double> x, Span<double> result)
    {
        RequireLength(x.Length, Columns, nameof(x));
        RequireLength(result.Length, Rows, nameof(result));
        var entry = 0;
        for (var row = 0; row < result.Length; row++)
        {
            var sum = 0.0;
            var length = rowStarts[row + 1] - entry;
            var rowValues = values.AsSpan(entry, length);
            var rowColumns = columnIndices.AsSpan(entry, length);
            for (var i = 0; i < rowValues.Length; i++)
            {
                sum += rowValues[i] * x[rowColumns[i]];
            }

            result[row] = sum;
            entry += length;
        }
    }

    /// <summary>The entries of the main diagonal, <c>[min(Rows, Columns)]</c>.</summary>
    public double[] Diagonal()
    {
        var diagonal = new double[Math.Min(Rows, Columns)];
        for (var i = 0; i < diagonal.Length; i++)
        {
            diagonal[i] = this[i, i];
        }

        return diagonal;
    }

    /// <summary>The matrix with every entry multiplied by a factor.</summary>
    /// <param name="factor">The factor; -1 turns a Laplacian into a positive definite matrix.</param>
    public CsrMatrix Scale(double factor)
    {
        var scaled = new double[values.Length];
        for (var i = 0; i < scaled.Length; i++)
        {
            scaled[i] = factor * values[i];
        }

        return new CsrMatrix(Rows, Columns, rowStarts, columnIndices, scaled);
    }

    /// <summary>The transposed matrix.</summary>
    public CsrMatrix Transpose()
    {
        var starts = new int[Columns + 1];
        foreach (var column in columnIndices)
        {
            starts[column + 1]++;
        }

        for (var column = 0; column < Columns; column++)
        {
            starts[column + 1] += starts[column];
        }

        var next = starts.AsSpan(0, Columns).ToArray();
        var indices = new int[values.Length];
        var transposed = new double[values.Length];
        for (var row = 0; row < Rows; row++)
        {
            for (var entry = rowStarts[row]; entry < rowStarts[row + 1]; entry++)
            {
                var target = next[columnIndices[entry]]++;
                indices[target] = row;
                transposed[target] = values[entry];
            }
        }

        return new CsrMatrix(Columns, Rows, starts, indices, transposed);
    }

    /// <summary>Whether the matrix equals its transpose, entry for entry, up to a relative difference.</summary>
    /// <param name="tolerance">Largest difference allowed, relative to the largest entry of the matrix.</param>
    public bool IsSymmetric(double tolerance = 1e-14)
    {
        if (Rows != Columns)
        {
            return false;
        }

        var scale = 0.0;
        foreach (var value in values)
        {
            scale = Math.Max(scale, Math.Abs(value));
        }

        for (var row = 0; row < Rows; row++)
        {
            for (var entry = rowStarts[row]; entry < rowStarts[row + 1]; entry++)
            {
                if (!(Math.Abs(values[entry] - this[columnIndices[entry], row]) <= tolerance * scale))
                {
                    return false;
                }
            }
        }

        return true;
    }

    internal void RequireSquare(string operation)
    {
        if (Rows != Columns)
        {
            throw new ArgumentException($"{operation}: the matrix must be square, it is {Rows} x {Columns}.");
        }
    }

    internal static void RequireLength(int length, int expected, string name)
    {
        if (length != expected)
        {
            throw new ArgumentException($"The vector '{name}' has {length} values where the matrix needs {expected}.", name);
        }
    }
}
