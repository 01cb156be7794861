namespace Scorch.Cli.Tests;

public sealed class GalleryCommandTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("scorch-gallery").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Publish_writes_a_site_and_says_how_large()
    {
        var target = Path.Combine(_folder, "site");
        var result = await Cli.RunAsync("publish", target, "--base", "/scorch");
        Assert.Equal("", result.Error);
        Assert.Equal(ExitCode.Success, result.Code);
        Assert.StartsWith("Published ", result.Output, StringComparison.Ordinal);
        Assert.Contains("href=\"/scorch/days/\"", await File.ReadAllTextAsync(Path.Combine(target, "index.html")), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("serve", "--port", "70000", "0 to 65535")]
    [InlineData("serve", "--host", "not a host", "IP address")]
    [InlineData("serve", "--evidence", "/no/such/folder", "no such folder")]
    [InlineData("serve", "--store", "/no/such/file.db", "digest import")]
    [InlineData("publish", "site", "--base=ftp://x", "--base")]
    public async Task What_cannot_be_served_is_a_usage_error(string command, string option, string value, string told)
    {
        var result = await Cli.RunAsync(command, option, value);
        Assert.Equal(ExitCode.Usage, result.Code);
        Assert.Contains(told, result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Serve_tells_its_address_and_ends_when_it_is_stopped()
    {
        using var stop = new CancellationTokenSource();
        var output = new AddressWriter();
        var serving = ScorchCommand.InvokeAsync(["serve", "--port", "0", "--no-open"], TestHost.TestCatalog.Create(), output, TextWriter.Null, cancellationToken: stop.Token);
        var address = await output.Address.WaitAsync(TimeSpan.FromSeconds(60));
        using (var http = new HttpClient())
        {
            Assert.Contains("<h1>", await http.GetStringAsync(address), StringComparison.Ordinal);
        }

        await stop.CancelAsync();
        Assert.Equal(ExitCode.Success, await serving.WaitAsync(TimeSpan.FromSeconds(60)));
    }

    /// <summary>Waits for the line with the address.</summary>
    private sealed class AddressWriter : StringWriter
    {
        private readonly TaskCompletionSource<Uri> _address = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task<Uri> Address => _address.Task;

        public override void WriteLine(string? value)
        {
            base.WriteLine(value);
            if (value?.Split(' ').FirstOrDefault(word => word.StartsWith("http://", StringComparison.Ordinal)) is { } found)
            {
                _address.TrySetResult(new Uri(found.TrimEnd('.')));
            }
        }
    }
}
