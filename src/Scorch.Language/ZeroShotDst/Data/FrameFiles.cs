using System.Text.Json;

namespace Scorch.Language.ZeroShotDst;

/// <summary>Files of dialogs whose turns have a frame a service: Schema-Guided Dialogue and MultiWOZ 2.2.</summary>
internal static class FrameFiles
{
    /// <summary>The dialogs of a file.</summary>
    /// <param name="entry">The file.</param>
    /// <param name="schema">Every service and slot of a state must stand here.</param>
    /// <param name="dropped">Services whose frames are left out.</param>
    public static IReadOnlyList<Dialog> Read(JsonSource.Entry entry, DialogSchema schema, IReadOnlyList<string> dropped) => JsonSource.Read(entry, root =>
    {
        if (root.ValueKind == JsonValueKind.Object && root.EnumerateObject().FirstOrDefault().Value is { ValueKind: JsonValueKind.Object } first && first.TryGetProperty("log", out _))
            throw new ArgumentException("its dialogs have a 'log': this is MultiWOZ 2.0 or 2.1, read it with DstFiles.LoadMultiWoz21.");
        if (root.ValueKind != JsonValueKind.Array) throw new ArgumentException($"it holds {root.ValueKind}, expected an array of dialogs.");
        return root.EnumerateArray().Select((dialog, i) => Read(dialog, i, schema, dropped)).ToList();
    });

    /// <summary>Whether dialogs are named as MultiWOZ's are, after their JSON files.</summary>
    public static bool IsMultiWoz(JsonSource.Entry entry) => JsonSource.Read(entry, root =>
        root.ValueKind == JsonValueKind.Array && root.EnumerateArray().FirstOrDefault() is { ValueKind: JsonValueKind.Object } first && JsonSource.TextOrEmpty(first, "dialogue_id").EndsWith(".json", StringComparison.Ordinal));

    private static Dialog Read(JsonElement element, int index, DialogSchema schema, IReadOnlyList<string> dropped)
    {
        var id = JsonSource.Text(element, "dialogue_id", $"dialog at place {index + 1}");
        var owner = $"dialog {id}";
        var services = JsonSource.Array(element, "services", owner).Select(service => service.ValueKind == JsonValueKind.String ? service.GetString()! : throw new ArgumentException($"{owner}: 'services' holds {service.ValueKind}, expected names.")).ToList();
        var turns = JsonSource.Array(element, "turns", owner).Select((turn, i) => Turn(turn, i, owner, schema, dropped)).ToList();
        var active = turns.SelectMany(turn => turn.State.Keys).Select(name => name.Service);
        var about = services.Concat(active).Where(service => !dropped.Contains(service, StringComparer.OrdinalIgnoreCase)).Distinct(StringComparer.OrdinalIgnoreCase).ToList();
        foreach (var service in about) Known(schema, service, owner);
        return new(id, about, turns);
    }

    private static DialogTurn Turn(JsonElement turn, int index, string dialog, DialogSchema schema, IReadOnlyList<string> dropped)
    {
        var owner = $"{dialog}, turn {index + 1}";
        var speaker = JsonSource.Text(turn, "speaker", owner).ToUpperInvariant() switch
        {
            "USER" => Speaker.User,
            "SYSTEM" => Speaker.System,
            var other => throw new ArgumentException($"{owner}: the speaker is '{other}', expected USER or SYSTEM."),
        };
        var text = JsonSource.Text(turn, "utterance", owner);
        if (speaker == Speaker.System) return new(speaker, text);
        var state = new Dictionary<SlotName, IReadOnlyList<string>>();
        foreach (var frame in JsonSource.Array(turn, "frames", owner))
        {
            var name = JsonSource.Text(frame, "service", owner);
            if (dropped.Contains(name, StringComparer.OrdinalIgnoreCase)) continue;
            var service = Known(schema, name, owner);
            if (!frame.TryGetProperty("state", out var given) || !given.TryGetProperty("slot_values", out var values) || values.ValueKind != JsonValueKind.Object) continue;
            foreach (var value in values.EnumerateObject())
            {
                var slot = service.TryFind(value.Name) ?? throw new ArgumentException($"{owner}: the state has the slot '{value.Name}', which the schema's service {service.Name} lacks; give the schema that belongs to the file.");
                var listed = value.Value.ValueKind == JsonValueKind.Array ? value.Value.EnumerateArray().ToList() : [value.Value];
                if (listed.Any(one => one.ValueKind != JsonValueKind.String)) throw new ArgumentException($"{owner}: the values of '{value.Name}' are no texts.");
                Add(state, new(service.Name, slot.Name), listed.Select(one => one.GetString()!));
            }
        }
        return new(speaker, text) { State = state };
    }

    /// <summary>Adds what is a value; empty ones and "none" mean that nothing is known.</summary>
    public static void Add(Dictionary<SlotName, IReadOnlyList<string>> state, SlotName name, IEnumerable<string> values)
    {
        string[] kept = [.. values.Select(value => value.Trim()).Where(value => ValueNormalizer.Normalize(value) != ValueNormalizer.None).Distinct(StringComparer.Ordinal)];
        if (kept.Length > 0) state[name] = kept;
    }

    private static DialogService Known(DialogSchema schema, string name, string owner) =>
        schema.TryFind(name) ?? throw new ArgumentException($"{owner}: the service '{name}' is not in the schema, which has {string.Join(", ", schema.Services.Select(service => service.Name))}; give the schema that belongs to the file.");
}
