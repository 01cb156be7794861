using Scorch.Digest;

namespace Scorch.Gallery.Tests;

/// <summary>The five real posts, from a store in a file, as the pages show them.</summary>
public sealed class SeedTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("scorch-seeds").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [SeedsFact]
    public async Task Imported_posts_add_abstracts_and_mentions_to_days_and_papers()
    {
        var posts = Directory.GetFiles(SeedsFactAttribute.Folder!, "*.md").Select(file => PostParser.Read(File.ReadAllBytes(file))).ToList();
        var file = Path.Combine(_folder, "digest.db");
        await using var store = DigestStores.Open(file);
        await store.MigrateAsync();
        foreach (var post in posts)
        {
            await store.SavePostAsync(post);
        }

        await using var gallery = await TestGallery.StartAsync(new GalleryOptions { Store = store, StoreFile = file });
        Assert.Equal(5, gallery.Server.Live.Site.Days.Count);
        foreach (var post in posts)
        {
            var page = await gallery.PageAsync($"/days/{post.Day:yyyy-MM-dd}");
            Assert.Equal(post.Entries.Count, page.QuerySelectorAll(".entry").Length);
            Assert.Equal(
                post.Entries.Select(entry => Catalog.Default.Papers.FirstOrDefault(paper => paper.ArxivId == entry.ArxivId) is { } paper ? $"/papers/{paper.Slug}" : $"/papers/arxiv/{entry.ArxivId}"),
                page.QuerySelectorAll(".entry h2 a").Select(link => link.GetAttribute("href")));
            Assert.Equal(post.Entries.Sum(entry => Math.Min(10, entry.Mentions.Count)), page.QuerySelectorAll("blockquote").Length);
            Assert.Equal(1, page.QuerySelectorAll("script").Length);
            var bytes = await gallery.Client.GetByteArrayAsync($"/days/{post.Day:yyyy-MM-dd}");
            Assert.InRange(bytes.Length, 5_000, 150_000);
            foreach (var entry in post.Entries.Where(entry => entry.Abstract is { Length: > 0 }))
            {
                var own = await gallery.PageAsync($"/papers/{Catalog.Default.Papers.First(paper => paper.ArxivId == entry.ArxivId).Slug}");
                Assert.Equal(Words(entry.Abstract!), Words(own.QuerySelector(".abstract")!.TextContent));
            }
        }

        static string Words(string text) => string.Join(' ', text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
    }
}

/// <summary>A test that needs the seed posts: <c>SCORCH_SEEDS</c>, or <c>shared/seeds</c> beside the repository.</summary>
internal sealed class SeedsFactAttribute : FactAttribute
{
    public SeedsFactAttribute()
    {
        if (Folder is null)
        {
            Skip = "The seed posts are not on this machine: set SCORCH_SEEDS to their folder.";
        }
    }

    public static string? Folder { get; } = Find();

    private static string? Find()
    {
        if (Environment.GetEnvironmentVariable("SCORCH_SEEDS") is { Length: > 0 } named)
        {
            return Directory.Exists(named) ? named : null;
        }

        var folder = AppContext.BaseDirectory;
        while (folder is not null && !File.Exists(Path.Combine(folder, "Scorch.slnx")))
        {
            folder = Path.GetDirectoryName(folder);
        }

        var beside = Path.Combine(Path.GetDirectoryName(folder) ?? "", "shared", "seeds");
        return Directory.Exists(beside) ? beside : null;
    }
}
