namespace Scorch.Text.Tests;

/// <summary>A test that needs the real data sets: skipped where SCORCH_DATA does not name their folder.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class DataFactAttribute : FactAttribute
{
    public DataFactAttribute()
    {
        if (Folder is null)
            Skip = "SCORCH_DATA does not name a folder with the real data sets.";
    }

    public static string? Folder => Environment.GetEnvironmentVariable("SCORCH_DATA") is { Length: > 0 } folder && Directory.Exists(Path.Combine(folder, "tiny-shakespeare")) ? folder : null;
}
