using System.Text.Json;
using Scorch.Checkpoints;
using Scorch.Language.Tests.SwitchTransformers;
using Scorch.Language.TransformerSurvey;
using Scorch.Reproductions;
using Scorch.Text;

namespace Scorch.Language.Tests.TransformerSurvey;

public sealed class SurveyTrainingTests
{
    private static readonly XformerSpec Small = new() { Dim = 16, Heads = 2, Layers = 2, MaximumLength = 24, Topology = Topologies.Decoder() };
    private static readonly SurveyTrainOptions Short = new() { Steps = 30, BatchSize = 4, Length = 24, HeldOutBatches = 2, LearningRate = 1e-2 };

    private static string[] Lines => [.. Enumerable.Range(0, 200).Select(i => $"{(i % 3 == 0 ? "the cat sat" : "a dog ran")} on mat {i % 7}")];

    private static CharacterCorpus Corpus { get; } = CharacterCorpus.FromText(TextCorpus.FromLines(Lines));

    [Theory]
    [InlineData("full", "decoder", "sinusoidal", "mixture-of-experts")]
    [InlineData("lsh", "encoder", "none", "product-key")]
    [InlineData("bigbird", "compressive", "transformer-xl", "relu")]
    public void A_seed_fixes_every_bit_at_any_number_of_threads(string attention, string topology, string position, string part)
    {
        var spec = Small with { Attention = new(attention), Topology = new(topology), Position = new(position), FeedForward = new(part), Norm = Norms.PrePowerNorm(), Dropout = 0.1 };
        var states = new List<float[]>();
        foreach (var threads in new[] { 1, 2, 7 })
        {
            var before = Parallelism.ThreadCount;
            Parallelism.ThreadCount = threads;
            try
            {
                var model = new XformerLanguageModel(new(spec, Corpus.VocabularySize, topology == "encoder"), 3);
                SurveyTrainer.Fit(model, Corpus, Short with { Steps = 4 });
                states.Add([.. model.State().Values.SelectMany(tensor => tensor.ToArray<float>())]);
            }
            finally
            {
                Parallelism.ThreadCount = before;
            }
        }
        Assert.Equal(states[0], states[1]);
        Assert.Equal(states[0], states[2]);
    }

