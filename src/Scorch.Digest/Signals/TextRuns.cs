namespace Scorch.Digest;

/// <summary>Makes runs of a mention's text.</summary>
internal static class TextRuns
{
    /// <summary>Plain text as runs; CR LF, CR and LF end lines.</summary>
    public static IReadOnlyList<TextRun> Lines(string text)
    {
        List<TextRun> runs = [];
        AddLines(runs, text);
        return runs;
    }

    /// <summary>Adds plain text, one run a line, with line breaks between.</summary>
    public static void AddLines(List<TextRun> runs, string text)
    {
        var lines = text.ReplaceLineEndings("\n").Split('\n');
        for (var index = 0; index < lines.Length; index++)
        {
            if (index > 0)
            {
                runs.Add(TextRun.LineBreak);
            }

            if (lines[index].Length > 0)
            {
                runs.Add(TextRun.Plain(lines[index]));
            }
        }
    }

    /// <summary>Text in which some spans are links, as runs.</summary>
    /// <param name="text">The text.</param>
    /// <param name="links">The spans and where they lead; those that overlap an earlier one or lie outside of the text are left out.</param>
    public static IReadOnlyList<TextRun> WithLinks(string text, IEnumerable<(int Start, int End, string Address, string? Shown)> links)
    {
        List<TextRun> runs = [];
        var at = 0;
        foreach (var (start, end, address, shown) in links.OrderBy(link => link.Start))
        {
            if (start < at || end <= start || end > text.Length)
            {
                continue;
            }

            AddLines(runs, text[at..start]);
            runs.Add(TextRun.Link(address, shown ?? text[start..end]));
            at = end;
        }

        AddLines(runs, text[at..]);
        return runs;
    }
}
