using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text.Json;

namespace Scorch.Digest;

/// <summary>Papers of the day on Hugging Face, with their upvotes.</summary>
/// <remarks>
/// https://huggingface.co/docs/hub/api, <c>/api/daily_papers?date=YYYY-MM-DD</c>. Upvotes are read as likes; there are no reposts. The
/// mention is by who submitted the paper, at the time of the submission where that lies within the day, else at the day's beginning.
/// </remarks>
/// <param name="http">Asks the server.</param>
/// <param name="server">The server's address; null for the real one.</param>
public sealed class HuggingFaceSource(PoliteHttp http, Uri? server = null) : IMentionSource
{
    private static readonly Uri DefaultServer = new("https://huggingface.co/");

    /// <inheritdoc/>
    public string Name => "hugging-face";

    /// <inheritdoc/>
    public async IAsyncEnumerable<PaperMention> ReadAsync(DateTime from, DateTime to, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        HashSet<string> seen = [];
        for (var day = DateOnly.FromDateTime(from); day.ToDateTime(TimeOnly.MinValue) < to; day = day.AddDays(1))
        {
            var address = MentionReading.Address(
                server ?? DefaultServer, "api/daily_papers", ("date", day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture)), ("limit", "100"));
            var papers = await http.GetAsync(address, answer => Read(answer, day), null, cancellationToken).ConfigureAwait(false);
            foreach (var (paper, mention) in papers.Where(paper => seen.Add(paper.Paper)))
            {
                foreach (var found in MentionReading.ForPapers(mention, [paper], from, to))
                {
                    yield return found;
                }
            }
        }
    }

    private List<(string Paper, Mention Mention)> Read(JsonElement answer, DateOnly day) => answer.ValueKind == JsonValueKind.Array
        ? [.. answer.EnumerateArray().Select(item => Paper(item, day)).OfType<(string, Mention)>()]
        : throw new InvalidDataException("the answer must be an array");

    // Null for a paper that is not on arXiv.
    private (string Paper, Mention Mention)? Paper(JsonElement item, DateOnly day)
    {
        var paper = item.Get("paper");
        if (ArxivAddress.TryIdentifier(paper.GetText("id")) is not { } arxivId)
        {
            return null;
        }

        var start = day.ToDateTime(TimeOnly.MinValue, DateTimeKind.Utc);
        var submitted = paper.Find("submittedOnDailyAt") is null ? start : paper.GetTime("submittedOnDailyAt");
        var submitter = item.Find("submittedBy") ?? paper.Find("submittedOnDailyBy");
        var handle = submitter?.FindText("name") ?? submitter?.FindText("user") ?? "papers";
        return (arxivId, new Mention
        {
            Source = Name,
            Address = $"https://huggingface.co/papers/{arxivId}",
            AuthorName = submitter?.FindText("fullname") is { Length: > 0 } name ? name : handle,
            AuthorHandle = handle,
            Text = [TextRun.Plain(paper.GetText("title"))],
            Language = "en",
            PostedAt = DateOnly.FromDateTime(submitted) == day ? submitted : start,
            Likes = paper.FindCount("upvotes"),
        });
    }
}
