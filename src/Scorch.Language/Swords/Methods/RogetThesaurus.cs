using System.Text.Encodings.Web;
using System.Text.Json;
using Scorch.Checkpoints;
using Scorch.Text;

namespace Scorch.Language.Swords;

/// <summary>One sense of a word in a thesaurus.</summary>
/// <param name="Parts">Its parts of speech.</param>
/// <param name="Synonyms">The words of the sense, in the thesaurus's order.</param>
public sealed record ThesaurusSense(IReadOnlyList<PartOfSpeech> Parts, IReadOnlyList<string> Synonyms);

/// <summary>A thesaurus: words with senses in the order of the file.</summary>
/// <remarks>Reads Roget's thesaurus as the benchmark publishes it (a Python pickle of plain containers, read without running anything) and as JSON lines.</remarks>
public sealed class RogetThesaurus
{
    private readonly Dictionary<string, List<ThesaurusSense>> senses = new(StringComparer.Ordinal);
    private readonly List<(string Word, string Parts, ThesaurusSense Sense)> entries = [];

    /// <summary>Makes a thesaurus.</summary>
    /// <param name="entries">Word in lower case; parts of speech as Roget's abbreviates them (<c>n</c>, <c>v2</c>, <c>adj/adv</c>); synonyms.</param>
    /// <exception cref="ArgumentException">A word is empty or a part of speech is unknown.</exception>
    public RogetThesaurus(IEnumerable<(string Word, string Parts, IReadOnlyList<string> Synonyms)> entries)
    {
        ArgumentNullException.ThrowIfNull(entries);
        foreach (var (word, parts, synonyms) in entries)
        {
            if (string.IsNullOrWhiteSpace(word)) throw new ArgumentException("RogetThesaurus: a word is empty.", nameof(entries));
            var sense = new ThesaurusSense([.. parts.Split('/').Select(part => Part(word, part))], synonyms);
            if (!senses.TryGetValue(word, out var list)) senses[word] = list = [];
            list.Add(sense);
            this.entries.Add((word, parts, sense));
        }
    }

    /// <summary>How many words there are.</summary>
    public int Count => senses.Count;

    /// <summary>The words.</summary>
    public IReadOnlyCollection<string> Words => senses.Keys;

    /// <summary>The senses of a word, in the order of the file; none where it is not there.</summary>
    /// <param name="word">In lower case.</param>
    public IReadOnlyList<ThesaurusSense> SensesOf(string word) => senses.TryGetValue(word, out var list) ? list : [];

    /// <summary>Reads <c>rogets.pkl</c>, or JSON lines (<c>.jsonl</c>, <c>.jsonl.gz</c>) as <see cref="SaveJsonLines"/> writes them.</summary>
    /// <exception cref="TextFormatException">The file is of another form; the place is named.</exception>
    /// <exception cref="CheckpointException">The pickle is damaged or asks for more than plain containers.</exception>
    public static RogetThesaurus Load(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        using var stream = File.OpenRead(path);
        return Read(stream, path);
    }

    /// <summary>Reads a thesaurus from a stream; see <see cref="Load"/>.</summary>
    /// <param name="stream">The bytes; a pickle's must be seekable.</param>
    /// <param name="name">What messages call them; a pickle's ends in <c>.pkl</c>.</param>
    public static RogetThesaurus Read(Stream stream, string name)
    {
        ArgumentNullException.ThrowIfNull(stream);
        ArgumentException.ThrowIfNullOrEmpty(name);
        try
        {
            return new(name.EndsWith(".pkl", StringComparison.OrdinalIgnoreCase) ? FromPickle(stream, name) : FromJsonLines(stream, name));
        }
        catch (ArgumentException error)
        {
            throw new TextFormatException($"{name}: {error.Message}", error);
        }
        catch (InvalidDataException error)
        {
            throw new TextFormatException($"{name}: the gzip data is damaged or cut short ({error.Message}) Get the file again.", error);
        }
    }

