namespace Scorch.Digest;

/// <summary>Remembers how far a harvest came, so that a killed one goes on where it stopped.</summary>
public interface IHarvestJournal
{
    /// <summary>Where a harvest of the same request stopped; null where none is under way.</summary>
    Task<HarvestCheckpoint?> ReadAsync(HarvestRequest request, CancellationToken cancellationToken = default);

    /// <summary>Notes how far a harvest came; forgets it once it is complete.</summary>
    Task WriteAsync(HarvestRequest request, HarvestCheckpoint checkpoint, CancellationToken cancellationToken = default);
}
