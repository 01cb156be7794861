using System.Text.Json.Serialization;

namespace Scorch.Language.SwitchTransformers;

/// <summary>In which precision a router computes where hidden states are bfloat16 (section 2.4, selective precision).</summary>
[JsonConverter(typeof(JsonStringEnumConverter<RouterPrecision>))]
public enum RouterPrecision
{
    /// <summary>float32: the paper's selective precision. float64 hidden states stay float64.</summary>
    [JsonStringEnumMemberName("float32")]
    Float32,

    /// <summary>bfloat16 throughout, every operation rounded: what the paper found to diverge.</summary>
    [JsonStringEnumMemberName("bfloat16")]
    BFloat16,
}

/// <summary>Shape and rules of a switch layer; defaults are the paper's.</summary>
public sealed record SwitchConfig
{
    /// <summary>Features of the hidden states, d.</summary>
    public int ModelDim { get; init; } = 512;

    /// <summary>Features between the maps of an expert.</summary>
    public int FfDim { get; init; } = 2048;

    /// <summary>Experts, N.</summary>
    public int Experts { get; init; } = 16;

    /// <summary>Experts that a token goes to: 1 is the switch, more the mixture whose gates are normalised over those kept.</summary>
    public int TopK { get; init; } = 1;

    /// <summary>In training an expert takes ceil(tokens / N * factor) tokens of a group; infinity for all.</summary>
    public double CapacityFactor { get; init; } = 1.25;

    /// <summary>The same in evaluation.</summary>
    public double EvalCapacityFactor { get; init; } = 2;

    /// <summary>Tokens, in sequence order, that share capacities; none for all tokens of a call.</summary>
    public int? GroupSize { get; init; }

    /// <summary>alpha, the weight of the load-balancing loss; 0 leaves it out.</summary>
    public double AuxLossWeight { get; init; } = 1e-2;

    /// <summary>In training the router sees hidden states times uniform numbers in 1 ± epsilon.</summary>
    public double JitterEps { get; init; } = 1e-2;

    /// <summary>s: weights start truncated normal with variance s / inputs.</summary>
    public double InitScale { get; init; } = 0.1;

    /// <summary>Dropout inside experts, in training; the paper fine-tunes with 0.4.</summary>
    public double ExpertDropout { get; init; }

    /// <summary>Whether experts have biases; T5's have none. The router never has.</summary>
    public bool HasBiases { get; init; }

    /// <summary>In which precision the router computes where hidden states are bfloat16.</summary>
    public RouterPrecision RouterPrecision { get; init; } = RouterPrecision.Float32;

    /// <summary>Checks every setting.</summary>
    /// <exception cref="ArgumentException">A setting is impossible; the message names it.</exception>
    public void Validate()
    {
        AtLeastOne("ModelDim", ModelDim);
        AtLeastOne("FfDim", FfDim);
        AtLeastOne("Experts", Experts);
        AtLeastOne("TopK", TopK);
        if (TopK > Experts) throw new ArgumentException($"SwitchConfig: TopK is {TopK} of {Experts} experts; a token cannot go to more experts than there are.", nameof(TopK));
        Above0("CapacityFactor", CapacityFactor);
        Above0("EvalCapacityFactor", EvalCapacityFactor);
        if (GroupSize is { } size) AtLeastOne("GroupSize", size);
        if (!(AuxLossWeight >= 0) || !double.IsFinite(AuxLossWeight)) throw new ArgumentException($"SwitchConfig: AuxLossWeight is {AuxLossWeight}; it is finite and at least 0.", nameof(AuxLossWeight));
        if (!(JitterEps is >= 0 and < 1)) throw new ArgumentException($"SwitchConfig: JitterEps is {JitterEps}; it lies in [0, 1).", nameof(JitterEps));
        if (!(InitScale > 0) || !double.IsFinite(InitScale)) throw new ArgumentException($"SwitchConfig: InitScale is {InitScale}; it is finite and above 0.", nameof(InitScale));
        if (!(ExpertDropout is >= 0 and < 1)) throw new ArgumentException($"SwitchConfig: ExpertDropout is {ExpertDropout}; it lies in [0, 1).", nameof(ExpertDropout));
        if (!Enum.IsDefined(RouterPrecision)) throw new ArgumentException($"SwitchConfig: RouterPrecision is {RouterPrecision}; give Float32 or BFloat16.", nameof(RouterPrecision));
    }

    private static void AtLeastOne(string name, int value)
    {
        if (value < 1) throw new ArgumentException($"SwitchConfig: {name} is {value}; it must be at least 1.", name);
    }

    private static void Above0(string name, double value)
    {
        if (!(value > 0)) throw new ArgumentException($"SwitchConfig: {name} is {value}; it must be above 0.", name);
    }
}
