using Scorch.Language.Swords;

namespace Scorch.Language.Tests.Swords;

public sealed class SwordsMetricTests
{
    [Fact]
    public void The_best_order_has_an_average_precision_of_one_and_a_single_reference_at_rank_two_a_half()
    {
        Assert.Equal(100, Small.Score(Small.OneTarget(("a", 9), ("b", 4), ("c", 1)), "a", "b", "c").Gap, 1e-12);
        Assert.Equal(50, Small.Score(Small.OneTarget(("a", 3), ("b", 0)), "b", "a").Gap, 1e-12);
        // Weights 2, 1: (1/2 · … ) by hand: order b, a gives 1 + 3/2 against 2 + 3/2.
        Assert.Equal(100 * 2.5 / 3.5, Small.Score(Small.OneTarget(("a", 2), ("b", 1)), "b", "a").Gap, 1e-12);
        // A word that nobody judged takes a rank: 0 + 3/2, of 3.
        Assert.Equal(50, Small.Score(Small.OneTarget(("a", 3)), "zebra", "a").Gap, 1e-12);
    }

    [Fact]
    public void A_target_without_a_positive_label_counts_minus_one() => Assert.Equal(-100, Small.Score(Small.OneTarget(("a", 0)), "a").Gap);

    [Fact]
    public void Half_of_the_judges_are_not_enough()
    {
        var metrics = Small.Score(Small.OneTarget(("half", 5), ("most", 6), ("one", 1), ("none", 0)), "half", "one", "none");
        Assert.Equal((0, 0, 0), (metrics.Lenient.Acceptable.Precision, metrics.Lenient.Acceptable.Recall, metrics.Lenient.Acceptable.F));
        Assert.Equal(100 * 2.0 / 3, metrics.Lenient.Conceivable.Precision, 1e-12);
        Assert.Equal(100 * 2.0 / 3, metrics.Lenient.Conceivable.Recall, 1e-12);
        Assert.Equal(100, metrics.PrecisionAtOne);
        // Conceivable: half, most, one; found at ranks 1 and 2.
        Assert.Equal(100 * (1 + 1) / 3.0, metrics.MeanAveragePrecision, 1e-12);
    }

    [Fact]
    public void Words_that_nobody_judged_leave_before_the_cut_in_the_lenient_setting_alone()
    {
        var dataset = Small.OneTarget(("a", 9), ("b", 9));
        string[] words = [.. Enumerable.Range(0, 10).Select(i => $"unknown{i}"), "a", "b"];
        var metrics = Small.Score(dataset, words);
        Assert.Equal((100, 100), (metrics.Lenient.Acceptable.Precision, metrics.Lenient.Acceptable.Recall));
        Assert.Equal((0, 0, 0), (metrics.Strict.Acceptable.Precision, metrics.Strict.Acceptable.Recall, metrics.Strict.Acceptable.F));
    }

    [Fact]
    public void Recall_asks_for_no_more_than_ten_words()
    {
        var dataset = Small.OneTarget([.. Enumerable.Range(0, 20).Select(i => ($"w{i}", 9))]);
        var metrics = Small.Score(dataset, [.. Enumerable.Range(0, 20).Select(i => $"w{i}")]);
        Assert.Equal((100, 50), (metrics.Strict.Acceptable.Recall, metrics.Strict.Acceptable.RecallOfAll));
        Assert.Equal(100 * 2 / 3.0, metrics.Strict.Acceptable.FOfAll, 1e-12);
    }

    [Fact]
    public async Task Targets_without_an_answer_count_in_recall_unless_abstention_is_allowed()
    {
        var benchmark = Small.Benchmark;
        var first = benchmark.Targets.First();
        var all = await LexSubRunner.RunAsync(benchmark, new OracleGenerator(benchmark, 0.5001));
        var result = new LexSubResult(true);
        result.Add(first.Id, all.Of(first.Id));
        Assert.Equal(100, LexSubEvaluator.Evaluate(benchmark, all, Small.Options).Lenient.Acceptable.F);
        var metrics = LexSubEvaluator.Evaluate(benchmark, result, Small.Options);
        Assert.Equal((6, 100.0), (metrics.TargetCount, metrics.Lenient.Acceptable.Precision));
        Assert.InRange(metrics.Lenient.Acceptable.Recall, 1, 50);
        var kept = LexSubEvaluator.Evaluate(benchmark, result, Small.Options with { AllowsAbstention = true });
        Assert.Equal((1, 100.0), (kept.TargetCount, kept.Lenient.Acceptable.Recall));
        Assert.Equal(metrics.TargetCount, metrics.ByPartOfSpeech.Values.Sum(part => part.TargetCount));
        Assert.Equal([PartOfSpeech.Adjective, PartOfSpeech.Adverb, PartOfSpeech.Noun, PartOfSpeech.Verb], metrics.ByPartOfSpeech.Keys);
    }

