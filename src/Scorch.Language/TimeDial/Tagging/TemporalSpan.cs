namespace Scorch.Language.TimeDial;

/// <summary>What a temporal expression names.</summary>
public enum TemporalKind
{
    /// <summary>A length of time: <c>two hours</c>, <c>three-day</c>, <c>five years ago</c>.</summary>
    Duration,

    /// <summary>A time of the day: <c>9:30</c>, <c>half past ten</c>, <c>five pm</c>, <c>noon</c>.</summary>
    Clock,

    /// <summary>A day, month, year, decade or century: <c>Friday</c>, <c>April 14</c>, <c>1944</c>, <c>the nineteenth century</c>.</summary>
    Date,

    /// <summary>A part of a day or a day seen from today: <c>this morning</c>, <c>tomorrow</c>, <c>tonight</c>.</summary>
    PartOfDay,

    /// <summary>The age of somebody: <c>nine years old</c>.</summary>
    Age,
}

/// <summary>Units of time.</summary>
public enum TemporalUnit
{
    /// <summary>1 second.</summary>
    Second,

    /// <summary>60 seconds.</summary>
    Minute,

    /// <summary>60 minutes.</summary>
    Hour,

    /// <summary>24 hours; nights count as days.</summary>
    Day,

    /// <summary>7 days.</summary>
    Week,

    /// <summary>A twelfth of a year.</summary>
    Month,

    /// <summary>365.25 days.</summary>
    Year,

    /// <summary>10 years.</summary>
    Decade,

    /// <summary>100 years.</summary>
    Century,
}

/// <summary>A temporal expression in a text.</summary>
/// <param name="Start">Its first UTF-16 unit.</param>
/// <param name="End">The unit after its last.</param>
/// <param name="Text">The expression.</param>
/// <param name="Kind">What it names.</param>
/// <param name="Unit">The unit of a duration or age (of several the first); of a clock time the hour; null for dates and parts of a day.</param>
/// <param name="Magnitude">How many of the unit, of a range the middle; of a clock time the hour, with its fraction; null where the text gives no number.</param>
/// <param name="Seconds">The same in seconds; of a clock time since midnight. Null where the text gives no number.</param>
public sealed record TemporalSpan(int Start, int End, string Text, TemporalKind Kind, TemporalUnit? Unit, double? Magnitude, double? Seconds);

/// <summary>Lengths of units.</summary>
public static class TemporalUnits
{
    /// <summary>Seconds of a unit.</summary>
    /// <param name="unit">The unit.</param>
    public static double Seconds(this TemporalUnit unit) => unit switch
    {
        TemporalUnit.Second => 1,
        TemporalUnit.Minute => 60,
        TemporalUnit.Hour => 3600,
        TemporalUnit.Day => 86_400,
        TemporalUnit.Week => 7 * 86_400,
        TemporalUnit.Month => 365.25 * 86_400 / 12,
        TemporalUnit.Year => 365.25 * 86_400,
        TemporalUnit.Decade => 10 * 365.25 * 86_400,
        TemporalUnit.Century => 100 * 365.25 * 86_400,
        _ => throw new ArgumentOutOfRangeException(nameof(unit), unit, "Seconds: no such unit."),
    };

    /// <summary>The unit that a word names, or null: <c>hours</c>, <c>mins</c>, <c>night</c>, ….</summary>
    /// <param name="word">In lower case.</param>
    internal static TemporalUnit? Parse(string word) => word switch
    {
        "second" or "seconds" or "sec" or "secs" => TemporalUnit.Second,
        "minute" or "minutes" or "min" or "mins" => TemporalUnit.Minute,
        "hour" or "hours" or "hr" or "hrs" => TemporalUnit.Hour,
        "day" or "days" or "night" or "nights" => TemporalUnit.Day,
        "week" or "weeks" or "wk" or "wks" => TemporalUnit.Week,
        "month" or "months" => TemporalUnit.Month,
        "year" or "years" or "yr" or "yrs" => TemporalUnit.Year,
        "decade" or "decades" => TemporalUnit.Decade,
        "century" or "centuries" => TemporalUnit.Century,
        _ => null,
    };
}
