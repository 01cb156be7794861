using System.Text;

namespace Scorch.Language.TimeDial;

/// <summary>A dialog with one gap and options to fill it: all that a scorer sees.</summary>
public sealed record ClozeQuestion
{
    /// <summary>What marks the gap.</summary>
    public const string Mask = "<MASK>";

    /// <summary>A question.</summary>
    /// <param name="id">Its name, as in the file.</param>
    /// <param name="conversation">The turns; exactly one holds <see cref="Mask"/>, once.</param>
    /// <param name="options">The options, at least two, none empty.</param>
    /// <exception cref="ArgumentException">There is not exactly one gap, or an option is empty.</exception>
    public ClozeQuestion(string id, IReadOnlyList<string> conversation, IReadOnlyList<string> options)
    {
        ArgumentNullException.ThrowIfNull(id);
        ArgumentNullException.ThrowIfNull(conversation);
        ArgumentNullException.ThrowIfNull(options);
        var gaps = conversation.Sum(Gaps);
        if (gaps != 1) throw new ArgumentException($"item {id}: the conversation has {gaps} gaps; exactly one {Mask} is expected.", nameof(conversation));
        if (options.Count < 2) throw new ArgumentException($"item {id}: {options.Count} options were given; at least 2 are expected.", nameof(options));
        for (var i = 0; i < options.Count; i++)
            if (string.IsNullOrWhiteSpace(options[i])) throw new ArgumentException($"item {id}: option {i + 1} is empty; every option is a text.", nameof(options));
        (Id, Conversation, Options) = (id, conversation, options);
        MaskedTurn = Enumerable.Range(0, conversation.Count).First(turn => Gaps(conversation[turn]) == 1);
    }

    /// <summary>Its name.</summary>
    public string Id { get; }

    /// <summary>The turns.</summary>
    public IReadOnlyList<string> Conversation { get; }

    /// <summary>The options.</summary>
    public IReadOnlyList<string> Options { get; }

    /// <summary>The number of the turn with the gap, from 0.</summary>
    public int MaskedTurn { get; }

    /// <summary>A text in lower case with single blanks: what makes two options equal.</summary>
    /// <param name="text">The text.</param>
    public static string Normalize(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return string.Join(' ', text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)).ToLowerInvariant();
    }

    /// <summary>Runs of ASCII letters and digits in lower case: the words that shortcuts and the contamination guard compare.</summary>
    /// <param name="text">The text.</param>
    public static IReadOnlyList<string> Words(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var words = new List<string>();
        var word = new StringBuilder();
        foreach (var letter in text)
        {
            if (char.IsAsciiLetterOrDigit(letter))
            {
                word.Append(char.ToLowerInvariant(letter));
                continue;
            }
            if (word.Length > 0) words.Add(word.ToString());
            word.Clear();
        }
        if (word.Length > 0) words.Add(word.ToString());
        return words;
    }

    private static int Gaps(string turn)
    {
        ArgumentNullException.ThrowIfNull(turn);
        return turn.Split(Mask).Length - 1;
    }
}
