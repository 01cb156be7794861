namespace Scorch.Digest.Tests;

/// <summary>Random posts with nasty texts, the same for a seed.</summary>
internal sealed class RandomPosts(int seed)
{
    private static readonly string[] Pieces =
    [
        "a", "Z", "0", " ", "  ", ",", ", ", ".", "# 2. ", "# ", "---", "\"", "'", "\\", "\\\"", "&", "&amp;", "&lt;", "&#39;", "<", ">", "<br>", "</p>", "</a>",
        "<a href=\"x\">", "<script>alert(1)</script>", "<blockquote class=\"twitter-tweet\">", "<blockquote class=\"mention\" data-source=\"q\">", "- retweets: 1, favorites: 2 (",
        "- links: [abs](https://arxiv.org/abs/1) | ", "é", "Ã©", "\u00a0", "\u200f", "\ufeff", "\uf8ff", "𝔘", "日本", "\t", "\r", "\0", "(@", " (@", ") ", "|", "[", "](", "&mdash; ", "—", "%5E", "\ufffd",
    ];

    private static readonly string[] Breaks = ["\n", "\n\n", "\n\n\n\n", "\n\n\n\n\n", "\n# 3. x", "\n<blockquote class=\"twitter-tweet\">", "\n---\n", "\n- retweets: "];

    private readonly Random _random = new(seed);

    /// <summary>How many fields were drawn that the writer refused.</summary>
    public int Refused { get; private set; }

    public DigestPost Post()
    {
        var header = PostHeader.For(new DateOnly(2000, 1, 1).AddDays(_random.Next(20000)), DateTime.SpecifyKind(new DateTime(2001, 2, 3), DateTimeKind.Utc).AddSeconds(_random.Next()));
        header = header with
        {
            Title = Draw(() => Text(), title => Fits(header with { Title = title })),
            Description = Text(),
            Template = Text(),
            Category = Text(),
            SocialImage = Text(),
            IsDraft = Chance(0.5),
            Tags = [.. Many(4, () => Text())],
            PublishedAt = header.PublishedAt.AddTicks(Chance(0.5) ? 0 : _random.Next(10) * 1_000_000),
            PublishedTrailingZeros = _random.Next(4),
        };
        return new DigestPost { Header = header, Entries = [.. Many(5, Entry)] };
    }

    public DigestEntry Entry()
    {
        var plain = new DigestEntry
        {
            Rank = _random.Next(1, 1000),
            ArxivId = Chance(0.2) ? "math/0309136" : $"{_random.Next(1000, 9999)}.{_random.Next(10000, 99999)}",
            Title = Text(),
            Authors = [],
            Categories = [.. Many(4, () => Chance(0.5) ? "cs.LG" : "cond-mat.stat-mech")],
            Reposts = Chance(0.1) ? long.MaxValue : _random.Next(10000),
            Likes = _random.Next(10000),
            CountedAt = new DateTime(2020, 1, 1, 0, 0, 0, DateTimeKind.Utc).AddSeconds(_random.Next()),
            Abstract = null,
            Mentions = [],
        };
        plain = plain with { Authors = Draw<IReadOnlyList<string>>(() => [.. Many(4, () => Text())], authors => Fits(plain with { Authors = authors })) };
        plain = plain with { Abstract = Chance(0.1) ? null : Draw(() => Text(isParagraphs: true), summary => Fits(plain with { Abstract = summary })) };
        return plain with { Mentions = [.. Many(3, () => Draw(Mention, mention => Fits(plain with { Mentions = [mention] })))] };
    }

    private Mention Mention() => new()
    {
        Source = Chance(0.7) ? "x" : Chance(0.5) ? "bluesky" : "a\"b&" + Text(),
        Address = Text(),
        AuthorName = Text(),
        AuthorHandle = Text(),
        Text = [.. Runs()],
        Language = Chance(0.8) ? "en" : Text(),
        IsRightToLeft = Chance(0.2),
        PostedAt = new DateTime(2020, 1, 1, 0, 0, 0, DateTimeKind.Utc).AddDays(_random.Next(4000)),
    };

    // As reading makes them: no two plain texts beside one another, none empty.
    private IEnumerable<TextRun> Runs()
    {
        var wasText = false;
        for (var count = _random.Next(8); count > 0; count--)
        {
            var kind = _random.Next(3);
            var run = kind == 0 ? TextRun.LineBreak : kind == 1 || wasText ? TextRun.Link(Text(), Text()) : TextRun.Plain("t" + Text());
            wasText = run.Kind == TextRunKind.Text;
            yield return run;
        }
    }

    private string Text(bool isParagraphs = false)
    {
        var text = "";
        for (var count = _random.Next(12); count > 0; count--)
        {
            text += isParagraphs && Chance(0.3) ? Breaks[_random.Next(Breaks.Length)] : Pieces[_random.Next(Pieces.Length)];
        }

        return text;
    }

    private T Draw<T>(Func<T> draw, Func<T, bool> fits)
    {
        T value;
        while (!fits(value = draw()))
        {
            Refused++;
        }

        return value;
    }

    private static bool Fits(PostHeader header) => Fits(new DigestPost { Header = header, Entries = [] });

    private static bool Fits(DigestEntry entry) => Fits(SamplePost.Post with { Entries = [entry] });

    private static bool Fits(DigestPost post)
    {
        try
        {
            PostMarkdown.Render(post);
            return true;
        }
        catch (ArgumentException refused)
        {
            Assert.StartsWith("The post cannot be written: ", refused.Message, StringComparison.Ordinal);
            return false;
        }
    }

    private IEnumerable<T> Many<T>(int most, Func<T> make)
    {
        for (var count = _random.Next(most + 1); count > 0; count--)
        {
            yield return make();
        }
    }

    private bool Chance(double probability) => _random.NextDouble() < probability;
}
