using System.Text;
using Scorch.Language.TimeDial;
using Scorch.Reproductions;
using Scorch.Testing;
using Scorch.Text;

namespace Scorch.Language.Tests.TimeDial;

public sealed class TimeDialFileTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("scorch-timedial-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    private const string Item = """{"conversation": ["A: x <MASK> y", "B: z"], "id": 7, "correct1": "one day", "correct2": "24 hours", "incorrect1": "two days", "incorrect1_rule": "Rule 1", "incorrect2": "3 days", "incorrect2_rule": "Rule 3"}""";

    private static TimeDialSet Read(string json) => TimeDialSet.Read(new MemoryStream(Encoding.UTF8.GetBytes(json)), "set.json");

    [Fact]
    public void A_set_is_the_same_again()
    {
        var set = TimeDialData.Sample().Set;
        Assert.Equal((7, 6, 1), (set.All.Count, set.Items.Count, set.SingleAnswer.Count));
        set.Save(In("again.json"));
        var again = TimeDialSet.Load(In("again.json"));
        Assert.Equal(set.All.Select(Flat), again.All.Select(Flat));
        static string Flat(TimeDialItem item) => string.Join('|', [item.Id, .. item.Conversation, item.Correct1, item.Correct2 ?? "", item.Incorrect1, item.Incorrect2, .. item.Rules.Select(rule => rule.ToString())]);
    }

    [Theory]
    [InlineData("<MASK>", "gone", "item 7: the conversation has 0 gaps")]
    [InlineData("B: z", "B: <MASK>", "item 7: the conversation has 2 gaps")]
    [InlineData("\"correct1\"", "\"correct\"", "item 7: 'correct1' is missing")]
    [InlineData("\"incorrect2\"", "\"other\"", "item 7: 'incorrect2' is missing")]
    [InlineData("Rule 3", "Rule 4", "the rule 'Rule 4' is unknown")]
    [InlineData("one day", " ", "option 1 is empty")]
    [InlineData("\"id\": 7", "\"name\": 7", "item at place 1: 'id' is missing")]
    [InlineData("[\"A: x <MASK> y\", \"B: z\"]", "\"x <MASK>\"", "'conversation' is missing")]
    public void A_bad_item_is_named_with_what_is_wrong(string from, string to, string message)
    {
        var error = Assert.Throws<TextFormatException>(() => Read($"[{Item.Replace(from, to, StringComparison.Ordinal)}]"));
        Assert.Contains("set.json", error.Message, StringComparison.Ordinal);
        Assert.Contains(message, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Files_that_are_no_sets_are_refused()
    {
        Assert.Contains("not whole JSON", Assert.Throws<TextFormatException>(() => Read("[" + Item)).Message, StringComparison.Ordinal);
        Assert.Contains("expected an array", Assert.Throws<TextFormatException>(() => Read(Item)).Message, StringComparison.Ordinal);
        Assert.Contains("stands twice", Assert.Throws<TextFormatException>(() => Read($"[{Item}, {Item}]")).Message, StringComparison.Ordinal);
        Assert.Contains("there is no item", Assert.Throws<TextFormatException>(() => Read("[]")).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Equal_options_are_allowed_with_a_warning_and_single_answers_are_no_items_for_two_best()
    {
        var set = Read($"[{Item.Replace("24 hours", "One  DAY", StringComparison.Ordinal)}]");
        Assert.Contains("item 7", Assert.Single(set.Warnings), StringComparison.Ordinal);
        Assert.Single(TwoBestEvaluator.Evaluate(set, ShortcutScorers.Uniform).Warnings);
        var sample = TimeDialData.Sample().Set;
        Assert.Contains("1 of 7 items have one right answer", Assert.Throws<ArgumentException>(() => TwoBestEvaluator.Evaluate(sample.All, ShortcutScorers.Uniform)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Scores_must_be_four_numbers()
    {
        var set = TimeDialData.Sample().Set;
        Assert.Contains("gave NaN", Assert.Throws<InvalidOperationException>(() => TwoBestEvaluator.Evaluate(set, new RuleScorer(_ => [1, 2, double.NaN, 4]))).Message, StringComparison.Ordinal);
        Assert.Contains("gave 3 scores", Assert.Throws<InvalidOperationException>(() => TwoBestEvaluator.Evaluate(set, new RuleScorer(_ => [1, 2, 3]))).Message, StringComparison.Ordinal);
        Assert.Equal(1, TwoBestEvaluator.Evaluate(set, new RuleScorer(_ => [0, 1, double.NegativeInfinity, double.NegativeInfinity])).Accuracy);
        Assert.Throws<ArgumentException>(() => TwoBestEvaluator.FromScores(set.Items, [[1, 2, 3, double.NaN], .. Enumerable.Repeat((double[])[1, 2, 3, 4], 5)]));
    }

    [Fact]
    public void Scores_of_another_program_are_read_and_written()
    {
        var set = TimeDialData.Sample().Set;
        JsonLineScorer.Save(In("scores.jsonl"), set.Items.Select((item, i) => (item.Id, (IReadOnlyList<double>)[-1.0, -2, i % 2 == 0 ? -3 : -0.5, double.NegativeInfinity])));
        Assert.Equal(0.5, TwoBestEvaluator.Evaluate(set, OptionScorers.JsonLines(In("scores.jsonl"))).Accuracy);
        JsonLineScorer.SaveQuestions(In("questions.jsonl"), set.Items.Select(item => item.Question));
        Assert.Equal(6, File.ReadAllLines(In("questions.jsonl")).Length);
        foreach (var (line, message) in ((string, string)[])
            [("{\"id\": 1}", "is missing"), ("{\"id\": 1, \"log_probabilities\": [\"NaN\", 1, 1, 1]}", "never NaN"), ("{\"log_probabilities\": []}", "'id' is missing"), ("{", "line 1"),
             ("{\"id\": 1, \"log_probabilities\": [1, 2, 3, 4]}\n{\"id\": 1, \"log_probabilities\": [1, 2, 3, 4]}", "line 2: the id 1 stands twice")])
        {
            File.WriteAllText(In("bad.jsonl"), line);
            Assert.Contains(message, Assert.Throws<TextFormatException>(() => JsonLineScorer.Load(In("bad.jsonl"))).Message, StringComparison.Ordinal);
        }
        File.WriteAllText(In("few.jsonl"), "{\"id\": 1, \"log_probabilities\": [1, 2, 3]}");
        Assert.Contains("5 of 6 items have no scores", Assert.Throws<ArgumentException>(() => JsonLineScorer.Load(In("few.jsonl")).Score([.. set.Items.Select(item => item.Question)])).Message, StringComparison.Ordinal);
        Assert.Contains("3 scores for 4 options", Assert.Throws<ArgumentException>(() => JsonLineScorer.Load(In("few.jsonl")).Score([set.Items[0].Question])).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Dialogs_are_read_with_their_speakers()
    {
        File.WriteAllText(In("dialogs.txt"), "Hi . __eou__ Hello ! __eou__ Bye . __eou__\n\n One __eou__\n");
        var dialogs = DialogTurns.WithSpeakers(DailyDialog.Load(In("dialogs.txt")));
        Assert.Equal(["A: Hi .", "B: Hello !", "A: Bye ."], dialogs[0]);
        Assert.Equal(["A: One"], dialogs[1]);
        File.WriteAllText(In("wrong.txt"), "no turn ends here\n");
        Assert.Contains("line 1", Assert.Throws<TextFormatException>(() => DailyDialog.Load(In("wrong.txt"))).Message, StringComparison.Ordinal);
        File.WriteAllBytes(In("wrong.zip"), [1, 2, 3, 4]);
        Assert.Contains("damaged", Assert.Throws<TextFormatException>(() => DailyDialog.Load(In("wrong.zip"))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Training_dialogs_that_repeat_a_test_dialog_are_found()
    {
        var item = TimeDialData.Sample().Set.Items[0];
        string[] same = [.. item.Conversation.Select(turn => turn.Replace("<MASK>", item.Correct1, StringComparison.Ordinal).ToUpperInvariant())];
        string[] other = ["A: Nothing of this stands in any of the sample's conversations at all .", "B: Quite so , my friend ."];
        var guard = new ContaminationGuard(TimeDialData.Sample().Set.Items);
        var report = guard.Examine([other, same, same]);
        Assert.Equal([item.Id], report.Items);
        Assert.Equal([1], report.Closest);
        Assert.Equal([1, 2], report.Overlapping);
        Assert.Equal([other], guard.Clean([other, same, same]));
        Assert.Throws<ArgumentException>(() => new ContaminationGuard([item], new ContaminationConfig { Length = 0 }));
    }

    [DataFact("timedial/test.json")]
    public void The_published_set_has_the_published_numbers()
    {
        var set = TimeDialSet.Load(DataLocator.Default.Find("timedial", "test.json"));
        Assert.Equal((1446, 1104, 342), (set.All.Count, set.Items.Count, set.SingleAnswer.Count));
        var report = TwoBestEvaluator.Evaluate(set, ShortcutScorers.Uniform);
        Assert.Equal(1.0 / 6, report.Accuracy, 1e-12);
        Assert.Equal([323, 984, 901], DistractorRules.All.Select(rule => report.ByRule[rule].Count));
        Assert.Equal(11.7, set.All.Average(item => item.Conversation.Count), 0.05);
        Assert.True(set.All.Count(item => TemporalTagger.IsTemporal(item.Correct1)) >= 0.9 * set.All.Count);
    }

    [DataFact("timedial/test.json", "dailydialog/data/train.zip")]
    public void The_training_dialogs_have_the_known_contamination()
    {
        var set = TimeDialSet.Load(DataLocator.Default.Find("timedial", "test.json"));
        var dialogs = DialogTurns.WithSpeakers(DailyDialog.Load(DataLocator.Default.Find("dailydialog", "data/train.zip")));
        Assert.Equal(11_118, dialogs.Count);
        var report = new ContaminationGuard(set.Items).Examine(dialogs);
        Assert.Equal((932, 686), (report.Items.Count, report.Closest.Count));
    }

    private string In(string name) => Path.Combine(folder, name);
}
