using System.Text.Json;
using Scorch.Checkpoints;
using Scorch.Reproductions;

namespace Scorch.Gallery.Runs;

/// <summary>Keeps the queue's runs in a folder, one folder a run, so that a killed server knows afterwards what it was doing.</summary>
internal sealed class RunJournal : IDisposable
{
    private const string EntryFile = "run.json";
    private const long MostEntryBytes = 1 << 20;

    private readonly string _folder;
    private readonly FileStream _lock;

    /// <summary>Takes a folder for one server.</summary>
    /// <exception cref="UsageException">Another server has it, or it cannot be written.</exception>
    public RunJournal(string folder)
    {
        _folder = Path.GetFullPath(folder);
        try
        {
            Directory.CreateDirectory(_folder);
            _lock = new FileStream(Path.Combine(_folder, ".queue.lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            throw new UsageException($"The folder of runs {_folder} cannot be taken: {problem.Message} Another server may be using it; give each server its own with --evidence.");
        }
    }

    /// <summary>The folder of a run.</summary>
    public string FolderOf(string id) => Path.Combine(_folder, id);

    /// <summary>Writes where a run stands; whole or not at all.</summary>
    public void Write(RunEntry entry)
    {
        Directory.CreateDirectory(FolderOf(entry.Id));
        AtomicFile.WriteText(Path.Combine(FolderOf(entry.Id), EntryFile), JsonSerializer.Serialize(entry, RunEntryJson.Default.RunEntry) + "\n");
    }

    /// <summary>
    /// The runs of earlier servers, oldest first. One that was under way has its evidence, written last, or was interrupted; one that
    /// waited is not begun without being asked for again.
    /// </summary>
    public List<RunEntry> Recover(DateTime now, List<string> problems)
    {
        var entries = new List<RunEntry>();
        foreach (var folder in Directory.EnumerateDirectories(_folder).Where(path => RunQueue.IsId(Path.GetFileName(path))))
        {
            if (Read(folder, problems) is not { } entry)
            {
                continue;
            }

            if (!entry.HasEnded)
            {
                entry = EvidenceOf(folder) is { } evidence
                    ? entry with { State = RunState.Finished, StartedAt = entry.StartedAt ?? evidence.StartedAt.UtcDateTime, EndedAt = now }
                    : entry with
                    {
                        State = RunState.Interrupted,
                        EndedAt = now,
                        Message = entry.State == RunState.Running ? "The server stopped before the run ended." : "The server stopped before the run began.",
                    };
                Write(entry);
            }

            entries.Add(entry);
        }

        return [.. entries.OrderBy(entry => entry.RequestedAt).ThenBy(entry => entry.Id, StringComparer.Ordinal)];
    }

    public void Dispose() => _lock.Dispose();

    private static RunEntry? Read(string folder, List<string> problems)
    {
        var path = Path.Combine(folder, EntryFile);
        try
        {
            if (!File.Exists(path))
            {
                return null;
            }

            if (new FileInfo(path).Length > MostEntryBytes)
            {
                throw new InvalidDataException($"more than {MostEntryBytes} bytes.");
            }

            var entry = JsonSerializer.Deserialize(File.ReadAllText(path), RunEntryJson.Default.RunEntry);
            return entry is { Order: not null } && entry.Id == Path.GetFileName(folder) ? entry : throw new InvalidDataException("it is not the record of this folder's run.");
        }
        catch (Exception problem) when (problem is JsonException or IOException or InvalidDataException or UnauthorizedAccessException)
        {
            problems.Add($"{path}: {problem.Message}");
            return null;
        }
    }

    private static EvidenceRecord? EvidenceOf(string folder)
    {
        var path = Path.Combine(folder, RunFiles.Evidence);
        try
        {
            return File.Exists(path) ? EvidenceFile.Read(path) : null;
        }
        catch (InvalidDataException)
        {
            // Evidence is renamed into place whole; what does not read was not written by a run.
            return null;
        }
    }
}
