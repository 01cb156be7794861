using System.Diagnostics;
using Scorch.Autograd;
using Scorch.Language.SwitchTransformers;

namespace Scorch.Benchmarks.Experts;

/// <summary>One layer, measured in a process of its own so that its high-water mark is its own.</summary>
public sealed record LayerResult
{
    public required int Experts { get; init; }

    public required double ParameterMebibytes { get; init; }

    /// <summary>Median over repetitions; forward pass alone, in evaluation.</summary>
    public required double ForwardNanosecondsPerToken { get; init; }

    /// <summary>Median over repetitions; forward and backward pass.</summary>
    public required double TrainingNanosecondsPerToken { get; init; }

    /// <summary>High-water mark of the process over that before the passes, without the gradients of the weights, which are as large as these.</summary>
    public required double WorkingBytesPerToken { get; init; }

    public required long ExpertOperationsPerToken { get; init; }
}

internal static class LayerMeasurement
{
    public static LayerResult Run(int experts, int tokens, int features, int inner, int repetitions)
    {
        var config = new SwitchConfig { ModelDim = features, FfDim = inner, Experts = experts, CapacityFactor = double.PositiveInfinity, EvalCapacityFactor = double.PositiveInfinity };
        var layer = new SwitchFeedForward(config, seed: 1);
        var x = new RandomSource(2).Normal([1, tokens, features]);
        x.RequiresGradient = true;
        GC.Collect();
        var before = Resident();
        var (forward, training, operations) = (new List<double>(), new List<double>(), 0L);
        for (var i = 0; i <= repetitions; i++)
        {
            layer.Train();
            var start = Stopwatch.GetTimestamp();
            layer.ClearGradients();
            x.Gradient = null;
            var output = layer.Forward(x);
            (output.Value.Sum() + output.AuxLoss).Backward();
            var trained = Stopwatch.GetElapsedTime(start);
            operations = output.Stats.ExpertOperations;
            layer.Evaluate();
            start = Stopwatch.GetTimestamp();
            using (GradientMode.Disable()) layer.Forward(x);
            var passed = Stopwatch.GetElapsedTime(start);
            // The first repetition compiles.
            if (i == 0) continue;
            training.Add(trained.TotalNanoseconds / tokens);
            forward.Add(passed.TotalNanoseconds / tokens);
        }
        var weights = layer.ParameterCount * 4.0;
        return new()
        {
            Experts = experts,
            ParameterMebibytes = Math.Round(weights / 1048576, 2),
            ForwardNanosecondsPerToken = Math.Round(Median(forward), 1),
            TrainingNanosecondsPerToken = Math.Round(Median(training), 1),
            WorkingBytesPerToken = Math.Round((Peak() - before - weights) / tokens),
            ExpertOperationsPerToken = operations / tokens,
        };
    }

    private static double Median(List<double> values)
    {
        values.Sort();
        return values[values.Count / 2];
    }

    private static double Resident()
    {
        using var process = Process.GetCurrentProcess();
        return process.WorkingSet64;
    }

    private static double Peak()
    {
        using var process = Process.GetCurrentProcess();
        return process.PeakWorkingSet64;
    }
}
