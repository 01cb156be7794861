using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;

namespace Scorch.Reproductions;

/// <summary>Brings the files of data sets to this machine: resumes what was interrupted, checks sizes and checksums, renames only what is whole.</summary>
/// <param name="client">Does the requests; it must not decompress.</param>
public sealed class DataDownloader(HttpClient client)
{
    private const int Attempts = 3;

    /// <summary>Brings every file of a data set that is not yet there.</summary>
    /// <param name="set">The data set.</param>
    /// <param name="root">The data folder; the files go to its sub-folder with the data set's name.</param>
    /// <param name="progress">Told what is going on; may be null.</param>
    /// <param name="cancellationToken">Stops the download; what came so far stays beside the target and is resumed the next time.</param>
    /// <returns>The data set's folder.</returns>
    /// <exception cref="MissingDataException">A file has no address; the message says what to do instead.</exception>
    /// <exception cref="HttpRequestException">The server refused or cannot be reached.</exception>
    /// <exception cref="InvalidDataException">A file's checksum or size is not the registered one; the bytes were thrown away.</exception>
    /// <exception cref="IOException">The connection broke off repeatedly; run again to resume.</exception>
    public async Task<string> GetAsync(DataSet set, string root, IProgress<RunProgress>? progress = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(set);
        ArgumentException.ThrowIfNullOrEmpty(root);
        var folder = Path.Combine(root, set.Name);
        if (set.Files.Count == 0)
        {
            throw new MissingDataException(set.Name, $"{set.Name} cannot be downloaded by a program. {set.Remedy} Put {string.Join(" and ", set.Folders)} into {folder}.");
        }

        foreach (var file in set.Files)
        {
            var target = Path.Combine(folder, file.Path);
            if (File.Exists(target) && await HasChecksumAsync(target, file, cancellationToken).ConfigureAwait(false))
            {
                progress?.Report(new RunProgress($"{file.Path}: already here", null));
                continue;
            }

            if (file.Address is null)
            {
                throw new MissingDataException(set.Name, $"{set.Name}/{file.Path} cannot be downloaded as one file. {set.Remedy} Put it at {target}.");
            }

            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            await GetFileAsync(file, target, progress, cancellationToken).ConfigureAwait(false);
        }

        return folder;
    }

    private async Task GetFileAsync(DataFile file, string target, IProgress<RunProgress>? progress, CancellationToken cancellationToken)
    {
        var part = target + ".part";
        for (var attempt = 1; ; attempt++)
        {
            var resumed = await TransferAsync(file, part, progress, cancellationToken).ConfigureAwait(false);
            var length = new FileInfo(part).Length;
            if (length < file.Bytes)
            {
                if (attempt < Attempts)
                {
                    continue;
                }

                throw new IOException($"{file.Address}: the connection broke off after {length} of {file.Bytes} bytes, {Attempts} times; run the command again to resume.");
            }

            if (await HasChecksumAsync(part, file, cancellationToken).ConfigureAwait(false))
            {
                File.Move(part, target, overwrite: true);
                progress?.Report(new RunProgress($"{file.Path}: {file.Bytes} bytes, checksum right", null));
                return;
            }

            File.Delete(part);

            // Bytes left from an earlier call may be stale: such a file deserves one whole transfer before it is refused.
            if (!resumed || attempt >= Attempts)
            {
                throw new InvalidDataException($"{file.Address}: the bytes do not have the registered checksum {file.Sha256}; they were thrown away. The file has changed at its source.");
            }
        }
    }

    // True when the transfer continued an earlier part.
    private async Task<bool> TransferAsync(DataFile file, string part, IProgress<RunProgress>? progress, CancellationToken cancellationToken)
    {
        var have = File.Exists(part) ? new FileInfo(part).Length : 0;
        if (have > file.Bytes)
        {
            File.Delete(part);
            have = 0;
        }

        if (have == file.Bytes)
        {
            return true;
        }

        using var request = new HttpRequestMessage(HttpMethod.Get, file.Address);
        if (have > 0)
        {
            request.Headers.Range = new RangeHeaderValue(have, null);
        }

        using var response = await SendAsync(request, cancellationToken).ConfigureAwait(false);
        if (response.StatusCode == HttpStatusCode.RequestedRangeNotSatisfiable && have > 0)
        {
            File.Delete(part);
            return await TransferAsync(file, part, progress, cancellationToken).ConfigureAwait(false);
        }

        if (!response.IsSuccessStatusCode)
        {
            throw new HttpRequestException($"{file.Address}: the server answered {(int)response.StatusCode} {response.ReasonPhrase}.", null, response.StatusCode);
        }

        var resumed = response.StatusCode == HttpStatusCode.PartialContent && response.Content.Headers.ContentRange?.From == have;
        if (response.StatusCode == HttpStatusCode.PartialContent && !resumed)
        {
            throw new InvalidDataException($"{file.Address}: the server sent another range ({response.Content.Headers.ContentRange}) than asked for ({have}-).");
        }

        await using var output = new FileStream(part, resumed ? FileMode.Append : FileMode.Create, FileAccess.Write, FileShare.None);
        await using var input = await response.Content.ReadAsStreamAsync(cancellationToken).ConfigureAwait(false);
        var total = resumed ? have : 0;
        var buffer = new byte[1 << 16];
        try
        {
            for (int read; (read = await input.ReadAsync(buffer, cancellationToken).ConfigureAwait(false)) > 0;)
            {
                total += read;
                if (total > file.Bytes)
                {
                    output.Close();
                    File.Delete(part);
                    throw new InvalidDataException($"{file.Address}: the server sends more than the registered {file.Bytes} bytes; they were thrown away. The file has changed at its source.");
                }

                await output.WriteAsync(buffer.AsMemory(0, read), cancellationToken).ConfigureAwait(false);
                progress?.Report(new RunProgress($"{file.Path}: {total} of {file.Bytes} bytes", (double)total / file.Bytes));
            }
        }
        catch (Exception error) when (error is HttpIOException or IOException { InnerException: not null } && !cancellationToken.IsCancellationRequested)
        {
            // The body ended early: what came is kept, and the caller resumes from there a bounded number of times.
            progress?.Report(new RunProgress($"{file.Path}: connection broke off after {total} bytes: {error.Message}", null));
        }

        return resumed;
    }

    private async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        try
        {
            return await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken).ConfigureAwait(false);
        }
        catch (HttpRequestException error)
        {
            throw new HttpRequestException($"{request.RequestUri}: cannot be reached: {error.Message}", error, error.StatusCode);
        }
    }

    private static async Task<bool> HasChecksumAsync(string path, DataFile file, CancellationToken cancellationToken)
    {
        await using var stream = File.OpenRead(path);
        return stream.Length == file.Bytes
            && Convert.ToHexStringLower(await SHA256.HashDataAsync(stream, cancellationToken).ConfigureAwait(false)) == file.Sha256;
    }
}
