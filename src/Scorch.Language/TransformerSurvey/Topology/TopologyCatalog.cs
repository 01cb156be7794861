namespace Scorch.Language.TransformerSurvey;

/// <summary>Choices of a topology.</summary>
public static class Topologies
{
    /// <summary>A stack whose mask decides what is seen.</summary>
    public static ModuleSpec Encoder() => new("encoder");

    /// <summary>A causal stack.</summary>
    public static ModuleSpec Decoder() => new("decoder");

    /// <summary>An encoder and a causal decoder that looks at it.</summary>
    public static ModuleSpec EncoderDecoder() => new("encoder-decoder");

    /// <summary>Attention between two half feed-forward parts.</summary>
    public static ModuleSpec Macaron() => new("macaron");

    /// <summary>Attentions first, feed-forward parts last.</summary>
    /// <param name="outer">k: how many of each stand alone.</param>
    public static ModuleSpec Sandwich(int outer = 1) => new("sandwich", ("outer", outer));

    /// <summary>Half the length in the middle.</summary>
    public static ModuleSpec Funnel() => new("funnel");

    /// <summary>One layer again and again, each position as long as it needs.</summary>
    /// <param name="ponder">Weight of the ponder cost.</param>
    public static ModuleSpec Universal(double ponder = 0.01) => new("universal", ("ponder", ponder));

    /// <summary>A memory of the segments before.</summary>
    /// <param name="memory">Positions of it.</param>
    public static ModuleSpec TransformerXl(int memory = 64) => new("transformer-xl", ("memory", memory));

    /// <summary>A memory whose old part is compressed.</summary>
    /// <param name="memory">Positions as they were.</param>
    /// <param name="compressed">Compressed positions.</param>
    /// <param name="rate">Positions that become one.</param>
    public static ModuleSpec Compressive(int memory = 64, int compressed = 32, int rate = 4) => new("compressive", ("memory", memory), ("compressed", compressed), ("rate", rate));

    /// <summary>A stack that may be left after any layer.</summary>
    public static ModuleSpec EarlyExit() => new("early-exit");
}

/// <summary>The topologies of the taxonomy.</summary>
internal static class TopologyCatalog
{
    private static readonly ModuleOption Memory = new("memory", 64, "Positions of the segments before that are kept.");

    public static IReadOnlyList<TopologyCard> All { get; } =
    [
        Card("encoder", "vanilla", "Vaswani et al. 2017, arXiv 1706.03762, section 3.1", "(attention, feed-forward)^n", site => new StackTopology(site, StackTopology.Plain(site))),
        Card("decoder", "vanilla", "Radford et al. 2018; Liu et al. 2018, arXiv 1801.10198", "(causal attention, feed-forward)^n", site => new StackTopology(site, StackTopology.Plain(site))) with { IsCausal = true },
        Card("encoder-decoder", "vanilla", "Vaswani et al. 2017, arXiv 1706.03762, section 3.1", "(causal attention, cross-attention, feed-forward)^n over (attention, feed-forward)^n", site => new EncoderDecoderTopology(site)) with
        {
            IsCausal = true,
            HasSource = true,
        },
        Card("macaron", "reordered", "Lu et al. 2019, arXiv 1906.02762", "(feed-forward / 2, attention, feed-forward / 2)^n", site => new StackTopology(site, StackTopology.Macaron(site))),
        Card("sandwich", "reordered", "Press et al. 2020, arXiv 1911.03864", "s^k (s f)^(n-k) f^k", site => new StackTopology(site, StackTopology.Sandwich(site))) with
        {
            Options = [new("outer", 1, "k, below the layers.", 0)],
        },
        Card("funnel", "hierarchical", "Dai et al. 2020, arXiv 2006.03236", "pooled queries in the middle, repeated at the end", site => new FunnelTopology(site)) with
        {
            SupportsCausal = false,
            Trade = "Half the positions in half the layers.",
        },
        Card("universal", "adaptive", "Dehghani et al. 2019, arXiv 1807.03819; Graves 2016, arXiv 1603.08983", "sum_n p_n h_n, h_n = layer(h_(n-1)), sum_n p_n = 1", site => new UniversalTopology(site)) with
        {
            Options = [new("epsilon", 0.01, "A position halts at 1 - epsilon.", 0, 1, IsWhole: false), new("ponder", 0.01, "Weight of the ponder cost.", 0, 1e6, IsWhole: false)],
            Trade = "One layer's parameters; steps are decided by position.",
        },
        Card("transformer-xl", "recurrent", "Dai et al. 2019, arXiv 1901.02860, section 3.2", "keys and values of [memory; segment]", site => new RecurrentTopology(site, compresses: false)) with
        {
            IsCausal = true,
            HasMemory = true,
            Options = [Memory],
            Trade = "Looks back layers times memory positions; needs relative positions.",
        },
        Card("compressive", "recurrent", "Rae et al. 2020, arXiv 1911.05507", "keys and values of [compressed; memory; segment]", site => new RecurrentTopology(site, compresses: true)) with
        {
            IsCausal = true,
            HasMemory = true,
            Options =
            [
                Memory,
                new("compressed", 32, "Compressed positions that are kept."),
                new("rate", 4, "Positions that become one.", IsSize: true),
                new("reconstruction", 1, "Weight of the attention-reconstruction loss.", 0, 1e6, IsWhole: false),
            ],
            Trade = "Looks back further, in less detail.",
        },
        Card("early-exit", "adaptive", "Zhou et al. 2020, arXiv 2006.04152 (PABEE)", "a classifier after each layer; stop when several agree", site => new StackTopology(site, StackTopology.Plain(site), keepsExits: true)) with
        {
            Trade = "Easy inputs leave early.",
        },
    ];

    private static TopologyCard Card(string name, string family, string reference, string equation, Func<TopologySite, XformerTopology> create) => new()
    {
        Name = name,
        Slot = ModuleSlot.Topology,
        Family = family,
        Reference = reference,
        Equation = equation,
        TimeOrder = new("n (attention + feed-forward)", 2),
        MemoryOrder = new("n (attention + feed-forward)", 2),
        Create = create,
    };
}
