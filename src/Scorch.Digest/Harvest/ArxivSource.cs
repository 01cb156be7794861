using System.Runtime.CompilerServices;

namespace Scorch.Digest;

/// <summary>arXiv: days of papers by OAI-PMH, single ones by its query service, at most one request at a time.</summary>
public sealed class ArxivSource : IPaperSource
{
    private readonly OaiPmhSource _oai;
    private readonly AtomQuerySource _query;
    private readonly IHarvestJournal? _journal;

    /// <summary>A source.</summary>
    /// <param name="client">Sends the requests.</param>
    /// <param name="options">Addresses and politeness; null for arXiv itself and what it asks for.</param>
    /// <param name="journal">Keeps how far a harvest came; null for none.</param>
    /// <param name="time">The clock of pauses; null for the real one.</param>
    public ArxivSource(HttpClient client, ArxivOptions? options = null, IHarvestJournal? journal = null, TimeProvider? time = null)
    {
        options ??= new ArxivOptions();
        var http = new PoliteHttp(client, "arXiv", options.Http, time);
        _oai = new OaiPmhSource(http, options.OaiAddress);
        _query = new AtomQuerySource(http, options.QueryAddress, options.IdentifiersPerQuery);
        _journal = journal;
    }

    /// <inheritdoc/>
    /// <remarks>
    /// With a journal, a harvest goes on where an earlier one of the same request stopped. A page counts as done when the next
    /// paper behind it is asked for: whoever takes papers must have made the ones before safe by then. Who saves in pages reads
    /// <see cref="ReadPagesAsync"/>.
    /// </remarks>
    public async IAsyncEnumerable<PaperMetadata> HarvestAsync(HarvestRequest request, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(request);
        var from = _journal is null ? null : await _journal.ReadAsync(request, cancellationToken).ConfigureAwait(false);
        await foreach (var page in _oai.ReadPagesAsync(request, from, cancellationToken).ConfigureAwait(false))
        {
            foreach (var paper in page.Papers)
            {
                yield return paper;
            }

            if (_journal is not null)
            {
                await _journal.WriteAsync(request, page.After, cancellationToken).ConfigureAwait(false);
            }
        }
    }

    /// <summary>The pages of a harvest, for those who keep its checkpoints themselves; see <see cref="OaiPmhSource.ReadPagesAsync"/>.</summary>
    public IAsyncEnumerable<HarvestPage> ReadPagesAsync(HarvestRequest request, HarvestCheckpoint? from = null, CancellationToken cancellationToken = default) =>
        _oai.ReadPagesAsync(request, from, cancellationToken);

    /// <inheritdoc/>
    public Task<IReadOnlyList<PaperMetadata>> FindAsync(IReadOnlyList<string> arxivIds, CancellationToken cancellationToken = default) =>
        _query.FindAsync(arxivIds, cancellationToken);
}
