using System.Collections.Frozen;
using System.Text;
using Scorch.Reproductions;

namespace Scorch.Gallery.Sources;

/// <summary>A source file of a paper's folder.</summary>
/// <param name="Name">Its name in addresses: the path within the folder without <c>.cs</c>, folders joined by a dash.</param>
/// <param name="Path">Its path within the room, e.g. <c>RepVgg/RepVggBlock.cs</c>.</param>
/// <param name="Text">What it holds.</param>
public sealed record PaperFile(string Name, string Path, string Text)
{
    /// <summary>How many lines it has.</summary>
    public int Lines => Text.AsSpan().Count('\n');

    /// <summary>The first summary of its documentation, as plain text; empty where there is none.</summary>
    public string Summary { get; } = AnnotatedSource.FirstSummary(Text);
}

/// <summary>What ships of a paper besides its facts: its source files and the page of its documentation.</summary>
internal static class PaperFiles
{
    private const string SourceFolder = "source/Scorch.";

    private static readonly Lazy<FrozenDictionary<string, IReadOnlyList<PaperFile>>> Sources = new(ReadSources);

    /// <summary>The source files of a reproduction's folder, the reproduction itself last; none where its sources do not ship.</summary>
    public static IReadOnlyList<PaperFile> Of(Reproduction reproduction)
    {
        ArgumentNullException.ThrowIfNull(reproduction);
        return Sources.Value.GetValueOrDefault(reproduction.GetType().Namespace ?? "") ?? [];
    }

    /// <summary>The text of a paper's page of documentation, or null.</summary>
    public static string? Documentation(string slug)
    {
        using var stream = typeof(PaperFiles).Assembly.GetManifestResourceStream($"papers/{slug}.md");
        return stream is null ? null : Text(stream);
    }

    // The namespace of a file is its project's and its first folder's: source/Scorch.Vision/RepVgg/X.cs is of Scorch.Vision.RepVgg.
    private static FrozenDictionary<string, IReadOnlyList<PaperFile>> ReadSources()
    {
        var assembly = typeof(PaperFiles).Assembly;
        return assembly.GetManifestResourceNames()
            .Where(name => name.StartsWith(SourceFolder, StringComparison.Ordinal))
            .Order(StringComparer.Ordinal)
            .Select(name =>
            {
                var parts = name.Split('/');
                using var stream = assembly.GetManifestResourceStream(name)!;
                var file = new PaperFile(string.Join('-', parts[3..])[..^".cs".Length], string.Join('/', parts[2..]), Text(stream));
                return (Folder: $"{parts[1]}.{parts[2]}", File: file);
            })
            .GroupBy(pair => pair.Folder, pair => pair.File)
            .ToFrozenDictionary(
                group => group.Key,
                group => (IReadOnlyList<PaperFile>)[.. group.OrderBy(file => file.Name.EndsWith("Reproduction", StringComparison.Ordinal)).ThenBy(file => file.Name, StringComparer.Ordinal)],
                StringComparer.Ordinal);
    }

    private static string Text(Stream stream)
    {
        using var reader = new StreamReader(stream, Encoding.UTF8);
        return reader.ReadToEnd().ReplaceLineEndings("\n");
    }
}
