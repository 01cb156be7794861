using System.Globalization;
using System.Text;

namespace Scorch.Digest;

/// <summary>Makes the digest of a day: harvests, reads what is said, ranks, saves, publishes.</summary>
/// <remarks>
/// Made to be run by a clock. One process at a time has the folder; papers, mentions and the post are saved in transactions, files are
/// renamed into place; nothing done twice does harm. So a run that was killed anywhere is made good by the next one, which ends with
/// the bytes that the first would have ended with. A source that fails is named, and the others go on; where no source of mentions
/// answers, the day's post stays as it was.
/// </remarks>
/// <param name="store">Where everything is kept; migrated.</param>
/// <param name="papers">Where papers' metadata come from.</param>
/// <param name="mentions">Where mentions come from.</param>
/// <param name="ranking">Puts the papers in order.</param>
/// <param name="step">Takes word of each step once it is done, or null.</param>
public sealed class DailyDigest(
    IDigestStore store, IPaperSource papers, IReadOnlyList<IMentionSource> mentions, IPaperRanking ranking, Action<string>? step = null)
{
    private const int MentionBatch = 500;

    private readonly List<string> _failures = [];

    /// <summary>Runs for a day.</summary>
    /// <exception cref="FolderInUseException">Another process runs.</exception>
    public async Task<DailyResult> RunAsync(DailyOptions options, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(options);
        _failures.Clear();
        using var folder = DigestFolder.Take(options.Folder);
        Done("lock taken");
        await HarvestAsync(options, cancellationToken).ConfigureAwait(false);
        var (from, to) = (options.Day.ToDateTime(TimeOnly.MinValue, DateTimeKind.Utc), options.Day.AddDays(1).ToDateTime(TimeOnly.MinValue, DateTimeKind.Utc));
        var answered = 0;
        foreach (var source in mentions)
        {
            answered += await ListenAsync(source, from, to, cancellationToken).ConfigureAwait(false) ? 1 : 0;
        }

        if (answered == 0)
        {
            return new DailyResult(null, [.. _failures, "no source of mentions answered, so the day's post stays as it was"]);
        }

        var said = await store.ReadMentionsAsync(from, to, cancellationToken).ToListAsync(cancellationToken).ConfigureAwait(false);
        var post = await ComposeAsync(options, said, cancellationToken).ConfigureAwait(false);
        await store.SavePostAsync(post, cancellationToken).ConfigureAwait(false);
        Done("post saved");
        await PublishAsync(folder, options, post, cancellationToken).ConfigureAwait(false);
        return new DailyResult(post, [.. _failures]);
    }

    private async Task HarvestAsync(DailyOptions options, CancellationToken cancellationToken)
    {
        try
        {
            var request = new HarvestRequest(options.Day.AddDays(-options.HarvestDays), options.Day.AddDays(1), options.Categories);
            var count = await store.SavePapersAsync(papers.HarvestAsync(request, cancellationToken), cancellationToken).ConfigureAwait(false);
            Done($"papers harvested: {count}");
        }
        catch (SourceException problem)
        {
            Failed(problem);
        }
    }

    // True where the source answered to the end; what it said before it failed is kept as well.
    private async Task<bool> ListenAsync(IMentionSource source, DateTime from, DateTime to, CancellationToken cancellationToken)
    {
        List<PaperMention> batch = [];
        var count = 0;
        try
        {
            await foreach (var mention in source.ReadAsync(from, to, cancellationToken).ConfigureAwait(false))
            {
                count++;
                batch.Add(mention);
                if (batch.Count == MentionBatch)
                {
                    await store.SaveMentionsAsync(batch, cancellationToken).ConfigureAwait(false);
                    batch.Clear();
                }
            }

            await store.SaveMentionsAsync(batch, cancellationToken).ConfigureAwait(false);
            Done($"mentions read from {source.Name}: {count}");
            return true;
        }
        catch (SourceException problem)
        {
            await store.SaveMentionsAsync(batch, cancellationToken).ConfigureAwait(false);
            Failed(problem);
            return false;
        }
    }

    private async Task<DigestPost> ComposeAsync(DailyOptions options, IReadOnlyList<PaperMention> said, CancellationToken cancellationToken)
    {
        var known = await FindPapersAsync([.. said.Select(mention => mention.ArxivId).Distinct(StringComparer.Ordinal)], cancellationToken).ConfigureAwait(false);
        var listed = said.Where(mention => known.TryGetValue(mention.ArxivId, out var paper) && paper.Categories.Any(category => IsWanted(category, options.Categories)));
        var ranked = ranking.Rank(listed);
        Done($"papers ranked: {ranked.Count}");
        return DigestComposer.Compose(PostHeader.For(options.Day, options.PublishedAt), ranked, known, options.PublishedAt);
    }

    // People talk about papers that were sent in long before: those are asked for one by one.
    private async Task<Dictionary<string, PaperMetadata>> FindPapersAsync(IReadOnlyList<string> arxivIds, CancellationToken cancellationToken)
    {
        Dictionary<string, PaperMetadata> known = new(StringComparer.Ordinal);
        await ReadKnownAsync(arxivIds).ConfigureAwait(false);
        var missing = arxivIds.Where(id => !known.ContainsKey(id)).ToList();
        if (missing.Count == 0)
        {
            return known;
        }

        try
        {
            var found = await papers.FindAsync(missing, cancellationToken).ConfigureAwait(false);
            await store.SavePapersAsync(found.ToAsyncEnumerable(), cancellationToken).ConfigureAwait(false);
            Done($"papers looked up: {found.Count} of {missing.Count}");
            await ReadKnownAsync(missing).ConfigureAwait(false);
        }
        catch (SourceException problem)
        {
            Failed(problem);
        }

        return known;

        async Task ReadKnownAsync(IReadOnlyList<string> wanted)
        {
            foreach (var id in wanted)
            {
                if (await store.FindPaperAsync(id, cancellationToken).ConfigureAwait(false) is { } paper)
                {
                    known.Add(id, paper);
                }
            }
        }
    }

    private async Task PublishAsync(DigestFolder folder, DailyOptions options, DigestPost post, CancellationToken cancellationToken)
    {
        var name = $"{post.Day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture)}-hot-papers";
        Write($"{name}.md", PostMarkdown.RenderBytes(post));
        Write($"{post.Header.Slug}/index.html", Encoding.UTF8.GetBytes(PostHtml.RenderPage(post)));
        List<DigestPost> newest = [];
        foreach (var day in (await store.ListDaysAsync(cancellationToken).ConfigureAwait(false)).Take(options.FeedPosts))
        {
            newest.Add((await store.FindPostAsync(day.Day, cancellationToken).ConfigureAwait(false))!);
        }

        Write(AtomFeed.FileName, AtomFeed.Render(options.Site, newest));
        Write(RssFeed.FileName, RssFeed.Render(options.Site, newest));
        Write(JsonFeed.FileName, JsonFeed.Render(options.Site, newest));

        void Write(string file, byte[] bytes)
        {
            folder.Write(file, bytes);
            Done($"published {file}");
        }
    }

    private static bool IsWanted(string category, IReadOnlyList<string> wanted) => wanted.Any(pattern => pattern.EndsWith(".*", StringComparison.Ordinal)
        ? category == pattern[..^2] || category.StartsWith(pattern[..^1], StringComparison.Ordinal)
        : category == pattern);

    private void Done(string what) => step?.Invoke(what);

    private void Failed(SourceException problem)
    {
        _failures.Add(problem.Message);
        Done($"failed: {problem.Message}");
    }
}
