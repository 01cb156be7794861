using System.Globalization;
using System.Xml;

namespace Scorch.Digest;

/// <summary>Reads answers of OAI-PMH with metadata in arXiv's own format, record by record.</summary>
/// <remarks>Open Archives Initiative Protocol for Metadata Harvesting 2.0; document type definitions are refused.</remarks>
internal static class OaiReader
{
    private const string Oai = "http://www.openarchives.org/OAI/2.0/";
    private const string Arxiv = "http://arxiv.org/OAI/arXiv/";

    /// <summary>A page.</summary>
    /// <exception cref="XmlException">The document is broken, or no XML.</exception>
    /// <exception cref="InvalidDataException">It is no answer of OAI-PMH.</exception>
    /// <exception cref="SourceException">The service refuses the request.</exception>
    public static OaiPage Read(byte[] answer)
    {
        using var reader = HarvestXml.Open(answer);
        if (reader.MoveToContent() != XmlNodeType.Element || reader.LocalName != "OAI-PMH" || reader.NamespaceURI != Oai)
        {
            throw new InvalidDataException($"expected an answer of OAI-PMH, found <{reader.LocalName}>");
        }

        var records = new List<OaiRecord>();
        string? token = null;
        var (isAnswer, isTokenRefused) = (false, false);
        reader.Read();
        while (!reader.EOF)
        {
            switch (reader.NodeType == XmlNodeType.Element && reader.NamespaceURI == Oai ? reader.LocalName : "")
            {
                case "record":
                    if (Record(reader) is { } record)
                    {
                        records.Add(record);
                    }

                    continue;
                case "resumptionToken":
                    token = reader.ReadElementContentAsString().Trim();
                    continue;
                case "error":
                    var code = reader.GetAttribute("code") ?? "";
                    var message = HarvestXml.OneLine(reader.ReadElementContentAsString());
                    isAnswer |= code == "noRecordsMatch";
                    isTokenRefused |= code == "badResumptionToken";
                    if (code is not ("noRecordsMatch" or "badResumptionToken"))
                    {
                        throw new SourceException($"arXiv (OAI-PMH) refuses the request: {code}{(message.Length > 0 ? $", {message}" : "")}.");
                    }

                    continue;
                case "ListRecords":
                    isAnswer = true;
                    break;
            }

            reader.Read();
        }

        return isAnswer || isTokenRefused
            ? new OaiPage(records, string.IsNullOrEmpty(token) ? null : token, isTokenRefused)
            : throw new InvalidDataException("an answer of OAI-PMH without records and without an error");
    }

    // Null for a deleted record. The reader stands behind it afterwards.
    private static OaiRecord? Record(XmlReader reader)
    {
        var (sets, authors) = (new List<string>(), new List<string>());
        string? identifier = null, title = null, summary = null, categories = null, datestamp = null, created = null, updated = null;
        var isDeleted = false;
        using var record = reader.ReadSubtree();
        record.Read();
        record.Read();
        while (!record.EOF)
        {
            var name = record.NodeType == XmlNodeType.Element && record.NamespaceURI is Oai or Arxiv ? record.LocalName : "";
            switch (name)
            {
                case "header":
                    isDeleted = record.GetAttribute("status") == "deleted";
                    record.Read();
                    break;
                case "setSpec":
                    sets.Add(record.ReadElementContentAsString().Trim());
                    break;
                case "datestamp":
                    datestamp = record.ReadElementContentAsString();
                    break;
                case "id":
                    identifier = record.ReadElementContentAsString();
                    break;
                case "created":
                    created = record.ReadElementContentAsString();
                    break;
                case "updated":
                    updated = record.ReadElementContentAsString();
                    break;
                case "author":
                    authors.Add(Author(record));
                    break;
                case "title":
                    title = record.ReadElementContentAsString();
                    break;
                case "categories":
                    categories = record.ReadElementContentAsString();
                    break;
                case "abstract":
                    summary = record.ReadElementContentAsString();
                    break;
                default:
                    record.Read();
                    break;
            }
        }

        record.Close();
        reader.Read();
        if (isDeleted)
        {
            return null;
        }

        var paper = new PaperMetadata
        {
            ArxivId = HarvestXml.Identifier(identifier),
            Title = HarvestXml.OneLine(title ?? throw new InvalidDataException($"the record of {identifier} has no title")),
            Authors = authors,
            Categories = (categories ?? "").Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries),
            Abstract = summary is null ? null : HarvestXml.OneLine(summary),
            SubmittedOn = HarvestXml.Day(created),
            UpdatedOn = HarvestXml.Day(updated) ?? HarvestXml.Day(datestamp),
        };
        return new OaiRecord(paper, sets);
    }

    // "Chien-Cheng Lee Jr": forenames, key name, suffix.
    private static string Author(XmlReader record)
    {
        string? key = null, forenames = null, suffix = null;
        using var author = record.ReadSubtree();
        author.Read();
        author.Read();
        while (!author.EOF)
        {
            switch (author.NodeType == XmlNodeType.Element ? author.LocalName : "")
            {
                case "keyname":
                    key = author.ReadElementContentAsString();
                    break;
                case "forenames":
                    forenames = author.ReadElementContentAsString();
                    break;
                case "suffix":
                    suffix = author.ReadElementContentAsString();
                    break;
                default:
                    author.Read();
                    break;
            }
        }

        author.Close();
        record.Read();
        return HarvestXml.OneLine(string.Create(CultureInfo.InvariantCulture, $"{forenames} {key} {suffix}"));
    }
}
