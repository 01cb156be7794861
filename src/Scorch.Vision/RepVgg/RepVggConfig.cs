namespace Scorch.Vision.RepVgg;

/// <summary>Which branches a block trains with: the paper's block, its ablations, and the neighbouring method.</summary>
public enum RepVggVariant
{
    /// <summary>3x3, 1x1 and, where shapes allow, identity, each with its own normalisation: the paper's block.</summary>
    Full,

    /// <summary>3x3 and 1x1.</summary>
    NoIdentity,

    /// <summary>3x3 and identity.</summary>
    NoPointwise,

    /// <summary>3x3 alone.</summary>
    Plain,

    /// <summary>The identity is added as it is.</summary>
    IdentityWithoutBatchNorm,

    /// <summary>One normalisation behind the sum of the branches.</summary>
    BatchNormAfterSum,

    /// <summary>ReLU in each branch before the sum; such a block cannot be fused.</summary>
    ReluInBranches,

    /// <summary>Asymmetric convolution block (ACNet, arXiv 1908.03930): 3x3, 1x3 and 3x1.</summary>
    Asymmetric,
}

/// <summary>Whether a network has its training branches or one fused convolution a block.</summary>
public enum RepVggForm
{
    /// <summary>Several branches a block.</summary>
    Training,

    /// <summary>One 3x3 convolution with bias a block.</summary>
    Deployed,
}

/// <summary>Shape of a RepVGG network (arXiv 2101.03697, section 3.4); the named variants are the paper's.</summary>
public sealed record RepVggConfig
{
    /// <summary>The variant's name.</summary>
    public string Name { get; init; } = "custom";

    /// <summary>Layers of stages 1 to 4; stage 0 has one.</summary>
    public required int[] Depths { get; init; }

    /// <summary>Width multipliers of stages 1 to 4: a, a, a, b of the paper. Stage 0 has min(64, 64 a) channels.</summary>
    public required double[] WidthMultipliers { get; init; }

    /// <summary>Outputs of the head.</summary>
    public int NumClasses { get; init; } = 1000;

    /// <summary>Colour channels.</summary>
    public int InputChannels { get; init; } = 3;

    /// <summary>Stride of stage 0: 2 in the paper, 1 for pictures of 32x32.</summary>
    public int StemStride { get; init; } = 2;

    /// <summary>Input pixels an output pixel of stage 4: 32 for classification; 16 or 8 replace the last strides by dilation for dense prediction.</summary>
    public int OutputStride { get; init; } = 32;

    /// <summary>Groups by layer number, 1 being the first block of stage 1; layers not named have one group. Stage 0 is never grouped.</summary>
    public IReadOnlyDictionary<int, int> GroupMap { get; init; } = new Dictionary<int, int>();

    /// <summary>Squeeze-and-excitation before each block's ReLU, with a hidden width of a sixteenth.</summary>
    public bool SqueezeExcitation { get; init; }

    /// <summary>The branches.</summary>
    public RepVggVariant Variant { get; init; } = RepVggVariant.Full;

    /// <summary>Training branches or fused convolutions.</summary>
    public RepVggForm Form { get; init; } = RepVggForm.Training;

    /// <summary>Type of the parameters.</summary>
    public DataType DataType { get; init; } = DataType.Float32;

    /// <summary>RepVGG-A0: 9.1 million parameters.</summary>
    public static RepVggConfig A0 { get; } = A("A0", 0.75, 2.5);

    /// <summary>RepVGG-A1: 14.1 million parameters.</summary>
    public static RepVggConfig A1 { get; } = A("A1", 1, 2.5);

    /// <summary>RepVGG-A2: 28.2 million parameters.</summary>
    public static RepVggConfig A2 { get; } = A("A2", 1.5, 2.75);

    /// <summary>RepVGG-B0: 15.8 million parameters.</summary>
    public static RepVggConfig B0 { get; } = B("B0", 1, 2.5);

    /// <summary>RepVGG-B1: 57.4 million parameters.</summary>
    public static RepVggConfig B1 { get; } = B("B1", 2, 4);

    /// <summary>B1 with two groups in every second layer.</summary>
    public static RepVggConfig B1g2 { get; } = Grouped(B1, 2);

    /// <summary>B1 with four groups in every second layer.</summary>
    public static RepVggConfig B1g4 { get; } = Grouped(B1, 4);

    /// <summary>RepVGG-B2: 89.0 million parameters.</summary>
    public static RepVggConfig B2 { get; } = B("B2", 2.5, 5);

