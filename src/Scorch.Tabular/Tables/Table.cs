namespace Scorch.Tabular;

/// <summary>A data frame: named, typed columns of equal length. Immutable; every change gives a new table that shares columns.</summary>
public sealed class Table
{
    private readonly Dictionary<string, Column> byName = new(StringComparer.Ordinal);

    /// <summary>A table of the given columns.</summary>
    /// <param name="columns">Columns of equal length with different names.</param>
    /// <exception cref="ArgumentException">Lengths differ, or a name is used twice.</exception>
    public Table(IEnumerable<Column> columns)
    {
        ArgumentNullException.ThrowIfNull(columns);
        Columns = [.. columns];
        foreach (var column in Columns)
        {
            if (column.Count != Columns[0].Count)
                throw new ArgumentException($"Column '{column.Name}' has {column.Count} rows, column '{Columns[0].Name}' has {Columns[0].Count}.", nameof(columns));
            if (!byName.TryAdd(column.Name, column))
                throw new ArgumentException($"Two columns are named '{column.Name}'; rename one.", nameof(columns));
        }
    }

    /// <summary>The columns in order.</summary>
    public IReadOnlyList<Column> Columns { get; }

    /// <summary>The number of rows.</summary>
    public int Rows => Columns.Count == 0 ? 0 : Columns[0].Count;

    /// <summary>The columns' names in order.</summary>
    public IReadOnlyList<string> Names => [.. Columns.Select(column => column.Name)];

    /// <summary>The column of a name.</summary>
    /// <param name="name">The name; capitals count.</param>
    /// <exception cref="ArgumentException">There is no such column; the nearest name is suggested.</exception>
    public Column this[string name] => byName.TryGetValue(name, out var column) ? column : throw new ArgumentException(Unknown(name), nameof(name));

    /// <summary>Whether a column of the name exists.</summary>
    /// <param name="name">The name.</param>
    /// <returns>True when it exists.</returns>
    public bool Contains(string name) => byName.ContainsKey(name);

    /// <summary>The numbers of a column.</summary>
    /// <param name="name">The name.</param>
    /// <returns>A copy of the values, NaN where missing.</returns>
    public double[] Numbers(string name) => this[name].Numbers.ToArray();

    /// <summary>The named columns, in that order.</summary>
    /// <param name="names">The names.</param>
    /// <returns>A table of those columns.</returns>
    public Table Select(params IEnumerable<string> names) => new(names.Select(name => this[name]));

    /// <summary>This table with a column added, or replaced when its name exists.</summary>
    /// <param name="column">The column.</param>
    /// <returns>The new table.</returns>
    public Table With(Column column)
    {
        ArgumentNullException.ThrowIfNull(column);
        return Contains(column.Name)
            ? new(Columns.Select(existing => existing.Name == column.Name ? column : existing))
            : new(Columns.Append(column));
    }

    /// <summary>The rows with the given numbers, in that order.</summary>
    /// <param name="rows">Row numbers.</param>
    /// <returns>A new table.</returns>
    public Table SelectRows(int[] rows) => new(Columns.Select(column => column.SelectRows(rows)));

    /// <summary>The rows for which a condition holds.</summary>
    /// <param name="keep">Tells from a row's number whether the row stays.</param>
    /// <returns>A new table.</returns>
    public Table Where(Func<int, bool> keep)
    {
        ArgumentNullException.ThrowIfNull(keep);
        return SelectRows([.. Enumerable.Range(0, Rows).Where(keep)]);
    }

    /// <summary>The rows in which none of the columns is missing.</summary>
    /// <param name="names">The columns to look at; all when none is named.</param>
    /// <returns>A new table.</returns>
    public Table DropMissing(params IEnumerable<string> names)
    {
        var looked = names.Select(name => this[name]).ToArray();
        if (looked.Length == 0)
            looked = [.. Columns];
        return Where(row => !Array.Exists(looked, column => column.IsMissing(row)));
    }

    /// <summary>The named columns as a matrix, one row an observation.</summary>
    /// <param name="names">Names of numeric columns.</param>
    /// <returns>A <c>[rows, names]</c> matrix; NaN where a value is missing.</returns>
    public DenseMatrix ToMatrix(params IEnumerable<string> names)
    {
        var chosen = names.Select(name => this[name]).ToArray();
        var matrix = new DenseMatrix(Rows, chosen.Length);
        for (var j = 0; j < chosen.Length; j++)
        {
            var numbers = chosen[j].Numbers;
            for (var i = 0; i < numbers.Length; i++)
                matrix[i, j] = numbers[i];
        }
        return matrix;
    }

    private string Unknown(string name)
    {
        var nearest = NearestName.Of(name, Names);
        return $"There is no column '{name}'{(nearest is null ? "" : $"; did you mean '{nearest}'?")} The table has: {string.Join(", ", Names)}.";
    }
}
