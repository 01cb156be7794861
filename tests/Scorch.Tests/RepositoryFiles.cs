namespace Scorch.Tests;

/// <summary>Finds files of the repository from wherever the tests run.</summary>
internal static class RepositoryFiles
{
    public static string Root { get; } = FindRoot();

    public static string Oracle(string relative) => Path.Combine(Root, "tests", "oracles", relative);

    private static string FindRoot()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
            if (File.Exists(Path.Combine(folder.FullName, "Scorch.slnx"))) return folder.FullName;
        throw new DirectoryNotFoundException("Scorch.slnx was not found above the test assembly.");
    }
}
