using System.Text.Encodings.Web;
using System.Text.Json;
using Scorch.Checkpoints;
using Scorch.Text;

namespace Scorch.Language.Swords;

/// <summary>Targets, questions and answers as JSON lines.</summary>
internal static class JudgementFiles
{
    private static readonly JsonWriterOptions Plain = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static void WriteTasks(string path, IEnumerable<JudgementTask> tasks) => AtomicFile.Write(path, stream =>
    {
        foreach (var task in tasks)
        {
            using (var writer = new Utf8JsonWriter(stream, Plain))
            {
                writer.WriteStartObject();
                writer.WriteString("substitute_id", task.SubstituteId);
                writer.WriteString("context", task.Context);
                writer.WriteString("target", task.Target);
                writer.WriteNumber("offset", task.Offset);
                writer.WriteString("substitute", task.Substitute);
                writer.WriteNumber("missing", task.Missing);
                writer.WriteEndObject();
            }
            stream.WriteByte((byte)'\n');
        }
    });

    public static void ReadJudgements(string path, Action<Judgement> add) => ForLines(path, (line, owner) =>
        add(new(line.Text("substitute_id", owner), line.Text("annotator", owner), SubstituteLabels.Parse(line.Text("label", owner)))));

    /// <summary><c>{"text": …, "target": …, "offset": …, "pos": …}</c> a line; the last two may be left out.</summary>
    public static void ReadTargets(string path, BenchmarkBuilder builder) => ForLines(path, (line, owner) => builder.AddTarget(
        line.Text("text", owner),
        line.Text("target", owner),
        line.TextOrNull("pos", owner) is { } name ? PartsOfSpeech.Parse(name) : null,
        line.TryGetProperty("offset", out _) ? line.Whole("offset", owner) : null));

    private static void ForLines(string path, Action<JsonElement, string> read)
    {
        var number = 0;
        foreach (var line in TextCorpus.FromFiles([path], new TextCorpusOptions { KeepEmptyLines = true }))
        {
            number++;
            if (string.IsNullOrWhiteSpace(line)) continue;
            try
            {
                using var document = JsonDocument.Parse(line);
                read(document.RootElement, "the line");
            }
            catch (Exception error) when (error is JsonException or ArgumentException or InvalidOperationException)
            {
                throw new TextFormatException($"{path}, line {number}: {error.Message}", error);
            }
        }
    }
}
