using Scorch.Text;

namespace Scorch.Language.Pqrnn;

/// <summary>Settings of the networks with word embeddings: teacher and baselines.</summary>
public sealed record WordTaggerConfig
{
    /// <summary>Features of a word's vector; of a Transformer, also of its states.</summary>
    public int WordFeatures { get; init; } = 160;

    /// <summary>Features of a word that come from its characters; 0 for none.</summary>
    public int CharacterFeatures { get; init; }

    /// <summary>Of an LSTM: features of a state, in each direction.</summary>
    public int StateSize { get; init; } = 160;

    /// <summary>Layers or blocks.</summary>
    public int Layers { get; init; } = 2;

    /// <summary>Of a Transformer: attention heads.</summary>
    public int Heads { get; init; } = 4;

    /// <summary>Dropout, in training.</summary>
    public double Dropout { get; init; } = 0.2;

    /// <summary>In training: the probability that a word which stands once in the training text is read as unknown.</summary>
    public double UnknownWords { get; init; } = 0.3;

    /// <summary>Of a Transformer: the longest utterance.</summary>
    public int MaximumLength { get; init; } = 256;

    /// <summary>Checks every value.</summary>
    /// <exception cref="ArgumentException">A value is out of its range; the message names it.</exception>
    public void Validate()
    {
        foreach (var (name, value, least) in new[] { (nameof(WordFeatures), WordFeatures, 1), (nameof(CharacterFeatures), CharacterFeatures, 0), (nameof(StateSize), StateSize, 1), (nameof(Layers), Layers, 1), (nameof(Heads), Heads, 1) })
            if (value < least) throw new ArgumentException($"WordTaggerConfig: {name} is {value}; it must be at least {least}.", name);
        foreach (var (name, value) in new[] { (nameof(Dropout), Dropout), (nameof(UnknownWords), UnknownWords) })
            if (!(value is >= 0 and < 1)) throw new ArgumentException(FormattableString.Invariant($"WordTaggerConfig: {name} is {value}; it must lie in [0, 1)."), name);
    }
}

/// <summary>Words and characters as numbers, by those of the training requests.</summary>
internal sealed class WordIds
{
    public const int LongestWord = 16;

    private const string Padding = "<pad>", Unknown = "<unk>";
    private const int UnknownId = 1;

    private readonly Vocabulary words;
    private readonly Vocabulary characters;

    public WordIds(IEnumerable<SluUtterance> utterances)
    {
        var tokens = utterances.SelectMany(utterance => utterance.Tokens).Select(token => token.ToLowerInvariant()).ToArray();
        words = Vocabulary.FromTokens(tokens, specialTokens: [Padding, Unknown]);
        characters = Vocabulary.FromTokens(tokens.SelectMany(token => token.EnumerateRunes().Select(rune => rune.ToString())), specialTokens: [Padding, Unknown]);
    }

    public int Words => words.Count;

    public int Characters => characters.Count;

    /// <summary>Int64 [batch, time] words, [batch, time, 16] characters, 0 behind an end.</summary>
    public SluInput Read(IReadOnlyList<IReadOnlyList<string>> utterances, double unknown, RandomSource? random)
    {
        ArgumentNullException.ThrowIfNull(utterances);
        for (var i = 0; i < utterances.Count; i++)
            if (utterances[i].Count == 0) throw new ArgumentException($"SluModel: utterance {i} has no token; leave it out.", nameof(utterances));
        var time = utterances.Max(utterance => utterance.Count);
        var (ids, letters, mask) = (new long[utterances.Count * time], new long[utterances.Count * time * LongestWord], new float[utterances.Count * time]);
        for (var i = 0; i < utterances.Count; i++)
        {
            for (var t = 0; t < utterances[i].Count; t++)
            {
                var (token, place) = (utterances[i][t].ToLowerInvariant(), (i * time) + t);
                var id = words.IdOf(token) ?? UnknownId;
                if (random is not null && id > UnknownId && words.Counts[id] == 1 && random.NextDouble() < unknown) id = UnknownId;
                (ids[place], mask[place]) = (id, 1);
                var j = 0;
                foreach (var rune in token.EnumerateRunes())
                {
                    if (j == LongestWord) break;
                    letters[(place * LongestWord) + j++] = characters.IdOf(rune.ToString()) ?? UnknownId;
                }
            }
        }
        Tensor[] values = [Tensor.From(ids, [utterances.Count, time]), Tensor.From(letters, [utterances.Count, time, LongestWord])];
        return new(values, Tensor.From(mask, [utterances.Count, time]), [.. utterances.Select(utterance => utterance.Count)]);
    }
}
