using Scorch.Models.Transformers;
using Scorch.Modules;

namespace Scorch.Language.TransformerSurvey;

/// <summary>Choices of a normalisation and its place.</summary>
public static class Norms
{
    /// <summary>Layer normalisation before each sublayer.</summary>
    public static ModuleSpec PreLayerNorm() => new("pre-layer-norm");

    /// <summary>Layer normalisation after each residual sum.</summary>
    public static ModuleSpec PostLayerNorm() => new("post-layer-norm");

    /// <summary>Root mean square alone, before each sublayer.</summary>
    public static ModuleSpec PreRmsNorm() => new("pre-rms-norm");

    /// <summary>Root mean square alone, after each residual sum.</summary>
    public static ModuleSpec PostRmsNorm() => new("post-rms-norm");

    /// <summary>One trained length, before each sublayer.</summary>
    public static ModuleSpec PreScaleNorm() => new("pre-scale-norm");

    /// <summary>One trained length, after each residual sum.</summary>
    public static ModuleSpec PostScaleNorm() => new("post-scale-norm");

    /// <summary>AdaNorm before each sublayer.</summary>
    public static ModuleSpec PreAdaNorm() => new("pre-ada-norm");

    /// <summary>AdaNorm after each residual sum.</summary>
    public static ModuleSpec PostAdaNorm() => new("post-ada-norm");

    /// <summary>PowerNorm before each sublayer.</summary>
    public static ModuleSpec PrePowerNorm() => new("pre-power-norm");

    /// <summary>PowerNorm after each residual sum.</summary>
    public static ModuleSpec PostPowerNorm() => new("post-power-norm");

    /// <summary>A trained gate in place of a normalisation.</summary>
    public static ModuleSpec ReZero() => new("rezero");
}

/// <summary>The normalisations of the taxonomy, before and after.</summary>
internal static class NormCatalog
{
    private static readonly GrowthOrder Linear = new("T D", 1);

    public static IReadOnlyList<NormCard> All { get; } =
    [
        .. Both("layer-norm", "Ba et al. 2016, arXiv 1607.06450", "(x - mean) / sqrt(var + e) g + b", site => new LayerNorm([site.Features])),
        .. Both("rms-norm", "Zhang and Sennrich 2019, arXiv 1910.07467", "x / sqrt(mean(x^2) + e) g", site => new RmsNorm(site.Features)),
        .. Both("scale-norm", "Nguyen and Salazar 2019, arXiv 1910.05895", "g x / |x|", site => new ScaleNorm(site.Features)),
        .. Both("ada-norm", "Xu et al. 2019, arXiv 1911.07013, equation 7", "C (1 - k y) y, y = (x - mean) / sd", site => new AdaNorm(site.Options.Number("scale"), site.Options.Number("slope")),
            new("scale", 1, "C.", 0, 1e6, IsWhole: false), new("slope", 0.1, "k.", 0, 1, IsWhole: false)),
        .. Both("power-norm", "Shen et al. 2020, arXiv 2003.07845, algorithm 2", "g x / psi + b, psi^2 a running mean of x^2", site => new PowerNorm(site.Features, site.Options.Number("decay")), new ModuleOption("decay", 0.9, "Share of the running means that stays.", 0, 1, IsWhole: false)),
        new()
        {
            Name = "rezero",
            Slot = ModuleSlot.Norm,
            Family = "norm-free",
            Reference = "Bachlechner et al. 2020, arXiv 2003.04887",
            Equation = "x + alpha F(x), alpha = 0 at the start",
            TimeOrder = Linear,
            MemoryOrder = Linear,
            Trade = "No normalisation; every layer starts as the identity.",
            Create = _ => new ReZeroConnection(),
            CreateFinal = _ => null,
        },
    ];

    private static IEnumerable<NormCard> Both(string name, string reference, string equation, Func<ModuleSite, IForward> norm, params IReadOnlyList<ModuleOption> options)
    {
        NormCard Placed(string place, string where, Func<ModuleSite, SublayerConnection> create, Func<ModuleSite, IForward?> final, string trade) => new()
        {
            Name = $"{place}-{name}",
            Slot = ModuleSlot.Norm,
            Family = place == "pre" ? "pre-norm" : "post-norm",
            Reference = reference,
            Equation = $"{where}, N(x) = {equation}",
            TimeOrder = Linear,
            MemoryOrder = Linear,
            Options = options,
            Trade = trade,
            Create = create,
            CreateFinal = final,
        };
        yield return Placed("pre", "x + F(N(x))", site => new PreNormConnection(norm(site)), site => norm(site), "Trains without warm-up; needs a last normalisation.");
        yield return Placed("post", "N(x + F(x))", site => new PostNormConnection(norm(site)), _ => null, "Gradients grow towards the last layers at the start: warm-up.");
    }
}
