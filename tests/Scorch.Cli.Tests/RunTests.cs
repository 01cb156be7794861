using System.Text.Json;
using Scorch.Cli.TestHost;
using Scorch.Reproductions;

namespace Scorch.Cli.Tests;

public class RunTests
{
    [Fact]
    public async Task A_json_run_prints_one_document_and_progress_elsewhere()
    {
        using var folder = new TemporaryFolder();
        var result = await Cli.RunAsync("run", "pinn-poisson", "--scale", "smoke", "--json", "--out", folder["run"]);
        using var json = JsonDocument.Parse(result.Output);

        Assert.Equal(ExitCode.Success, result.Code);
        Assert.Equal(
            ["confirmed", "not-confirmed", "confirmed", "not-measurable", "not-measurable"],
            json.RootElement.GetProperty("claims").EnumerateArray().Select(claim => claim.GetProperty("verdict").GetString()));
        Assert.Contains("started", result.Error, StringComparison.Ordinal);
        Assert.Contains(folder["run"], result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Evidence_report_and_curves_are_kept()
    {
        using var folder = new TemporaryFolder();
        var result = await Cli.RunAsync("run", "pinn-poisson", "--scale", "smoke", "--set", "steps=4", "--seeds", "4", "--seed", "7", "--out", folder["run"]);
        var evidence = EvidenceFile.Read(folder["run/evidence.json"]);

        Assert.Equal(ExitCode.Success, result.Code);
        Assert.Equal([7, 8, 9, 10], evidence.Seeds);
        Assert.Equal("4", evidence.Settings["steps"]);
        Assert.Equal(
            [RunFiles.Events, RunFiles.Evidence, RunFiles.Report],
            Directory.EnumerateFiles(folder["run"]).Select(path => Path.GetFileName(path)).Order(StringComparer.Ordinal));
        Assert.Contains("not-confirmed", result.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_dry_run_describes_and_keeps_nothing()
    {
        var result = await Cli.RunAsync("run", "pinn-poisson", "--scale", "paper", "--dry-run", "--json");
        using var json = JsonDocument.Parse(result.Output);

        Assert.Equal("12 parameters, rate 0.1, one step taken", json.RootElement.GetProperty("dryRun").GetString());
        Assert.All(json.RootElement.GetProperty("claims").EnumerateArray(), claim => Assert.Equal("not-measurable", claim.GetProperty("verdict").GetString()));
        Assert.Contains("one step taken", (await Cli.RunAsync("run", "pinn-poisson", "--dry-run")).Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Did you mean pinn-poisson", "run", "pin-poisson")]
    [InlineData("does not run yet", "run", "repvgg")]
    [InlineData("steps, rate, wait", "run", "pinn-poisson", "--set", "step=1")]
    [InlineData("expected key=value", "run", "pinn-poisson", "--set", "steps")]
    [InlineData("[1, 1000]", "run", "pinn-poisson", "--set", "steps=0")]
    [InlineData("smoke, laptop or paper", "run", "pinn-poisson", "--scale", "huge")]
    [InlineData("--seeds 'x'", "run", "pinn-poisson", "--seeds", "x")]
    [InlineData("--seeds 0", "run", "pinn-poisson", "--seeds", "0")]
    [InlineData("--seed -1", "run", "pinn-poisson", "--seed", "-1")]
    [InlineData("scorch run --help", "run")]
    [InlineData("--bogus", "run", "pinn-poisson", "--bogus")]
    [InlineData("Did you mean list", "lst")]
    [InlineData("Did you mean kodak", "data", "get", "kodk")]
    [InlineData("no file", "evidence", "/no/such/file.json")]
    [InlineData("not both", "evidence", "--json", "--markdown")]
    public async Task Wrong_usage_ends_with_code_2_and_says_what_would_be_right(string expected, params string[] arguments)
    {
        var result = await Cli.RunAsync(arguments);

        Assert.Equal(ExitCode.Usage, result.Code);
        Assert.Contains(expected, result.Error, StringComparison.Ordinal);
        Assert.Empty(result.Output);
    }

    [Fact]
    public async Task An_output_folder_that_is_a_file_is_refused()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder["a"], "");

        Assert.Equal(ExitCode.Usage, (await Cli.RunAsync("run", "pinn-poisson", "--out", folder["a"])).Code);
    }

    [Fact]
    public async Task A_run_that_fails_leaves_no_folder()
    {
        using var folder = new TemporaryFolder();

        Assert.Equal(ExitCode.Failure, (await Cli.RunAsync("run", "pinn-poisson", "--set", "fail=true", "--out", folder["a/b"])).Code);
        Assert.Equal(ExitCode.MissingData, (await Cli.RunAsync("run", "pinn-poisson", "--set", "data=true", "--out", folder["a/b"])).Code);
        Assert.Equal(ExitCode.Usage, (await Cli.RunAsync("run", "pinn-poisson", "--set", "nonsense=true", "--out", folder["a/b"])).Code);
        Assert.Empty(folder.Entries);
    }

    [Fact]
    public async Task Missing_data_ends_with_code_3_and_names_the_command()
    {
        var path = await Cli.RunAsync("data", "path", "dml");
        Assert.Equal(ExitCode.MissingData, path.Code);
        Assert.Contains("scorch data get dml", path.Error, StringComparison.Ordinal);

        var get = await Cli.RunAsync("data", "get", "cifar10-jpeg");
        Assert.Equal(ExitCode.MissingData, get.Code);
        Assert.Contains("clone the source", get.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Data_sets_are_listed_with_licence_and_checksum()
    {
        using var json = JsonDocument.Parse((await Cli.RunAsync("data", "list", "--json")).Output);
        var dml = json.RootElement.EnumerateArray().Single(set => set.GetProperty("name").GetString() == "dml");

        Assert.Equal("MIT", dml.GetProperty("licence").GetString());
        Assert.False(dml.GetProperty("present").GetBoolean());
        Assert.Equal(64, dml.GetProperty("files")[0].GetProperty("sha256").GetString()!.Length);
        Assert.Contains("fashion-mnist", (await Cli.RunAsync("data", "list")).Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Evidence_is_shown_checked_and_rendered()
    {
        using var folder = new TemporaryFolder();
        await Cli.RunAsync("run", "pinn-poisson", "--scale", "smoke", "--out", folder.Path);
        var file = folder["evidence.json"];

        Assert.Contains("| C2 | speed | - | 1.9667 ± 0.057735 | 1 ± 0 | [1.8232, 2.1101] | >= 2 | not-confirmed |", (await Cli.RunAsync("evidence", "--markdown", file)).Output, StringComparison.Ordinal);
        Assert.Contains("C4 not measurable: needs --scale paper", (await Cli.RunAsync("evidence", file)).Output, StringComparison.Ordinal);
        Assert.Contains("No run is recorded yet", (await Cli.RunAsync("evidence")).Output, StringComparison.Ordinal);

        File.WriteAllText(file, File.ReadAllText(file).Replace("\"not-confirmed\"", "\"confirmed\"", StringComparison.Ordinal));
        Assert.Equal(ExitCode.Failure, (await Cli.RunAsync("evidence", file)).Code);
    }

    [Fact]
    public async Task Recorded_evidence_shows_in_the_list_with_its_level()
    {
        using var folder = new TemporaryFolder();
        await Cli.RunAsync("run", "pinn-poisson", "--scale", "smoke", "--out", folder.Path);
        using var output = new StringWriter();
        await ScorchCommand.InvokeAsync(["show", "pinn-poisson", "--json"], TestCatalog.Create(EvidenceFile.Read(folder["evidence.json"])), output, TextWriter.Null);
        using var json = JsonDocument.Parse(output.ToString());

        Assert.Equal(2, json.RootElement.GetProperty("readiness").GetProperty("level").GetInt32());
        Assert.Equal(2, json.RootElement.GetProperty("evidence")[0].GetProperty("confirmed").GetInt32());
    }

    [Fact]
    public async Task A_cancelled_token_gives_code_130_and_leaves_nothing()
    {
        using var folder = new TemporaryFolder();
        using var stop = new CancellationTokenSource(TimeSpan.FromMilliseconds(100));
        using var error = new StringWriter();
        var code = await ScorchCommand.InvokeAsync(["run", "pinn-poisson", "--set", "wait=true", "--out", folder["run"]], TestCatalog.Create(), TextWriter.Null, error, cancellationToken: stop.Token);

        Assert.Equal(ExitCode.Cancelled, code);
        Assert.Contains("stopped", error.ToString(), StringComparison.Ordinal);
        Assert.Empty(folder.Entries);
    }
}
