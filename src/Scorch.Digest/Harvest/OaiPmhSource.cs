using System.Globalization;
using System.Runtime.CompilerServices;

namespace Scorch.Digest;

/// <summary>Harvests arXiv's metadata by OAI-PMH: page after page, each asked for by the resumption token of the one before.</summary>
public sealed class OaiPmhSource
{
    private const int MostRestarts = 2;

    private readonly PoliteHttp _http;
    private readonly Uri _address;

    /// <summary>A source.</summary>
    /// <param name="http">Asks arXiv, politely.</param>
    /// <param name="address">The address of the service.</param>
    public OaiPmhSource(PoliteHttp http, Uri address)
    {
        ArgumentNullException.ThrowIfNull(http);
        ArgumentNullException.ThrowIfNull(address);
        _http = http;
        _address = address;
    }

    /// <summary>The pages of a harvest.</summary>
    /// <remarks>
    /// A page's papers are safe to count as done once its <see cref="HarvestPage.After"/> is kept; going on from there repeats
    /// nothing that matters and leaves nothing out. Cross-listed papers come with the first of the sets that they are in. A token that
    /// the server no longer knows starts its set again.
    /// </remarks>
    /// <param name="request">Which papers.</param>
    /// <param name="from">Where an earlier harvest of the same request stopped; null for the start.</param>
    /// <param name="cancellationToken">Stops the harvest.</param>
    /// <exception cref="ArgumentException">The request's days are in the wrong order, or a category is none.</exception>
    /// <exception cref="SourceException">The service does not answer, refuses, or answers what cannot be read.</exception>
    public async IAsyncEnumerable<HarvestPage> ReadPagesAsync(
        HarvestRequest request, HarvestCheckpoint? from = null, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(request);
        if (request.From > request.To)
        {
            throw new ArgumentException($"The harvest's first day {request.From:yyyy-MM-dd} lies behind its last, {request.To:yyyy-MM-dd}.", nameof(request));
        }

        var filter = new CategoryFilter(request.Categories);
        var delivered = new HashSet<string>(StringComparer.Ordinal);
        var papers = from?.Papers ?? 0;
        if (from?.IsComplete == true)
        {
            yield break;
        }

        var first = from is null ? 0 : filter.Sets.ToList().IndexOf(from.Set!);
        for (var index = Math.Max(first, 0); index < filter.Sets.Count; index++)
        {
            var set = filter.Sets[index];
            var token = index == first ? from?.Token : null;
            var tokens = new HashSet<string>(StringComparer.Ordinal);
            var restarts = 0;
            while (true)
            {
                var page = await _http.GetAsync(Address(request, set, token), OaiReader.Read, cancellationToken: cancellationToken).ConfigureAwait(false);
                if (page.IsTokenRefused)
                {
                    if (token is null || ++restarts > MostRestarts)
                    {
                        throw new SourceException($"arXiv (OAI-PMH) does not know its own resumption tokens for the set {set}. Try again later.");
                    }

                    tokens.Clear();
                    token = null;
                    continue;
                }

                if (page.Token is not null && !tokens.Add(page.Token))
                {
                    throw new SourceException($"arXiv (OAI-PMH) repeats a resumption token for the set {set}, which would never end. Try again later.");
                }

                PaperMetadata[] fresh =
                [
                    .. page.Records
                        .Where(record => filter.Accepts(record.Paper) && !filter.Sets.Take(index).Any(earlier => IsIn(record, earlier)) && delivered.Add(record.Paper.ArxivId))
                        .Select(record => record.Paper),
                ];
                papers += fresh.Length;
                token = page.Token;
                var after = token is not null ? new HarvestCheckpoint(set, token, papers)
                    : index + 1 < filter.Sets.Count ? new HarvestCheckpoint(filter.Sets[index + 1], null, papers)
                    : new HarvestCheckpoint(null, null, papers);
                yield return new HarvestPage(fresh, after);
                if (token is null)
                {
                    break;
                }
            }
        }
    }

    // A set "cs" also stands for its parts, "cs:cs:LG".
    private static bool IsIn(OaiRecord record, string set) =>
        record.Sets.Any(spec => spec == set || (spec.StartsWith(set, StringComparison.Ordinal) && spec[set.Length] == ':'));

    private Uri Address(HarvestRequest request, string set, string? token)
    {
        // A token stands for the whole request; the protocol allows nothing beside it.
        var query = token is not null
            ? $"verb=ListRecords&resumptionToken={Uri.EscapeDataString(token)}"
            : string.Create(
                CultureInfo.InvariantCulture,
                $"verb=ListRecords&metadataPrefix=arXiv&set={Uri.EscapeDataString(set)}&from={request.From:yyyy-MM-dd}&until={request.To:yyyy-MM-dd}");
        return new UriBuilder(_address) { Query = query }.Uri;
    }
}
