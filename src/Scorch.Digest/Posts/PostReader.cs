using System.Globalization;

namespace Scorch.Digest;

/// <summary>Reads the text of one post.</summary>
internal sealed class PostReader(string text, PostProblems problems)
{
    private readonly PostCursor _cursor = new(text, problems);

    public PostReading Read()
    {
        var header = ReadHeader();
        var entries = new List<DigestEntry>();
        var start = _cursor.Position;
        if (start < text.Length && !PostSyntax.IsNumbered(text.AsSpan(start)))
        {
            problems.Add(_cursor.Unexpected("a paper: '# 1. title'"));
            start = PostSyntax.FindHeading(text, start);
        }

        while (start >= 0 && start < text.Length)
        {
            var next = PostSyntax.FindHeading(text, start + 1);
            try
            {
                entries.Add(ReadEntry(start, next));
            }
            catch (PostFormatException problem)
            {
                problems.Add(problem);
            }

            start = next;
        }

        return new PostReading(header, entries, problems.Found);
    }

    private PostHeader? ReadHeader()
    {
        try
        {
            return FrontMatterReader.Read(_cursor);
        }
        catch (PostFormatException problem)
        {
            problems.Add(problem);
        }

        // Papers may still be readable below it.
        _cursor.Position = Math.Max(PostSyntax.FindHeading(text, 0), 0);
        return null;
    }

    private DigestEntry ReadEntry(int start, int next)
    {
        _cursor.Position = start;
        _cursor.End = EndOfEntry(next);
        _cursor.Take("# ");
        var rank = (int)Number(". ", int.MaxValue, 1);
        var title = _cursor.TakeLine("a title").ToString();
        _cursor.Take("\n");
        var authors = PostSyntax.SplitAuthors(_cursor.TakeLine("the authors").ToString());
        _cursor.Take("\n- retweets: ");
        var reposts = Number(", ");
        _cursor.Take("favorites: ");
        var likes = Number(" (");
        var countedAt = Time(")\n", PostSyntax.TimeFormat, "a time such as 01/26/2021 10:03:24");
        _cursor.Take("\n- links: [abs](https://arxiv.org/abs/");
        var identifierAt = _cursor.Position;
        var identifier = _cursor.TakeUntil(")", "an arXiv identifier").ToString();
        if (!PostSyntax.IsIdentifier(identifier))
        {
            throw _cursor.Unexpected("an arXiv identifier such as 2101.08833", identifierAt);
        }

        _cursor.Take($" | [pdf](https://arxiv.org/pdf/{identifier})\n");
        var categories = Categories();
        var summary = Abstract();
        var mentions = Mentions();
        return new DigestEntry
        {
            Rank = rank,
            ArxivId = identifier,
            Title = title,
            Authors = authors,
            Categories = categories,
            Reposts = reposts,
            Likes = likes,
            CountedAt = countedAt,
            Abstract = summary,
            Mentions = mentions,
        };
    }

    // Three empty lines end a paper, one more stands between it and the next.
    private int EndOfEntry(int next)
    {
        var (end, expected) = next < 0 ? (text.Length, PostSyntax.EntryEnd) : (next, PostSyntax.EntryEnd + "\n");
        if (text.AsSpan(0, end).EndsWith(expected))
        {
            return end - expected.Length;
        }

        var content = text.AsSpan(0, end).TrimEnd('\n').Length;
        problems.Add(_cursor.LineAt(content), string.Create(
            CultureInfo.InvariantCulture, $"expected {expected.Length - 1} empty lines {(next < 0 ? "at the end of the post" : "before the next paper")}, found {Math.Max(end - content - 1, 0)}"));
        return content;
    }

    private List<string> Categories()
    {
        _cursor.Take("- ");
        var categories = new List<string>();
        while (!_cursor.IsAtEnd && _cursor.Rest[0] != '\n')
        {
            if (categories.Count > 0)
            {
                _cursor.Take(" | ");
            }

            _cursor.Take("[");
            var start = _cursor.Position;
            var category = _cursor.TakeUntil("]", "a category").ToString();
            if (!PostSyntax.IsCategory(category))
            {
                throw _cursor.Unexpected("a category such as cs.LG", start);
            }

            _cursor.Take($"(https://arxiv.org/list/{category}/recent)");
            categories.Add(category);
        }

        return categories;
    }

    private string? Abstract()
    {
        var rest = _cursor.Rest;
        var mention = PostSyntax.FindMention(rest);
        if (rest.IsEmpty || mention == 0)
        {
            return null;
        }

        _cursor.Take("\n\n");
        var length = (mention < 0 ? rest.Length : mention) - 2;
        if (length < 0)
        {
            throw _cursor.Unexpected("an abstract, or one empty line before a mention");
        }

        var summary = rest.Slice(2, length);
        var start = _cursor.Position;
        _cursor.Position += length;
        var stray = PostSyntax.FindLinks(summary);
        if (stray < 0)
        {
            return summary.ToString();
        }

        problems.Add(_cursor.LineAt(start + stray), "the links of a paper stand within the abstract of another; expected '# number. title' above them");
        var end = summary[..stray].IndexOf(PostSyntax.EntryEnd);
        return summary[..(end < 0 ? stray : end)].ToString();
    }

    private List<Mention> Mentions()
    {
        var mentions = new List<Mention>();
        while (!_cursor.IsAtEnd)
        {
            var start = _cursor.Position;
            try
            {
                mentions.Add(MentionReader.Read(_cursor));
            }
            catch (PostFormatException problem)
            {
                problems.Add(problem);
                var next = PostSyntax.FindMention(text.AsSpan(start + 1, _cursor.End - start - 1));
                _cursor.Position = next < 0 ? _cursor.End : start + 1 + next;
            }
        }

        return mentions;
    }

    private long Number(string terminator, long largest = long.MaxValue, long smallest = 0)
    {
        var start = _cursor.Position;
        var written = _cursor.TakeUntil(terminator, "a whole number");
        if (!long.TryParse(written, NumberStyles.None, CultureInfo.InvariantCulture, out var number) || number < smallest || number > largest
            || (written[0] == '0' && written.Length > 1))
        {
            throw _cursor.Unexpected(string.Create(CultureInfo.InvariantCulture, $"a whole number from {smallest}"), start);
        }

        return number;
    }

    private DateTime Time(string terminator, string format, string expected)
    {
        var start = _cursor.Position;
        return DateTime.TryParseExact(
            _cursor.TakeUntil(terminator, expected), format, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var time)
            ? time
            : throw _cursor.Unexpected(expected, start);
    }
}
