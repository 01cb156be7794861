using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text.Json;

namespace Scorch.Digest;

/// <summary>Stories on Hacker News that link to arXiv: Algolia's search by date.</summary>
/// <remarks>
/// https://hn.algolia.com/api. Points are read as likes. Hacker News has no reposts; comments are not reposts and are not counted, so that
/// a paper's points mean the same on every source. The search answers at most 1000 stories of a query, so pages go on from the oldest
/// story seen.
/// </remarks>
/// <param name="http">Asks the server.</param>
/// <param name="server">The server's address; null for the real one.</param>
public sealed class HackerNewsSource(PoliteHttp http, Uri? server = null) : IMentionSource
{
    private const int PageSize = 100;
    private static readonly Uri DefaultServer = new("https://hn.algolia.com/");

    /// <inheritdoc/>
    public string Name => "hacker-news";

    /// <inheritdoc/>
    public async IAsyncEnumerable<PaperMention> ReadAsync(DateTime from, DateTime to, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        var end = new DateTimeOffset(DateTime.SpecifyKind(to, DateTimeKind.Utc)).ToUnixTimeSeconds();
        var start = new DateTimeOffset(DateTime.SpecifyKind(from, DateTimeKind.Utc)).ToUnixTimeSeconds();
        HashSet<string> seen = [];
        for (var page = 0; page < MentionReading.MostPages; page++)
        {
            var address = MentionReading.Address(
                server ?? DefaultServer,
                "api/v1/search_by_date",
                ("query", "arxiv.org"),
                ("restrictSearchableAttributes", "url"),
                ("tags", "story"),
                ("numericFilters", string.Create(CultureInfo.InvariantCulture, $"created_at_i>={start},created_at_i<{end}")),
                ("hitsPerPage", $"{PageSize}"));
            var stories = await http.GetAsync(address, answer => answer.GetItems("hits").Select(Read).ToList(), null, cancellationToken).ConfigureAwait(false);
            foreach (var (papers, mention) in stories.Where(story => seen.Add(story.Mention.Address)))
            {
                foreach (var found in MentionReading.ForPapers(mention, papers, from, to))
                {
                    yield return found;
                }
            }

            if (stories.Count < PageSize)
            {
                yield break;
            }

            // Stories of the oldest second may go on behind the page: that second is asked for again, unless it fills a page.
            var oldest = new DateTimeOffset(stories[^1].Mention.PostedAt).ToUnixTimeSeconds();
            end = oldest + 1 < end ? oldest + 1 : oldest;
        }

        throw MentionReading.Endless(Name);
    }

    private (IReadOnlyList<string> Papers, Mention Mention) Read(JsonElement story)
    {
        var address = story.FindText("url") ?? "";
        var author = story.GetText("author");
        var title = story.GetText("title");
        IReadOnlyList<string> papers = ArxivAddress.TryFind(address) is { } paper ? [paper] : [];
        return (papers, new Mention
        {
            Source = Name,
            Address = $"https://news.ycombinator.com/item?id={story.GetText("objectID")}",
            AuthorName = author,
            AuthorHandle = author,
            Text = papers.Count > 0 ? [TextRun.Plain(title), TextRun.Plain(" "), TextRun.Link(address, address)] : [TextRun.Plain(title)],
            Language = "en",
            PostedAt = story.GetTime("created_at"),
            Likes = story.FindCount("points"),
        });
    }
}
