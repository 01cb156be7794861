using Scorch.Language.TimeDial;
using Scorch.Reproductions;

namespace Scorch.Language.Tests.TimeDial;

public sealed class TimeDialReproductionTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("scorch-timedial-").FullName;

    public TimeDialReproductionTests()
    {
        foreach (var name in (string[])["items.json", "dialogs.txt"])
        {
            using var source = TimeDialData.OpenSample(name);
            using var target = File.Create(In(name));
            source.CopyTo(target);
        }
    }

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public async Task A_smoke_run_needs_no_data_and_repeats_itself()
    {
        var request = new RunRequest { Scale = Scale.Smoke, OutputDirectory = folder, Data = new DataLocator(), SeedCount = 1 };
        var first = await ReproductionRunner.RunAsync(new TimeDialReproduction(), request);
        Assert.All(first.Claims, claim => Assert.Equal(Verdict.NotMeasurable, claim.Verdict));
        Assert.Equal(first.Claims.Count, first.Evidence.Measurements.Select(measurement => measurement.Claim).Distinct().Count());
        Assert.Contains(first.Evidence.Notes, note => note.StartsWith("generation, Full", StringComparison.Ordinal));
        var second = await ReproductionRunner.RunAsync(new TimeDialReproduction(), request);
        Assert.Equal(first.Evidence.Measurements, second.Evidence.Measurements);
        Assert.Equal(first.Evidence.Notes, second.Evidence.Notes);
    }

    [Fact]
    public async Task Models_of_all_families_are_built_and_take_a_step()
    {
        var request = new RunRequest { Scale = Scale.Smoke, OutputDirectory = folder, Data = new DataLocator() };
        Assert.Contains("4 and 4 finite scores", (await ReproductionRunner.DryRunAsync(new TimeDialReproduction(), request)).DryRun, StringComparison.Ordinal);
        await Assert.ThrowsAsync<UsageException>(() => ReproductionRunner.RunAsync(new TimeDialReproduction(), request with { Scale = Scale.Paper }));
    }

    [Fact]
    public async Task Models_are_trained_and_evaluated_beside_shortcuts()
    {
        foreach (var family in (string[])["mask", "class", "generate"])
        {
            var text = await Call("train", new()
            {
                ["dialogs"] = In("dialogs.txt"),
                ["out"] = In(family),
                ["family"] = family,
                ["without"] = In("items.json"),
                ["vocabulary"] = "200",
                ["features"] = "16",
                ["layers"] = "1",
                ["length"] = "48",
                ["batch"] = "6",
                ["steps"] = "2",
            });
            Assert.Contains("0 of 12 dialogs repeat the set's", text, StringComparison.Ordinal);
            text = await Call("evaluate", new() { ["set"] = In("items.json"), ["model"] = In(family), ["family"] = family, ["dialogs"] = In("dialogs.txt"), ["lengths"] = "mean-with-prior", ["out"] = In("scores.jsonl"), ["length"] = "48" });
            Assert.Contains("7 items, 6 with two right answers, 1 with one", text, StringComparison.Ordinal);
            Assert.Contains("minus unit agreement", text, StringComparison.Ordinal);
            Assert.Contains("option-only classifier *", text, StringComparison.Ordinal);
            Assert.Equal(6, File.ReadAllLines(In("scores.jsonl")).Length);
            // What was written is read again to the same accuracy.
            var again = await Call("evaluate", new() { ["set"] = In("items.json"), ["scores"] = In("scores.jsonl") });
            Assert.Equal(Accuracy(text, In(family)), Accuracy(again, In("scores.jsonl")));
        }
        Assert.Contains("written to", await Call("evaluate", new() { ["set"] = In("items.json"), ["questions"] = In("questions.jsonl") }), StringComparison.Ordinal);
        Assert.Contains("needs --dialogs", (await Assert.ThrowsAsync<UsageException>(() => Call("evaluate", new() { ["set"] = In("items.json"), ["model"] = In("mask"), ["lengths"] = "mean-with-prior" }))).Message, StringComparison.Ordinal);
        Assert.Contains("not both", (await Assert.ThrowsAsync<UsageException>(() => Call("evaluate", new() { ["set"] = In("items.json"), ["model"] = In("mask"), ["scores"] = In("scores.jsonl") }))).Message, StringComparison.Ordinal);

        static string Accuracy(string text, string name) => text.Split('\n').Single(line => line.StartsWith(name, StringComparison.Ordinal))[name.Length..].Trim();
    }

    [Fact]
    public async Task Text_is_tagged()
    {
        File.WriteAllText(In("text.txt"), "Back in two hours.\nNothing here.\nAt 9:30 on Friday.\n");
        var text = await Call("tag", new() { ["text"] = In("text.txt") });
        Assert.Contains("1:8-17\tDuration\t7200\ttwo hours", text, StringComparison.Ordinal);
        Assert.Contains("2 expressions in 3 lines", await Call("tag", new() { ["text"] = In("text.txt"), ["out"] = In("tags.jsonl") }), StringComparison.Ordinal);
        Assert.Contains("\"seconds\":7200", File.ReadAllLines(In("tags.jsonl"))[0], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Items_are_built_from_dialogs()
    {
        var text = await Call("build", new() { ["dialogs"] = In("dialogs.txt"), ["out"] = In("items.jsonl"), ["set"] = In("set.json"), ["min-spans"] = "2", ["all-spans"] = "true", ["restate"] = "true", ["rules"] = "phrase,open" });
        Assert.Contains("with a second right option", text, StringComparison.Ordinal);
        var set = TimeDialSet.Load(In("set.json"));
        Assert.Equal(File.ReadAllLines(In("items.jsonl")).Length, set.All.Count);
        Assert.NotEmpty(set.Items);
        Assert.Contains("rule 'none' is unknown", (await Assert.ThrowsAsync<UsageException>(() => Call("build", new() { ["dialogs"] = In("dialogs.txt"), ["out"] = In("x"), ["rules"] = "none" }))).Message, StringComparison.Ordinal);
        Assert.Contains("no item was built", (await Assert.ThrowsAsync<UsageException>(() => Call("build", new() { ["dialogs"] = In("dialogs.txt"), ["out"] = In("x"), ["min-spans"] = "99" }))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Built_items_hold_the_original_and_wrong_options_of_each_rule()
    {
        var dialogs = TimeDialData.Sample().Dialogs;
        var built = ClozeBuilder.FromDialogs(dialogs, new ClozeOptions { MinSpans = 2, RestatesAnswers = true, AllSpans = true });
        Assert.NotEmpty(built.Items);
        foreach (var item in built.Items)
        {
            Assert.Equal([DistractorRule.Phrase, DistractorRule.Numeral, DistractorRule.Open], item.Wrong.Select(wrong => wrong.Rule));
            Assert.Equal(item.Question.Options.Count, item.Question.Options.Select(ClozeQuestion.Normalize).Distinct().Count());
            var dialog = dialogs[int.Parse(item.Question.Id.Split('-')[0], System.Globalization.CultureInfo.InvariantCulture) - 1];
            Assert.Equal(dialog, item.Question.Conversation.Select(turn => turn.Replace(ClozeQuestion.Mask, item.Correct[0], StringComparison.Ordinal)));
            // A repeated phrase stands in the dialog, and no wrong option has the answer's value.
            Assert.Contains(dialog, turn => turn.Contains(item.Wrong[0].Text, StringComparison.Ordinal));
            Assert.All(item.Wrong, wrong => Assert.True(DistractorSampler.Differs(wrong.Text, item.Answer)));
            if (item.Correct.Count > 1) Assert.Equal(item.Answer.Seconds, Assert.Single(TemporalTagger.Find(item.Correct[1])).Seconds);
        }
        Assert.Contains(built.Items, item => item.Correct.Count > 1);
        var again = ClozeBuilder.FromDialogs(dialogs, new ClozeOptions { MinSpans = 2, RestatesAnswers = true, AllSpans = true });
        Assert.Equal(built.Items.SelectMany(item => item.Question.Options), again.Items.SelectMany(item => item.Question.Options));
        Assert.Equal(1, built.FirstIsCorrect(new RuleScorer(question => [.. question.Options.Select((_, i) => -(double)i)])), 1e-12);
        Assert.Throws<ArgumentException>(() => ClozeBuilder.FromDialogs(dialogs, new ClozeOptions { Negatives = [] }));
        Assert.Throws<ArgumentException>(() => ClozeBuilder.FromDialogs([["A: <MASK>"]]));
    }

    private string In(string name) => Path.Combine(folder, name);

    private static async Task<string> Call(string name, Dictionary<string, string> values)
    {
        var command = new TimeDialReproduction().Commands.Single(command => command.Name == name);
        var output = new StringWriter();
        await command.Handler(new CommandContext(command, values, output, TextWriter.Null));
        return output.ToString();
    }
}
