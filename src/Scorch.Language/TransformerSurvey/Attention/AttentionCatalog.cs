namespace Scorch.Language.TransformerSurvey;

/// <summary>The attentions of the taxonomy.</summary>
internal static class AttentionCatalog
{
    private static readonly GrowthOrder Squared = new("T^2 D", 2);
    private static readonly GrowthOrder SquaredMemory = new("h T^2", 2);
    private static readonly GrowthOrder Root = new("T sqrt(T) D", 1.5);
    private static readonly GrowthOrder RootMemory = new("h T sqrt(T)", 1.5);

    /// <summary>All of them, family by family.</summary>
    public static IReadOnlyList<AttentionCard> All { get; } = [.. Multihead(), .. ByPosition(), .. ByContent(), .. Linearized(), .. Compressed(), .. Prior()];

    private static GrowthOrder Linear(string text) => new(text, 1);

    private static AttentionCard Card(
        string name, string family, string reference, string equation, GrowthOrder time, GrowthOrder memory, Func<ModuleSite, XformerAttention> create, params IReadOnlyList<ModuleOption> options) => new()
        {
            Name = name,
            Slot = ModuleSlot.Attention,
            Family = family,
            Reference = reference,
            Equation = equation,
            TimeOrder = time,
            MemoryOrder = memory,
            Create = create,
            Options = options,
        };

    private static FullAttentionReduction When(string condition, Func<int, (string Name, double Value)[]> options, double tolerance = 1e-10, int longest = int.MaxValue) =>
        new(condition, length => options(length).ToDictionary(entry => entry.Name, entry => entry.Value), tolerance, longest);

    private static IEnumerable<AttentionCard> Multihead()
    {
        yield return Card("full", "full", "Vaswani et al. 2017, arXiv 1706.03762, equation 1", "softmax(Q K^T / sqrt(d)) V", Squared, SquaredMemory, site => new FullAttention(site)) with
        {
            Positions = PositionReach.Scores,
            ReducesToFullWhen = When("always", _ => []),
        };
        yield return Card("multi-query", "multi-head", "Shazeer 2019, arXiv 1911.02150", "softmax(Q_h K^T / sqrt(d)) V, one K and V for all heads", Squared, SquaredMemory, site => new MultiQueryAttention(site)) with
        {
            Positions = PositionReach.Scores,
            Trade = "One key and value for all heads: a smaller cache in decoding, fewer parameters.",
            ReducesToFullWhen = When("all heads of full attention share one key and value map", _ => []),
            Full = (module, x, scope) =>
            {
                var own = (MultiQueryAttention)module;
                var (queries, keys, values) = own.Project(x, x);
                return FullAttention.Core(queries, keys.Tile(1, own.Heads, 1, 1), values.Tile(1, own.Heads, 1, 1), scope);
            },
        };
        yield return Card("talking-heads", "multi-head", "Shazeer et al. 2020, arXiv 2003.02436", "(P_w softmax(P_l Q K^T / sqrt(d))) V", new("T^2 (D + h^2)", 2), SquaredMemory, site => new TalkingHeadsAttention(site)) with
        {
            Positions = PositionReach.Scores,
            Trade = "Heads see each other's scores: h^2 more products a pair.",
            ReducesToFullWhen = When("both mixtures are the identity", _ => []),
            Tie = module =>
            {
                var own = (TalkingHeadsAttention)module;
                SurveyParts.Set(own.LogitMixture, Tensor.Identity(own.Heads));
                SurveyParts.Set(own.WeightMixture, Tensor.Identity(own.Heads));
            },
        };
    }

