using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Scorch.Digest;

/// <summary>Writes posts as e-mail messages (RFC 5322, MIME): plain text and HTML of the same content.</summary>
/// <remarks>
/// Only ASCII leaves: bodies are UTF-8 as quoted-printable, headers encoded as RFC 2047 says. Controls in what goes into a header, line
/// ends foremost, become spaces, so that no title adds a header. Lines have at most 76 characters, or as many as an address
/// needs, which is bounded. The same post, sender and receivers give the same bytes.
/// </remarks>
public static class PostMail
{
    /// <summary>The message's bytes, lines ending in CR LF.</summary>
    /// <param name="post">The post; its title is the subject, its time of publication the date.</param>
    /// <param name="from">Who sends it.</param>
    /// <param name="to">Who receives it, at least one.</param>
    /// <exception cref="ArgumentException">There is no receiver.</exception>
    public static byte[] Render(DigestPost post, MailParty from, params IReadOnlyList<MailParty> to)
    {
        ArgumentNullException.ThrowIfNull(post);
        ArgumentNullException.ThrowIfNull(from);
        ArgumentNullException.ThrowIfNull(to);
        if (to.Count == 0)
        {
            throw new ArgumentException("A message needs a receiver.", nameof(to));
        }

        var (text, html) = (PostText.Render(post), PostHtml.RenderPage(post));
        var mark = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{post.Header.Slug}\n{post.Header.PublishedAt:O}\n{from.Address}\n{html}")))[..32];

        // No quoted-printable line holds "=_".
        var boundary = $"=_{mark}";
        var message = new StringBuilder();
        message.Append("From: ").Append(from.ToHeader()).Append("\r\n");
        message.Append("To: ").AppendJoin(",\r\n ", to.Select(party => party.ToHeader())).Append("\r\n");
        message.Append("Subject: ").Append(MailEncoding.Unstructured(post.Header.Title)).Append("\r\n");
        message.Append(CultureInfo.InvariantCulture, $"Date: {post.Header.PublishedAt:ddd, dd MMM yyyy HH:mm:ss} +0000\r\n");
        message.Append($"Message-ID: <{mark}@{from.Domain}>\r\n");
        message.Append("MIME-Version: 1.0\r\n");
        message.Append($"Content-Type: multipart/alternative;\r\n boundary=\"{boundary}\"\r\n");
        foreach (var (type, body) in ((string Type, string Body)[])[("plain", text), ("html", html)])
        {
            message.Append($"\r\n--{boundary}\r\nContent-Type: text/{type}; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n");
            MailEncoding.AppendQuotedPrintable(message, body);
        }

        return Encoding.ASCII.GetBytes(message.Append($"\r\n--{boundary}--\r\n").ToString());
    }
}

/// <summary>Who sends or receives a message.</summary>
public sealed record MailParty
{
    /// <summary>A party.</summary>
    /// <param name="address">The address, e.g. <c>ada@example.org</c>: ASCII, without quotes or comments, at most 254 characters.</param>
    /// <param name="name">The name shown with it; null for none.</param>
    /// <exception cref="ArgumentException">The address is no such address.</exception>
    public MailParty(string address, string? name = null)
    {
        ArgumentNullException.ThrowIfNull(address);
        var at = address.IndexOf('@', StringComparison.Ordinal);
        var isPlain = address.All(character => char.IsAsciiLetterOrDigit(character) || "@.!#$%&'*+-/=?^_`{|}~".Contains(character, StringComparison.Ordinal));
        if (at <= 0 || at != address.LastIndexOf('@') || address.Length > 254 || !isPlain || address.Split('.', '@').Any(part => part.Length == 0))
        {
            throw new ArgumentException($"'{address}' is no e-mail address of the form name@domain in ASCII.", nameof(address));
        }

        Address = address;
        Name = name;
    }

    /// <summary>The address.</summary>
    public string Address { get; }

    /// <summary>The name shown with it; null for none.</summary>
    public string? Name { get; }

    internal string Domain => Address[(Address.IndexOf('@', StringComparison.Ordinal) + 1)..];

    internal string ToHeader() => string.IsNullOrEmpty(Name) ? Address : $"{MailEncoding.Phrase(Name)}\r\n <{Address}>";
}
