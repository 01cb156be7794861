using System.Text;
using System.Xml;

namespace Scorch.Digest;

/// <summary>What both XML feeds need.</summary>
internal static class FeedXml
{
    /// <summary>The document that a callback writes, as UTF-8 without a byte order mark; elements left open are closed.</summary>
    public static byte[] Write(Action<XmlWriter> write)
    {
        using var stream = new MemoryStream();
        var settings = new XmlWriterSettings { Encoding = new UTF8Encoding(false), Indent = true, NewLineChars = "\n", NewLineHandling = NewLineHandling.Entitize };
        using (var xml = XmlWriter.Create(stream, settings))
        {
            xml.WriteStartDocument();
            write(xml);
            xml.WriteEndDocument();
        }

        return stream.ToArray();
    }

    /// <summary>An element of text, cleaned of what XML forbids, in the namespace around it.</summary>
    public static void WriteElement(this XmlWriter xml, string name, string text)
    {
        xml.WriteStartElement(name);
        xml.WriteString(SafeText.Clean(text));
        xml.WriteEndElement();
    }
}
