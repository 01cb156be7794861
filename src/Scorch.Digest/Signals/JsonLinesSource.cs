using System.Runtime.CompilerServices;

namespace Scorch.Digest;

/// <summary>Mentions from an archive: a file of JSON Lines.</summary>
/// <remarks>The lines are those that <c>scorch digest import</c> reads; papers among them are passed over.</remarks>
/// <param name="file">The file.</param>
/// <param name="tell">Takes each line that cannot be read, which is then left out; null to fail at the first.</param>
public sealed class JsonLinesSource(string file, Action<ImportProblem>? tell = null) : IMentionSource
{
    /// <summary>The longest line that is read, in bytes.</summary>
    public const int LongestLine = 4 << 20;

    /// <inheritdoc/>
    public string Name => Path.GetFileName(file);

    /// <inheritdoc/>
    public async IAsyncEnumerable<PaperMention> ReadAsync(DateTime from, DateTime to, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        await using var stream = Open();
        await foreach (var line in BoundedLines.ReadAsync(stream, LongestLine, cancellationToken).ConfigureAwait(false))
        {
            if (!line.IsTooLong && line.Bytes.Span.Trim(" \t"u8).IsEmpty)
            {
                continue;
            }

            PaperMention? mention = null;
            try
            {
                mention = line.IsTooLong ? throw new InvalidDataException($"a line of more than {LongestLine} bytes") : JsonLinesRecord.Read(line.Bytes).Mention;
            }
            catch (InvalidDataException problem)
            {
                var told = new ImportProblem(file, line.Number, problem.Message);
                if (tell is null)
                {
                    throw new SourceException($"{told}. Correct the line or let such lines be left out.", problem);
                }

                tell(told);
            }

            if (mention is not null && mention.Mention.PostedAt >= from && mention.Mention.PostedAt < to)
            {
                yield return mention;
            }
        }
    }

    private FileStream Open()
    {
        try
        {
            return new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 1, FileOptions.SequentialScan);
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            throw new SourceException($"{file}: {problem.Message}", problem);
        }
    }
}
