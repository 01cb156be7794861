using System.Text.Json;
using Scorch.Text;

namespace Scorch.Language.Swords;

/// <summary>The older form of benchmarks in the same repository (SemEval 2007 and others): sentences, their words, substitutes inside.</summary>
public static class SemEvalJson
{
    /// <summary>Reads a file; gzip is recognised by its first bytes.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="TextFormatException">The file is damaged, cut short or of another form.</exception>
    public static LexSubDataset Load(string path) => LexSubFiles.Read(path, Read);

    private static LexSubDataset Read(JsonElement root)
    {
        var contexts = new Dictionary<string, LexSubContext>(StringComparer.Ordinal);
        var targets = new Dictionary<string, LexSubTarget>(StringComparer.Ordinal);
        var labels = new Dictionary<string, (string Target, string Text, string? Extra, List<SubstituteLabel> Labels)>(StringComparer.Ordinal);
        foreach (var sentence in root.Field("ss", "the benchmark", JsonValueKind.Array).EnumerateArray())
        {
            var context = new LexSubContext(sentence.Text("s", "a sentence"), sentence.Raw("extra"));
            contexts.TryAdd(context.Id, context);
            foreach (var word in sentence.Field("ws", "a sentence", JsonValueKind.Array).EnumerateArray())
            {
                var parts = word.Field("pos", "a word", JsonValueKind.Array);
                var part = parts.GetArrayLength() > 0 && parts[0].ValueKind == JsonValueKind.String ? OldPart(parts[0].GetString()!) : (PartOfSpeech?)null;
                var target = new LexSubTarget(context.Id, word.Text("w", "a word"), word.Whole("off", "a word"), part, word.Raw("extra"));
                targets[target.Id] = target;
                foreach (var substitute in word.Field("wprimes", "a word", JsonValueKind.Array).EnumerateArray())
                {
                    var text = substitute.Text("wprime", "a substitute");
                    var id = LexSubIds.OfSubstitute(target.Id, text);
                    if (!labels.TryGetValue(id, out var known)) labels[id] = known = (target.Id, text, substitute.Raw("extra"), []);
                    foreach (var label in substitute.Field("human_labels", "a substitute", JsonValueKind.Array).EnumerateArray())
                        known.Labels.Add(label.ValueKind == JsonValueKind.String ? SubstituteLabels.Parse(label.GetString()!) : throw new ArgumentException($"a label of '{text}' is {label.ValueKind}, expected a text."));
                }
            }
        }
        return new LexSubDataset(
            contexts.Values,
            targets.Values,
            labels.Values.Select(entry => new LexSubSubstitute(entry.Target, entry.Text, entry.Labels, null, entry.Extra)),
            root.TryGetProperty("wprimes_lemmatized", out var lemmas) && lemmas.ValueKind == JsonValueKind.True,
            root.Raw("extra"));
    }

    private static PartOfSpeech OldPart(string name) => name switch
    {
        "UNKN" or "PHRS" => PartOfSpeech.Unknown,
        "CONJ" => PartOfSpeech.CoordinatingConjunction,
        "PRT" => PartOfSpeech.Particle,
        "OTH" => PartOfSpeech.Other,
        "PUNC" => PartOfSpeech.Punctuation,
        "PROP" => PartOfSpeech.ProperNoun,
        _ => PartsOfSpeech.Parse(name),
    };
}
