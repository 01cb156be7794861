using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Scorch.Digest;

/// <summary>Keeps the checkpoint of one harvest in a file, which is replaced whole and deleted at the end.</summary>
/// <param name="path">The file.</param>
public sealed class FileHarvestJournal(string path) : IHarvestJournal
{
    private const int LargestFile = 1 << 20;

    /// <inheritdoc/>
    /// <remarks>The checkpoint of another request does not count, and is replaced by the next one that is written.</remarks>
    /// <exception cref="InvalidDataException">The file holds something else.</exception>
    public async Task<HarvestCheckpoint?> ReadAsync(HarvestRequest request, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(request);
        if (!File.Exists(path))
        {
            return null;
        }

        try
        {
            var record = new FileInfo(path).Length <= LargestFile
                ? JsonSerializer.Deserialize(await File.ReadAllBytesAsync(path, cancellationToken).ConfigureAwait(false), HarvestJson.Default.HarvestRecord)
                : null;
            return record is null || record.Papers < 0
                ? throw new JsonException("no checkpoint")
                : record.Request == Describe(request) ? new HarvestCheckpoint(record.Set, record.Token, record.Papers) : null;
        }
        catch (JsonException problem)
        {
            throw new InvalidDataException($"{path} is no journal of a harvest ({problem.Message}); delete it to harvest from the start.", problem);
        }
    }

    /// <inheritdoc/>
    public async Task WriteAsync(HarvestRequest request, HarvestCheckpoint checkpoint, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(request);
        ArgumentNullException.ThrowIfNull(checkpoint);
        if (checkpoint.IsComplete)
        {
            File.Delete(path);
            return;
        }

        var record = new HarvestRecord { Request = Describe(request), Set = checkpoint.Set, Token = checkpoint.Token, Papers = checkpoint.Papers };
        var temporary = $"{path}.tmp";
        await File.WriteAllBytesAsync(temporary, JsonSerializer.SerializeToUtf8Bytes(record, HarvestJson.Default.HarvestRecord), cancellationToken).ConfigureAwait(false);
        File.Move(temporary, path, overwrite: true);
    }

    private static string Describe(HarvestRequest request) =>
        string.Create(CultureInfo.InvariantCulture, $"{request.From:yyyy-MM-dd} {request.To:yyyy-MM-dd} {string.Join(' ', request.Categories)}");
}

/// <summary>A checkpoint as it is kept.</summary>
internal sealed record HarvestRecord
{
    public required string Request { get; init; }

    public required string? Set { get; init; }

    public required string? Token { get; init; }

    public required long Papers { get; init; }
}

[JsonSourceGenerationOptions(JsonSerializerDefaults.Web)]
[JsonSerializable(typeof(HarvestRecord))]
internal sealed partial class HarvestJson : JsonSerializerContext;
