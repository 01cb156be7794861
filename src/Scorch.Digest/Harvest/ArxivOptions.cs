namespace Scorch.Digest;

/// <summary>Where arXiv answers and how politely it is asked.</summary>
public sealed record ArxivOptions
{
    /// <summary>The address of arXiv's OAI-PMH service.</summary>
    public Uri OaiAddress { get; init; } = new("https://oaipmh.arxiv.org/oai");

    /// <summary>The address of arXiv's query service (Atom).</summary>
    public Uri QueryAddress { get; init; } = new("https://export.arxiv.org/api/query");

    /// <summary>How many identifiers one query asks for, 1 to 500.</summary>
    public int IdentifiersPerQuery { get; init; } = 100;

    /// <summary>Pauses, patience and bounds; arXiv asks for at least three seconds between requests.</summary>
    public PoliteHttpOptions Http { get; init; } = new() { Interval = TimeSpan.FromSeconds(3), FirstDelay = TimeSpan.FromSeconds(5) };
}
