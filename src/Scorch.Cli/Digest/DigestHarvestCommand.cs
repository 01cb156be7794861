using System.CommandLine;
using System.Globalization;
using Scorch.Digest;

namespace Scorch.Cli;

/// <summary><c>scorch digest harvest</c>: papers of arXiv as JSON Lines.</summary>
internal static class DigestHarvestCommand
{
    public static Command Create(Surroundings surroundings)
    {
        var from = Day("--from", "The first day on which papers were added or changed, e.g. 2021-01-25.");
        var to = Day("--to", "The last day.");
        var categories = new Option<string[]>("--categories")
        {
            Description = $"Categories, cs.* for all of an archive. [default: {string.Join(' ', HarvestRequest.DefaultCategories)}]",
            AllowMultipleArgumentsPerToken = true,
            HelpName = "category",
        };
        var output = new Option<string?>("--out") { Description = "The file to write; a harvest that was stopped goes on where it was. Without it, the papers go to standard output.", HelpName = "file" };
        var address = new Option<string?>("--address") { Description = $"Address of the OAI-PMH service. [default: {new ArxivOptions().OaiAddress}]", HelpName = "url" };
        var delay = new Option<double>("--delay") { Description = "Seconds between requests.", DefaultValueFactory = _ => 3, HelpName = "seconds" };
        var command = new Command("harvest", "Harvest arXiv's metadata of some days as JSON Lines.") { from, to, categories, output, address, delay };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var request = new HarvestRequest(
                DayOf(parsed.GetRequiredValue(from), "--from"),
                DayOf(parsed.GetRequiredValue(to), "--to"),
                parsed.GetValue(categories) is { Length: > 0 } given ? given : HarvestRequest.DefaultCategories);
            try
            {
                var source = new ArxivSource(surroundings.Http, Options(parsed.GetValue(address), parsed.GetValue(delay)));
                if (parsed.GetValue(output) is { } file)
                {
                    var papers = await HarvestFile.WriteAsync(source, request, file, count => surroundings.Error.WriteLine($"{count} papers"), cancellationToken).ConfigureAwait(false);
                    surroundings.Output.WriteLine($"{papers} papers in {file}");
                }
                else
                {
                    await foreach (var paper in source.HarvestAsync(request, cancellationToken).ConfigureAwait(false))
                    {
                        surroundings.Output.Write(System.Text.Encoding.UTF8.GetString(PaperJsonLines.Write(paper)));
                    }
                }
            }
            catch (ArgumentException problem)
            {
                throw new Reproductions.UsageException($"digest harvest: {problem.Message}", problem);
            }

            return ExitCode.Success;
        });
        return command;
    }

    private static Option<string> Day(string name, string description) => new(name) { Description = description, Required = true, HelpName = "day" };

    private static DateOnly DayOf(string text, string option) => DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day)
        ? day
        : throw new Reproductions.UsageException($"digest harvest: {option} {text} is no day; write it as 2021-01-25.");

    private static ArxivOptions Options(string? address, double delay)
    {
        if (!(delay >= 0 && delay <= 3600))
        {
            throw new Reproductions.UsageException("digest harvest: --delay must be from 0 to 3600 seconds.");
        }

        var options = new ArxivOptions();
        options = options with { Http = options.Http with { Interval = TimeSpan.FromSeconds(delay) } };
        if (address is null)
        {
            return options;
        }

        return Uri.TryCreate(address, UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https"
            ? options with { OaiAddress = uri }
            : throw new Reproductions.UsageException($"digest harvest: --address {address} is no http or https address.");
    }
}
