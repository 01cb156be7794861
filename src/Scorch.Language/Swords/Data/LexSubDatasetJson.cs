using System.Text.Json;

namespace Scorch.Language.Swords;

/// <summary>The official form of benchmarks: objects by id, labels apart from substitutes.</summary>
internal static class LexSubDatasetJson
{
    private const string Owner = "the benchmark";

    public static LexSubDataset Read(JsonElement root)
    {
        var contexts = new List<LexSubContext>();
        foreach (var entry in root.Field("contexts", Owner, JsonValueKind.Object).EnumerateObject())
        {
            var context = new LexSubContext(entry.Value.Text("context", entry.Name), entry.Value.Raw("extra"));
            contexts.Add(RequireId(entry.Name, context.Id, context));
        }
        var targets = new List<LexSubTarget>();
        foreach (var entry in root.Field("targets", Owner, JsonValueKind.Object).EnumerateObject())
        {
            var value = entry.Value;
            var part = value.ValueKind == JsonValueKind.Object && value.TextOrNull("pos", entry.Name) is { } name ? PartsOfSpeech.Parse(name) : (PartOfSpeech?)null;
            var target = new LexSubTarget(value.Text("context_id", entry.Name), value.Text("target", entry.Name), value.Whole("offset", entry.Name), part, value.Raw("extra"));
            targets.Add(RequireId(entry.Name, target.Id, target));
        }
        var labels = new Dictionary<string, SubstituteLabel[]>(StringComparer.Ordinal);
        foreach (var entry in root.Field("substitute_labels", Owner, JsonValueKind.Object).EnumerateObject())
        {
            if (entry.Value.ValueKind != JsonValueKind.Array) throw new ArgumentException($"the labels of {entry.Name} are {entry.Value.ValueKind}, expected an array.");
            if (!labels.TryAdd(entry.Name, [.. entry.Value.EnumerateArray().Select(label => Label(label, entry.Name))]))
                throw new ArgumentException($"the labels of {entry.Name} stand twice.");
        }
        var substitutes = new List<LexSubSubstitute>();
        foreach (var entry in root.Field("substitutes", Owner, JsonValueKind.Object).EnumerateObject())
        {
            var value = entry.Value;
            if (!labels.TryGetValue(entry.Name, out var own)) throw new ArgumentException($"the substitute {entry.Name} has no labels in 'substitute_labels'.");
            var substitute = new LexSubSubstitute(value.Text("target_id", entry.Name), value.Text("substitute", entry.Name), own, null, value.Raw("extra"));
            substitutes.Add(RequireId(entry.Name, substitute.Id, substitute));
        }
        return new LexSubDataset(contexts, targets, substitutes, root.Flag("substitutes_lemmatized", Owner), root.Raw("extra"));
    }

    public static void Write(LexSubDataset dataset, Utf8JsonWriter writer)
    {
        writer.WriteStartObject();
        writer.WriteStartObject("contexts");
        foreach (var context in dataset.Contexts)
        {
            writer.WriteStartObject(context.Id);
            writer.WriteString("context", context.Text);
            WriteExtra(writer, context.Extra);
            writer.WriteEndObject();
        }
        writer.WriteEndObject();
        writer.WriteStartObject("targets");
        foreach (var target in dataset.Targets)
        {
            writer.WriteStartObject(target.Id);
            writer.WriteString("context_id", target.ContextId);
            writer.WriteString("target", target.Word);
            writer.WriteNumber("offset", target.Offset);
            writer.WriteString("pos", target.PartOfSpeech?.Name());
            WriteExtra(writer, target.Extra);
            writer.WriteEndObject();
        }
        writer.WriteEndObject();
        WriteExtra(writer, dataset.Extra);
        writer.WriteStartObject("substitutes");
        foreach (var substitute in dataset.Substitutes)
        {
            writer.WriteStartObject(substitute.Id);
            writer.WriteString("target_id", substitute.TargetId);
            writer.WriteString("substitute", substitute.Text);
            WriteExtra(writer, substitute.Extra);
            writer.WriteEndObject();
        }
        writer.WriteEndObject();
        writer.WriteBoolean("substitutes_lemmatized", dataset.SubstitutesAreLemmas);
        writer.WriteStartObject("substitute_labels");
        foreach (var substitute in dataset.Substitutes)
        {
            writer.WriteStartArray(substitute.Id);
            foreach (var label in substitute.Labels) writer.WriteStringValue(label.Name());
            writer.WriteEndArray();
        }
        writer.WriteEndObject();
        writer.WriteEndObject();
    }

    private static void WriteExtra(Utf8JsonWriter writer, string? extra)
    {
        if (extra is null) return;
        writer.WritePropertyName("extra");
        writer.WriteRawValue(extra);
    }

    private static SubstituteLabel Label(JsonElement label, string owner)
    {
        if (label.ValueKind != JsonValueKind.String) throw new ArgumentException($"a label of {owner} is {label.ValueKind}, expected a text.");
        try
        {
            return SubstituteLabels.Parse(label.GetString()!);
        }
        catch (ArgumentException error)
        {
            throw new ArgumentException($"{owner}: {error.Message}", error);
        }
    }

    private static T RequireId<T>(string written, string computed, T item) => written == computed
        ? item
        : throw new ArgumentException($"the id {written} is not that of its content, {computed}. The file was changed by hand or by a program that keeps old ids; compute them anew.");
}
