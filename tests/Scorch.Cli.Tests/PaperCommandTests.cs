namespace Scorch.Cli.Tests;

public sealed class PaperCommandTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public PaperCommandTests() => File.WriteAllText(_folder["numbers"], "1\n2\n3.5\n");

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("6.5 m")]
    [InlineData("20 km!", "3.5", "--times", "2", "--unit", "km", "--shout")]
    public async Task A_papers_command_gets_its_arguments_and_options(string expected, params string[] rest)
    {
        var result = await Cli.RunAsync(["pinn-poisson", "sum", _folder["numbers"], .. rest]);

        Assert.Equal((ExitCode.Success, expected), (result.Code, result.Output.Trim()));
    }

    [Theory]
    [InlineData("expected an integer", "--times", "x")]
    [InlineData("one of m, km", "--unit", "mile")]
    [InlineData("expected a finite number", "NaN")]
    public async Task A_value_that_does_not_fit_ends_with_code_2(string expected, params string[] rest)
    {
        var result = await Cli.RunAsync(["pinn-poisson", "sum", _folder["numbers"], .. rest]);

        Assert.Equal(ExitCode.Usage, result.Code);
        Assert.Contains(expected, result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_file_that_is_not_there_is_wrong_usage_and_a_broken_one_a_failure()
    {
        Assert.Equal(ExitCode.Usage, (await Cli.RunAsync("pinn-poisson", "sum", _folder["nothing"])).Code);
        Assert.Equal(ExitCode.Usage, (await Cli.RunAsync("pinn-poisson", "sum")).Code);
        File.WriteAllText(_folder["broken"], "one");
        Assert.Equal(ExitCode.Failure, (await Cli.RunAsync("pinn-poisson", "sum", _folder["broken"])).Code);
    }

    [Fact]
    public async Task Help_shows_choices_and_defaults()
    {
        var help = (await Cli.RunAsync("pinn-poisson", "sum", "--help")).Output;

        Assert.Contains("One of: m, km. [default: m]", help, StringComparison.Ordinal);
        Assert.Contains("<file>", help, StringComparison.Ordinal);
    }
}
