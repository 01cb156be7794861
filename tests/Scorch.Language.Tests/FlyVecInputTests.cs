using Scorch.Checkpoints;
using Scorch.Language.FruitFlyEmbeddings;
using Scorch.Reproductions;
using Scorch.Testing;

namespace Scorch.Language.Tests;

public sealed class FlyVecInputTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("scorch-fly-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public async Task A_saved_model_is_the_same_again()
    {
        var model = await FlyVec.FitAsync(SmallText.Corpus, SmallText.Config);
        var path = Path.Combine(folder, "model.fly");
        model.Save(path);
        var again = FlyVecModel.Load(path);
        Assert.Equal(model.Weights().ToArray<float>(), again.Weights().ToArray<float>());
        Assert.Equal(model.Vocabulary.Words, again.Vocabulary.Words);
        Assert.Equal(model.Config, again.Config);
        Assert.Equal(model.EncodeInContext("cat", "the cat and the dog", 3), again.EncodeInContext("cat", "the cat and the dog", 3));
        SafeTensors.Save(path, new Dictionary<string, Tensor> { ["weight"] = Tensor.Zeros([2, 2]) });
        Assert.Contains("not a model", Assert.Throws<CheckpointException>(() => FlyVecModel.Load(path)).Message);
    }

    [Fact]
    public async Task The_authors_files_are_read()
    {
        var model = await FlyVec.FitAsync(SmallText.Corpus, SmallText.Config);
        Npz.SaveArray(Path.Combine(folder, "model.npy"), model.Weights());
        File.WriteAllLines(Path.Combine(folder, "words.txt"), model.Vocabulary.Words);
        var imported = FlyVecModel.Import(Path.Combine(folder, "model.npy"), Path.Combine(folder, "words.txt"));
        Assert.Equal(model.Codes(3), imported.Codes(3));
        var broken = model.Weights().ToArray<float>();
        broken[5] = float.NaN;
        Npz.SaveArray(Path.Combine(folder, "model.npy"), Tensor.From(broken, [12, 38]));
        Assert.Contains("must be finite", Assert.Throws<ArgumentException>(() => FlyVecModel.Import(Path.Combine(folder, "model.npy"), Path.Combine(folder, "words.txt"))).Message);
    }

    [Fact]
    public void Numbered_text_goes_to_disk_and_back()
    {
        var tokens = new FlyTokens([1, 2, 3, 4, 5, 6, 7], [0, 3]);
        Assert.Equal([0L, 3, 7], tokens.Offsets.ToArray());
        tokens.Save(folder);
        var again = FlyTokens.Load(folder);
        Assert.Equal(tokens.Ids.ToArray(), again.Ids.ToArray());
        Assert.Equal(tokens.Offsets.ToArray(), again.Offsets.ToArray());
        Assert.Equal(1 + 2, tokens.CountWindows(3));
        var bytes = File.ReadAllBytes(Path.Combine(folder, FlyTokens.IdsFile));
        Assert.Equal(0, (bytes.Length - (7 * 4)) % 64);
        File.WriteAllBytes(Path.Combine(folder, FlyTokens.IdsFile), bytes[..^3]);
        Assert.Throws<CheckpointException>(() => FlyTokens.Load(folder));
    }

    [Fact]
    public void Offsets_that_do_not_fit_are_refused()
    {
        Assert.Contains("must increase", Assert.Throws<ArgumentException>(() => new FlyTokens([1, 2, 3], [0, 2, 2])).Message);
        Assert.Contains("only 3 words", Assert.Throws<ArgumentException>(() => new FlyTokens([1, 2, 3], [0, 4])).Message);
        Assert.Contains("begin at 0", Assert.Throws<ArgumentException>(() => new FlyTokens([1, 2, 3], [1])).Message);
        Assert.Contains("negative", Assert.Throws<ArgumentException>(() => new FlyTokens([1, -2, 3], [0])).Message);
    }

    [Theory]
    [InlineData(4)]
    [InlineData(1)]
    public async Task A_window_needs_a_centre(int window) =>
        Assert.Contains("Window is", (await Assert.ThrowsAsync<ArgumentException>(() => FlyVec.FitAsync(SmallText.Corpus, SmallText.Config with { Window = window }))).Message);

    [Fact]
    public async Task Too_little_text_is_refused_with_the_numbers()
    {
        Assert.Contains("only 960 windows", (await Assert.ThrowsAsync<ArgumentException>(() => FlyVec.FitAsync(SmallText.Corpus, SmallText.Config with { BatchSize = 961 }))).Message);
        Assert.Contains("18 distinct words", (await Assert.ThrowsAsync<ArgumentException>(() => FlyVec.FitAsync(SmallText.Corpus, SmallText.Config with { VocabularySize = 19 }))).Message);
        Assert.Throws<FileNotFoundException>(() => FlyCorpus.FromFiles([Path.Combine(folder, "nothing.txt")]));
        Assert.Throws<ArgumentException>(() => FlyCorpus.FromFiles([folder]));
    }

    [Fact]
    public async Task Unknown_words_have_an_empty_flagged_code_and_are_counted()
    {
        var model = await FlyVec.FitAsync(SmallText.Corpus, SmallText.Config);
        var code = model.Encode("submarine", 3);
        Assert.True(code.IsUnknown);
        Assert.Empty(code.ActiveNeurons);
        Assert.Equal(0, SparseCode.Overlap(code, model.Encode("cat", 3)));
        Assert.Empty(model.Nearest("submarine", 3, 5));
        var report = WordSimilarity.Evaluate(model, [new("cat", "dog", 9), new("cat", "soup", 1), new("cat", "submarine", 5), new("red", "blue", 8)], k: 3);
        Assert.Equal((3, 1), (report.Covered, report.Skipped));
        Assert.Throws<ArgumentException>(() => model.Encode("", 3));
        Assert.Throws<ArgumentOutOfRangeException>(() => model.Encode("cat", 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => model.Encode("cat", 12));
    }

    [Fact]
    public void Text_is_split_as_described()
    {
        Assert.Equal(["the", "dog's", "<NUM>", "dogs", "caf", "ol"], FlyCorpus.Words("The dog's 3rd 'dogs' — café; Olé!".Replace("Olé", "Ol", StringComparison.Ordinal)));
        var text = "One two. Three\nfour!\n\nFive";
        Assert.Equal(["one two", "three four", "five"], FlyCorpus.FromTexts([text], ChunkUnit.Sentence).Chunks().Select(chunk => string.Join(' ', chunk)));
        Assert.Equal(["one two three four", "five"], FlyCorpus.FromTexts([text], ChunkUnit.Paragraph).Chunks().Select(chunk => string.Join(' ', chunk)));
        Assert.Equal(["one two three", "four", "five"], FlyCorpus.FromTexts([text], ChunkUnit.Line).Chunks().Select(chunk => string.Join(' ', chunk)));
        Assert.Single(FlyCorpus.FromTexts([text]).Chunks());
    }

    [Fact]
    public void Codes_leave_out_ties_at_the_border_and_pack_without_loss()
    {
        Assert.Equal([0], SparseCode.FromActivation([3, 1, 1, 0], 2).ActiveNeurons);
        Assert.Equal([0, 2], SparseCode.FromActivation([3, 1, 2, 0], 2).ActiveNeurons);
        var codes = RandomHash.Codes(50, 400, 32, seed: 1);
        var packed = new PackedCodes(codes, 32);
        Assert.Equal(50 * 32 * 9 / 8, packed.Bytes);
        Assert.Equal(codes, Enumerable.Range(0, 50).Select(i => packed[i]));
        Assert.Equal(2 * (32 - SparseCode.Shared(codes[0], codes[1])), SparseCode.HammingDistance(codes[0], codes[1]));
        var hits = new CodeIndex(codes).Search(codes[7], 50);
        Assert.Equal((7, 1.0), hits[0]);
        Assert.Equal(Enumerable.Range(0, 50).Select(i => SparseCode.Overlap(codes[7], codes[i])).Where(overlap => overlap > 0).OrderDescending(), hits.Select(hit => hit.Score));
    }

    [Fact]
    public async Task A_threshold_on_overlaps_tells_meanings_apart()
    {
        // "bank" stands among animals and among colours; its neurons differ with the company.
        var texts = Enumerable.Range(0, 40).Select(i => string.Join(' ', Enumerable.Range(0, 20).Select(j => j % 4 == 2 ? "bank" : SmallText.Topics[i % 2 == 0 ? 0 : 2][(i + (j * 5)) % 6])));
        var model = await FlyVec.FitAsync(FlyCorpus.FromTexts(texts), SmallText.Config with { VocabularySize = 13 });
        WordInContextPair[] pairs =
        [
            new("bank", "cat bank dog", "horse cow bank", true), new("bank", "red bank blue", "green bank black", true),
            new("bank", "cat bank dog", "red bank blue", false), new("bank", "white bank", "sheep bank", false), new("submarine", "a", "b", true),
        ];
        var classifier = WordInContext.Fit(model, pairs, k: 3);
        var report = classifier.Evaluate(model, pairs);
        Assert.Equal((4, 1), (report.Covered, report.Skipped));
        Assert.Equal(1, report.Accuracy);
    }

    [Fact]
    public async Task A_smoke_run_needs_no_data_and_repeats_itself()
    {
        var request = new RunRequest { Scale = Scale.Smoke, OutputDirectory = folder, Data = new DataLocator(), SeedCount = 1 };
        var first = await ReproductionRunner.RunAsync(new FruitFlyReproduction(), request);
        Assert.Equal(Verdict.Confirmed, first.Claims.Single(claim => claim.Claim.Id == "C2a").Verdict);
        Assert.All(first.Claims.Where(claim => claim.Claim.Id != "C2a"), claim => Assert.Equal(Verdict.NotMeasurable, claim.Verdict));
        var second = await ReproductionRunner.RunAsync(new FruitFlyReproduction(), request);
        Assert.Equal(first.Evidence.Measurements, second.Evidence.Measurements);
        Assert.Equal(first.Curves, second.Curves);
    }

    [Fact]
    public async Task The_papers_configuration_takes_a_step()
    {
        var request = new RunRequest { Scale = Scale.Paper, OutputDirectory = folder, Data = new DataLocator() };
        Assert.Contains("16000800 weights", (await ReproductionRunner.DryRunAsync(new FruitFlyReproduction(), request)).DryRun);
        await Assert.ThrowsAsync<UsageException>(() => ReproductionRunner.RunAsync(new FruitFlyReproduction(), request));
    }

    [Fact]
    public async Task The_commands_train_on_a_text_and_answer()
    {
        var text = Path.Combine(folder, "text.txt");
        File.WriteAllLines(text, SmallText.Corpus.Chunks().Select(chunk => string.Join(' ', chunk)));
        var model = Path.Combine(folder, "small.fly");
        await Call("train", new() { ["text"] = text, ["out"] = model, ["vocabulary"] = "18", ["drop"] = "0", ["neurons"] = "12", ["window"] = "5", ["batch"] = "20", ["tokens"] = folder });
        Assert.Equal(1200, FlyTokens.Load(folder).Ids.Length);
        Assert.Equal(3, (await Call("nearest", new() { ["word"] = "cat", ["model"] = model, ["k"] = "3", ["count"] = "3" })).Split('\n', StringSplitOptions.RemoveEmptyEntries).Length);
        Assert.NotEmpty(await Call("encode", new() { ["word"] = "Cat", ["model"] = model, ["k"] = "3", ["sentence"] = "a cat and a dog" }));
        Assert.Contains("Did you mean cat", (await Assert.ThrowsAsync<UsageException>(() => Call("nearest", new() { ["word"] = "catt", ["model"] = model }))).Message);
    }

    [DataFact("eval-word-vectors/data/word-sim/EN-MEN-TR-3k.txt")]
    public void The_judged_pairs_are_read_whole()
    {
        var pairs = WordSimilarity.ReadPairs(DataFactAttribute.PathOf("eval-word-vectors/data/word-sim/EN-MEN-TR-3k.txt"));
        Assert.Equal(3000, pairs.Count);
        Assert.Equal(new WordPair("sun", "sunlight", 50), pairs[0]);
    }

    private static async Task<string> Call(string name, Dictionary<string, string> values)
    {
        var command = new FruitFlyReproduction().Commands.Single(command => command.Name == name);
        var output = new StringWriter();
        await command.Handler(new CommandContext(command, values, output, TextWriter.Null));
        return output.ToString();
    }
}
