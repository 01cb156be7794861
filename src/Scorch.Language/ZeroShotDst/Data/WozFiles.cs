using System.Text.Json;

namespace Scorch.Language.ZeroShotDst;

/// <summary>Files of WOZ 2.0: each entry of a dialog has what the system said, then what the user said.</summary>
internal static class WozFiles
{
    public static IReadOnlyList<Dialog> Read(JsonSource.Entry entry) => JsonSource.Read(entry, root =>
    {
        if (root.ValueKind != JsonValueKind.Array) throw new ArgumentException($"it holds {root.ValueKind}, expected an array of dialogs.");
        return root.EnumerateArray().Select(Read).ToList();
    });

    private static Dialog Read(JsonElement element, int index)
    {
        var id = element.ValueKind == JsonValueKind.Object && element.TryGetProperty("dialogue_idx", out var number) && number.ValueKind is JsonValueKind.Number or JsonValueKind.String
            ? number.ToString()
            : throw new ArgumentException($"dialog at place {index + 1}: 'dialogue_idx' is missing; is this a file of WOZ 2.0?");
        var owner = $"dialog {id}";
        var service = DialogSchema.Woz.Services[0];
        var turns = new List<DialogTurn>();
        foreach (var turn in JsonSource.Array(element, "dialogue", owner))
        {
            var system = JsonSource.TextOrEmpty(turn, "system_transcript");
            // Only before the first turn has the system said nothing; an empty text elsewhere is a turn all the same.
            if (turns.Count > 0 || system.Length > 0) turns.Add(new(Speaker.System, system));
            var state = new Dictionary<SlotName, IReadOnlyList<string>>();
            foreach (var act in JsonSource.Array(turn, "belief_state", owner))
            {
                if (JsonSource.Text(act, "act", owner) != "inform") continue;
                foreach (var pair in JsonSource.Array(act, "slots", owner))
                {
                    if (pair.ValueKind != JsonValueKind.Array || pair.GetArrayLength() != 2 || pair[0].ValueKind != JsonValueKind.String || pair[1].ValueKind != JsonValueKind.String)
                        throw new ArgumentException($"{owner}: an entry of 'slots' is no pair of slot and value.");
                    var slot = service.TryFind(pair[0].GetString()!) ?? throw new ArgumentException($"{owner}: the state has the slot '{pair[0].GetString()}'; WOZ 2.0 has {string.Join(", ", service.Slots.Select(known => known.Name))}.");
                    FrameFiles.Add(state, new(service.Name, slot.Name), [pair[1].GetString()!]);
                }
            }
            turns.Add(new(Speaker.User, JsonSource.Text(turn, "transcript", owner)) { State = state });
        }
        return new("woz-" + id, [service.Name], turns);
    }
}
