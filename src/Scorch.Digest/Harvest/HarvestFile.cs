using System.Text.Json;

namespace Scorch.Digest;

/// <summary>Harvests into a file of JSON Lines, page by page.</summary>
/// <remarks>
/// While the harvest lasts, the papers stand in <c>FILE.part</c> and its checkpoint in <c>FILE.journal</c>; the file itself appears
/// whole at the end. Killed at any moment and started again with the same request, the harvest goes on behind the last page
/// that is safe, and the file is the same.
/// </remarks>
public static class HarvestFile
{
    /// <summary>Harvests.</summary>
    /// <param name="source">Where the papers come from.</param>
    /// <param name="request">Which papers.</param>
    /// <param name="path">The file to write.</param>
    /// <param name="report">Told how many papers there are so far, after each page; null for nobody.</param>
    /// <param name="cancellationToken">Stops the harvest; it can be taken up again.</param>
    /// <returns>How many papers the file has.</returns>
    /// <exception cref="SourceException">The source failed; the harvest can be taken up again.</exception>
    /// <exception cref="InvalidDataException">The journal beside the file is none.</exception>
    public static async Task<long> WriteAsync(
        ArxivSource source, HarvestRequest request, string path, Action<long>? report = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(source);
        ArgumentException.ThrowIfNullOrEmpty(path);
        var journal = new FileHarvestJournal($"{path}.journal");
        var part = $"{path}.part";
        var checkpoint = await journal.ReadAsync(request, cancellationToken).ConfigureAwait(false);
        var known = new HashSet<string>(StringComparer.Ordinal);
        long papers;
        var stream = new FileStream(part, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        await using (stream.ConfigureAwait(false))
        {
            var length = checkpoint is null ? 0 : await ReadSafeLinesAsync(stream, checkpoint.Papers, known, cancellationToken).ConfigureAwait(false);
            if (length is null)
            {
                // The papers that the journal speaks of are gone.
                (checkpoint, length) = (null, 0);
                known.Clear();
            }

            stream.SetLength(length.Value);
            stream.Position = length.Value;
            papers = known.Count;
            await foreach (var page in source.ReadPagesAsync(request, checkpoint, cancellationToken).ConfigureAwait(false))
            {
                foreach (var paper in page.Papers.Where(paper => known.Add(paper.ArxivId)))
                {
                    await stream.WriteAsync(PaperJsonLines.Write(paper), cancellationToken).ConfigureAwait(false);
                    papers++;
                }

                stream.Flush(flushToDisk: true);
                report?.Invoke(papers);
                if (!page.After.IsComplete)
                {
                    await journal.WriteAsync(request, page.After with { Papers = papers }, cancellationToken).ConfigureAwait(false);
                }
            }
        }

        File.Move(part, path, overwrite: true);
        await journal.WriteAsync(request, new HarvestCheckpoint(null, null, papers), cancellationToken).ConfigureAwait(false);
        return papers;
    }

    // Where the lines end that the checkpoint counts; null where there are fewer, or others.
    private static async Task<long?> ReadSafeLinesAsync(FileStream stream, long papers, HashSet<string> known, CancellationToken cancellationToken)
    {
        var end = 0L;
        using var line = new MemoryStream();
        var block = new byte[64 << 10];
        for (int count; known.Count < papers && (count = await stream.ReadAsync(block, cancellationToken).ConfigureAwait(false)) > 0;)
        {
            for (var at = 0; at < count && known.Count < papers;)
            {
                var step = block.AsSpan(at, count - at).IndexOf((byte)'\n');
                line.Write(block, at, step < 0 ? count - at : step);
                at += step < 0 ? count - at : step + 1;
                if (step < 0)
                {
                    continue;
                }

                end += line.Length + 1;
                if (!TryIdentifier(line.GetBuffer().AsMemory(0, (int)line.Length), out var identifier) || !known.Add(identifier))
                {
                    return null;
                }

                line.SetLength(0);
            }
        }

        return known.Count == papers ? end : null;
    }

    private static bool TryIdentifier(ReadOnlyMemory<byte> line, out string identifier)
    {
        identifier = "";
        try
        {
            using var document = JsonDocument.Parse(line);
            identifier = document.RootElement.ValueKind == JsonValueKind.Object && document.RootElement.TryGetProperty("arxivId", out var id) && id.ValueKind == JsonValueKind.String
                ? id.GetString()!
                : "";
            return identifier.Length > 0;
        }
        catch (JsonException)
        {
            return false;
        }
    }
}
