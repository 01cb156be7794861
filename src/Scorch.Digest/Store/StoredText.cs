using System.Globalization;
using System.Text;

namespace Scorch.Digest;

/// <summary>Text as both databases can keep it, so that every string comes back exactly as it was saved.</summary>
/// <remarks>
/// PostgreSQL refuses NUL, and UTF-8 has no form for half of a surrogate pair. Both are kept as the escape character (U+001B) and
/// four hexadecimal digits, as is the escape character itself; all other text is kept as it is.
/// </remarks>
internal static class StoredText
{
    private const char Escape = '\u001b';

    /// <summary>The kept form; null stays null.</summary>
    public static string? Encode(string? text)
    {
        if (text is null || !NeedsEscape(text))
        {
            return text;
        }

        var kept = new StringBuilder(text.Length + 16);
        for (var index = 0; index < text.Length; index++)
        {
            var character = text[index];
            if (IsPair(text, index))
            {
                kept.Append(character).Append(text[++index]);
            }
            else if (character is '\0' or Escape || char.IsSurrogate(character))
            {
                kept.Append(Escape).Append(((int)character).ToString("x4", CultureInfo.InvariantCulture));
            }
            else
            {
                kept.Append(character);
            }
        }

        return kept.ToString();
    }

    /// <summary>The text again; null stays null.</summary>
    /// <exception cref="InvalidDataException">The text was not made by <see cref="Encode"/>.</exception>
    public static string? Decode(string? kept)
    {
        if (kept is null || !kept.Contains(Escape, StringComparison.Ordinal))
        {
            return kept;
        }

        var text = new StringBuilder(kept.Length);
        for (var index = 0; index < kept.Length; index++)
        {
            if (kept[index] != Escape)
            {
                text.Append(kept[index]);
                continue;
            }

            if (index + 4 >= kept.Length || !ushort.TryParse(kept.AsSpan(index + 1, 4), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var code))
            {
                throw new InvalidDataException("The store holds a text with a broken escape: it was changed by another program. Restore the database from a copy.");
            }

            text.Append((char)code);
            index += 4;
        }

        return text.ToString();
    }

    private static bool NeedsEscape(string text)
    {
        for (var index = text.AsSpan().IndexOfAnyInRange('\ud800', '\udfff'); index >= 0 && index < text.Length; index++)
        {
            if (IsPair(text, index))
            {
                index++;
            }
            else if (char.IsSurrogate(text[index]))
            {
                return true;
            }
        }

        return text.AsSpan().ContainsAny('\0', Escape);
    }

    private static bool IsPair(string text, int index) =>
        char.IsHighSurrogate(text[index]) && index + 1 < text.Length && char.IsLowSurrogate(text[index + 1]);
}
