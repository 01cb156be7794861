using System.Diagnostics;
using Scorch.Autograd;
using Scorch.Models;
using Scorch.Modules;
using Scorch.Reproductions;
using Scorch.Vision.Data;

namespace Scorch.Vision.RepVgg;

/// <summary>What the reproduction measures.</summary>
internal static class RepVggExperiments
{
    /// <summary>16 layers of 16, 16, 32, 64 and 128 channels: about 10 million multiply-adds for a picture of 32x32.</summary>
    public static RepVggConfig Narrow { get; } = new()
    {
        Name = "narrow",
        Depths = [2, 4, 8, 1],
        WidthMultipliers = [0.25, 0.25, 0.25, 0.25],
        NumClasses = 10,
        StemStride = 1,
    };

    public static void MeasureCounts(RunContext context)
    {
        foreach (var (config, training, deployed) in new[] { (RepVggConfig.A0, "C6a", "C6b"), (RepVggConfig.B0, "C6c", "C6d") })
        {
            var network = new RepVgg(config);
            network.Evaluate();
            var (branches, fused) = (network.ParameterCount, network.ToDeployed().ParameterCount);
            foreach (var seed in context.Seeds)
            {
                context.Measure(training, seed, branches);
                context.Measure(deployed, seed, fused);
            }
        }
    }

    public static void MeasureEquivalenceAndSpeed(RunContext context)
    {
        var (size, batch) = (context.Settings.Integer("image-size"), context.Settings.Integer("image-batch"));
        using var mode = GradientMode.Disable();
        for (var i = 0; i < context.Seeds.Count; i++)
        {
            var seed = context.Seeds[i];
            context.Report($"seed {seed}: equivalence and speed of A0 and B0, ResNet-18 and ResNet-50", 0.2 * i / context.Seeds.Count);
            var arms = new List<(string Name, IForward Network, long MultiplyAdds)>();
            foreach (var (config, claim) in new[] { (RepVggConfig.A0, "C1a"), (RepVggConfig.B0, "C1b") })
            {
                context.CancellationToken.ThrowIfCancellationRequested();
                var network = new RepVgg(config, seed);
                RepVggStatistics.Randomize(network, seed);
                network.Evaluate();
                var deployed = network.ToDeployed();
                var report = Reparameterize.Verify(network, deployed, samples: batch, size: size, seed: seed);
                context.Measure(claim, seed, report.MaximumRelative);
                if (!report.IsWithinBounds) context.Note($"{config.Name}, seed {seed}: a layer differs by more than its a-priori rounding bound: {string.Join(", ", report.Layers.Where(layer => !layer.IsWithinBound).Select(layer => layer.Name))}.");
                arms.Add(($"{config.Name} training form", network, network.MultiplyAdds(size, size)));
                arms.Add(($"{config.Name} deployed", deployed, deployed.MultiplyAdds(size, size)));
            }
            foreach (var (name, config) in new[] { ("ResNet-18", ResNetConfig.ResNet18), ("ResNet-50", ResNetConfig.ResNet50) })
            {
                var network = new ResNet(config, seed);
                RepVggStatistics.Randomize(network, seed);
                network.Evaluate();
                arms.Add((name, network, MultiplyAdds(network, size)));
            }
            var seconds = Time(context, arms, new RandomSource(seed).Normal([batch, 3, size, size]));
            double Rate(string name) => batch / seconds[name];
            double Operations(string name) => 2e-9 * arms.First(arm => arm.Name == name).MultiplyAdds * Rate(name);
            context.Measure("C3a", seed, Rate("A0 deployed"), Rate("A0 training form"));
            context.Measure("C3b", seed, Rate("B0 deployed"), Rate("B0 training form"));
            context.Measure("C3c", seed, Operations("B0 deployed"), Operations("ResNet-50"));
            context.Note($"Seed {seed}, {batch} pictures of {size}x{size}: " + string.Join("; ", arms.Select(arm => $"{arm.Name} {RepVgg.Invariant(Rate(arm.Name))} images/s, {RepVgg.Invariant(Operations(arm.Name))} GFLOP/s")) + ".");
        }
    }

    public static void MeasureBranches(RunContext context, string? archive)
    {
        var (train, test) = (context.Settings.Integer("train-per-class"), context.Settings.Integer("test-per-class"));
        var trainingSet = archive is null ? GeneratedImages.Make(train, 1) : CifarJpegArchive.Load(archive, "train", train);
        var testSet = archive is null ? GeneratedImages.Make(test, 2) : CifarJpegArchive.Load(archive, "test", test);
        var recipe = RepVggRecipe.Paper with
        {
            Epochs = context.Settings.Integer("epochs"),
            BatchSize = context.Settings.Integer("batch"),
            LearningRate = context.Settings.Number("learning-rate"),
        };
        context.Note($"Branch ablation: {trainingSet.Count} training and {testSet.Count} test pictures{(archive is null ? " drawn by a program" : "")}, {recipe.Epochs} epochs of batches of {recipe.BatchSize}, learning rate {RepVgg.Invariant(recipe.LearningRate)}; the same for every variant, not tuned.");
        (string Name, RepVggVariant Variant)[] variants =
        [
            ("both", RepVggVariant.Full),
            ("identity only", RepVggVariant.NoPointwise),
            ("1x1 only", RepVggVariant.NoIdentity),
            ("none", RepVggVariant.Plain),
        ];
        for (var i = 0; i < context.Seeds.Count; i++)
        {
            var seed = context.Seeds[i];
            var accuracy = new Dictionary<string, double>();
            for (var v = 0; v < variants.Length; v++)
            {
                var (name, variant) = variants[v];
                var network = new RepVgg(Narrow with { NumClasses = trainingSet.Classes.Count, Variant = variant }, seed);
                var done = (double)((i * variants.Length) + v) / (context.Seeds.Count * variants.Length);
                var progress = new StepProgress(step =>
                {
                    if (step.Step % 10 == 0 || step.Step == step.Steps) context.LogScalar($"loss/{name}, seed {seed}", step.Step, step.Loss);
                    if (step.Step % 20 == 0)
                        context.Report($"seed {seed}, {name}: step {step.Step} of {step.Steps}, loss {RepVgg.Invariant(step.Loss, "F3")}", 0.2 + (0.8 * (done + ((double)step.Step / step.Steps / context.Seeds.Count / variants.Length))));
                });
                RepVggTrainer.Fit(network, trainingSet, recipe, seed, progress, context.CancellationToken);
                // What is measured is the network that would be deployed.
                accuracy[name] = RepVggTrainer.Accuracy(network.ToDeployed(), testSet, trainingSet.ChannelStatistics(), cancellationToken: context.CancellationToken);
                context.Report($"seed {seed}, {name}: accuracy {RepVgg.Invariant(accuracy[name])}");
            }
            context.Measure("C4a", seed, accuracy["both"], accuracy["none"]);
            context.Measure("C4b", seed, accuracy["both"], accuracy["identity only"]);
            context.Measure("C4c", seed, accuracy["both"], accuracy["1x1 only"]);
            context.Measure("C4d", seed, accuracy["identity only"], accuracy["none"]);
        }
    }