    [Fact]
    public void SemEvals_scores_are_those_of_its_definition()
    {
        // Frequencies 5, 3, 2 of 10; the system gives the second and an unknown word.
        var metrics = Small.Score(Small.OneTarget(("a", 5), ("b", 3), ("c", 2)), "b", "zebra");
        Assert.Equal(100 * 3 / 10.0 / 2, metrics.Best.Precision, 1e-12);
        Assert.Equal((0, 0), (metrics.Best.ModePrecision, metrics.Best.ModeRecall));
        Assert.Equal(100 * 3 / 10.0, metrics.OutOfTen.Recall, 1e-12);
        Assert.Equal(100, Small.Score(Small.OneTarget(("a", 5), ("b", 3)), "b", "a").OutOfTen.ModeRecall);
        Assert.Equal(100, Small.Score(Small.OneTarget(("a", 5), ("b", 3)), "a", "b").Best.ModePrecision);
    }

    [Fact]
    public void Preparation_puts_forms_together_drops_the_target_and_forgets_unsure_labels()
    {
        var context = new LexSubContext("They kept it.");
        var target = new LexSubTarget(context.Id, "kept", 5, PartOfSpeech.Verb);
        LexSubSubstitute Substitute(string text, params SubstituteLabel[] labels) => new(target.Id, text, labels);
        var dataset = new LexSubDataset(
            [context],
            [target],
            [
                Substitute("holds", SubstituteLabel.True, SubstituteLabel.Unsure), Substitute("hold", SubstituteLabel.False), Substitute("keeps", SubstituteLabel.True),
                Substitute("save", SubstituteLabel.Unsure), Substitute("Store", SubstituteLabel.True),
            ],
            substitutesAreLemmas: false);
        var result = new LexSubResult(false);
        result.Add(target.Id, [new("store", 1), new("held", 3), new("keep", 9), new("stores", 5), new("hold", 2)]);
        var prepared = Assert.Single(LexSubPreprocessing.Prepare(dataset, result, Small.Options.Lemmatizer!));
        Assert.Equal([new("hold", 1, 2), new("store", 1, 1)], prepared.Candidates);
        Assert.Equal(["store", "hold"], prepared.System);
    }

    [Fact]
    public async Task Intervals_hold_the_score_and_repeat_themselves()
    {
        var benchmark = Small.Benchmark;
        var metrics = LexSubEvaluator.Evaluate(benchmark, await LexSubRunner.RankAsync(benchmark, new RandomRanker(3)), Small.Options);
        var intervals = LexSubEvaluator.Bootstrap(metrics, Small.Options, 200, seed: 5);
        Assert.Equal(intervals, LexSubEvaluator.Bootstrap(metrics, Small.Options, 200, seed: 5));
        foreach (var (name, value) in metrics.ByName) Assert.True(intervals[name].Low <= value + 1e-9 && value <= intervals[name].High + 1e-9, name);
        Assert.True(intervals["gap_rat"].Low < intervals["gap_rat"].High);
    }

    [Fact]
    public void Statistics_count_by_hand()
    {
        var context = new LexSubContext("A word here.");
        var target = new LexSubTarget(context.Id, "word", 2);
        LexSubSubstitute Of(string text, int votes, string source) => new(target.Id, text, Small.Labels(votes), [source]);
        var counts = BenchmarkStatistics.Of(new([context], [target], [Of("a", 6, "coinco"), Of("b", 2, "coinco"), Of("c", 8, "roget"), Of("d", 1, "roget"), Of("e", 0, "roget")], true), "coinco");
        Assert.Equal((4, 2, 2, 1), (counts.Conceivable, counts.ConceivableOfSource, counts.Acceptable, counts.AcceptableOfSource));
        Assert.Equal(0.7, counts.BestScore, 1e-12);
        Assert.Equal(0.4, counts.SourceScore, 1e-12);
    }
}
