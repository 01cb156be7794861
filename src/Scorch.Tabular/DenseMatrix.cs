namespace Scorch.Tabular;

/// <summary>A dense matrix of doubles, row after row: what every learner fits on and predicts for.</summary>
public sealed class DenseMatrix
{
    private readonly double[] values;

    /// <summary>A matrix of zeros.</summary>
    /// <param name="rows">The number of rows, at least 0.</param>
    /// <param name="columns">The number of columns, at least 0.</param>
    public DenseMatrix(int rows, int columns)
        : this(rows, columns, new double[checked(Checked(rows, nameof(rows)) * Checked(columns, nameof(columns)))])
    {
    }

    /// <summary>Wraps values that lie row after row; the array is not copied.</summary>
    /// <param name="rows">The number of rows.</param>
    /// <param name="columns">The number of columns.</param>
    /// <param name="values">The <c>rows * columns</c> values.</param>
    /// <exception cref="ArgumentException">The array's length is not <c>rows * columns</c>.</exception>
    public DenseMatrix(int rows, int columns, double[] values)
    {
        ArgumentNullException.ThrowIfNull(values);
        if ((long)rows * columns != values.Length)
            throw new ArgumentException($"A {rows} x {columns} matrix holds {(long)rows * columns} values, but {values.Length} were given.", nameof(values));
        (Rows, Columns, this.values) = (rows, columns, values);
    }

    /// <summary>The number of rows.</summary>
    public int Rows { get; }

    /// <summary>The number of columns.</summary>
    public int Columns { get; }

    /// <summary>All values, row after row.</summary>
    public Span<double> Values => values;

    /// <summary>One entry.</summary>
    /// <param name="row">The row, from 0.</param>
    /// <param name="column">The column, from 0.</param>
    public double this[int row, int column]
    {
        get => values[row * Columns + column];
        set => values[row * Columns + column] = value;
    }

    /// <summary>A matrix from columns of equal length.</summary>
    /// <param name="columns">The columns.</param>
    /// <returns>The matrix.</returns>
    /// <exception cref="ArgumentException">The columns differ in length.</exception>
    public static DenseMatrix FromColumns(IReadOnlyList<double[]> columns)
    {
        ArgumentNullException.ThrowIfNull(columns);
        var rows = columns.Count == 0 ? 0 : columns[0].Length;
        var matrix = new DenseMatrix(rows, columns.Count);
        for (var j = 0; j < columns.Count; j++)
        {
            if (columns[j].Length != rows)
                throw new ArgumentException($"Column {j} has {columns[j].Length} values, column 0 has {rows}.", nameof(columns));
            for (var i = 0; i < rows; i++)
                matrix[i, j] = columns[j][i];
        }
        return matrix;
    }

    /// <summary>One row, as a view.</summary>
    /// <param name="row">The row, from 0.</param>
    /// <returns>The row's values.</returns>
    public Span<double> Row(int row) => values.AsSpan(row * Columns, Columns);

    /// <summary>A copy of one column.</summary>
    /// <param name="column">The column, from 0.</param>
    /// <returns>The column's values.</returns>
    public double[] Column(int column)
    {
        var copy = new double[Rows];
        for (var i = 0; i < Rows; i++)
            copy[i] = this[i, column];
        return copy;
    }

    /// <summary>The rows with the given numbers, in that order.</summary>
    /// <param name="rows">Row numbers; repeats are allowed.</param>
    /// <returns>A new matrix.</returns>
    public DenseMatrix SelectRows(ReadOnlySpan<int> rows)
    {
        var result = new DenseMatrix(rows.Length, Columns);
        for (var i = 0; i < rows.Length; i++)
            Row(rows[i]).CopyTo(result.Row(i));
        return result;
    }

    private static int Checked(int size, string name)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(size, name);
        return size;
    }
}
