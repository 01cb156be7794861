using System.Collections.Frozen;
using Scorch.Digest;
using Scorch.Reproductions;

namespace Scorch.Gallery.Site;

/// <summary>What the pages show at one moment: the catalogue, the runs and the days. It never changes; a newer one takes its place.</summary>
/// <remarks>Posts and papers of a store are read when a page asks for them, as there may be a million.</remarks>
public sealed class GallerySite
{
    private readonly IDigestStore? _store;
    private readonly FrozenDictionary<DateOnly, DigestPost> _builtIn;
    private readonly FrozenSet<DateOnly> _storedDays;
    private readonly FrozenDictionary<string, IReadOnlyList<GalleryRun>> _runs;
    private readonly FrozenDictionary<string, Paper> _bySlug;
    private readonly FrozenDictionary<string, Paper> _byArxivId;
    private readonly FrozenDictionary<string, RunPicture> _pictures;
    private readonly FrozenDictionary<string, Reproduction> _reproductions;

    private GallerySite(Catalog catalog, IReadOnlyList<GalleryRun> runs, IDigestStore? store, IReadOnlyList<DaySummary> storedDays, IReadOnlyList<string> problems)
    {
        var posts = BuiltInDigest.Posts(catalog.Papers);
        _store = store;
        _builtIn = posts.ToFrozenDictionary(post => post.Day);
        _storedDays = storedDays.Select(day => day.Day).ToFrozenSet();
        _bySlug = catalog.Papers.ToFrozenDictionary(paper => paper.Slug, StringComparer.Ordinal);
        _byArxivId = catalog.Papers.DistinctBy(paper => paper.ArxivId).ToFrozenDictionary(paper => paper.ArxivId, StringComparer.Ordinal);
        _reproductions = catalog.Reproductions.ToFrozenDictionary(reproduction => reproduction.PaperSlug, StringComparer.Ordinal);
        Catalog = catalog;
        Problems = problems;
        Runs = WithUniqueIds(runs);
        _runs = Runs.GroupBy(run => run.Record.Paper).ToFrozenDictionary(group => group.Key, group => (IReadOnlyList<GalleryRun>)[.. group], StringComparer.Ordinal);
        _pictures = Runs.SelectMany(run => run.Pictures).DistinctBy(picture => picture.Key).ToFrozenDictionary(picture => picture.Key, StringComparer.Ordinal);
        Days =
        [
            .. storedDays
                .Concat(posts.Where(post => !_storedDays.Contains(post.Day)).Select(post => new DaySummary(post.Day, post.Header.Title, post.Entries.Count, post.Entries[0].Title)))
                .OrderByDescending(day => day.Day),
        ];
    }

    /// <summary>The papers and what runs of them.</summary>
    public Catalog Catalog { get; }

    /// <summary>All recorded runs, newest first: those that ship and those of the evidence folder.</summary>
    public IReadOnlyList<GalleryRun> Runs { get; }

    /// <summary>The days that have a digest, newest first.</summary>
    public IReadOnlyList<DaySummary> Days { get; }

    /// <summary>What was left out when the site was put together, and why.</summary>
    public IReadOnlyList<string> Problems { get; }

    /// <summary>Puts a site together.</summary>
    /// <param name="catalog">The papers and what runs of them.</param>
    /// <param name="store">Imported posts, which take the place of the built-in ones of the same days; or null.</param>
    /// <param name="evidenceFolder">Further runs; or null.</param>
    /// <param name="cancellationToken">Stops the work.</param>
    public static async Task<GallerySite> LoadAsync(Catalog catalog, IDigestStore? store = null, string? evidenceFolder = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(catalog);
        var problems = new List<string>();
        var days = store is null ? [] : await store.ListDaysAsync(cancellationToken).ConfigureAwait(false);
        List<GalleryRun> runs = [.. catalog.Evidence.Select(record => new GalleryRun(record, IsCommitted: true, [], []))];
        if (evidenceFolder is not null)
        {
            runs.AddRange(EvidenceFolder.Read(evidenceFolder, catalog.Papers.Select(paper => paper.Slug).ToHashSet(StringComparer.Ordinal), problems));
        }

        return new GallerySite(catalog, runs, store, days, problems);
    }

    /// <summary>The paper with a slug, or null.</summary>
    public Paper? FindPaper(string slug) => _bySlug.GetValueOrDefault(slug);

    /// <summary>The paper of the catalogue with an arXiv identifier, or null.</summary>
    public Paper? FindPaperByArxivId(string arxivId) => _byArxivId.GetValueOrDefault(arxivId);

    /// <summary>The reproduction of a paper, or null where it does not run.</summary>
    public Reproduction? FindReproduction(string slug) => _reproductions.GetValueOrDefault(slug);

