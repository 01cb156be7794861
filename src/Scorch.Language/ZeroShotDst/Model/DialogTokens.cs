using Scorch.Text;

namespace Scorch.Language.ZeroShotDst;

/// <summary>Dialogs, questions and answers as tokens: <c>[sys] … [usr] … [question] … [answer] value &lt;|endoftext|&gt;</c>.</summary>
/// <remarks>What people write is text throughout: the name of a mark in a turn does not become the mark.</remarks>
public sealed class DialogTokens
{
    /// <summary>Before what the system says.</summary>
    public const string SystemMark = "[sys]";

    /// <summary>Before what the user says.</summary>
    public const string UserMark = "[usr]";

    /// <summary>Before a question.</summary>
    public const string QuestionMark = "[question]";

    /// <summary>Before an answer.</summary>
    public const string AnswerMark = "[answer]";

    private readonly int system, user, question, answer;

    /// <summary>Tokens of a tokeniser that has the marks.</summary>
    /// <param name="tokenizer">The tokeniser; <see cref="Train"/> makes one, <see cref="WithMarks"/> adds the marks to GPT-2's.</param>
    /// <param name="lowersCase">Put texts in lower case, so that an answer in lower case can be copied from them.</param>
    /// <exception cref="ArgumentException">A mark is missing.</exception>
    public DialogTokens(ByteLevelBpeTokenizer tokenizer, bool lowersCase)
    {
        ArgumentNullException.ThrowIfNull(tokenizer);
        (Tokenizer, LowersCase) = (tokenizer, lowersCase);
        (system, user, question, answer, End) = (Find(SystemMark), Find(UserMark), Find(QuestionMark), Find(AnswerMark), Find(ByteLevelBpeTokenizer.EndOfText));

        int Find(string mark) => tokenizer.SpecialTokens.TryGetValue(mark, out var id)
            ? id
            : throw new ArgumentException($"DialogTokens: the tokeniser lacks the special token {mark}; take one from DialogTokens.Train, or add the marks with DialogTokens.WithMarks.", nameof(tokenizer));
    }

    /// <summary>The marks of speakers, question and answer.</summary>
    public static IReadOnlyList<string> Marks { get; } = [SystemMark, UserMark, QuestionMark, AnswerMark];

    /// <summary>The tokeniser.</summary>
    public ByteLevelBpeTokenizer Tokenizer { get; }

    /// <summary>Whether texts are put in lower case.</summary>
    public bool LowersCase { get; }

    /// <summary>The token that ends answers.</summary>
    public int End { get; }

    /// <summary>Learns byte-level byte-pair tokens from dialogs, their schema's names and questions aside, which a tracker meets for the first time.</summary>
    /// <param name="dialogs">The dialogs, those of training alone.</param>
    /// <param name="size">Tokens at most.</param>
    /// <param name="identifiers">Further tokens that stand for slots, for trackers that are told a slot's number in place of a question.</param>
    /// <param name="cancellation">Stops the work.</param>
    public static ByteLevelBpeTokenizer Train(IEnumerable<Dialog> dialogs, int size, IReadOnlyList<string>? identifiers = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(dialogs);
        var training = new BytePairTraining { VocabularySize = size, SpecialTokens = [ByteLevelBpeTokenizer.EndOfText, .. Marks, .. identifiers ?? []] };
        return ByteLevelBpeTokenizer.Train(dialogs.SelectMany(dialog => dialog.Turns).Select(turn => " " + turn.Text.ToLowerInvariant()), training, cancellation);
    }

    /// <summary>A tokeniser with the marks, those that it lacks added after its tokens.</summary>
    /// <param name="tokenizer">Such as GPT-2's.</param>
    /// <param name="identifiers">Further tokens that stand for slots.</param>
    public static ByteLevelBpeTokenizer WithMarks(ByteLevelBpeTokenizer tokenizer, IReadOnlyList<string>? identifiers = null)
    {
        ArgumentNullException.ThrowIfNull(tokenizer);
        string[] missing = [.. ((string[])[ByteLevelBpeTokenizer.EndOfText, .. Marks, .. identifiers ?? []]).Where(mark => !tokenizer.SpecialTokens.ContainsKey(mark))];
        return missing.Length == 0 ? tokenizer : tokenizer.WithSpecialTokens(missing);
    }

    /// <summary>A turn with its speaker's mark.</summary>
    /// <param name="turn">The turn.</param>
    public int[] OfTurn(DialogTurn turn)
    {
        ArgumentNullException.ThrowIfNull(turn);
        return [turn.Speaker == Speaker.User ? user : system, .. OfText(turn.Text)];
    }

    /// <summary>A question between its marks.</summary>
    /// <param name="text">The question.</param>
    public int[] OfQuestion(string text)
    {
        QuestionBook.Require(text);
        return [question, .. OfText(text), answer];
    }

    /// <summary>A slot's numbers between the marks of a question.</summary>
    /// <param name="identifiers">Names of special tokens.</param>
    public int[] OfIdentifiers(IEnumerable<string> identifiers)
    {
        ArgumentNullException.ThrowIfNull(identifiers);
        return
        [
            question,
            .. identifiers.Select(name => Tokenizer.SpecialTokens.TryGetValue(name, out var id) ? id : throw new ArgumentException($"DialogTokens: the tokeniser has no token {name}; the service stood not in the schema when the tracker was made.", nameof(identifiers))),
            answer,
        ];
    }

    /// <summary>An answer and its end.</summary>
    /// <param name="value">The value.</param>
    public int[] OfAnswer(string value) => [.. OfText(value), End];

    /// <summary>Tokens of an answer as text.</summary>
    /// <param name="ids">The tokens; the end and marks are left out.</param>
    public string TextOf(IReadOnlyList<int> ids)
    {
        ArgumentNullException.ThrowIfNull(ids);
        return Tokenizer.Decode([.. ids], skipSpecialTokens: true).Trim();
    }

    /// <summary>A text as in the middle of a line: a blank before it, so that a word is the same token wherever it stands.</summary>
    private int[] OfText(string text)
    {
        var words = text.Trim();
        return words.Length == 0 ? [] : Tokenizer.Encode(" " + (LowersCase ? words.ToLowerInvariant() : words));
    }
}
