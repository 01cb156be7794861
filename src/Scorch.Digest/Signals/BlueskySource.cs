using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json;

namespace Scorch.Digest;

/// <summary>Posts on Bluesky that link to arXiv: <c>app.bsky.feed.searchPosts</c>.</summary>
/// <remarks>
/// https://docs.bsky.app/docs/api/app-bsky-feed-search-posts: pages by <c>cursor</c>, links as facets with byte positions
/// (https://docs.bsky.app/docs/advanced-guides/post-richtext). Reposts and quotes together are the reposts. The public server may ask for
/// a token; set <see cref="Tokens.Bluesky"/> then.
/// </remarks>
/// <param name="http">Asks the server.</param>
/// <param name="token">An access token, or null.</param>
/// <param name="server">The server's address; null for the public one.</param>
public sealed class BlueskySource(PoliteHttp http, string? token = null, Uri? server = null) : IMentionSource
{
    private static readonly Uri PublicServer = new("https://public.api.bsky.app/");

    /// <inheritdoc/>
    public string Name => "bluesky";

    /// <inheritdoc/>
    public async IAsyncEnumerable<PaperMention> ReadAsync(DateTime from, DateTime to, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        string? cursor = null;
        for (var page = 0; page < MentionReading.MostPages; page++)
        {
            var address = MentionReading.Address(
                server ?? PublicServer,
                "xrpc/app.bsky.feed.searchPosts",
                ("q", "arxiv.org"),
                ("domain", "arxiv.org"),
                ("sort", "latest"),
                ("since", MentionReading.Text(from)),
                ("until", MentionReading.Text(to)),
                ("limit", "100"),
                ("cursor", cursor));
            (var mentions, cursor) = await http.GetAsync(address, Page, token, cancellationToken).ConfigureAwait(false);
            foreach (var found in mentions.SelectMany(found => MentionReading.ForPapers(found.Mention, found.Papers, from, to)))
            {
                yield return found;
            }

            if (cursor is null || mentions.Count == 0)
            {
                yield break;
            }
        }

        throw MentionReading.Endless(Name);
    }

    private (IReadOnlyList<(IReadOnlyList<string> Papers, Mention Mention)> Mentions, string? Cursor) Page(JsonElement answer) =>
        ([.. answer.GetItems("posts").Select(Read)], answer.FindText("cursor"));

    private (IReadOnlyList<string> Papers, Mention Mention) Read(JsonElement post)
    {
        var record = post.Get("record");
        var author = post.Get("author");
        var handle = author.GetText("handle");
        var language = record.Items("langs").Select(tag => JsonFields.Text(tag, "langs")).FirstOrDefault();

        // at://did:plc:.../app.bsky.feed.post/3jxyz: the last part names the post in its page's address.
        var uri = post.GetText("uri");
        var mention = new Mention
        {
            Source = Name,
            Address = $"https://bsky.app/profile/{handle}/post/{uri[(uri.LastIndexOf('/') + 1)..]}",
            AuthorName = author.FindText("displayName") is { Length: > 0 } name ? name : handle,
            AuthorHandle = handle,
            Text = Runs(record),
            Language = language ?? "und",
            IsRightToLeft = Languages.IsRightToLeft(language),
            PostedAt = record.GetTime("createdAt"),
            Reposts = post.FindCount("repostCount") is { } reposts ? reposts + (post.FindCount("quoteCount") ?? 0) : null,
            Likes = post.FindCount("likeCount"),
        };

        // The card under a post may be its only link.
        var card = record.Find("embed")?.Find("external")?.FindText("uri");
        return ([.. ArxivAddress.FindAll(mention.Text).Concat(card is not null && ArxivAddress.TryFind(card) is { } paper ? [paper] : [])], mention);
    }

    private static IReadOnlyList<TextRun> Runs(JsonElement record)
    {
        var text = record.GetText("text");
        var bytes = Encoding.UTF8.GetBytes(text);
        List<(int, int, string, string?)> links = [];
        foreach (var facet in record.Items("facets"))
        {
            var link = facet.Items("features").Where(feature => feature.FindText("$type") == "app.bsky.richtext.facet#link").Select(feature => feature.FindText("uri")).OfType<string>().FirstOrDefault();
            var index = facet.Get("index");
            if (link is null || Characters(bytes, index.FindCount("byteStart")) is not { } start || Characters(bytes, index.FindCount("byteEnd")) is not { } end)
            {
                continue;
            }

            links.Add((start, end, link, null));
        }

        return TextRuns.WithLinks(text, links);
    }

    // A position in UTF-8 bytes as one in characters; null where it is outside or within a character.
    private static int? Characters(byte[] bytes, long? position) =>
        position is { } at && at <= bytes.Length && (at == bytes.Length || (bytes[at] & 0xc0) != 0x80) ? Encoding.UTF8.GetCharCount(bytes, 0, (int)at) : null;
}
