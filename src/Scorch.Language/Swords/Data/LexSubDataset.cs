using System.Text;
using Scorch.Text;

namespace Scorch.Language.Swords;

/// <summary>A benchmark of lexical substitution: words in contexts, substitutes, judgements. It does not change.</summary>
public sealed class LexSubDataset
{
    private readonly Dictionary<string, LexSubContext> contexts = new(StringComparer.Ordinal);
    private readonly Dictionary<string, LexSubTarget> targets = new(StringComparer.Ordinal);
    private readonly Dictionary<string, LexSubSubstitute> substitutes = new(StringComparer.Ordinal);
    private readonly Dictionary<string, List<LexSubSubstitute>> substitutesOf = new(StringComparer.Ordinal);

    /// <summary>Makes a benchmark.</summary>
    /// <param name="contexts">The contexts, each once.</param>
    /// <param name="targets">Words of these contexts, each once.</param>
    /// <param name="substitutes">Substitutes of these targets, each once (capitals do not count).</param>
    /// <param name="substitutesAreLemmas">Whether the substitutes are dictionary forms.</param>
    /// <param name="extra">Further facts as a JSON value; null for none.</param>
    /// <exception cref="ArgumentException">Something stands twice, a target is not at its place in its context, or a context or target is missing.</exception>
    public LexSubDataset(IEnumerable<LexSubContext> contexts, IEnumerable<LexSubTarget> targets, IEnumerable<LexSubSubstitute> substitutes, bool substitutesAreLemmas, string? extra = null)
    {
        ArgumentNullException.ThrowIfNull(contexts);
        ArgumentNullException.ThrowIfNull(targets);
        ArgumentNullException.ThrowIfNull(substitutes);
        foreach (var context in contexts)
            if (!this.contexts.TryAdd(context.Id, context)) throw new ArgumentException($"LexSubDataset: the context {context.Id} ('{Excerpt(context.Text)}') stands twice; give every text once.", nameof(contexts));
        foreach (var target in targets)
        {
            if (!this.contexts.TryGetValue(target.ContextId, out var context))
                throw new ArgumentException($"LexSubDataset: the target '{target.Word}' ({target.Id}) is of the context {target.ContextId}, which is not there.", nameof(targets));
            RequirePlace(target, context);
            if (!this.targets.TryAdd(target.Id, target)) throw new ArgumentException($"LexSubDataset: the target '{target.Word}' ({target.Id}) stands twice; give every target once.", nameof(targets));
            substitutesOf.Add(target.Id, []);
        }
        foreach (var substitute in substitutes)
        {
            if (!substitutesOf.TryGetValue(substitute.TargetId, out var list))
                throw new ArgumentException($"LexSubDataset: the substitute '{substitute.Text}' ({substitute.Id}) is of the target {substitute.TargetId}, which is not there.", nameof(substitutes));
            if (!this.substitutes.TryAdd(substitute.Id, substitute))
                throw new ArgumentException(
                    $"LexSubDataset: the substitute '{substitute.Text}' of '{this.targets[substitute.TargetId].Word}' ({substitute.Id}) stands twice, capitals apart; put its labels together.", nameof(substitutes));
            list.Add(substitute);
        }
        (SubstitutesAreLemmas, Extra) = (substitutesAreLemmas, extra);
    }

    /// <summary>The contexts in order.</summary>
    public IReadOnlyCollection<LexSubContext> Contexts => contexts.Values;

    /// <summary>The targets in order.</summary>
    public IReadOnlyCollection<LexSubTarget> Targets => targets.Values;

    /// <summary>The substitutes in order.</summary>
    public IReadOnlyCollection<LexSubSubstitute> Substitutes => substitutes.Values;

    /// <summary>Whether the substitutes are dictionary forms.</summary>
    public bool SubstitutesAreLemmas { get; }

    /// <summary>Further facts as a JSON value; null for none.</summary>
    public string? Extra { get; }

    /// <summary>The official id of the whole set.</summary>
    public string Id => LexSubIds.OfDataset(this);

    /// <summary>Whether there is a target of this id.</summary>
    public bool HasTarget(string targetId) => targets.ContainsKey(targetId);

    /// <summary>The target with an id.</summary>
    /// <exception cref="ArgumentException">There is none.</exception>
    public LexSubTarget Target(string targetId) =>
        targets.TryGetValue(targetId, out var target) ? target : throw new ArgumentException($"LexSubDataset: there is no target {targetId}.", nameof(targetId));

