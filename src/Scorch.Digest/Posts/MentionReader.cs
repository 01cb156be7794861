using System.Globalization;

namespace Scorch.Digest;

/// <summary>Reads a mention: a quote, and for a post on X the script that embeds it.</summary>
internal static class MentionReader
{
    public static Mention Read(PostCursor cursor)
    {
        cursor.Take(PostSyntax.MentionStart);
        var source = Source(cursor);
        cursor.Take("><p lang=\"");
        var language = Decoded(cursor, "\"", "a language");
        cursor.Take(" dir=\"");
        var isRightToLeft = cursor.TryTake("rtl\">");
        if (!isRightToLeft)
        {
            cursor.Take("ltr\">");
        }

        var text = Text(cursor);
        cursor.Take("&mdash; ");
        var (name, handle) = Author(cursor);
        var address = Decoded(cursor, "\">", "an address");
        var postedAt = Day(cursor);
        cursor.Take("</blockquote>");
        if (source == PostSyntax.XSource)
        {
            cursor.Take("\n");
            cursor.Take(PostSyntax.Script);
        }

        if (!cursor.IsAtEnd && !cursor.Rest.StartsWith(PostSyntax.MentionStart))
        {
            throw cursor.Unexpected("one empty line and a mention, or the end of the paper");
        }

        return new Mention
        {
            Source = source,
            Address = address,
            AuthorName = name,
            AuthorHandle = handle,
            Text = text,
            Language = language,
            IsRightToLeft = isRightToLeft,
            PostedAt = postedAt,
        };
    }

    private static string Source(PostCursor cursor)
    {
        if (cursor.TryTake(PostSyntax.XMention))
        {
            return PostSyntax.XSource;
        }

        cursor.Take(PostSyntax.OtherMention);
        cursor.Take(" data-source=\"");
        var start = cursor.Position;
        var source = Decoded(cursor, "\"", "a source");
        return source is "" or PostSyntax.XSource ? throw cursor.Unexpected("a source other than x", start) : source;
    }

    private static List<TextRun> Text(PostCursor cursor)
    {
        var runs = new List<TextRun>();
        while (true)
        {
            var length = cursor.Rest.IndexOfAny('<', '\n');
            if (length < 0 || cursor.Rest[length] == '\n')
            {
                throw cursor.Unexpected("the mention's text on one line, then '</p>'");
            }

            if (length > 0)
            {
                runs.Add(TextRun.Plain(Decoded(cursor, length)));
            }

            if (cursor.TryTake("</p>"))
            {
                return runs;
            }

            if (cursor.TryTake("<br>"))
            {
                runs.Add(TextRun.LineBreak);
            }
            else if (cursor.TryTake("<a href=\""))
            {
                var address = Decoded(cursor, "\">", "an address");
                runs.Add(TextRun.Link(address, Decoded(cursor, "</a>", "a link's text")));
            }
            else
            {
                throw cursor.Unexpected("'<a href=', '<br>' or '</p>'");
            }
        }
    }

    // The name may hold brackets and signs of its own; the account is what the last " (@" begins.
    private static (string Name, string Handle) Author(PostCursor cursor)
    {
        var start = cursor.Position;
        var written = cursor.TakeUntil("<a href=\"", "the author");
        var split = written.LastIndexOf(" (@");
        if (split < 0 || !written.EndsWith(") "))
        {
            throw cursor.Unexpected("the author: 'name (@account) '", start);
        }

        return (Decoded(cursor, written[..split], start), Decoded(cursor, written[(split + 3)..^2], start + split + 3));
    }

    private static DateTime Day(PostCursor cursor)
    {
        var start = cursor.Position;
        var written = cursor.TakeUntil("</a>", "a day");
        return DateTime.TryParseExact(
            written, PostSyntax.DayFormat, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var day)
            && written.SequenceEqual(day.ToString(PostSyntax.DayFormat, CultureInfo.InvariantCulture))
            ? day
            : throw cursor.Unexpected("a day such as January 25, 2021", start);
    }

    private static string Decoded(PostCursor cursor, string terminator, string what)
    {
        var start = cursor.Position;
        return Decoded(cursor, cursor.TakeUntil(terminator, what), start);
    }

    private static string Decoded(PostCursor cursor, int length)
    {
        var start = cursor.Position;
        var written = cursor.Rest[..length];
        cursor.Position += length;
        return Decoded(cursor, written, start);
    }

    private static string Decoded(PostCursor cursor, ReadOnlySpan<char> written, int start)
    {
        var (text, isCanonical) = HtmlText.Decode(written);
        if (!isCanonical)
        {
            cursor.Remark("expected the characters & < > \" ' as &amp; &lt; &gt; &quot; &#39; and no other entity in a mention", start);
        }

        return text;
    }
}
