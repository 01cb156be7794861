namespace Scorch.Text;

/// <summary>The inflected forms of English words.</summary>
public enum EnglishForm
{
    /// <summary>The dictionary form.</summary>
    Base,

    /// <summary>A noun's plural.</summary>
    Plural,

    /// <summary>A verb's third person singular of the present.</summary>
    ThirdPerson,

    /// <summary>A verb's present participle.</summary>
    PresentParticiple,

    /// <summary>A verb's past tense.</summary>
    Past,

    /// <summary>A verb's past participle.</summary>
    PastParticiple,

    /// <summary>An adjective's or adverb's comparative.</summary>
    Comparative,

    /// <summary>An adjective's or adverb's superlative.</summary>
    Superlative,
}

/// <summary>Inflects English words: the irregular forms of WordNet's exception lists, regular spelling otherwise.</summary>
/// <remarks>
/// The lists do not say which form is which: of several past forms the one with a participle's ending (-n, -ne) or with <c>u</c> for
/// <c>a</c> (sung, sang) is the participle. Where a list has several plurals, the first stands. Of a phrase a verb's first word is
/// inflected (<c>put up</c>), a noun's last.
/// </remarks>
/// <param name="dictionary">WordNet's words.</param>
public sealed class EnglishInflector(WordNetDictionary dictionary)
{
    private static readonly Dictionary<string, string[]> Auxiliaries = new(StringComparer.Ordinal)
    {
        // Third person, present participle, past, past participle.
        ["be"] = ["is", "being", "was", "been"],
        ["have"] = ["has", "having", "had", "had"],
        ["do"] = ["does", "doing", "did", "done"],
        ["go"] = ["goes", "going", "went", "gone"],
    };

    // WordNet lists no form that equals its lemma.
    private static readonly HashSet<string> Unchanged =
    [
        "bet", "burst", "bid", "cast", "cost", "cut", "hit", "hurt", "let", "put", "quit", "rid", "set", "shed", "shut", "slit", "split", "spread", "thrust",
    ];

    private static readonly HashSet<string> ParticipleIsLemma = ["run", "rerun", "outrun", "overrun", "come", "become", "overcome"];

    private static readonly HashSet<string> HaveParticipleBefore =
    [
        "be", "am", "is", "are", "was", "were", "been", "being", "have", "has", "had", "having", "get", "gets", "got", "'s", "'ve", "'re", "'d",
    ];

    private readonly WordNetLemmatizer lemmatizer = new(dictionary);

    /// <summary>Which form a word has as a part of speech.</summary>
    /// <param name="word">A word in any form; capitals are ignored.</param>
    /// <param name="part">The part of speech.</param>
    /// <param name="wordBefore">The word before it in the text, which tells participles from past tenses; may be null.</param>
    public EnglishForm FormOf(string word, WordNetPart part, string? wordBefore = null)
    {
        ArgumentNullException.ThrowIfNull(word);
        var form = word.ToLowerInvariant();
        var lemma = lemmatizer.Lemmatize(form, part);
        if (lemma == form) return EnglishForm.Base;
        switch (part)
        {
            case WordNetPart.Noun:
                return EnglishForm.Plural;
            case WordNetPart.Verb:
                if (form.EndsWith("ing", StringComparison.Ordinal)) return EnglishForm.PresentParticiple;
                if (form.EndsWith('s') && form is not "was") return EnglishForm.ThirdPerson;
                var (past, participle) = PastForms(lemma);
                if (form == participle && form != past) return EnglishForm.PastParticiple;
                return form == past && form != participle || wordBefore is null || !HaveParticipleBefore.Contains(wordBefore.ToLowerInvariant())
                    ? EnglishForm.Past
                    : EnglishForm.PastParticiple;
            default:
                return form.EndsWith("st", StringComparison.Ordinal) ? EnglishForm.Superlative : EnglishForm.Comparative;
        }
    }

    /// <summary>A form of a word.</summary>
    /// <param name="lemma">The dictionary form, or a phrase whose head is in it.</param>
    /// <param name="part">The part of speech.</param>
    /// <param name="form">The form; one that the part of speech does not have leaves the word as it is.</param>
    public string Inflect(string lemma, WordNetPart part, EnglishForm form)
    {
        ArgumentNullException.ThrowIfNull(lemma);
        if (form == EnglishForm.Base || lemma.Length == 0) return lemma;
        if (lemma.Contains(' ', StringComparison.Ordinal))
        {
            var border = part == WordNetPart.Verb ? lemma.IndexOf(' ', StringComparison.Ordinal) : lemma.LastIndexOf(' ') + 1;
            return part switch
            {
                WordNetPart.Verb => Inflect(lemma[..border], part, form) + lemma[border..],
                WordNetPart.Noun => lemma[..border] + Inflect(lemma[border..], part, form),
                _ => Degree(lemma, part, form),
            };
        }
        return (part, form) switch
        {
            (WordNetPart.Noun, EnglishForm.Plural) => Irregular(lemma, part) is [var plural, ..] ? plural : WithS(lemma),
            (WordNetPart.Verb, EnglishForm.ThirdPerson) => Auxiliaries.TryGetValue(lemma, out var forms) ? forms[0] : WithS(lemma),
            (WordNetPart.Verb, EnglishForm.PresentParticiple) => Auxiliaries.TryGetValue(lemma, out var forms) ? forms[1]
                : Irregular(lemma, part).FirstOrDefault(word => word.EndsWith("ing", StringComparison.Ordinal)) ?? WithIng(lemma),
            (WordNetPart.Verb, EnglishForm.Past) => PastForms(lemma).Past,
            (WordNetPart.Verb, EnglishForm.PastParticiple) => PastForms(lemma).Participle,
            (WordNetPart.Adjective or WordNetPart.Adverb, EnglishForm.Comparative or EnglishForm.Superlative) => Degree(lemma, part, form),
            _ => lemma,
        };
    }