    /// <summary>The context of a target.</summary>
    /// <exception cref="ArgumentNullException">There is no target.</exception>
    public LexSubContext ContextOf(LexSubTarget target)
    {
        ArgumentNullException.ThrowIfNull(target);
        return contexts.TryGetValue(target.ContextId, out var context) ? context : throw new ArgumentException($"LexSubDataset: there is no context {target.ContextId}.", nameof(target));
    }

    /// <summary>The substitutes of a target, in order.</summary>
    /// <exception cref="ArgumentException">There is no such target.</exception>
    public IReadOnlyList<LexSubSubstitute> SubstitutesOf(string targetId) =>
        substitutesOf.TryGetValue(targetId, out var list) ? list : throw new ArgumentException($"LexSubDataset: there is no target {targetId}.", nameof(targetId));

    /// <summary>The question that a target asks.</summary>
    public LexSubQuery Query(LexSubTarget target)
    {
        ArgumentNullException.ThrowIfNull(target);
        var text = ContextOf(target).Text;
        var start = UnitOf(text, target.Offset);
        return new LexSubQuery(text, start..(start + target.Word.Length), target.PartOfSpeech, target.Id, target.Lemma);
    }

    /// <summary>The part of the benchmark that some targets make.</summary>
    /// <param name="includes">Which targets.</param>
    public LexSubDataset Where(Func<LexSubTarget, bool> includes)
    {
        ArgumentNullException.ThrowIfNull(includes);
        var kept = Targets.Where(includes).ToList();
        var used = kept.Select(target => target.ContextId).ToHashSet(StringComparer.Ordinal);
        return new(Contexts.Where(context => used.Contains(context.Id)), kept, kept.SelectMany(target => SubstitutesOf(target.Id)), SubstitutesAreLemmas, Extra);
    }

    /// <summary>Reads the official JSON, or gzip of it. Ids are computed anew and must agree.</summary>
    /// <param name="path">The file; gzip is recognised by its first bytes.</param>
    /// <exception cref="TextFormatException">The file is damaged, cut short or of another form, or something in it does not fit; the message says what.</exception>
    public static LexSubDataset Load(string path) => LexSubFiles.Read(path, LexSubDatasetJson.Read);

    /// <summary>Reads the official JSON from a stream, or gzip of it.</summary>
    /// <param name="stream">The bytes.</param>
    /// <param name="name">What messages call them.</param>
    /// <exception cref="TextFormatException">See <see cref="Load"/>.</exception>
    public static LexSubDataset Read(Stream stream, string name) => LexSubFiles.Read(stream, name, LexSubDatasetJson.Read);

    /// <summary>Writes the official JSON; gzip where the name ends in <c>.gz</c>. The file appears whole or not at all.</summary>
    public void SaveJson(string path) => LexSubFiles.Write(path, writer => LexSubDatasetJson.Write(this, writer));

    internal static string Excerpt(string text) => text.Length <= 60 ? text : text[..60] + "…";

    // Offsets are Python's: a character beyond U+FFFF counts once, and is two units of a .NET string.
    internal static int UnitOf(string text, int offset)
    {
        var unit = 0;
        for (var i = 0; i < offset; i++)
        {
            if (unit >= text.Length) return -1;
            unit += char.IsHighSurrogate(text[unit]) && unit + 1 < text.Length && char.IsLowSurrogate(text[unit + 1]) ? 2 : 1;
        }
        return unit;
    }

    internal static int OffsetOf(string text, int unit)
    {
        var offset = 0;
        foreach (var _ in text.AsSpan(0, unit).EnumerateRunes()) offset++;
        return offset;
    }

    private static void RequirePlace(LexSubTarget target, LexSubContext context)
    {
        var start = UnitOf(context.Text, target.Offset);
        if (start >= 0 && start + target.Word.Length <= context.Text.Length
            && context.Text.AsSpan(start, target.Word.Length).Equals(target.Word, StringComparison.OrdinalIgnoreCase)) return;
        var from = Math.Clamp(start < 0 ? context.Text.Length : start, 0, context.Text.Length);
        var around = new StringBuilder(context.Text[Math.Max(0, from - 30)..from]).Append('|').Append(context.Text[from..Math.Min(context.Text.Length, from + 30)]);
        throw new ArgumentException(
            $"LexSubDataset: the target '{target.Word}' is not at offset {target.Offset} of its context {target.ContextId}, where the text reads '{around}' (| marks the offset). "
                + "Offsets count Unicode characters of the raw text, tabs and line ends included.",
            nameof(target));
    }
}
