using System.Data.Common;
using System.Globalization;

namespace Scorch.Digest;

/// <summary>Values as columns keep them, and back.</summary>
internal static class Columns
{
    public static string Of(DateOnly day) => day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);

    public static object? Of(DateOnly? day) => day is { } known ? Of(known) : null;

    /// <summary>A time in UTC; a time without a zone is taken as UTC.</summary>
    public static long Of(DateTime time) => (time.Kind == DateTimeKind.Local ? time.ToUniversalTime() : time).Ticks;

    public static long Of(bool value) => value ? 1 : 0;

    public static string Text(this DbDataReader row, int column) => StoredText.Decode(row.GetString(column))!;

    public static string? TextOrNull(this DbDataReader row, int column) => row.IsDBNull(column) ? null : row.Text(column);

    public static IReadOnlyList<string> Texts(this DbDataReader row, int column) => StoredJson.ToTexts(row.GetString(column));

    public static long? NumberOrNull(this DbDataReader row, int column) => row.IsDBNull(column) ? null : row.GetInt64(column);

    public static bool Flag(this DbDataReader row, int column) => row.GetInt64(column) != 0;

    public static DateTime Time(this DbDataReader row, int column) => new(row.GetInt64(column), DateTimeKind.Utc);

    public static DateOnly Day(this DbDataReader row, int column) => DateOnly.ParseExact(row.GetString(column), "yyyy-MM-dd", CultureInfo.InvariantCulture);

    public static DateOnly? DayOrNull(this DbDataReader row, int column) => row.IsDBNull(column) ? null : row.Day(column);
}
