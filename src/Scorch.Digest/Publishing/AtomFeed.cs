using System.Globalization;
using System.Xml;

namespace Scorch.Digest;

/// <summary>Writes posts as an Atom feed (RFC 4287), one entry a day.</summary>
/// <remarks>
/// An entry's id is its permanent address, the feed's is the site's. A feed without entries was updated at the start of 1970,
/// for RFC 4287 demands some time. Characters that XML 1.0 forbids are replaced by U+FFFD.
/// </remarks>
public static class AtomFeed
{
    /// <summary>The feed's file name under the site's address.</summary>
    public const string FileName = "atom.xml";

    private const string Namespace = "http://www.w3.org/2005/Atom";

    /// <summary>The feed as UTF-8.</summary>
    /// <param name="site">Where it is published.</param>
    /// <param name="posts">The posts, in the order in which they shall stand: the newest first, usually.</param>
    public static byte[] Render(DigestSite site, IReadOnlyList<DigestPost> posts)
    {
        ArgumentNullException.ThrowIfNull(site);
        ArgumentNullException.ThrowIfNull(posts);
        return FeedXml.Write(xml =>
        {
            xml.WriteStartElement("feed", Namespace);
            xml.WriteAttributeString("xml", "lang", null, SafeText.Clean(site.Language));
            xml.WriteElement("title", site.Title);
            xml.WriteElement("subtitle", site.Description);
            xml.WriteElement("id", site.Address.AbsoluteUri);
            xml.WriteElement("updated", Time(posts.Select(post => post.Header.PublishedAt).DefaultIfEmpty(DateTime.UnixEpoch).Max()));
            WriteLink(xml, "self", "application/atom+xml", site.AddressOf(FileName));
            WriteLink(xml, "alternate", "text/html", site.Address);
            xml.WriteStartElement("author");
            xml.WriteElement("name", site.AuthorName);
            xml.WriteEndElement();
            foreach (var post in posts)
            {
                xml.WriteStartElement("entry");
                xml.WriteElement("title", post.Header.Title);
                xml.WriteElement("id", site.AddressOf(post).AbsoluteUri);
                xml.WriteElement("published", Time(post.Header.PublishedAt));
                xml.WriteElement("updated", Time(post.Header.PublishedAt));
                WriteLink(xml, "alternate", "text/html", site.AddressOf(post));
                foreach (var tag in post.Header.Tags)
                {
                    xml.WriteStartElement("category");
                    xml.WriteAttributeString("term", SafeText.Clean(tag));
                    xml.WriteEndElement();
                }

                xml.WriteElement("summary", post.Header.Description);
                xml.WriteStartElement("content");
                xml.WriteAttributeString("type", "html");
                xml.WriteString(PostHtml.RenderPapers(post));
                xml.WriteEndElement();
                xml.WriteEndElement();
            }
        });
    }

    private static void WriteLink(XmlWriter xml, string relation, string type, Uri address)
    {
        xml.WriteStartElement("link");
        xml.WriteAttributeString("rel", relation);
        xml.WriteAttributeString("type", type);
        xml.WriteAttributeString("href", address.AbsoluteUri);
        xml.WriteEndElement();
    }

    // RFC 3339.
    private static string Time(DateTime time) => time.ToString("yyyy-MM-ddTHH:mm:ss.FFFFFFF'Z'", CultureInfo.InvariantCulture);
}
