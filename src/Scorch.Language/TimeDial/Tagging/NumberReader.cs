using System.Globalization;

namespace Scorch.Language.TimeDial;

/// <summary>A number read from a text.</summary>
/// <param name="Value">Its value; NaN for <c>several</c> and the like.</param>
/// <param name="Next">The place after it.</param>
/// <param name="IsWords">Whether it is written in words.</param>
internal readonly record struct ReadNumber(double Value, int Next, bool IsWords);

/// <summary>Reads numbers in digits and in English words.</summary>
internal static class NumberReader
{
    private static readonly Dictionary<string, int> Ones = new()
    {
        ["zero"] = 0,
        ["one"] = 1,
        ["two"] = 2,
        ["three"] = 3,
        ["four"] = 4,
        ["five"] = 5,
        ["six"] = 6,
        ["seven"] = 7,
        ["eight"] = 8,
        ["nine"] = 9,
        ["ten"] = 10,
        ["eleven"] = 11,
        ["twelve"] = 12,
        ["thirteen"] = 13,
        ["fourteen"] = 14,
        ["fifteen"] = 15,
        ["sixteen"] = 16,
        ["seventeen"] = 17,
        ["eighteen"] = 18,
        ["nineteen"] = 19,
    };

    private static readonly Dictionary<string, int> Tens = new()
    {
        ["twenty"] = 20,
        ["thirty"] = 30,
        ["forty"] = 40,
        ["fourty"] = 40,
        ["fifty"] = 50,
        ["sixty"] = 60,
        ["seventy"] = 70,
        ["eighty"] = 80,
        ["ninety"] = 90,
    };

    private static readonly Dictionary<string, int> Ordinals = new()
    {
        ["first"] = 1,
        ["second"] = 2,
        ["third"] = 3,
        ["fourth"] = 4,
        ["fifth"] = 5,
        ["sixth"] = 6,
        ["seventh"] = 7,
        ["eighth"] = 8,
        ["ninth"] = 9,
        ["tenth"] = 10,
        ["eleventh"] = 11,
        ["twelfth"] = 12,
        ["thirteenth"] = 13,
        ["fourteenth"] = 14,
        ["fifteenth"] = 15,
        ["sixteenth"] = 16,
        ["seventeenth"] = 17,
        ["eighteenth"] = 18,
        ["nineteenth"] = 19,
        ["twentieth"] = 20,
        ["thirtieth"] = 30,
    };

    /// <summary>Whether a word is part of a number in words.</summary>
    public static bool IsNumberWord(string word) => Ones.ContainsKey(word) || Tens.ContainsKey(word) || word is "hundred" or "thousand" or "million";

    /// <summary>A cardinal number: <c>48</c>, <c>1,200</c>, <c>2.5</c>, <c>forty-eight</c>, <c>a hundred and twenty</c>, <c>a couple of</c>, <c>two and a half</c>.</summary>
    public static ReadNumber? Cardinal(TimeText text, int at)
    {
        if (Vague(text, at) is { } vague) return vague;
        var read = at < text.Count && text[at].IsNumber ? Digits(text, at) : Words(text, at);
        if (read is not { } number) return null;
        foreach (var half in (string[][])[["and", "a", "half"], ["and", "half"], ["and", "one", "half"]])
            if (text.After(number.Next, half) is > 0 and var next) return number with { Value = number.Value + 0.5, Next = next };
        return number;
    }

    /// <summary>An ordinal: <c>4th</c>, <c>twenty-sixth</c>.</summary>
    public static ReadNumber? Ordinal(TimeText text, int at)
    {
        if (at < text.Count && text[at].IsNumber)
        {
            var isOrdinal = text.Is(at + 1, "st", "nd", "rd", "th") && text[at].Word.Length <= 3;
            return isOrdinal ? new(double.Parse(text[at].Word, CultureInfo.InvariantCulture), at + 2, false) : null;
        }
        if (Ordinals.TryGetValue(text.At(at), out var value)) return new(value, at + 1, true);
        if (!Tens.TryGetValue(text.At(at), out var tens)) return null;
        var next = text.At(at + 1) == "-" ? at + 2 : at + 1;
        return Ordinals.TryGetValue(text.At(next), out value) && value < 10 ? new(tens + value, next + 1, true) : null;
    }

