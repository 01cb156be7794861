using System.IO.Compression;
using System.Text.Json;
using Scorch.Checkpoints;
using Scorch.Language.SwitchTransformers;
using Scorch.Reproductions;
using Scorch.Text;

namespace Scorch.Language.Tests.SwitchTransformers;

public sealed class SwitchInputTests
{
    private static readonly SwitchConfig Small = new() { ModelDim = 6, FfDim = 10, Experts = 4 };

    [Fact]
    public void Impossible_settings_are_named()
    {
        void Refused(SwitchConfig config, string words) => Assert.Contains(words, Assert.ThrowsAny<ArgumentException>(() => new SwitchFeedForward(config)).Message);
        Refused(Small with { Experts = 0 }, "Experts is 0");
        Refused(Small with { TopK = 5 }, "TopK is 5 of 4 experts");
        Refused(Small with { TopK = 0 }, "TopK is 0");
        Refused(Small with { CapacityFactor = 0 }, "CapacityFactor is 0");
        Refused(Small with { EvalCapacityFactor = double.NaN }, "EvalCapacityFactor is NaN");
        Refused(Small with { GroupSize = 0 }, "GroupSize is 0");
        Refused(Small with { JitterEps = 1 }, "JitterEps is 1");
        Refused(Small with { ExpertDropout = -0.1 }, "ExpertDropout is -0.1");
        Refused(Small with { AuxLossWeight = double.NegativeInfinity }, "AuxLossWeight");
        Refused(Small with { InitScale = 0 }, "InitScale is 0");
        Refused(Small with { RouterPrecision = (RouterPrecision)7 }, "RouterPrecision is 7");
    }

    [Fact]
    public void Wrong_shapes_are_named()
    {
        var layer = new SwitchFeedForward(Small);
        Assert.Contains("[batch, time, 6]", Assert.Throws<ArgumentException>(() => layer.Forward(Tensor.Ones([1, 2, 5]))).Message);
        Assert.Contains("bool [1, 2]", Assert.Throws<ArgumentException>(() => layer.Forward(Tensor.Ones([1, 2, 6]), Tensor.Ones([2, 1], DataType.Bool))).Message);
        Assert.Contains("bool [1, 2]", Assert.Throws<ArgumentException>(() => layer.Forward(Tensor.Ones([1, 2, 6]), Tensor.Ones([1, 2]))).Message);
    }

    [Fact]
    public void Logits_that_are_no_numbers_name_layer_and_remedy()
    {
        var layer = new SwitchFeedForward(Small, new RandomSource(1), layer: 3);
        var error = Assert.Throws<InvalidOperationException>(() => layer.Forward(Tensor.Full([1, 2, 6], double.NaN)));
        Assert.Contains("router logits contain NaN at layer 3: lower the learning rate or use RouterPrecision.Float32", error.Message);
    }

    [Fact]
    public void A_group_with_fewer_tokens_than_experts_is_warned_of()
    {
        var layer = new SwitchFeedForward(Small with { CapacityFactor = 1 });
        var stats = layer.Forward(new RandomSource(1).Normal([1, 3, 6])).Stats;
        Assert.Contains("a group of 3 tokens for 4 experts has room for 1 each", Assert.Single(stats.Warnings));
        Assert.Empty(layer.Forward(new RandomSource(1).Normal([1, 4, 6])).Stats.Warnings);
    }

