namespace Scorch.Language.TransformerSurvey;

/// <summary>Choices of a position scheme.</summary>
public static class PositionSchemes
{
    /// <summary>No positions.</summary>
    public static ModuleSpec None() => new("none");

    /// <summary>Fixed sines and cosines, added to the input.</summary>
    public static ModuleSpec Sinusoidal() => new("sinusoidal");

    /// <summary>Trained vectors, added to the input.</summary>
    public static ModuleSpec Learned() => new("learned");

    /// <summary>Shaw's vectors of clipped distances.</summary>
    /// <param name="clip">k: distances beyond ±k count as ±k.</param>
    public static ModuleSpec Shaw(int clip = 16) => new("shaw", ("clip", clip));

    /// <summary>Transformer-XL's relative positions.</summary>
    public static ModuleSpec TransformerXl() => new("transformer-xl");

    /// <summary>T5's bias by buckets of distances.</summary>
    /// <param name="buckets">Buckets, an even number.</param>
    /// <param name="distance">From here on the last bucket.</param>
    public static ModuleSpec T5(int buckets = 32, int distance = 128) => new("t5", ("buckets", buckets), ("distance", distance));

    /// <summary>Rotary positions.</summary>
    /// <param name="layout">Which features are turned together.</param>
    /// <param name="features">How many of a head's features are turned; 0 for all.</param>
    public static ModuleSpec Rotary(RotaryLayout layout = RotaryLayout.HalfSplit, int features = 0) =>
        new("rotary", ("interleaved", layout == RotaryLayout.Interleaved ? 1 : 0), ("features", features));

    /// <summary>Untied positions.</summary>
    public static ModuleSpec Tupe() => new("tupe");

    /// <summary>Linear biases.</summary>
    public static ModuleSpec Alibi() => new("alibi");
}

/// <summary>The position schemes of the taxonomy.</summary>
internal static class PositionCatalog
{
    private static readonly GrowthOrder None = new("0", 0);
    private static readonly GrowthOrder Linear = new("T D", 1);
    private static readonly GrowthOrder Pairs = new("T^2", 2);

    public static IReadOnlyList<PositionCard> All { get; } =
    [
        Card("none", "absent", "none", "x", PositionReach.Input, None, None, site => new NoPositions(site), "Order is lost: outputs permute with the tokens."),
        Card("sinusoidal", "absolute", "Vaswani et al. 2017, arXiv 1706.03762, section 3.5", "x_t + [sin(t / 10000^(2i/D)), cos(t / 10000^(2i/D))]", PositionReach.Input, Linear, Linear, site => new SinusoidalPositions(site)),
        Card("learned", "absolute", "Gehring et al. 2017, arXiv 1705.03122", "x_t + p_t", PositionReach.Input, Linear, Linear, site => new LearnedPositions(site), "Has a greatest length."),
        Card("shaw", "relative", "Shaw et al. 2018, arXiv 1803.02155, equations 3 and 4", "q_i (k_j + a^K_clip(j-i)) / sqrt(d); values v_j + a^V_clip(j-i)", PositionReach.Scores, Pairs, Pairs, site => new ShawPositions(site)) with
        {
            IsShared = false,
            Options = [new("clip", 16, "Distances beyond ±clip count as ±clip.", IsSize: true)],
        },
        Card("transformer-xl", "relative", "Dai et al. 2019, arXiv 1901.02860, section 3.3", "((q_i + u) k_j + (q_i + v) W_R r_(i-j)) / sqrt(d)", PositionReach.Scores, new("T^2 D", 2), Pairs, site => new TransformerXlPositions(site)) with
        {
            IsShared = false,
        },
        Card("t5", "relative", "Raffel et al. 2020, arXiv 1910.10683, section 2.1", "q_i k_j / sqrt(d) + b_bucket(j-i)", PositionReach.Scores, Pairs, Pairs, site => new T5Positions(site)) with
        {
            Options = [new("buckets", 32, "Buckets, an even number.", 2, IsSize: true), new("distance", 128, "From here on the last bucket.", 2)],
        },
        Card("rotary", "relative", "Su et al. 2021, arXiv 2104.09864, equation 34", "(R_i q_i)(R_j k_j) / sqrt(d)", PositionReach.QueriesAndKeys, Linear, Linear, site => new RotaryPositions(site)) with
        {
            Options =
            [
                new("interleaved", 0, "1 turns features 2i and 2i+1 together, 0 features i and i+d/2.", 0, 1),
                new("features", 0, "Features of a head that are turned; 0 for all.", 0),
                new("base", 10_000, "Of the wavelengths.", 1, 1e9, IsWhole: false),
            ],
        },
        Card("tupe", "untied", "Ke et al. 2021, arXiv 2006.15595, equation 7", "(q_i k_j + p_i U_Q (p_j U_K)) / sqrt(2 d)", PositionReach.Scores, new("T^2 D", 2), Pairs, site => new TupePositions(site), "Has a greatest length."),
        Card("alibi", "relative", "Press et al. 2021, arXiv 2108.12409", "q_i k_j / sqrt(d) - slope_h |i - j|", PositionReach.Scores, Pairs, Pairs, site => new AlibiPositions(site)),
    ];

    private static PositionCard Card(
        string name, string family, string reference, string equation, PositionReach reach, GrowthOrder time, GrowthOrder memory, Func<ModuleSite, PositionScheme> create, string trade = "") => new()
        {
            Name = name,
            Slot = ModuleSlot.Position,
            Family = family,
            Reference = reference,
            Equation = equation,
            Reach = reach,
            TimeOrder = time,
            MemoryOrder = memory,
            IsShared = true,
            Trade = trade,
            Create = create,
        };
}
