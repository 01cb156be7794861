using Scorch.Digest;
using Scorch.Gallery.Pages;
using Scorch.Gallery.Site;
using Scorch.Gallery.Sources;
using Scorch.Reproductions;

namespace Scorch.Gallery.Rendering;

/// <summary>All pages of a site, by what they show. Server and publisher both take them from here; null where there is no such page.</summary>
public static class SitePages
{
    /// <summary>How many papers of a day a page shows.</summary>
    public const int EntriesAPage = 30;

    /// <summary>How many days a page lists.</summary>
    public const int DaysAPage = 100;

    /// <summary>How many rows of evidence a page lists.</summary>
    public const int RowsAPage = 1000;

    private const int MatchesAPage = 20;

    /// <summary>How many pages the days fill.</summary>
    public static int PagesOfDays(GallerySite site)
    {
        ArgumentNullException.ThrowIfNull(site);
        return Math.Max(1, (site.Days.Count + DaysAPage - 1) / DaysAPage);
    }

    /// <summary>How many pages a day's papers fill.</summary>
    public static int PagesOf(DigestPost post)
    {
        ArgumentNullException.ThrowIfNull(post);
        return Math.Max(1, (post.Entries.Count + EntriesAPage - 1) / EntriesAPage);
    }

    /// <summary>The path of a page of days.</summary>
    public static string DaysPath(int page) => page == 1 ? "days" : FormattableString.Invariant($"days/page/{page}");

    /// <summary>The front page.</summary>
    public static SitePage Home() => new()
    {
        Path = "",
        Title = "Scorch: hot papers, running",
        Description = "Hot papers, running, in pure C#: what each paper claims beside what was measured.",
        Body = SitePage.Of<HomePage>(),
    };

    /// <summary>The list of days.</summary>
    public static SitePage? Days(GallerySite site, int page = 1) => page < 1 || page > PagesOfDays(site) ? null : new SitePage
    {
        Path = DaysPath(page),
        Title = page == 1 ? "Days" : $"Days, page {page}",
        Description = "The days of the digest with their hot papers, newest first.",
        Section = "days",
        Body = SitePage.Of<DaysPage>((nameof(DaysPage.Number), page)),
    };

    /// <summary>A day's papers.</summary>
    public static async Task<SitePage?> DayAsync(GallerySite site, DateOnly day, int page = 1, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(site);
        var post = await site.FindPostAsync(day, cancellationToken).ConfigureAwait(false);
        return post is null || page < 1 || page > PagesOf(post) ? null : new SitePage
        {
            Path = SiteLinks.DayPath(day, page),
            Title = $"Hot papers of {Show.Day(day)}{(page == 1 ? "" : $", page {page}")}",
            Description = post.Entries.Count == 0
                ? $"No hot paper on {Show.Day(day)}."
                : $"{Show.Plural(post.Entries.Count, "hot paper")} of {Show.Day(day)}, first of all {Show.Title(post.Entries[0].Title)}.",
            Section = "days",
            Body = SitePage.Of<DayPage>((nameof(DayPage.Post), post), (nameof(DayPage.Number), page)),
        };
    }

    /// <summary>The list of rooms.</summary>
    public static SitePage Rooms() => new()
    {
        Path = "rooms",
        Title = "Rooms",
        Description = "The ten rooms of the gallery, from vision to learning, and the papers in each.",
        Section = "rooms",
        Body = SitePage.Of<RoomsPage>(),
    };

    /// <summary>A room, by its name in addresses.</summary>
    public static SitePage? Room(string name) => PaperList.Rooms.FirstOrDefault(room => room.Equals(name, StringComparison.OrdinalIgnoreCase)) is not { } room ? null : new SitePage
    {
        Path = SiteLinks.RoomPath(room),
        Title = $"{room}: the papers of the room",
        Description = $"The papers of the room {room}: what each does, and whether it runs.",
        Section = "rooms",
        Body = SitePage.Of<RoomPage>((nameof(RoomPage.Room), room)),
    };

    /// <summary>A paper of the catalogue.</summary>
    public static async Task<SitePage?> PaperAsync(GallerySite site, string slug, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(site);
        if (site.FindPaper(slug) is not { } paper)
        {
            return null;
        }

        var (metadata, appearances, mentions) = await KnownAsync(site, paper.ArxivId, cancellationToken).ConfigureAwait(false);
        return new SitePage
        {
            Path = $"papers/{slug}",
            Title = paper.Title,
            Description = paper.Summary,
            Section = "rooms",
            Body = SitePage.Of<PaperPage>(
                (nameof(PaperPage.Paper), paper),
                (nameof(PaperPage.Appearances), appearances),
                (nameof(PaperPage.Abstract), metadata?.Abstract),
                (nameof(PaperPage.Mentions), mentions)),
        };
    }

    /// <summary>A recorded run of a paper.</summary>
    public static SitePage? Run(GallerySite site, string slug, string id)
    {
        ArgumentNullException.ThrowIfNull(site);
        return site.FindPaper(slug) is not { } paper || site.RunsOf(slug).FirstOrDefault(run => run.Id == id) is not { } run ? null : new SitePage
        {
            Path = $"papers/{slug}/runs/{id}",
            Title = $"{slug}: run of {Show.Moment(run.Record.StartedAt)}",
            Description = $"{run.Count(Verdict.Confirmed)} of {Show.Plural(run.Record.Claims.Count, "claim")} of {Show.Title(paper.Title)} confirmed at {run.Record.Scale.Name()} scale.",
            Section = "evidence",
            Body = SitePage.Of<RunPage>((nameof(RunPage.Paper), paper), (nameof(RunPage.Run), run)),
        };
    }