    private static ReadNumber? Vague(TimeText text, int at)
    {
        foreach (var (words, value) in ((string[], double)[])
            [(["a", "couple", "of"], 2), (["couple", "of"], 2), (["a", "couple"], 2), (["a", "few"], double.NaN), (["few"], double.NaN), (["several"], double.NaN), (["many"], double.NaN), (["some"], double.NaN),
             (["thousands", "of"], double.NaN), (["hundreds", "of"], double.NaN), (["millions", "of"], double.NaN), (["dozens", "of"], double.NaN), (["half", "a", "dozen"], 6), (["a", "dozen"], 12)])
            if (text.After(at, words) is > 0 and var next) return new(value, next, true);
        return null;
    }

    private static ReadNumber? Digits(TimeText text, int at)
    {
        var digits = text[at].Word;
        var next = at + 1;
        while (text.At(next) == "," && text.Touches(next) && text.Touches(next + 1) && text.At(next + 1) is { Length: 3 } group && char.IsAsciiDigit(group[0]) && digits.Length <= 12)
        {
            digits += group;
            next += 2;
        }
        if (text.At(next) == "." && text.Touches(next) && text.Touches(next + 1) && text[next + 1].IsNumber)
        {
            digits += "." + text.At(next + 1);
            next += 2;
        }
        if (digits.Length > 15) return null;
        var value = double.Parse(digits, CultureInfo.InvariantCulture);
        return Scaled(text, new(value, next, false));
    }

    private static ReadNumber Scaled(TimeText text, ReadNumber number) => text.At(number.Next) switch
    {
        "hundred" => number with { Value = number.Value * 100, Next = number.Next + 1 },
        "thousand" => number with { Value = number.Value * 1000, Next = number.Next + 1 },
        "million" => number with { Value = number.Value * 1_000_000, Next = number.Next + 1 },
        _ => number,
    };

    private static ReadNumber? Words(TimeText text, int at)
    {
        var (total, part, next) = (0.0, 0.0, at);
        // A hundred, a thousand: the article counts where a scale follows.
        if (text.Is(at, "a", "an") && text.Is(at + 1, "hundred", "thousand", "million")) (part, next) = (1, at + 1);
        var isRead = false;
        var (mayTakeTens, mayTakeOnes) = (next == at, next == at);
        for (; ; isRead = true)
        {
            var word = text.At(next);
            // "forty-eight", "one hundred and twenty": a joint counts only where the number goes on.
            if (isRead && word is "-" or "and" && (Tens.ContainsKey(text.At(next + 1)) || Ones.ContainsKey(text.At(next + 1))))
            {
                if (word == "and" ? part % 100 != 0 || part + total == 0 : !(mayTakeOnes && Ones.GetValueOrDefault(text.At(next + 1), 99) < 10 && part % 10 == 0 && part % 100 != 0)) break;
                word = text.At(++next);
            }
            if (Ones.TryGetValue(word, out var ones) && mayTakeOnes && (mayTakeTens || ones is > 0 and < 10)) (part, mayTakeTens, mayTakeOnes) = (part + ones, false, false);
            else if (Tens.TryGetValue(word, out var tens) && mayTakeTens) (part, mayTakeTens) = (part + tens, false);
            else if (word == "hundred" && part is > 0 and < 100) (part, mayTakeTens, mayTakeOnes) = (part * 100, true, true);
            else if (word is "thousand" or "million" && part > 0) (total, part, mayTakeTens, mayTakeOnes) = (total + (part * (word == "thousand" ? 1e3 : 1e6)), 0, true, true);
            else break;
            next++;
        }
        return isRead ? new(total + part, next, true) : null;
    }
}
