namespace Scorch.Language.TimeDial;

/// <summary>Times of the day.</summary>
internal static class ClockRules
{
    private static readonly HashSet<string> AfterBare = ["in", "on", "this", "tomorrow", "tonight", "today", "sharp", "for", "and", "or", "to", "if", "then", "every", "at", "until", "till", "as", "so", "with", "from", "o'clock"];

    /// <summary>Whether the number at a token is money: a currency before it or behind it.</summary>
    public static bool IsPrice(TimeText text, int at)
    {
        if (text.Is(at - 1, "$", "£", "€", "¥", "rmb")) return true;
        return NumberReader.Cardinal(text, at) is { } number && (TimeWords.Money.Contains(text.At(number.Next)) || text.At(number.Next) is "%" or "$" || text.After(number.Next, "per", "cent") > 0);
    }

    /// <summary>The longest time of the day that begins at a token.</summary>
    public static TimeAtom? Find(TimeText text, int at)
    {
        if (text.Is(at, "noon", "midday")) return TimeAtom.Clock(at, at + 1, 12);
        if (text.Is(at, "midnight")) return TimeAtom.Clock(at, at + 1, 0);
        if (IsPrice(text, at)) return null;
        return Past(text, at) ?? Numbered(text, at);
    }

    // Half past ten; a quarter to twelve; ten (minutes) past five; five to eight.
    private static TimeAtom? Past(TimeText text, int at)
    {
        if (text.After(at, "half", "past") is > 0 and var half && Hour(text, half) is { } halfHour) return Finish(text, at, halfHour.Next, halfHour.Value, 30);
        var quarter = text.After(at, "a", "quarter") is > 0 and var article ? article : text.After(at, "quarter");
        var (minutes, next) = quarter > 0
            ? (15, quarter)
            : NumberReader.Cardinal(text, at) is { Value: >= 1 and <= 59 } number ? (number.Value, text.Is(number.Next, "minutes", "minute") ? number.Next + 1 : number.Next) : (0, -1);
        if (next < 0 || !text.Is(next, "past", "to", "after", "before") || Hour(text, next + 1) is not { } hour) return null;
        // Without "quarter", "ten after six" may be anything but a time: only past and to count, and a unit behind makes it a range.
        if (quarter < 0 && (text.Is(next, "after", "before") || minutes % 5 != 0 || hour.Value > 12 || !(text.Ends(hour.Next) || IsClockWord(text, hour.Next) || AfterBare.Contains(text.At(hour.Next))))) return null;
        var isBefore = text.Is(next, "to", "before");
        return Finish(text, at, hour.Next, isBefore ? hour.Value - 1 : hour.Value, isBefore ? 60 - minutes : minutes);
    }

    // 9:30; 9:30 pm; five pm; ten thirty am; seven o'clock; eight in the morning; at nine.
    private static TimeAtom? Numbered(TimeText text, int at)
    {
        if (Hour(text, at) is not { } hour) return null;
        var (minute, next, isSure) = (0.0, hour.Next, false);
        if (!hour.IsWords && text.Is(next, ":", ".") && next + 1 < text.Count && text[next + 1].IsNumber && text.At(next + 1).Length == 2 && int.Parse(text.At(next + 1), System.Globalization.CultureInfo.InvariantCulture) < 60)
        {
            isSure = text.At(next) == ":";
            (minute, next) = (int.Parse(text.At(next + 1), System.Globalization.CultureInfo.InvariantCulture), next + 2);
            if (!isSure && !IsHalf(text, next)) return null;
        }
        else if (hour.IsWords && hour.Value <= 12 && NumberReader.Cardinal(text, next) is { IsWords: true, Value: >= 10 and <= 59 } spoken && (IsHalf(text, spoken.Next) || (text.Is(at - 1, "at", "by", "until", "till") && text.Ends(spoken.Next))))
        {
            (minute, next, isSure) = (spoken.Value, spoken.Next, true);
        }
        if (OClock(text, next) is > 0 and var clock) (next, isSure) = (clock, true);
        if (isSure || IsHalf(text, next) || InThe(text, next) > 0) return Finish(text, at, next, hour.Value, minute);
        var isBare = hour.Value is >= 1 and <= 12 && text.Is(at - 1, "at", "until", "till") && (text.Ends(next) || AfterBare.Contains(text.At(next)));
        return isBare ? TimeAtom.Clock(at, next, hour.Value) : null;
    }

    private static ReadNumber? Hour(TimeText text, int at)
    {
        if (text.At(at) is "noon") return new(12, at + 1, true);
        return NumberReader.Cardinal(text, at) is { Value: >= 0 and <= 24 } number && (number.Value == Math.Floor(number.Value) || !number.IsWords) && !text.Is(at, "a", "several", "few", "couple")
            ? Whole(text, at, number)
            : null;
    }

    // 9.30 reads as a decimal number; its hour is what stands before the point.
    private static ReadNumber? Whole(TimeText text, int at, ReadNumber number) =>
        number.Value == Math.Floor(number.Value) && !(number.Next > at + 1 && !number.IsWords) ? number : new(double.Parse(text[at].Word, System.Globalization.CultureInfo.InvariantCulture), at + 1, false);

    private static TimeAtom Finish(TimeText text, int from, int next, double hour, double minute)
    {
        if (OClock(text, next) is > 0 and var clock) next = clock;
        if (Half(text, next) is var (isAfternoon, after))
        {
            if (isAfternoon && hour < 12) hour += 12;
            if (!isAfternoon && hour == 12) hour = 0;
            next = after;
        }
        if (InThe(text, next) is > 0 and var part)
        {
            var word = text.At(part - 1);
            if (word is "afternoon" or "evening" && hour < 12) hour += 12;
            if (word == "night" && hour is >= 6 and < 12) hour += 12;
            next = part;
        }
        if (text.At(next) == "sharp") next++;
        return TimeAtom.Clock(from, next, hour, minute);
    }

    private static bool IsClockWord(TimeText text, int at) => OClock(text, at) > 0 || IsHalf(text, at) || InThe(text, at) > 0;

    private static int OClock(TimeText text, int at) => text.At(at) is "o'clock" or "oclock" ? at + 1 : text.After(at, "o", "'", "clock") is > 0 and var spaced ? spaced : -1;

    private static bool IsHalf(TimeText text, int at) => Half(text, at) is not null;

    // am, pm, a.m., p . m .
    private static (bool IsAfternoon, int Next)? Half(TimeText text, int at)
    {
        if (text.Is(at, "am", "pm")) return (text.At(at) == "pm", text.At(at + 1) == "." && text.Touches(at + 1) && at + 2 < text.Count && !text[at + 2].IsCapital ? at + 2 : at + 1);
        if (!text.Is(at, "a", "p") || text.At(at + 1) != "." || text.At(at + 2) != "m") return null;
        return (text.At(at) == "p", text.At(at + 3) == "." ? at + 4 : at + 3);
    }

    private static int InThe(TimeText text, int at)
    {
        if (text.After(at, "in", "the") is > 0 and var next && text.Is(next, "morning", "afternoon", "evening")) return next + 1;
        return text.After(at, "at", "night") is > 0 and var night ? night : -1;
    }
}