    /// <summary>A source file of a paper that runs.</summary>
    public static SitePage? Source(GallerySite site, string slug, string name)
    {
        ArgumentNullException.ThrowIfNull(site);
        return site.FindReproduction(slug) is not { } reproduction || PaperFiles.Of(reproduction).FirstOrDefault(file => file.Name == name) is not { } file ? null : new SitePage
        {
            Path = $"papers/{slug}/source/{name}",
            Title = $"{name}.cs of {slug}",
            Description = file.Summary.Length > 0 ? file.Summary : $"A source file of the paper {slug}.",
            Section = "rooms",
            Body = SitePage.Of<SourcePage>((nameof(SourcePage.Paper), site.FindPaper(slug)), (nameof(SourcePage.File), file)),
        };
    }

    /// <summary>A paper that is known by its arXiv identifier, from an imported post or a harvest.</summary>
    public static async Task<SitePage?> ArxivAsync(GallerySite site, string arxivId, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(site);
        if (!SiteLinks.IsArxivId(arxivId))
        {
            return null;
        }

        var (metadata, appearances, mentions) = await KnownAsync(site, arxivId, cancellationToken).ConfigureAwait(false);
        return metadata is null ? null : new SitePage
        {
            Path = $"papers/arxiv/{arxivId}",
            Title = Show.Title(metadata.Title),
            Description = Show.Cut(metadata.Abstract ?? metadata.Title, 250),
            Section = "days",
            Body = SitePage.Of<ArxivPage>((nameof(ArxivPage.Metadata), metadata), (nameof(ArxivPage.Appearances), appearances), (nameof(ArxivPage.Mentions), mentions)),
        };
    }

    /// <summary>The evidence table.</summary>
    public static SitePage? Evidence(GallerySite site, EvidenceFilter filter, int page = 1)
    {
        ArgumentNullException.ThrowIfNull(filter);
        return page < 1 || (page > 1 && filter.Rows(site).Count <= (page - 1) * RowsAPage) ? null : new SitePage
        {
            Path = "evidence",
            Title = "Evidence",
            Description = "Every claim that a recorded run judged, with what was measured, its interval, threshold and verdict.",
            Section = "evidence",
            Body = SitePage.Of<EvidencePage>((nameof(EvidencePage.Filter), filter), (nameof(EvidencePage.Number), page)),
        };
    }

    /// <summary>The matches of a search; the form alone for a query without a word.</summary>
    public static async Task<SitePage?> SearchAsync(GallerySite site, string query, int page = 1, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(site);
        ArgumentNullException.ThrowIfNull(query);
        if (page is < 1 or > 1000)
        {
            return null;
        }

        var own = site.SearchCatalog(query);
        var found = query.Length == 0
            ? new SearchPage([], HasMore: false)
            : await site.SearchStoreAsync(query, (page - 1) * MatchesAPage, MatchesAPage, cancellationToken).ConfigureAwait(false);
        return new SitePage
        {
            Path = "search",
            Title = query.Length == 0 ? "Search" : $"Search: {query}",
            Description = "Papers by words of their title, authors, abstract or summary.",
            IsKept = query.Length == 0,
            IsHidden = query.Length > 0,
            Body = SitePage.Of<FindPage>(
                (nameof(FindPage.Query), query),
                (nameof(FindPage.Number), page),
                (nameof(FindPage.Own), page == 1 ? own : []),
                (nameof(FindPage.Found), found with { Papers = [.. found.Papers.Where(paper => site.FindPaperByArxivId(paper.ArxivId) is null)] })),
        };
    }

    /// <summary>What stands at addresses where there is no page.</summary>
    public static SitePage NotFound() => new()
    {
        Path = "404",
        Title = "There is no such page",
        Description = "There is no page at this address.",
        IsHidden = true,
        Body = SitePage.Of<NotFoundPage>(),
    };

    // The abstract and the mentions of the newest day on which the paper was hot; else what a harvest tells.
    private static async Task<(PaperMetadata? Metadata, IReadOnlyList<Appearance> Appearances, IReadOnlyList<Mention> Mentions)> KnownAsync(
        GallerySite site, string arxivId, CancellationToken cancellationToken)
    {
        var metadata = await site.FindMetadataAsync(arxivId, cancellationToken).ConfigureAwait(false);
        var appearances = await site.FindAppearancesAsync(arxivId, cancellationToken).ConfigureAwait(false);
        if (appearances.Count == 0
            || await site.FindPostAsync(appearances[0].Day, cancellationToken).ConfigureAwait(false) is not { } post
            || post.Entries.FirstOrDefault(entry => entry.ArxivId == arxivId) is not { } newest)
        {
            return (metadata, appearances, []);
        }

        metadata ??= new PaperMetadata { ArxivId = arxivId, Title = newest.Title, Authors = newest.Authors, Categories = newest.Categories };
        return (metadata with { Abstract = metadata.Abstract ?? newest.Abstract }, appearances, newest.Mentions);
    }
}
