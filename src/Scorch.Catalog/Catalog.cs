using Scorch.Reproductions;

namespace Scorch;

/// <summary>All papers, those among them that run, their commands and the evidence that the project stands behind.</summary>
public sealed class Catalog
{
    /// <summary>Makes a catalogue.</summary>
    /// <param name="papers">All papers, slugs unique.</param>
    /// <param name="reproductions">Those that run, at most one a paper.</param>
    /// <param name="evidence">Recorded runs, checked.</param>
    /// <exception cref="ArgumentException">A reproduction or a record is of an unknown paper, a paper has two reproductions, or claims or commands of a paper share a name.</exception>
    public Catalog(IReadOnlyList<Paper> papers, IReadOnlyList<Reproduction> reproductions, IReadOnlyList<EvidenceRecord> evidence)
    {
        ArgumentNullException.ThrowIfNull(papers);
        ArgumentNullException.ThrowIfNull(reproductions);
        ArgumentNullException.ThrowIfNull(evidence);
        Papers = papers;
        Reproductions = reproductions;
        Evidence = evidence;

        var slugs = papers.Select(paper => paper.Slug).ToHashSet(StringComparer.Ordinal);
        foreach (var slug in reproductions.Select(r => r.PaperSlug).Concat(evidence.Select(run => run.Paper)).Where(slug => !slugs.Contains(slug)))
        {
            throw new ArgumentException($"Catalog: '{slug}' is not the slug of a paper.", nameof(reproductions));
        }

        Unique("two reproductions of paper", reproductions.Select(r => r.PaperSlug));
        foreach (var reproduction in reproductions)
        {
            Unique($"{reproduction.PaperSlug}: two claims named", reproduction.Claims.Select(claim => claim.Id));
            Unique($"{reproduction.PaperSlug}: two commands named", reproduction.Commands.Select(command => command.Name));
        }

        static void Unique(string what, IEnumerable<string> names)
        {
            if (names.GroupBy(name => name).FirstOrDefault(group => group.Count() > 1) is { } twice)
            {
                throw new ArgumentException($"Catalog: {what} {twice.Key}.");
            }
        }
    }

    /// <summary>What this version of Scorch ships.</summary>
    public static Catalog Default { get; } = new(PaperList.All, PaperRegister.All, CommittedEvidence.Read());

    /// <summary>All papers, by digest day and rank.</summary>
    public IReadOnlyList<Paper> Papers { get; }

    /// <summary>The papers that run.</summary>
    public IReadOnlyList<Reproduction> Reproductions { get; }

    /// <summary>The recorded runs that the project stands behind.</summary>
    public IReadOnlyList<EvidenceRecord> Evidence { get; }

    /// <summary>The papers' own commands, by slug.</summary>
    public IReadOnlyList<(string PaperSlug, PaperCommand Command)> Commands =>
        [.. Reproductions.SelectMany(reproduction => reproduction.Commands.Select(command => (reproduction.PaperSlug, command)))];

    /// <summary>The paper with a slug.</summary>
    /// <exception cref="UsageException">There is none; the nearest slugs are named.</exception>
    public Paper FindPaper(string slug)
    {
        ArgumentNullException.ThrowIfNull(slug);
        return Papers.FirstOrDefault(paper => paper.Slug == slug)
            ?? throw new UsageException($"There is no paper '{slug}'. {NearestName.Suggestion(slug, Papers.Select(paper => paper.Slug), "Run 'scorch list' for the names.")}");
    }

    /// <summary>The reproduction of a paper, or null when it does not run yet.</summary>
    public Reproduction? TryFindReproduction(string slug) => Reproductions.FirstOrDefault(reproduction => reproduction.PaperSlug == slug);

    /// <summary>The recorded runs of a paper, oldest first.</summary>
    public IReadOnlyList<EvidenceRecord> EvidenceOf(string slug) => [.. Evidence.Where(run => run.Paper == slug).OrderBy(run => run.StartedAt)];

    /// <summary>The readiness level of a paper's method, computed from its recorded runs.</summary>
    public ReadinessLevel ReadinessOf(string slug) => Readiness.Of(EvidenceOf(slug));
}
