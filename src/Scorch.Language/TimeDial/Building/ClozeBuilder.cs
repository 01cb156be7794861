using System.Globalization;

namespace Scorch.Language.TimeDial;

/// <summary>How cloze items are built.</summary>
public sealed record ClozeOptions
{
    /// <summary>A dialog must have so many temporal expressions (the paper's items have three on average).</summary>
    public int MinSpans { get; init; } = 3;

    /// <summary>A wrong option for each of these rules.</summary>
    public IReadOnlyList<DistractorRule> Negatives { get; init; } = [DistractorRule.Phrase, DistractorRule.Numeral, DistractorRule.Open];

    /// <summary>Write lengths and ages a second time, digits for words, as another right option; items where this cannot be done have one right option.</summary>
    public bool RestatesAnswers { get; init; }

    /// <summary>Take an item from every expression of a dialog, else one drawn expression a dialog.</summary>
    public bool AllSpans { get; init; }

    /// <summary>Fixes the draws.</summary>
    public long Seed { get; init; } = 1;
}

/// <summary>A cloze item as built: the original span, at times a second right option, and wrong ones by rule.</summary>
/// <param name="Question">The dialog with its gap; options in the order Correct, then Wrong.</param>
/// <param name="Answer">The expression that stood there.</param>
/// <param name="Correct">Right options, the original first.</param>
/// <param name="Wrong">Wrong options and how they were made.</param>
public sealed record ClozeItem(ClozeQuestion Question, TemporalSpan Answer, IReadOnlyList<string> Correct, IReadOnlyList<(string Text, DistractorRule Rule)> Wrong);

/// <summary>Cloze items that were built from dialogs.</summary>
/// <param name="Items">The items.</param>
/// <param name="Skipped">Dialogs with too few expressions.</param>
/// <param name="WithoutOptions">Expressions for which a rule made no wrong option.</param>
public sealed record ClozeSet(IReadOnlyList<ClozeItem> Items, int Skipped, int WithoutOptions)
{
    /// <summary>Writes a JSON object a line with the dialog, the answers, the wrong options and the answer's value, to be looked at and completed by people.</summary>
    /// <param name="path">The file.</param>
    public void Save(string path) => JsonLineScorer.WriteLines(path, Items, (writer, item) =>
    {
        writer.WriteString("id", item.Question.Id);
        writer.WriteStartArray("conversation");
        foreach (var turn in item.Question.Conversation) writer.WriteStringValue(turn);
        writer.WriteEndArray();
        writer.WriteStartArray("correct");
        foreach (var text in item.Correct) writer.WriteStringValue(text);
        writer.WriteEndArray();
        writer.WriteStartArray("incorrect");
        foreach (var (text, rule) in item.Wrong)
        {
            writer.WriteStartObject();
            writer.WriteString("text", text);
            writer.WriteString("rule", rule.Label());
            writer.WriteEndObject();
        }
        writer.WriteEndArray();
        writer.WriteString("kind", item.Answer.Kind.ToString().ToLowerInvariant());
        if (item.Answer.Seconds is { } seconds) writer.WriteNumber("seconds", seconds);
    });

    /// <summary>The items in TimeDial's form, which <see cref="TwoBestEvaluator"/> reads: the first two wrong options of each.</summary>
    /// <exception cref="InvalidOperationException">There is no item, or items have fewer than two wrong options.</exception>
    public TimeDialSet ToTimeDial()
    {
        if (Items.Count == 0) throw new InvalidOperationException("ToTimeDial: no item was built; give dialogs with more temporal expressions, or ask for fewer (MinSpans).");
        if (Items[0].Wrong.Count < 2) throw new InvalidOperationException($"ToTimeDial: items have {Items[0].Wrong.Count} wrong options; build them with two rules at least.");
        return new(Items.Select(item => new TimeDialItem(item.Question.Id, item.Question.Conversation, item.Correct[0], item.Correct.Count > 1 ? item.Correct[1] : null, item.Wrong[0], item.Wrong[1])));
    }

