using System.Globalization;
using System.Text;

namespace Scorch.Digest;

/// <summary>A place in a post's text, from which fixed pieces and fields are taken.</summary>
internal sealed class PostCursor(string text, PostProblems problems)
{
    private const int LongestExcerpt = 60;
    private int _countedTo;
    private int _line = 1;

    /// <summary>The next character.</summary>
    public int Position { get; set; }

    /// <summary>Where the part ends that is being read.</summary>
    public int End { get; set; } = text.Length;

    /// <summary>The whole text.</summary>
    public string Text => text;

    /// <summary>What is left of the part.</summary>
    public ReadOnlySpan<char> Rest => text.AsSpan(Position, End - Position);

    /// <summary>Whether the part is read.</summary>
    public bool IsAtEnd => Position >= End;

    /// <summary>Takes a fixed piece if it comes next.</summary>
    public bool TryTake(string piece)
    {
        if (!Rest.StartsWith(piece))
        {
            return false;
        }

        Position += piece.Length;
        return true;
    }

    /// <summary>Takes a fixed piece, which must come next.</summary>
    public void Take(string piece)
    {
        if (!TryTake(piece))
        {
            var common = Rest.CommonPrefixLength(piece);
            throw Unexpected($"'{Escape(piece)}'", Position, LineAt(Math.Min(Position + common, End)));
        }
    }

    /// <summary>Takes the characters up to a fixed piece on the same line, and the piece.</summary>
    public ReadOnlySpan<char> TakeUntil(string piece, string what)
    {
        var rest = Rest;
        for (var length = 0; ; length++)
        {
            var step = rest[length..].IndexOfAny(piece[0], '\n');
            length += Math.Max(step, 0);
            if (step >= 0 && rest[length..].StartsWith(piece))
            {
                Position += length + piece.Length;
                return rest[..length];
            }

            if (step < 0 || rest[length] == '\n')
            {
                throw Unexpected($"{what}, then '{Escape(piece)}'");
            }
        }
    }

    /// <summary>Takes the rest of the line and its end.</summary>
    public ReadOnlySpan<char> TakeLine(string what) => TakeUntil("\n", what);

    /// <summary>The exception for what stands at a place in place of what was expected.</summary>
    /// <param name="expected">What was expected.</param>
    /// <param name="position">The place; null for where the cursor is.</param>
    /// <param name="line">The line to tell; null for that of the place.</param>
    public PostFormatException Unexpected(string expected, int? position = null, int? line = null)
    {
        var at = Math.Min(position ?? Position, End);
        var rest = text.AsSpan(at, End - at);
        var lineEnd = rest.IndexOf('\n');
        var shown = lineEnd < 0 ? rest : rest[..lineEnd];
        var found = rest.IsEmpty ? "the end" : shown.IsEmpty ? "the end of the line" : $"'{Escape(shown)}'";
        return new PostFormatException(line ?? LineAt(at), $"expected {expected}, found {found}");
    }

    /// <summary>Tells what can be read although it would be written differently.</summary>
    public void Remark(string reason, int position) => problems.Add(LineAt(position), reason);

    /// <summary>The line of a place, from 1. Cheap where places are near one another.</summary>
    public int LineAt(int position)
    {
        _line += position >= _countedTo
            ? text.AsSpan(_countedTo, position - _countedTo).Count('\n')
            : -text.AsSpan(position, _countedTo - position).Count('\n');
        _countedTo = position;
        return _line;
    }

    private static string Escape(ReadOnlySpan<char> part)
    {
        var shown = new StringBuilder();
        foreach (var character in part[..Math.Min(part.Length, LongestExcerpt)])
        {
            _ = character switch
            {
                '\n' => shown.Append("\\n"),
                _ when char.IsControl(character) || char.IsSurrogate(character) => shown.Append(CultureInfo.InvariantCulture, $"\\u{(int)character:X4}"),
                _ => shown.Append(character),
            };
        }

        return part.Length > LongestExcerpt ? shown.Append("...").ToString() : shown.ToString();
    }
}
