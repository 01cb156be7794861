namespace Scorch.Digest;

/// <summary>A page of OAI-PMH's <c>ListRecords</c>.</summary>
/// <param name="Records">Its records that are not deleted.</param>
/// <param name="Token">What asks for the next page; null on the last.</param>
/// <param name="IsTokenRefused">Whether the token that asked for it is no longer known.</param>
internal sealed record OaiPage(IReadOnlyList<OaiRecord> Records, string? Token, bool IsTokenRefused = false);

/// <summary>A record and the sets that its header names.</summary>
internal sealed record OaiRecord(PaperMetadata Paper, IReadOnlyList<string> Sets);
