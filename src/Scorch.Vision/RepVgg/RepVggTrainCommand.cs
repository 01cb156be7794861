using System.Diagnostics;
using System.Text.Json;
using Scorch.Checkpoints;
using Scorch.Media;
using Scorch.Reproductions;

namespace Scorch.Vision.RepVgg;

/// <summary><c>scorch repvgg train</c>: the paper's recipe on the user's own folder of classes.</summary>
internal static class RepVggTrainCommand
{
    private const string SettingsFile = "settings.json", CheckpointFile = "training.safetensors";

    public static PaperCommand Descriptor { get; } = new()
    {
        Name = "train",
        Description = "Train a network on your own pictures, one folder a class; a run with the same --out continues where it was stopped.",
        Options =
        [
            new("data", "A folder with train/<class>/ and, to measure accuracy, val/<class>/; or the folder of classes itself.", ValueKind.Path, IsRequired: true),
            new("out", "Where the weights and the report go.", ValueKind.Path, IsRequired: true),
            new("model", "The variant.", DefaultValue: "A0", Choices: [.. RepVggConfig.Named.Select(config => config.Name)]),
            new("epochs", "Passes over the pictures; by default the paper's number.", ValueKind.Integer),
            new("batch", "Pictures a step.", ValueKind.Integer, "256"),
            new("learning-rate", "Learning rate at the start, or after the warm-up.", ValueKind.Number, "0.1"),
            new("size", "Side of the pictures that the network sees.", ValueKind.Integer, "224"),
            RepVggCommands.StemStride,
            new("recipe", "The paper's recipe of small or of large models (AutoAugment, mixup, label smoothing); by default the model's own.", Choices: ["small", "large"]),
            new("seed", "Fixes weights, order and augmentation.", ValueKind.Integer, "1"),
            new("checkpoint-every", "Steps between two checkpoints.", ValueKind.Integer, "500"),
        ],
        Handler = context => Task.Run(() => Train(context, RepVggConfig.Find(context.Text("model"))), context.CancellationToken),
    };

    /// <summary>Trains a variant with the options of the command.</summary>
    internal static void Train(CommandContext context, RepVggConfig named)
    {
        var (data, folder) = (context.Text("data"), context.Text("out"));
        var (size, stride) = (RepVggCommands.Positive(context, "size"), context.Integer("stem-stride"));
        if (size < 16 * stride) throw new UsageException($"--size: {size} was given; a stem of stride {stride} needs at least {16 * stride}.");
        var paper = context.TextOrNull("recipe") switch { "small" => RepVggRecipe.Paper, "large" => RepVggRecipe.PaperLarge, _ => RepVggRecipe.PaperFor(named) };
        var recipe = paper with
        {
            Epochs = context.Has("epochs") ? RepVggCommands.Positive(context, "epochs") : paper.Epochs,
            BatchSize = RepVggCommands.Positive(context, "batch"),
            LearningRate = context.Number("learning-rate"),
            CropSize = size,
        };
        if (recipe.LearningRate <= 0) throw new UsageException($"--learning-rate: {recipe.LearningRate} was given; expected a number above 0.");
        if (recipe.WarmupEpochs >= recipe.Epochs) recipe = recipe with { WarmupEpochs = recipe.Epochs / 10 };
        var isSplit = Directory.Exists(Path.Combine(data, "train"));
        using var training = ImageFolder.Open(isSplit ? Path.Combine(data, "train") : data);
        using var test = isSplit && Directory.Exists(Path.Combine(data, "val")) ? ImageFolder.Open(Path.Combine(data, "val")) : null;
        if (test is not null && !test.Classes.SequenceEqual(training.Classes))
            throw new ArgumentException($"--data: train has the classes {string.Join(", ", training.Classes.Take(8))}, val {string.Join(", ", test.Classes.Take(8))}; both need the same.");
        if (recipe.BatchSize > training.Count) throw new UsageException($"--batch: {recipe.BatchSize} was given, there are {training.Count} training pictures; give at most as many.");
        var seed = context.Integer("seed");
        Claim(folder, new(named.Name, stride, Path.GetFullPath(data), training.Count, training.Classes.Count, recipe.Epochs, recipe.BatchSize, recipe.LearningRate, size, recipe.AutoAugment?.ToString() ?? "none", seed));

        var clock = Stopwatch.StartNew();
        var network = new RepVgg(named with { NumClasses = training.Classes.Count, StemStride = stride }, seed);
        var progress = new Lines(context, clock);
        RepVggTrainer.Fit(network, training, recipe, seed, progress, context.CancellationToken, new()
        {
            CheckpointPath = Path.Combine(folder, CheckpointFile),
            CheckpointEvery = RepVggCommands.Positive(context, "checkpoint-every"),
            EventFolder = folder,
        });
        var deployed = network.ToDeployed();
        var certificate = Reparameterize.Verify(network, deployed, samples: 2, size: size);
        var score = test is null ? null : RepVggTrainer.Score(deployed, test, recipe.TestTransforms(test), ImageNormalisation.ImageNet, cancellationToken: context.CancellationToken);
        SafeTensors.Save(Path.Combine(folder, "model.safetensors"), network.State());
        SafeTensors.Save(Path.Combine(folder, "deployed.safetensors"), deployed.State());
        AtomicFile.WriteText(Path.Combine(folder, "classes.txt"), string.Concat(training.Classes.Select(name => name + "\n")));
        var report = new RepVggTrainReport(
            named.Name, network.ParameterCount, deployed.ParameterCount, training.Count, training.Classes.Count, (long)recipe.Epochs * (training.Count / recipe.BatchSize),
            progress.LastLoss, score?.Count ?? 0, score?.Top1, score?.Top5, certificate.MaximumRelative, Math.Round(clock.Elapsed.TotalSeconds, 3));
        AtomicFile.WriteText(Path.Combine(folder, "report.json"), JsonSerializer.Serialize(report, RepVggJson.Default.RepVggTrainReport));
        context.Output.WriteLine(score is null
            ? $"Trained on {training.Count} pictures of {training.Classes.Count} classes; without a val folder no accuracy was measured."
            : FormattableString.Invariant($"Trained on {training.Count} pictures of {training.Classes.Count} classes; top-1 {100 * score.Top1:F2}%, top-5 {100 * score.Top5:F2}% of {score.Count} pictures."));
        context.Output.WriteLine($"Written to {folder}: model.safetensors, deployed.safetensors, classes.txt, report.json");
    }

