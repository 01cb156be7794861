using Scorch.Language.ZeroShotDst;
using Scorch.Reproductions;
using Scorch.Text;

namespace Scorch.Language.Tests.ZeroShotDst;

public sealed class DstReproductionTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("scorch-dst-run-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public async Task A_smoke_run_needs_no_data_and_repeats_itself()
    {
        var request = new RunRequest { Scale = Scale.Smoke, OutputDirectory = folder, Data = new DataLocator(), SeedCount = 1 };
        var first = await ReproductionRunner.RunAsync(new DstReproduction(), request);
        Assert.All(first.Claims, claim => Assert.Equal(Verdict.NotMeasurable, claim.Verdict));
        Assert.Equal(["C1a", "C1b", "C1c", "C2"], first.Evidence.Measurements.Select(measurement => measurement.Claim).Distinct());
        foreach (var row in (string[])["always none", "last mention", "slot-ID model", "TRADE-style", "question model, description", "question model, template", "question model, slot name", "vote of three wordings", "average of three wordings", "upper bound"])
            Assert.Contains(first.Evidence.Notes, note => note.Contains(row, StringComparison.Ordinal));
        var second = await ReproductionRunner.RunAsync(new DstReproduction(), request);
        Assert.Equal(first.Evidence.Measurements, second.Evidence.Measurements);
        Assert.Equal(first.Evidence.Notes, second.Evidence.Notes);
    }

    [Fact]
    public async Task A_dry_run_takes_a_step_and_the_papers_weights_are_asked_for()
    {
        var request = new RunRequest { Scale = Scale.Smoke, OutputDirectory = folder, Data = new DataLocator() };
        Assert.Contains("18 training dialogs", (await ReproductionRunner.DryRunAsync(new DstReproduction(), request)).DryRun, StringComparison.Ordinal);
        await Assert.ThrowsAsync<UsageException>(() => ReproductionRunner.RunAsync(new DstReproduction(), request with { Scale = Scale.Paper }));
        await Assert.ThrowsAsync<UsageException>(() => ReproductionRunner.RunAsync(new DstReproduction(), request with { Overrides = [new("services", "Cafe_2,Room_1")] }));
        await Assert.ThrowsAsync<UsageException>(() => ReproductionRunner.RunAsync(new DstReproduction(), request with { Overrides = [new("services", "Cafe_2,Room_1,Zoo")] }));
        await Assert.ThrowsAsync<MissingDataException>(() => ReproductionRunner.RunAsync(new DstReproduction(), request with { Scale = Scale.Laptop, Data = new DataLocator(folder) }));
    }

    [Fact]
    public async Task Commands_train_track_ask_and_evaluate_on_the_users_files()
    {
        WriteWoz();
        File.WriteAllText(In("mine.txt"), "user: cheap food in the north please\nsystem: which food ?\nuser: chinese\n");
        Dictionary<string, string> training = new()
        {
            ["data"] = In("woz"),
            ["out"] = In("model"),
            ["vocabulary"] = "300",
            ["layers"] = "1",
            ["dim"] = "16",
            ["heads"] = "2",
            ["history"] = "64",
            ["question-length"] = "96",
            ["warm-up"] = "1",
            ["steps"] = "2",
            ["styles"] = "template,description,name,paraphrase",
        };
        Assert.Contains("WOZ 2.0: 4 of 4 dialogs, about restaurant", await Call("train", training), StringComparison.Ordinal);
        Assert.Contains("[3] user: chinese", await Call("track", new() { ["model"] = In("model"), ["dialog"] = In("mine.txt"), ["service"] = "restaurant", ["out"] = In("states.json") }), StringComparison.Ordinal);
        Assert.Contains("\"slot\": \"pricerange\"", File.ReadAllText(In("states.json")), StringComparison.Ordinal);
        Assert.Contains("(probability 0", await Call("ask", new() { ["model"] = In("model"), ["dialog"] = In("mine.txt"), ["question"] = "Does the user travel with a dog?" }), StringComparison.Ordinal);
        var report = await Call("evaluate", new() { ["model"] = In("model"), ["data"] = In("woz"), ["service"] = "restaurant", ["convention"] = "in-domain", ["part"] = "train", ["style"] = "paraphrase", ["paraphrases"] = "average", ["out"] = In("report.json"), ["most"] = "2" });
        Assert.Contains("2 dialogs, 4 user turns; copy head on", report, StringComparison.Ordinal);
        Assert.Contains("beside it, last mention", report, StringComparison.Ordinal);
        Assert.Contains("alwaysNoneJointGoalAccuracy", File.ReadAllText(In("report.json")), StringComparison.Ordinal);

        Assert.Contains("Leak", (await Assert.ThrowsAsync<ArgumentException>(() => Call("evaluate", new() { ["model"] = In("model"), ["data"] = In("woz"), ["service"] = "restaurant", ["part"] = "train" }))).Message, StringComparison.Ordinal);
        await Assert.ThrowsAsync<UsageException>(() => Call("evaluate", new() { ["model"] = In("model"), ["data"] = In("woz"), ["service"] = "zoo", ["part"] = "train" }));
        await Assert.ThrowsAsync<UsageException>(() => Call("train", new(training) { ["few-shot"] = "5" }));
        await Assert.ThrowsAsync<UsageException>(() => Call("train", new(training) { ["styles"] = "rhyme" }));
        Assert.Contains("no turn", (await Assert.ThrowsAsync<ArgumentException>(() => Call("train", new(training) { ["except"] = "restaurant" }))).Message, StringComparison.Ordinal);
        Assert.Contains("1 of 4 dialogs", await Call("train", new(training) { ["except"] = "restaurant", ["few-shot"] = "25", ["slot-ids"] = "true", ["no-copy"] = "true" }), StringComparison.Ordinal);
        await Assert.ThrowsAsync<TextFormatException>(() => Call("ask", new() { ["model"] = In("model"), ["dialog"] = In("none.txt"), ["question"] = "who?" }));
    }

    private void WriteWoz()
    {
        Directory.CreateDirectory(In("woz"));
        string Dialog(int i, string food) => $$"""
            {"dialogue_idx": {{i}}, "dialogue": [
              {"system_transcript": "", "transcript": "cheap food in the north please", "belief_state": [{"act": "inform", "slots": [["price range", "cheap"]]}, {"act": "inform", "slots": [["area", "north"]]}]},
              {"system_transcript": "which food ?", "transcript": "{{food}}", "belief_state": [{"act": "inform", "slots": [["price range", "cheap"]]}, {"act": "inform", "slots": [["area", "north"]]}, {"act": "inform", "slots": [["food", "{{food}}"]]}]}]}
            """;
        File.WriteAllText(In("woz/woz_train_en.json"), $"[{string.Join(',', new[] { "chinese", "thai", "indian", "french" }.Select((food, i) => Dialog(i, food)))}]");
    }

    private string In(string name) => Path.Combine(folder, name);

    private static async Task<string> Call(string name, Dictionary<string, string> values)
    {
        var command = new DstReproduction().Commands.Single(command => command.Name == name);
        var output = new StringWriter();
        await command.Handler(new CommandContext(command, values, output, TextWriter.Null));
        return output.ToString();
    }
}
