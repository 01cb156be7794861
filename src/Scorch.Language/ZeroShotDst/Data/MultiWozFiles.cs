using System.Text.Json;
using Scorch.Text;

namespace Scorch.Language.ZeroShotDst;

/// <summary>Files of MultiWOZ 2.1: dialogs by name, each with a <c>log</c> whose system entries hold the state in <c>metadata</c>.</summary>
internal static class MultiWozFiles
{
    private static readonly char[] Alternatives = ['|', '<', '>'];
    private static readonly string[] Ignored = ["booked", "ticket", "trainid", "trainID"];

    public static IReadOnlyList<Dialog> Read(string path, DstPart part)
    {
        var entries = JsonSource.Entries(path);
        var name = part switch { DstPart.Train => "train", DstPart.Validation => "val", _ => "test" };
        if (entries.Count == 1 && entries[0].Path.EndsWith(".json", StringComparison.Ordinal)) return Dialogs(entries[0], _ => true);
        if (Find(entries, "data.json") is { } all)
        {
            var (validation, test) = (Listed(entries, "valListFile", path), Listed(entries, "testListFile", path));
            return Dialogs(all, id => part switch
            {
                DstPart.Train => !validation.Contains(Bare(id)) && !test.Contains(Bare(id)),
                DstPart.Validation => validation.Contains(Bare(id)),
                _ => test.Contains(Bare(id)),
            });
        }
        if (Find(entries, name + ".json") is { } own) return Dialogs(own, _ => true);
        // A part zipped by itself.
        if (Find(entries, name + ".json.zip") is { } zipped) return Dialogs(JsonSource.Entries(zipped.FullName).First(entry => entry.Path.EndsWith(".json", StringComparison.Ordinal)), _ => true);
        throw new TextFormatException($"{path}: neither data.json nor {name}.json nor {name}.json.zip is there; give the folder or archive of MultiWOZ 2.1.");
    }

    private static JsonSource.Entry? Find(IReadOnlyList<JsonSource.Entry> entries, string name) => entries.FirstOrDefault(entry => Path.GetFileName(entry.Path) == name && !entry.Path.Contains("__MACOSX", StringComparison.Ordinal));

    private static HashSet<string> Listed(IReadOnlyList<JsonSource.Entry> entries, string name, string path)
    {
        var entry = Find(entries, name + ".txt") ?? Find(entries, name + ".json") ?? throw new TextFormatException($"{path}: {name}.txt is missing, without which data.json cannot be divided; take it from the same archive.");
        using var reader = new StreamReader(JsonSource.Open(entry));
        var ids = new HashSet<string>(StringComparer.Ordinal);
        while (reader.ReadLine() is { } line)
            if (line.Trim() is { Length: > 0 } id) ids.Add(Bare(id));
        return ids;
    }

    /// <summary>A dialog's name, which lists write with the ending of a file that dialogs may lack.</summary>
    private static string Bare(string id) => id.EndsWith(".json", StringComparison.Ordinal) ? id[..^5] : id;

    private static IReadOnlyList<Dialog> Dialogs(JsonSource.Entry entry, Func<string, bool> isWanted) => JsonSource.Read(entry, root =>
    {
        if (root.ValueKind == JsonValueKind.Array) throw new ArgumentException("it holds an array: this is MultiWOZ 2.2, read it with DstFiles.LoadMultiWoz22.");
        if (root.ValueKind != JsonValueKind.Object) throw new ArgumentException($"it holds {root.ValueKind}, expected dialogs by name.");
        return root.EnumerateObject().Where(dialog => isWanted(dialog.Name)).Select(dialog => Read(dialog.Name, dialog.Value)).ToList();
    });

    private static Dialog Read(string id, JsonElement element)
    {
        var owner = $"dialog {id}";
        var log = JsonSource.Array(element, "log", owner).ToList();
        if (log.Count == 0) throw new ArgumentException($"{owner}: the log is empty.");
        // 2.1 added dialog_act and span_info to every entry of the log; 2.0 has text and metadata alone.
        if (!log[0].TryGetProperty("dialog_act", out _) && !log[0].TryGetProperty("span_info", out _))
            throw new ArgumentException($"{owner}: the log has neither dialog_act nor span_info: this is MultiWOZ 2.0, whose labels differ; give version 2.1.");
        var turns = new List<DialogTurn>();
        for (var i = 0; i < log.Count; i++)
        {
            var text = JsonSource.Text(log[i], "text", $"{owner}, turn {i + 1}").Trim();
            var isUser = i % 2 == 0;
            // The state after the user's turn stands in the system's entry that follows.
            var state = isUser && i + 1 < log.Count ? State(log[i + 1], $"{owner}, turn {i + 2}") : [];
            if (isUser && i + 1 == log.Count) break;
            turns.Add(new(isUser ? Speaker.User : Speaker.System, text) { State = state });
        }
        var goal = element.TryGetProperty("goal", out var goals) && goals.ValueKind == JsonValueKind.Object
            ? goals.EnumerateObject().Where(part => part.Value.ValueKind == JsonValueKind.Object && part.Value.EnumerateObject().Any()).Select(part => part.Name)
            : [];
        var about = goal.Concat(turns.SelectMany(turn => turn.State.Keys).Select(name => name.Service)).Where(name => DialogSchema.MultiWoz.TryFind(name) is not null).Distinct().ToList();
        return new(id, about, turns);
    }

    private static Dictionary<SlotName, IReadOnlyList<string>> State(JsonElement entry, string owner)
    {
        if (!entry.TryGetProperty("metadata", out var metadata) || metadata.ValueKind != JsonValueKind.Object)
            throw new ArgumentException($"{owner}: 'metadata' is missing; user and system do not alternate, or the file is no MultiWOZ 2.1.");
        var state = new Dictionary<SlotName, IReadOnlyList<string>>();
        foreach (var domain in metadata.EnumerateObject())
        {
            if (DstFiles.Dropped.Contains(domain.Name)) continue;
            var service = DialogSchema.MultiWoz.TryFind(domain.Name) ?? throw new ArgumentException($"{owner}: the state has the domain '{domain.Name}'; MultiWOZ has {string.Join(", ", DialogSchema.MultiWoz.Services.Select(known => known.Name))}, {string.Join(", ", DstFiles.Dropped)}.");
            Take(domain.Value, "semi", "");
            Take(domain.Value, "book", "book ");

            void Take(JsonElement part, string key, string prefix)
            {
                if (!part.TryGetProperty(key, out var values) || values.ValueKind != JsonValueKind.Object) return;
                foreach (var value in values.EnumerateObject())
                {
                    if (Ignored.Contains(value.Name)) continue;
                    string[] texts = value.Value.ValueKind switch
                    {
                        JsonValueKind.String => value.Value.GetString()!.Split(Alternatives),
                        JsonValueKind.Array => [.. value.Value.EnumerateArray().Where(one => one.ValueKind == JsonValueKind.String).Select(one => one.GetString()!)],
                        _ => throw new ArgumentException($"{owner}: the value of {service.Name}-{prefix}{value.Name} is {value.Value.ValueKind}, expected a text."),
                    };
                    if (texts.All(text => ValueNormalizer.Normalize(text) == ValueNormalizer.None)) continue;
                    var slot = service.TryFind(prefix + value.Name) ?? throw new ArgumentException($"{owner}: the state has the slot '{prefix}{value.Name}' of {service.Name}, which is none of the 30; is the file MultiWOZ 2.1?");
                    FrameFiles.Add(state, new(service.Name, slot.Name), texts);
                }
            }
        }
        return state;
    }
}
