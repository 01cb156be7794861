using Scorch.Language.TimeDial;

namespace Scorch.Language.Tests.TimeDial;

public sealed class ShortcutTests
{
    private static readonly ClozeQuestion Question = new(
        "q", ["A: It lasted two days.", "B: Then <MASK> more and 5 others."], ["two days", "three days", "5 hours", "half past nine"]);

    private static readonly TemporalCorpus Corpus = new(TimeDialData.Sample().Dialogs);

    private static double[] Of(IOptionScorer scorer) => [.. scorer.Score([Question])[0]];

    [Fact]
    public void Shortcuts_score_what_they_say()
    {
        Assert.Equal([0, 0, 0, 0], Of(ShortcutScorers.Uniform));
        Assert.Equal([1, 0, 0, 0], Of(ShortcutScorers.PhraseCopy(prefers: true)));
        Assert.Equal([0, 1, 1, 1], Of(ShortcutScorers.PhraseCopy(prefers: false)));
        Assert.Equal([1, 0, 1, 0], Of(ShortcutScorers.NumeralCopy(prefers: true)));
        Assert.Equal([-1, 0, -1, 0], Of(ShortcutScorers.NumeralCopy(prefers: false)));
        Assert.Equal([1, 1, 0, 0], Of(ShortcutScorers.UnitAgreement()));
        Assert.Equal(1, Corpus.Count("Half past  nine"));
        Assert.Equal([0, 1, 0, 1], Of(ShortcutScorers.Frequency(Corpus)));
        Assert.Equal([1, 1.5, 0, 0.5], Of(ShortcutScorers.UnitAgreement(Corpus)));
    }

    [Fact]
    public void Plausible_values_are_those_that_are_said()
    {
        var corpus = new TemporalCorpus([.. Enumerable.Range(0, 20).Select(_ => (IReadOnlyList<string>)["A: ten minutes", "B: at 9:00"])]);
        var scorer = new PlausibilityScorer(corpus, new PlausibilityConfig { DialogShare = 0 });
        var scores = scorer.Score([new("q", ["A: <MASK>"], ["eleven minutes", "ten years", "9:30", "21:00", "nonsense"])])[0];
        Assert.True(scores[0] > scores[1]);
        Assert.True(scores[2] > scores[3]);
        Assert.True(scores[4] <= scores[1]);
        // Half of the corpus are lengths, all of ten minutes: the density at ten minutes is one half, in units of the kernel's height.
        Assert.Equal(Math.Log(0.5 + 1e-6), scorer.Score([new("q", ["A: <MASK>"], ["600 seconds", "x"])])[0][0], 1e-9);
        Assert.Throws<ArgumentException>(() => new PlausibilityScorer(corpus, new PlausibilityConfig { Width = 0 }));
    }

    [Fact]
    public void The_option_only_classifier_sees_neither_order_nor_its_own_fold()
    {
        // Right options have the larger number: other items give it away.
        var items = Enumerable.Range(0, 40).Select(i => new TimeDialItem($"{i}", ["A: <MASK>"], $"{50 + i} hours", $"{60 + i} hours", ("2 hours", DistractorRule.Numeral), ("3 hours", DistractorRule.Open))).ToList();
        Assert.True(TwoBestEvaluator.FromScores(items, OptionOnlyClassifier.CrossValidate(items, 5)).Accuracy > 0.95);
        string[] options = ["two days", "3 hours", "9:30 pm", "a week "];
        string[] turned = ["a week", "9:30 pm", "two days ", "3 hours"];
        Assert.Equal(OptionFeatures.Of(options, 0), OptionFeatures.Of(turned, 2));
        Assert.Equal(OptionFeatures.Of(options, 3), OptionFeatures.Of(turned, 0));
        // Labels that nothing tells apart: at chance.
        var blind = Enumerable.Range(0, 40).Select(i => new TimeDialItem($"{i}", ["A: <MASK>"], "two hours", "two hours", ("two hours", DistractorRule.Numeral), ("two hours", DistractorRule.Open))).ToList();
        Assert.Equal(1.0 / 6, TwoBestEvaluator.FromScores(blind, OptionOnlyClassifier.CrossValidate(blind, 5)).Accuracy, 1e-9);
        Assert.Throws<ArgumentOutOfRangeException>(() => OptionOnlyClassifier.CrossValidate(items, 1));
    }

    [Fact]
    public void The_suite_has_every_shortcut_and_models_without_dialog()
    {
        var report = ShortcutSuite.Run(TimeDialData.Sample().Set, Corpus, [("mine", ShortcutScorers.Uniform)]);
        Assert.Equal(12, report.Rows.Count);
        Assert.Equal(1.0 / 6, report["mine, no dialog"].Accuracy, 1e-12);
        Assert.Equal(1.0 / 6, report[ShortcutSuite.Uniform].Accuracy, 1e-12);
        Assert.False(report.BestWithoutDialog.ReadsDialog);
        Assert.Contains("there are uniform", Assert.Throws<ArgumentException>(() => report["none"]).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Paired_draws_agree_with_what_is_known()
    {
        var set = TimeDialData.Sample().Set;
        var best = TwoBestEvaluator.Evaluate(set, new RuleScorer(_ => [2, 1, 0, 0]));
        var worst = TwoBestEvaluator.Evaluate(set, new RuleScorer(_ => [0, 0, 2, 1]));
        Assert.Equal(new PairedDifference(1, new ShareInterval(1, 1), 0), PairedDifference.Bootstrap(best, worst, 200));
        Assert.Equal(new PairedDifference(0, new ShareInterval(0, 0), 1), PairedDifference.Bootstrap(best, best, 200));
        var mixed = TwoBestEvaluator.Evaluate(set, new RuleScorer(question => int.Parse(question.Id, System.Globalization.CultureInfo.InvariantCulture) % 2 == 0 ? [2, 1, 0, 0] : [0, 0, 2, 1]));
        var pair = PairedDifference.Bootstrap(mixed, worst, 4000, 5);
        Assert.Equal(0.5, pair.Difference, 1e-12);
        // Six fair coins: the 2.5% quantile of their mean is 1/6 or 0.
        Assert.InRange(pair.Interval.Low, 0, 1.0 / 6);
        Assert.Equal(pair, PairedDifference.Bootstrap(mixed, worst, 4000, 5));
        Assert.Throws<ArgumentException>(() => PairedDifference.Bootstrap(best, TwoBestEvaluator.Evaluate([set.Items[0]], ShortcutScorers.Uniform)));
        Assert.Throws<ArgumentException>(() => ShareInterval.Wilson(3, 2));
    }
}
