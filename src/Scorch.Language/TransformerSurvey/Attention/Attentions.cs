namespace Scorch.Language.TransformerSurvey;

/// <summary>Choices of an attention; every name is also written in a specification, such as <c>bigbird(window=16)</c>.</summary>
public static class Attentions
{
    /// <summary>Full attention.</summary>
    public static ModuleSpec Full() => new("full");

    /// <summary>One key and value for all heads.</summary>
    public static ModuleSpec MultiQuery() => new("multi-query");

    /// <summary>Heads mixed before and after the softmax.</summary>
    public static ModuleSpec TalkingHeads() => new("talking-heads");

    /// <summary>Keys within a window.</summary>
    /// <param name="window">Keys to each side.</param>
    public static ModuleSpec Band(int window = 16) => new("band", ("window", window));

    /// <summary>Every gap-th key within a window.</summary>
    /// <param name="window">Keys to each side.</param>
    /// <param name="gap">Distance of neighbouring keys.</param>
    public static ModuleSpec Dilated(int window = 16, int gap = 2) => new("dilated", ("window", window), ("gap", gap));

    /// <summary>Global positions alone.</summary>
    /// <param name="globals">First positions that see and are seen by all.</param>
    public static ModuleSpec Global(int globals = 2) => new("global", ("globals", globals));

    /// <summary>Drawn keys.</summary>
    /// <param name="random">Keys of a query.</param>
    /// <param name="seed">Fixes which.</param>
    public static ModuleSpec Random(int random = 8, int seed = 1) => new("random", ("random", random), ("seed", seed));

    /// <summary>Keys of the own block.</summary>
    /// <param name="size">Positions of a block.</param>
    public static ModuleSpec BlockLocal(int size = 16) => new("block-local", ("size", size));

    /// <summary>The Sparse Transformer's strided pattern.</summary>
    /// <param name="stride">l; 0 for the root of the length.</param>
    public static ModuleSpec Strided(int stride = 0) => new("strided", ("stride", stride));

    /// <summary>The Sparse Transformer's fixed pattern.</summary>
    /// <param name="stride">l; 0 for the root of the length.</param>
    /// <param name="summary">Last positions of a block that all look at.</param>
    public static ModuleSpec Fixed(int stride = 0, int summary = 1) => new("fixed", ("stride", stride), ("summary", summary));

    /// <summary>Star-Transformer's pattern.</summary>
    public static ModuleSpec Star() => new("star");

    /// <summary>Longformer's pattern.</summary>
    /// <param name="window">Keys to each side.</param>
    /// <param name="globals">Global positions.</param>
    public static ModuleSpec Longformer(int window = 16, int globals = 2) => new("longformer", ("window", window), ("globals", globals));

    /// <summary>BigBird's pattern.</summary>
    /// <param name="window">Keys to each side.</param>
    /// <param name="globals">Global positions.</param>
    /// <param name="random">Drawn keys.</param>
    /// <param name="seed">Fixes which.</param>
    public static ModuleSpec BigBird(int window = 16, int globals = 2, int random = 2, int seed = 1) =>
        new("bigbird", ("window", window), ("globals", globals), ("random", random), ("seed", seed));

    /// <summary>Reformer's buckets of hashes.</summary>
    /// <param name="buckets">1 or an even number.</param>
    /// <param name="chunk">Positions of a chunk.</param>
    /// <param name="rounds">Rounds of hashes.</param>
    public static ModuleSpec Lsh(int buckets = 8, int chunk = 16, int rounds = 2) => new("lsh", ("buckets", buckets), ("chunk", chunk), ("rounds", rounds));

    /// <summary>Routing Transformer's centroids.</summary>
    /// <param name="clusters">Centroids.</param>
    /// <param name="window">Queries, and keys, that a centroid takes.</param>
    public static ModuleSpec Routing(int clusters = 8, int window = 16) => new("routing", ("clusters", clusters), ("window", window));

    /// <summary>Linearised, with elu + 1.</summary>
    public static ModuleSpec Linear() => new("linear");

    /// <summary>Performer.</summary>
    /// <param name="features">Random projections.</param>
    public static ModuleSpec Performer(int features = 32) => new("performer", ("features", features));

    /// <summary>Random Fourier features.</summary>
    /// <param name="features">Random projections.</param>
    public static ModuleSpec Rfa(int features = 32) => new("rfa", ("features", features));

    /// <summary>Random Fourier features with a forgetting memory.</summary>
    /// <param name="features">Random projections.</param>
    public static ModuleSpec RfaGate(int features = 16) => new("rfa-gate", ("features", features));

    /// <summary>Fast weights with the delta rule.</summary>
    public static ModuleSpec DeltaRule() => new("delta-rule");

    /// <summary>Clustered queries.</summary>
    /// <param name="clusters">Clusters.</param>
    public static ModuleSpec Clustered(int clusters = 16) => new("clustered", ("clusters", clusters));

    /// <summary>Keys and values under a strided convolution.</summary>
    /// <param name="stride">Positions that become one key.</param>
    public static ModuleSpec MemoryCompressed(int stride = 4) => new("memory-compressed", ("stride", stride));

    /// <summary>Linformer.</summary>
    /// <param name="rank">Rows of its projections.</param>
    public static ModuleSpec Linformer(int rank = 16) => new("linformer", ("rank", rank));

    /// <summary>Set Transformer's inducing points.</summary>
    /// <param name="points">How many.</param>
    public static ModuleSpec InducingPoints(int points = 16) => new("inducing-points", ("points", points));

    /// <summary>Luna.</summary>
    /// <param name="length">Of the packed series.</param>
    public static ModuleSpec Luna(int length = 16) => new("luna", ("length", length));

    /// <summary>Nyströmformer.</summary>
    /// <param name="landmarks">Segments.</param>
    public static ModuleSpec Nystrom(int landmarks = 16) => new("nystrom", ("landmarks", landmarks));

    /// <summary>A Gaussian prior on distance.</summary>
    public static ModuleSpec Gaussian() => new("gaussian");

    /// <summary>Scores of the layer before added.</summary>
    public static ModuleSpec RealFormer() => new("realformer");

    /// <summary>The mean of all values so far.</summary>
    public static ModuleSpec Average() => new("average");

    /// <summary>Scores from the query's hidden state.</summary>
    public static ModuleSpec SynthesizerDense() => new("synthesizer-dense");

    /// <summary>Trained scores.</summary>
    public static ModuleSpec SynthesizerRandom() => new("synthesizer-random");
}