    /// <summary>Gives a word the form of another one, such as that of the word which it replaces.</summary>
    /// <param name="lemma">The word in its dictionary form.</param>
    /// <param name="model">The word whose form is taken.</param>
    /// <param name="part">The part of speech of both.</param>
    /// <param name="wordBefore">The word before <paramref name="model"/> in the text; may be null.</param>
    public string InflectLike(string lemma, string model, WordNetPart part, string? wordBefore = null) => Inflect(lemma, part, FormOf(model, part, wordBefore));

    private IReadOnlyList<string> Irregular(string lemma, WordNetPart part) => dictionary.IrregularForms(lemma, part);

    private (string Past, string Participle) PastForms(string lemma)
    {
        if (Auxiliaries.TryGetValue(lemma, out var forms)) return (forms[2], forms[3]);
        if (Unchanged.Contains(lemma)) return (lemma, lemma);
        var pasts = Irregular(lemma, WordNetPart.Verb)
            .Where(form => !form.EndsWith("ing", StringComparison.Ordinal) && !form.EndsWith('s')).ToList();
        if (ParticipleIsLemma.Contains(lemma)) return (pasts.FirstOrDefault() ?? lemma, lemma);
        var regular = WithEd(lemma);
        switch (pasts)
        {
            case []:
                return (regular, regular);
            case [var only]:
                return IsParticiple(only) && !lemma.EndsWith('n') ? (regular, only) : (only, only);
            default:
                var participle = pasts.FirstOrDefault(form => form.Contains('u', StringComparison.Ordinal) && pasts.Contains(form.Replace('u', 'a')))
                    ?? pasts.FirstOrDefault(IsParticiple) ?? pasts[0];
                return (pasts.FirstOrDefault(form => form != participle) ?? participle, participle);
        }
    }

    private static bool IsParticiple(string form) => form.EndsWith('n') || form.EndsWith("ne", StringComparison.Ordinal);

    private string Degree(string lemma, WordNetPart part, EnglishForm form)
    {
        var isComparative = form == EnglishForm.Comparative;
        var listed = Irregular(lemma, part).FirstOrDefault(word => word.EndsWith("st", StringComparison.Ordinal) != isComparative);
        if (listed is not null) return listed;
        if (!TakesEndings(lemma)) return (isComparative ? "more " : "most ") + lemma;
        var ending = isComparative ? "er" : "est";
        return lemma.EndsWith('e') ? lemma + ending[1..] : EndsInConsonantY(lemma) ? lemma[..^1] + "i" + ending : lemma + ending;
    }

    /// <summary>One syllable, or two of which the second is -y, -le, -ow or -er.</summary>
    private static bool TakesEndings(string word)
    {
        if (word.Contains(' ', StringComparison.Ordinal) || word.EndsWith("ly", StringComparison.Ordinal)) return false;
        var syllables = 0;
        for (var i = 0; i < word.Length; i++)
            if (IsVowel(word[i]) && (i == 0 || !IsVowel(word[i - 1])) && !(word[i] == 'e' && i == word.Length - 1)) syllables++;
        if (word.EndsWith("le", StringComparison.Ordinal) && word.Length > 2 && !IsVowel(word[^3])) syllables++;
        return syllables <= 1
            || (syllables == 2 && (EndsInConsonantY(word) || word.EndsWith("le", StringComparison.Ordinal) || word.EndsWith("ow", StringComparison.Ordinal) || word.EndsWith("er", StringComparison.Ordinal)));
    }

    private static string WithS(string word) =>
        EndsInConsonantY(word) ? word[..^1] + "ies"
        : word[^1] is 's' or 'x' or 'z' || word.EndsWith("ch", StringComparison.Ordinal) || word.EndsWith("sh", StringComparison.Ordinal)
            || (word.Length > 2 && word[^1] == 'o' && !IsVowel(word[^2]) && word is not ("photo" or "piano" or "memo" or "solo" or "disco" or "logo")) ? word + "es"
        : word + "s";

    private static string WithIng(string word) =>
        word.EndsWith("ie", StringComparison.Ordinal) ? word[..^2] + "ying"
        : word.Length > 2 && word[^1] == 'e' && word[^2] is not ('e' or 'o' or 'y') ? word[..^1] + "ing"
        : word + "ing";

    private static string WithEd(string word) => word[^1] == 'e' ? word + "d" : EndsInConsonantY(word) ? word[..^1] + "ied" : word + "ed";

    private static bool EndsInConsonantY(string word) => word.Length > 1 && word[^1] == 'y' && !IsVowel(word[^2]);

    private static bool IsVowel(char letter) => letter is 'a' or 'e' or 'i' or 'o' or 'u' or 'y';
}
