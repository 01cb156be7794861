using System.Text.Json;
using Scorch.Checkpoints;
using Scorch.Language.HashLayers;
using Scorch.Language.Tests.SwitchTransformers;
using Scorch.Models.Experts;
using Scorch.Reproductions;
using Scorch.Text;

namespace Scorch.Language.Tests.HashLayers;

public sealed class HashInputTests
{
    [Fact]
    public void Bad_hashes_are_refused_by_name()
    {
        int[] one = new int[1];
        Assert.Contains(
            "token id 50257 but the hash table covers 50257 ids: 0..50256",
            Assert.Throws<ArgumentOutOfRangeException>(() => TokenHash.Random(50257, 4).Assign(new(new long[] { 50257 }), one)).Message);
        Assert.Contains("0..49", Assert.Throws<ArgumentOutOfRangeException>(() => TokenHash.Random(50, 4).Assign(new(new long[] { -1 }), one)).Message);
        Assert.Contains("entry 1 of the table is bucket 4", Assert.Throws<ArgumentException>(() => TokenHash.FromTable([0, 4], 4)).Message);
        Assert.Throws<ArgumentException>(() => TokenHash.FromTable([0, -1]));
        Assert.Throws<ArgumentException>(() => TokenHash.FromTable([]));
        Assert.Throws<ArgumentOutOfRangeException>(() => TokenHash.Random(5, 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => TokenHash.Bigram(5, 2, beginning: 5));
        Assert.Throws<ArgumentOutOfRangeException>(() => TokenHash.Previous(5, 2, beginning: -1));
        Assert.Contains("are zero", Assert.Throws<ArgumentException>(() => TokenHash.Balanced([0, 0], 2)).Message);
        Assert.Throws<ArgumentException>(() => TokenHash.Balanced([1, -1], 2));
        Assert.Throws<ArgumentException>(() => TokenHash.Oracle(TokenHash.Position(4, 2)));
        Assert.Contains("cannot write", Assert.Throws<ArgumentException>(() => TokenHash.Oracle(TokenHash.Random(5, 2)).Assign(new(new long[] { 1 }), one)).Message);
        Assert.Throws<ArgumentException>(() => TokenHash.Position(1, 2).Assign(new(new long[] { 1, 2 }, 1), one));
        Assert.Throws<ArgumentException>(() => new MultiHash());
        Assert.Throws<ArgumentException>(() => new MultiHash(TokenHash.Random(5, 2), TokenHash.Random(5, 3)));
        Assert.Throws<ArgumentOutOfRangeException>(() => KMeans.Fit(Tensor.Zeros([3, 2]), 4));
        Assert.Throws<ArgumentException>(() => BalancedAssignment.Solve([1, double.NaN], 2));
    }

    [Fact]
    public void Bad_layers_and_inputs_are_refused_by_name()
    {
        var hash = TokenHash.Random(9, 4);
        var config = new HashLayerConfig { ModelDim = 6, FfDim = 8, Buckets = 4 };
        Assert.Contains("not divisible", Assert.Throws<ArgumentException>(() => new HashFeedForward(config with { Segments = 3 }, hash)).Message);
        Assert.Throws<ArgumentException>(() => new HashFeedForward(config with { Buckets = 0 }, hash));
        Assert.Throws<ArgumentException>(() => new HashFeedForward(config with { Buckets = 5 }, hash));
        Assert.Throws<ArgumentException>(() => new HashFeedForward(config with { Segments = 2 }, hash));
        var layer = new HashFeedForward(config, hash);
        var hidden = Tensor.Zeros([2, 3, 6]);
        Assert.Contains("token ids are", Assert.Throws<ArgumentException>(() => layer.Forward(hidden, Tensor.Zeros([2, 4], DataType.Int64))).Message);
        Assert.Throws<ArgumentException>(() => layer.Forward(hidden, Tensor.Zeros([2, 3])));
        Assert.Throws<ArgumentOutOfRangeException>(() => layer.Forward(hidden, Tensor.Full([2, 3], 9, DataType.Int64)));
        Assert.Contains("no token ids", Assert.Throws<ArgumentException>(() => layer.Forward(hidden, new Scorch.Models.Transformers.TransformerContext())).Message);
        var other = new HashFeedForward(config, TokenHash.Random(9, 4, seed: 1));
        Assert.Contains("another hash table", Assert.Throws<ArgumentException>(() => other.LoadState(layer.State())).Message);
        Assert.Throws<ArgumentException>(() => HashLanguageModel.Create(new(9, 2, 2) { HashLayers = [2] }, config, hash));
    }

    [Fact]
    public void Every_hash_comes_back_from_its_file_and_damage_is_noticed()
    {
        using var folder = new TemporaryFolder();
        var path = Path.Combine(folder.Path, "hash.safetensors");
        var tokens = TokenHash.Random(9, 4, 2);
        var predictor = BigramPredictor.FromRows([[1, 2, 3, 1, 2]], 9);
        ITokenHash[] hashes =
        [
            tokens, TokenHash.Balanced([4, 3, 2, 1, 0, 1, 2, 3, 4], 4), TokenHash.Bigram(9, 4, 1, 5), TokenHash.Previous(tokens, 3), TokenHash.Position(6, 4, 1), TokenHash.Oracle(tokens),
            TokenHash.PredictedFuture(tokens, predictor), TokenHash.Dispersed([0, 0, 1, 1, 2, 2, 3, 3, 3], 4), MultiHash.Random(9, 4, 3, 7), new MultiHash(tokens),
        ];
        foreach (var hash in hashes)
        {
            hash.Save(path);
            var read = TokenHash.Load(path);
            Assert.Equal((hash.Kind, hash.Checksum, hash.Functions), (read.Kind, read.Checksum, read.Functions));
            Assert.Equal(HashLoads.BucketsOf(hash, [1, 2, 3, 8, 1]), HashLoads.BucketsOf(read, [1, 2, 3, 8, 1]));
        }
        Assert.Equal(hashes.Length, hashes.Select(hash => hash.Checksum).Distinct().Count());
        tokens.Save(path);
        var bytes = File.ReadAllBytes(path);
        // The lowest byte of the last entry.
        bytes[^4] = (byte)((bytes[^4] + 1) % 4);
        File.WriteAllBytes(path, bytes);
        Assert.Contains("damaged", Assert.Throws<CheckpointException>(() => TokenHash.Load(path)).Message);
        Assert.Throws<CheckpointException>(() => TokenHash.Load(path + ".none"));
        SafeTensors.Save(path, new Dictionary<string, Tensor> { ["a"] = Tensor.Zeros([2]) });
        Assert.Contains("not a file of token hashes", Assert.Throws<CheckpointException>(() => TokenHash.Load(path)).Message);
    }

    [Fact]
    public async Task Commands_train_and_audit_the_users_text()
    {
        using var folder = new TemporaryFolder();
        var (text, model, report) = (Path.Combine(folder.Path, "text.txt"), Path.Combine(folder.Path, "model"), Path.Combine(folder.Path, "audit.json"));
        File.WriteAllLines(text, SwitchTrainingTests.Lines());
        foreach (var hash in new[] { "balanced", "multi", "predicted", "position" })
        {
            var values = new Dictionary<string, string>
            {
                ["text"] = text,
                ["out"] = model + hash,
                ["hash"] = hash,
                ["vocabulary"] = "60",
                ["context"] = "8",
                ["model-dim"] = "16",
                ["ff-dim"] = "32",
                ["experts"] = "4",
                ["heads"] = "2",
                ["steps"] = "4",
            };
            Assert.Contains("4 steps, Lazy updates: held-out loss", await RunAsync("train", values));
            values["steps"] = "6";
            Assert.Contains("6 steps", await RunAsync("train", values));
            var printed = await RunAsync("audit", new() { ["model"] = model + hash, ["text"] = text, ["words"] = "3", ["out"] = report });
            Assert.Equal((hash == "multi" ? 2 : 1) * 5, printed.Trim().Split('\n').Length);
            using var json = JsonDocument.Parse(File.ReadAllText(report));
            Assert.Equal(1, json.RootElement[0].GetProperty("load").GetProperty("shares").EnumerateArray().Sum(share => share.GetDouble()), 1e-12);
        }
        Assert.Contains("--hash is 'other'", (await Assert.ThrowsAsync<UsageException>(() => RunAsync("train", new() { ["text"] = text, ["out"] = model, ["hash"] = "other" }))).Message);
        Assert.Contains("no such file", (await Assert.ThrowsAsync<UsageException>(() => RunAsync("audit", new() { ["model"] = folder.Path, ["text"] = text }))).Message);
    }

    [Fact]
    public async Task A_smoke_run_measures_every_claim_without_data_and_a_small_full_model_takes_its_step()
    {
        using var folder = new TemporaryFolder();
        var reproduction = new HashReproduction();
        var result = await ReproductionRunner.RunAsync(reproduction, new RunRequest { Scale = Scale.Smoke, OutputDirectory = folder.Path, SeedCount = 2 });
        Assert.Equal(reproduction.Claims.Select(claim => claim.Id).Except(["C3"]).Order(), result.Evidence.Measurements.Select(measurement => measurement.Claim).Distinct().Order());
        Assert.All(result.Claims, claim => Assert.Equal(Verdict.NotMeasurable, claim.Verdict));
        var overrides = new Dictionary<string, string> { ["model-dim"] = "16", ["ff-dim"] = "24", ["layers"] = "2", ["hash-layer"] = "1", ["heads"] = "2", ["experts"] = "4", ["vocabulary"] = "40" };
        var request = new RunRequest { Scale = Scale.Paper, OutputDirectory = folder.Path, Overrides = [.. overrides], SeedCount = 1 };
        Assert.Contains("one step on 16 tokens, lazy Adam", (await ReproductionRunner.DryRunAsync(reproduction, request)).DryRun);
        Assert.Contains("--set text=FILES", (await Assert.ThrowsAsync<UsageException>(() => ReproductionRunner.RunAsync(reproduction, request))).Message);
        // Reddit's dumps: JSON lines with a body.
        var file = Path.Combine(folder.Path, "comments.json");
        File.WriteAllLines(file, SwitchTrainingTests.Lines().Select(line => JsonSerializer.Serialize(new Dictionary<string, string> { ["body"] = line, ["author"] = "a" })));
        ByteLevelBpeTokenizer.Train(SwitchTrainingTests.Lines(), new BytePairTraining { VocabularySize = 300 }).Save(folder.Path);
        overrides["text"] = file;
        overrides["vocabulary-file"] = Path.Combine(folder.Path, "vocab.json");
        overrides["merges-file"] = Path.Combine(folder.Path, "merges.txt");
        overrides["context"] = "8";
        overrides["batch"] = "4";
        overrides["steps"] = "2";
        var run = await ReproductionRunner.RunAsync(reproduction, request with { Overrides = [.. overrides] });
        Assert.Equal([1L, 2], run.Curves.Select(point => point.Step));
        Assert.True(File.Exists(Path.Combine(folder.Path, "model-1", "hash-0.safetensors")));
    }

    private static async Task<string> RunAsync(string name, Dictionary<string, string> values)
    {
        var command = new HashReproduction().Commands.Single(entry => entry.Name == name);
        using var output = new StringWriter();
        await command.Handler(new CommandContext(command, values, output, TextWriter.Null));
        return output.ToString();
    }
}
