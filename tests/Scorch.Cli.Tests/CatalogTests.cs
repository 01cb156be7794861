using System.Text.Json;
using Scorch.Cli.TestHost;
using Scorch.Reproductions;

namespace Scorch.Cli.Tests;

public class CatalogTests
{
    [Fact]
    public void The_shipped_catalogue_holds_all_papers_and_its_evidence_is_sound()
    {
        var catalog = Catalog.Default;

        Assert.Equal(67, catalog.Papers.Count);
        Assert.All(catalog.Evidence, run => Assert.Empty(EvidenceFile.Check(run)));
        Assert.All(catalog.Evidence, run => Assert.NotNull(catalog.TryFindReproduction(run.Paper)));
    }

    [Fact]
    public void Every_shipped_paper_has_claims_sound_settings_and_needs_no_data_at_smoke_scale()
    {
        Assert.All(Catalog.Default.Reproductions, reproduction =>
        {
            Assert.NotEmpty(reproduction.Claims);
            Assert.Empty(reproduction.DataSets(Scale.Smoke));
            Assert.All(Enum.GetValues<Scale>(), scale => Assert.NotNull(new RunSettings(reproduction.Settings(scale))));
            Assert.All(Enum.GetValues<Scale>(), scale => Assert.All(reproduction.DataSets(scale), name => Assert.NotNull(DataSets.TryFind(name))));
        });
    }

    [Fact]
    public void A_paper_has_one_reproduction_and_a_reproduction_a_paper()
    {
        Assert.Contains("two reproductions", Assert.Throws<ArgumentException>(() => new Catalog(PaperList.All, [new FakeReproduction(), new FakeReproduction()], [])).Message, StringComparison.Ordinal);
        Assert.Contains("pinn-poisson", Assert.Throws<ArgumentException>(() => new Catalog([], [new FakeReproduction()], [])).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task List_shows_every_paper_and_what_runs()
    {
        var text = await Cli.RunAsync("list");
        Assert.Equal(ExitCode.Success, text.Code);
        Assert.All(PaperList.All, paper => Assert.Contains($" {paper.Slug} ", text.Output, StringComparison.Ordinal));
        Assert.Contains("67 papers, 1 run.", text.Output, StringComparison.Ordinal);

        using var json = JsonDocument.Parse((await Cli.RunAsync("list", "--json")).Output);
        Assert.Equal(["pinn-poisson"], json.RootElement.EnumerateArray().Where(paper => paper.GetProperty("runs").GetBoolean()).Select(paper => paper.GetProperty("slug").GetString()));
        Assert.Equal(67, json.RootElement.GetArrayLength());
    }

    [Fact]
    public async Task List_narrows_to_a_room()
    {
        using var json = JsonDocument.Parse((await Cli.RunAsync("list", "--room", "quantum", "--json")).Output);

        Assert.Equal(["nisq", "pqc-bounds", "nisq-sdp"], json.RootElement.EnumerateArray().Select(paper => paper.GetProperty("slug").GetString()));
        Assert.Equal(ExitCode.Usage, (await Cli.RunAsync("list", "--room", "kitchen")).Code);
    }

    [Fact]
    public async Task Show_tells_claims_settings_and_commands()
    {
        var result = await Cli.RunAsync("show", "pinn-poisson");

        Assert.Equal(ExitCode.Success, result.Code);
        Assert.Contains("Stefano Markidis", result.Output, StringComparison.Ordinal);
        Assert.Contains("method / baseline >= 2", result.Output, StringComparison.Ordinal);
        Assert.Contains("--set kind=a (a | b)", result.Output, StringComparison.Ordinal);
        Assert.Contains("scorch pinn-poisson sum", result.Output, StringComparison.Ordinal);
        Assert.Contains("does not run yet", (await Cli.RunAsync("show", "repvgg")).Output, StringComparison.Ordinal);
    }
}
