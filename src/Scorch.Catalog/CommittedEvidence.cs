using Scorch.Reproductions;

namespace Scorch;

/// <summary>The files of the repository's <c>evidence</c> folder, embedded at build.</summary>
internal static class CommittedEvidence
{
    private const string Folder = "evidence/";

    public static IReadOnlyList<EvidenceRecord> Read()
    {
        var assembly = typeof(CommittedEvidence).Assembly;
        return [.. assembly.GetManifestResourceNames()
            .Where(name => name.StartsWith(Folder, StringComparison.Ordinal))
            .Order(StringComparer.Ordinal)
            .Select(name =>
            {
                using var stream = assembly.GetManifestResourceStream(name)!;
                return EvidenceFile.Read(stream, name);
            })];
    }
}