    [Fact]
    public async Task Training_refuses_what_does_not_fit()
    {
        var corpus = SwitchTrainingTests.Corpus;
        var model = SwitchLanguageModel.Create(new(5, 2, 2) { Context = 12 }, Small);
        Assert.Contains("build one for the other", (await Assert.ThrowsAsync<ArgumentException>(() => LmTrainer.FitAsync(model, corpus, new()))).Message);
        Assert.Contains("Steps is 0", (await Assert.ThrowsAsync<ArgumentException>(() => LmTrainer.FitAsync(model, corpus, new() { Steps = 0 }))).Message);
        Assert.Contains("LearningRate is NaN", (await Assert.ThrowsAsync<ArgumentException>(() => LmTrainer.FitAsync(model, corpus, new() { LearningRate = double.NaN }))).Message);
        Assert.Contains("fewer than 1001 tokens", Assert.Throws<ArgumentException>(() => LmCorpus.FromTexts(TextCorpus.FromLines(["a b", "c d"]), 10, 1000)).Message);
        Assert.Contains("lies in [0, 1]", (await Assert.ThrowsAsync<ArgumentException>(() => SparseDistiller.ToDenseAsync(
            SwitchLanguageModel.Create(new(corpus.Tokenizer.Count, 2, 2) { Context = 12 }, Small), new() { TeacherWeight = 1.5 }, corpus))).Message);
    }

