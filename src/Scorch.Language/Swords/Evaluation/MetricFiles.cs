using System.Globalization;
using System.Text.Json;
using Scorch.Checkpoints;

namespace Scorch.Language.Swords;

/// <summary>Writes scores as JSON and a row a target as CSV.</summary>
internal static class MetricFiles
{
    public static void WriteJson(string path, LexSubMetrics metrics, IReadOnlyDictionary<string, (double Low, double High)>? intervals) => AtomicFile.Write(path, stream =>
    {
        using var writer = new Utf8JsonWriter(stream, new JsonWriterOptions { Indented = true });
        writer.WriteStartObject();
        writer.WriteNumber("targets", metrics.TargetCount);
        WriteScores(writer, "metrics", metrics);
        if (intervals is not null)
        {
            writer.WriteStartObject("intervals");
            foreach (var name in metrics.ByName.Keys)
            {
                writer.WriteStartArray(name);
                WriteNumber(writer, intervals[name].Low);
                WriteNumber(writer, intervals[name].High);
                writer.WriteEndArray();
            }
            writer.WriteEndObject();
        }
        writer.WriteStartObject("by_pos");
        foreach (var (part, scores) in metrics.ByPartOfSpeech) WriteScores(writer, part.Name(), scores);
        writer.WriteEndObject();
        writer.WriteEndObject();
    });

    public static void WriteTargets(string path, LexSubMetrics metrics) => AtomicFile.WriteText(path, string.Concat(
    [
        "target_id,target,pos,candidates,answers,lenient_a_f,lenient_c_f,strict_a_f,strict_c_f,gap_rat\n",
        .. metrics.Targets.Select(row => string.Create(
            CultureInfo.InvariantCulture,
            $"{row.Target.TargetId},{Quoted(row.Target.Word)},{row.Target.PartOfSpeech?.Name()},{row.Target.Candidates.Count},{row.Target.System.Count},{row.LenientAcceptable:F4},{row.LenientConceivable:F4},{row.StrictAcceptable:F4},{row.StrictConceivable:F4},{row.Gap:F4}\n")),
    ]));

    private static void WriteScores(Utf8JsonWriter writer, string name, LexSubMetrics metrics)
    {
        writer.WriteStartObject(name);
        foreach (var (metric, value) in metrics.ByName)
        {
            writer.WritePropertyName(metric);
            WriteNumber(writer, value);
        }
        writer.WriteEndObject();
    }

    // JSON has no NaN.
    private static void WriteNumber(Utf8JsonWriter writer, double value)
    {
        if (double.IsFinite(value)) writer.WriteNumberValue(value);
        else writer.WriteNullValue();
    }

    private static string Quoted(string text) => text.AsSpan().IndexOfAny(",\"\n") < 0 ? text : $"\"{text.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";
}