    /// <summary>Whether a paper of the catalogue runs.</summary>
    public bool Runnable(string slug) => _reproductions.ContainsKey(slug);

    /// <summary>The runs of a paper, newest first.</summary>
    public IReadOnlyList<GalleryRun> RunsOf(string slug) => _runs.GetValueOrDefault(slug) ?? [];

    /// <summary>The run that speaks for a paper: of the largest scale, then with most seeds, then the newest. Null where none is recorded.</summary>
    public GalleryRun? BestRunOf(string slug) => RunsOf(slug).OrderByDescending(run => run.Record.Scale).ThenByDescending(run => run.Record.Seeds.Count).FirstOrDefault();

    /// <summary>The readiness level of a paper's method, computed from the runs shown here.</summary>
    public ReadinessLevel ReadinessOf(string slug) => Readiness.Of([.. RunsOf(slug).Select(run => run.Record)]);

    /// <summary>A picture of a run by its key, or null.</summary>
    public RunPicture? FindPicture(string key) => _pictures.GetValueOrDefault(key);

    /// <summary>The post of a day, the store's before the built-in one; null where there is none.</summary>
    public async Task<DigestPost?> FindPostAsync(DateOnly day, CancellationToken cancellationToken = default) =>
        _store is not null && _storedDays.Contains(day) && await _store.FindPostAsync(day, cancellationToken).ConfigureAwait(false) is { } post
            ? post
            : _builtIn.GetValueOrDefault(day);

    /// <summary>What is known of a paper by its arXiv identifier from imported posts and harvests; null where it is unknown.</summary>
    public async Task<PaperMetadata?> FindMetadataAsync(string arxivId, CancellationToken cancellationToken = default) =>
        _store is null ? null : await _store.FindPaperAsync(arxivId, cancellationToken).ConfigureAwait(false);

    /// <summary>Every day and rank at which a paper was in a digest, newest first.</summary>
    public async Task<IReadOnlyList<Appearance>> FindAppearancesAsync(string arxivId, CancellationToken cancellationToken = default)
    {
        var stored = _store is null ? [] : await _store.FindAppearancesAsync(arxivId, cancellationToken).ConfigureAwait(false);
        return FindPaperByArxivId(arxivId) is { } paper && !_storedDays.Contains(paper.DigestDay)
            ? [.. stored.Append(new Appearance(paper.DigestDay, paper.Rank, paper.Retweets, paper.Favorites)).OrderByDescending(appearance => appearance.Day)]
            : stored;
    }

    /// <summary>Papers of the catalogue whose title, authors, summary, overview or identifiers hold all words of a query, by digest day and rank.</summary>
    public IReadOnlyList<Paper> SearchCatalog(string query)
    {
        ArgumentNullException.ThrowIfNull(query);
        var words = query.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        return words.Length == 0 ? [] : [.. Catalog.Papers.Where(paper => words.All(word => Holds(paper, word)))];

        static bool Holds(Paper paper, string word) =>
            paper.Title.Contains(word, StringComparison.OrdinalIgnoreCase)
            || paper.Summary.Contains(word, StringComparison.OrdinalIgnoreCase)
            || paper.Overview.Contains(word, StringComparison.OrdinalIgnoreCase)
            || paper.Slug.Contains(word, StringComparison.OrdinalIgnoreCase)
            || paper.ArxivId.Contains(word, StringComparison.OrdinalIgnoreCase)
            || paper.Room.Equals(word, StringComparison.OrdinalIgnoreCase)
            || paper.Authors.Any(author => author.Contains(word, StringComparison.OrdinalIgnoreCase));
    }

    /// <summary>Papers of the store that match a query; none without a store.</summary>
    public Task<SearchPage> SearchStoreAsync(string query, int offset, int limit, CancellationToken cancellationToken = default) =>
        _store is null ? Task.FromResult(new SearchPage([], HasMore: false)) : _store.SearchAsync(query, offset, limit, cancellationToken);

    // A run may lie in the evidence folder and among those that ship; it is shown once. Two runs of one second get a number each.
    private static List<GalleryRun> WithUniqueIds(IReadOnlyList<GalleryRun> runs)
    {
        var distinct = runs
            .GroupBy(run => (run.Record.Paper, run.Record.StartedAt, run.Record.Scale))
            .Select(same =>
            {
                var pictured = same.MaxBy(run => run.Pictures.Count + run.Curves.Count)!;
                return same.MaxBy(run => run.IsCommitted)! with { Pictures = pictured.Pictures, Curves = pictured.Curves };
            })
            .OrderByDescending(run => run.Record.StartedAt);
        return
        [
            .. distinct.GroupBy(run => (run.Record.Paper, run.Id))
                .SelectMany(same => same.Select((run, i) => i == 0 ? run : run with { Id = FormattableString.Invariant($"{run.Id}-{i + 1}") })),
        ];
    }
}
