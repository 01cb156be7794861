using System.Globalization;
using Scorch.Modules;

namespace Scorch.Vision.RepVgg;

/// <summary>RepVGG (arXiv 2101.03697): five stages of blocks, global mean, one linear layer; images [batch, 3, height, width] to logits [batch, classes].</summary>
public sealed class RepVgg : Module, IForward
{
    /// <summary>A network with random weights.</summary>
    /// <param name="config">Its shape.</param>
    /// <param name="seed">Fixes the weights.</param>
    /// <exception cref="ArgumentException">Widths, depths, groups or strides do not fit; the layer is named.</exception>
    public RepVgg(RepVggConfig config, long seed = 0)
    {
        ArgumentNullException.ThrowIfNull(config);
        Config = config;
        var widths = config.Widths();
        if (config.Depths.Any(depth => depth < 1)) throw new ArgumentException($"RepVGG: depths are {string.Join(", ", config.Depths)}; each stage needs at least one layer.", nameof(config));
        if (config.NumClasses < 1 || config.InputChannels < 1) throw new ArgumentException($"RepVGG: {config.NumClasses} classes and {config.InputChannels} input channels; both must be at least 1.", nameof(config));
        if (config.StemStride is not (1 or 2)) throw new ArgumentException($"RepVGG: the stem's stride is {config.StemStride}; 1 and 2 are known.", nameof(config));
        if (config.OutputStride is not (8 or 16 or 32)) throw new ArgumentException($"RepVGG: the output stride is {config.OutputStride}; 8, 16 and 32 are known.", nameof(config));
        var layers = config.Depths.Sum();
        foreach (var (layer, groups) in config.GroupMap)
        {
            if (layer < 1 || layer > layers)
                throw new ArgumentException($"RepVGG: the group map names layer {layer} with {groups} groups; layers 1 to {layers} can be grouped{(layer == 0 ? ", stage 0 never is" : "")}.", nameof(config));
        }
        var random = new RandomSource(seed);
        var number = 0;
        // Strides beyond the wanted output stride become dilation.
        var (reached, dilation) = (2, 1);
        RepVggBlock Block(string layer, int inputs, int outputs, int stride, int groups, int spread) => new(
            new(inputs, outputs, stride, groups, spread) { SqueezeExcitation = config.SqueezeExcitation, Variant = config.Variant, Form = config.Form, Layer = layer }, random);
        Stage0 = Block("stage0", config.InputChannels, widths[0], config.StemStride, 1, 1);
        ModuleList<RepVggBlock> Stage(int stage)
        {
            var blocks = new RepVggBlock[config.Depths[stage - 1]];
            var previous = dilation;
            var dilates = reached >= config.OutputStride;
            if (dilates) dilation *= 2;
            else reached *= 2;
            for (var i = 0; i < blocks.Length; i++)
            {
                var inputs = i == 0 ? widths[stage - 1] : widths[stage];
                var groups = config.GroupMap.GetValueOrDefault(++number, 1);
                blocks[i] = Block($"stage{stage}.{i}", inputs, widths[stage], i == 0 && !dilates ? 2 : 1, groups, i == 0 ? previous : dilation);
            }
            return new(blocks);
        }
        (Stage1, Stage2, Stage3, Stage4) = (Stage(1), Stage(2), Stage(3), Stage(4));
        Linear = new(widths[4], config.NumClasses, random);
        Blocks = [Stage0, .. Stage1, .. Stage2, .. Stage3, .. Stage4];
        if (config.DataType != DataType.Float32) ConvertTo(config.DataType);
    }

    /// <summary>Its shape.</summary>
    public RepVggConfig Config { get; private set; }

    /// <summary>One block.</summary>
    public RepVggBlock Stage0 { get; }

    /// <summary>First stage.</summary>
    public ModuleList<RepVggBlock> Stage1 { get; }

    /// <summary>Second stage.</summary>
    public ModuleList<RepVggBlock> Stage2 { get; }

    /// <summary>Third stage.</summary>
    public ModuleList<RepVggBlock> Stage3 { get; }

    /// <summary>Fourth stage.</summary>
    public ModuleList<RepVggBlock> Stage4 { get; }

    /// <summary>The head.</summary>
    public Linear Linear { get; }

    /// <summary>All blocks in order.</summary>
    public IReadOnlyList<RepVggBlock> Blocks { get; }

    /// <summary>Training branches or fused convolutions.</summary>
    public RepVggForm Form => Blocks.All(block => block.Form == RepVggForm.Deployed) ? RepVggForm.Deployed : RepVggForm.Training;

    /// <inheritdoc/>
    public Tensor Forward(Tensor x) => Linear.Forward(Features(x)[^1].Mean([2, 3]));

    /// <summary>The maps after each of the five stages, for heads of detection and segmentation.</summary>
    /// <exception cref="ArgumentException">The pictures have other channels, or are smaller than the strides.</exception>
    public Tensor[] Features(Tensor x)
    {
        ArgumentNullException.ThrowIfNull(x);
        var least = Config.StemStride * 16;
        if (x.Rank != 4 || x.Shape[1] != Config.InputChannels || x.Shape[2] < least || x.Shape[3] < least)
            throw new ArgumentException($"RepVGG: the input has shape {x.Shape}; [batch, {Config.InputChannels}, height, width] with height and width of at least {least}, the product of the strides, is needed.", nameof(x));
        var maps = new Tensor[5];
        maps[0] = x = Stage0.Forward(x);
        var stage = 1;
        foreach (var blocks in new[] { Stage1, Stage2, Stage3, Stage4 })
        {
            foreach (var block in blocks) x = block.Forward(x);
            maps[stage++] = x;
        }
        return maps;
    }

    /// <summary>A plain network that computes the same function; this one stays as it is.</summary>
    /// <exception cref="InvalidOperationException">The network is in training mode, or a block cannot be fused; it is named.</exception>
    public RepVgg ToDeployed()
    {
        var fused = Reparameterize.FusedParameters(this);
        var deployed = new RepVgg(Config with { Form = RepVggForm.Deployed, Variant = RepVggVariant.Full, DataType = Linear.Weight.DataType });
        var state = new Dictionary<string, Tensor>();
        foreach (var (name, tensor) in State())
            if (name.StartsWith("linear.", StringComparison.Ordinal) || name.Contains(".se.", StringComparison.Ordinal)) state.Add(name, tensor);
        foreach (var (name, _, weight, bias) in fused)
        {
            state.Add(name + ".rbr_reparam.weight", weight);
            state.Add(name + ".rbr_reparam.bias", bias);
        }
        deployed.LoadState(state);
        deployed.Evaluate();
        return deployed;
    }

    /// <summary>Multiplications (each with an addition) of the convolutions and the head for one picture.</summary>
    public long MultiplyAdds(int height, int width)
    {
        long total = (long)Linear.Weight.ElementCount;
        foreach (var block in Blocks)
        {
            var config = block.Config;
            (height, width) = ((height - 1) / config.Stride + 1, (width - 1) / config.Stride + 1);
            var kernels = block.Fused is { } fused ? fused.Weight.ElementCount : block.Branches().Sum(branch => branch.Kernel?.ElementCount ?? 0);
            total += kernels * height * width;
        }
        return total;
    }

    internal void MarkDeployed() => Config = Config with { Form = RepVggForm.Deployed, Variant = RepVggVariant.Full };

    internal static string Invariant(double value, string format = "G4") => value.ToString(format, CultureInfo.InvariantCulture);
}