    private static IEnumerable<AttentionCard> ByPosition()
    {
        AttentionCard Sparse(
            string name, string reference, string equation, GrowthOrder time, GrowthOrder memory, Func<ModuleOptions, SparsePattern> pattern, string trade, FullAttentionReduction reduction,
            params IReadOnlyList<ModuleOption> options) =>
            Card(name, "sparse by position", reference, equation, time, memory, site => new SparseAttention(site, pattern(site.Options)), options) with
            {
                Positions = PositionReach.Scores,
                Trade = trade,
                ReducesToFullWhen = reduction,
            };
        const string Survey = "Lin et al. 2021, arXiv 2106.04554, section 4.1.1";
        var (window, globals, random, seed) = (
            new ModuleOption("window", 16, "Keys to each side."),
            new ModuleOption("globals", 2, "First positions that see and are seen by all."),
            new ModuleOption("random", 2, "Keys drawn for each query."),
            new ModuleOption("seed", 1, "Fixes the drawn keys.", 0));
        yield return Sparse("band", Survey, "j: |i - j| <= w", Linear("T w D"), Linear("h T w"), own => SparsePattern.Band(own.Integer("window")), "Sees far only through many layers.", When("window >= T", length => [("window", length)]), window);
        yield return Sparse("dilated", Survey, "j: |i - j| <= w g, (i - j) a multiple of g", Linear("T w D"), Linear("h T w"), own => SparsePattern.Dilated(own.Integer("window"), own.Integer("gap")), "A wider view with gaps in it.", When("gap = 1 and window >= T", length => [("gap", 1), ("window", length)]), window, new("gap", 2, "Distance of neighbouring keys."));
        yield return Sparse("global", Survey, "i < g or j < g", Linear("T g D"), Linear("h T g"), own => SparsePattern.Global(own.Integer("globals")), "Everything passes through the global positions.", When("globals >= T", length => [("globals", length)]), globals);
        yield return Sparse("random", Survey, "r drawn j for each i", Linear("T r D"), Linear("h T r"), own => SparsePattern.Random(own.Integer("random"), own.Integer("seed")), "Short paths, no certain neighbours.", When("random >= T", length => [("random", length)]), random with { Default = 8 }, seed);
        yield return Sparse("block-local", Survey, "j: floor(j / b) = floor(i / b)", Linear("T b D"), Linear("h T b"), own => SparsePattern.Block(own.Integer("size")), "Blocks never meet.", When("size >= T", length => [("size", length)]), new ModuleOption("size", 16, "Positions of a block."));
        yield return Sparse("strided", "Child et al. 2019, arXiv 1904.10509, section 4.3", "j: |i - j| < l or (i - j) a multiple of l", Root, RootMemory, own => SparsePattern.Strided(own.Integer("stride")), "Any two positions are two steps apart, if what matters repeats at the stride.", When("stride >= T", length => [("stride", length)]), new ModuleOption("stride", 0, "l; 0 for the root of T.", 0));
        yield return Sparse("fixed", "Child et al. 2019, arXiv 1904.10509, section 4.3", "j in i's block of l, or j mod l >= l - c", Root, RootMemory, own => SparsePattern.Fixed(own.Integer("stride"), own.Integer("summary")), "Blocks meet through their last positions.", When("stride >= T", length => [("stride", length), ("summary", 1)]), new ModuleOption("stride", 0, "l; 0 for the root of T.", 0), new ModuleOption("summary", 1, "c, last positions of a block that all look at."));
        yield return Sparse("star", "Guo et al. 2019, arXiv 1902.09113", "band of 1 and a hub at position 0", Linear("T D"), Linear("h T"), _ => SparsePattern.Star(), "All that is far passes through one hub.", When("T <= 3", _ => [], longest: 3));
        yield return Sparse("longformer", "Beltagy et al. 2020, arXiv 2004.05150", "band of w and g global positions", Linear("T (w + g) D"), Linear("h T (w + g)"), own => SparsePattern.Longformer(own.Integer("window"), own.Integer("globals")), "Far pairs meet through global positions.", When("window >= T", length => [("window", length)]), window, globals);
        yield return Sparse("bigbird", "Zaheer et al. 2020, arXiv 2007.14062", "band of w, g global positions and r drawn keys", Linear("T (w + g + r) D"), Linear("h T (w + g + r)"), own => SparsePattern.BigBird(own.Integer("window"), own.Integer("globals"), own.Integer("random"), own.Integer("seed")), "A universal approximator still, given enough layers.", When("window >= T", length => [("window", length)]), window, globals, random, seed);
    }

