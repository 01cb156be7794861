using System.Globalization;

namespace Scorch.Reproductions.Tests;

/// <summary>Finds the reference values of the repository.</summary>
internal static class Repository
{
    public static string Root { get; } = FindRoot();

    public static IEnumerable<double[]> Numbers(string oracle) =>
        File.ReadLines(Path.Combine(Root, "tests", "oracles", oracle)).Select(line => line.Split(',').Select(cell => double.Parse(cell, CultureInfo.InvariantCulture)).ToArray());

    private static string FindRoot()
    {
        var folder = AppContext.BaseDirectory;
        while (folder is not null && !File.Exists(Path.Combine(folder, "Scorch.slnx")))
        {
            folder = Path.GetDirectoryName(folder);
        }

        return folder ?? throw new InvalidOperationException($"No Scorch.slnx above {AppContext.BaseDirectory}.");
    }
}
