using System.Text;

namespace Scorch.Text;

/// <summary>A tokeniser whose tokens are whole units of the text, looked up in a vocabulary.</summary>
public abstract class VocabularyTokenizer : Tokenizer
{
    private readonly Dictionary<string, int>.AlternateLookup<ReadOnlySpan<char>> ids;

    private protected VocabularyTokenizer(Vocabulary vocabulary, string unknownToken)
        : base(Specials(vocabulary))
    {
        Vocabulary = vocabulary;
        UnknownToken = unknownToken;
        UnknownId = vocabulary.IdOf(unknownToken);
        ids = vocabulary.Tokens.Select((token, id) => KeyValuePair.Create(token, id)).ToDictionary(StringComparer.Ordinal).GetAlternateLookup<ReadOnlySpan<char>>();
    }

    /// <summary>The tokens.</summary>
    public Vocabulary Vocabulary { get; }

    /// <summary>The token of what the vocabulary lacks.</summary>
    public string UnknownToken { get; }

    /// <summary>The id of <see cref="UnknownToken"/>; null when the vocabulary has none, so that an unknown unit is an error.</summary>
    public int? UnknownId { get; }

    /// <inheritdoc/>
    public override int Count => Vocabulary.Count;

    /// <summary>Writes the vocabulary.</summary>
    public void Save(string path) => Vocabulary.Save(path);

    /// <inheritdoc/>
    public override string TokenOf(int id)
    {
        CheckId(id);
        return Vocabulary.Tokens[id];
    }

    /// <inheritdoc/>
    public override int? IdOf(string token) => Vocabulary.IdOf(token);

    /// <inheritdoc/>
    public override string Decode(ReadOnlySpan<int> ids, bool skipSpecialTokens = false)
    {
        var result = new StringBuilder();
        foreach (var id in ids)
        {
            CheckId(id);
            if (skipSpecialTokens && IsSpecial(id)) continue;
            if (result.Length > 0) result.Append(Separator);
            result.Append(Vocabulary.Tokens[id]);
        }
        return result.ToString();
    }

    /// <summary>What decoding puts between tokens.</summary>
    private protected abstract string Separator { get; }

    private protected void Add(ReadOnlySpan<char> unit, int start, int end, TokenSink sink)
    {
        if (!ids.TryGetValue(unit, out var id))
            id = UnknownId ?? throw new ArgumentException($"{GetType().Name}: '{Excerpt.Of(unit.ToString())}' at {start} is not in the vocabulary of {Count}, which has no '{UnknownToken}' to stand for it; build the vocabulary with that special token, or from all texts.");
        sink.Add(id, start, end);
    }

    private static IEnumerable<KeyValuePair<string, int>> Specials(Vocabulary vocabulary)
    {
        ArgumentNullException.ThrowIfNull(vocabulary);
        return vocabulary.SpecialTokens.Select((token, id) => KeyValuePair.Create(token, id));
    }
}
