using Scorch.Modules;

namespace Scorch.Vision.RepVgg;

/// <summary>Structural re-parameterisation: from training branches to single convolutions, in a RepVGG or anywhere inside a larger model.</summary>
public static partial class Reparameterize
{
    /// <summary>Fuses every RepVGG block inside a model, in place; blocks that are fused already stay. Nothing changes when one cannot be fused.</summary>
    /// <param name="model">A model in evaluation mode: a RepVGG, or a detector or segmenter that holds blocks at any depth.</param>
    /// <returns>The same model.</returns>
    /// <exception cref="ArgumentException">There is no RepVGG block in the model.</exception>
    /// <exception cref="InvalidOperationException">A block is in training mode, cannot be fused, or holds a number that is not finite; it is named.</exception>
    public static T Convert<T>(T model)
        where T : Module
    {
        foreach (var (_, block, weight, bias) in FusedParameters(model))
            if (block.Form == RepVggForm.Training) block.Deploy(weight, bias);
        foreach (var (_, module) in model.NamedModules())
            if (module is RepVgg network) network.MarkDeployed();
        return model;
    }

    /// <summary>Puts a normalisation behind each fused convolution without changing the function, so that quantisation-aware training can adapt it, in place.</summary>
    /// <param name="model">A deployed model in evaluation mode.</param>
    /// <param name="batches">Inputs [batch, channels, height, width] over which the bias-free outputs' mean and variance are taken.</param>
    /// <param name="forward">Runs the model on a batch.</param>
    /// <exception cref="ArgumentException">There is no batch or no block.</exception>
    /// <exception cref="InvalidOperationException">The model is in training mode, or a block has branches or a normalisation already.</exception>
    public static T InsertBatchNorm<T>(T model, IEnumerable<Tensor> batches, Func<T, Tensor, Tensor>? forward = null)
        where T : Module
    {
        ArgumentNullException.ThrowIfNull(batches);
        var blocks = BlocksOf(model);
        foreach (var (name, block) in blocks)
        {
            if (block.IsTraining) throw new InvalidOperationException($"{name} is in training mode: switch to evaluation first (Evaluate()).");
            if (block.Form != RepVggForm.Deployed || block.Norm is not null)
                throw new InvalidOperationException($"{name}: a normalisation can be put behind a fused convolution only; {(block.Form == RepVggForm.Deployed ? "it has one already" : "call Reparameterize.Convert first")}.");
        }
        var run = forward ?? ((network, x) => (network as IForward ?? throw new ArgumentException("InsertBatchNorm: the model has no Forward of one tensor; give one.", nameof(forward))).Forward(x));
        var sums = blocks.Select(entry => new ChannelSums(entry.Block.Config.Outputs)).ToArray();
        using (Autograd.GradientMode.Disable())
        {
            foreach (var batch in batches)
            {
                // Blocks are watched one by one from the inside: their inputs are the outputs of the same deployed network.
                for (var i = 0; i < blocks.Count; i++) blocks[i].Block.Watch(sums[i]);
                try
                {
                    run(model, batch);
                }
                finally
                {
                    foreach (var (_, block) in blocks) block.Watch(null);
                }
            }
        }
        if (sums[0].Count == 0) throw new ArgumentException("InsertBatchNorm: no batch was given, or the model did not reach its blocks; at least one is needed.", nameof(batches));
        for (var i = 0; i < blocks.Count; i++) blocks[i].Block.InsertNorm(sums[i].Mean(), sums[i].Variance());
        return model;
    }

    internal static List<(string Name, RepVggBlock Block, Tensor Weight, Tensor Bias)> FusedParameters(Module model)
    {
        var result = new List<(string, RepVggBlock, Tensor, Tensor)>();
        foreach (var (name, block) in BlocksOf(model))
        {
            var (weight, bias) = block.FusedParameters(name);
            result.Add((name, block, weight, bias));
        }
        return result;
    }

    internal static List<(string Name, RepVggBlock Block)> BlocksOf(Module model)
    {
        ArgumentNullException.ThrowIfNull(model);
        List<(string Name, RepVggBlock Block)> blocks =
            [.. model.NamedModules().Where(entry => entry.Module is RepVggBlock).Select(entry => (entry.Prefix.Length == 0 ? "block" : entry.Prefix.TrimEnd('.'), (RepVggBlock)entry.Module))];
        return blocks.Count > 0 ? blocks : throw new ArgumentException("Reparameterize: the model holds no RepVGG block; there is nothing to fuse.", nameof(model));
    }
}

/// <summary>Sums of a map's channels over batches, float64.</summary>
internal sealed class ChannelSums(int channels)
{
    private readonly double[] sums = new double[channels];
    private readonly double[] squares = new double[channels];

    public long Count { get; private set; }

    public void Add(Tensor map)
    {
        // The mean of each batch first, so that squares do not cancel.
        var wide = BranchFusion.Wide(map.Detach());
        var count = map.ElementCount / channels;
        var mean = wide.Mean([0, 2, 3]);
        var spread = (wide - mean.Reshape(1, -1, 1, 1)).Square().Sum([0, 2, 3]).ToArray<double>();
        var means = mean.ToArray<double>();
        for (var i = 0; i < channels; i++)
        {
            var before = Count == 0 ? 0 : sums[i] / Count;
            var shift = means[i] - before;
            squares[i] += spread[i] + (shift * shift * Count * count / (Count + count));
            sums[i] += means[i] * count;
        }
        Count += count;
    }

    public double[] Mean() => [.. sums.Select(sum => sum / Count)];

    public double[] Variance() => [.. squares.Select(sum => sum / Count)];
}
