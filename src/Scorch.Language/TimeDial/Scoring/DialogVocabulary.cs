using Scorch.Text;

namespace Scorch.Language.TimeDial;

/// <summary>The tokens that the three families of models need, and a word vocabulary that has them.</summary>
public static class DialogVocabulary
{
    /// <summary>Before every text of an encoder.</summary>
    public const string First = "[CLS]";

    /// <summary>Behind it.</summary>
    public const string Last = "[SEP]";

    /// <summary>For a token that is to be told.</summary>
    public const string Mask = "[MASK]";

    /// <summary>Ends a text of an encoder-decoder.</summary>
    public const string End = "</s>";

    /// <summary>For the gap, in an encoder-decoder.</summary>
    public const string Gap = "<extra_id_0>";

    /// <summary>Behind what fills it.</summary>
    public const string AfterGap = "<extra_id_1>";

    private const string Padding = "[PAD]";
    private const string Unknown = "[UNK]";
    private static readonly string[] Specials = [Padding, Unknown, First, Last, Mask, End, Gap, AfterGap];

    /// <summary>Lower-case words, punctuation and digits one by one: <c>50 hours</c> and <c>fifty hours</c> share the token of the unit.</summary>
    public static WordConfig Words { get; } = new() { SplitDigits = true };

    /// <summary>A vocabulary of the most frequent words of dialogs, all digits in it.</summary>
    /// <param name="dialogs">The dialogs, each a list of turns.</param>
    /// <param name="size">The most tokens, special ones included.</param>
    public static WordTokenizer FromDialogs(IEnumerable<IReadOnlyList<string>> dialogs, int size = 6000)
    {
        ArgumentNullException.ThrowIfNull(dialogs);
        // Every digit stands there once at least.
        var counted = WordTokenizer.FromTexts(dialogs.SelectMany(turns => turns).Append("0 1 2 3 4 5 6 7 8 9"), config: Words, specialTokens: Specials).Vocabulary;
        var counts = counted.Tokens.Zip(counted.Counts, KeyValuePair.Create).Skip(Specials.Length)
            .Select(pair => pair.Key is [>= '0' and <= '9'] ? KeyValuePair.Create(pair.Key, pair.Value + counted.Counts.Max()) : pair);
        return Of(Vocabulary.FromCounts(counts, size, 1, Specials));
    }

    /// <summary>Reads a vocabulary that was saved.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="TextFormatException">The file holds something else.</exception>
    public static WordTokenizer Load(string path) => Of(Vocabulary.Load(path));

    internal static int Require(ITokenizer tokenizer, string token) =>
        tokenizer.IdOf(token) ?? throw new ArgumentException($"The tokeniser lacks the special token {token}, which this family of models needs.", nameof(tokenizer));

    internal static int[][] EncodeOptions(ITokenizer tokenizer, ClozeQuestion question)
    {
        int[][] options = [.. question.Options.Select(option => tokenizer.Encode(option))];
        var empty = Array.FindIndex(options, option => option.Length == 0);
        return empty < 0 ? options : throw new ArgumentException($"item {question.Id}: the option '{question.Options[empty]}' has no token in the model's vocabulary.", nameof(question));
    }

    private static WordTokenizer Of(Vocabulary vocabulary) => new(vocabulary, Words, Unknown);
}
