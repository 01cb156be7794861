using System.CommandLine;
using System.Globalization;
using Scorch.Digest;
using Scorch.Reproductions;

namespace Scorch.Cli;

/// <summary><c>scorch digest daily</c>: the digest of a day from harvest to feeds, for cron.</summary>
internal static class DigestDailyCommand
{
    private const string ArxivName = "arxiv-oai";
    private const string ArxivQueryName = "arxiv-query";
    private const string DefaultSite = "http://localhost/";
    private static readonly string[] SourceNames = ["x", "bluesky", "mastodon", "hacker-news", "hugging-face"];

    public static Command Create(Surroundings surroundings)
    {
        var day = new Option<string?>("--day") { Description = "The day in UTC, e.g. 2021-01-25. [default: yesterday]", HelpName = "day" };
        var connection = DigestStoreOption.Create();
        var output = new Option<string>("--out") { Description = "The folder to publish into.", DefaultValueFactory = _ => "digest", HelpName = "folder" };
        var sources = new Option<string[]>("--sources")
        {
            Description = $"Where mentions come from: {string.Join(", ", SourceNames)}, or a file of JSON Lines. [default: all but x; x as well where {Tokens.X} is set]",
            AllowMultipleArgumentsPerToken = true,
            HelpName = "source",
        };
        var categories = new Option<string[]>("--categories")
        {
            Description = $"Categories, cs.* for all of an archive. [default: {string.Join(' ', HarvestRequest.DefaultCategories)}]",
            AllowMultipleArgumentsPerToken = true,
            HelpName = "category",
        };
        var ranking = new Option<string>("--ranking") { Description = "points: reposts and likes. robust: no single account moves a paper far.", DefaultValueFactory = _ => "points" };
        ranking.AcceptOnlyFromAmong("points", "robust");
        var least = new Option<long>("--least-points") { Description = "Points from which on a paper is listed by points.", DefaultValueFactory = _ => new RankingOptions().LeastPoints, HelpName = "points" };
        var site = new Option<string>("--site") { Description = "Address under which the folder is published, for the feeds.", DefaultValueFactory = _ => DefaultSite, HelpName = "url" };
        var at = new Option<string?>("--at") { Description = "The time that the post names as its own, e.g. 2021-01-26T10:03:24Z. [default: now]", HelpName = "time" };
        var addresses = new Option<string[]>("--address")
        {
            Description = $"The server of a source, as NAME=URL, also for {ArxivName} and {ArxivQueryName}: a mirror, or a Mastodon instance.",
            AllowMultipleArgumentsPerToken = true,
            HelpName = "name=url",
        };
        var delay = new Option<double>("--delay") { Description = "Seconds between requests to arXiv.", DefaultValueFactory = _ => 3, HelpName = "seconds" };
        var attempts = new Option<int>("--attempts") { Description = "How often a failing request is sent.", DefaultValueFactory = _ => new PoliteHttpOptions().Attempts, HelpName = "number" };
        var command = new Command("daily", "Make the digest of a day: harvest, read what is said, rank, save, publish. Safe to run again at any time.")
        {
            day, connection, output, sources, categories, ranking, least, site, at, addresses, delay, attempts,
        };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var servers = Servers(parsed.GetValue(addresses) ?? []);
            var http = Http(parsed.GetValue(attempts), parsed.GetValue(delay));
            DailyOptions options;
            IPaperRanking order;
            try
            {
                options = new DailyOptions
                {
                    Day = parsed.GetValue(day) is { } text ? DayOf(text) : DateOnly.FromDateTime(DateTime.UtcNow).AddDays(-1),
                    Folder = Path.GetFullPath(parsed.GetRequiredValue(output)),
                    Site = new DigestSite { Address = Address("--site", parsed.GetRequiredValue(site)) },
                    PublishedAt = parsed.GetValue(at) is { } time ? TimeOf(time) : DateTime.UtcNow,
                    Categories = parsed.GetValue(categories) is { Length: > 0 } given ? given : HarvestRequest.DefaultCategories,
                };
                var limits = new RankingOptions { LeastPoints = parsed.GetValue(least) };
                order = parsed.GetValue(ranking) == "robust" ? new RobustRanking(limits) : new PointsRanking(limits);
            }
            catch (ArgumentException problem)
            {
                throw new UsageException($"digest daily: {problem.Message}", problem);
            }

            var named = parsed.GetValue(sources) is { Length: > 0 } chosen ? chosen.Distinct().ToArray() : SourceNames.Where(name => name != "x" || Tokens.Find(Tokens.X) is not null).ToArray();
            var listened = named.Select(name => Source(name, surroundings, servers, http)).ToList();
            var arxiv = new ArxivOptions { Http = http with { Interval = TimeSpan.FromSeconds(parsed.GetValue(delay)) } };
            arxiv = arxiv with { OaiAddress = servers.GetValueOrDefault(ArxivName) ?? arxiv.OaiAddress, QueryAddress = servers.GetValueOrDefault(ArxivQueryName) ?? arxiv.QueryAddress };
            var store = await DigestStoreOption.OpenAsync(parsed.GetValue(connection), cancellationToken).ConfigureAwait(false);
            await using (store.ConfigureAwait(false))
            {
                var daily = new DailyDigest(store, new ArxivSource(surroundings.Http, arxiv), listened, order, surroundings.Error.WriteLine);
                try
                {
                    return Told(surroundings, options, await daily.RunAsync(options, cancellationToken).ConfigureAwait(false));
                }
                catch (FolderInUseException problem)
                {
                    surroundings.Error.WriteLine($"scorch: {problem.Message}");
                    return ExitCode.Busy;
                }
            }
        });
        return command;
    }

    private static int Told(Surroundings surroundings, DailyOptions options, DailyResult result)
    {
        foreach (var failure in result.Failures)
        {
            surroundings.Error.WriteLine($"scorch: {failure}");
        }

        if (result.Post is not { } post)
        {
            return ExitCode.Failure;
        }

        surroundings.Output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{post.Entries.Count} papers of {post.Day:yyyy-MM-dd} in {options.Folder}"));
        return result.Failures.Count == 0 ? ExitCode.Success : ExitCode.Partial;
    }

    private static IMentionSource Source(string name, Surroundings surroundings, IReadOnlyDictionary<string, Uri> servers, PoliteHttpOptions options)
    {
        var server = servers.GetValueOrDefault(name);
        return name switch
        {
            "x" => new XSource(Http("X"), Tokens.Find(Tokens.X), server),
            "bluesky" => new BlueskySource(Http("Bluesky"), Tokens.Find(Tokens.Bluesky), server),
            "mastodon" => new MastodonSource(Http("Mastodon"), server, Tokens.Find(Tokens.Mastodon)),
            "hacker-news" => new HackerNewsSource(Http("Hacker News"), server),
            "hugging-face" => new HuggingFaceSource(Http("Hugging Face"), server),
            _ when File.Exists(name) => new JsonLinesSource(name, problem => surroundings.Error.WriteLine(problem)),
            _ => throw new UsageException($"digest daily: --sources {name} is neither {string.Join(", ", SourceNames)} nor a file."),
        };

        PoliteHttp Http(string shown) => new(surroundings.Http, shown, options);
    }

    private static PoliteHttpOptions Http(int attempts, double delay) => attempts is >= 1 and <= 20 && delay is >= 0 and <= 3600
        ? new PoliteHttpOptions { Attempts = attempts }
        : throw new UsageException("digest daily: --attempts must be from 1 to 20 and --delay from 0 to 3600 seconds.");

    private static Dictionary<string, Uri> Servers(IReadOnlyList<string> pairs)
    {
        Dictionary<string, Uri> servers = new(StringComparer.Ordinal);
        foreach (var pair in pairs)
        {
            var at = pair.IndexOf('=', StringComparison.Ordinal);
            var name = at < 0 ? pair : pair[..at];
            if (at < 0 || !SourceNames.Append(ArxivName).Append(ArxivQueryName).Contains(name))
            {
                throw new UsageException($"digest daily: --address {pair} must be NAME=URL with a name of {string.Join(", ", SourceNames)}, {ArxivName}, {ArxivQueryName}.");
            }

            servers[name] = Address("--address", pair[(at + 1)..]);
        }

        return servers;
    }

    private static Uri Address(string option, string text) => Uri.TryCreate(text, UriKind.Absolute, out var address) && address.Scheme is "http" or "https"
        ? address
        : throw new UsageException($"digest daily: {option} {text} is no http or https address.");

    private static DateOnly DayOf(string text) => DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day)
        ? day
        : throw new UsageException($"digest daily: --day {text} is no day; write it as 2021-01-25.");

    private static DateTime TimeOf(string text) => DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time)
        ? time.UtcDateTime
        : throw new UsageException($"digest daily: --at {text} is no time; write it as 2021-01-26T10:03:24Z.");
}
