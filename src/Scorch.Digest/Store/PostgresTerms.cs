using System.Globalization;
using System.Text;

namespace Scorch.Digest;

/// <summary>Lexemes of the full-text index in PostgreSQL: a paper's terms behind the number of its block of papers.</summary>
/// <remarks>
/// A GIN index returns all matches at once, in no order: half a million for a frequent word. With the block in the lexeme the same
/// index answers for one block after the other, the newest first, until a search has enough.
/// </remarks>
internal static class PostgresTerms
{
    /// <summary>Papers of a block: their numbers' lowest bits.</summary>
    public const int BlockBits = 14;

    /// <summary>The block of a paper.</summary>
    public static long BlockOf(long id) => id >> BlockBits;

    /// <summary>A tsvector of a paper's terms.</summary>
    public static string Vector(long id, IEnumerable<string> terms)
    {
        var text = new StringBuilder();
        var block = Prefix(BlockOf(id));
        foreach (var term in terms)
        {
            Quote(text, block, term).Append(' ');
        }

        return text.ToString();
    }

    /// <summary>A tsquery for all words of a query in a block.</summary>
    public static string Query(SearchQuery query, bool inTitle, long block)
    {
        var text = new StringBuilder();
        var prefix = Prefix(block) + (inTitle ? SearchTerms.TitleMark : "");
        for (var index = 0; index < query.Words.Count; index++)
        {
            text.Append(index == 0 ? "" : " & ");
            Quote(text, prefix, query.Words[index]);
            text.Append(query.LastIsBeginning && index == query.Words.Count - 1 ? ":*" : "");
        }

        return text.ToString();
    }

    private static string Prefix(long block) => block.ToString("x", CultureInfo.InvariantCulture) + "/";

    // Terms are letters, digits and the title's mark: no quote or backslash can be in them.
    private static StringBuilder Quote(StringBuilder text, string prefix, string term) => text.Append('\'').Append(prefix).Append(term).Append('\'');
}