    /// <summary>Writes a sense a line: <c>{"lemma": …, "pos": …, "synonyms": […]}</c>.</summary>
    public void SaveJsonLines(string path) => AtomicFile.Write(path, stream =>
    {
        using var text = new StreamWriter(stream, leaveOpen: true);
        foreach (var (word, parts, sense) in entries)
        {
            using var memory = new MemoryStream();
            using (var writer = new Utf8JsonWriter(memory, new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
            {
                writer.WriteStartObject();
                writer.WriteString("lemma", word);
                writer.WriteString("pos", parts);
                writer.WriteStartArray("synonyms");
                foreach (var synonym in sense.Synonyms) writer.WriteStringValue(synonym);
                writer.WriteEndArray();
                writer.WriteEndObject();
            }
            text.Write(System.Text.Encoding.UTF8.GetString(memory.ToArray()));
            text.Write('\n');
        }
    });

    // {(word, part): {"results": [synonym, ...], ...}, ...}; the definition's words stand among the results.
    private static IEnumerable<(string, string, IReadOnlyList<string>)> FromPickle(Stream stream, string path)
    {
        if (PickleFile.Read(stream, path) is not IReadOnlyDictionary<object, object?> entries) throw new TextFormatException($"{path}: the pickle holds no dictionary; expected Roget's thesaurus.");
        foreach (var (key, value) in entries)
        {
            if (key is not PickleTuple { Count: 2 } pair || pair[0] is not string word || pair[1] is not string parts)
                throw new TextFormatException($"{path}: the key {key} is not a word and its part of speech.");
            if (value is not IReadOnlyDictionary<object, object?> entry || entry.GetValueOrDefault("results") is not IReadOnlyList<object?> results || results.Any(result => result is not string))
                throw new TextFormatException($"{path}: the entry of '{word}' has no list of texts named 'results'.");
            yield return (word, parts, [.. results.Cast<string>()]);
        }
    }

    private static IEnumerable<(string, string, IReadOnlyList<string>)> FromJsonLines(Stream stream, string path)
    {
        var number = 0;
        foreach (var line in LexSubFiles.ReadText(stream, path).Split('\n'))
        {
            number++;
            if (string.IsNullOrWhiteSpace(line)) continue;
            yield return Line(line, path, number);
        }
    }

    private static (string, string, IReadOnlyList<string>) Line(string line, string path, int number)
    {
        try
        {
            using var document = JsonDocument.Parse(line);
            var (root, owner) = (document.RootElement, $"line {number}");
            // The pickle turned into lines keeps its entry as it was.
            var synonyms = root.TryGetProperty("entry", out var entry) ? entry.Field("results", owner, JsonValueKind.Array) : root.Field("synonyms", owner, JsonValueKind.Array);
            return (root.Text("lemma", owner), root.Text("pos", owner), [.. synonyms.EnumerateArray().Select(item => item.GetString() ?? throw new ArgumentException($"{owner}: a synonym is null."))]);
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException)
        {
            throw new TextFormatException($"{path}, line {number}: no thesaurus entry ({error.Message}) Every line is {{\"lemma\": …, \"pos\": …, \"synonyms\": […]}}.", error);
        }
    }

    private static PartOfSpeech Part(string word, string name) => string.Concat(name.Where(char.IsLetter)) switch
    {
        "n" => PartOfSpeech.Noun,
        "v" => PartOfSpeech.Verb,
        "adj" => PartOfSpeech.Adjective,
        "adv" => PartOfSpeech.Adverb,
        _ => throw new ArgumentException($"the part of speech '{name}' of '{word}' is unknown; expected n, v, adj or adv, with / between several."),
    };
}

/// <summary>A thesaurus's synonyms of the target's dictionary form, senses in the order of the file, those of the target's part of speech.</summary>
/// <param name="thesaurus">The thesaurus.</param>
/// <param name="lemmatizer">Finds the dictionary form where the benchmark gives none; null for WordNet's.</param>
public sealed class ThesaurusGenerator(RogetThesaurus thesaurus, ILemmatizer? lemmatizer = null) : ILexSubGenerator
{
    /// <inheritdoc/>
    public bool GivesLemmas => true;

    /// <inheritdoc/>
    public IReadOnlyList<Suggestion> Generate(LexSubQuery query)
    {
        ArgumentNullException.ThrowIfNull(query);
        var lemma = query.Lemma ?? (lemmatizer ?? SwordsLemmatizer.Default).Lemmatize(query.Word.ToLowerInvariant(), query.PartOfSpeech.ToWordNet());
        // Ranks count over all senses; without a part of speech every sense is taken.
        return
        [
            .. thesaurus.SensesOf(lemma).SelectMany(sense => sense.Synonyms.Select(synonym => (sense.Parts, synonym)))
                .Select((entry, i) => (entry.Parts, Suggestion: new Suggestion(entry.synonym, -i)))
                .Where(entry => query.PartOfSpeech is not { } part || entry.Parts.Contains(part))
                .Select(entry => entry.Suggestion),
        ];
    }
}