    [Fact]
    public void A_variant_learns_and_a_saved_one_is_the_same()
    {
        using var folder = new TemporaryFolder();
        var model = new XformerLanguageModel(new(Small with { Attention = Attentions.Band(4), Position = PositionSchemes.Shaw(4), Norm = Norms.ReZero() }, Corpus.VocabularySize), 1);
        var before = SurveyTrainer.BitsPerCharacter(model, Corpus, Short);
        var result = SurveyTrainer.Fit(model, Corpus, Short);
        Assert.True(result.BitsPerCharacter < before - 1, $"{result.BitsPerCharacter} after {before}");
        Assert.Equal(30, result.Curve.Count);
        model.Save(folder.Path);
        var loaded = XformerLanguageModel.Load(folder.Path);
        Assert.Equal(model.Config, loaded.Config);
        var ids = Tensor.From([1L, 2, 3, 4], [1, 4]);
        Assert.Equal(model.Forward(ids).ToArray<float>(), loaded.Forward(ids).ToArray<float>());
        var config = Path.Combine(folder.Path, "config.json");
        var written = File.ReadAllText(config);
        // A file asks for no memory that its weights do not fill.
        foreach (var (old, changed, part) in new[]
        {
            ("band(window=4)", "bend(window=4)", "Did you mean band"), ("\"layers\": 2", "\"layers\": 100000000", "100000000 layers"), ("\"dim\": 16", "\"dim\": 1048576", "1048576 features"),
            ("relu(inner=0)", "relu(inner=1048576)", "asks for inner = 1048576"), ("band(window=4)", "synthesizer-random", "take them with full"),
            ("shaw(clip=4)", "shaw(clip=1048576)", "asks for clip"), ("shaw(clip=4)", "tupe", "numbers, the weights have"),
        })
        {
            Assert.Contains(old, written, StringComparison.Ordinal);
            File.WriteAllText(config, written.Replace(old, changed, StringComparison.Ordinal));
            Assert.Contains(part, Assert.Throws<CheckpointException>(() => XformerLanguageModel.Load(folder.Path)).Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void A_resumed_run_with_a_memory_is_the_uninterrupted_one()
    {
        using var folder = new TemporaryFolder();
        XformerLanguageModel Fresh() => new(new(Small with { Topology = Topologies.TransformerXl(16), Position = PositionSchemes.TransformerXl(), Dropout = 0.1 }, Corpus.VocabularySize), 3);
        var options = Short with { Steps = 9 };
        // The schedule is that of the whole run: it stops half-way.
        using var stop = new CancellationTokenSource();
        var (whole, stopped, resumed) = (Fresh(), Fresh(), Fresh());
        var path = Path.Combine(folder.Path, "run.safetensors");
        SurveyTrainer.Fit(whole, Corpus, options);
        var progress = new Immediate(step =>
        {
            if (step >= 5) stop.Cancel();
        });
        Assert.ThrowsAny<OperationCanceledException>(() => SurveyTrainer.Fit(stopped, Corpus, options with { CheckpointPath = path }, progress, stop.Token));
        SurveyTrainer.Fit(resumed, Corpus, options with { CheckpointPath = path });
        foreach (var (name, tensor) in whole.State()) Assert.Equal(tensor.ToArray<float>(), resumed.State()[name].ToArray<float>());
        Assert.Contains("9 steps already", Assert.Throws<ArgumentException>(() => SurveyTrainer.Fit(Fresh(), Corpus, options with { CheckpointPath = path })).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Commands_work_on_the_users_own_text()
    {
        using var folder = new TemporaryFolder();
        var (text, model, spec) = (Path.Combine(folder.Path, "text.txt"), Path.Combine(folder.Path, "model"), Path.Combine(folder.Path, "spec.json"));
        await File.WriteAllLinesAsync(text, Lines);
        await File.WriteAllTextAsync(spec, """{ "dim": 16, "heads": 2, "layers": 1, "attention": "performer(features=8)", "topology": "decoder", "maximumLength": 40 }""");
        var trained = await Run("train", ("text", text), ("out", model), ("spec", spec), ("position", "rotary"), ("segment", "16"), ("batch", "4"), ("steps", "3"));
        Assert.Contains("bits a character held out", trained, StringComparison.Ordinal);
        Assert.Equal("performer(features=8)", XformerLanguageModel.Load(model).Config.Spec.Attention.ToString());
        Assert.Equal("rotary", XformerLanguageModel.Load(model).Config.Spec.Position.Name);
        Assert.Contains("bits a character over", await Run("evaluate", ("model", model), ("text", text), ("batch", "2")), StringComparison.Ordinal);
        var sample = await Run("sample", ("model", model), ("prompt", "the cat"), ("characters", "12"));
        Assert.StartsWith("the cat", sample, StringComparison.Ordinal);
        Assert.Equal(sample, await Run("sample", ("model", model), ("prompt", "the cat"), ("characters", "12")));
        Assert.Contains("above the model's 40", (await Assert.ThrowsAsync<UsageException>(() => Run("sample", ("model", model), ("prompt", "x"), ("characters", "99")))).Message, StringComparison.Ordinal);
        Assert.Contains("Did you mean performer", (await Assert.ThrowsAsync<ArgumentException>(() => Run("train", ("text", text), ("out", model), ("attention", "preformer")))).Message, StringComparison.Ordinal);
        Assert.Contains("no such file", (await Assert.ThrowsAsync<UsageException>(() => Run("measure", ("spec", "missing.json")))).Message, StringComparison.Ordinal);
        var report = Path.Combine(folder.Path, "report.json");
        Assert.Contains("declared 1)", await Run("measure", ("attention", "linear"), ("dim", "16"), ("heads", "2"), ("lengths", "32,64"), ("out", report)), StringComparison.Ordinal);
        using var measured = JsonDocument.Parse(await File.ReadAllTextAsync(report));
        Assert.Equal(1, measured.RootElement.GetProperty("operationExponent").GetDouble(), 1e-9);
        using var table = JsonDocument.Parse(await Run("taxonomy"));
        Assert.Equal(Taxonomy.Catalog.Count, table.RootElement.GetArrayLength());
        Assert.Equal(10, (await Run("taxonomy", ("slot", "topology"), ("format", "lines"))).Split('\n', StringSplitOptions.RemoveEmptyEntries).Length);
    }

    [Fact]
    public async Task The_smoke_run_needs_no_data_and_the_full_scale_builds()
    {
        using var folder = new TemporaryFolder();
        var reproduction = new SurveyReproduction();
        RunContext Context(Scale scale, params KeyValuePair<string, string>[] values) => new(reproduction.Claims, scale, [1, 2, 3], new RunSettings(reproduction.Settings(scale), values), folder.Path, new DataLocator([]));
        var context = Context(Scale.Smoke);
        await reproduction.RunAsync(context);
        Assert.Equal(reproduction.Claims.Select(claim => claim.Id).Order(), context.Measurements.Select(measurement => measurement.ClaimId).Distinct().Order());
        Assert.All(context.Measurements, measurement => Assert.True(double.IsFinite(measurement.Value)));
        // What does not depend on sizes holds here already.
        foreach (var id in new[] { "C1", "C4c" })
            Assert.All(context.Measurements.Where(measurement => measurement.ClaimId == id), measurement => Assert.Equal(1, measurement.Value));
        Assert.Contains("parameters", await reproduction.DryRunAsync(Context(Scale.Smoke)), StringComparison.Ordinal);
        KeyValuePair<string, string> Set(string name, string value) => KeyValuePair.Create(name, value);
        KeyValuePair<string, string>[] sizes = [Set("model-dim", "16"), Set("layers", "2"), Set("heads", "2"), Set("segment", "24"), Set("batch", "2"), Set("steps", "2")];
        foreach (var task in new[] { "enwik8", "listops" })
            Assert.Contains("loss", await reproduction.DryRunAsync(Context(Scale.Paper, [.. sizes, Set("task", task)])), StringComparison.Ordinal);
        Assert.Contains("enwik8", (await Assert.ThrowsAsync<UsageException>(() => reproduction.RunAsync(Context(Scale.Paper)))).Message, StringComparison.Ordinal);
        var bytes = Path.Combine(folder.Path, "enwik8");
        await File.WriteAllBytesAsync(bytes, [.. Enumerable.Range(0, 4000).Select(i => (byte)(i * 7))]);
        var run = Context(Scale.Paper, [.. sizes, Set("data", bytes)]);
        await reproduction.RunAsync(run);
        Assert.Equal(3, run.Notes.Count(note => note.Contains("bits a byte", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Expressions_of_the_long_range_arena_are_read_and_classified()
    {
        using var folder = new TemporaryFolder();
        var path = Path.Combine(folder.Path, "basic_train.tsv");
        string[] rows = ["Source\tTarget", "( ( ( [MAX 2 ) 9 ) ] )\t9", "[MED 1 2 3 ]\t2", "[SM 5 [MIN 7 8 ] ]\t2"];
        await File.WriteAllLinesAsync(path, rows);
        File.Copy(path, Path.Combine(folder.Path, "basic_val.tsv"));
        var file = ListOpsFile.Read(path, 6);
        Assert.Equal([9, 2, 2], file.Targets);
        Assert.Equal([2, 8, 15, 5], file.Sources[0]);
        Assert.Equal(6, file.Sources[2].Length);
        var (ids, scope, targets) = file.Batch([0, 1]);
        Assert.Equal([2, 5], ids.Shape.ToArray());
        Assert.Equal([9L, 2], targets.ToArray<long>());
        // Padding changes nothing of a series' class.
        var model = new XformerClassifier(Small with { Topology = Topologies.Encoder() }, ListOpsFile.VocabularySize, ListOpsFile.Classes, 1);
        model.Evaluate();
        SurveyGolden.Close(model.Forward(ids.Narrow(0, 0, 1).Narrow(1, 0, 4), new()), model.Forward(ids, scope).Narrow(0, 0, 1), 1e-5);
        var reproduction = new SurveyReproduction();
        var values = new Dictionary<string, string> { ["task"] = "listops", ["data"] = folder.Path, ["model-dim"] = "16", ["layers"] = "1", ["heads"] = "2", ["segment"] = "16", ["batch"] = "2", ["steps"] = "2" };
        var context = new RunContext(reproduction.Claims, Scale.Paper, [1], new RunSettings(reproduction.Settings(Scale.Paper), values), folder.Path);
        await reproduction.RunAsync(context);
        Assert.Contains("held-out expressions", context.Notes.Single(), StringComparison.Ordinal);
        await File.WriteAllLinesAsync(path, ["Source\tTarget", "[AVG 1 2 ]\t1"]);
        Assert.Contains("line 2 has the symbol '[AVG'", Assert.Throws<TextFormatException>(() => ListOpsFile.Read(path, 6)).Message, StringComparison.Ordinal);
        await File.WriteAllLinesAsync(path, ["[MAX 1 2 ]\t12"]);
        Assert.Contains("a tab and a digit", Assert.Throws<TextFormatException>(() => ListOpsFile.Read(path, 6)).Message, StringComparison.Ordinal);
    }

    private static async Task<string> Run(string name, params (string Name, string Value)[] values)
    {
        using var output = new StringWriter();
        var command = new SurveyReproduction().Commands.Single(command => command.Name == name);
        await command.Handler(new(command, values.ToDictionary(pair => pair.Name, pair => pair.Value), output, TextWriter.Null));
        return output.ToString();
    }

    private sealed class Immediate(Action<long> heard) : IProgress<Training.TrainingProgress>
    {
        public void Report(Training.TrainingProgress value) => heard(value.Step);
    }
}
