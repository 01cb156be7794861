namespace Scorch.Text;

/// <summary>The parts of speech that WordNet has.</summary>
public enum WordNetPart
{
    /// <summary>Nouns.</summary>
    Noun,

    /// <summary>Verbs.</summary>
    Verb,

    /// <summary>Adjectives, their satellites included.</summary>
    Adjective,

    /// <summary>Adverbs.</summary>
    Adverb,
}
