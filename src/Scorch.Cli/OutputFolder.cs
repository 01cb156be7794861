using Scorch.Reproductions;

namespace Scorch.Cli;

/// <summary>The folder of a run: made at the start, taken away again when the run left nothing in it.</summary>
internal sealed class OutputFolder : IDisposable
{
    private readonly bool _isTemporary;
    private readonly List<string> _created = [];

    public OutputFolder(string path, bool isTemporary = false)
    {
        Path = System.IO.Path.GetFullPath(path);
        _isTemporary = isTemporary;
        if (File.Exists(Path))
        {
            throw new UsageException($"--out {path}: is a file; give a folder.");
        }

        for (var missing = Path; missing is not null && !Directory.Exists(missing); missing = System.IO.Path.GetDirectoryName(missing))
        {
            _created.Add(missing);
        }

        Directory.CreateDirectory(Path);
    }

    public string Path { get; }

    public void Dispose()
    {
        if (_isTemporary)
        {
            Directory.Delete(Path, recursive: true);
            return;
        }

        foreach (var folder in _created.TakeWhile(folder => Directory.Exists(folder) && !Directory.EnumerateFileSystemEntries(folder).Any()))
        {
            Directory.Delete(folder);
        }
    }
}
