namespace Scorch.Text;

/// <summary>Cuts text into numbered tokens and puts it together again. Safe to use from several threads.</summary>
public interface ITokenizer
{
    /// <summary>The number of tokens; ids are 0 … Count-1.</summary>
    int Count { get; }

    /// <summary>The tokens that stand for no text (ends, padding, masks, sentinels), with their ids.</summary>
    IReadOnlyDictionary<string, int> SpecialTokens { get; }

    /// <summary>The ids of a text.</summary>
    /// <param name="text">Any valid Unicode text, empty too.</param>
    /// <param name="specialTokens">Whether the names of special tokens in the text stand for these.</param>
    /// <exception cref="ArgumentException">A surrogate stands alone.</exception>
    int[] Encode(string text, SpecialTokenHandling specialTokens = SpecialTokenHandling.AsText);

    /// <summary>The ids of a text, each with the part of the text it came from.</summary>
    /// <param name="text">Any valid Unicode text, empty too.</param>
    /// <param name="specialTokens">Whether the names of special tokens in the text stand for these.</param>
    /// <exception cref="ArgumentException">A surrogate stands alone.</exception>
    TokenizedText EncodeWithOffsets(string text, SpecialTokenHandling specialTokens = SpecialTokenHandling.AsText);

    /// <summary>The text of ids.</summary>
    /// <param name="ids">Ids of this tokeniser.</param>
    /// <param name="skipSpecialTokens">Leave special tokens out instead of writing their names.</param>
    /// <exception cref="ArgumentOutOfRangeException">An id is not one of this tokeniser.</exception>
    string Decode(ReadOnlySpan<int> ids, bool skipSpecialTokens = false);

    /// <summary>The token as the vocabulary writes it.</summary>
    /// <param name="id">0 … Count-1.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no such id.</exception>
    string TokenOf(int id);

    /// <summary>The id of a token as the vocabulary writes it, or null.</summary>
    int? IdOf(string token);
}

/// <summary>What the name of a special token in a text means.</summary>
public enum SpecialTokenHandling
{
    /// <summary>Text like any other: right for text from strangers, who cannot end a document by writing its end's name.</summary>
    AsText,

    /// <summary>The special token.</summary>
    Recognize,
}

/// <summary>A text in tokens.</summary>
/// <param name="Ids">The tokens.</param>
/// <param name="Spans">The part of the text that each came from; a token for part of a character names the whole character.</param>
public sealed record TokenizedText(IReadOnlyList<int> Ids, IReadOnlyList<TextSpan> Spans);

/// <summary>A part of a text.</summary>
/// <param name="Start">The first UTF-16 unit.</param>
/// <param name="End">The unit after the last.</param>
public readonly record struct TextSpan(int Start, int End)
{
    /// <summary>The number of UTF-16 units.</summary>
    public int Length => End - Start;
}
