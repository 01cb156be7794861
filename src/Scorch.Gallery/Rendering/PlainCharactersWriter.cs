using System.Globalization;
using System.Text;

namespace Scorch.Gallery.Rendering;

/// <summary>Writes letters beyond ASCII as themselves where the renderer wrote numeric references: in UTF-8 they need none.</summary>
/// <remarks>
/// The renderer encodes every character beyond ASCII as <c>&amp;#x...;</c>, which makes Japanese text three times as long. None of these
/// characters means anything in HTML; a literal <c>&amp;</c> arrives as <c>&amp;amp;</c>, so that a reference is always the renderer's own.
/// </remarks>
internal sealed class PlainCharactersWriter : TextWriter
{
    private readonly StringBuilder _text = new(16 << 10);

    public override Encoding Encoding => Encoding.UTF8;

    public override void Write(char value) => _text.Append(value);

    public override void Write(char[] buffer, int index, int count) => Write(buffer.AsSpan(index, count));

    public override void Write(string? value) => Write(value.AsSpan());

    public override void Write(ReadOnlySpan<char> buffer)
    {
        while (buffer.IndexOf("&#x", StringComparison.Ordinal) is var at && at >= 0)
        {
            _text.Append(buffer[..at]);
            buffer = buffer[at..];
            var end = buffer.IndexOf(';');
            if (end is > 3 and < 11
                && int.TryParse(buffer[3..end], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var code)
                && code >= 0xA1
                && Rune.IsValid(code)
                && IsPlain(new Rune(code)))
            {
                _text.Append(new Rune(code).ToString());
                buffer = buffer[(end + 1)..];
            }
            else
            {
                _text.Append(buffer[..3]);
                buffer = buffer[3..];
            }
        }

        _text.Append(buffer);
    }

    public override string ToString() => _text.ToString();

    // Formatting and private characters stay references, so that a reader of the source sees them.
    private static bool IsPlain(Rune rune) => Rune.IsLetterOrDigit(rune) || Rune.IsPunctuation(rune) || Rune.IsSymbol(rune)
        || Rune.GetUnicodeCategory(rune) is UnicodeCategory.NonSpacingMark or UnicodeCategory.SpacingCombiningMark;
}
