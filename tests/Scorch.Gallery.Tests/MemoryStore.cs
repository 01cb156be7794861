using System.Runtime.CompilerServices;
using Scorch.Digest;

namespace Scorch.Gallery.Tests;

/// <summary>Posts in memory, enough for the gallery.</summary>
public sealed class MemoryStore(params IEnumerable<DigestPost> posts) : IDigestStore
{
    private readonly Dictionary<DateOnly, DigestPost> _posts = posts.ToDictionary(post => post.Day);
    private readonly List<PaperMetadata> _papers = [];

    public Task MigrateAsync(CancellationToken cancellationToken = default) => Task.CompletedTask;

    public async Task<long> SavePapersAsync(IAsyncEnumerable<PaperMetadata> papers, CancellationToken cancellationToken = default)
    {
        var before = _papers.Count;
        await foreach (var paper in papers.WithCancellation(cancellationToken))
        {
            _papers.Add(paper);
        }

        return _papers.Count - before;
    }

    public Task<PaperMetadata?> FindPaperAsync(string arxivId, CancellationToken cancellationToken = default) =>
        Task.FromResult(_papers.LastOrDefault(paper => paper.ArxivId == arxivId));

    public Task<long> CountPapersAsync(CancellationToken cancellationToken = default) => Task.FromResult((long)_papers.Count);

    public Task SaveMentionsAsync(IReadOnlyList<PaperMention> mentions, CancellationToken cancellationToken = default) => Task.CompletedTask;

    public async IAsyncEnumerable<PaperMention> ReadMentionsAsync(DateTime from, DateTime to, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        await Task.CompletedTask;
        yield break;
    }

    public Task SavePostAsync(DigestPost post, CancellationToken cancellationToken = default)
    {
        _posts[post.Day] = post;
        return Task.CompletedTask;
    }

    public Task<DigestPost?> FindPostAsync(DateOnly day, CancellationToken cancellationToken = default) => Task.FromResult(_posts.GetValueOrDefault(day));

    public Task<IReadOnlyList<DaySummary>> ListDaysAsync(CancellationToken cancellationToken = default) => Task.FromResult<IReadOnlyList<DaySummary>>(
        [.. _posts.Values.OrderByDescending(post => post.Day).Select(post => new DaySummary(post.Day, post.Header.Title, post.Entries.Count, post.Entries.FirstOrDefault()?.Title))]);

    public Task<IReadOnlyList<Appearance>> FindAppearancesAsync(string arxivId, CancellationToken cancellationToken = default) => Task.FromResult<IReadOnlyList<Appearance>>(
    [
        .. _posts.Values.OrderByDescending(post => post.Day)
            .SelectMany(post => post.Entries.Where(entry => entry.ArxivId == arxivId).Select(entry => new Appearance(post.Day, entry.Rank, entry.Reposts, entry.Likes))),
    ]);

    public Task<SearchPage> SearchAsync(string query, int offset = 0, int limit = 20, CancellationToken cancellationToken = default)
    {
        var found = _papers.Where(paper => query.Split(' ').All(word => $"{paper.Title} {paper.Abstract}".Contains(word, StringComparison.OrdinalIgnoreCase))).ToList();
        return Task.FromResult(new SearchPage([.. found.Skip(offset).Take(limit)], found.Count > offset + limit));
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
