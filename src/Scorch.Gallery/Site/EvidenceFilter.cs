using Scorch.Reproductions;

namespace Scorch.Gallery.Site;

/// <summary>Which rows of the evidence table are shown; null for all.</summary>
/// <param name="Room">Only of this room.</param>
/// <param name="Paper">Only of this paper.</param>
/// <param name="Verdict">Only with this verdict.</param>
/// <param name="Scale">Only from runs of this scale.</param>
public sealed record EvidenceFilter(string? Room = null, string? Paper = null, Verdict? Verdict = null, Scale? Scale = null)
{
    /// <summary>The filter that a form's values ask for; values that name nothing are left out.</summary>
    public static EvidenceFilter Read(GallerySite site, string? room, string? paper, string? verdict, string? scale)
    {
        ArgumentNullException.ThrowIfNull(site);
        return new EvidenceFilter(
            PaperList.Rooms.FirstOrDefault(known => known.Equals(room, StringComparison.OrdinalIgnoreCase)),
            site.FindPaper(paper ?? "")?.Slug,
            Enum.GetValues<Verdict>().Cast<Verdict?>().FirstOrDefault(known => known!.Value.Name() == verdict),
            Enum.GetValues<Scale>().Cast<Scale?>().FirstOrDefault(known => known!.Value.Name() == scale));
    }

    /// <summary>The rows that it lets through, by paper, newest run first.</summary>
    public IReadOnlyList<EvidenceRow> Rows(GallerySite site)
    {
        ArgumentNullException.ThrowIfNull(site);
        return
        [
            .. site.Catalog.Papers
                .Where(paper => (Room is null || paper.Room == Room) && (Paper is null || paper.Slug == Paper))
                .SelectMany(paper => site.RunsOf(paper.Slug).Select(run => (Paper: paper, Run: run)))
                .Where(pair => Scale is null || pair.Run.Record.Scale == Scale)
                .SelectMany(pair => pair.Run.Record.Claims.Select(claim => new EvidenceRow(pair.Paper, pair.Run, claim)))
                .Where(row => Verdict is null || row.Claim.Verdict == Verdict),
        ];
    }
}

/// <summary>A claim of a run in the evidence table.</summary>
public sealed record EvidenceRow(Paper Paper, GalleryRun Run, ClaimRecord Claim);
