namespace Scorch.Language.Swords;

/// <summary>A text in which a word is to be replaced.</summary>
public sealed record LexSubContext
{
    /// <summary>Makes a context.</summary>
    /// <param name="text">The text, not empty.</param>
    /// <param name="extra">Further facts as a JSON value, kept as they are; null for none.</param>
    /// <exception cref="ArgumentException">The text is empty.</exception>
    public LexSubContext(string text, string? extra = null)
    {
        if (string.IsNullOrEmpty(text)) throw new ArgumentException("LexSubContext: the text is empty.", nameof(text));
        (Text, Extra, Id) = (text, extra, LexSubIds.OfContext(text));
    }

    /// <summary>SHA-1 of the content after <c>c:</c>.</summary>
    public string Id { get; }

    /// <summary>The text, white space and line ends as in the source.</summary>
    public string Text { get; }

    /// <summary>Further facts as a JSON value; null for none.</summary>
    public string? Extra { get; }
}

/// <summary>A word of a context that is to be replaced.</summary>
public sealed record LexSubTarget
{
    /// <summary>Makes a target.</summary>
    /// <param name="contextId">Its context's id.</param>
    /// <param name="word">The word as it stands in the text.</param>
    /// <param name="offset">The place of its first character, counted in Unicode code points from the text's beginning.</param>
    /// <param name="partOfSpeech">Its part of speech; null where none is given.</param>
    /// <param name="extra">Further facts as a JSON value, kept as they are; null for none.</param>
    /// <exception cref="ArgumentException">The word is empty, the offset negative, or the id is no context's.</exception>
    public LexSubTarget(string contextId, string word, int offset, PartOfSpeech? partOfSpeech = null, string? extra = null)
    {
        if (contextId is null || !contextId.StartsWith("c:", StringComparison.Ordinal)) throw new ArgumentException($"LexSubTarget: '{contextId}' is no context's id; it begins with c:.", nameof(contextId));
        if (string.IsNullOrEmpty(word)) throw new ArgumentException("LexSubTarget: the word is empty.", nameof(word));
        if (offset < 0) throw new ArgumentException($"LexSubTarget: the offset of '{word}' is {offset}; it is at least 0.", nameof(offset));
        (ContextId, Word, Offset, PartOfSpeech, Extra) = (contextId, word, offset, partOfSpeech, extra);
        Lemma = ExtraJson.Text(extra, "coinco_lemma");
        Id = LexSubIds.OfTarget(contextId, word, offset, partOfSpeech);
    }

    /// <summary>SHA-1 of the content after <c>t:</c>.</summary>
    public string Id { get; }

    /// <summary>Its context's id.</summary>
    public string ContextId { get; }

    /// <summary>The word as it stands in the text.</summary>
    public string Word { get; }

    /// <summary>The place of its first character, in Unicode code points.</summary>
    public int Offset { get; }

    /// <summary>Its part of speech; null where none is given.</summary>
    public PartOfSpeech? PartOfSpeech { get; }

    /// <summary>The dictionary form that the source gives (<c>coinco_lemma</c> of <see cref="Extra"/>); null for none.</summary>
    public string? Lemma { get; }

    /// <summary>Further facts as a JSON value; null for none.</summary>
    public string? Extra { get; }
}

/// <summary>A word that may stand for a target, and what people thought of it.</summary>
public sealed record LexSubSubstitute
{
    /// <summary>Makes a substitute.</summary>
    /// <param name="targetId">Its target's id.</param>
    /// <param name="text">A word or phrase.</param>
    /// <param name="labels">The judgements, at least one.</param>
    /// <param name="sources">Where it comes from, such as <c>coinco</c>; taken from <paramref name="extra"/> where that is given.</param>
    /// <param name="extra">Further facts as a JSON value, kept as they are; null for none.</param>
    /// <exception cref="ArgumentException">The text is empty, there is no label, or the id is no target's.</exception>
    public LexSubSubstitute(string targetId, string text, IReadOnlyList<SubstituteLabel> labels, IReadOnlyList<string>? sources = null, string? extra = null)
    {
        ArgumentNullException.ThrowIfNull(labels);
        if (targetId is null || !targetId.StartsWith("t:", StringComparison.Ordinal)) throw new ArgumentException($"LexSubSubstitute: '{targetId}' is no target's id; it begins with t:.", nameof(targetId));
        if (string.IsNullOrEmpty(text)) throw new ArgumentException($"LexSubSubstitute: a substitute of {targetId} is empty.", nameof(text));
        if (labels.Count == 0) throw new ArgumentException($"LexSubSubstitute: '{text}' ({targetId}) has no label; give one judgement at least.", nameof(labels));
        (TargetId, Text, Labels, Extra) = (targetId, text, [.. labels], extra ?? ExtraJson.OfSources(sources));
        Sources = extra is null ? [.. sources ?? []] : ExtraJson.Texts(extra, "sources");
        Id = LexSubIds.OfSubstitute(targetId, text);
    }

    /// <summary>SHA-1 of the content after <c>s:</c>.</summary>
    public string Id { get; }

    /// <summary>Its target's id.</summary>
    public string TargetId { get; }

    /// <summary>The word or phrase.</summary>
    public string Text { get; }

    /// <summary>The judgements.</summary>
    public IReadOnlyList<SubstituteLabel> Labels { get; }

    /// <summary>Where it comes from, such as <c>coinco</c> or <c>roget</c>.</summary>
    public IReadOnlyList<string> Sources { get; }

    /// <summary>Further facts as a JSON value; null for none.</summary>
    public string? Extra { get; }

    /// <summary>The share of positive labels among all of them.</summary>
    public double Score => Labels.Score();
}
