using Scorch.Gallery.Rendering;

namespace Scorch.Gallery;

/// <summary>Writes pages and files below a folder and counts them.</summary>
/// <param name="folder">The folder; it is made when the first file is written.</param>
/// <param name="context">What the pages show.</param>
/// <param name="cancellationToken">Stops the writing.</param>
internal sealed class SiteWriter(string folder, PageContext context, CancellationToken cancellationToken)
{
    public PageContext Context => context;

    public int Pages { get; private set; }

    public int Files { get; private set; }

    public long Bytes { get; private set; }

    /// <summary>Writes a page as its folder's <c>index.html</c>, or to the path given.</summary>
    /// <exception cref="InvalidOperationException">There is no such page: the site changed while it was written.</exception>
    public async Task PageAsync(SitePage? page, string? path = null)
    {
        if (page is null)
        {
            throw new InvalidOperationException("The store changed while the site was written; publish again.");
        }

        var bytes = await PageRenderer.RenderBytesAsync(page, context).ConfigureAwait(false);
        await FileAsync(path ?? (page.Path.Length == 0 ? "index.html" : $"{page.Path}/index.html"), bytes).ConfigureAwait(false);
        Pages++;
    }

    /// <summary>Writes a file.</summary>
    public async Task FileAsync(string path, ReadOnlyMemory<byte> bytes)
    {
        var full = Path.Combine(folder, path);
        Directory.CreateDirectory(Path.GetDirectoryName(full)!);
        await File.WriteAllBytesAsync(full, bytes, cancellationToken).ConfigureAwait(false);
        Files++;
        Bytes += bytes.Length;
    }
}
