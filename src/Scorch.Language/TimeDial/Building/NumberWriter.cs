using System.Globalization;

namespace Scorch.Language.TimeDial;

/// <summary>Writes whole numbers and units as English has them.</summary>
internal static class NumberWriter
{
    private static readonly string[] Ones =
        ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen"];

    private static readonly string[] Tens = ["", "", "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"];

    public static string Digits(int value) => value.ToString(CultureInfo.InvariantCulture);

    /// <summary>0 to 999,999 in words.</summary>
    public static string Words(int value) => value switch
    {
        < 0 or > 999_999 => throw new ArgumentOutOfRangeException(nameof(value), value, "Words: 0 to 999,999."),
        < 20 => Ones[value],
        < 100 => value % 10 == 0 ? Tens[value / 10] : $"{Tens[value / 10]}-{Ones[value % 10]}",
        < 1000 => value % 100 == 0 ? $"{Ones[value / 100]} hundred" : $"{Ones[value / 100]} hundred and {Words(value % 100)}",
        _ => value % 1000 == 0 ? $"{Words(value / 1000)} thousand" : $"{Words(value / 1000)} thousand {(value % 1000 < 100 ? "and " : "")}{Words(value % 1000)}",
    };

    public static string Unit(TemporalUnit unit, bool isPlural) => unit switch
    {
        TemporalUnit.Century => isPlural ? "centuries" : "century",
        _ => unit.ToString().ToLowerInvariant() + (isPlural ? "s" : ""),
    };
}
