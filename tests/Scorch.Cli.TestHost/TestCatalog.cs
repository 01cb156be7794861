using Scorch.Reproductions;

namespace Scorch.Cli.TestHost;

/// <summary>All papers, one of which runs.</summary>
public static class TestCatalog
{
    public static Catalog Create(params IReadOnlyList<EvidenceRecord> evidence) => new(PaperList.All, [new FakeReproduction()], evidence);
}
