namespace Scorch.Reproductions;

/// <summary>Finds the files of data sets on this machine: in <c>$SCORCH_DATA/&lt;name&gt;</c>, then in the user's cache folder.</summary>
public sealed class DataLocator
{
    private readonly Action<string, string, string>? _found;

    /// <summary>Looks in the given folders, in order; a data set is a sub-folder with its name.</summary>
    public DataLocator(params IReadOnlyList<string> roots)
        : this(roots, null)
    {
    }

    private DataLocator(IReadOnlyList<string> roots, Action<string, string, string>? found)
    {
        Roots = roots;
        _found = found;
    }

    /// <summary>The environment's <c>SCORCH_DATA</c> (if set), then the user's cache folder.</summary>
    public static DataLocator Default { get; } = new(DefaultRoots());

    /// <summary>The folders that are searched, in order.</summary>
    public IReadOnlyList<string> Roots { get; }

    /// <summary>The user's cache folder for data sets: <c>$XDG_CACHE_HOME/scorch/data</c> or the local application data folder.</summary>
    public static string CacheRoot
    {
        get
        {
            var cache = Environment.GetEnvironmentVariable("XDG_CACHE_HOME");
            return string.IsNullOrEmpty(cache)
                ? Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData, Environment.SpecialFolderOption.DoNotVerify), "scorch", "data")
                : Path.Combine(cache, "scorch", "data");
        }
    }

    /// <summary>The path of a file of a data set.</summary>
    /// <param name="dataSet">Name of the data set, e.g. <c>dml</c>.</param>
    /// <param name="file">Path inside it, with forward slashes, e.g. <c>sipp1991.dta</c>.</param>
    /// <exception cref="MissingDataException">It is not there; the message says what to run.</exception>
    public string Find(string dataSet, string file) => TryFind(dataSet, file) ?? throw new MissingDataException(
        dataSet,
        $"The data set '{dataSet}' ({file}) is not on this machine: looked in {string.Join(", ", Folders(dataSet))}. "
            + $"Run: scorch data get {dataSet}; or put the file there, or set SCORCH_DATA to the folder that holds {dataSet}/{file}."
            + (DataSets.TryFind(dataSet)?.Remedy is { } remedy ? " " + remedy : ""));

    /// <summary>The path of a file of a data set, or null when it is not on this machine.</summary>
    public string? TryFind(string dataSet, string file)
    {
        ArgumentException.ThrowIfNullOrEmpty(dataSet);
        ArgumentException.ThrowIfNullOrEmpty(file);
        var path = Folders(dataSet).Select(folder => Path.Combine(folder, file)).FirstOrDefault(File.Exists);
        if (path is not null)
        {
            _found?.Invoke(dataSet, file, path);
        }

        return path;
    }

    /// <summary>The folder of a data set, with all the folders that the registry says are inside it.</summary>
    /// <param name="dataSet">Name of the data set, e.g. <c>imagenet</c>.</param>
    /// <exception cref="MissingDataException">It is not there; the message says what to put where.</exception>
    public string FindFolder(string dataSet)
    {
        var set = DataSets.Find(dataSet);
        return TryFindFolder(dataSet) ?? throw new MissingDataException(
            dataSet,
            $"The data set '{dataSet}' is not on this machine: looked for {string.Join(", ", Folders(dataSet).Select(folder => $"{folder}/{(set.Folders.Count == 0 ? "" : $"{{{string.Join(',', set.Folders)}}}")}"))}. "
                + $"{set.Remedy ?? $"Run: scorch data get {dataSet}."} Or set SCORCH_DATA to the folder that holds {dataSet}/.");
    }

    /// <summary>The folder of a data set, or null when it, or a folder that must be inside, is not on this machine.</summary>
    public string? TryFindFolder(string dataSet)
    {
        ArgumentException.ThrowIfNullOrEmpty(dataSet);
        var inside = DataSets.TryFind(dataSet)?.Folders ?? [];
        return Folders(dataSet).FirstOrDefault(folder => Directory.Exists(folder) && inside.All(name => Directory.Exists(Path.Combine(folder, name))));
    }

    /// <summary>The same locator, telling <paramref name="found"/> the data set, file and path of everything it finds.</summary>
    internal DataLocator Watched(Action<string, string, string> found) => new(Roots, found);

    private IEnumerable<string> Folders(string dataSet) =>
        [.. Roots.Select(root => Path.Combine(root, dataSet)), .. DataSets.TryFind(dataSet)?.SystemFolders ?? []];

    private static List<string> DefaultRoots()
    {
        var variable = Environment.GetEnvironmentVariable("SCORCH_DATA");
        return string.IsNullOrEmpty(variable) ? [CacheRoot] : [variable, CacheRoot];
    }
}
