using Scorch.Checkpoints;

namespace Scorch.Vision.RepVgg;

/// <summary>Moves weights between networks and checkpoints with the authors' names, in either form.</summary>
public static class RepVggCheckpoint
{
    private const string Prefix = "module.";

    /// <summary>The form whose parameters a checkpoint holds.</summary>
    /// <exception cref="CheckpointException">It holds no RepVGG block.</exception>
    public static RepVggForm FormOf(IReadOnlyDictionary<string, Tensor> state)
    {
        ArgumentNullException.ThrowIfNull(state);
        if (state.Keys.Any(name => name.Contains("rbr_reparam.", StringComparison.Ordinal))) return RepVggForm.Deployed;
        if (state.Keys.Any(name => name.Contains("rbr_dense.", StringComparison.Ordinal))) return RepVggForm.Training;
        throw new CheckpointException($"RepVGG: the checkpoint holds neither rbr_dense (training form) nor rbr_reparam (deployed form) but {Some(state.Keys)}; it is not of a RepVGG.");
    }

    /// <summary>Copies a checkpoint into a network. A prefix <c>module.</c> is left out; batch counters may be missing.</summary>
    /// <exception cref="CheckpointException">The checkpoint is of the other form, of another shape or number of classes, or lacks parameters; names are listed.</exception>
    public static void Load(RepVgg network, IReadOnlyDictionary<string, Tensor> state)
    {
        ArgumentNullException.ThrowIfNull(network);
        ArgumentNullException.ThrowIfNull(state);
        var given = Plain(state);
        var own = network.State();
        var missing = own.Keys.Where(name => !given.ContainsKey(name) && !name.EndsWith("num_batches_tracked", StringComparison.Ordinal)).ToArray();
        var unexpected = given.Keys.Where(name => !own.ContainsKey(name)).ToArray();
        var form = FormOf(given);
        if (form != network.Form)
        {
            throw new CheckpointException($"RepVGG: the checkpoint is in {Name(form)} form, the network in {Name(network.Form)} form (missing {Some(missing)}; unexpected {Some(unexpected)}). "
                + (form == RepVggForm.Training ? "Load it into a network in training form and call ToDeployed." : "Build the network with Form = RepVggForm.Deployed; the branches cannot be had back."));
        }
        if (given.TryGetValue("linear.weight", out var head) && head.Rank == 2 && head.Shape[0] != network.Config.NumClasses)
            throw new CheckpointException($"RepVGG: the checkpoint's head has {head.Shape[0]} classes, the network {network.Config.NumClasses}; build it with NumClasses = {head.Shape[0]}.");
        if (missing.Length + unexpected.Length > 0)
            throw new CheckpointException($"RepVGG {network.Config.Name}: missing {Some(missing)}; unexpected {Some(unexpected)}. The checkpoint is of another variant, or damaged.");
        foreach (var (name, values) in given)
        {
            if (values.Shape == own[name].Shape) continue;
            throw new CheckpointException(name.EndsWith("rbr_dense.conv.weight", StringComparison.Ordinal) && values.Rank == 4 && (values.Shape[2], values.Shape[3]) != (3, 3)
                ? $"RepVGG: {name} has a kernel of {values.Shape[2]} x {values.Shape[3]}; only 3 x 3 (padding 1) can be."
                : $"RepVGG {network.Config.Name}: {name} has shape {values.Shape} in the checkpoint, {own[name].Shape} in the network; the checkpoint is of another variant.");
        }
        network.LoadState(given, strict: false);
    }

    /// <summary>A network in evaluation mode with a checkpoint's weights, in the form and with the number of classes that it holds.</summary>
    /// <param name="state">Tensors by the authors' names.</param>
    /// <param name="config">The variant; null to find the named one whose shapes fit.</param>
    /// <exception cref="CheckpointException">The checkpoint does not fit, or no named variant does.</exception>
    public static RepVgg Open(IReadOnlyDictionary<string, Tensor> state, RepVggConfig? config = null)
    {
        ArgumentNullException.ThrowIfNull(state);
        var given = Plain(state);
        var form = FormOf(given);
        config ??= ConfigOf(given);
        if (!given.TryGetValue("linear.weight", out var head) || head.Rank != 2)
            throw new CheckpointException("RepVGG: linear.weight [classes, channels] is missing; the checkpoint is not of a whole RepVGG classifier.");
        var network = new RepVgg(config with { Form = form, NumClasses = head.Shape[0], DataType = head.DataType.IsFloating() ? head.DataType : DataType.Float32 });
        Load(network, given);
        network.Evaluate();
        return network;
    }