    /// <summary>Share of items in which a right option is scored best, ties at their expected share: what can be measured where there is one right option.</summary>
    /// <param name="scorer">The scorer.</param>
    /// <param name="cancellationToken">Stops the scorer.</param>
    /// <exception cref="InvalidOperationException">There is no item.</exception>
    /// <exception cref="ArgumentException">The scorer gave NaN or too few values.</exception>
    public double FirstIsCorrect(IOptionScorer scorer, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(scorer);
        if (Items.Count == 0) throw new InvalidOperationException("FirstIsCorrect: there is no item.");
        var scores = scorer.Score([.. Items.Select(item => item.Question)], cancellationToken);
        return Items.Zip(scores, (item, row) => row.Count == item.Question.Options.Count
            ? TieRanking.InTop(row, 1).Take(item.Correct.Count).Sum()
            : throw new ArgumentException($"item {item.Question.Id}: {row.Count} scores for {item.Question.Options.Count} options; a scorer gives one for each.", nameof(scorer))).Average();
    }
}

/// <summary>Builds temporal cloze items from dialogs (paper, section 3): a temporal expression becomes the gap, wrong options are made by rules.</summary>
/// <example><code>
/// ClozeSet mine = ClozeBuilder.FromDialogs(dialogs, new ClozeOptions { MinSpans = 3 });
/// mine.ToTimeDial().Save("mine.json");
/// </code></example>
public static class ClozeBuilder
{
    /// <summary>Builds items.</summary>
    /// <param name="dialogs">The dialogs, each a list of turns.</param>
    /// <param name="options">What items are wanted.</param>
    /// <param name="cancellationToken">Stops between two dialogs.</param>
    /// <exception cref="ArgumentException">An option is out of range, or a turn holds <c>&lt;MASK&gt;</c>.</exception>
    public static ClozeSet FromDialogs(IReadOnlyList<IReadOnlyList<string>> dialogs, ClozeOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(dialogs);
        options ??= new();
        if (options.MinSpans < 1 || options.Negatives.Count == 0 || options.Negatives.Any(rule => !Enum.IsDefined(rule)))
            throw new ArgumentException($"ClozeOptions: MinSpans is at least 1, and Negatives names at least one of the three rules ({options}).", nameof(options));
        if (dialogs.SelectMany((turns, number) => turns.Select(turn => (turn, number))).FirstOrDefault(entry => entry.turn.Contains(ClozeQuestion.Mask, StringComparison.Ordinal)) is { turn: not null } masked)
            throw new ArgumentException($"ClozeBuilder: dialog {masked.number} holds {ClozeQuestion.Mask} already; give dialogs without gaps.", nameof(dialogs));
        var corpus = new TemporalCorpus(dialogs);
        var sampler = new DistractorSampler(corpus);
        var (items, skipped, without) = (new List<ClozeItem>(), 0, 0);
        for (var dialog = 0; dialog < dialogs.Count; dialog++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var spans = corpus.SpansOf(dialog);
            if (spans.Count < options.MinSpans)
            {
                skipped++;
                continue;
            }
            var random = new RandomSource(RandomSource.Derive(options.Seed, dialog));
            foreach (var number in options.AllSpans ? Enumerable.Range(0, spans.Count) : [(int)random.NextInt64(spans.Count)])
            {
                if (Item(corpus, sampler, spans[number], number, options, random) is { } item) items.Add(item);
                else without++;
            }
        }
        return new(items, skipped, without);
    }

    private static ClozeItem? Item(TemporalCorpus corpus, DistractorSampler sampler, DialogSpan span, int number, ClozeOptions options, RandomSource random)
    {
        List<string> correct = [span.Span.Text];
        if (options.RestatesAnswers && DistractorSampler.Restate(span.Span) is { } restated) correct.Add(restated);
        var wrong = new List<(string Text, DistractorRule Rule)>();
        foreach (var rule in options.Negatives)
        {
            if (sampler.Draw(rule, span.Dialog, span.Span, random, [.. correct, .. wrong.Select(entry => entry.Text)]) is not { } text) return null;
            wrong.Add((text, rule));
        }
        var turns = corpus.Dialogs[span.Dialog].ToArray();
        turns[span.Turn] = turns[span.Turn][..span.Span.Start] + ClozeQuestion.Mask + turns[span.Turn][span.Span.End..];
        var id = string.Create(CultureInfo.InvariantCulture, $"{span.Dialog + 1}-{number + 1}");
        return new(new ClozeQuestion(id, turns, [.. correct, .. wrong.Select(entry => entry.Text)]), span.Span, correct, wrong);
    }
}
