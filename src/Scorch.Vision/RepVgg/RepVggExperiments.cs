using System.Diagnostics;
using Scorch.Autograd;
using Scorch.Models;
using Scorch.Modules;
using Scorch.Reproductions;

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
        var chosen = full ? RepVggConfig.Find(context.Settings.Text("model")) : Narrow;
        var (batch, size) = full ? (4, 224) : (context.Settings.Integer("batch"), 32);
        var seed = context.Seeds[0];
        var network = new RepVgg(chosen, seed);
        var recipe = full ? RepVggRecipe.PaperFor(chosen) : RepVggRecipe.Paper with { LearningRate = context.Settings.Number("learning-rate") };
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
            // Each turn begins with another network, so that none always follows the same one.
            for (var turn = 0; turn < arms.Count; turn++)
            {
                var (name, network, _) = arms[(turn + repeat) % arms.Count];
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
}
