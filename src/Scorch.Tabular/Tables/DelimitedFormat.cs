namespace Scorch.Tabular;

/// <summary>How a text table is laid out.</summary>
/// <param name="Separator">What separates fields; null for runs of blanks and tabs, where fields cannot be quoted.</param>
/// <param name="HasHeader">Whether the first line names the columns; otherwise they are named c1, c2, ...</param>
/// <param name="Types">Types that columns must have; the others are inferred from all of their values.</param>
/// <param name="MissingTexts">Unquoted fields that mean a missing value; null for: nothing, NA, NaN, nan, null, and a single dot.</param>
public sealed record DelimitedFormat(
    char? Separator = ',',
    bool HasHeader = true,
    IReadOnlyDictionary<string, ColumnType>? Types = null,
    IReadOnlySet<string>? MissingTexts = null)
{
    /// <summary>Comma-separated values with quotes doubled inside quotes (RFC 4180).</summary>
    public static DelimitedFormat Csv { get; } = new();

    /// <summary>Tab-separated values.</summary>
    public static DelimitedFormat TabSeparated { get; } = new('\t');

    /// <summary>Columns separated by runs of blanks or tabs.</summary>
    public static DelimitedFormat Whitespace { get; } = new(Separator: null);

    internal static IReadOnlySet<string> UsualMissing { get; } = new HashSet<string>(StringComparer.Ordinal) { "", "NA", "NaN", "nan", "null", "." };
}
