using Scorch.Checkpoints;
using Scorch.Language.Softermax;
using Scorch.Models.Transformers;
using Scorch.Reproductions;
using Scorch.Text;

namespace Scorch.Language.Tests.BaseTwo;

public sealed class SoftermaxCommandTests : IDisposable
{
    private static readonly string[] Animals = ["cat", "dog", "horse", "cow"], Colours = ["red", "blue", "green", "white"];

    private readonly string folder = Directory.CreateTempSubdirectory("scorch-softermax-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public async Task A_row_is_traced_and_written()
    {
        var path = Path.Combine(folder, "trace.json");
        var output = await Call("trace", new() { ["row"] = "2.25,1,-,4.5", ["slice-width"] = "1", ["out"] = path });
        Assert.Contains("running maximum 5", output);
        Assert.Contains("masked", output);
        Assert.Contains("\"leadingOne\"", File.ReadAllText(path));
        Assert.Contains("'x' in --row", (await Assert.ThrowsAsync<UsageException>(() => Call("trace", new() { ["row"] = "1,x" }))).Message);
        Assert.Contains("is no fixed-point format", (await Assert.ThrowsAsync<UsageException>(() => Call("trace", new() { ["row"] = "1", ["input-format"] = "8 bits" }))).Message);
        Assert.Contains("LpwSegments is 3", (await Assert.ThrowsAsync<ArgumentException>(() => Call("trace", new() { ["row"] = "1", ["segments"] = "3" }))).Message);
    }

    [Fact]
    public async Task Verilog_and_costs_are_written()
    {
        await Call("emit", new() { ["out"] = folder, ["rows"] = "5", ["slice-width"] = "4" });
        Assert.All(["softermax.v", "baseline.v", "softermax_testbench.v", "softermax_vectors.hex"], name => Assert.True(new FileInfo(Path.Combine(folder, name)).Length > 0));
        var output = await Call("cost", new() { ["row-length"] = "128", ["out"] = Path.Combine(folder, "cost.json") });
        Assert.Contains("not a synthesis", output);
        Assert.Contains("energyRatio", File.ReadAllText(Path.Combine(folder, "cost.json")));
        Assert.Contains("--rows lies", (await Assert.ThrowsAsync<UsageException>(() => Call("emit", new() { ["out"] = folder, ["rows"] = "0" }))).Message);
    }

    [Fact]
    public async Task Sentences_are_learnt_rounded_saved_and_classified()
    {
        var (train, test) = (Sentences("train.txt", 120), Sentences("test.txt", 40));
        var model = Path.Combine(folder, "model");
        var output = await Call("quantize", new() { ["text"] = train, ["test"] = test, ["out"] = model, ["length"] = "6", ["epochs"] = "6", ["batch"] = "8", ["learning-rate"] = "0.003", ["fine-tune-epochs"] = "1" });
        Assert.Contains("rounded, Softermax, trained on", output);
        Assert.Contains("floatAccuracy", File.ReadAllText(Path.Combine(model, "report.json")));
        var told = (await Call("classify", new() { ["model"] = model, ["text"] = Plain(test) })).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        var labels = File.ReadLines(test).Select(line => line.Split(' ')[0]).ToArray();
        Assert.InRange(told.Zip(labels).Count(pair => pair.First.StartsWith(pair.Second + "\t", StringComparison.Ordinal)), 36, 40);
        // The same files give the same bits; a damaged folder is refused.
        var loaded = SoftermaxClassifier.Load(model);
        var copy = Path.Combine(folder, "copy");
        loaded.Save(copy);
        Assert.Equal(loaded.Predict(["red blue", "cat"]), SoftermaxClassifier.Load(copy).Predict(["red blue", "cat"]));
        var config = Path.Combine(copy, "config.json");
        File.WriteAllText(config, File.ReadAllText(config).Replace("\"features\": 64", "\"features\": 6400000", StringComparison.Ordinal));
        Assert.Contains("do not fit", Assert.Throws<CheckpointException>(() => SoftermaxClassifier.Load(copy)).Message);
        File.WriteAllText(config, "{}");
        Assert.Throws<CheckpointException>(() => SoftermaxClassifier.Load(copy));
    }

    [Fact]
    public async Task A_published_BERT_is_rounded()
    {
        var bert = Path.Combine(folder, "bert");
        string[] pieces = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", .. Animals, .. Colours];
        new BertMaskedLanguageModel(new() { VocabularySize = pieces.Length, Features = 16, Layers = 1, Heads = 2, Inner = 32, Positions = 16 }, new RandomSource(1)).Save(bert);
        File.WriteAllLines(Path.Combine(bert, "vocab.txt"), pieces);
        AddPooler(bert);
        var model = Path.Combine(folder, "rounded");
        await Call("quantize", new() { ["text"] = Sentences("train.txt", 60), ["test"] = Sentences("test.txt", 20), ["out"] = model, ["bert"] = bert, ["length"] = "8", ["epochs"] = "2", ["batch"] = "8", ["fine-tune-epochs"] = "1" });
        Assert.Equal(2, SoftermaxClassifier.Load(model).Predict(["red blue", "cat dog"]).Count);
        Assert.Contains("reads 16 tokens", (await Assert.ThrowsAsync<UsageException>(() => Call("quantize", new() { ["text"] = Sentences("train.txt", 60), ["test"] = Sentences("test.txt", 20), ["out"] = model, ["bert"] = bert, ["length"] = "40" }))).Message);
    }

    [Fact]
    public async Task Bad_files_and_options_are_named()
    {
        var (train, test) = (Sentences("train.txt", 30), Sentences("test.txt", 10));
        Task Quantize(Dictionary<string, string> options) => Call("quantize", new(options) { ["out"] = Path.Combine(folder, "never") });
        await Assert.ThrowsAsync<FileNotFoundException>(() => Quantize(new() { ["text"] = Path.Combine(folder, "none"), ["test"] = test }));
        var broken = Path.Combine(folder, "broken.txt");
        File.WriteAllText(broken, "word\n");
        await Assert.ThrowsAsync<TextFormatException>(() => Quantize(new() { ["text"] = broken, ["test"] = test }));
        var one = Path.Combine(folder, "one.txt");
        File.WriteAllText(one, "a cat\na dog\n");
        Assert.Contains("one class", (await Assert.ThrowsAsync<ArgumentException>(() => Quantize(new() { ["text"] = one, ["test"] = test }))).Message);
        File.WriteAllText(one, "other cat\n");
        Assert.Contains("'other' is not among", (await Assert.ThrowsAsync<ArgumentException>(() => Quantize(new() { ["text"] = train, ["test"] = one }))).Message);
        Assert.Contains("--batch is 64", (await Assert.ThrowsAsync<UsageException>(() => Quantize(new() { ["text"] = train, ["test"] = test, ["batch"] = "64" }))).Message);
        Assert.Contains("Bits is 40", (await Assert.ThrowsAsync<ArgumentException>(() => Quantize(new() { ["text"] = train, ["test"] = test, ["bits"] = "40" }))).Message);
        Assert.Contains("either --text", (await Assert.ThrowsAsync<UsageException>(() => Call("classify", new() { ["model"] = folder }))).Message);
        Assert.False(Directory.Exists(Path.Combine(folder, "never")));
    }

    /// <summary>Published pre-trained folders have a pooler; one is made of a classifier's.</summary>
    private static void AddPooler(string bert)
    {
        var config = BertMaskedLanguageModel.Load(bert).Bert.Config;
        new BertClassifier(config, 2, new RandomSource(1)).Save(bert);
    }

    private string Sentences(string name, int count)
    {
        var random = new Random(count);
        var path = Path.Combine(folder, name);
        File.WriteAllLines(path, Enumerable.Range(0, count).Select(i => (i % 2 == 0 ? "animal " : "colour ") + string.Join(' ', Enumerable.Range(0, 3 + (i % 3)).Select(_ => (i % 2 == 0 ? Animals : Colours)[random.Next(4)]))));
        return path;
    }

    private string Plain(string path)
    {
        var plain = Path.Combine(folder, "plain.txt");
        File.WriteAllLines(plain, File.ReadLines(path).Select(line => line[(line.IndexOf(' ', StringComparison.Ordinal) + 1)..]));
        return plain;
    }

    private static async Task<string> Call(string name, Dictionary<string, string> options)
    {
        var command = new SoftermaxReproduction().Commands.Single(command => command.Name == name);
        using var output = new StringWriter();
        await command.Handler(new CommandContext(command, options, output, TextWriter.Null));
        return output.ToString();
    }
}
