using System.Globalization;
using System.Text;

namespace Scorch.Digest;

/// <summary>Writes posts as Markdown with front matter.</summary>
/// <remarks>
/// Writing sees the typed fields alone, and <see cref="PostParser.Read(ReadOnlySpan{byte})"/> reads from the result the same
/// fields, but for what a post does not tell of a mention: its counts, its time of day, what it repeats, and where one piece of
/// plain text ends and the next begins. What could not be read back is refused. Titles and abstracts stand as they are:
/// Markdown from here is a faithful copy, not a cleaned one.
/// </remarks>
public static class PostMarkdown
{
    private static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>A post as the bytes of its file: UTF-8, line feeds, no byte order mark.</summary>
    /// <exception cref="ArgumentException">A field cannot be written so that it reads back the same; the message names it.</exception>
    public static byte[] RenderBytes(DigestPost post) => Utf8.GetBytes(Render(post));

    /// <summary>A post as text.</summary>
    /// <exception cref="ArgumentException">A field cannot be written so that it reads back the same; the message names it.</exception>
    public static string Render(DigestPost post)
    {
        ArgumentNullException.ThrowIfNull(post);
        var text = new StringBuilder();
        AppendHeader(text, post.Header);
        for (var index = 0; index < post.Entries.Count; index++)
        {
            text.Append(index == 0 ? "" : "\n");
            AppendEntry(text, post.Entries[index]);
        }

        return text.ToString();
    }

    private static void AppendHeader(StringBuilder text, PostHeader header)
    {
        var day = PostSyntax.DayOf(header.Slug, header.Title);
        Require(day == header.Day, "the header's day", $"is {header.Day:yyyy-MM-dd}, but its slug '{header.Slug}' and title '{header.Title}' {(day is null ? "end in none" : $"say {day:yyyy-MM-dd}")}");
        text.Append(PostSyntax.Fence);
        text.Append("title: ").Append(Line(header.Title, "the header's title")).Append('\n');
        text.Append("date: ").Append(PublishedAt(header)).Append('\n');
        text.Append("template: ").Append(Quoted(header.Template, "the header's template")).Append('\n');
        text.Append("draft: ").Append(header.IsDraft ? "true" : "false").Append('\n');
        text.Append("slug: ").Append(Quoted(header.Slug, "the header's slug")).Append('\n');
        text.Append("category: ").Append(Quoted(header.Category, "the header's category")).Append('\n');
        text.Append("tags:\n");
        foreach (var tag in header.Tags)
        {
            text.Append("  - ").Append(Quoted(tag, "a tag of the header")).Append('\n');
        }

        text.Append("description: ").Append(Quoted(header.Description, "the header's description")).Append('\n');
        text.Append("socialImage: ").Append(Quoted(header.SocialImage, "the header's picture")).Append('\n');
        text.Append('\n').Append(PostSyntax.Fence).Append('\n');
    }

    private static string PublishedAt(PostHeader header)
    {
        var time = header.PublishedAt;
        Require(time.Kind != DateTimeKind.Local, "the header's time", "is local; give UTC");
        var seconds = time.ToString("yyyy-MM-ddTHH:mm:ss", CultureInfo.InvariantCulture);
        var fraction = time.ToString("FFFFFFF", CultureInfo.InvariantCulture);
        if (header.PublishedTrailingZeros is not { } zeros)
        {
            Require(fraction.Length == 0, "the header's time", "has a fraction of a second; set PublishedTrailingZeros to 0");
            return seconds + "Z";
        }

        Require(zeros >= 0 && fraction.Length + zeros <= 7, "the header's PublishedTrailingZeros", $"is {zeros} behind {fraction.Length} digits; from 0 to 7 together fit");
        return $"{seconds}.{fraction}{new string('0', zeros)}Z";
    }

