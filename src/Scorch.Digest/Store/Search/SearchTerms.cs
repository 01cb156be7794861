namespace Scorch.Digest;

/// <summary>What the databases' full-text indexes hold of a paper: each of its words once, those of its title a second time with a mark.</summary>
/// <remarks>
/// A word of a title is looked for under its marked form, so that title matches are found without reading other matches. At most
/// 20 000 terms and 200 000 characters of one paper are indexed, title first: what PostgreSQL's tsvector (1 MB) can hold.
/// </remarks>
internal static class SearchTerms
{
    /// <summary>Stands before a word of a title; no word holds it.</summary>
    public const char TitleMark = '.';

    private const int MostTerms = 20_000;
    private const int MostCharacters = 200_000;

    /// <summary>The terms of a paper, each once.</summary>
    public static IReadOnlyCollection<string> Of(PaperMetadata paper)
    {
        var terms = new HashSet<string>(StringComparer.Ordinal);
        var characters = 0;
        SearchWords.Read(paper.Title, word => Add(string.Concat([TitleMark], word)) && Add(word));
        foreach (var author in paper.Authors)
        {
            SearchWords.Read(author, Add);
        }

        SearchWords.Read(paper.Abstract, Add);
        return terms;

        bool Add(ReadOnlySpan<char> term)
        {
            var lookup = terms.GetAlternateLookup<ReadOnlySpan<char>>();
            if (terms.Count < MostTerms && characters + term.Length <= MostCharacters && lookup.Add(term))
            {
                characters += term.Length;
            }

            return terms.Count < MostTerms && characters < MostCharacters;
        }
    }
}
