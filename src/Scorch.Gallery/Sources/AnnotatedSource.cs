using System.Text;
using System.Text.RegularExpressions;

namespace Scorch.Gallery.Sources;

/// <summary>A stretch of a source file: what its comment says, and the code below the comment.</summary>
/// <param name="Line">The number of the first line, from 1.</param>
/// <param name="Note">The comment's paragraphs, as plain text; empty where there is none.</param>
/// <param name="Code">The code without the comment, its common indentation kept.</param>
public sealed record SourcePassage(int Line, IReadOnlyList<NoteParagraph> Note, string Code);

/// <summary>A paragraph of a comment.</summary>
/// <param name="Pieces">Its text, in order; code stands apart.</param>
public sealed record NoteParagraph(IReadOnlyList<(string Text, bool IsCode)> Pieces);

/// <summary>Splits a source file into passages: comments that stand on lines of their own, each with the code that follows it.</summary>
public static partial class AnnotatedSource
{
    /// <summary>The passages, in order.</summary>
    public static IReadOnlyList<SourcePassage> Split(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var passages = new List<SourcePassage>();
        List<string> notes = [], code = [];
        var first = 1;
        var number = 0;
        foreach (var line in text.TrimEnd().Split('\n'))
        {
            number++;
            var bare = line.TrimStart();
            if (!bare.StartsWith("//", StringComparison.Ordinal))
            {
                code.Add(line);
                continue;
            }

            // A comment after code opens a passage; blank lines before it belong to neither.
            if (code.Any(part => !string.IsNullOrWhiteSpace(part)))
            {
                Close();
                first = number;
            }

            notes.Add(bare);
        }

        Close();
        return passages;

        void Close()
        {
            if (notes.Count > 0 || code.Count > 0)
            {
                passages.Add(new SourcePassage(first, Paragraphs(notes), string.Join('\n', code).Trim('\n')));
            }

            notes = [];
            code = [];
        }
    }

    /// <summary>The first documented summary of a source file, as plain text; empty where there is none.</summary>
    public static string FirstSummary(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var start = text.IndexOf("<summary>", StringComparison.Ordinal);
        var end = start < 0 ? -1 : text.IndexOf("</summary>", start, StringComparison.Ordinal);
        if (end < 0)
        {
            return "";
        }

        var lines = text[(start + "<summary>".Length)..end].Split('\n').Select(line => line.Trim().TrimStart('/'));
        return string.Concat(Pieces(string.Join(' ', lines)).Select(piece => piece.Text)).Trim();
    }

    private static List<NoteParagraph> Paragraphs(List<string> notes)
    {
        var text = new StringBuilder();
        foreach (var note in notes)
        {
            var line = note.TrimStart('/').Trim();
            text.Append(line.Length == 0 ? "\n\n" : line + " ");
        }

        // Elements of a documentation comment that stand for a paragraph each.
        var parted = Blocks().Replace(text.ToString(), match => match.Groups["name"].Success ? $"\n\n<c>{match.Groups["name"].Value}</c>: " : "\n\n");
        return
        [
            .. parted.Split("\n\n", StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
                .Select(paragraph => new NoteParagraph(Pieces(paragraph)))
                .Where(paragraph => paragraph.Pieces.Any(piece => !string.IsNullOrWhiteSpace(piece.Text))),
        ];
    }

    // <c>x</c>, <see cref="X"/>, <paramref name="x"/> and their kin are code; other elements vanish, entities become characters.
    private static List<(string Text, bool IsCode)> Pieces(string paragraph)
    {
        var pieces = new List<(string, bool)>();
        var at = 0;
        foreach (Match match in Inline().Matches(paragraph))
        {
            Add(paragraph[at..match.Index], isCode: false);
            if (match.Groups["code"].Success)
            {
                Add(match.Groups["code"].Value, isCode: true);
            }
            else if (match.Groups["name"].Success)
            {
                var name = match.Groups["name"].Value;
                Add(name.Length > 2 && name[1] == ':' ? name[2..] : name, isCode: true);
            }

            at = match.Index + match.Length;
        }

        Add(paragraph[at..], isCode: false);
        return pieces;

        void Add(string text, bool isCode)
        {
            if (text.Length > 0)
            {
                pieces.Add((text.Replace("&lt;", "<", StringComparison.Ordinal).Replace("&gt;", ">", StringComparison.Ordinal)
                    .Replace("&quot;", "\"", StringComparison.Ordinal).Replace("&amp;", "&", StringComparison.Ordinal), isCode));
            }
        }
    }

    [GeneratedRegex("""<(param|typeparam) name="(?<name>[^"]*)">|<exception cref="(?<name>[^"]*)">|</?(summary|remarks|returns|value|example|para|list|item|description|term|listheader)( [^>]*)?>|</(param|typeparam|exception)>""", RegexOptions.CultureInvariant)]
    private static partial Regex Blocks();

    [GeneratedRegex("""<(c|code)>(?<code>.*?)</(c|code)>|<(see|seealso|paramref|typeparamref) (cref|name|langword|href)="(?<name>[^"]*)" ?/>|</?(inheritdoc|see|b|i|em|a|code|c)( [^>]*)?/?>""", RegexOptions.CultureInvariant)]
    private static partial Regex Inline();
}
