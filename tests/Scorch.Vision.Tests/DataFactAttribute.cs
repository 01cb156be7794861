namespace Scorch.Vision.Tests;

/// <summary>A test that reads a file of the data folder, and is skipped with a reason where it is not.</summary>
public sealed class DataFactAttribute : FactAttribute
{
    public DataFactAttribute(string file)
    {
        if (!File.Exists(PathOf(file))) Skip = $"{file} is not in the data folder; set SCORCH_DATA.";
    }

    public static string PathOf(string file) => Path.Combine(Environment.GetEnvironmentVariable("SCORCH_DATA") ?? "", file);
}
