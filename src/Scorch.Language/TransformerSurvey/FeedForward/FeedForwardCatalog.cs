using Scorch.Language.SwitchTransformers;
using Scorch.Models.Transformers;

namespace Scorch.Language.TransformerSurvey;

/// <summary>A feed-forward part's entry in the taxonomy.</summary>
public sealed record FeedForwardCard : ModuleCard
{
    /// <summary>Builds it; gives none where a layer has none.</summary>
    public required Func<ModuleSite, FeedForward?> Create { get; init; }

    /// <summary>Trained keys and values that the attention gets in its place; 0 for none.</summary>
    public Func<ModuleOptions, int> PersistentVectors { get; init; } = _ => 0;
}

/// <summary>Choices of a feed-forward part. An inner width of 0 is 4 D, or 8 D / 3 with a gate, which has as many parameters.</summary>
public static class FeedForwards
{
    /// <summary>max(x W_1, 0) W_2.</summary>
    /// <param name="inner">Inner width.</param>
    public static ModuleSpec Relu(int inner = 0) => new("relu", ("inner", inner));

    /// <summary>gelu(x W_1) W_2.</summary>
    /// <param name="inner">Inner width.</param>
    public static ModuleSpec Gelu(int inner = 0) => new("gelu", ("inner", inner));

    /// <summary>swish(x W_1) W_2.</summary>
    /// <param name="inner">Inner width.</param>
    public static ModuleSpec Swish(int inner = 0) => new("swish", ("inner", inner));

    /// <summary>(sigmoid(x W_1) * x V) W_2.</summary>
    /// <param name="inner">Inner width.</param>
    public static ModuleSpec Glu(int inner = 0) => new("glu", ("inner", inner));

    /// <summary>(x W_1 * x V) W_2.</summary>
    /// <param name="inner">Inner width.</param>
    public static ModuleSpec Bilinear(int inner = 0) => new("bilinear", ("inner", inner));

    /// <summary>(max(x W_1, 0) * x V) W_2.</summary>
    /// <param name="inner">Inner width.</param>
    public static ModuleSpec ReGlu(int inner = 0) => new("reglu", ("inner", inner));

    /// <summary>(gelu(x W_1) * x V) W_2.</summary>
    /// <param name="inner">Inner width.</param>
    public static ModuleSpec GeGlu(int inner = 0) => new("geglu", ("inner", inner));

    /// <summary>(swish(x W_1) * x V) W_2.</summary>
    /// <param name="inner">Inner width.</param>
    public static ModuleSpec SwiGlu(int inner = 0) => new("swiglu", ("inner", inner));

    /// <summary>Switch experts.</summary>
    /// <param name="experts">How many.</param>
    /// <param name="inner">Inner width of each.</param>
    public static ModuleSpec MixtureOfExperts(int experts = 4, int inner = 0) => new("mixture-of-experts", ("experts", experts), ("inner", inner));

    /// <summary>Product-key memory.</summary>
    /// <param name="halfKeys">n: n^2 values.</param>
    /// <param name="taken">k, values of a query.</param>
    public static ModuleSpec ProductKey(int halfKeys = 32, int taken = 8) => new("product-key", ("half-keys", halfKeys), ("taken", taken));

    /// <summary>No feed-forward part: persistent vectors in the attention.</summary>
    /// <param name="vectors">Of a head.</param>
    public static ModuleSpec AllAttention(int vectors = 64) => new("all-attention", ("vectors", vectors));

    /// <summary>None.</summary>
    public static ModuleSpec None() => new("none");
}

/// <summary>The feed-forward parts of the taxonomy.</summary>
internal static class FeedForwardCatalog
{
    private static readonly GrowthOrder Time = new("T D F", 1);
    private static readonly GrowthOrder Memory = new("T F", 1);
    private static readonly ModuleOption Inner = new("inner", 0, "Inner width F; 0 for 4 D, with a gate 8 D / 3.", 0, IsSize: true);

