using System.Collections.Frozen;

namespace Scorch.Gallery.Sources;

/// <summary>What a piece of C# is, as far as colours go.</summary>
public enum CodeKind
{
    /// <summary>Names of values, operators, spaces.</summary>
    Plain,

    /// <summary>A keyword.</summary>
    Keyword,

    /// <summary>A name in Pascal case: a type, a method, a property.</summary>
    Name,

    /// <summary>A number.</summary>
    Number,

    /// <summary>A text or a character.</summary>
    Text,

    /// <summary>A comment.</summary>
    Comment,

    /// <summary>A line for the compiler, such as <c>#pragma</c>.</summary>
    Directive,
}

/// <summary>A piece of code of one kind.</summary>
public readonly record struct CodePiece(CodeKind Kind, string Text);

/// <summary>Splits C# into pieces to be coloured. The pieces joined are the text again, whatever the text is.</summary>
public static class CSharpText
{
    private static readonly FrozenSet<string> Keywords = FrozenSet.ToFrozenSet(
    [
        "abstract", "and", "as", "async", "await", "base", "bool", "break", "byte", "case", "catch", "char", "checked", "class", "const", "continue", "decimal",
        "default", "delegate", "do", "double", "else", "enum", "event", "explicit", "extern", "false", "field", "finally", "fixed", "float", "for", "foreach", "get",
        "global", "goto", "if", "implicit", "in", "init", "int", "interface", "internal", "is", "lock", "long", "nameof", "namespace", "new", "not", "null", "object",
        "operator", "or", "out", "override", "params", "partial", "private", "protected", "public", "readonly", "record", "ref", "required", "return", "sbyte",
        "sealed", "set", "short", "sizeof", "stackalloc", "static", "string", "struct", "switch", "this", "throw", "true", "try", "typeof", "uint", "ulong",
        "unchecked", "unsafe", "ushort", "using", "var", "virtual", "void", "when", "where", "while", "with", "yield",
    ], StringComparer.Ordinal);

    /// <summary>The pieces of a text, in order; neighbours of one kind are joined.</summary>
    public static IReadOnlyList<CodePiece> Split(string code)
    {
        ArgumentNullException.ThrowIfNull(code);
        var pieces = new List<CodePiece>();
        var start = 0;
        while (start < code.Length)
        {
            var (kind, end) = Next(code, start);
            if (pieces.Count > 0 && pieces[^1].Kind == kind)
            {
                pieces[^1] = new CodePiece(kind, pieces[^1].Text + code[start..end]);
            }
            else
            {
                pieces.Add(new CodePiece(kind, code[start..end]));
            }

            start = end;
        }

        return pieces;
    }

    private static (CodeKind Kind, int End) Next(string code, int at)
    {
        var letter = code[at];
        var next = at + 1 < code.Length ? code[at + 1] : '\0';
        if (letter == '/' && next == '/')
        {
            return (CodeKind.Comment, LineEnd(code, at));
        }

        if (letter == '/' && next == '*')
        {
            var end = code.IndexOf("*/", at + 2, StringComparison.Ordinal);
            return (CodeKind.Comment, end < 0 ? code.Length : end + 2);
        }

        if (letter == '#' && IsFirstOfLine(code, at))
        {
            return (CodeKind.Directive, LineEnd(code, at));
        }

        if (letter is '"' or '$' or '@' && TextEnd(code, at) is { } close)
        {
            return (CodeKind.Text, close);
        }

        if (letter == '\'')
        {
            return (CodeKind.Text, EscapedEnd(code, at + 1, '\''));
        }

        if (char.IsAsciiDigit(letter))
        {
            return (CodeKind.Number, NumberEnd(code, at));
        }

        if (char.IsLetter(letter) || letter == '_')
        {
            var end = at + 1;
            while (end < code.Length && (char.IsLetterOrDigit(code[end]) || code[end] == '_'))
            {
                end++;
            }

            return (Keywords.Contains(code[at..end]) ? CodeKind.Keyword : char.IsUpper(letter) ? CodeKind.Name : CodeKind.Plain, end);
        }

        return (CodeKind.Plain, at + 1);
    }

    private static int LineEnd(string code, int at)
    {
        var end = code.IndexOf('\n', at);
        return end < 0 ? code.Length : end;
    }

    private static bool IsFirstOfLine(string code, int at)
    {
        while (--at >= 0 && code[at] != '\n')
        {
            if (code[at] is not (' ' or '\t'))
            {
                return false;
            }
        }

        return true;
    }

    // "…", @"…" (a doubled quote stays inside), """…""" (ends at as many quotes), each also with $ for values within braces.
    private static int? TextEnd(string code, int at)
    {
        var quote = at;
        while (quote < code.Length && code[quote] is '$' or '@')
        {
            quote++;
        }

        if (quote >= code.Length || code[quote] != '"')
        {
            return null;
        }

        var prefix = code.AsSpan(at, quote - at);
        var quotes = 1;
        while (quote + quotes < code.Length && code[quote + quotes] == '"')
        {
            quotes++;
        }

        if (quotes >= 3)
        {
            var end = code.IndexOf(new string('"', quotes), quote + quotes, StringComparison.Ordinal);
            return end < 0 ? code.Length : end + quotes;
        }

        if (quotes == 2 && !prefix.Contains('@'))
        {
            return quote + 2;
        }

        return prefix.Contains('@') ? VerbatimEnd(code, quote + 1)
            : prefix.Contains('$') ? InterpolatedEnd(code, quote + 1)
            : EscapedEnd(code, quote + 1, '"');
    }

    private static int VerbatimEnd(string code, int at)
    {
        for (; at < code.Length; at++)
        {
            if (code[at] == '"' && (at + 1 >= code.Length || code[at + 1] != '"'))
            {
                return at + 1;
            }

            at += code[at] == '"' ? 1 : 0;
        }

        return code.Length;
    }

    private static int EscapedEnd(string code, int at, char quote)
    {
        for (; at < code.Length && code[at] != '\n'; at++)
        {
            if (code[at] == quote)
            {
                return at + 1;
            }

            at += code[at] == '\\' ? 1 : 0;
        }

        return Math.Min(at, code.Length);
    }

    // Quotes inside braces belong to the values there, which may hold texts of their own.
    private static int InterpolatedEnd(string code, int at)
    {
        var depth = 0;
        for (; at < code.Length && code[at] != '\n'; at++)
        {
            switch (code[at])
            {
                case '\\':
                    at++;
                    break;
                case '{':
                    depth++;
                    break;
                case '}':
                    depth = Math.Max(0, depth - 1);
                    break;
                case '"' when depth == 0:
                    return at + 1;
            }
        }

        return Math.Min(at, code.Length);
    }

    private static int NumberEnd(string code, int at)
    {
        var end = at + 1;
        while (end < code.Length
            && (char.IsAsciiLetterOrDigit(code[end]) || code[end] == '_'
                || (code[end] == '.' && end + 1 < code.Length && char.IsAsciiDigit(code[end + 1]))
                || (code[end] is '+' or '-' && code[end - 1] is 'e' or 'E' && !code.AsSpan(at, end - at).StartsWith("0x"))))
        {
            end++;
        }

        return end;
    }
}
