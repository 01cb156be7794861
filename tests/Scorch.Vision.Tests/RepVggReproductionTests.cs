using Scorch.Checkpoints;
using Scorch.Media;
using Scorch.Reproductions;
using Scorch.Vision.RepVgg;

namespace Scorch.Vision.Tests;

public sealed class RepVggReproductionTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("scorch-repvgg").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public async Task Reparameterize_writes_a_network_that_verify_certifies_and_classify_uses()
    {
        var network = ReparameterizeTests.Random(RepVggGoldenNetworkTests.Small);
        SafeTensors.Save(At("trained.safetensors"), network.State());
        var text = await Run("reparameterize", ("input", At("trained.safetensors")), ("output", At("deployed.safetensors")));
        Assert.Contains("every layer within its bound", text, StringComparison.Ordinal);
        Assert.Equal(RepVggForm.Deployed, RepVggCheckpoint.FormOf(SafeTensors.Load(At("deployed.safetensors"))));
        Assert.Contains("16 of 16 decisions the same", await Run("verify", ("trained", At("trained.safetensors")), ("deployed", At("deployed.safetensors"))), StringComparison.Ordinal);
        Assert.Contains("layers at risk", await Run("range", ("input", At("deployed.safetensors"))), StringComparison.Ordinal);

        new Image(70, 50, 3, [.. Enumerable.Range(0, 70 * 50 * 3).Select(i => (byte)(i % 251))]).Save(At("picture.png"));
        var lines = (await Run("classify", ("model", At("deployed.safetensors")), ("image", At("picture.png")), ("size", "32"), ("top", "5"))).Trim().Split('\n');
        Assert.Equal(5, lines.Length);
        Assert.Equal(1, lines.Sum(line => double.Parse(line.Split(' ')[0], System.Globalization.CultureInfo.InvariantCulture)), 3e-4);
    }

    [Fact]
    public async Task Verify_fails_for_networks_that_differ()
    {
        Npz.Save(At("one.npz"), ReparameterizeTests.Random(RepVggGoldenNetworkTests.Small, 1).State());
        Npz.Save(At("other.npz"), ReparameterizeTests.Random(RepVggGoldenNetworkTests.Small, 2).ToDeployed().State());
        var problem = await Assert.ThrowsAsync<InvalidOperationException>(() => Run("verify", ("trained", At("one.npz")), ("deployed", At("other.npz"))));
        Assert.Contains("do not compute the same function", problem.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Fusing_what_is_fused_is_refused()
    {
        Npz.Save(At("deployed.npz"), ReparameterizeTests.Random(RepVggGoldenNetworkTests.Small).ToDeployed().State());
        await Assert.ThrowsAsync<ArgumentException>(() => Run("reparameterize", ("input", At("deployed.npz")), ("output", At("again.npz"))));
        Assert.False(File.Exists(At("again.npz")));
    }

    [Fact]
    public async Task The_smoke_run_needs_no_data_and_measures_every_claim()
    {
        var reproduction = new RepVggReproduction();
        (string, string)[] small = [("train-per-class", "2"), ("test-per-class", "1"), ("batch", "10"), ("repeats", "1")];
        var settings = new RunSettings(reproduction.Settings(Scale.Smoke), small.Select(pair => KeyValuePair.Create(pair.Item1, pair.Item2)));
        var context = new RunContext(reproduction.Claims, Scale.Smoke, [1], settings, folder, new DataLocator([]));
        await reproduction.RunAsync(context);
        Assert.Equal(["C2"], context.NotMeasurable.Keys);
        Assert.Equal(reproduction.Claims.Select(claim => claim.Id).Except(["C2"]).Order(), context.Measurements.Select(measurement => measurement.ClaimId).Distinct().Order());
        Assert.All(context.Measurements.Where(measurement => measurement.ClaimId is "C1a" or "C1b"), measurement => Assert.InRange(measurement.Value, 0, 1e-4));
    }

    [Fact]
    public async Task Without_the_data_set_the_laptop_run_says_what_to_do()
    {
        var reproduction = new RepVggReproduction();
        var context = new RunContext(reproduction.Claims, Scale.Laptop, [1], new RunSettings(reproduction.Settings(Scale.Laptop)), folder, new DataLocator([]));
        Assert.Contains("scorch data get cifar10-jpeg", (await Assert.ThrowsAsync<MissingDataException>(() => reproduction.RunAsync(context))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_ImageNet_the_paper_run_says_what_to_put_where()
    {
        var reproduction = new RepVggReproduction();
        var context = new RunContext(reproduction.Claims, Scale.Paper, [1], new RunSettings(reproduction.Settings(Scale.Paper)), folder, new DataLocator([At("data")]));
        var message = (await Assert.ThrowsAsync<MissingDataException>(() => reproduction.RunAsync(context))).Message;
        Assert.Contains("train/<wnid>/", message, StringComparison.Ordinal);
        Assert.Contains(Path.Combine(At("data"), "imagenet"), message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_paper_run_trains_on_the_folders_and_continues_with_the_same_output()
    {
        SmallPictures.Write(At("data/imagenet"), size: 40);
        (string, string)[] small = [("epochs", "1"), ("batch", "6"), ("crop", "32")];
        RunContext Run()
        {
            var reproduction = new RepVggReproduction();
            var settings = new RunSettings(reproduction.Settings(Scale.Paper), small.Select(pair => KeyValuePair.Create(pair.Item1, pair.Item2)));
            var context = new RunContext(reproduction.Claims, Scale.Paper, [1], settings, folder, new DataLocator([At("data")]));
            RepVggFullTraining.Measure(context, RepVggData.Find(context), RepVggGoldenNetworkTests.Small with { Name = "small" });
            return context;
        }
        var first = Run();
        Assert.Contains("about B3", first.NotMeasurable["C2"], StringComparison.Ordinal);
        Assert.Contains("--set ablation=true", first.NotMeasurable["C5a"], StringComparison.Ordinal);
        var score = first.Measurements.Single(measurement => measurement.ClaimId == "C2").Value;
        Assert.InRange(score, 0, 1);
        Assert.NotEmpty(first.Scalars);
        Assert.Equal(["imagenet/train", "imagenet/val"], first.DataUsed.Select(use => use.DataSet));
        Assert.True(File.Exists(At("small-seed1.training.safetensors")));
        var second = Run();
        Assert.Equal(score, second.Measurements.Single(measurement => measurement.ClaimId == "C2").Value);
        // The run was complete: no step was taken again.
        Assert.Empty(second.Scalars);
    }

    private string At(string file) => Path.Combine(folder, file);

    private static async Task<string> Run(string command, params (string Name, string Value)[] values)
    {
        var descriptor = new RepVggReproduction().Commands.Single(entry => entry.Name == command);
        using var output = new StringWriter();
        using var error = new StringWriter();
        await descriptor.Handler(new CommandContext(descriptor, values.ToDictionary(pair => pair.Name, pair => pair.Value), output, error));
        return output.ToString();
    }
}