    public static IReadOnlyList<FeedForwardCard> All { get; } =
    [
        Plain("relu", "Vaswani et al. 2017, arXiv 1706.03762, equation 2", "max(x W_1 + b_1, 0) W_2 + b_2", Activation.Relu),
        Plain("gelu", "Hendrycks and Gimpel 2016, arXiv 1606.08415", "gelu(x W_1) W_2", Activation.Gelu),
        Plain("swish", "Ramachandran et al. 2017, arXiv 1710.05941", "swish(x W_1) W_2", Activation.Silu),
        Gated("glu", "(sigmoid(x W_1) * x V) W_2", Activation.Sigmoid),
        Gated("bilinear", "(x W_1 * x V) W_2", Activation.Linear),
        Gated("reglu", "(max(x W_1, 0) * x V) W_2", Activation.Relu),
        Gated("geglu", "(gelu(x W_1) * x V) W_2", Activation.Gelu),
        Gated("swiglu", "(swish(x W_1) * x V) W_2", Activation.Silu),
        Card("mixture-of-experts", "enlarged", "Fedus et al. 2021, arXiv 2101.03961, section 2", "p_e(x) E_e(x), e = argmax p(x)", Time, Memory, site => new SwitchFeedForward(
            new()
            {
                ModelDim = site.Features,
                FfDim = Width(site, gated: false),
                Experts = site.Options.Integer("experts"),
                // Room for every token: with a bound, a token's expert may depend on those before it in the batch.
                CapacityFactor = double.PositiveInfinity,
                EvalCapacityFactor = double.PositiveInfinity,
                JitterEps = 0,
                HasBiases = true,
            },
            site.Random,
            site.Layer)) with
        {
            Options = [new("experts", 4, "How many.", 1, 65_536, IsSize: true), Inner],
            Trade = "Parameters grow with the experts, operations do not.",
        },
        Card("product-key", "enlarged", "Lample et al. 2019, arXiv 1907.05242, section 3", "sum over the k nearest of n^2 keys: softmax(q k) v", new("T n D", 1), new("T k D", 1), site => new ProductKeyMemory(
            site.Features, site.Heads, site.Options.Integer("half-keys"), site.Options.Integer("taken"), site.Random)) with
        {
            Options = [new("half-keys", 32, "n: there are n^2 values.", 1, 4096, IsSize: true), new("taken", 8, "k, values of a query and head.", 1, 4096)],
            Trade = "n^2 values for n products.",
        },
        Card("all-attention", "dropped", "Sukhbaatar et al. 2019, arXiv 1907.01470", "softmax over [K; P_K], values [V; P_V]", new("T N D", 1), new("h T N", 1), _ => null) with
        {
            Options = [new("vectors", 64, "Persistent keys and values of a head, N.", IsSize: true)],
            PersistentVectors = options => options.Integer("vectors"),
            Trade = "One kind of sublayer; goes with full attention.",
        },
        Card("none", "dropped", "Lin et al. 2021, arXiv 2106.04554, section 5.3", "0", new("0", 0), new("0", 0), _ => null) with
        {
            Trade = "Attention alone: rank falls with depth.",
        },
    ];

    /// <summary>Multiply-adds of a part for a number of positions, where it does not count its own products.</summary>
    public static long Operations(FeedForward part, long positions) => part switch
    {
        PointwiseFeedForward plain => positions * (plain.Inner.Weight.ElementCount + (plain.Gate?.Weight.ElementCount ?? 0) + plain.Outer.Weight.ElementCount),
        SwitchFeedForward experts => positions * ((long)experts.Config.Experts * experts.Config.ModelDim + (2L * experts.Config.TopK * experts.Config.ModelDim * experts.Config.FfDim)),
        _ => 0,
    };

    private static int Width(ModuleSite site, bool gated) =>
        site.Options.Integer("inner") is > 0 and var width ? width : gated ? Math.Max(1, 8 * site.Features / 3) : 4 * site.Features;

    private static FeedForwardCard Plain(string name, string reference, string equation, Activation activation) =>
        Card(name, "activation", reference, equation, Time, Memory, site => new PointwiseFeedForward(site.Features, Width(site, gated: false), activation, site.Random)) with { Options = [Inner] };

    private static FeedForwardCard Gated(string name, string equation, Activation activation) =>
        Card(name, "gated", "Shazeer 2020, arXiv 2002.05202", equation, Time, Memory, site => new PointwiseFeedForward(site.Features, Width(site, gated: true), activation, site.Random, isGated: true)) with { Options = [Inner] };

    private static FeedForwardCard Card(string name, string family, string reference, string equation, GrowthOrder time, GrowthOrder memory, Func<ModuleSite, FeedForward?> create) => new()
    {
        Name = name,
        Slot = ModuleSlot.FeedForward,
        Family = family,
        Reference = reference,
        Equation = equation,
        TimeOrder = time,
        MemoryOrder = memory,
        Create = create,
    };
}
