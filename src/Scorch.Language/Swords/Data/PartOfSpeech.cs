using Scorch.Text;

namespace Scorch.Language.Swords;

/// <summary>Universal Dependencies' parts of speech, which the benchmark's files name in capitals.</summary>
public enum PartOfSpeech
{
    /// <summary>Not known: <c>UNKNOWN</c>.</summary>
    Unknown,

    /// <summary>Adjective: <c>ADJ</c>.</summary>
    Adjective,

    /// <summary>Adverb: <c>ADV</c>.</summary>
    Adverb,

    /// <summary>Interjection: <c>INTJ</c>.</summary>
    Interjection,

    /// <summary>Noun: <c>NOUN</c>.</summary>
    Noun,

    /// <summary>Proper noun: <c>PROPN</c>.</summary>
    ProperNoun,

    /// <summary>Verb: <c>VERB</c>.</summary>
    Verb,

    /// <summary>Adposition: <c>ADP</c>.</summary>
    Adposition,

    /// <summary>Auxiliary: <c>AUX</c>.</summary>
    Auxiliary,

    /// <summary>Coordinating conjunction: <c>CCONJ</c>.</summary>
    CoordinatingConjunction,

    /// <summary>Determiner: <c>DET</c>.</summary>
    Determiner,

    /// <summary>Numeral: <c>NUM</c>.</summary>
    Numeral,

    /// <summary>Particle: <c>PART</c>.</summary>
    Particle,

    /// <summary>Pronoun: <c>PRON</c>.</summary>
    Pronoun,

    /// <summary>Subordinating conjunction: <c>SCONJ</c>.</summary>
    SubordinatingConjunction,

    /// <summary>Punctuation: <c>PUNCT</c>.</summary>
    Punctuation,

    /// <summary>Symbol: <c>SYM</c>.</summary>
    Symbol,

    /// <summary>Anything else: <c>X</c>.</summary>
    Other,
}

/// <summary>The names of parts of speech in files.</summary>
public static class PartsOfSpeech
{
    private static readonly string[] Names =
    [
        "UNKNOWN", "ADJ", "ADV", "INTJ", "NOUN", "PROPN", "VERB", "ADP", "AUX", "CCONJ", "DET", "NUM", "PART", "PRON", "SCONJ", "PUNCT", "SYM", "X",
    ];

    /// <summary>The name in files, such as <c>NOUN</c>.</summary>
    public static string Name(this PartOfSpeech part) => Names[(int)part];

    /// <summary>The part of speech with a name, capitals ignored.</summary>
    /// <exception cref="ArgumentException">There is none; the known names are listed.</exception>
    public static PartOfSpeech Parse(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        var number = Array.FindIndex(Names, known => known.Equals(name, StringComparison.OrdinalIgnoreCase));
        return number >= 0 ? (PartOfSpeech)number : throw new ArgumentException($"'{name}' is no part of speech; the known ones are {string.Join(", ", Names)}.", nameof(name));
    }

    /// <summary>As which part of speech WordNet is asked: adjective, adverb, verb, and a noun for everything else.</summary>
    public static WordNetPart ToWordNet(this PartOfSpeech? part) => part switch
    {
        PartOfSpeech.Adjective => WordNetPart.Adjective,
        PartOfSpeech.Adverb => WordNetPart.Adverb,
        PartOfSpeech.Verb => WordNetPart.Verb,
        _ => WordNetPart.Noun,
    };
}
