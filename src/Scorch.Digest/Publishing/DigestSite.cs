using System.Globalization;

namespace Scorch.Digest;

/// <summary>Where a digest is published, as its feeds tell.</summary>
public sealed record DigestSite
{
    private readonly Uri _address = null!;
    private readonly Uri? _feeds;

    /// <summary>The address under which the posts lie: absolute, http or https, ending in a slash.</summary>
    /// <exception cref="ArgumentException">The address is none of that.</exception>
    public required Uri Address
    {
        get => _address;
        init => _address = Folder(value);
    }

    /// <summary>The address under which the feeds lie, of the same form; beside the posts unless told otherwise.</summary>
    /// <exception cref="ArgumentException">The address is not of that form.</exception>
    public Uri Feeds
    {
        get => _feeds ?? _address;
        init => _feeds = Folder(value);
    }

    /// <summary>The title of the feeds.</summary>
    public string Title { get; init; } = "Hot Papers";

    /// <summary>One line about them.</summary>
    public string Description { get; init; } = "The papers that people talk about, day by day.";

    /// <summary>The language of the texts around the papers, as a BCP 47 tag.</summary>
    public string Language { get; init; } = "en";

    /// <summary>Who publishes them.</summary>
    public string AuthorName { get; init; } = "Scorch";

    /// <summary>The address of a post: its slug under <see cref="Address"/>, with a slash at the end; its day where the slug is empty or of dots alone.</summary>
    public Uri AddressOf(DigestPost post)
    {
        ArgumentNullException.ThrowIfNull(post);
        var name = post.Header.Slug.Trim('.').Length > 0 ? post.Header.Slug : post.Day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
        return new Uri($"{Address.AbsoluteUri}{Uri.EscapeDataString(SafeText.Clean(name))}/");
    }

    /// <summary>The address of a feed's own file.</summary>
    internal Uri AddressOf(string file) => new($"{Feeds.AbsoluteUri}{file}");

    private static Uri Folder(Uri address) =>
        address is { IsAbsoluteUri: true } && address.Scheme is "http" or "https" && address.AbsolutePath.EndsWith('/') && address.Query.Length + address.Fragment.Length == 0
            ? address
            : throw new ArgumentException($"The site's address '{address}' must be absolute, http or https, and end in a slash.", nameof(address));
}