    /// <summary>B2 with two groups in every second layer.</summary>
    public static RepVggConfig B2g2 { get; } = Grouped(B2, 2);

    /// <summary>B2 with four groups in every second layer.</summary>
    public static RepVggConfig B2g4 { get; } = Grouped(B2, 4);

    /// <summary>RepVGG-B3: 123.1 million parameters.</summary>
    public static RepVggConfig B3 { get; } = B("B3", 3, 5);

    /// <summary>B3 with two groups in every second layer.</summary>
    public static RepVggConfig B3g2 { get; } = Grouped(B3, 2);

    /// <summary>B3 with four groups in every second layer.</summary>
    public static RepVggConfig B3g4 { get; } = Grouped(B3, 4);

    /// <summary>The deeper network with squeeze-and-excitation of the authors' repository.</summary>
    public static RepVggConfig D2se { get; } = new() { Name = "D2se", Depths = [8, 14, 24, 1], WidthMultipliers = [2.5, 2.5, 2.5, 5], SqueezeExcitation = true };

    /// <summary>All named variants.</summary>
    public static IReadOnlyList<RepVggConfig> Named { get; } = [A0, A1, A2, B0, B1, B1g2, B1g4, B2, B2g2, B2g4, B3, B3g2, B3g4, D2se];

    /// <summary>The variant with a name such as <c>A0</c> or <c>B1g4</c>; capitals do not matter.</summary>
    /// <exception cref="ArgumentException">There is none.</exception>
    public static RepVggConfig Find(string name) =>
        Named.FirstOrDefault(config => string.Equals(config.Name, name, StringComparison.OrdinalIgnoreCase))
            ?? throw new ArgumentException($"RepVGG: there is no variant '{name}'; the known ones are {string.Join(", ", Named.Select(config => config.Name))}.", nameof(name));

    /// <summary>Channels of stages 0 to 4.</summary>
    /// <exception cref="ArgumentException">A multiplier gives no whole number of channels of at least 1, or their number is wrong.</exception>
    public int[] Widths()
    {
        if (WidthMultipliers.Length != 4 || Depths.Length != 4)
            throw new ArgumentException($"RepVGG: {Depths.Length} depths and {WidthMultipliers.Length} width multipliers were given (depths: {string.Join(", ", Depths)}); stages 1 to 4 need four of each.");
        int Channels(int stage, int basis)
        {
            var channels = basis * WidthMultipliers[stage - 1];
            if (!(channels >= 1) || channels != Math.Floor(channels) || channels > 1 << 20)
                throw new ArgumentException(FormattableString.Invariant($"RepVGG: width multiplier {WidthMultipliers[stage - 1]} of stage {stage} gives {channels} channels; {basis} times the multiplier must be a whole number of at least 1."));
            return (int)channels;
        }
        return [Math.Min(64, Channels(1, 64)), Channels(1, 64), Channels(2, 128), Channels(3, 256), Channels(4, 512)];
    }

    /// <summary>The number of parameters of a <see cref="RepVggVariant.Full"/> network, without building it.</summary>
    public long ParameterCount(RepVggForm form)
    {
        var widths = Widths();
        var (total, layer) = (Block(InputChannels, widths[0], 1, false), 0);
        for (var stage = 1; stage <= 4; stage++)
            for (var i = 0; i < Depths[stage - 1]; i++)
                total += Block(i == 0 ? widths[stage - 1] : widths[stage], widths[stage], GroupMap.GetValueOrDefault(++layer, 1), i > 0);
        return total + ((widths[4] + 1L) * NumClasses);

        long Block(long inputs, long outputs, int groups, bool keepsShape)
        {
            var hidden = outputs / 16;
            var squeeze = SqueezeExcitation ? (2 * hidden * outputs) + hidden + outputs : 0;
            return squeeze + (form == RepVggForm.Deployed
                ? (9 * inputs / groups * outputs) + outputs
                : (10 * inputs / groups * outputs) + ((keepsShape ? 6 : 4) * outputs));
        }
    }

    private static RepVggConfig A(string name, double a, double b) => new() { Name = name, Depths = [2, 4, 14, 1], WidthMultipliers = [a, a, a, b] };

    private static RepVggConfig B(string name, double a, double b) => new() { Name = name, Depths = [4, 6, 16, 1], WidthMultipliers = [a, a, a, b] };

    private static RepVggConfig Grouped(RepVggConfig config, int groups) => config with
    {
        Name = $"{config.Name}g{groups}",
        GroupMap = Enumerable.Range(1, 13).ToDictionary(i => 2 * i, _ => groups),
    };
}
