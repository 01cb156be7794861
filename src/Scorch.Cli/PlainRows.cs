using Spectre.Console;

namespace Scorch.Cli;

/// <summary>Rows of plain text for a terminal's tables: brackets in them are no markup.</summary>
internal static class PlainRows
{
    /// <summary>Adds a row of plain text.</summary>
    /// <param name="table">The table.</param>
    /// <param name="cells">A text for each column.</param>
    public static void AddPlainRow(this Table table, params IEnumerable<string> cells) =>
        table.AddRow(cells.Select(cell => new Spectre.Console.Text(cell)));
}
