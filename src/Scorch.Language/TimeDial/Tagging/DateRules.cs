namespace Scorch.Language.TimeDial;

/// <summary>Days, months, years, and parts of a day.</summary>
internal static class DateRules
{
    private static readonly HashSet<string> BeforeYear = ["in", "since", "of", "by", "until", "till", "from", "to", "before", "after", "during", "year", "early", "late", "mid", "around", "between", "and", "about"];
    private static readonly HashSet<string> BeforeDay = ["on", "by", "until", "till", "before", "after", "since", "from", "to"];
    private static readonly HashSet<string> BeforeMonth = ["in", "of", "last", "next", "this", "since", "until", "till", "by", "early", "late", "mid", "every", "during", "from", "to", "on"];

    /// <summary>The longest date or part of a day that begins at a token.</summary>
    public static TimeAtom? Find(TimeText text, int at) =>
        Longest(Days(text, at), Month(text, at), DayOfMonth(text, at), Named(text, at), Year(text, at), Relative(text, at), Slashed(text, at), Holiday(text, at));

    // Tomorrow; this morning; last night; the day after tomorrow; in the evening; at night.
    private static TimeAtom? Days(TimeText text, int at)
    {
        if (text.After(at, "the", "day", "after", "tomorrow") is > 0 and var after) return Part(at, after);
        if (text.After(at, "the", "day", "before", "yesterday") is > 0 and var before) return Part(at, before);
        if (TimeWords.Days.Contains(text.At(at))) return Part(at, IsPart(text, at + 1) ? at + 2 : at + 1);
        if (TimeWords.Deictic.Contains(text.At(at)) && IsPart(text, at + 1)) return Part(at, at + 2);
        if (text.After(at, "in", "the") is > 0 and var the && text.Is(the, "morning", "mornings", "afternoon", "afternoons", "evening", "evenings")) return Part(at, the + 1);
        return text.After(at, "at", "night") is > 0 and var night ? Part(at, night) : null;
    }

    // April; April 14 , 2009; May first; April of 2001.
    private static TimeAtom? Month(TimeText text, int at)
    {
        if (!IsMonth(text, at)) return null;
        var next = text.At(at + 1) == "." && text.At(at).Length <= 4 ? at + 2 : at + 1;
        var hasDay = false;
        if (NumberReader.Ordinal(text, next) is { Value: <= 31 } ordinal) (next, hasDay) = (ordinal.Next, true);
        else if (next < text.Count && NumberReader.Cardinal(text, next) is { Value: >= 1 and <= 31 } day && day.Value == Math.Floor(day.Value) && !IsMonthNumberPrice(text, next)) (next, hasDay) = (day.Next, true);
        var year = WithYear(text, next);
        if (TimeWords.Doubtful.Contains(text.At(at)) && !hasDay && year == next && !(text[at].IsCapital && BeforeMonth.Contains(text.At(at - 1)))) return null;
        return new(at, year, TemporalKind.Date);
    }

    // The 24th of June; 5th May 2001; 14 April; the fourth Thursday of November; on the 15th.
    private static TimeAtom? DayOfMonth(TimeText text, int at)
    {
        var start = text.At(at) == "the" ? at + 1 : at;
        if (NumberReader.Ordinal(text, start) is { Value: <= 31 } ordinal)
        {
            var next = TimeWords.Weekdays.Contains(text.At(ordinal.Next)) || text.Is(ordinal.Next, "day", "week") ? ordinal.Next + 1 : ordinal.Next;
            var hasNoun = next > ordinal.Next;
            var month = text.At(next) == "of" ? next + 1 : next;
            if (text.After(month, "this", "month") is > 0 and var own) return new(at, own, TemporalKind.Date);
            if (IsMonth(text, month)) return new(at, WithYear(text, month + 1), TemporalKind.Date);
            // "The 5th floor" is none: without a month it must end the clause.
            if (hasNoun && text.At(ordinal.Next) is not "week") return new(at, next, TemporalKind.Date);
            return start > at && BeforeDay.Contains(text.At(at - 1)) && text.Ends(next) ? new(at, next, TemporalKind.Date) : null;
        }
        if (start == at && text[at].IsNumber && text.At(at).Length <= 2 && IsMonth(text, text.At(at + 1) == "of" ? at + 2 : at + 1) && !TimeWords.Doubtful.Contains(text.At(at + 1)))
            return new(at, WithYear(text, (text.At(at + 1) == "of" ? at + 2 : at + 1) + 1), TemporalKind.Date);
        return null;
    }

    // Monday; Friday afternoon; Monday , April 14; the sixties; the nineteenth century; the fourth quarter.
    private static TimeAtom? Named(TimeText text, int at)
    {
        if (TimeWords.Weekdays.Contains(text.At(at)))
        {
            var next = IsPart(text, at + 1) ? at + 2 : at + 1;
            var month = text.At(next) == "," ? next + 1 : next;
            if (month == next && text.After(next, "the") is > 0 and var the) month = the;
            if (IsMonth(text, month) && Month(text, month) is { } date) next = date.To;
            else if (NumberReader.Ordinal(text, month) is not null && DayOfMonth(text, month) is { } day) next = day.To;
            return new(at, next, TemporalKind.Date);
        }
        var start = text.At(at) == "the" ? at + 1 : at;
        if (TimeWords.Decades.Contains(text.At(start)) && (start > at || text.Ends(start + 1))) return new(at, start + 1, TemporalKind.Date);
        if (NumberReader.Ordinal(text, start) is { } ordinal && text.Is(ordinal.Next, "century", "quarter")) return new(at, ordinal.Next + 1, TemporalKind.Date);
        return null;
    }

