using System.Globalization;
using System.Text;

namespace Scorch.Digest;

/// <summary>How texts become the ASCII of mail.</summary>
internal static class MailEncoding
{
    private const int LongestLine = 76;

    // 48 characters in base 64, with "=?utf-8?B?" and "?=" 60, which fit into a line of 76 behind every name of a header here.
    private const int BytesInWord = 36;

    /// <summary>A header of free text, e.g. a subject.</summary>
    public static string Unstructured(string text)
    {
        var line = OneLine(text);
        return IsPlain(line) && !line.StartsWith(' ') && !line.EndsWith(' ') ? line : EncodedWords(line);
    }

    /// <summary>A name before an address: quoted, or encoded where it must be.</summary>
    public static string Phrase(string name)
    {
        var line = OneLine(name);
        return IsPlain(line)
            ? $"\"{line.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal)}\""
            : EncodedWords(line);
    }

    /// <summary>A body as quoted-printable (RFC 2045, 6.7), ending in a line end.</summary>
    public static void AppendQuotedPrintable(StringBuilder message, string body)
    {
        var bytes = Encoding.UTF8.GetBytes(body.ReplaceLineEndings("\n"));
        var column = 0;
        for (var index = 0; index < bytes.Length; index++)
        {
            var value = bytes[index];
            if (value == '\n')
            {
                message.Append("\r\n");
                column = 0;
                continue;
            }

            var isLast = index + 1 == bytes.Length || bytes[index + 1] == '\n';
            var isLiteral = (value is > (byte)' ' and <= (byte)'~' && value != '=') || (value is (byte)' ' or (byte)'\t' && !isLast);

            // A dot that begins a line, or a line "From ", is altered by some mail systems on the way.
            isLiteral &= !(column == 0 && (value is (byte)'.' or (byte)'F'));
            var width = isLiteral ? 1 : 3;

            // A line that goes on ends in "=", for which there must be room.
            if (column + width > (isLast ? LongestLine : LongestLine - 1))
            {
                message.Append("=\r\n");
                column = 0;
            }

            _ = isLiteral ? message.Append((char)value) : message.Append(CultureInfo.InvariantCulture, $"={value:X2}");
            column += width;
        }

        message.Append(column > 0 ? "\r\n" : "");
    }

    private static string OneLine(string text) =>
        string.Concat(SafeText.Clean(text).Replace("\r\n", " ", StringComparison.Ordinal).Select(character => char.IsControl(character) || character is '\u2028' or '\u2029' ? ' ' : character));

    // Short enough for one line beside the header's name.
    private static bool IsPlain(string line) =>
        line.Length is > 0 and <= 60 && line.All(character => character is >= ' ' and <= '~') && !line.Contains("=?", StringComparison.Ordinal);

    private static string EncodedWords(string line)
    {
        var words = new List<string>();
        var word = new MemoryStream();
        Span<byte> bytes = stackalloc byte[4];
        foreach (var rune in line.EnumerateRunes())
        {
            var length = rune.EncodeToUtf8(bytes);
            if (word.Length + length > BytesInWord)
            {
                Finish();
            }

            word.Write(bytes[..length]);
        }

        Finish();
        return string.Join("\r\n ", words);

        void Finish()
        {
            words.Add($"=?utf-8?B?{Convert.ToBase64String(word.ToArray())}?=");
            word.SetLength(0);
        }
    }
}
