using System.Text;

namespace Scorch.Language.ZeroShotDst;

/// <summary>Names of schemas as words.</summary>
internal static class Words
{
    /// <summary><c>number of adults</c> of <c>number_of_adults</c>, <c>rental cars</c> of <c>RentalCars</c>.</summary>
    public static string Of(string name)
    {
        var words = new StringBuilder(name.Length + 4);
        for (var i = 0; i < name.Length; i++)
        {
            var letter = name[i];
            if (letter is '_' or '-' || char.IsWhiteSpace(letter))
            {
                if (words.Length > 0 && words[^1] != ' ') words.Append(' ');
                continue;
            }
            if (i > 0 && char.IsUpper(letter) && char.IsLower(name[i - 1])) words.Append(' ');
            words.Append(char.ToLowerInvariant(letter));
        }
        return words.ToString().Trim();
    }

    /// <summary>A service's word for one thing, where its name is a plural: <c>bus</c> of <c>buses</c>, <c>hotel</c> of <c>hotels</c>.</summary>
    public static string Singular(string words) =>
        words.EndsWith("buses", StringComparison.Ordinal) ? words[..^2]
        : words.EndsWith('s') && !words.EndsWith("ss", StringComparison.Ordinal) && !words.EndsWith("us", StringComparison.Ordinal) && words.Length > 3 ? words[..^1]
        : words;
}
