namespace Scorch.Language.TimeDial;

/// <summary>A shortcut and what it is worth.</summary>
/// <param name="Name">What it looks at.</param>
/// <param name="ReadsDialog">Whether it looks at the dialog at all.</param>
/// <param name="Report">Its 2-best accuracy.</param>
public sealed record ShortcutRow(string Name, bool ReadsDialog, TwoBestReport Report);

/// <summary>What can be had on a set without reasoning over the dialog.</summary>
/// <param name="Rows">The shortcuts, in a fixed order.</param>
public sealed record ShortcutReport(IReadOnlyList<ShortcutRow> Rows)
{
    /// <summary>A shortcut by its name.</summary>
    /// <param name="name">The name.</param>
    /// <exception cref="ArgumentException">There is none of this name.</exception>
    public TwoBestReport this[string name] => Rows.FirstOrDefault(row => row.Name == name)?.Report
        ?? throw new ArgumentException($"There is no shortcut '{name}'; there are {string.Join(", ", Rows.Select(row => row.Name))}.", nameof(name));

    /// <summary>The best shortcut that never looks at the dialog: what a model must beat to show that it reads.</summary>
    public ShortcutRow BestWithoutDialog => Rows.Where(row => !row.ReadsDialog).MaxBy(row => row.Report.Accuracy)!;
}

/// <summary>The diagnostics of shallow cues.</summary>
public static class ShortcutSuite
{
    /// <summary>All options alike.</summary>
    public const string Uniform = "uniform";

    /// <summary>Frequency of an option in the corpus.</summary>
    public const string Frequency = "option frequency";

    /// <summary>Number of other options with the same unit.</summary>
    public const string Units = "unit agreement";

    /// <summary>The same, ties by frequency.</summary>
    public const string UnitsAndFrequency = "unit agreement, then frequency";

    /// <summary>A classifier of options alone, cross-validated.</summary>
    public const string OptionOnly = "option-only classifier";

    /// <summary>Plausibility of values.</summary>
    public const string Plausibility = "numeric plausibility";

    /// <summary>Runs all shortcuts.</summary>
    /// <param name="set">The set.</param>
    /// <param name="corpus">Where frequencies and values come from: dialogs that do not repeat the set's.</param>
    /// <param name="models">Models to be asked without any dialog: name, and a scorer whose context is <see cref="DialogContext.OptionsOnly"/>.</param>
    /// <param name="seed">Fixes the folds.</param>
    /// <param name="cancellationToken">Stops between two shortcuts.</param>
    public static ShortcutReport Run(TimeDialSet set, TemporalCorpus corpus, IReadOnlyList<(string Name, IOptionScorer WithoutDialog)>? models = null, long seed = 1, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(set);
        ArgumentNullException.ThrowIfNull(corpus);
        List<(string Name, bool ReadsDialog, IOptionScorer Scorer)> scorers =
        [
            (Uniform, false, ShortcutScorers.Uniform),
            (Frequency, false, ShortcutScorers.Frequency(corpus)),
            (Units, false, ShortcutScorers.UnitAgreement()),
            (UnitsAndFrequency, false, ShortcutScorers.UnitAgreement(corpus)),
            ("phrase copy, preferred", true, ShortcutScorers.PhraseCopy(prefers: true)),
            ("phrase copy, avoided", true, ShortcutScorers.PhraseCopy(prefers: false)),
            ("numeral copy, preferred", true, ShortcutScorers.NumeralCopy(prefers: true)),
            ("numeral copy, avoided", true, ShortcutScorers.NumeralCopy(prefers: false)),
            (Plausibility, true, new PlausibilityScorer(corpus)),
            (Plausibility + ", no dialog", false, new PlausibilityScorer(corpus, new PlausibilityConfig { DialogShare = 0 })),
            .. (models ?? []).Select(model => (model.Name + ", no dialog", false, model.WithoutDialog)),
        ];
        var rows = scorers.Select(entry => new ShortcutRow(entry.Name, entry.ReadsDialog, TwoBestEvaluator.Evaluate(set, entry.Scorer, cancellationToken))).ToList();
        var folds = Math.Min(10, set.Items.Count);
        if (folds >= 2) rows.Insert(4, new(OptionOnly, false, TwoBestEvaluator.FromScores(set.Items, OptionOnlyClassifier.CrossValidate(set.Items, folds, seed))));
        return new(rows);
    }
}
