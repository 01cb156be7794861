using System.Runtime.CompilerServices;
using System.Text.Json;

namespace Scorch.Digest;

/// <summary>Posts on X that link to arXiv: API v2, recent search (the last seven days).</summary>
/// <remarks>
/// https://docs.x.com/x-api/posts/search-recent-posts: pages by <c>next_token</c>, authors and reposted posts by <c>expansions</c>, at most
/// 450 requests in 15 minutes. A repost's counts are the original's: it is read as a mention that repeats another, without counts, and
/// the original comes along with its own. Reposts and quotes together are the reposts.
/// </remarks>
/// <param name="http">Asks the server.</param>
/// <param name="token">The bearer token; from the environment variable <see cref="Tokens.X"/>.</param>
/// <param name="server">The API's address; null for the real one.</param>
/// <param name="query">What to search for; null for links to arXiv.</param>
public sealed class XSource(PoliteHttp http, string? token, Uri? server = null, string? query = null) : IMentionSource
{
    private const string DefaultQuery = "url:\"arxiv.org\"";
    private static readonly Uri DefaultServer = new("https://api.x.com/");

    /// <inheritdoc/>
    public string Name => "x";

    /// <inheritdoc/>
    public async IAsyncEnumerable<PaperMention> ReadAsync(DateTime from, DateTime to, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        if (token is null)
        {
            throw new SourceException($"X wants an access token: set {Tokens.X}.");
        }

        // A post and the reposts of it name it several times.
        HashSet<string> seen = [];
        string? next = null;
        for (var page = 0; page < MentionReading.MostPages; page++)
        {
            var address = MentionReading.Address(
                server ?? DefaultServer,
                "2/tweets/search/recent",
                ("query", query ?? DefaultQuery),
                ("start_time", MentionReading.Text(from)),
                ("end_time", MentionReading.Text(to)),
                ("max_results", "100"),
                ("tweet.fields", "created_at,lang,public_metrics,entities,author_id,referenced_tweets"),
                ("expansions", "author_id,referenced_tweets.id,referenced_tweets.id.author_id"),
                ("user.fields", "name,username"),
                ("next_token", next));
            (var mentions, next) = await http.GetAsync(address, Page, token, cancellationToken).ConfigureAwait(false);
            foreach (var (papers, mention) in mentions)
            {
                foreach (var found in MentionReading.ForPapers(mention, papers, from, to))
                {
                    if (seen.Add($"{found.ArxivId} {mention.Address}"))
                    {
                        yield return found;
                    }
                }
            }

            if (next is null)
            {
                yield break;
            }
        }

        throw MentionReading.Endless(Name);
    }

    private (IReadOnlyList<(IReadOnlyList<string> Papers, Mention Mention)> Mentions, string? Next) Page(JsonElement answer)
    {
        var includes = answer.Find("includes");
        var users = (includes?.Items("users") ?? []).ToDictionary(user => user.GetText("id"), user => (Name: user.GetText("name"), Handle: user.GetText("username")));
        var others = (includes?.Items("tweets") ?? []).DistinctBy(post => post.GetText("id")).ToDictionary(post => post.GetText("id"));
        List<(IReadOnlyList<string>, Mention)> mentions = [];
        foreach (var post in answer.Items("data"))
        {
            var original = post.Items("referenced_tweets").Where(other => other.GetText("type") == "retweeted").Select(other => other.GetText("id")).FirstOrDefault();
            if (original is null)
            {
                mentions.Add(Read(post, null));
                continue;
            }

            // A repost's own text is cut short; what it links to stands in the original.
            if (others.TryGetValue(original, out var whole))
            {
                var (papers, mention) = Read(whole, null);
                mentions.Add((papers, mention));
                mentions.Add((papers, Read(post, mention.Address).Mention));
            }
        }

        return (mentions, answer.Find("meta")?.FindText("next_token"));

        (IReadOnlyList<string> Papers, Mention Mention) Read(JsonElement post, string? repostOf)
        {
            var author = users.TryGetValue(post.GetText("author_id"), out var user) ? user : (Name: post.GetText("author_id"), Handle: "i");
            var links = (post.Find("entities")?.Items("urls") ?? []).ToList();
            var metrics = post.Find("public_metrics");
            var mention = new Mention
            {
                Source = Name,
                Address = $"https://x.com/{author.Handle}/status/{post.GetText("id")}",
                AuthorName = author.Name,
                AuthorHandle = author.Handle,
                Text = Runs(post.GetText("text"), links),
                Language = post.FindText("lang") ?? "und",
                IsRightToLeft = Languages.IsRightToLeft(post.FindText("lang")),
                PostedAt = post.GetTime("created_at"),
                Reposts = repostOf is null && metrics?.FindCount("retweet_count") is { } reposts ? reposts + (metrics?.FindCount("quote_count") ?? 0) : null,
                Likes = repostOf is null ? metrics?.FindCount("like_count") : null,
                RepostOf = repostOf,
            };
            var papers = links.Select(link => link.FindText("unwound_url") ?? link.FindText("expanded_url")).OfType<string>().Select(ArxivAddress.TryFind).OfType<string>();
            return ([.. papers.Concat(ArxivAddress.FindAll(mention.Text))], mention);
        }
    }

    // The API writes & < > as entities and shortens links; entities.urls tells where they lead.
    private static IReadOnlyList<TextRun> Runs(string text, IReadOnlyList<JsonElement> links)
    {
        List<(int, int, string, string?)> spans = [];
        foreach (var link in links)
        {
            var shortened = link.GetText("url");
            for (var at = text.IndexOf(shortened, StringComparison.Ordinal); at >= 0; at = text.IndexOf(shortened, at + shortened.Length, StringComparison.Ordinal))
            {
                spans.Add((at, at + shortened.Length, link.FindText("expanded_url") ?? shortened, link.FindText("display_url")));
                if (shortened.Length == 0)
                {
                    break;
                }
            }
        }

        return [.. TextRuns.WithLinks(text, spans).Select(run => run with { Text = System.Net.WebUtility.HtmlDecode(run.Text) })];
    }
}
