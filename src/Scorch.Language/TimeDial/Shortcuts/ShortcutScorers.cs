namespace Scorch.Language.TimeDial;

/// <summary>Scorers that do not reason: what can be had from options, frequencies and copied words.</summary>
public static class ShortcutScorers
{
    /// <summary>All options alike: 1/6.</summary>
    public static IOptionScorer Uniform { get; } = new RuleScorer(question => new double[question.Options.Count]);

    /// <summary>How often an option is said in a corpus.</summary>
    /// <param name="corpus">The corpus.</param>
    public static IOptionScorer Frequency(TemporalCorpus corpus)
    {
        ArgumentNullException.ThrowIfNull(corpus);
        return new RuleScorer(question => [.. question.Options.Select(option => (double)corpus.Count(option))]);
    }

    /// <summary>Whether an option's words stand in the dialog one after the other.</summary>
    /// <param name="prefers">Whether such options are preferred, else avoided.</param>
    public static IOptionScorer PhraseCopy(bool prefers) => new RuleScorer(question =>
    {
        var dialog = question.Conversation.Select(turn => Padded(DialogTurns.WithoutSpeaker(turn))).ToList();
        return [.. question.Options.Select(option => dialog.Any(turn => turn.Contains(Padded(option), StringComparison.Ordinal)) == prefers ? 1.0 : 0)];
    });

    /// <summary>The share of an option's numbers, in digits or words, that the dialog has.</summary>
    /// <param name="prefers">Whether such options are preferred, else avoided.</param>
    public static IOptionScorer NumeralCopy(bool prefers) => new RuleScorer(question =>
    {
        var dialog = question.Conversation.SelectMany(OptionFeatures.Numbers).ToHashSet();
        return
        [
            .. question.Options.Select(option =>
            {
                var numbers = OptionFeatures.Numbers(option);
                var share = numbers.Count == 0 ? 0 : numbers.Count(dialog.Contains) / (double)numbers.Count;
                return prefers ? share : -share;
            }),
        ];
    });

    /// <summary>With how many other options an option shares its unit; the dialog is not looked at.</summary>
    /// <param name="tieBreaker">Frequencies that order options of equal agreement; null leaves them tied.</param>
    public static IOptionScorer UnitAgreement(TemporalCorpus? tieBreaker = null) => new RuleScorer(question =>
    {
        var units = question.Options.Select(OptionFeatures.UnitClass).ToArray();
        return
        [
            .. question.Options.Select((option, i) =>
            {
                double agreement = units[i] is null ? 0 : Enumerable.Range(0, units.Length).Count(k => k != i && units[k] == units[i]);
                // A count over one more is below 1: it never outweighs an agreement.
                return tieBreaker is null ? agreement : agreement + (tieBreaker.Count(option) / (tieBreaker.Count(option) + 1.0));
            }),
        ];
    });

    private static string Padded(string text) => $" {string.Join(' ', ClozeQuestion.Words(text))} ";
}
