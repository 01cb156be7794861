using System.Net;
using System.Text.RegularExpressions;

namespace Scorch.Digest;

/// <summary>Takes text, links and line breaks out of HTML; nothing else of it is kept.</summary>
/// <remarks>
/// For the small HTML of posts and comments, not for pages. Whatever is no known element is dropped with its attributes, the content of
/// scripts, styles and Mastodon's invisible spans (the protocol and the tail of long links) included. A link keeps its address only where that is http or https.
/// </remarks>
internal static partial class HtmlRuns
{
    // Longer posts are cut: the usual limit is 500 characters, some instances allow a few thousand.
    private const int LongestHtml = 100_000;

    /// <summary>The runs of a piece of HTML.</summary>
    public static IReadOnlyList<TextRun> Read(string html)
    {
        html = html.Length > LongestHtml ? html[..LongestHtml] : html;
        var runs = new List<TextRun>();
        var (at, link, linkText, hidden) = (0, (string?)null, "", 0);
        var spans = new Stack<bool>();
        foreach (Match tag in Tag().Matches(html))
        {
            AddText(html[at..tag.Index]);
            at = tag.Index + tag.Length;
            var isEnd = tag.Groups["end"].Length > 0;
            switch (tag.Groups["name"].Value.ToLowerInvariant())
            {
                case "br":
                    AddBreak();
                    break;
                case "p" or "div" or "li" or "blockquote" or "pre" when !isEnd:
                    EndLink();
                    if (runs.Count > 0)
                    {
                        runs.Add(TextRun.LineBreak);
                        runs.Add(TextRun.LineBreak);
                    }

                    break;
                case "a":
                    EndLink();
                    link = isEnd ? null : Address(tag.Value);
                    break;
                case "span" when isEnd:
                    hidden -= spans.TryPop(out var wasHidden) && wasHidden ? 1 : 0;
                    break;
                case "span":
                    spans.Push(Invisible().IsMatch(tag.Value));
                    hidden += spans.Peek() ? 1 : 0;
                    break;
            }
        }

        AddText(html[at..]);
        EndLink();
        return runs;

        void AddText(string text)
        {
            // Line ends in HTML are spaces.
            text = hidden > 0 ? "" : WebUtility.HtmlDecode(text).ReplaceLineEndings(" ");
            if (text.Length == 0)
            {
                return;
            }

            if (link is not null)
            {
                linkText += text;
            }
            else if (runs.Count > 0 && runs[^1].Kind == TextRunKind.Text)
            {
                runs[^1] = TextRun.Plain(runs[^1].Text + text);
            }
            else
            {
                runs.Add(TextRun.Plain(text));
            }
        }

        void AddBreak()
        {
            if (link is not null)
            {
                linkText += " ";
            }
            else
            {
                runs.Add(TextRun.LineBreak);
            }
        }

        void EndLink()
        {
            if (link is not null)
            {
                runs.Add(TextRun.Link(link, linkText.Length > 0 ? linkText : link));
            }

            (link, linkText) = (null, "");
        }
    }

    private static string? Address(string tag)
    {
        var value = Href().Match(tag);
        return value.Success && Uri.TryCreate(WebUtility.HtmlDecode(value.Groups["value"].Value).Trim(), UriKind.Absolute, out var address) && address.Scheme is "http" or "https"
            ? address.AbsoluteUri
            : null;
    }

    [GeneratedRegex(@"<(?:!--.*?(?:-->|\z)|script\b.*?(?:</script\s*>|\z)|style\b.*?(?:</style\s*>|\z)|(?<end>/?)(?<name>[a-z][a-z0-9]*)(?:[^""'<>]|""[^""]*""|'[^']*')*>|[!?/][^>]*>)", RegexOptions.IgnoreCase | RegexOptions.Singleline | RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant)]
    private static partial Regex Tag();

    [GeneratedRegex(@"\shref\s*=\s*(?:""(?<value>[^""]*)""|'(?<value>[^']*)')", RegexOptions.IgnoreCase | RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant)]
    private static partial Regex Href();

    [GeneratedRegex(@"\sclass\s*=\s*[""'](?:[^""']*\s)?invisible(?:\s|[""'])", RegexOptions.IgnoreCase | RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant)]
    private static partial Regex Invisible();
}
