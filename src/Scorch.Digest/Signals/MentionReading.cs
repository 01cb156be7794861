using System.Text.Json;

namespace Scorch.Digest;

/// <summary>What the sources have in common.</summary>
internal static class MentionReading
{
    /// <summary>Pages of one search at most: a server that always names a next page ends here, with an error.</summary>
    public const int MostPages = 2_000;

    /// <summary>The mention once for each paper that it names, where it lies within the span.</summary>
    public static IEnumerable<PaperMention> ForPapers(Mention mention, IEnumerable<string> papers, DateTime from, DateTime to) =>
        mention.PostedAt >= from && mention.PostedAt < to ? papers.Distinct(StringComparer.Ordinal).Select(paper => new PaperMention(paper, mention)) : [];

    /// <summary>A page of answers as <paramref name="read"/> understands it. What is not in the documented form counts as a broken answer.</summary>
    public static Task<T> GetAsync<T>(this PoliteHttp http, Uri address, Func<JsonElement, T> read, string? token, CancellationToken cancellationToken) => http.GetAsync(
        address,
        body =>
        {
            using var document = JsonDocument.Parse(body, new JsonDocumentOptions { MaxDepth = http.DeepestJson });
            return read(document.RootElement);
        },
        token,
        cancellationToken);

    /// <summary>A base address and a path with a query.</summary>
    public static Uri Address(Uri server, string path, params IEnumerable<(string Name, string? Value)> query)
    {
        var parts = query.Where(part => part.Value is not null).Select(part => $"{part.Name}={Uri.EscapeDataString(part.Value!)}");
        return new Uri(server, $"{path}?{string.Join('&', parts)}");
    }

    /// <summary>The error of a search that does not end.</summary>
    public static SourceException Endless(string source) => new($"{source}: more than {MostPages} pages of answers for one search; ask for a shorter time.");

    /// <summary>A time as ISO 8601 in UTC, in whole seconds.</summary>
    public static string Text(DateTime time) => time.ToString("yyyy-MM-ddTHH:mm:ss", System.Globalization.CultureInfo.InvariantCulture) + "Z";
}
