using System.Globalization;
using Scorch.Numerics;
using Scorch.Reproductions;

namespace Scorch.Science.PinnPoisson;

/// <summary>The sizes of a reproduction run.</summary>
internal sealed record ReproductionPlan
{
    // An error u_b on the boundary weighs as much as the residual that it would cause inside, lambda u_b, lambda = 2 pi^2 being the
    // lowest eigenvalue of the Laplacian: w_b = lambda^2, rounded. The paper's 1 needs the paper's many steps.
    private const double BalancedBoundaryWeight = 400;

    /// <summary>The sizes of each scale; laptop by the card's plan, paper by the paper's configuration.</summary>
    public static IReadOnlyList<Setting> Settings(Scale scale)
    {
        var (depth, width, interior, boundary, adam, lbfgs, fine, coarse) = scale switch
        {
            Scale.Smoke => (2, 10, 64, 32, 60, 20, 32, 16),
            Scale.Laptop => (3, 20, 400, 80, 1_500, 300, 256, 128),
            _ => (4, 50, 10_000, 2_000, 10_000, 13_000, 512, 128),
        };
        return
        [
            Setting.Text("source", "f1", "Source of the base problem: f1 (smooth), f2 (disc), f3 (sharp), or a .csv grid or an image."),
            Setting.Text("target", "f2", "Source that transfer learning and the hybrids solve: as for source."),
            Setting.Integer("depth", depth, "Hidden layers.", 1, 20),
            Setting.Integer("width", width, "Units of a hidden layer.", 1, 4096),
            Setting.Integer("interior", interior, "Collocation points inside the square.", 1, 1_000_000),
            Setting.Integer("boundary", boundary, "Collocation points on the boundary.", 1, 1_000_000),
            Setting.Number("boundary-weight", scale == Scale.Paper ? 1 : BalancedBoundaryWeight, "Weight of the boundary term of the loss.", 0, 1e9),
            Setting.Integer("adam", adam, "Adam steps.", 0, 10_000_000),
            Setting.Integer("lbfgs", lbfgs, "L-BFGS iterations.", 0, 10_000_000),
            Setting.Integer("fine", fine, "Intervals a side of the fine grid, the coarse ones times a power of two.", 8, 4096),
            Setting.Integer("coarse", coarse, "Intervals a side of the coarse grid.", 4, 4096),
            Setting.Number("laaf-scale", 5, "The fixed scale n of the adaptive activation.", 1e-3, 1e3),
            Setting.Flag("sweeps", scale != Scale.Smoke, "Also train the other activations and point sets, with the first seed."),
        ];
    }

    public static ReproductionPlan Of(RunSettings settings) => new()
    {
        Config = new PinnConfig
        {
            Hidden = [.. Enumerable.Repeat(settings.Integer("width"), settings.Integer("depth"))],
            Adam = (1e-3, settings.Integer("adam")),
            Lbfgs = new LbfgsPlan(settings.Integer("lbfgs")),
            BoundaryWeight = settings.Number("boundary-weight"),
            Points = Sampling.Sobol(settings.Integer("interior"), settings.Integer("boundary")),
        },
        Laaf = Activation.LaafTanh(settings.Number("laaf-scale")),
        Source = settings.Text("source"),
        Target = settings.Text("target"),
        Fine = Doubling(settings.Integer("fine"), settings.Integer("coarse")),
        Coarse = settings.Integer("coarse"),
        Sweeps = settings.Flag("sweeps"),
    };

    public required PinnConfig Config { get; init; }

    public required Activation Laaf { get; init; }

    public required string Source { get; init; }

    public required string Target { get; init; }

    public required int Fine { get; init; }

    public required int Coarse { get; init; }

    public required bool Sweeps { get; init; }

    public PoissonProblem Problem(string source) => new(UnitSquare.Dirichlet(0), SourceFile.Open(source));

    /// <summary>Steps between two looks at the spectrum: about forty over the run.</summary>
    public int SpectrumEvery => Math.Max(1, (Config.Adam.Steps + Config.Lbfgs.Iterations) / 40);

    /// <summary>The grid of the spectra; the fifth mode and more must be resolved.</summary>
    public Grid SpectrumGrid { get; } = new(32);

    private static int Doubling(int fine, int coarse)
    {
        var intervals = coarse;
        while (intervals < fine)
        {
            intervals *= 2;
        }

        return intervals == fine ? fine : throw new UsageException(
            string.Create(CultureInfo.InvariantCulture, $"Setting 'fine' is {fine}; it must be 'coarse' ({coarse}) times a power of two, e.g. {intervals / 2} or {intervals}."));
    }
}
