using System.Text;

namespace Scorch.Vision.RepVgg;

/// <summary>How one fused kernel would fare as 8-bit whole numbers.</summary>
/// <param name="Name">The block.</param>
/// <param name="LargestWeight">Largest |weight|.</param>
/// <param name="ChannelSpread">Largest |weight| of the widest channel over that of the median channel.</param>
/// <param name="TensorSignalToNoise">Signal to rounding noise of the median channel with one scale for the kernel, dB.</param>
/// <param name="ChannelSignalToNoise">The same with one scale a channel, dB.</param>
/// <param name="IsAtRisk">Whether one scale for the kernel gives less than the wanted ratio.</param>
public sealed record KernelRange(string Name, double LargestWeight, double ChannelSpread, double TensorSignalToNoise, double ChannelSignalToNoise, bool IsAtRisk);

/// <summary>Which fused layers will quantise badly, before deployment.</summary>
/// <param name="Layers">One entry a block.</param>
public sealed record DynamicRangeReport(IReadOnlyList<KernelRange> Layers)
{
    /// <summary>The layers at risk.</summary>
    public IReadOnlyList<KernelRange> AtRisk => [.. Layers.Where(layer => layer.IsAtRisk)];

    /// <summary>A table for people.</summary>
    public override string ToString()
    {
        var text = new StringBuilder();
        text.AppendLine($"{"layer",-12}{"largest",10}{"spread",9}{"dB/tensor",11}{"dB/channel",12}");
        foreach (var layer in Layers)
            text.AppendLine(FormattableString.Invariant($"{layer.Name,-12}{layer.LargestWeight,10:G4}{layer.ChannelSpread,9:F1}{layer.TensorSignalToNoise,11:F1}{layer.ChannelSignalToNoise,12:F1}{(layer.IsAtRisk ? "  at risk: use a scale a channel, or InsertBatchNorm and train on" : "")}"));
        text.Append($"{AtRisk.Count} of {Layers.Count} layers at risk");
        return text.ToString();
    }
}

public static partial class Reparameterize
{
    /// <summary>Weighs what rounding the fused kernels to 8 bits would cost: fusion widens the range where a small running variance makes a channel's factor large.</summary>
    /// <param name="model">A model with RepVGG blocks, in either form, in evaluation mode.</param>
    /// <param name="wantedDecibels">Layers with a lower signal-to-noise ratio under one scale for the kernel are at risk.</param>
    /// <exception cref="InvalidOperationException">A block is in training mode or cannot be fused.</exception>
    public static DynamicRangeReport DynamicRange(Modules.Module model, double wantedDecibels = 30)
    {
        var layers = new List<KernelRange>();
        foreach (var (name, block, weight, _) in FusedParameters(model))
        {
            var values = weight.ToArray<double>();
            var perChannel = values.Length / block.Config.Outputs;
            double[] largest = [.. values.Chunk(perChannel).Select(channel => channel.Max(Math.Abs))];
            var whole = largest.Max();
            var median = largest.Order().ElementAt(largest.Length / 2);
            var tensor = Decibels(values, _ => whole, perChannel);
            layers.Add(new(name, whole, median == 0 ? double.PositiveInfinity : whole / median, tensor, Decibels(values, o => largest[o], perChannel), tensor < wantedDecibels));
        }
        return new(layers);
    }

    private static double Decibels(double[] values, Func<int, double> range, int perChannel)
    {
        // The median channel: a channel that is much wider than the others has a good ratio itself and spoils theirs.
        var ratios = new double[values.Length / perChannel];
        for (var o = 0; o < ratios.Length; o++)
        {
            // Symmetric: -127 … 127 steps of range / 127.
            var step = range(o) / 127;
            var (signal, noise) = (0.0, 0.0);
            foreach (var value in values.AsSpan(o * perChannel, perChannel))
            {
                var error = step == 0 ? 0 : value - (Math.Round(value / step) * step);
                signal += value * value;
                noise += error * error;
            }
            ratios[o] = noise == 0 ? double.PositiveInfinity : 10 * Math.Log10(signal / noise);
        }
        return ratios.Order().ElementAt(ratios.Length / 2);
    }
}