    /// <summary>At paper scale: every named variant is built with 1000 classes, and one takes a step of the paper's recipe at 224x224.</summary>
    public static string OneStep(RunContext context)
    {
        var full = context.Scale == Scale.Paper;
        var lines = new List<string>();
        if (full)
        {
            foreach (var config in RepVggConfig.Named)
            {
                context.CancellationToken.ThrowIfCancellationRequested();
                context.Report($"building {config.Name}");
                var built = new RepVgg(config);
                var (branches, macs) = (built.ParameterCount, built.MultiplyAdds(224, 224));
                built.Evaluate();
                var deployed = built.ToDeployed();
                lines.Add(FormattableString.Invariant($"{config.Name}: {built.Blocks.Count} blocks, {branches:N0} parameters with branches, {deployed.ParameterCount:N0} deployed, {macs / 1e9:F2} and {deployed.MultiplyAdds(224, 224) / 1e9:F2} billion multiply-adds at 224x224."));
            }
        }
        var chosen = full ? RepVggConfig.Find(context.Settings.Text("dry-run-variant")) : Narrow;
        var (batch, size) = full ? (4, 224) : (context.Settings.Integer("batch"), 32);
        var seed = context.Seeds[0];
        var network = new RepVgg(chosen, seed);
        var recipe = full ? RepVggRecipe.Paper : RepVggRecipe.Paper with { LearningRate = context.Settings.Number("learning-rate") };
        var random = new RandomSource(seed);
        var optimizer = recipe.CreateOptimizer(network);
        foreach (var group in optimizer.Groups) group.LearningRate = recipe.LearningRateAt(0, 1);
        var loss = RepVggTrainer.Step(network, optimizer, recipe, random.Normal([batch, 3, size, size]), random.Integers([batch], 0, chosen.NumClasses));
        lines.Add(FormattableString.Invariant($"{chosen.Name}: one step of the recipe (SGD, momentum {recipe.Momentum}, learning rate {recipe.LearningRate}, decay {recipe.WeightDecay}) on {batch} random pictures of {size}x{size}; loss {loss:F4}."));
        return string.Join(Environment.NewLine, lines);
    }

    private static Dictionary<string, double> Time(RunContext context, List<(string Name, IForward Network, long MultiplyAdds)> arms, Tensor x)
    {
        var times = arms.ToDictionary(arm => arm.Name, _ => new List<double>());
        foreach (var (_, network, _) in arms) network.Forward(x);
        for (var repeat = 0; repeat < context.Settings.Integer("repeats"); repeat++)
        {
            foreach (var (name, network, _) in arms)
            {
                context.CancellationToken.ThrowIfCancellationRequested();
                var start = Stopwatch.GetTimestamp();
                network.Forward(x);
                times[name].Add(Stopwatch.GetElapsedTime(start).TotalSeconds);
            }
        }
        return times.ToDictionary(entry => entry.Key, entry => entry.Value.Order().ElementAt(entry.Value.Count / 2));
    }

    /// <summary>Multiply-adds of a residual network's convolutions and head for one picture.</summary>
    private static long MultiplyAdds(ResNet network, int size)
    {
        long total = network.Fc.Weight.ElementCount;
        int Apply(Convolution convolution, int side)
        {
            var result = ((side + (2 * convolution.Options.Padding[0]) - convolution.Weight.Shape[2]) / convolution.Options.Stride[0]) + 1;
            total += convolution.Weight.ElementCount * result * result;
            return result;
        }
        var side = (Apply(network.Conv1, size) + 1) / 2;
        foreach (var block in new[] { network.Layer1, network.Layer2, network.Layer3, network.Layer4 }.SelectMany(layer => layer.Modules))
        {
            var (convolutions, shortcut) = block switch
            {
                ResNetBottleneck b => (new[] { b.Conv1, b.Conv2, b.Conv3 }, b.Downsample),
                ResNetBasicBlock b => ([b.Conv1, b.Conv2], b.Downsample),
                _ => throw new UnreachableException(),
            };
            if (shortcut is not null) Apply((Convolution)shortcut.Modules[0], side);
            foreach (var convolution in convolutions) side = Apply(convolution, side);
        }
        return total;
    }

    private sealed class StepProgress(Action<TrainingStep> report) : IProgress<TrainingStep>
    {
        public void Report(TrainingStep value) => report(value);
    }
}
