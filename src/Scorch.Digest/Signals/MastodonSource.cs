using System.Runtime.CompilerServices;
using System.Text.Json;

namespace Scorch.Digest;

/// <summary>Posts on a Mastodon instance that link to arXiv: the timelines of tags, and with a token its search.</summary>
/// <remarks>
/// https://docs.joinmastodon.org/methods/timelines/#tag and https://docs.joinmastodon.org/methods/search/#v2. Tags' timelines are public;
/// their pages go back by <c>max_id</c> until the time asked for. Posts come as HTML, of which only text, links and line breaks are kept.
/// Boosts are the reposts, favourites the likes.
/// </remarks>
/// <param name="http">Asks the instance.</param>
/// <param name="instance">The instance's address; null for mastodon.social.</param>
/// <param name="token">An access token of the instance, or null.</param>
/// <param name="tags">The tags to read without a token; null for arxiv.</param>
public sealed class MastodonSource(PoliteHttp http, Uri? instance = null, string? token = null, IReadOnlyList<string>? tags = null) : IMentionSource
{
    private const int PageSize = 40;
    private static readonly Uri DefaultInstance = new("https://mastodon.social/");

    /// <inheritdoc/>
    public string Name => "mastodon";

    /// <inheritdoc/>
    public async IAsyncEnumerable<PaperMention> ReadAsync(DateTime from, DateTime to, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        HashSet<string> seen = [];
        foreach (var tag in tags ?? ["arxiv"])
        {
            await foreach (var found in TimelineAsync(tag, from, to, cancellationToken).ConfigureAwait(false))
            {
                if (seen.Add($"{found.ArxivId} {found.Mention.Address}"))
                {
                    yield return found;
                }
            }
        }

        if (token is null)
        {
            yield break;
        }

        await foreach (var found in SearchAsync(from, to, cancellationToken).ConfigureAwait(false))
        {
            if (seen.Add($"{found.ArxivId} {found.Mention.Address}"))
            {
                yield return found;
            }
        }
    }

    private async IAsyncEnumerable<PaperMention> TimelineAsync(string tag, DateTime from, DateTime to, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        string? before = null;
        for (var page = 0; page < MentionReading.MostPages; page++)
        {
            var address = MentionReading.Address(
                instance ?? DefaultInstance, $"api/v1/timelines/tag/{Uri.EscapeDataString(tag)}", ("limit", $"{PageSize}"), ("max_id", before));
            var posts = await http.GetAsync(address, answer => Statuses(answer, "the answer"), token, cancellationToken).ConfigureAwait(false);
            foreach (var found in posts.SelectMany(post => MentionReading.ForPapers(post.Mention, post.Papers, from, to)))
            {
                yield return found;
            }

            if (posts.Count == 0 || posts[^1].Mention.PostedAt < from || posts[^1].Id == before)
            {
                yield break;
            }

            before = posts[^1].Id;
        }

        throw MentionReading.Endless(Name);
    }

    private async IAsyncEnumerable<PaperMention> SearchAsync(DateTime from, DateTime to, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        for (var page = 0; page < MentionReading.MostPages; page++)
        {
            // after: and before: are days, the first excluded; the times are compared again here.
            var query = FormattableString.Invariant($"arxiv.org after:{from.AddDays(-1):yyyy-MM-dd} before:{to.AddDays(1):yyyy-MM-dd}");
            var address = MentionReading.Address(
                instance ?? DefaultInstance, "api/v2/search", ("q", query), ("type", "statuses"), ("limit", $"{PageSize}"), ("offset", $"{page * PageSize}"));
            var posts = await http.GetAsync(address, answer => Statuses(answer.Get("statuses"), "'statuses'"), token, cancellationToken).ConfigureAwait(false);
            foreach (var found in posts.SelectMany(post => MentionReading.ForPapers(post.Mention, post.Papers, from, to)))
            {
                yield return found;
            }

            if (posts.Count < PageSize)
            {
                yield break;
            }
        }

        throw MentionReading.Endless(Name);
    }

    private List<(string Id, IReadOnlyList<string> Papers, Mention Mention)> Statuses(JsonElement list, string name) => list.ValueKind == JsonValueKind.Array
        ? [.. list.EnumerateArray().Select(Read)]
        : throw new InvalidDataException($"{name} must be an array");

    private (string Id, IReadOnlyList<string> Papers, Mention Mention) Read(JsonElement status)
    {
        // A boost holds the boosted post, which has the text and the counts.
        var boosted = status.Find("reblog");
        var (papers, mention) = Post(boosted ?? status);
        if (boosted is not null)
        {
            mention = Post(status).Mention with { Text = mention.Text, RepostOf = mention.Address, Reposts = null, Likes = null };
        }

        return (status.GetText("id"), papers, mention);
    }

    private (IReadOnlyList<string> Papers, Mention Mention) Post(JsonElement status)
    {
        var account = status.Get("account");
        var handle = account.GetText("acct");
        var language = status.FindText("language");
        var mention = new Mention
        {
            Source = Name,
            Address = status.FindText("url") ?? status.GetText("uri"),
            AuthorName = account.FindText("display_name") is { Length: > 0 } name ? name : handle,
            AuthorHandle = handle,
            Text = HtmlRuns.Read(status.GetText("content")),
            Language = language ?? "und",
            IsRightToLeft = Languages.IsRightToLeft(language),
            PostedAt = status.GetTime("created_at"),
            Reposts = status.FindCount("reblogs_count"),
            Likes = status.FindCount("favourites_count"),
        };
        return (ArxivAddress.FindAll(mention.Text), mention);
    }
}
