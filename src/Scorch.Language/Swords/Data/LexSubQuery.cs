namespace Scorch.Language.Swords;

/// <summary>A word in a text, for which substitutes are wanted.</summary>
public sealed record LexSubQuery
{
    /// <summary>Makes a query.</summary>
    /// <param name="text">The text.</param>
    /// <param name="target">The word's place in UTF-16 units, as in <c>text[target]</c>.</param>
    /// <param name="partOfSpeech">Its part of speech; null where it is not known.</param>
    /// <param name="targetId">Its id in a benchmark; null elsewhere.</param>
    /// <param name="lemma">Its dictionary form, where a source gives it.</param>
    /// <exception cref="ArgumentException">The range lies outside the text or holds no word.</exception>
    public LexSubQuery(string text, Range target, PartOfSpeech? partOfSpeech = null, string? targetId = null, string? lemma = null)
    {
        ArgumentNullException.ThrowIfNull(text);
        var (start, end) = (target.Start.GetOffset(text.Length), target.End.GetOffset(text.Length));
        if (start < 0 || end > text.Length || end <= start || string.IsNullOrWhiteSpace(text[start..end]))
            throw new ArgumentException($"LexSubQuery: the range {start}..{end} holds no word of the text's {text.Length} characters ('{LexSubDataset.Excerpt(text)}').", nameof(target));
        (Text, Start, End, PartOfSpeech, TargetId, Lemma) = (text, start, end, partOfSpeech, targetId, lemma);
    }

    /// <summary>The text.</summary>
    public string Text { get; }

    /// <summary>The word's first UTF-16 unit.</summary>
    public int Start { get; }

    /// <summary>The unit after its last.</summary>
    public int End { get; }

    /// <summary>The word.</summary>
    public string Word => Text[Start..End];

    /// <summary>Its part of speech; null where it is not known.</summary>
    public PartOfSpeech? PartOfSpeech { get; }

    /// <summary>Its id in a benchmark; null elsewhere.</summary>
    public string? TargetId { get; }

    /// <summary>Its dictionary form, where a source gives it.</summary>
    public string? Lemma { get; }

    /// <summary>The word before it in the text, letters and apostrophes alone; null at the beginning.</summary>
    public string? WordBefore
    {
        get
        {
            var end = Start;
            while (end > 0 && !char.IsLetter(Text[end - 1])) end--;
            var start = end;
            while (start > 0 && (char.IsLetter(Text[start - 1]) || Text[start - 1] == '\'')) start--;
            return end > start ? Text[start..end] : null;
        }
    }
}
