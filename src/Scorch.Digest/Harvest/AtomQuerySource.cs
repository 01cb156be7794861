using System.Globalization;
using System.Xml;

namespace Scorch.Digest;

/// <summary>Looks papers up by their identifiers in arXiv's query service, which answers in Atom.</summary>
public sealed class AtomQuerySource
{
    private const string Atom = "http://www.w3.org/2005/Atom";
    private const string ArxivSchema = "http://arxiv.org/schemas/atom";

    private readonly PoliteHttp _http;
    private readonly Uri _address;
    private readonly int _identifiersPerQuery;

    /// <summary>A source.</summary>
    /// <param name="http">Asks arXiv, politely.</param>
    /// <param name="address">The address of the service.</param>
    /// <param name="identifiersPerQuery">How many identifiers one query asks for, 1 to 500.</param>
    public AtomQuerySource(PoliteHttp http, Uri address, int identifiersPerQuery = 100)
    {
        ArgumentNullException.ThrowIfNull(http);
        ArgumentNullException.ThrowIfNull(address);
        ArgumentOutOfRangeException.ThrowIfLessThan(identifiersPerQuery, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(identifiersPerQuery, 500);
        (_http, _address, _identifiersPerQuery) = (http, address, identifiersPerQuery);
    }

    /// <summary>The papers, each once, in the order asked for; those that arXiv does not have, and what is no identifier, are left out.</summary>
    /// <param name="arxivIds">Identifiers; versions do not matter.</param>
    /// <param name="cancellationToken">Stops asking.</param>
    /// <exception cref="SourceException">The service does not answer, refuses, or answers what cannot be read.</exception>
    public async Task<IReadOnlyList<PaperMetadata>> FindAsync(IReadOnlyList<string> arxivIds, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(arxivIds);
        string[] known = [.. arxivIds.Select(id => ArxivAddress.TryIdentifier(id)).OfType<string>().Distinct(StringComparer.Ordinal)];
        var found = new Dictionary<string, PaperMetadata>(StringComparer.Ordinal);
        foreach (var batch in known.Chunk(_identifiersPerQuery))
        {
            await FindAsync(batch, found, cancellationToken).ConfigureAwait(false);
        }

        return [.. known.Where(found.ContainsKey).Select(id => found[id])];
    }

    // One identifier that the service does not like spoils the answer to all: the halves are then asked for apart.
    private async Task FindAsync(string[] ids, Dictionary<string, PaperMetadata> found, CancellationToken cancellationToken)
    {
        var query = string.Create(CultureInfo.InvariantCulture, $"id_list={string.Join(',', ids)}&start=0&max_results={ids.Length}");
        var (papers, error) = await _http.GetAsync(new UriBuilder(_address) { Query = query }.Uri, Read, cancellationToken: cancellationToken).ConfigureAwait(false);
        if (error is null)
        {
            foreach (var paper in papers)
            {
                found[paper.ArxivId] = paper;
            }
        }
        else if (!error.Contains("incorrect id format", StringComparison.OrdinalIgnoreCase))
        {
            throw new SourceException($"arXiv (query) refuses the request: {error}");
        }
        else if (ids.Length > 1)
        {
            await FindAsync(ids[..(ids.Length / 2)], found, cancellationToken).ConfigureAwait(false);
            await FindAsync(ids[(ids.Length / 2)..], found, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>The papers of a feed, or the error that stands in their place.</summary>
    internal static (IReadOnlyList<PaperMetadata> Papers, string? Error) Read(byte[] answer)
    {
        using var reader = HarvestXml.Open(answer);
        if (reader.MoveToContent() != XmlNodeType.Element || reader.LocalName != "feed" || reader.NamespaceURI != Atom)
        {
            throw new InvalidDataException($"expected an Atom feed, found <{reader.LocalName}>");
        }

        var papers = new List<PaperMetadata>();
        string? error = null;
        reader.Read();
        while (!reader.EOF)
        {
            if (reader.NodeType == XmlNodeType.Element && reader.LocalName == "entry" && reader.NamespaceURI == Atom)
            {
                var (paper, problem) = Entry(reader);
                error ??= problem;
                if (paper is not null)
                {
                    papers.Add(paper);
                }
            }
            else
            {
                reader.Read();
            }
        }

        return (papers, error);
    }

    private static (PaperMetadata? Paper, string? Error) Entry(XmlReader reader)
    {
        var (authors, categories) = (new List<string>(), new List<string>());
        string? id = null, title = null, summary = null, published = null, updated = null, primary = null;
        using var entry = reader.ReadSubtree();
        entry.Read();
        entry.Read();
        while (!entry.EOF)
        {
            var name = entry.NodeType != XmlNodeType.Element ? "" : entry.NamespaceURI switch
            {
                Atom => entry.LocalName,
                ArxivSchema => $"arxiv:{entry.LocalName}",
                _ => "",
            };
            switch (name)
            {
                case "id":
                    id = entry.ReadElementContentAsString().Trim();
                    break;
                case "title":
                    title = HarvestXml.OneLine(entry.ReadElementContentAsString());
                    break;
                case "summary":
                    summary = HarvestXml.OneLine(entry.ReadElementContentAsString());
                    break;
                case "published":
                    published = entry.ReadElementContentAsString();
                    break;
                case "updated":
                    updated = entry.ReadElementContentAsString();
                    break;
                case "name":
                    authors.Add(HarvestXml.OneLine(entry.ReadElementContentAsString()));
                    break;
                case "category":
                    categories.Add(entry.GetAttribute("term") ?? "");
                    entry.Read();
                    break;
                case "arxiv:primary_category":
                    primary = entry.GetAttribute("term");
                    entry.Read();
                    break;
                default:
                    entry.Read();
                    break;
            }
        }

        entry.Close();
        reader.Read();
        if (id?.Contains("/api/errors", StringComparison.Ordinal) == true)
        {
            return (null, string.IsNullOrEmpty(summary) ? "an error without a message" : summary);
        }

        // An identifier that arXiv does not have may come as an entry without a title.
        if (string.IsNullOrEmpty(title))
        {
            return (null, null);
        }

        string[] ordered = [.. new[] { primary }.OfType<string>().Concat(categories).Where(PlausibleCategory).Distinct(StringComparer.Ordinal)];
        return (new PaperMetadata
        {
            ArxivId = HarvestXml.Identifier(id is not null && id.IndexOf("/abs/", StringComparison.Ordinal) is var at and >= 0 ? id[(at + 5)..] : id),
            Title = title,
            Authors = authors,
            Categories = ordered,
            Abstract = summary,
            SubmittedOn = HarvestXml.Day(published),
            UpdatedOn = HarvestXml.Day(updated),
        }, null);
    }

    // The feed also lists subject classes of other schemes, such as "68T05; I.2.6".
    private static bool PlausibleCategory(string category) => PostSyntax.IsCategory(category) && category.Length > 0 && char.IsAsciiLetterLower(category[0]);
}
