using System.Globalization;
using System.Text;

namespace Scorch.Text;

/// <summary>GPT-2's cut before byte pairs are merged, in one pass without backtracking:
/// <c>'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+</c>.</summary>
internal static class WordPattern
{
    private enum Kind : byte
    {
        Other,
        Letter,
        Number,
        Space,
    }

    private static readonly Kind[] Basic = [.. Enumerable.Range(0, char.MaxValue + 1).Select(value => KindOf((char)value))];

    /// <summary>Where the piece that starts at <paramref name="start"/> ends, at most at <paramref name="end"/>.</summary>
    public static int EndOfPiece(string text, int start, int end)
    {
        if (text[start] == '\'' && Contraction(text, start + 1, end) is > 0 and var length) return start + 1 + length;
        var first = text[start] == ' ' && start + 1 < end && KindAt(text, start + 1, end, out _) != Kind.Space ? start + 1 : start;
        var kind = KindAt(text, first, end, out var width);
        var i = first + width;
        var last = first;
        while (i < end && KindAt(text, i, end, out width) == kind)
        {
            last = i;
            i += width;
        }
        // \s+(?!\S): of several spaces before a word the last is left for it.
        return kind == Kind.Space && i < end && last > first ? last : i;
    }

    private static int Contraction(string text, int at, int end) =>
        at >= end ? 0
        : text[at] is 's' or 't' or 'm' or 'd' ? 1
        : at + 1 < end && (text[at], text[at + 1]) is ('r', 'e') or ('v', 'e') or ('l', 'l') ? 2
        : 0;

    private static Kind KindAt(string text, int at, int end, out int width)
    {
        width = char.IsHighSurrogate(text[at]) && at + 1 < end ? 2 : 1;
        return width == 1 ? Basic[text[at]] : KindOf(Rune.GetUnicodeCategory(new Rune(text[at], text[at + 1])));
    }

    private static Kind KindOf(char value) => char.IsWhiteSpace(value) ? Kind.Space : KindOf(char.GetUnicodeCategory(value));

    private static Kind KindOf(UnicodeCategory category) => category switch
    {
        <= UnicodeCategory.OtherLetter => Kind.Letter,
        UnicodeCategory.DecimalDigitNumber or UnicodeCategory.LetterNumber or UnicodeCategory.OtherNumber => Kind.Number,
        _ => Kind.Other,
    };
}
