namespace Scorch.Testing;

/// <summary>A test that reads published data; skipped, with the way to get them, where a file is not in the folder that SCORCH_DATA names.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class DataFactAttribute : FactAttribute
{
    /// <param name="paths">The files or folders, each beginning with its data set's name.</param>
    public DataFactAttribute(params string[] paths)
    {
        var missing = paths.FirstOrDefault(path => !Path.Exists(PathOf(path)));
        if (missing is not null)
            Skip = $"{missing} is not there: run 'scorch data get {missing.Split('/')[0]}', which names its folder, and set SCORCH_DATA to that.";
    }

    /// <summary>Where a file is in the data folder.</summary>
    public static string PathOf(string path) => Path.Combine(Environment.GetEnvironmentVariable("SCORCH_DATA") is { Length: > 0 } folder ? folder : "no-data-folder", path);
}