    private static IEnumerable<AttentionCard> ByContent()
    {
        yield return Card(
            "lsh", "sparse by content", "Kitaev et al. 2020, arXiv 2001.04451, section 2", "softmax over j != i with h(q_i) = h(k_j), k = q / |q|, h(x) = argmax([x R; -x R])", Linear("T log T D"), Linear("h T c"), site => new LshAttention(site),
            new("buckets", 8, "Buckets, 1 or an even number.", IsSize: true), new("chunk", 16, "Positions of a chunk; the sequence is padded to a multiple."), new("rounds", 2, "Rounds of hashes.", 1, 64)) with
        {
            SupportsCausal = false,
            Trade = "Queries are keys; a near key in another bucket or chunk is missed.",
            ReducesToFullWhen = When("one bucket and one chunk: full attention with shared, normalised keys and without itself", length => [("buckets", 1), ("chunk", length)]),
            Full = (module, x, scope) =>
            {
                var (queries, keys, values) = ((LshAttention)module).Project(x);
                var others = Tensor.Range(x.Shape[1]).Unsqueeze(1).NotEqual(Tensor.Range(x.Shape[1]).Unsqueeze(0));
                var allowed = MaskedScores.RealKeys(scope) is { } real ? others.And(real) : others;
                return MaskedScores.Softmax((queries / Math.Sqrt(queries.Shape[3])).MatMul(keys.T), allowed).MatMul(values);
            },
        };
        yield return Card(
            "routing", "sparse by content", "Roy et al. 2021, arXiv 2003.05997", "softmax over the w keys of the centroids that take q_i", Root, RootMemory, site => new RoutingAttention(site),
            new("clusters", 8, "Centroids of a head.", IsSize: true), new("window", 16, "Queries, and keys, that a centroid takes."), new("decay", 0.999, "Of the centroids in training.", 0, 1, IsWhole: false)) with
        {
            SupportsCausal = false,
            Trade = "Positions that no centroid takes are left out.",
            ReducesToFullWhen = When("clusters = 1 and window >= T: full attention with normalised queries and keys", length => [("clusters", 1), ("window", length)]),
            MeasuredOptions = length => new Dictionary<string, double> { ["clusters"] = Math.Ceiling(Math.Sqrt(length)), ["window"] = Math.Ceiling(Math.Sqrt(length)) },
            Full = (module, x, scope) =>
            {
                var (queries, keys, values) = ((RoutingAttention)module).Project(x, x);
                return FullAttention.Core(RoutingAttention.Normalized(queries), RoutingAttention.Normalized(keys), values, scope);
            },
        };
    }

    private static IEnumerable<AttentionCard> Linearized()
    {
        ModuleOption features = new("features", 32, "Random projections, m.", 1, 65_536, IsSize: true);
        yield return Card("linear", "linearised", "Katharopoulos et al. 2020, arXiv 2006.16236, equations 7 to 9", "phi(q_i) sum_j phi(k_j) v_j / (phi(q_i) sum_j phi(k_j)), phi = elu + 1", Linear("T d D"), Linear("T D + d D"), site => new LinearAttention(site, new EluFeatures())) with
        {
            IsExact = false,
            Trade = "Another kernel than exp; weights cannot be sharp.",
        };
        yield return Card("performer", "linearised", "Choromanski et al. 2021, arXiv 2009.14794", "the same with phi(x) = exp(w x - |x|^2 / 2) / sqrt(m), w orthogonal", Linear("T m D"), Linear("T D + m D"), site => new LinearAttention(site, new FavorFeatures(site.Features / site.Heads, site.Options.Integer("features"), site.Random)), features) with
        {
            IsExact = false,
            Trade = "An unbiased estimate of exp(q k), whose variance grows with |q + k|.",
        };
        yield return Card("rfa", "linearised", "Peng et al. 2021, arXiv 2103.02143, equation 5", "the same with phi(x) = [sin(w x), cos(w x)] / sqrt(m), |q| = |k| = 1", Linear("T m D"), Linear("T D + m D"), site => new LinearAttention(site, new TrigonometricFeatures(site.Features / site.Heads, site.Options.Integer("features"), site.Random)), features) with
        {
            IsExact = false,
            Trade = "Estimates may be negative; vectors lose their length.",
        };
        yield return Card("rfa-gate", "linearised", "Peng et al. 2021, arXiv 2103.02143, equation 8", "S_t = g_t S_(t-1) + (1 - g_t) phi(k_t) v_t, z_t likewise; phi(q_t) S_t / (phi(q_t) z_t)", Linear("T m D"), Linear("T m D"), site => new GatedLinearAttention(site), features with { Default = 16 }) with
        {
            IsExact = false,
            Trade = "Forgets what lies long ago; always from left to right.",
        };
        yield return Card("delta-rule", "linearised", "Schlag et al. 2021, arXiv 2102.11174, equations 19 to 25", "S_t = S_(t-1) + beta_t (v_t - S_(t-1) phi(k_t)) phi(k_t)^T; S_t phi(q_t)", Linear("T d D"), Linear("T d D"), site => new DeltaRuleAttention(site)) with
        {
            IsExact = false,
            Trade = "Overwrites instead of adding up; T steps one after the other.",
        };
    }

