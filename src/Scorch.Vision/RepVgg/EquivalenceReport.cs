using System.Text;

namespace Scorch.Vision.RepVgg;

/// <summary>How far one layer's fused convolution is from its branches.</summary>
/// <param name="Name">The block.</param>
/// <param name="Local">Largest |difference| of the sums before the ReLU, both forms given the training form's input.</param>
/// <param name="Bound">What rounding can cause at most, from the channel factors, kernels and largest input alone.</param>
/// <param name="Accumulated">Largest |difference| of the outputs when each form runs from the picture on.</param>
/// <param name="LargestOutput">Largest |output| of the training form.</param>
public sealed record LayerDifference(string Name, double Local, double Bound, double Accumulated, double LargestOutput)
{
    /// <summary>Whether rounding alone explains the local difference.</summary>
    public bool IsWithinBound => Local <= Bound;
}

/// <summary>A certificate that two networks compute the same function: measured differences beside bounds that hold for any input of that size.</summary>
/// <param name="Samples">Random pictures that were compared.</param>
/// <param name="MaximumAbsolute">Largest |difference| of logits.</param>
/// <param name="MaximumRelative">The same, divided by the largest |logit|.</param>
/// <param name="SameDecisions">Pictures with the same most probable class.</param>
/// <param name="Layers">One entry a block.</param>
public sealed record EquivalenceReport(int Samples, double MaximumAbsolute, double MaximumRelative, int SameDecisions, IReadOnlyList<LayerDifference> Layers)
{
    /// <summary>Whether each layer's difference is explained by rounding.</summary>
    public bool IsWithinBounds => Layers.All(layer => layer.IsWithinBound);

    /// <summary>A table for people.</summary>
    public override string ToString()
    {
        var text = new StringBuilder();
        text.AppendLine(FormattableString.Invariant($"{"layer",-12}{"difference",12}{"bound",12}{"accumulated",13}{"largest",12}"));
        foreach (var layer in Layers)
            text.AppendLine(FormattableString.Invariant($"{layer.Name,-12}{layer.Local,12:E2}{layer.Bound,12:E2}{layer.Accumulated,13:E2}{layer.LargestOutput,12:G4}{(layer.IsWithinBound ? "" : "  above the bound")}"));
        text.Append(FormattableString.Invariant($"logits: |difference| {MaximumAbsolute:E2}, relative {MaximumRelative:E2}; {SameDecisions} of {Samples} decisions the same; {(IsWithinBounds ? "every layer within its bound" : "NOT explained by rounding")}"));
        return text.ToString();
    }
}

public static partial class Reparameterize
{
    /// <summary>Compares a network with its deployed form on random pictures, layer by layer.</summary>
    /// <param name="trained">The network with branches, in evaluation mode.</param>
    /// <param name="deployed">The fused network, in evaluation mode.</param>
    /// <param name="samples">Pictures of standard normal pixels.</param>
    /// <param name="size">Their height and width; by default 64.</param>
    /// <param name="seed">Fixes the pictures.</param>
    /// <exception cref="InvalidOperationException">A network is in training mode.</exception>
    /// <exception cref="ArgumentException">The networks have different layers.</exception>
    public static EquivalenceReport Verify(RepVgg trained, RepVgg deployed, int samples = 16, int size = 64, long seed = 0)
    {
        ArgumentNullException.ThrowIfNull(trained);
        ArgumentNullException.ThrowIfNull(deployed);
        ArgumentOutOfRangeException.ThrowIfLessThan(samples, 1);
        if (trained.IsTraining || deployed.IsTraining)
            throw new InvalidOperationException($"Verify: the {(trained.IsTraining ? "first" : "second")} network is in training mode: switch to evaluation first (Evaluate()): batch statistics differ from running ones.");
        if (trained.Blocks.Count != deployed.Blocks.Count || trained.Blocks.Zip(deployed.Blocks).Any(pair => (pair.First.Config.Inputs, pair.First.Config.Outputs, pair.First.Config.Stride, pair.First.Config.Groups) != (pair.Second.Config.Inputs, pair.Second.Config.Outputs, pair.Second.Config.Stride, pair.Second.Config.Groups)))
            throw new ArgumentException($"Verify: the networks differ: {trained.Config.Name} with {trained.Blocks.Count} blocks, {deployed.Config.Name} with {deployed.Blocks.Count}; give a network and its own deployed form.", nameof(deployed));
        using var mode = Autograd.GradientMode.Disable();
        var names = BlocksOf(trained).Select(entry => entry.Name).ToArray();
        var layers = new LayerDifference[names.Length];
        var (absolute, largest, same) = (0.0, 0.0, 0);
        var random = new RandomSource(seed);
        const int batch = 8;
        for (var done = 0; done < samples; done += batch)
        {
            var count = Math.Min(batch, samples - done);
            var x = random.Normal([count, trained.Config.InputChannels, size, size], dataType: trained.Linear.Weight.DataType);
            var (a, b) = (x, x.To(deployed.Linear.Weight.DataType));
            for (var i = 0; i < layers.Length; i++)
            {
                var (left, right) = (trained.Blocks[i], deployed.Blocks[i]);
                var local = Largest(left.Sum(a), right.Sum(a.To(b.DataType)));
                var bound = RoundingBound(left, BranchFusion.Wide(a).Abs().Maximum().Item());
                (a, b) = (left.Forward(a), right.Forward(b));
                var next = new LayerDifference(names[i], local, bound, Largest(a, b), BranchFusion.Wide(a).Abs().Maximum().Item());
                layers[i] = layers[i] is not { } before ? next : new(
                    names[i],
                    // The batch nearest to its own bound stands for the layer.
                    next.Local / next.Bound > before.Local / before.Bound ? next.Local : before.Local,
                    next.Local / next.Bound > before.Local / before.Bound ? next.Bound : before.Bound,
                    Math.Max(next.Accumulated, before.Accumulated),
                    Math.Max(next.LargestOutput, before.LargestOutput));
            }
            var (first, second) = (trained.Linear.Forward(a.Mean([2, 3])), deployed.Linear.Forward(b.Mean([2, 3])));
            absolute = Math.Max(absolute, Largest(first, second));
            largest = Math.Max(largest, BranchFusion.Wide(first).Abs().Maximum().Item());
            same += first.ArgMax(1).ToArray<long>().Zip(second.ArgMax(1).ToArray<long>(), (p, q) => p == q ? 1 : 0).Sum();
        }
        return new(samples, absolute, largest == 0 ? absolute : absolute / largest, same, layers);
    }

