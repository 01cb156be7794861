namespace Scorch.Digest;

/// <summary>How far a harvest came: everything before is delivered.</summary>
/// <param name="Set">The set that is being read, e.g. <c>cs</c>; null once all are.</param>
/// <param name="Token">The resumption token that asks for the next page; null for the set's first.</param>
/// <param name="Papers">How many papers were delivered before.</param>
public sealed record HarvestCheckpoint(string? Set, string? Token, long Papers)
{
    /// <summary>Whether the harvest is complete.</summary>
    public bool IsComplete => Set is null;
}

/// <summary>A page of a harvest.</summary>
/// <param name="Papers">Its papers; none where the server's page held only deleted or other papers.</param>
/// <param name="After">Where to go on once they are safe.</param>
public sealed record HarvestPage(IReadOnlyList<PaperMetadata> Papers, HarvestCheckpoint After);