    /// <summary>Marks a folder as this run's, or finds that it is; another run's is refused.</summary>
    private static void Claim(string folder, RepVggTrainSettings settings)
    {
        var (path, text) = (Path.Combine(folder, SettingsFile), JsonSerializer.Serialize(settings, RepVggJson.Default.RepVggTrainSettings));
        if (!File.Exists(path))
        {
            AtomicFile.WriteText(path, text);
            return;
        }
        var other = File.ReadAllText(path);
        if (other == text) return;
        var (there, here) = other.Split('\n').Zip(text.Split('\n')).FirstOrDefault(pair => pair.First != pair.Second, (First: "nothing more", Second: "more"));
        throw new UsageException($"--out: {folder} holds a run with other settings ({there.Trim(' ', ',')} there, {here.Trim(' ', ',')} here); give another folder, or the same settings.");
    }

    private sealed class Lines(CommandContext context, Stopwatch clock) : IProgress<TrainingStep>
    {
        private double last = double.NegativeInfinity;

        public double? LastLoss { get; private set; }

        public void Report(TrainingStep value)
        {
            LastLoss = value.Loss;
            if (value.Step < value.Steps && clock.Elapsed.TotalSeconds - last < 10) return;
            last = clock.Elapsed.TotalSeconds;
            context.Error.WriteLine(FormattableString.Invariant($"step {value.Step} of {value.Steps}, epoch {value.Epoch + 1}, loss {value.Loss:F4}, {last:F0} s"));
        }
    }
}

/// <summary>What a training run depends on; a run is only continued with the same.</summary>
internal sealed record RepVggTrainSettings(
    string Model, int StemStride, string Data, int Pictures, int Classes, int Epochs, int Batch, double LearningRate, int Size, string AutoAugment, int Seed);

/// <summary>What came of a training run; shares are null where there was no val folder, the loss where no step was left to take.</summary>
internal sealed record RepVggTrainReport(
    string Model, long TrainingParameters, long DeployedParameters, int Pictures, int Classes, long Steps,
    double? LastLoss, int TestPictures, double? Top1, double? Top5, double EquivalenceRelativeDifference, double Seconds);