    private static IEnumerable<AttentionCard> Compressed()
    {
        yield return Card(
            "clustered", "prototypes", "Vyas et al. 2020, arXiv 2007.04825, section 3.2", "softmax(mean of the cluster of q_i K^T / sqrt(d)) V", Linear("T C D"), Linear("h T C"), site => new ClusteredAttention(site),
            new("clusters", 16, "Clusters of queries."), new("bits", 32, "Of the hash that is clustered.", IsSize: true), new("iterations", 10, "Of k-means.", 1, 1000)) with
        {
            SupportsCausal = false,
            IsExact = false,
            Trade = "Queries of a cluster get the same result.",
            ReducesToFullWhen = When("clusters >= T", length => [("clusters", length)]),
        };
        yield return Card(
            "memory-compressed", "prototypes", "Liu et al. 2018, arXiv 1801.10198, section 4.2.3", "softmax(Q conv(K)^T / sqrt(d)) conv(V)", new("T^2 D / s", 2), new("h T^2 / s", 2), site => new MemoryCompressedAttention(site),
            new ModuleOption("stride", 4, "Positions that become one key; the sequence is padded to a multiple.", IsSize: true)) with
        {
            IsExact = false,
            Trade = "Neighbouring keys are one; still quadratic, by a smaller factor.",
            ReducesToFullWhen = When("stride = 1 with identity convolutions", _ => [("stride", 1)]),
            Tie = module =>
            {
                var own = (MemoryCompressedAttention)module;
                foreach (var map in new[] { own.KeyCompression, own.ValueCompression })
                {
                    SurveyParts.Set(map.Weight, Tensor.Identity(own.HeadFeatures));
                    SurveyParts.Set(map.Bias!, Tensor.Zeros(map.Bias!.Shape));
                }
            },
        };
        yield return Card("linformer", "low rank", "Wang et al. 2020, arXiv 2006.04768, equation 7", "softmax(Q (E K)^T / sqrt(d)) F V", Linear("T k D"), Linear("h T k"), site => new LinformerAttention(site), new ModuleOption("rank", 16, "Rows of E and F, k.", IsSize: true)) with
        {
            SupportsCausal = false,
            IsExact = false,
            Trade = "A greatest length; no causal form.",
            ReducesToFullWhen = When("E = F = I, padding being keys of zeros", length => [("rank", length)]),
            Tie = module =>
            {
                var own = (LinformerAttention)module;
                SurveyParts.Set(own.KeyProjection, Tensor.Identity(own.KeyProjection.Shape[1]));
                SurveyParts.Set(own.ValueProjection, Tensor.Identity(own.KeyProjection.Shape[1]));
            },
            Full = (module, x, scope) =>
            {
                // To Linformer padding is a key of zeros, which keeps a weight.
                var (queries, keys, values) = ((LinformerAttention)module).Project(x, x);
                if (MaskedScores.KeyFactor(scope, keys.DataType) is { } real) (keys, values) = (keys * real, values * real);
                return FullAttention.Core(queries, keys, values, new());
            },
        };
        yield return Card("inducing-points", "prototypes", "Lee et al. 2019, arXiv 1810.00825, equation 10", "Attention(X, MAB(I, X))", Linear("T m D"), Linear("h T m"), site => new InducedSetAttention(site), new ModuleOption("points", 16, "Inducing points, m.", IsSize: true)) with
        {
            SupportsCausal = false,
            IsExact = false,
            Positions = PositionReach.Input,
            Trade = "Everything passes through the points.",
        };
        yield return Card("luna", "prototypes", "Ma et al. 2021, arXiv 2106.01540, section 3", "Attention(X, P'), P' = Attention(P, X)", Linear("T l D"), Linear("h T l"), site => new LunaAttention(site), new ModuleOption("length", 16, "Of the packed series, l.", IsSize: true)) with
        {
            SupportsCausal = false,
            IsExact = false,
            Positions = PositionReach.Input,
            Trade = "Everything passes through the packed series.",
        };
        yield return Card(
            "nystrom", "low rank", "Xiong et al. 2021, arXiv 2102.03902, equation 13", "softmax(Q K~^T) softmax(Q~ K~^T)^+ softmax(Q~ K^T) V", Linear("T m D"), Linear("h T m"), site => new NystromAttention(site),
            new("landmarks", 16, "Segments whose means stand for all, m."), new("iterations", 6, "Of the pseudo-inverse.", 1, 1000)) with
        {
            SupportsCausal = false,
            IsExact = false,
            Trade = "Good where attention has low rank; no causal form.",
            MeasuredOptions = _ => new Dictionary<string, double> { ["landmarks"] = 8 },
            ReducesToFullWhen = When("landmarks >= T, the pseudo-inverse converged", length => [("landmarks", length), ("iterations", 20)], 1e-3),
        };
    }

