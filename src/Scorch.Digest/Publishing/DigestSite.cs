using System.Globalization;

namespace Scorch.Digest;

/// <summary>Where a digest is published, as its feeds tell.</summary>
public sealed record DigestSite
{
    private readonly Uri _address = null!;

    /// <summary>The address under which the posts lie: absolute, http or https, ending in a slash.</summary>
    /// <exception cref="ArgumentException">The address is none of that.</exception>
    public required Uri Address
    {
        get => _address;
        init => _address = value is { IsAbsoluteUri: true } && value.Scheme is "http" or "https" && value.AbsolutePath.EndsWith('/') && value.Query.Length + value.Fragment.Length == 0
            ? value
            : throw new ArgumentException($"The site's address '{value}' must be absolute, http or https, and end in a slash.", nameof(value));
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

    /// <summary>The address of a file beside the posts, e.g. a feed's own.</summary>
    internal Uri AddressOf(string file) => new($"{Address.AbsoluteUri}{file}");
}
