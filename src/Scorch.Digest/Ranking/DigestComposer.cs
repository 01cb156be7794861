using System.Text;

namespace Scorch.Digest;

/// <summary>Makes a day's post of a ranking and the papers' metadata.</summary>
public static class DigestComposer
{
    /// <summary>The post of ranked papers.</summary>
    /// <remarks>
    /// What comes from outside is made to fit a post, so that no title, name or mention keeps a day's post from being written: line
    /// breaks become spaces where a post has one line, a comma and space within a name a space, characters that XML 1.0 forbids
    /// U+FFFD, what is no category is left out, and an abstract that would read as a mention begins with a space.
    /// </remarks>
    /// <param name="header">What stands above the papers.</param>
    /// <param name="ranking">The papers to list, hottest first.</param>
    /// <param name="papers">What is known of them, by arXiv identifier.</param>
    /// <param name="countedAt">When reposts and likes were counted, in UTC; cut to whole seconds.</param>
    /// <exception cref="ArgumentException">A ranked paper is not among <paramref name="papers"/>.</exception>
    public static DigestPost Compose(PostHeader header, IReadOnlyList<RankedPaper> ranking, IReadOnlyDictionary<string, PaperMetadata> papers, DateTime countedAt)
    {
        ArgumentNullException.ThrowIfNull(header);
        ArgumentNullException.ThrowIfNull(ranking);
        ArgumentNullException.ThrowIfNull(papers);
        var counted = countedAt.AddTicks(-(countedAt.Ticks % TimeSpan.TicksPerSecond));
        return new DigestPost { Header = header, Entries = [.. ranking.Select((paper, index) => Entry(index + 1, paper))] };

        DigestEntry Entry(int rank, RankedPaper paper) => papers.TryGetValue(paper.ArxivId, out var metadata)
            ? new DigestEntry
            {
                Rank = rank,
                ArxivId = paper.ArxivId,
                Title = OneLine(metadata.Title),
                Authors = [.. metadata.Authors.Select(Name).Where(name => name.Length > 0)],
                Categories = [.. metadata.Categories.Where(category => PostSyntax.IsCategory(category))],
                Reposts = paper.Reposts,
                Likes = paper.Likes,
                CountedAt = counted,
                Abstract = metadata.Abstract is null ? null : Abstract(metadata.Abstract),
                Mentions = [.. paper.Mentions.Select(Fit)],
            }
            : throw new ArgumentException($"The paper {paper.ArxivId} is ranked, but nothing is known of it; look it up first.", nameof(papers));
    }

    private static Mention Fit(Mention mention) => mention with
    {
        Source = OneLine(mention.Source) is { Length: > 0 } source ? source : "unknown",
        Address = OneLine(mention.Address),
        AuthorName = OneLine(mention.AuthorName),
        AuthorHandle = Without(OneLine(mention.AuthorHandle), " (@", "(@"),
        Language = OneLine(mention.Language),
        Text = [.. mention.Text.Select(Fit)],
    };

    private static TextRun Fit(TextRun run) => run.Kind == TextRunKind.Link && run.Address is null
        ? TextRun.Plain(SafeText.Clean(run.Text))
        : run with { Text = SafeText.Clean(run.Text), Address = run.Address is null ? null : OneLine(run.Address) };

    private static string Name(string text) => Without(OneLine(text), ", ", " ").Trim(' ').TrimEnd(',');

    // A replacement may complete another part with what stands before it; each makes the text shorter, so this is linear.
    private static string Without(string text, string part, string replacement)
    {
        if (!text.Contains(part, StringComparison.Ordinal))
        {
            return text;
        }

        var kept = new StringBuilder(text.Length);
        foreach (var character in text)
        {
            kept.Append(character);
            while (EndsWith(kept, part))
            {
                kept.Length -= part.Length;
                kept.Append(replacement);
            }
        }

        return kept.ToString();
    }

    private static bool EndsWith(StringBuilder text, string part)
    {
        for (var index = 1; index <= part.Length; index++)
        {
            if (text.Length < index || text[^index] != part[^index])
            {
                return false;
            }
        }

        return true;
    }

    private static string Abstract(string text)
    {
        var line = OneLine(text);
        return PostSyntax.FindMention("\n\n" + line) >= 0 || PostSyntax.FindLinks(line) >= 0 ? " " + line : line;
    }

    private static string OneLine(string text)
    {
        var clean = SafeText.Clean(text);
        return clean.Contains('\n') ? string.Join(' ', clean.Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)) : clean;
    }
}
