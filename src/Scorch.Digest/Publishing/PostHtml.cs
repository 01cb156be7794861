using System.Globalization;
using System.Text;

namespace Scorch.Digest;

/// <summary>Writes posts as HTML.</summary>
/// <remarks>
/// A page stands alone: no script, nothing loaded from elsewhere, mentions as plain quotes. Every text is encoded, so that no
/// markup in a title, name or mention has an effect; links lead to http and https only, and other addresses stand as text.
/// Characters that XML 1.0 forbids are replaced by U+FFFD.
/// </remarks>
public static class PostHtml
{
    private const string Style = """
        :root { color-scheme: light dark; }
        body { font: 1rem/1.6 system-ui, sans-serif; max-width: 46rem; margin: 0 auto; padding: 1rem; overflow-wrap: anywhere; }
        h2 { line-height: 1.3; margin-top: 3rem; }
        .authors, .facts { margin: 0.3rem 0; }
        .facts { font-size: 0.9rem; }
        blockquote { margin: 1rem 0; padding: 0.1rem 1rem; border-left: 0.25rem solid GrayText; }
        """;

    /// <summary>A post as a complete page.</summary>
    public static string RenderPage(DigestPost post)
    {
        ArgumentNullException.ThrowIfNull(post);
        var page = new StringBuilder();
        page.Append("<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n")
            .Append("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n")
            .Append("<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\n")
            .Append($"<title>{Encode(post.Header.Title)}</title>\n<meta name=\"description\" content=\"{Encode(post.Header.Description)}\">\n")
            .Append($"<style>\n{Style}\n</style>\n</head>\n<body>\n<main>\n<h1>{Encode(post.Header.Title)}</h1>\n");
        AppendPapers(page, post);
        return page.Append("</main>\n</body>\n</html>\n").ToString();
    }

    /// <summary>The papers of a post alone, to stand within a page of one's own or in a feed.</summary>
    public static string RenderPapers(DigestPost post)
    {
        ArgumentNullException.ThrowIfNull(post);
        var papers = new StringBuilder();
        AppendPapers(papers, post);
        return papers.ToString();
    }

    /// <summary>The text of a mention: encoded, with its links and line breaks.</summary>
    public static string RenderText(Mention mention)
    {
        ArgumentNullException.ThrowIfNull(mention);
        return string.Concat(mention.Text.Select(run => run.Kind switch
        {
            TextRunKind.LineBreak => "<br>",
            TextRunKind.Link => Link(run.Address, run.Text),
            _ => Encode(run.Text).Replace("\r\n", "\n", StringComparison.Ordinal).Replace("\n", "<br>", StringComparison.Ordinal),
        }));
    }

    private static void AppendPapers(StringBuilder html, DigestPost post)
    {
        foreach (var entry in post.Entries)
        {
            html.Append(CultureInfo.InvariantCulture, $"<article id=\"paper-{entry.Rank}\">\n")
                .Append(CultureInfo.InvariantCulture, $"<h2>{entry.Rank}. {Link(SafeText.ArxivAddress("abs", entry.ArxivId), entry.Title)}</h2>\n")
                .Append($"<p class=\"authors\">{Encode(string.Join(", ", entry.Authors))}</p>\n")
                .Append(CultureInfo.InvariantCulture, $"<p class=\"facts\">{entry.Reposts} reposts, {entry.Likes} likes ")
                .Append($"(<time datetime=\"{entry.CountedAt.ToString("yyyy-MM-ddTHH:mm:ss'Z'", CultureInfo.InvariantCulture)}\">{entry.CountedAt.ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture)} UTC</time>) ")
                .Append($"· {Link(SafeText.ArxivAddress("abs", entry.ArxivId), "abs")} · {Link(SafeText.ArxivAddress("pdf", entry.ArxivId), "pdf")} · {Encode(string.Join(", ", entry.Categories))}</p>\n");
            foreach (var paragraph in (entry.Abstract ?? "").Split("\n\n", StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
            {
                html.Append($"<p>{Encode(paragraph)}</p>\n");
            }

            foreach (var mention in entry.Mentions)
            {
                AppendMention(html, mention);
            }

            html.Append("</article>\n");
        }
    }

    private static void AppendMention(StringBuilder html, Mention mention)
    {
        var day = mention.PostedAt.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
        html.Append("<blockquote>\n")
            .Append($"<p lang=\"{Encode(mention.Language)}\" dir=\"{(mention.IsRightToLeft ? "rtl" : "ltr")}\">{RenderText(mention)}</p>\n")
            .Append($"<p class=\"facts\">— <bdi>{Encode(mention.AuthorName)}</bdi> (@<bdi>{Encode(mention.AuthorHandle)}</bdi>), ")
            .Append(SafeText.WebAddress(mention.Address) is null ? $"{day}, {Encode(mention.Address)}" : Link(mention.Address, day))
            .Append("</p>\n</blockquote>\n");
    }

    private static string Link(string? address, string text) => SafeText.WebAddress(address) is { } safe
        ? $"<a href=\"{Encode(safe)}\" rel=\"noopener nofollow\">{Encode(text)}</a>"
        : Encode(text);

    private static string Encode(string text) => HtmlText.Encode(SafeText.Clean(text));
}