    /// <summary>What rounding can make of the difference of a block's two forms, for inputs of at most <paramref name="largestInput"/>.</summary>
    /// <remarks>
    /// Let M_o = Σ over branches of |t_o| (‖W_o‖₁ X + |mean_o|) + |beta_o|: no partial sum of either form exceeds it. A sum of n products with k
    /// further roundings is off by at most γ M, γ = (n + k) u / (1 - (n + k) u) (Higham 2002, section 3.1). Each form takes at most n + 16 roundings,
    /// n the inputs of the 3x3 kernel: folding, shifting and adding up the branches, or rounding the fused kernel.
    /// </remarks>
    internal static double RoundingBound(RepVggBlock block, double largestInput)
    {
        var config = block.Config;
        var type = (block.Fused?.Weight ?? block.Dense!.Conv.Weight).DataType;
        var unit = type == DataType.Float64 ? Math.ScaleB(1, -53) : Math.ScaleB(1, -24);
        var size = Enumerable.Repeat(0.0, config.Outputs).ToArray();
        foreach (var (_, kernel, norm) in block.Branches())
            Add(size, kernel is null ? null : BranchFusion.Wide(kernel.Detach()).Abs().Sum([1, 2, 3]).ToArray<double>(), norm);
        if (block.Fused is { } fused)
        {
            var sums = BranchFusion.Wide(fused.Weight.Detach()).Abs().Sum([1, 2, 3]).ToArray<double>();
            var bias = fused.Bias is null ? new double[config.Outputs] : BranchFusion.Wide(fused.Bias.Detach()).Abs().ToArray<double>();
            for (var o = 0; o < size.Length; o++) size[o] = (sums[o] * largestInput) + bias[o];
        }
        if (block.Norm is { } last) Through(size, last);
        var roundings = (9 * config.Inputs / config.Groups) + 16;
        var gamma = roundings * unit / (1 - (roundings * unit));
        return 2 * gamma * size.Max();

        void Add(double[] total, double[]? sums, Modules.BatchNorm? norm)
        {
            var own = new double[total.Length];
            for (var o = 0; o < own.Length; o++) own[o] = (sums?[o] ?? 1) * largestInput;
            if (norm is not null) Through(own, norm);
            for (var o = 0; o < own.Length; o++) total[o] += own[o];
        }

        static void Through(double[] values, Modules.BatchNorm norm)
        {
            var scale = BranchFusion.Scale(norm).Detach().Abs().ToArray<double>();
            var (mean, shift) = (BranchFusion.Wide(norm.RunningMean).Abs().ToArray<double>(), BranchFusion.Wide(norm.Bias!.Detach()).Abs().ToArray<double>());
            for (var o = 0; o < values.Length; o++) values[o] = (scale[o] * (values[o] + mean[o])) + shift[o];
        }
    }

    private static double Largest(Tensor a, Tensor b) => (BranchFusion.Wide(a) - BranchFusion.Wide(b)).Abs().Maximum().Item();
}