    // 1944; in 2009; the 1990s; the early 1900.
    private static TimeAtom? Year(TimeText text, int at)
    {
        if (!text[at].IsNumber) return null;
        if (text.At(at + 1) == "s" && text.Touches(at + 1) && text.At(at).Length is 2 or 4) return new(at, at + 2, TemporalKind.Date);
        if (!IsYear(text, at) || ClockRules.IsPrice(text, at) || text.Is(at + 1, ",", ".") && text.Touches(at + 1) && text.Touches(at + 2) && at + 2 < text.Count && text[at + 2].IsNumber) return null;
        return text.Ends(at + 1) && (text.Ends(at - 1) || at == 0 || BeforeYear.Contains(text.At(at - 1))) || BeforeYear.Contains(text.At(at - 1)) && !TimeWords.Money.Contains(text.At(at + 1)) && text.At(at - 1) is not ("to" or "about" or "around" or "and" or "of" or "by")
            ? new(at, at + 1, TemporalKind.Date)
            : null;
    }

    // This week; next summer; every year; the weekend; last Friday; in the spring.
    private static TimeAtom? Relative(TimeText text, int at)
    {
        if (text.Is(at, "weekend", "weekends")) return new(at, at + 1, TemporalKind.Date);
        if (text.After(at, "the", "weekend") is > 0 and var weekend) return new(at, weekend, TemporalKind.Date);
        if (text.After(at, "in", "the") is > 0 and var season && text.Is(season, "spring", "summer", "autumn", "fall", "winter")) return new(at, season + 1, TemporalKind.Date);
        if (!TimeWords.Deictic.Contains(text.At(at))) return null;
        var unit = TemporalUnits.Parse(text.At(at + 1));
        if (unit == TemporalUnit.Second) return null;
        if (unit is not null && text.Is(at, "every", "each", "another")) return new(at, at + 2, TemporalKind.Duration, unit, 1);
        var isNamed = unit is not null || TimeWords.Weekdays.Contains(text.At(at + 1)) || TimeWords.Seasons.Contains(text.At(at + 1)) || text.Is(at + 1, "weekend", "weekends") || IsMonth(text, at + 1);
        if (!isNamed || text.At(at) == "past" || text.At(at) == "another") return null;
        return new(at, IsPart(text, at + 2) && TimeWords.Weekdays.Contains(text.At(at + 1)) ? at + 3 : at + 2, TemporalKind.Date);
    }

    // 12/25; 5/6/2010.
    private static TimeAtom? Slashed(TimeText text, int at)
    {
        bool Digits(int index, int most) => index < text.Count && text[index].IsNumber && text.At(index).Length <= most;
        if (!Digits(at, 2) || text.At(at + 1) != "/" || !text.Touches(at + 1) || !text.Touches(at + 2) || !Digits(at + 2, 2)) return null;
        if (text.At(at + 3) == "/" && Digits(at + 4, 4)) return new(at, at + 5, TemporalKind.Date);
        var (month, day) = (int.Parse(text.At(at), System.Globalization.CultureInfo.InvariantCulture), int.Parse(text.At(at + 2), System.Globalization.CultureInfo.InvariantCulture));
        return month is >= 1 and <= 12 && day is > 4 and <= 31 ? new(at, at + 3, TemporalKind.Date) : null;
    }

    private static TimeAtom? Holiday(TimeText text, int at)
    {
        foreach (var name in (string[][])[["christmas", "eve"], ["christmas", "day"], ["christmas"], ["thanksgiving"], ["easter"], ["halloween"], ["valentine's", "day"], ["new", "year's", "eve"], ["new", "year's", "day"]])
            if (text.After(at, name) is > 0 and var next)
                return text[at].IsCapital ? new(at, text.At(next) == "in" && IsYear(text, next + 1) ? next + 2 : next, TemporalKind.Date) : null;
        return null;
    }

    private static int WithYear(TimeText text, int at)
    {
        var year = text.Is(at, ",", "of") ? at + 1 : at;
        if (IsYear(text, year)) return year + 1;
        return NumberReader.Cardinal(text, year) is { IsWords: true, Value: >= 1900 and < 2100 } spoken ? spoken.Next : at;
    }

    private static bool IsYear(TimeText text, int at) => text.At(at) is { Length: 4 } digits && char.IsAsciiDigit(digits[0]) && int.Parse(digits, System.Globalization.CultureInfo.InvariantCulture) is >= 1500 and < 2100;

    private static bool IsMonthNumberPrice(TimeText text, int at) => ClockRules.IsPrice(text, at);

    private static bool IsMonth(TimeText text, int at) => TimeWords.Months.Contains(text.At(at)) && (text[at].IsCapital || text.At(at).Length > 4 && text.At(at) is not "march");

    private static bool IsPart(TimeText text, int at) => TimeWords.PartsOfDay.Contains(text.At(at));

    private static TimeAtom Part(int from, int to) => new(from, to, TemporalKind.PartOfDay);

    private static TimeAtom? Longest(params ReadOnlySpan<TimeAtom?> atoms)
    {
        TimeAtom? best = null;
        foreach (var atom in atoms)
            if (atom is { } found && (best is not { } held || found.To > held.To)) best = found;
        return best;
    }
}
