using System.Text.Json;
using Scorch.Checkpoints;
using Scorch.Media;
using Scorch.Reproductions;
using Scorch.Vision.RepVgg;

namespace Scorch.Vision.Tests;

/// <summary>The commands that work on folders of pictures.</summary>
public sealed class RepVggFolderCommandTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("scorch-repvgg-folder").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public async Task Train_writes_networks_that_evaluate_and_classify_use_and_continues_when_called_again()
    {
        SmallPictures.Write(At("pictures"), size: 40);
        (string, string)[] options = [("data", At("pictures")), ("out", At("run")), ("epochs", "2"), ("batch", "6"), ("size", "32"), ("recipe", "large"), ("learning-rate", "0.02")];
        var text = await Run("train", options);
        Assert.Contains("top-1", text, StringComparison.Ordinal);
        using var report = JsonDocument.Parse(File.ReadAllText(At("run/report.json")));
        Assert.Equal(4, report.RootElement.GetProperty("steps").GetInt64());
        Assert.InRange(report.RootElement.GetProperty("equivalenceRelativeDifference").GetDouble(), 0, 1e-4);
        Assert.Equal(["n00", "n01", "n02"], File.ReadAllLines(At("run/classes.txt")));
        Assert.Equal(RepVggForm.Deployed, RepVggCheckpoint.FormOf(SafeTensors.Load(At("run/deployed.safetensors"))));

        var top1 = report.RootElement.GetProperty("top1").GetDouble();
        foreach (var file in new[] { "run/model.safetensors", "run/deployed.safetensors" })
        {
            using var score = JsonDocument.Parse(await Run("evaluate", ("weights", At(file)), ("data", At("pictures")), ("size", "32"), ("json", "true")));
            Assert.Equal(top1, score.RootElement.GetProperty("top1").GetDouble());
            Assert.Equal(6, score.RootElement.GetProperty("pictures").GetInt32());
            Assert.Equal(1, score.RootElement.GetProperty("top5").GetDouble());
        }
        var weights = File.ReadAllBytes(At("run/deployed.safetensors"));
        Assert.Equal(text, await Run("train", options));
        Assert.Equal(weights, File.ReadAllBytes(At("run/deployed.safetensors")));
        var refused = await Assert.ThrowsAsync<UsageException>(() => Run("train", [.. options.Where(option => option.Item1 != "epochs"), ("epochs", "3")]));
        Assert.Contains("\"epochs\": 2 there, \"epochs\": 3 here", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Evaluate_refuses_a_folder_with_other_classes()
    {
        SmallPictures.Write(At("pictures"), size: 40, training: 1, test: 1);
        SafeTensors.Save(At("five.safetensors"), new RepVgg.RepVgg(RepVggGoldenNetworkTests.Small).State());
        var problem = await Assert.ThrowsAsync<ArgumentException>(() => Run("evaluate", ("weights", At("five.safetensors")), ("data", At("pictures")), ("size", "32")));
        Assert.Contains("has 3 classes, the network 5", problem.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("net_small_module.pth")]
    [InlineData("net_small_checkpoint.pth")]
    public void Weights_that_torch_saved_give_the_authors_logits(string file)
    {
        var golden = new Golden("net_small.npz");
        var network = RepVggCheckpoint.Open(RepVggFile.Read(Golden.PathOf(file)));
        Assert.Equal(DataType.Float32, network.Linear.Weight.DataType);
        Golden.AssertClose(golden["logits_eval"], network.Forward(golden["x"].To(DataType.Float32)), 1e-4);
        Golden.AssertClose(golden["logits_deployed"], network.ToDeployed().Forward(golden["x"].To(DataType.Float32)), 1e-4);
    }

    [Theory]
    [InlineData(224)]
    [InlineData(320)]
    public async Task Evaluate_scores_imported_weights_on_pictures_as_the_authors_test(int size)
    {
        SmallPictures.Write(At("pictures"), size: 230, training: 1, test: 1);
        foreach (var name in new[] { "n03", "n04" })
        {
            Directory.CreateDirectory(At("pictures/val/" + name));
            File.Copy(At("pictures/val/n00/0.png"), At($"pictures/val/{name}/0.png"));
        }
        var text = await Run("evaluate", ("weights", Golden.PathOf("net_small_module.pth")), ("data", At("pictures")), ("size", $"{size}"), ("json", "true"));
        using var score = JsonDocument.Parse(text);
        Assert.Equal(5, score.RootElement.GetProperty("pictures").GetInt32());

        // By hand: the network's own logits on pictures that are prepared one by one.
        var network = RepVggCheckpoint.Open(RepVggFile.Read(Golden.PathOf("net_small_module.pth")));
        using var images = ImageFolder.Open(At("pictures/val"));
        var right = Enumerable.Range(0, 5).Count(i =>
            network.Forward(new ImagePipeline(images, [new ResizedCentreCrop(size == 224 ? 256 : size, size)], ImageNormalisation.ImageNet).Batch(0, [i]).Images).ArgMax(1).ItemInt64() == i);
        Assert.Equal(right / 5.0, score.RootElement.GetProperty("top1").GetDouble());
    }

    private string At(string file) => Path.Combine(folder, file);

    private static async Task<string> Run(string command, params (string Name, string Value)[] values)
    {
        var descriptor = new RepVggReproduction().Commands.Single(entry => entry.Name == command);
        using var output = new StringWriter();
        using var error = new StringWriter();
        var context = new CommandContext(descriptor, values.ToDictionary(pair => pair.Name, pair => pair.Value), output, error);
        // A named variant would take minutes without optimisation; the smallest network takes the same way.
        if (command == "train") await Task.Run(() => RepVggTrainCommand.Train(context, RepVggGoldenNetworkTests.Small));
        else await descriptor.Handler(context);
        return output.ToString();
    }
}
