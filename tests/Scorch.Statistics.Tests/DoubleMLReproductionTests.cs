using Scorch.Reproductions;
using Scorch.Statistics.DoubleML;

namespace Scorch.Statistics.Tests;

public sealed class DoubleMLReproductionTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("scorch-doubleml-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public async Task A_smoke_run_needs_no_data_and_gives_the_same_numbers_again()
    {
        var request = new RunRequest { Scale = Scale.Smoke, OutputDirectory = folder, Data = new DataLocator() };
        var first = await ReproductionRunner.RunAsync(new DoubleMLReproduction(), request);
        var second = await ReproductionRunner.RunAsync(new DoubleMLReproduction(), request);
        Assert.Equal(Verdict.Confirmed, first.Claims.Single(claim => claim.Claim.Id == "C1").Verdict);
        Assert.All(first.Claims.Where(claim => claim.Claim.Id != "C1"), claim => Assert.Equal(Verdict.NotMeasurable, claim.Verdict));
        Assert.Equal(first.Evidence.Measurements, second.Evidence.Measurements);
    }

    [Fact]
    public async Task A_dry_run_estimates_on_the_real_sample_that_ships()
    {
        var request = new RunRequest { Scale = Scale.Laptop, OutputDirectory = folder, Data = new DataLocator(), Overrides = [KeyValuePair.Create("trees", "10"), KeyValuePair.Create("simulation-trees", "10")] };
        var output = await ReproductionRunner.DryRunAsync(new DoubleMLReproduction(), request);
        Assert.Contains("401(k)", output.DryRun);
    }
}