    [Fact]
    public async Task Training_stops_when_asked_and_leaves_a_checkpoint()
    {
        using var folder = new TemporaryFolder();
        var path = Path.Combine(folder.Path, "run.safetensors");
        using var stop = new CancellationTokenSource();
        var model = SwitchLanguageModel.Create(new(SwitchTrainingTests.Corpus.Tokenizer.Count, 2, 2) { Context = 12 }, Small);
        var progress = new Stopper(stop);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => LmTrainer.FitAsync(model, SwitchTrainingTests.Corpus, new() { Steps = 1000, CheckpointPath = path, EvaluateEvery = 5 }, progress, stop.Token));
        Assert.NotEmpty(SafeTensors.LoadMetadata(path)["step"]);
    }

    private sealed class Stopper(CancellationTokenSource stop) : IProgress<Training.TrainingProgress>
    {
        public void Report(Training.TrainingProgress value) => stop.Cancel();
    }

    [Fact]
    public async Task Commands_train_resume_generate_and_route_on_the_users_text()
    {
        using var folder = new TemporaryFolder();
        var (text, model) = (Path.Combine(folder.Path, "text.txt"), Path.Combine(folder.Path, "model"));
        File.WriteAllLines(text, SwitchTrainingTests.Lines());
        Dictionary<string, string> train = new()
        {
            ["text"] = text,
            ["out"] = model,
            ["context"] = "12",
            ["model-dim"] = "16",
            ["ff-dim"] = "32",
            ["experts"] = "4",
            ["heads"] = "2",
            ["steps"] = "30",
            ["learning-rate"] = "0.01",
        };
        var trained = await RunAsync("train", train);
        Assert.Contains("30 steps: held-out loss", trained);
        foreach (var file in new[] { "config.json", "model.safetensors", "vocabulary.json", "report.json", "training.safetensors" }) Assert.True(File.Exists(Path.Combine(model, file)), file);
        train["steps"] = "40";
        Assert.Contains("40 steps", await RunAsync("train", train));
        var continued = await RunAsync("generate", new() { ["model"] = model, ["prompt"] = "cat dog", ["tokens"] = "4", ["seed"] = "2" });
        Assert.StartsWith("cat dog", continued);
        Assert.Equal(continued, await RunAsync("generate", new() { ["model"] = model, ["prompt"] = "cat dog", ["tokens"] = "4", ["seed"] = "2" }));
        var report = Path.Combine(folder.Path, "route.json");
        var routes = await RunAsync("route", new() { ["model"] = model, ["text"] = "cat dog mouse bread red green", ["capacity-factor"] = "0.5", ["out"] = report });
        Assert.Equal(7, routes.Trim().Split('\n').Length);
        using var json = JsonDocument.Parse(File.ReadAllText(report));
        foreach (var row in json.RootElement.EnumerateArray())
            // Six words, four experts, factor 0.5: room for one.
            Assert.Equal(row.GetProperty("rank").GetInt32() >= 1, row.GetProperty("dropped").GetBoolean());
        Assert.Equal("mouse", json.RootElement[2].GetProperty("word").GetString());
        Assert.Contains("no word", (await Assert.ThrowsAsync<UsageException>(() => RunAsync("generate", new() { ["model"] = model, ["prompt"] = " " }))).Message);
        Assert.Contains("at most", (await Assert.ThrowsAsync<UsageException>(() => RunAsync("generate", new() { ["model"] = model, ["prompt"] = "cat", ["tokens"] = "50" }))).Message);
        Assert.Contains("no such file", (await Assert.ThrowsAsync<UsageException>(() => RunAsync("route", new() { ["model"] = folder.Path, ["text"] = "cat" }))).Message);
    }

    [Fact]
    public async Task A_smoke_run_measures_every_claim_without_data()
    {
        using var folder = new TemporaryFolder();
        var reproduction = new SwitchReproduction();
        var result = await ReproductionRunner.RunAsync(reproduction, new RunRequest { Scale = Scale.Smoke, OutputDirectory = folder.Path, SeedCount = 2 });
        var measured = result.Evidence.Measurements.Select(measurement => measurement.Claim).ToHashSet();
        Assert.Equal(reproduction.Claims.Select(claim => claim.Id).Except(["C2", "C3"]).Order(), measured.Order());
        Assert.All(result.Claims, claim => Assert.Equal(Verdict.NotMeasurable, claim.Verdict));
        Assert.Contains("held-out loss after one step", (await ReproductionRunner.DryRunAsync(reproduction, new RunRequest { Scale = Scale.Smoke, OutputDirectory = folder.Path })).DryRun);
    }

    [Fact]
    public async Task A_small_paper_scale_model_takes_its_step_and_reads_C4_with_a_SentencePiece_model()
    {
        using var folder = new TemporaryFolder();
        var overrides = new Dictionary<string, string> { ["model-dim"] = "16", ["ff-dim"] = "24", ["layers"] = "2", ["heads"] = "2", ["experts"] = "4", ["vocabulary"] = "400" };
        var described = (await ReproductionRunner.DryRunAsync(new SwitchReproduction(), new RunRequest { Scale = Scale.Paper, OutputDirectory = folder.Path, Overrides = [.. overrides] })).DryRun!;
        Assert.Contains("2 + 2 blocks", described);
        Assert.Contains("peak memory of the process", described);
        // C4 as it is shipped: packed JSON lines; a series is 32 pieces.
        var file = Path.Combine(folder.Path, "c4-train.00000-of-00001.json.gz");
        using (var writer = new StreamWriter(new GZipStream(File.Create(file), CompressionLevel.Fastest)))
            foreach (var line in SwitchTrainingTests.Lines()) writer.WriteLine(JsonSerializer.Serialize(new Dictionary<string, string> { ["text"] = line, ["url"] = "u" }));
        var read = new Dictionary<string, string>(overrides)
        {
            ["vocabulary"] = "3000",
            ["text"] = file,
            ["tokenizer"] = SwitchGolden.PathOf("text/unigram-plain.model"),
            ["steps"] = "3",
            ["batch"] = "2",
            ["length"] = "32",
        };
        var run = await ReproductionRunner.RunAsync(new SwitchReproduction(), new RunRequest { Scale = Scale.Paper, OutputDirectory = folder.Path, Overrides = [.. read], SeedCount = 1 });
        Assert.Equal([1L, 2, 3], run.Curves.Select(point => point.Step));
        Assert.All(run.Curves, point => Assert.InRange(point.Value, 3, 12));
        Assert.Contains("--set text=FILES", (await Assert.ThrowsAsync<UsageException>(() => ReproductionRunner.RunAsync(
            new SwitchReproduction(), new RunRequest { Scale = Scale.Paper, OutputDirectory = folder.Path, Overrides = [.. overrides] }))).Message);
    }

    private static async Task<string> RunAsync(string name, Dictionary<string, string> values)
    {
        var command = new SwitchReproduction().Commands.Single(entry => entry.Name == name);
        using var output = new StringWriter();
        await command.Handler(new CommandContext(command, values, output, TextWriter.Null));
        return output.ToString();
    }
}
