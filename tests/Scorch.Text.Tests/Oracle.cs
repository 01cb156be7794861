using System.Text.Json;

namespace Scorch.Text.Tests;

/// <summary>Golden values below tests/oracles/text.</summary>
internal static class Oracle
{
    public static string Path(string name) => System.IO.Path.Combine(Root, "tests", "oracles", "text", name);

    public static JsonElement Json(string name) => JsonDocument.Parse(File.ReadAllBytes(Path(name))).RootElement;

    public static string[] Strings(this JsonElement array) => [.. array.EnumerateArray().Select(item => item.GetString()!)];

    public static int[] Integers(this JsonElement array) => [.. array.EnumerateArray().Select(item => item.GetInt32())];

    public static IEnumerable<JsonElement> Rows(this JsonElement array) => array.EnumerateArray();

    private static string Root
    {
        get
        {
            var folder = new DirectoryInfo(AppContext.BaseDirectory);
            while (folder is not null && !File.Exists(System.IO.Path.Combine(folder.FullName, "Scorch.slnx"))) folder = folder.Parent;
            return folder?.FullName ?? throw new DirectoryNotFoundException("The tests run inside the repository.");
        }
    }
}
