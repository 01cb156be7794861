using System.Net;
using System.Text;

namespace Scorch.Digest;

/// <summary>Text in HTML: the five characters that mean something there, encoded in one way only.</summary>
internal static class HtmlText
{
    private const string Special = "&<>\"'";

    /// <summary>The text with <c>&amp; &lt; &gt; " '</c> encoded; safe as an element's text and in a quoted attribute.</summary>
    public static string Encode(string text)
    {
        if (text.AsSpan().IndexOfAny(Special) < 0)
        {
            return text;
        }

        var encoded = new StringBuilder(text.Length + 16);
        foreach (var character in text)
        {
            _ = character switch
            {
                '&' => encoded.Append("&amp;"),
                '<' => encoded.Append("&lt;"),
                '>' => encoded.Append("&gt;"),
                '"' => encoded.Append("&quot;"),
                '\'' => encoded.Append("&#39;"),
                _ => encoded.Append(character),
            };
        }

        return encoded.ToString();
    }

    /// <summary>Undoes <see cref="Encode"/>. What that never writes (another entity, a bare quote) is decoded as browsers do, and told.</summary>
    /// <returns>The text, and whether encoding it again gives the same characters.</returns>
    public static (string Text, bool IsCanonical) Decode(ReadOnlySpan<char> encoded)
    {
        if (encoded.IndexOfAny(Special) < 0)
        {
            return (encoded.ToString(), true);
        }

        var decoded = WebUtility.HtmlDecode(encoded.ToString());
        return (decoded, encoded.SequenceEqual(Encode(decoded)));
    }
}
