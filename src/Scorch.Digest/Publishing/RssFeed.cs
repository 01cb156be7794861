using System.Globalization;

namespace Scorch.Digest;

/// <summary>Writes posts as an RSS 2.0 feed, one item a day.</summary>
/// <remarks>Characters that XML 1.0 forbids are replaced by U+FFFD.</remarks>
public static class RssFeed
{
    /// <summary>The feed's file name under the site's address.</summary>
    public const string FileName = "rss.xml";

    private const string AtomNamespace = "http://www.w3.org/2005/Atom";

    /// <summary>The feed as UTF-8.</summary>
    /// <param name="site">Where it is published.</param>
    /// <param name="posts">The posts, in the order in which they shall stand: the newest first, usually.</param>
    public static byte[] Render(DigestSite site, IReadOnlyList<DigestPost> posts)
    {
        ArgumentNullException.ThrowIfNull(site);
        ArgumentNullException.ThrowIfNull(posts);
        return FeedXml.Write(xml =>
        {
            xml.WriteStartElement("rss");
            xml.WriteAttributeString("version", "2.0");
            xml.WriteAttributeString("xmlns", "atom", null, AtomNamespace);
            xml.WriteStartElement("channel");
            xml.WriteElement("title", site.Title);
            xml.WriteElement("link", site.Address.AbsoluteUri);
            xml.WriteElement("description", site.Description);
            xml.WriteElement("language", site.Language);
            if (posts.Count > 0)
            {
                xml.WriteElement("lastBuildDate", Time(posts.Max(post => post.Header.PublishedAt)));
            }

            xml.WriteStartElement("link", AtomNamespace);
            xml.WriteAttributeString("href", site.AddressOf(FileName).AbsoluteUri);
            xml.WriteAttributeString("rel", "self");
            xml.WriteAttributeString("type", "application/rss+xml");
            xml.WriteEndElement();
            foreach (var post in posts)
            {
                var address = site.AddressOf(post).AbsoluteUri;
                xml.WriteStartElement("item");
                xml.WriteElement("title", post.Header.Title);
                xml.WriteElement("link", address);
                xml.WriteStartElement("guid");
                xml.WriteAttributeString("isPermaLink", "true");
                xml.WriteString(address);
                xml.WriteEndElement();
                xml.WriteElement("pubDate", Time(post.Header.PublishedAt));
                foreach (var tag in post.Header.Tags)
                {
                    xml.WriteElement("category", tag);
                }

                xml.WriteElement("description", PostHtml.RenderPapers(post));
                xml.WriteEndElement();
            }
        });
    }

    // RFC 822 with the four-digit years that RSS prefers.
    private static string Time(DateTime time) => time.ToString("ddd, dd MMM yyyy HH:mm:ss '+0000'", CultureInfo.InvariantCulture);
}
