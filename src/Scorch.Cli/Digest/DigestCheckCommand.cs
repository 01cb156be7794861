using System.CommandLine;
using Scorch.Digest;

namespace Scorch.Cli;

/// <summary><c>scorch digest check</c>: whether posts, read and written again, have the same bytes.</summary>
internal static class DigestCheckCommand
{
    public static Command Create(Surroundings surroundings)
    {
        var files = new Argument<string[]>("files") { Description = "Posts: Markdown files with front matter.", Arity = ArgumentArity.OneOrMore };
        var command = new Command("check", "Read posts, write them from what was read and compare the bytes.") { files };
        command.SetAction(parsed =>
        {
            var (identical, all) = (0, 0);
            foreach (var file in parsed.GetRequiredValue(files))
            {
                all++;
                var problem = Problem(file);
                identical += problem is null ? 1 : 0;
                surroundings.Output.WriteLine($"{file}: {problem ?? "identical"}");
            }

            surroundings.Output.WriteLine($"{identical} of {all} identical");
            return identical == all ? ExitCode.Success : ExitCode.Failure;
        });
        return command;
    }

    // Null where the bytes are the same.
    private static string? Problem(string file)
    {
        try
        {
            var length = new FileInfo(file).Length;
            return length <= PostParser.LargestPost
                ? PostCheck.FindDifference(File.ReadAllBytes(file))?.ToString()
                : $"has {length} bytes; at most {PostParser.LargestPost} are read";
        }
        catch (FileNotFoundException)
        {
            return Directory.Exists(file) ? "is a folder; give files" : "there is no such file";
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            return problem.Message;
        }
    }
}
