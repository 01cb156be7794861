using System.Text.Json;
using Scorch.Digest;
using Scorch.Gallery.Rendering;
using Scorch.Reproductions;

namespace Scorch.Gallery;

/// <summary>The published site's index for searching without a server: a JSON array of papers.</summary>
/// <param name="context">What the pages show.</param>
internal sealed class SearchIndex(PageContext context)
{
    private readonly List<(string Title, string Authors, string Address, string Text)> _papers = [];

    public void Add(Paper paper) => _papers.Add((
        paper.Title,
        Show.Authors(paper.Authors),
        context.Links.Paper(paper.Slug),
        $"{paper.Title} {string.Join(' ', paper.Authors)} {paper.ArxivId} {paper.Slug} {paper.Room} {paper.Summary}"));

    public void Add(DigestEntry entry) => _papers.Add((
        Show.Title(entry.Title),
        Show.Authors(entry.Authors),
        context.Links.Arxiv(entry.ArxivId)!,
        $"{Show.Title(entry.Title)} {Show.Authors(entry.Authors, 100)} {entry.ArxivId}"));

    public byte[] ToBytes()
    {
        using var stream = new MemoryStream();
        using (var writer = new Utf8JsonWriter(stream))
        {
            writer.WriteStartArray();
            foreach (var (title, authors, address, text) in _papers)
            {
                writer.WriteStartObject();
                writer.WriteString("title", title);
                writer.WriteString("authors", authors);
                writer.WriteString("address", address);
                writer.WriteString("text", text);
                writer.WriteEndObject();
            }

            writer.WriteEndArray();
        }

        return stream.ToArray();
    }
}