    private static IEnumerable<AttentionCard> Prior()
    {
        yield return Card("gaussian", "prior", "Guo et al. 2019, Gaussian Transformer, equation 5", "softmax(Q K^T / sqrt(d) - |w (i - j)^2 + b|) V", Squared, SquaredMemory, site => new GaussianAttention(site)) with
        {
            Positions = PositionReach.Scores,
            Trade = "Near keys are preferred.",
            ReducesToFullWhen = When("w = b = 0", _ => []),
            Tie = module =>
            {
                var own = (GaussianAttention)module;
                SurveyParts.Set(own.Precision, Tensor.Zeros([own.Heads]));
                SurveyParts.Set(own.Offset, Tensor.Zeros([own.Heads]));
            },
        };
        yield return Card("realformer", "prior", "He et al. 2021, arXiv 2012.11747, equation 4", "softmax(Q K^T / sqrt(d) + scores of the layer before) V", Squared, SquaredMemory, site => new RealFormerAttention(site)) with
        {
            Positions = PositionReach.Scores,
            Trade = "Scores of the layer before are kept.",
            ReducesToFullWhen = When("in the first layer", _ => []),
        };
        yield return Card("average", "prior alone", "Zhang et al. 2018, arXiv 1805.00631, equation 1", "(1 / i) sum_(j <= i) v_j", Linear("T D"), Linear("T D"), site => new AverageAttention(site)) with
        {
            IsExact = false,
            Positions = PositionReach.Input,
            Trade = "No scores at all.",
            ReducesToFullWhen = When("all queries of full attention are 0", _ => []),
            Full = (module, x, scope) =>
            {
                var values = SurveyParts.Split(((AverageAttention)module).Value.Forward(x), module.Heads);
                return FullAttention.Core(Tensor.ZerosLike(values), values, values, scope);
            },
        };
        yield return Card("synthesizer-dense", "prior alone", "Tay et al. 2020, arXiv 2005.00743, equation 3", "softmax(W_2 relu(W_1 x_i)) V", Squared, SquaredMemory, site => new SynthesizerAttention(site, isDense: true)) with
        {
            IsExact = false,
            Positions = PositionReach.Input,
            Trade = "Scores do not look at keys; a greatest length.",
        };
        yield return Card("synthesizer-random", "prior alone", "Tay et al. 2020, arXiv 2005.00743, equation 5", "softmax(R) V", Squared, SquaredMemory, site => new SynthesizerAttention(site, isDense: false)) with
        {
            IsExact = false,
            Positions = PositionReach.Input,
            Trade = "Scores do not look at the input; a greatest length.",
        };
    }
}
