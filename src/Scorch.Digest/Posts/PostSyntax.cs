using System.Buffers;
using System.Globalization;

namespace Scorch.Digest;

/// <summary>The fixed pieces of a post, shared by its reader and its writer.</summary>
internal static class PostSyntax
{
    public const string Fence = "---\n";
    public const string TimeFormat = "MM/dd/yyyy HH:mm:ss";
    public const string DayFormat = "MMMM d, yyyy";
    public const string EntryEnd = "\n\n\n\n";
    public const string MentionStart = "\n\n<blockquote class=\"";
    public const string XMention = "twitter-tweet\"";
    public const string OtherMention = "mention\"";
    public const string Script = "<script async src=\"https://platform.twitter.com/widgets.js\" charset=\"utf-8\"></script>";

    /// <summary>The source whose mentions are embedded with <see cref="Script"/>; those of others stand as they are.</summary>
    public const string XSource = "x";

    private static readonly SearchValues<char> IdentifierCharacters =
        SearchValues.Create("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz-./_");

    /// <summary>Whether a text can stand where an arXiv identifier stands.</summary>
    public static bool IsIdentifier(ReadOnlySpan<char> text) => !text.IsEmpty && !text.ContainsAnyExcept(IdentifierCharacters);

    /// <summary>Whether a text can stand where a category stands.</summary>
    public static bool IsCategory(ReadOnlySpan<char> text) => IsIdentifier(text);

    /// <summary>A line for authors is split at each comma that a space follows.</summary>
    public static IReadOnlyList<string> SplitAuthors(string line) => line.Length == 0 ? [] : line.Split(", ");

    /// <summary>The day that a name or title ends in, e.g. <c>hot-papers-2021-01-25</c>; null where there is none.</summary>
    public static DateOnly? DayAtEnd(string text) =>
        text.Length >= 10 && DateOnly.TryParseExact(text.AsSpan(text.Length - 10), "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day)
            ? day
            : null;

    /// <summary>The day of a post: its slug's, or else its title's.</summary>
    public static DateOnly? DayOf(string slug, string title) => DayAtEnd(slug) ?? DayAtEnd(title);

    /// <summary>
    /// The next place at or after <paramref name="from"/> where a paper begins: a line <c># number. </c> that either four empty
    /// lines precede or the rest of a paper's head follows. Such a line elsewhere is part of an abstract. Linear in the text.
    /// </summary>
    public static int FindHeading(ReadOnlySpan<char> text, int from)
    {
        for (var at = from; at < text.Length;)
        {
            if ((at == 0 || text[at - 1] == '\n') && IsNumbered(text[at..]) && (text[..at].EndsWith("\n\n\n\n\n") || HasHead(text[at..])))
            {
                return at;
            }

            var step = text[at..].IndexOf("\n# ");
            if (step < 0)
            {
                return -1;
            }

            at += step + 1;
        }

        return -1;
    }

    /// <summary>Where the first mention begins, with the empty line above it; -1 for none.</summary>
    public static int FindMention(ReadOnlySpan<char> text)
    {
        for (var at = 0; ; at++)
        {
            var step = text[at..].IndexOf(MentionStart);
            if (step < 0)
            {
                return -1;
            }

            at += step;
            var kind = text[(at + MentionStart.Length)..];
            if (kind.StartsWith(XMention) || kind.StartsWith(OtherMention))
            {
                return at;
            }
        }
    }

    /// <summary>Where a line begins that holds a paper's links; -1 for none.</summary>
    public static int FindLinks(ReadOnlySpan<char> text)
    {
        const string links = "- links: [abs](https://arxiv.org/abs/";
        return text.StartsWith(links) ? 0 : text.IndexOf("\n" + links) is var before and >= 0 ? before + 1 : -1;
    }

    /// <summary>Whether a text begins with <c># number. </c>.</summary>
    public static bool IsNumbered(ReadOnlySpan<char> line)
    {
        if (!line.StartsWith("# "))
        {
            return false;
        }

        var digits = 2;
        while (digits < line.Length && char.IsAsciiDigit(line[digits]))
        {
            digits++;
        }

        return digits > 2 && line[digits..].StartsWith(". ");
    }

    // "# 1. title", an empty line, the authors, an empty line, "- retweets: ".
    private static bool HasHead(ReadOnlySpan<char> text)
    {
        for (var line = 0; line < 2; line++)
        {
            var end = text.IndexOf('\n');
            if (end < 0 || !text[end..].StartsWith("\n\n"))
            {
                return false;
            }

            text = text[(end + 2)..];
        }

        return text.StartsWith("- retweets: ");
    }
}
