using Scorch.Language.Swords;
using Scorch.Reproductions;

namespace Scorch.Language.Tests.Swords;

public sealed class SwordsReproductionTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("scorch-swords-").FullName;

    public SwordsReproductionTests() => Small.Unpack(folder);

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public async Task A_smoke_run_needs_no_data_and_repeats_itself()
    {
        var request = new RunRequest { Scale = Scale.Smoke, OutputDirectory = In("run"), Data = new DataLocator(), SeedCount = 1 };
        Directory.CreateDirectory(In("run"));
        var first = await ReproductionRunner.RunAsync(new SwordsReproduction(), request);
        Assert.All(first.Claims, claim => Assert.Equal(Verdict.NotMeasurable, claim.Verdict));
        Assert.Equal(first.Claims.Count, first.Evidence.Measurements.Select(measurement => measurement.Claim).Distinct().Count());
        var second = await ReproductionRunner.RunAsync(new SwordsReproduction(), request);
        Assert.Equal(first.Evidence.Measurements, second.Evidence.Measurements);
        Assert.Equal(first.Evidence.Notes, second.Evidence.Notes);
    }

    [Fact]
    public async Task The_model_is_built_and_takes_a_step()
    {
        var request = new RunRequest { Scale = Scale.Laptop, OutputDirectory = folder, Data = new DataLocator() };
        Assert.Contains("ranked 6 candidates by BERT-LS", (await ReproductionRunner.DryRunAsync(new SwordsReproduction(), request)).DryRun, StringComparison.Ordinal);
        await Assert.ThrowsAsync<UsageException>(() => ReproductionRunner.RunAsync(new SwordsReproduction(), request with { Scale = Scale.Paper }));
    }

    [Fact]
    public async Task Baselines_are_generated_and_evaluated()
    {
        foreach (var (with, extra) in ((string, Dictionary<string, string>)[])
            [("oracle-acceptable", []), ("oracle-conceivable", []), ("coinco", []), ("thesaurus", new() { ["thesaurus"] = In("thesaurus.jsonl") }), ("wordtune", new() { ["answers"] = In("answers.json") })])
        {
            Assert.Contains("of 6 targets answered", await Call("generate", new(extra) { ["benchmark"] = In("benchmark.json"), ["with"] = with, ["out"] = In("out.json.gz"), ["wordnet"] = In("wordnet") }), StringComparison.Ordinal);
            var text = await Call("evaluate", new()
            {
                ["benchmark"] = In("benchmark.json"),
                ["result"] = In("out.json.gz"),
                ["wordnet"] = In("wordnet"),
                ["bootstrap"] = "100",
                ["json"] = In("scores.json"),
                ["targets"] = In("targets.csv"),
            });
            Assert.Contains("6 targets", text, StringComparison.Ordinal);
            Assert.Contains("lenient_a_f@10", text, StringComparison.Ordinal);
            if (with == "oracle-acceptable") Assert.Matches("lenient_a_f@10 +100.00", text);
            Assert.Equal(7, File.ReadAllLines(In("targets.csv")).Length);
            Assert.Contains("\"by_pos\"", File.ReadAllText(In("scores.json")), StringComparison.Ordinal);
        }
        Assert.Contains("--thesaurus", (await Assert.ThrowsAsync<UsageException>(() => Call("generate", new() { ["benchmark"] = In("benchmark.json"), ["with"] = "thesaurus", ["out"] = In("x") }))).Message, StringComparison.Ordinal);
        Assert.Contains("wordnet-base", (await Assert.ThrowsAsync<FileNotFoundException>(() => Call("evaluate", new() { ["benchmark"] = In("benchmark.json"), ["result"] = In("out.json.gz"), ["wordnet"] = In("nowhere") }))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_model_is_trained_fills_in_ranks_and_suggests()
    {
        File.WriteAllLines(In("text.txt"), Enumerable.Repeat(Small.Benchmark.Contexts.Select(context => context.Text.Replace('\n', ' ')), 8).SelectMany(lines => lines));
        Assert.Contains("written to", await Call("train", new() { ["text"] = In("text.txt"), ["out"] = In("model"), ["vocabulary"] = "300", ["features"] = "16", ["layers"] = "2", ["length"] = "24", ["batch"] = "4", ["steps"] = "3" }), StringComparison.Ordinal);
        foreach (var with in (string[])["mask", "keep", "dropout"])
            await Call("generate", new() { ["benchmark"] = In("benchmark.json"), ["with"] = with, ["model"] = In("model"), ["out"] = In($"{with}.json") });
        File.WriteAllText(In("vectors.txt"), "big 1 0\nlarge 1 0.1\nhuge 0 1\n");
        foreach (var (with, extra) in ((string, Dictionary<string, string>)[])
            [("random", []), ("frequency", new() { ["text"] = In("text.txt") }), ("vectors", new() { ["vectors"] = In("vectors.txt") }), ("bert-ls", new() { ["model"] = In("model"), ["wordnet"] = In("wordnet") })])
        {
            await Call("rank", new(extra) { ["benchmark"] = In("benchmark.json"), ["with"] = with, ["out"] = In("ranked.json") });
            Assert.Equal(6, LexSubResult.Load(In("ranked.json")).TargetIds.Count);
        }
        await Call("rank", new() { ["benchmark"] = In("benchmark.json"), ["with"] = "random", ["lists"] = In("mask.json"), ["out"] = In("again.json") });
        Assert.Equal(50, LexSubResult.Load(In("again.json")).Of(Small.Benchmark.Targets.First().Id).Count);
        string[] Lines(string text) => text.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(3, Lines(await Call("suggest", new() { ["text"] = "She kept the files.", ["word"] = "kept", ["pos"] = "VERB", ["top"] = "3", ["model"] = In("model"), ["rank"] = "true", ["wordnet"] = In("wordnet") })).Length);
        Assert.Contains("retained", await Call("suggest", new() { ["text"] = "She kept the files.", ["word"] = "kept", ["pos"] = "VERB", ["thesaurus"] = In("thesaurus.jsonl"), ["wordnet"] = In("wordnet") }), StringComparison.Ordinal);
        Assert.Contains("--offset", (await Assert.ThrowsAsync<UsageException>(() => Call("suggest", new() { ["text"] = "one by one", ["word"] = "one", ["thesaurus"] = In("thesaurus.jsonl") }))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_benchmark_is_built_from_texts_and_answers()
    {
        File.WriteAllText(In("own.jsonl"), """
            {"text": "She kept the files.", "target": "kept", "pos": "VERB"}
            {"text": "One way or one way", "target": "way", "pos": "NOUN", "offset": 15}
            """);
        Dictionary<string, string> Common() => new() { ["targets"] = In("own.jsonl"), ["thesaurus"] = In("thesaurus.jsonl"), ["wordnet"] = In("wordnet"), ["total-labels"] = "3" };
        Assert.Contains("2 targets, ", await Call("build", new(Common()) { ["tasks"] = In("tasks.jsonl") }), StringComparison.Ordinal);
        await Assert.ThrowsAsync<UsageException>(() => Call("build", new(Common()) { ["out"] = In("made.json") }));
        var ids = File.ReadLines(In("tasks.jsonl")).Select(line => System.Text.Json.JsonDocument.Parse(line).RootElement.GetProperty("substitute_id").GetString()!).ToList();
        File.WriteAllLines(In("given.jsonl"), ids.SelectMany((id, i) => Enumerable.Range(0, 3).Select(judge => $$"""{"substitute_id": "{{id}}", "annotator": "j{{judge}}", "label": "{{(i % 2 == judge % 2 ? "TRUE" : "FALSE")}}"}""")));
        var text = await Call("build", new(Common()) { ["judgements"] = In("given.jsonl"), ["out"] = In("made.json") });
        Assert.Contains("Krippendorff", text, StringComparison.Ordinal);
        Assert.Equal(ids.Count, LexSubDataset.Load(In("made.json")).Substitutes.Count);
        Assert.Contains("6 words", await Call("thesaurus", new() { ["in"] = In("thesaurus.jsonl"), ["out"] = In("copy.jsonl") }), StringComparison.Ordinal);
    }

    private string In(string name) => Path.Combine(folder, name);

    private static async Task<string> Call(string name, Dictionary<string, string> values)
    {
        var command = new SwordsReproduction().Commands.Single(command => command.Name == name);
        var output = new StringWriter();
        await command.Handler(new CommandContext(command, values, output, TextWriter.Null));
        return output.ToString();
    }
}
