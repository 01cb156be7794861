using System.Text;
using Scorch.Digest;

namespace Scorch.Cli.Tests;

public class DigestCheckTests
{
    private static readonly byte[] Post = PostMarkdown.RenderBytes(new DigestPost { Header = PostHeader.For(new DateOnly(2022, 2, 3), DateTime.UnixEpoch), Entries = [] });

    [Fact]
    public async Task Posts_that_come_back_to_the_byte_are_identical()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllBytes(folder["a.md"], Post);
        File.WriteAllBytes(folder["b.md"], Post);
        var result = await Cli.RunAsync("digest", "check", folder["a.md"], folder["b.md"]);
        Assert.Equal(ExitCode.Success, result.Code);
        Assert.Equal([$"{folder["a.md"]}: identical", $"{folder["b.md"]}: identical", "2 of 2 identical"], Lines(result));
    }

    [Fact]
    public async Task Others_are_named_with_line_and_reason()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllBytes(folder["a.md"], Post);
        File.WriteAllBytes(folder["b.md"], Encoding.UTF8.GetBytes(Encoding.UTF8.GetString(Post).Replace("false", "no", StringComparison.Ordinal)));
        File.WriteAllBytes(folder["c.md"], []);
        using (var large = File.Create(folder["d.md"]))
        {
            large.SetLength(PostParser.LargestPost + 1L);
        }

        var result = await Cli.RunAsync("digest", "check", folder["a.md"], folder["b.md"], folder["c.md"], folder["d.md"], folder["e.md"], folder.Path);
        Assert.Equal(ExitCode.Failure, result.Code);
        Assert.Equal(
            [
                $"{folder["a.md"]}: identical",
                $"{folder["b.md"]}: line 5: expected 'false\\n', found 'no'",
                $"{folder["c.md"]}: line 1: expected '---\\n', found the end",
                $"{folder["d.md"]}: has 67108865 bytes; at most 67108864 are read",
                $"{folder["e.md"]}: there is no such file",
                $"{folder.Path}: is a folder; give files",
                "1 of 6 identical",
            ],
            Lines(result));
    }

    [Fact]
    public async Task No_file_is_a_usage_error() => Assert.Equal(ExitCode.Usage, (await Cli.RunAsync("digest", "check")).Code);

    private static string[] Lines(CliResult result) => result.Output.TrimEnd('\n').Split('\n');
}