    /// <summary>The configuration that a checkpoint's shapes follow from: a named variant, or one with its own depths and widths.</summary>
    /// <remarks>Strides leave no trace in the weights: set <see cref="RepVggConfig.StemStride"/> or <see cref="RepVggConfig.OutputStride"/> where the network was trained with others than the paper's.</remarks>
    /// <exception cref="CheckpointException">The shapes are not of a RepVGG.</exception>
    public static RepVggConfig ConfigOf(IReadOnlyDictionary<string, Tensor> checkpoint)
    {
        ArgumentNullException.ThrowIfNull(checkpoint);
        var state = Plain(checkpoint);
        var kernel = FormOf(state) == RepVggForm.Deployed ? "rbr_reparam.weight" : "rbr_dense.conv.weight";
        var depths = new int[4];
        var widths = new int[4];
        var groups = new Dictionary<int, int>();
        var (layer, inputs) = (0, Kernel("stage0").Shape[0]);
        for (var stage = 1; stage <= 4; stage++)
        {
            while (state.ContainsKey($"stage{stage}.{depths[stage - 1]}.{kernel}"))
            {
                var weight = Kernel($"stage{stage}.{depths[stage - 1]++}");
                layer++;
                if (weight.Shape[1] < 1 || inputs % weight.Shape[1] != 0)
                    throw new CheckpointException($"RepVGG: stage{stage}.{depths[stage - 1] - 1} has {weight.Shape[1]} inputs a group, which do not divide its {inputs} inputs.");
                if (inputs / weight.Shape[1] is > 1 and var count) groups[layer] = count;
                inputs = widths[stage - 1] = weight.Shape[0];
            }
            if (depths[stage - 1] == 0) throw new CheckpointException($"RepVGG: stage{stage}.0.{kernel} is missing; the checkpoint holds {Some(state.Keys)}.");
        }
        double[] multipliers = [widths[0] / 64.0, widths[1] / 128.0, widths[2] / 256.0, widths[3] / 512.0];
        var squeezes = state.Keys.Any(name => name.Contains(".se.", StringComparison.Ordinal));
        var named = RepVggConfig.Named.FirstOrDefault(config => config.Depths.SequenceEqual(depths) && config.WidthMultipliers.SequenceEqual(multipliers)
            && config.SqueezeExcitation == squeezes && config.GroupMap.Where(entry => entry.Key <= layer).OrderBy(entry => entry.Key).SequenceEqual(groups.OrderBy(entry => entry.Key)));
        return named ?? new RepVggConfig { Depths = depths, WidthMultipliers = multipliers, GroupMap = groups, SqueezeExcitation = squeezes };

        Tensor Kernel(string block) => state.TryGetValue($"{block}.{kernel}", out var weight) && weight.Rank == 4
            ? weight
            : throw new CheckpointException($"RepVGG: {block}.{kernel} [outputs, inputs, 3, 3] is missing; the checkpoint holds {Some(state.Keys)}.");
    }

    private static Dictionary<string, Tensor> Plain(IReadOnlyDictionary<string, Tensor> state)
    {
        var plain = new Dictionary<string, Tensor>(StringComparer.Ordinal);
        foreach (var (name, tensor) in state)
        {
            var key = name.StartsWith(Prefix, StringComparison.Ordinal) ? name[Prefix.Length..] : name;
            if (!plain.TryAdd(key, tensor)) throw new CheckpointException($"RepVGG: the checkpoint holds {key} twice, with and without '{Prefix}'.");
        }
        return plain;
    }

    private static string Name(RepVggForm form) => form == RepVggForm.Training ? "training (branches)" : "deployed (fused)";

    private static string Some(IEnumerable<string> names)
    {
        var first = names.Order(StringComparer.Ordinal).Take(4).ToArray();
        var count = names.Count();
        return count == 0 ? "nothing" : string.Join(", ", first.Take(3)) + (count > 3 ? $" and {count - 3} more" : "");
    }
}
