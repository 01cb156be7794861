using System.Globalization;
using System.Text.Json;

namespace Scorch.Digest;

/// <summary>Writes posts as a JSON Feed 1.1, one item a day.</summary>
/// <remarks>Characters that XML 1.0 forbids are replaced by U+FFFD, as in the other feeds.</remarks>
public static class JsonFeed
{
    /// <summary>The feed's file name under the site's address.</summary>
    public const string FileName = "feed.json";

    /// <summary>The feed as UTF-8.</summary>
    /// <param name="site">Where it is published.</param>
    /// <param name="posts">The posts, in the order in which they shall stand: the newest first, usually.</param>
    public static byte[] Render(DigestSite site, IReadOnlyList<DigestPost> posts)
    {
        ArgumentNullException.ThrowIfNull(site);
        ArgumentNullException.ThrowIfNull(posts);
        using var stream = new MemoryStream();
        using (var json = new Utf8JsonWriter(stream, new JsonWriterOptions { Indented = true, NewLine = "\n" }))
        {
            json.WriteStartObject();
            json.WriteString("version", "https://jsonfeed.org/version/1.1");
            json.WriteString("title", SafeText.Clean(site.Title));
            json.WriteString("home_page_url", site.Address.AbsoluteUri);
            json.WriteString("feed_url", site.AddressOf(FileName).AbsoluteUri);
            json.WriteString("description", SafeText.Clean(site.Description));
            json.WriteString("language", SafeText.Clean(site.Language));
            json.WriteStartArray("authors");
            json.WriteStartObject();
            json.WriteString("name", SafeText.Clean(site.AuthorName));
            json.WriteEndObject();
            json.WriteEndArray();
            json.WriteStartArray("items");
            foreach (var post in posts)
            {
                WriteItem(json, site, post);
            }

            json.WriteEndArray();
            json.WriteEndObject();
        }

        stream.WriteByte((byte)'\n');
        return stream.ToArray();
    }

    private static void WriteItem(Utf8JsonWriter json, DigestSite site, DigestPost post)
    {
        var address = site.AddressOf(post).AbsoluteUri;
        json.WriteStartObject();
        json.WriteString("id", address);
        json.WriteString("url", address);
        json.WriteString("title", SafeText.Clean(post.Header.Title));
        json.WriteString("summary", SafeText.Clean(post.Header.Description));
        json.WriteString("content_html", PostHtml.RenderPapers(post));
        json.WriteString("date_published", post.Header.PublishedAt.ToString("yyyy-MM-ddTHH:mm:ss.FFFFFFF'Z'", CultureInfo.InvariantCulture));
        json.WriteStartArray("tags");
        foreach (var tag in post.Header.Tags)
        {
            json.WriteStringValue(SafeText.Clean(tag));
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }
}
