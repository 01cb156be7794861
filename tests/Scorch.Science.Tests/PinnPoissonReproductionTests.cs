using Scorch.Numerics;
using Scorch.Reproductions;
using Scorch.Science.PinnPoisson;
using Scorch.Testing;

namespace Scorch.Science.Tests;

public sealed class PinnPoissonReproductionTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("pinn-poisson").FullName;
    private readonly PinnPoissonReproduction reproduction = new();

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public async Task A_smoke_run_measures_every_claim_for_every_seed()
    {
        var context = Context(Scale.Smoke, [1, 2, 3], ("adam", "20"), ("lbfgs", "10"));
        await reproduction.RunAsync(context);
        foreach (var claim in reproduction.Claims)
        {
            var measured = context.Measurements.Where(measurement => measurement.ClaimId == claim.Id).ToArray();
            Assert.Equal([1, 2, 3], measured.Where(measurement => measurement.Arm == Arm.Method).Select(measurement => measurement.Seed));
            Assert.All(measured, measurement => Assert.True(double.IsFinite(measurement.Value)));
            var result = VerdictRule.Judge(claim, context.Measurements, Scale.Smoke);
            Assert.Equal(Verdict.NotMeasurable, result.Verdict);
            Assert.NotNull(result.Interval);
        }

        Assert.Contains("<svg", File.ReadAllText(Path.Combine(folder, "solution.svg")));
        Assert.Contains(context.Scalars, point => point.Series == "spectrum/mode 4/seed 2");
        Assert.Contains(context.Notes, note => note.Contains("discretisation"));
    }

    [Fact]
    public async Task Measurements_other_than_times_repeat_to_the_bit()
    {
        async Task<Measurement[]> Run()
        {
            var context = Context(Scale.Smoke, [5], ("adam", "10"), ("lbfgs", "5"));
            await reproduction.RunAsync(context);
            return [.. context.Measurements.Where(measurement => measurement.ClaimId is not ("C1b" or "C1c"))];
        }

        Assert.Equal(await Run(), await Run());
    }

    [Fact]
    public async Task A_paper_dry_run_builds_the_papers_network_and_takes_one_step()
    {
        var context = Context(Scale.Paper, [1], ("interior", "500"));
        var text = await reproduction.DryRunAsync(context);
        Assert.Contains("2-50-50-50-50-1 with 7851 parameters", text);
        Assert.Contains("512 x 512", text);
        Assert.Equal("10000", Context(Scale.Paper, [1]).Settings.Values["interior"]);
        Assert.Equal("1", Context(Scale.Paper, [1]).Settings.Values["boundary-weight"]);
    }

    [Fact]
    public async Task A_source_without_the_fourth_mode_gives_up_the_claim_on_the_spectrum()
    {
        var path = Path.Combine(folder, "f.csv");
        SourceFile.WriteCsv(path, new Grid(32).Sample((x, y) => double.SinPi(x) * double.SinPi(y)));
        var source = Context(Scale.Smoke, [1], ("adam", "2"), ("lbfgs", "0"), ("source", path));
        await reproduction.RunAsync(source);
        Assert.Contains("fourth sine mode", source.NotMeasurable["C2"]);
    }

    [Fact]
    public async Task Grids_that_are_no_doublings_are_a_usage_error()
    {
        var context = Context(Scale.Smoke, [1], ("fine", "40"));
        Assert.Contains("times a power of two", (await Assert.ThrowsAsync<UsageException>(() => reproduction.RunAsync(context))).Message);
    }

    [Theory]
    [InlineData("direct")]
    [InlineData("multigrid")]
    [InlineData("cg")]
    [InlineData("hybrid")]
    [InlineData("pinn")]
    public async Task The_solve_command_writes_the_solution_of_the_users_grid(string method)
    {
        var (input, output) = (Path.Combine(folder, "f.csv"), Path.Combine(folder, "u.csv"));
        var f = new Grid(32).Sample((x, y) => (30 * x) - (20 * y * y));
        SourceFile.WriteCsv(input, f);
        await Call("solve", ("source", input), ("grid", "32"), ("method", method), ("out", output), ("steps", "30"));
        var error = Fields.RelativeError(SourceFile.ReadCsv(output), FastPoisson.Solve(f));
        Assert.True(method == "pinn" ? double.IsFinite(error) : error < 1e-6, $"{method}: {error}.");
    }

    [Fact]
    public async Task The_export_command_writes_the_equations_that_other_solvers_read()
    {
        var (matrix, vector) = (Path.Combine(folder, "a.mtx"), Path.Combine(folder, "b.mtx"));
        await Call("export", ("grid", "16"), ("source", "f1"), ("out", matrix), ("rhs-out", vector), ("positive", "true"));
        var u = SparseCholesky.Factor(MatrixMarket.Read(matrix)).Solve(MatrixMarket.ReadVector(vector));
        Oracle.Close(new Oracle("pinn-poisson", "grid16.npz").Vector("u"), u, 1e-12);
        await Assert.ThrowsAsync<UsageException>(() => Call("export", ("out", matrix), ("source", "f1")));
        await Assert.ThrowsAsync<UsageException>(() => Call("export", ("out", matrix), ("grid", "1")));
    }

    private async Task Call(string name, params (string Name, string Value)[] values)
    {
        var command = reproduction.Commands.Single(command => command.Name == name);
        await command.Handler(new CommandContext(command, values.ToDictionary(entry => entry.Name, entry => entry.Value), TextWriter.Null, TextWriter.Null));
    }

    private RunContext Context(Scale scale, int[] seeds, params (string Name, string Value)[] settings) => new(
        reproduction.Claims,
        scale,
        seeds,
        new RunSettings(reproduction.Settings(scale), settings.Select(entry => KeyValuePair.Create(entry.Name, entry.Value))),
        folder);
}
