using System.Diagnostics;
using System.Text.Json;
using System.Text.Json.Serialization;
using Scorch.Media;
using Scorch.Reproductions;

namespace Scorch.Vision.RepVgg;

/// <summary><c>scorch repvgg evaluate</c>: published or own weights on a folder of classes.</summary>
internal static class RepVggEvaluateCommand
{
    public static PaperCommand Descriptor { get; } = new()
    {
        Name = "evaluate",
        Description = "Measure top-1 and top-5 accuracy of a checkpoint on a folder with one sub-folder a class (ImageNet's val), as the authors test.",
        Arguments = [new("weights", $"The checkpoint, in either form ({RepVggFile.Readable}), with the authors' parameter names.", ValueKind.Path)],
        Options =
        [
            new("data", "The folder of classes, or one that holds such a folder named val; classes are numbered in the order of their names.", ValueKind.Path, IsRequired: true),
            new("size", "Side of the pictures: 224 (shorter side resized to 256), or any other (shorter side resized to it), as the authors test.", ValueKind.Integer, "224"),
            new("batch", "Pictures at a time.", ValueKind.Integer, "50"),
            RepVggCommands.Variant,
            RepVggCommands.StemStride,
            new("json", "Print one JSON document.", ValueKind.Flag),
        ],
        Handler = context => Task.Run(() => Evaluate(context), context.CancellationToken),
    };

    private static void Evaluate(CommandContext context)
    {
        var (size, batch) = (RepVggCommands.Positive(context, "size"), RepVggCommands.Positive(context, "batch"));
        var network = RepVggCommands.Open(context, "weights");
        if (size < 16 * network.Config.StemStride) throw new UsageException($"--size: {size} was given; this network needs at least {16 * network.Config.StemStride}.");
        var validation = Path.Combine(context.Text("data"), "val");
        using var images = ImageFolder.Open(Directory.Exists(validation) ? validation : context.Text("data"));
        if (images.Classes.Count != network.Config.NumClasses)
            throw new ArgumentException($"--data: {images.Name} has {images.Classes.Count} classes, the network {network.Config.NumClasses}; a folder for each class is needed.");
        // What is scored is the plain network, which computes the same.
        var plain = network.Form == RepVggForm.Deployed ? network : network.ToDeployed();
        var clock = Stopwatch.StartNew();
        var score = RepVggTrainer.Score(plain, images, [RepVggRecipe.TestCrop(size)], ImageNormalisation.ImageNet, batch, new Done(context, images.Count, clock), context.CancellationToken);
        var result = new RepVggScoreOutput(network.Config.Name, images.Name, size, score.Count, score.Top1, score.Top5, Math.Round(clock.Elapsed.TotalSeconds, 3));
        context.Output.WriteLine(context.Flag("json")
            ? JsonSerializer.Serialize(result, RepVggJson.Default.RepVggScoreOutput)
            : FormattableString.Invariant($"{result.Model} at {size} x {size}: top-1 {100 * score.Top1:F2}%, top-5 {100 * score.Top5:F2}% of {score.Count} pictures in {images.Classes.Count} classes ({result.Seconds:F1} s)"));
    }

    private sealed class Done(CommandContext context, int total, Stopwatch clock) : IProgress<int>
    {
        private double last;

        public void Report(int value)
        {
            if (value < total && clock.Elapsed.TotalSeconds - last < 10) return;
            last = clock.Elapsed.TotalSeconds;
            context.Error.WriteLine($"{value} of {total} pictures");
        }
    }
}

/// <summary>What <c>evaluate --json</c> prints.</summary>
/// <param name="Model">The variant.</param>
/// <param name="Data">The folder.</param>
/// <param name="Size">Side of the pictures.</param>
/// <param name="Pictures">Their number.</param>
/// <param name="Top1">Share, 0 to 1.</param>
/// <param name="Top5">Share, 0 to 1.</param>
/// <param name="Seconds">Wall time.</param>
internal sealed record RepVggScoreOutput(string Model, string Data, int Size, int Pictures, double Top1, double Top5, double Seconds);

/// <summary>JSON of the commands.</summary>
[JsonSourceGenerationOptions(JsonSerializerDefaults.Web, WriteIndented = true, NewLine = "\n")]
[JsonSerializable(typeof(RepVggScoreOutput))]
[JsonSerializable(typeof(RepVggTrainSettings))]
[JsonSerializable(typeof(RepVggTrainReport))]
internal sealed partial class RepVggJson : JsonSerializerContext;
