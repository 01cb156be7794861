namespace Scorch.Text;

/// <summary>How a byte-pair vocabulary is learnt.</summary>
/// <remarks>Texts are cut by GPT-2's pattern; the most frequent adjacent pair of tokens is merged, again and again. Between equally frequent
/// pairs the one with the lower left id is merged, then the one with the lower right id; ids are given in the order of merging after the 256
/// bytes. So the same texts give the same vocabulary, in whatever order they come. Special tokens come last.</remarks>
public sealed record BytePairTraining
{
    /// <summary>The number of tokens, with the 256 bytes and the special tokens. Fewer come out when the texts hold no more frequent pairs.</summary>
    public int VocabularySize { get; init; } = 8192;

    /// <summary>A pair must occur so often to be merged.</summary>
    public int MinimumFrequency { get; init; } = 2;

    /// <summary>Tokens that stand for no text.</summary>
    public IReadOnlyList<string> SpecialTokens { get; init; } = [ByteLevelBpeTokenizer.EndOfText];

    /// <summary>A piece with more bytes (a line without spaces) is counted in parts of so many bytes, so that training stays linear.</summary>
    public int LongestPiece { get; init; } = 1024;
}
