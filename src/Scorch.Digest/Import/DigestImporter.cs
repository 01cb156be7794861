using System.Runtime.CompilerServices;

namespace Scorch.Digest;

/// <summary>Something that an import could not take over.</summary>
/// <param name="File">The file.</param>
/// <param name="Line">The line, from 1; null where the whole file is meant.</param>
/// <param name="Reason">What was wrong.</param>
public sealed record ImportProblem(string File, long? Line, string Reason)
{
    /// <summary>File, line and reason, as compilers write them.</summary>
    public override string ToString() => Line is { } line ? FormattableString.Invariant($"{File}:{line}: {Reason}") : $"{File}: {Reason}";
}

/// <summary>What an import did.</summary>
/// <param name="Files">Files that were read.</param>
/// <param name="PostsSaved">Posts that were new.</param>
/// <param name="PostsUnchanged">Posts that were there already, the same.</param>
/// <param name="Papers">Records of papers that were read from JSON Lines.</param>
/// <param name="Mentions">Records of mentions that were read from JSON Lines.</param>
/// <param name="Problems">How many problems were told.</param>
public sealed record ImportSummary(int Files, int PostsSaved, int PostsUnchanged, long Papers, long Mentions, long Problems);

/// <summary>Where an import is.</summary>
/// <param name="File">The file that it reads.</param>
/// <param name="Records">Records of JSON Lines read so far, of all files.</param>
public sealed record ImportProgress(string File, long Records);

/// <summary>Reads existing posts (Markdown) and archives of papers and mentions (JSON Lines) into a store.</summary>
/// <remarks>
/// Nothing is lost in silence: what cannot be read is told with its file and line, and the rest goes on. Of two different posts of
/// one day the one that the store has stays, and the other is told. Reading the same files again changes nothing.
/// </remarks>
/// <param name="store">Where to.</param>
/// <param name="tell">Takes each problem as it is found.</param>
/// <param name="progress">Takes word of the progress, or null.</param>
public sealed class DigestImporter(IDigestStore store, Action<ImportProblem> tell, IProgress<ImportProgress>? progress = null)
{
    /// <summary>The longest line of JSON Lines that is read, in bytes.</summary>
    public const int LongestLine = 32 << 20;

    private const int MentionBatch = 500;
    private const int ProgressEvery = 10_000;

    private readonly Dictionary<DateOnly, string> _fileOfDay = [];
    private int _files;
    private int _saved;
    private int _unchanged;
    private long _papers;
    private long _mentions;
    private long _problems;

    /// <summary>Reads files, and all posts and archives within folders, in order of their names.</summary>
    /// <param name="paths">Files and folders.</param>
    /// <param name="cancellationToken">Stops between two records; what was read before stays.</param>
    public async Task<ImportSummary> ImportAsync(IReadOnlyList<string> paths, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(paths);
        foreach (var file in paths.SelectMany(Files))
        {
            cancellationToken.ThrowIfCancellationRequested();
            _files++;
            progress?.Report(new ImportProgress(file, _papers + _mentions));
            try
            {
                await (IsArchive(file) ? ImportLinesAsync(file, cancellationToken) : ImportPostAsync(file, cancellationToken)).ConfigureAwait(false);
            }
            catch (Exception problem) when (problem is FileProblem or UnauthorizedAccessException)
            {
                Tell(file, null, problem.Message);
            }
        }

        return new ImportSummary(_files, _saved, _unchanged, _papers, _mentions, _problems);
    }

    private static bool IsArchive(string file) => Path.GetExtension(file).ToLowerInvariant() is ".jsonl" or ".ndjson";

    private static bool IsPost(string file) => Path.GetExtension(file).ToLowerInvariant() is ".md" or ".markdown";

    private IReadOnlyList<string> Files(string path)
    {
        if (!Directory.Exists(path))
        {
            return [path];
        }

        // Links to folders are not followed: they may lead back.
        var options = new EnumerationOptions { RecurseSubdirectories = true, IgnoreInaccessible = false, AttributesToSkip = FileAttributes.ReparsePoint };
        try
        {
            return [.. Directory.EnumerateFiles(path, "*", options).Where(file => IsPost(file) || IsArchive(file)).Order(StringComparer.Ordinal)];
        }
        catch (UnauthorizedAccessException problem)
        {
            Tell(path, null, problem.Message);
            return [];
        }
    }

