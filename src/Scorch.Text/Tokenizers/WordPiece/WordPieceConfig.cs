namespace Scorch.Text;

/// <summary>How a WordPiece vocabulary reads text. The defaults are those of BERT's uncased models.</summary>
public sealed record WordPieceConfig
{
    /// <summary>Lower-case the text; false for cased models.</summary>
    public bool LowerCase { get; init; } = true;

    /// <summary>Take accents off (canonical decomposition without its nonspacing marks); by default done when lower-casing.</summary>
    public bool? StripAccents { get; init; }

    /// <summary>Put every Chinese, Japanese or Korean ideograph in a word of its own.</summary>
    public bool SplitIdeographs { get; init; } = true;

    /// <summary>A word with more code points is unknown.</summary>
    public int LongestWord { get; init; } = 100;

    /// <summary>What begins a token that continues a word.</summary>
    public string ContinuationPrefix { get; init; } = "##";

    /// <summary>The token of words that cannot be built.</summary>
    public string UnknownToken { get; init; } = "[UNK]";
}
