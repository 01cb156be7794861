using System.Globalization;

namespace Scorch.Tabular;

/// <summary>What a column holds.</summary>
public enum ColumnType
{
    /// <summary>Whole numbers.</summary>
    Integer,

    /// <summary>Floating-point numbers.</summary>
    Number,

    /// <summary>True or false.</summary>
    Boolean,

    /// <summary>Text.</summary>
    Text,
}

/// <summary>A named column of a <see cref="Table"/>: typed values, any of which may be missing.</summary>
/// <remarks>Immutable. Numeric columns keep doubles (whole numbers are exact to 2^53) with NaN where a value is missing.</remarks>
public sealed class Column
{
    private readonly double[]? numbers;
    private readonly string?[]? texts;

    private Column(string name, ColumnType type, double[]? numbers, string?[]? texts)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        (Name, Type, this.numbers, this.texts) = (name, type, numbers, texts);
    }

    /// <summary>The name, unique in its table.</summary>
    public string Name { get; }

    /// <summary>What the column holds.</summary>
    public ColumnType Type { get; }

    /// <summary>The number of rows.</summary>
    public int Count => numbers?.Length ?? texts!.Length;

    /// <summary>True when the values can be read as numbers: every type but text.</summary>
    public bool IsNumeric => numbers is not null;

    /// <summary>How many values are missing.</summary>
    public int MissingCount => numbers is not null ? numbers.Count(double.IsNaN) : texts!.Count(text => text is null);

    /// <summary>A column of floating-point numbers.</summary>
    /// <param name="name">The name.</param>
    /// <param name="values">The values, NaN where missing; copied.</param>
    /// <returns>The column.</returns>
    public static Column OfNumbers(string name, ReadOnlySpan<double> values) => new(name, ColumnType.Number, values.ToArray(), null);

    /// <summary>A column of whole numbers.</summary>
    /// <param name="name">The name.</param>
    /// <param name="values">Whole numbers up to 2^53 in size, NaN where missing; copied.</param>
    /// <returns>The column.</returns>
    /// <exception cref="ArgumentException">A value is not whole, or is beyond 2^53.</exception>
    public static Column OfIntegers(string name, ReadOnlySpan<double> values)
    {
        for (var i = 0; i < values.Length; i++)
            if (!double.IsNaN(values[i]) && (values[i] != Math.Floor(values[i]) || Math.Abs(values[i]) > 1L << 53))
                throw new ArgumentException($"Column '{name}', row {i}: {values[i]} is not a whole number that a double holds exactly; use OfNumbers.", nameof(values));
        return new(name, ColumnType.Integer, values.ToArray(), null);
    }

    /// <summary>A column of truth values.</summary>
    /// <param name="name">The name.</param>
    /// <param name="values">The values, null where missing.</param>
    /// <returns>The column; as numbers, false is 0 and true is 1.</returns>
    public static Column OfBooleans(string name, ReadOnlySpan<bool?> values)
    {
        var numbers = new double[values.Length];
        for (var i = 0; i < numbers.Length; i++)
            numbers[i] = values[i] switch { null => double.NaN, true => 1, false => 0 };
        return new(name, ColumnType.Boolean, numbers, null);
    }

    /// <summary>A column of text.</summary>
    /// <param name="name">The name.</param>
    /// <param name="values">The values, null where missing; copied.</param>
    /// <returns>The column.</returns>
    public static Column OfTexts(string name, ReadOnlySpan<string?> values) => new(name, ColumnType.Text, null, values.ToArray());

    /// <summary>The values as numbers.</summary>
    /// <returns>A view of the values, NaN where missing.</returns>
    /// <exception cref="InvalidOperationException">The column holds text.</exception>
    public ReadOnlySpan<double> Numbers => numbers ?? throw new InvalidOperationException(
        $"Column '{Name}' holds text (first value: '{texts!.FirstOrDefault(text => text is not null)}'), not numbers; code it as numbers first.");

    /// <summary>Whether a value is missing.</summary>
    /// <param name="row">The row, from 0.</param>
    /// <returns>True when there is no value.</returns>
    public bool IsMissing(int row) => numbers is not null ? double.IsNaN(numbers[row]) : texts![row] is null;

    /// <summary>A value as text, in the invariant culture, null where missing.</summary>
    /// <param name="row">The row, from 0.</param>
    /// <returns>Text that reads back as the same value.</returns>
    public string? Text(int row) => IsMissing(row) ? null : Type switch
    {
        ColumnType.Text => texts![row],
        ColumnType.Boolean => numbers![row] != 0 ? "true" : "false",
        _ => numbers![row].ToString("R", CultureInfo.InvariantCulture),
    };

    /// <summary>The same values under another name.</summary>
    /// <param name="name">The new name.</param>
    /// <returns>A column that shares its values with this one.</returns>
    public Column Renamed(string name) => new(name, Type, numbers, texts);

    /// <summary>The rows with the given numbers, in that order.</summary>
    /// <param name="rows">Row numbers.</param>
    /// <returns>A new column.</returns>
    public Column SelectRows(ReadOnlySpan<int> rows)
    {
        var selectedNumbers = numbers is null ? null : new double[rows.Length];
        var selectedTexts = texts is null ? null : new string?[rows.Length];
        for (var i = 0; i < rows.Length; i++)
        {
            if (selectedNumbers is not null)
                selectedNumbers[i] = numbers![rows[i]];
            else
                selectedTexts![i] = texts![rows[i]];
        }
        return new(Name, Type, selectedNumbers, selectedTexts);
    }
}