    private async Task ImportPostAsync(string file, CancellationToken cancellationToken)
    {
        var reading = PostParser.ReadLeniently(ReadWhole(file));
        foreach (var problem in reading.Problems)
        {
            Tell(file, problem.Line, problem.Reason);
        }

        if (reading.Post is not { } post)
        {
            if (reading.Problems.Count == 0)
            {
                Tell(file, null, "is no post: it has no front matter");
            }

            return;
        }

        if (await store.FindPostAsync(post.Day, cancellationToken).ConfigureAwait(false) is { } known)
        {
            if (PostComparison.AreSame(known, post))
            {
                _unchanged++;
                _fileOfDay.TryAdd(post.Day, file);
                return;
            }

            var first = _fileOfDay.TryGetValue(post.Day, out var earlier) ? earlier : "the store";
            Tell(file, null, FormattableString.Invariant($"another post of {post.Day:yyyy-MM-dd} than that of {first}, which stays; this one is not taken over. Keep one of them."));
            return;
        }

        await store.SavePostAsync(post, cancellationToken).ConfigureAwait(false);
        _fileOfDay.Add(post.Day, file);
        _saved++;
    }

    private async Task ImportLinesAsync(string file, CancellationToken cancellationToken)
    {
        List<PaperMention> mentions = [];
        await store.SavePapersAsync(ReadPapersAsync(file, mentions, cancellationToken), cancellationToken).ConfigureAwait(false);
        await store.SaveMentionsAsync(mentions, cancellationToken).ConfigureAwait(false);
    }

    private async IAsyncEnumerable<PaperMetadata> ReadPapersAsync(string file, List<PaperMention> mentions, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await using var stream = OpenFile(file);
        await foreach (var line in BoundedLines.ReadAsync(stream, LongestLine, cancellationToken).ConfigureAwait(false))
        {
            if (line.IsTooLong)
            {
                Tell(file, line.Number, $"a line of more than {LongestLine} bytes");
                continue;
            }

            if (line.Bytes.Span.Trim(" \t"u8).IsEmpty)
            {
                continue;
            }

            PaperMetadata? paper;
            PaperMention? mention;
            try
            {
                (paper, mention) = JsonLinesRecord.Read(line.Bytes);
            }
            catch (InvalidDataException problem)
            {
                Tell(file, line.Number, problem.Message);
                continue;
            }

            if (paper is not null)
            {
                _papers++;
                yield return paper;
            }
            else
            {
                _mentions++;
                mentions.Add(mention!);
                if (mentions.Count == MentionBatch)
                {
                    await store.SaveMentionsAsync(mentions, cancellationToken).ConfigureAwait(false);
                    mentions.Clear();
                }
            }

            if ((_papers + _mentions) % ProgressEvery == 0)
            {
                progress?.Report(new ImportProgress(file, _papers + _mentions));
            }
        }
    }

    private static FileStream OpenFile(string file)
    {
        try
        {
            return new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 1, FileOptions.SequentialScan);
        }
        catch (IOException problem)
        {
            throw new FileProblem(problem.Message);
        }
    }

    private static byte[] ReadWhole(string file)
    {
        using var stream = OpenFile(file);
        try
        {
            if (stream.Length > PostParser.LargestPost)
            {
                throw new FileProblem($"has {stream.Length} bytes; posts of at most {PostParser.LargestPost} are read");
            }

            var bytes = new byte[stream.Length];
            stream.ReadExactly(bytes);
            return bytes;
        }
        catch (IOException problem) when (problem is not FileProblem)
        {
            throw new FileProblem(problem.Message);
        }
    }

    private void Tell(string file, long? line, string reason)
    {
        _problems++;
        tell(new ImportProblem(file, line, reason));
    }

    // A file that cannot be read is a problem of the file; a store that fails ends the import.
    private sealed class FileProblem(string message) : IOException(message);
}
