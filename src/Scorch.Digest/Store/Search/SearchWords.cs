using System.Globalization;
using System.Text;

namespace Scorch.Digest;

/// <summary>Cuts text into the words that searches compare: the same on every database.</summary>
/// <remarks>
/// A word is a run of letters and digits, in small letters, without accents, in the singular (the "S stemmer" of D. Harman, How
/// effective is suffixing?, JASIS 42(1), 1991). Each Han character and each kana is a word, as Chinese and Japanese have no spaces.
/// </remarks>
internal static class SearchWords
{
    /// <summary>Longer words are cut.</summary>
    public const int LongestWord = 64;

    /// <summary>The words of a text in order.</summary>
    /// <param name="text">The text.</param>
    /// <param name="found">Takes each word; false ends the reading.</param>
    public static void Read(ReadOnlySpan<char> text, WordFound found)
    {
        Span<char> word = stackalloc char[LongestWord];
        var length = 0;
        for (var index = 0; index < text.Length; index++)
        {
            var character = text[index];
            if (char.IsAscii(character))
            {
                if (char.IsAsciiLetterOrDigit(character))
                {
                    Append(word, ref length, char.ToLowerInvariant(character));
                    continue;
                }
            }
            else if (IsAlone(character))
            {
                if (!End(word, ref length, found) || !found(text.Slice(index, 1)))
                {
                    return;
                }

                continue;
            }
            else if (char.IsHighSurrogate(character) && index + 1 < text.Length && char.IsLowSurrogate(text[index + 1]))
            {
                var rune = new Rune(character, text[++index]);
                if (Rune.IsLetterOrDigit(rune))
                {
                    // Never half a pair, where the longest word ends within one.
                    rune = Rune.ToLowerInvariant(rune);
                    length += length + 2 <= LongestWord ? rune.EncodeToUtf16(word[length..]) : 0;
                    continue;
                }
            }
            else
            {
                switch (char.GetUnicodeCategory(character))
                {
                    case UnicodeCategory.NonSpacingMark:
                        continue;
                    case UnicodeCategory.SpacingCombiningMark:
                        Append(word, ref length, character);
                        continue;
                    default:
                        if (char.IsLetterOrDigit(character))
                        {
                            Append(word, ref length, Accents.Remove(char.ToLowerInvariant(character)));
                            continue;
                        }

                        break;
                }
            }

            if (!End(word, ref length, found))
            {
                return;
            }
        }

        End(word, ref length, found);
    }

    /// <summary>The words of a text in order, at most <paramref name="limit"/>.</summary>
    public static IReadOnlyList<string> Of(ReadOnlySpan<char> text, int limit = int.MaxValue)
    {
        List<string> words = [];
        if (limit > 0)
        {
            Read(text, word =>
            {
                words.Add(word.ToString());
                return words.Count < limit;
            });
        }

        return words;
    }

    private static void Append(Span<char> word, ref int length, char character)
    {
        if (length < LongestWord)
        {
            word[length++] = character;
        }
    }

    private static bool End(Span<char> word, ref int length, WordFound found)
    {
        if (length == 0)
        {
            return true;
        }

        length = Singular(word, length);
        var goOn = found(word[..length]);
        length = 0;
        return goOn;
    }

    private static int Singular(Span<char> word, int length)
    {
        var text = word[..length];
        if (length < 4 || text[^1] != 's' || text[^2] is 's' or 'u')
        {
            return length;
        }

        if (text.EndsWith("ies") && text[^4] is not ('e' or 'a'))
        {
            text[^3] = 'y';
            return length - 2;
        }

        return length - 1;
    }

    private static bool IsAlone(char character) => character is >= '\u3040' and <= '\u30ff' or >= '\u3400' and <= '\u4dbf' or >= '\u4e00' and <= '\u9fff' or >= '\uf900' and <= '\ufaff';

    /// <summary>Takes a word, which is valid during the call only; false ends the reading.</summary>
    public delegate bool WordFound(ReadOnlySpan<char> word);
}
