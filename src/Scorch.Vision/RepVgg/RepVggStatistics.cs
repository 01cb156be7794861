using Scorch.Modules;

namespace Scorch.Vision.RepVgg;

/// <summary>Statistics for networks that were not trained.</summary>
internal static class RepVggStatistics
{
    /// <summary>Gives every normalisation random statistics, so that a comparison of forms is not one of near-identities: mean ±0.1, variance 0.5 to 1.5, weight 0.75 to 1.25, bias ±0.1.</summary>
    public static void Randomize(Module model, long seed)
    {
        var random = new RandomSource(seed).Fork(1);
        using var mode = Autograd.GradientMode.Disable();
        foreach (var (_, module) in model.NamedModules())
        {
            if (module is not BatchNorm norm) continue;
            norm.RunningMean.CopyFrom(random.Uniform(norm.RunningMean.Shape, -0.1, 0.1, norm.RunningMean.DataType));
            norm.RunningVariance.CopyFrom(random.Uniform(norm.RunningMean.Shape, 0.5, 1.5, norm.RunningMean.DataType));
            norm.Weight!.CopyFrom(random.Uniform(norm.RunningMean.Shape, 0.75, 1.25, norm.RunningMean.DataType));
            norm.Bias!.CopyFrom(random.Uniform(norm.RunningMean.Shape, -0.1, 0.1, norm.RunningMean.DataType));
        }
    }
}
