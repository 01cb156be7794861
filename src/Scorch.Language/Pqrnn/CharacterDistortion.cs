using System.Text;

namespace Scorch.Language.Pqrnn;

/// <summary>A random change of one character, as training applies it to tokens before they are hashed.</summary>
public static class CharacterDistortion
{
    /// <summary>Inserts, deletes or swaps a character, each as likely.</summary>
    /// <param name="token">The token; an empty one stays empty.</param>
    /// <param name="random">Draws kind, place and, for an insertion, which of the token's own characters is put in.</param>
    /// <returns>The changed token. A token of one character is never emptied: it gets a second one.</returns>
    public static string Change(string token, RandomSource random)
    {
        ArgumentNullException.ThrowIfNull(token);
        ArgumentNullException.ThrowIfNull(random);
        var runes = token.EnumerateRunes().ToList();
        if (runes.Count == 0) return token;
        var kind = random.NextInt64(3);
        var place = (int)random.NextInt64(runes.Count);
        if (kind == 0 || runes.Count == 1)
        {
            runes.Insert(place, runes[(int)random.NextInt64(runes.Count)]);
        }
        else if (kind == 1)
        {
            runes.RemoveAt(place);
        }
        else
        {
            place = Math.Min(place, runes.Count - 2);
            (runes[place], runes[place + 1]) = (runes[place + 1], runes[place]);
        }
        var text = new StringBuilder(token.Length + 2);
        foreach (var rune in runes) text.Append(rune.ToString());
        return text.ToString();
    }
}
