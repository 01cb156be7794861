using System.Globalization;

namespace Scorch.Language.ZeroShotDst;

/// <summary>How a slot becomes a question.</summary>
public enum QuestionStyle
{
    /// <summary>"What is the price range of the hotel that the user wants?", or the question written for the slot where there is one.</summary>
    Template,

    /// <summary>The schema's own words: "What is the price budget of the hotel for hotel reservations?".</summary>
    Description,

    /// <summary>The names alone: "hotel price range?".</summary>
    SlotName,

    /// <summary>Several wordings that the other styles do not use.</summary>
    Paraphrase,
}

/// <summary>How several wordings of one question become one answer.</summary>
public enum ParaphraseRule
{
    /// <summary>Each wording is answered; the most frequent answer wins, between equally frequent ones the likelier.</summary>
    Vote,

    /// <summary>The probabilities of the next token are averaged over the wordings at every step.</summary>
    Average,
}

/// <summary>Makes questions of services and slots.</summary>
public static class QuestionBook
{
    /// <summary>The questions for a slot: one, or the whole set of <see cref="QuestionStyle.Paraphrase"/>.</summary>
    /// <param name="service">The service.</param>
    /// <param name="slot">One of its slots.</param>
    /// <param name="style">How.</param>
    public static IReadOnlyList<string> For(DialogService service, DialogSlot slot, QuestionStyle style)
    {
        ArgumentNullException.ThrowIfNull(service);
        ArgumentNullException.ThrowIfNull(slot);
        var (thing, phrase) = (service.Phrase, slot.Phrase);
        return style switch
        {
            QuestionStyle.Template when slot.Question is { } own => [own],
            QuestionStyle.Template when slot.IsTruth => [$"Does the user want {Wish(slot)} for the {thing}?"],
            QuestionStyle.Template => [$"What is the {phrase} of the {thing} that the user wants?"],
            QuestionStyle.Description => [Description(service, slot)],
            QuestionStyle.SlotName => [$"{thing} {phrase}?"],
            QuestionStyle.Paraphrase when slot.IsTruth =>
            [
                $"Is {Wish(slot)} needed for the {thing}?",
                $"Did the user ask for {Wish(slot)} when talking about the {thing}?",
                $"{Capital(thing)}: {Wish(slot)}, yes or no?",
            ],
            QuestionStyle.Paraphrase =>
            [
                $"Which {phrase} did the user mention for the {thing}?",
                $"Tell me the {phrase} of the {thing}.",
                $"When it comes to the {thing}, what {phrase} does the user have in mind?",
            ],
            _ => throw new ArgumentOutOfRangeException(nameof(style), style, "QuestionBook: none of the named styles."),
        };
    }

    /// <summary>Checks a question of the user's own.</summary>
    /// <param name="question">The question.</param>
    /// <exception cref="ArgumentException">It is empty, or holds a token that marks parts of the input.</exception>
    public static void Require(string question)
    {
        if (string.IsNullOrWhiteSpace(question)) throw new ArgumentException("The question is empty; ask something, such as \"What kind of food does the user want?\".", nameof(question));
        foreach (var token in DialogTokens.Marks)
            if (question.Contains(token, StringComparison.OrdinalIgnoreCase))
                throw new ArgumentException($"The question holds {token}, which marks a part of the model's input; ask without it.", nameof(question));
    }

    /// <summary>The form for schemas: the slot's description in lower case, for the service's.</summary>
    private static string Description(DialogService service, DialogSlot slot)
    {
        var what = slot.Description.Trim().TrimEnd('.', '?').ToLowerInvariant();
        if (what.Length == 0) what = slot.Phrase;
        var where = service.Description.Trim().TrimEnd('.', '?').ToLowerInvariant();
        if (where.Length == 0) where = "the " + service.Phrase;
        if (what.StartsWith("whether ", StringComparison.Ordinal) || slot.IsTruth) return $"Is it so for {where}: {what}?";
        if (what.StartsWith("what ", StringComparison.Ordinal) || what.StartsWith("how ", StringComparison.Ordinal)) return $"{Capital(what)}, for {where}?";
        return what.StartsWith("the ", StringComparison.Ordinal) ? $"What is {what} for {where}?" : $"What is the {what} for {where}?";
    }

    /// <summary>"has wifi" is a wish for wifi.</summary>
    private static string Wish(DialogSlot slot)
    {
        var phrase = slot.Phrase;
        foreach (var verb in (ReadOnlySpan<string>)["has ", "have ", "is "])
            if (phrase.StartsWith(verb, StringComparison.Ordinal)) return phrase[verb.Length..];
        return phrase;
    }

    private static string Capital(string text) => text.Length == 0 ? text : string.Concat(text[..1].ToUpper(CultureInfo.InvariantCulture), text[1..]);
}