    private static void AppendEntry(StringBuilder text, DigestEntry entry)
    {
        var name = string.Create(CultureInfo.InvariantCulture, $"entry {entry.Rank} ({entry.ArxivId})");
        Require(entry.Rank >= 1, $"{name}: the rank", "must be 1 or more");
        Require(entry.Reposts >= 0 && entry.Likes >= 0, $"{name}: the counts", $"are {entry.Reposts} and {entry.Likes}; they must be 0 or more");
        Require(entry.CountedAt.Kind != DateTimeKind.Local && entry.CountedAt.Ticks % TimeSpan.TicksPerSecond == 0, $"{name}: the time of counting", "must be in UTC and whole seconds");
        Require(PostSyntax.IsIdentifier(entry.ArxivId), $"{name}: the identifier", "must be of letters, digits, '.', '-', '_' and '/'");
        text.Append(CultureInfo.InvariantCulture, $"# {entry.Rank}. ").Append(Line(entry.Title, $"{name}: the title")).Append("\n\n");
        var authors = string.Join(", ", entry.Authors);
        Require(PostSyntax.SplitAuthors(authors).SequenceEqual(entry.Authors), $"{name}: the authors", "are not told apart by a comma and a space between them");
        text.Append(Line(authors, $"{name}: the authors")).Append("\n\n");
        text.Append(CultureInfo.InvariantCulture, $"- retweets: {entry.Reposts}, favorites: {entry.Likes} (")
            .Append(entry.CountedAt.ToString(PostSyntax.TimeFormat, CultureInfo.InvariantCulture)).Append(")\n\n");
        text.Append($"- links: [abs](https://arxiv.org/abs/{entry.ArxivId}) | [pdf](https://arxiv.org/pdf/{entry.ArxivId})\n");
        foreach (var category in entry.Categories)
        {
            Require(PostSyntax.IsCategory(category), $"{name}: the category '{category}'", "must be of letters, digits, '.', '-', '_' and '/'");
        }

        text.Append("- ").AppendJoin(" | ", entry.Categories.Select(category => $"[{category}](https://arxiv.org/list/{category}/recent)"));
        if (entry.Abstract is { } summary)
        {
            var paragraph = "\n\n" + Valid(summary, $"{name}: the abstract");
            Require(PostSyntax.FindMention(paragraph) < 0, $"{name}: the abstract", "has a paragraph that would be read as a mention");
            Require(PostSyntax.FindHeading(paragraph, 0) < 0 && PostSyntax.FindLinks(summary) < 0, $"{name}: the abstract", "has a line that would be read as the next paper");
            text.Append(paragraph);
        }

        foreach (var mention in entry.Mentions)
        {
            AppendMention(text, mention, $"{name}: the mention {mention.Address}");
        }

        text.Append(PostSyntax.EntryEnd);
    }

    private static void AppendMention(StringBuilder text, Mention mention, string name)
    {
        Require(mention.Source.Length > 0, $"{name}: the source", "is empty");
        Require(!mention.AuthorHandle.Contains(" (@", StringComparison.Ordinal), $"{name}: the account", "holds ' (@'");
        Require(mention.PostedAt.Kind != DateTimeKind.Local, $"{name}: the time", "is local; give UTC");
        text.Append(PostSyntax.MentionStart).Append(mention.Source == PostSyntax.XSource ? PostSyntax.XMention + ">" : $"{PostSyntax.OtherMention} data-source=\"{Encoded(mention.Source, $"{name}: the source")}\">");
        text.Append($"<p lang=\"{Encoded(mention.Language, $"{name}: the language")}\" dir=\"{(mention.IsRightToLeft ? "rtl" : "ltr")}\">");
        foreach (var run in mention.Text)
        {
            AppendRun(text, run, $"{name}: the text");
        }

        text.Append($"</p>&mdash; {Encoded(mention.AuthorName, $"{name}: the author")} (@{Encoded(mention.AuthorHandle, $"{name}: the account")}) ");
        text.Append($"<a href=\"{Encoded(mention.Address, $"{name}: the address")}\">{mention.PostedAt.ToString(PostSyntax.DayFormat, CultureInfo.InvariantCulture)}</a></blockquote>");
        if (mention.Source == PostSyntax.XSource)
        {
            text.Append('\n').Append(PostSyntax.Script);
        }
    }

    // A mention is one line of HTML, so that no text can end it: line feeds within a run are written as the line breaks they
    // are, within a link as spaces.
    private static void AppendRun(StringBuilder text, TextRun run, string name)
    {
        Require(run.Kind != TextRunKind.Link || run.Address is not null, name, "has a link without an address");
        var visible = Valid(run.Text, name).Replace("\r\n", "\n", StringComparison.Ordinal);
        text.Append(run.Kind switch
        {
            TextRunKind.LineBreak => "<br>",
            TextRunKind.Link => $"<a href=\"{Encoded(run.Address!, name)}\">{HtmlText.Encode(visible.Replace('\n', ' '))}</a>",
            _ => HtmlText.Encode(visible).Replace("\n", "<br>", StringComparison.Ordinal),
        });
    }

    private static string Encoded(string value, string name) => HtmlText.Encode(Line(value, name));

    private static string Quoted(string value, string name) =>
        $"\"{Line(value, name).Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal)}\"";

    private static string Line(string value, string name)
    {
        Require(!value.Contains('\n'), name, "has a line feed");
        return Valid(value, name);
    }

    private static string Valid(string value, string name)
    {
        for (var at = value.AsSpan().IndexOfAnyInRange('\uD800', '\uDFFF'); at >= 0 && at < value.Length; at++)
        {
            if (char.IsSurrogate(value[at]))
            {
                Require(at + 1 < value.Length && char.IsSurrogatePair(value[at], value[at + 1]), name, $"has half of a surrogate pair at character {at}");
                at++;
            }
        }

        return value;
    }

    private static void Require(bool holds, string name, string problem)
    {
        if (!holds)
        {
            throw new ArgumentException($"The post cannot be written: {name} {problem}.", "post");
        }
    }
}
