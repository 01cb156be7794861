using System.Text.Json;

namespace Scorch.Digest;

/// <summary>Reads a line of JSON Lines: a paper or a mention of one.</summary>
/// <remarks>
/// A paper: <c>{"arxivId", "title", "authors": [...], "categories": [...], "abstract", "submittedOn", "updatedOn"}</c>; the last three
/// may be missing. The records of arXiv's own metadata snapshot (<c>id</c>, <c>authors_parsed</c>, <c>update_date</c>, ...) are read as
/// well. A mention: <c>{"arxivId", "source", "address", "authorName", "authorHandle", "text", "language", "rightToLeft", "postedAt",
/// "reposts", "likes", "repostOf"}</c>, where <c>text</c> is text or a list of runs (text, or <c>{"text", "address"}</c> for a link)
/// and everything behind it but <c>postedAt</c> may be missing. Other fields are passed over.
/// </remarks>
internal static class JsonLinesRecord
{
    private const int DeepestJson = 64;

    /// <summary>The paper or the mention of a line.</summary>
    /// <exception cref="InvalidDataException">It is neither; the message is the reason.</exception>
    public static (PaperMetadata? Paper, PaperMention? Mention) Read(ReadOnlyMemory<byte> line)
    {
        try
        {
            using var document = JsonDocument.Parse(line, new JsonDocumentOptions { MaxDepth = DeepestJson });
            var record = document.RootElement;
            return record.Find("address") is not null ? (null, Mention(record)) : (Paper(record), null);
        }
        catch (JsonException problem)
        {
            throw new InvalidDataException($"no JSON: {problem.Message}", problem);
        }
    }

    private static PaperMetadata Paper(JsonElement record)
    {
        var isSnapshot = record.Find("arxivId") is null && record.Find("id") is not null;
        return new PaperMetadata
        {
            ArxivId = Identifier(record, isSnapshot ? "id" : "arxivId"),
            Title = isSnapshot ? OneLine(record.GetText("title")) : record.GetText("title"),
            Authors = Authors(record),
            Categories = Categories(record),
            Abstract = isSnapshot ? record.FindText("abstract") is { } text ? OneLine(text) : null : record.FindText("abstract"),
            SubmittedOn = record.FindDay("submittedOn"),
            UpdatedOn = record.FindDay(isSnapshot ? "update_date" : "updatedOn"),
        };
    }

    private static PaperMention Mention(JsonElement record)
    {
        var author = record.GetText("authorHandle").TrimStart('@');
        return new PaperMention(Identifier(record, "arxivId"), new Mention
        {
            Source = record.GetText("source"),
            Address = record.GetText("address"),
            AuthorName = record.FindText("authorName") ?? author,
            AuthorHandle = author,
            Text = Runs(record.Get("text")),
            Language = record.FindText("language") ?? "und",
            IsRightToLeft = record.Find("rightToLeft")?.ValueKind == JsonValueKind.True,
            PostedAt = record.GetTime("postedAt"),
            Reposts = record.FindCount("reposts"),
            Likes = record.FindCount("likes"),
            RepostOf = record.FindText("repostOf"),
        });
    }

    private static string Identifier(JsonElement record, string name)
    {
        var text = record.GetText(name);
        return ArxivAddress.TryIdentifier(text) ?? throw new InvalidDataException($"'{name}' is no arXiv identifier such as 2101.08833 or math/0309136");
    }

    private static IReadOnlyList<string> Authors(JsonElement record)
    {
        if (record.Find("authors_parsed") is not null)
        {
            // [["Last", "First", "Suffix"], ...]
            return [.. record.Items("authors_parsed").Select(author =>
            {
                var parts = author.ValueKind == JsonValueKind.Array ? author.EnumerateArray().Select(part => JsonFields.Text(part, "authors_parsed")).ToArray() : [];
                return parts.Length > 1
                    ? string.Join(' ', new[] { parts[1], parts[0] }.Concat(parts.Skip(2)).Where(part => part.Length > 0))
                    : throw new InvalidDataException("'authors_parsed' must hold lists of last and first name");
            })];
        }

        return record.Get("authors").ValueKind == JsonValueKind.String
            ? OneLine(record.GetText("authors")).Replace(" and ", ", ", StringComparison.Ordinal).Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)
            : [.. record.Items("authors").Select(author => JsonFields.Text(author, "authors"))];
    }

    private static IReadOnlyList<string> Categories(JsonElement record) => record.Get("categories").ValueKind == JsonValueKind.String
        ? record.GetText("categories").Split(' ', StringSplitOptions.RemoveEmptyEntries)
        : [.. record.Items("categories").Select(category => JsonFields.Text(category, "categories"))];

    private static IReadOnlyList<TextRun> Runs(JsonElement text) => text.ValueKind == JsonValueKind.Array
        ? [.. text.EnumerateArray().SelectMany(run => run.ValueKind == JsonValueKind.Object
            ? [TextRun.Link(run.GetText("address"), run.GetText("text"))]
            : TextRuns.Lines(JsonFields.Text(run, "text")))]
        : TextRuns.Lines(JsonFields.Text(text, "text"));

    // The snapshot breaks lines where arXiv's mails did.
    private static string OneLine(string text) => string.Join(' ', text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
}
