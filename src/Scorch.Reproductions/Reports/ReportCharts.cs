using System.Text;
using System.Text.Json;

namespace Scorch.Reproductions;

/// <summary>The Vega-Lite specifications of the report's charts. They hold their data; nothing is loaded.</summary>
internal static class ReportCharts
{
    private const int MostPointsASeries = 800;

    /// <summary>Measured values by seed and their means; beside them the paper's figure, where it is a value and not a difference or ratio.</summary>
    public static string Values(ClaimRecord claim, IEnumerable<MeasurementRecord> measurements)
    {
        var own = measurements.Where(m => m.Claim == claim.Id && m.Value is not null).ToList();
        return Spec(writer =>
        {
            Data(writer, () =>
            {
                foreach (var m in own)
                {
                    Row(writer, ("arm", ArmName(m.Arm)), ("kind", "seed"), ("seed", m.Seed), ("value", m.Value!.Value));
                }

                Mean(writer, "method", claim.Method.Mean);
                Mean(writer, "baseline", claim.Baseline.Mean);
                if (ShowsPaperBesideValues(claim))
                {
                    Row(writer, ("arm", "paper"), ("kind", "paper"), ("value", claim.PaperFigure!.Value));
                }
            });
            Raw(writer, "encoding", """{"x":{"field":"arm","type":"nominal","sort":["method","baseline","paper"],"title":null,"axis":{"labelAngle":0}}}""");
            writer.WriteStartArray("layer");
            Layer(writer, """{"type":"bar","opacity":0.35,"width":{"band":0.6}}""", "datum.kind == 'mean'", claim.Unit);
            if (ShowsPaperBesideValues(claim))
            {
                Layer(writer, """{"type":"bar","opacity":0.6,"width":{"band":0.6},"color":"#f2a541"}""", "datum.kind == 'paper'", claim.Unit);
            }

            Layer(writer, """{"type":"point","filled":true,"size":45,"color":"#333"}""", "datum.kind == 'seed'", claim.Unit);
            writer.WriteEndArray();
            writer.WriteNumber("width", 220);
            writer.WriteNumber("height", 180);
        });

        static void Mean(Utf8JsonWriter writer, string arm, double? value)
        {
            if (value is { } mean)
            {
                Row(writer, ("arm", arm), ("kind", "mean"), ("value", mean));
            }
        }
    }

    /// <summary>The interval of the compared quantity, the threshold, and the paper's figure for that quantity.</summary>
    public static string Interval(ClaimRecord claim)
    {
        var interval = claim.Interval!;
        return Spec(writer =>
        {
            Data(writer, () =>
            {
                Row(writer, ("kind", "interval"), ("low", interval[0]), ("high", interval[1]), ("middle", claim.Quantity.Mean ?? interval[0]));
                foreach (var threshold in claim.Threshold)
                {
                    Row(writer, ("kind", "threshold"), ("low", threshold), ("high", threshold), ("middle", threshold));
                }

                if (claim.PaperFigure is { } figure)
                {
                    Row(writer, ("kind", "paper"), ("low", figure), ("high", figure), ("middle", figure));
                }
            });
            var title = claim.Comparison switch
            {
                Comparison.Difference => "method - baseline",
                Comparison.Ratio => "method / baseline",
                _ => "value",
            };
            writer.WriteStartArray("layer");
            writer.WriteRawValue("""{"transform":[{"filter":"datum.kind == 'interval'"}],"mark":{"type":"rule","strokeWidth":4,"color":"#4c78a8"},"encoding":{"x":{"field":"low","type":"quantitative","scale":{"zero":false},"title":TITLE},"x2":{"field":"high"}}}""".Replace("TITLE", JsonText(title), StringComparison.Ordinal));
            writer.WriteRawValue("""{"transform":[{"filter":"datum.kind == 'interval'"}],"mark":{"type":"point","filled":true,"size":70,"color":"#4c78a8"},"encoding":{"x":{"field":"middle","type":"quantitative"}}}""");
            writer.WriteRawValue("""{"transform":[{"filter":"datum.kind == 'threshold'"}],"mark":{"type":"rule","strokeDash":[4,4],"color":"#e45756"},"encoding":{"x":{"field":"middle","type":"quantitative"}}}""");
            if (claim.PaperFigure is not null)
            {
                writer.WriteRawValue("""{"transform":[{"filter":"datum.kind == 'paper'"}],"mark":{"type":"point","shape":"diamond","filled":true,"size":110,"color":"#f2a541"},"encoding":{"x":{"field":"middle","type":"quantitative"}}}""");
            }

            writer.WriteEndArray();
            writer.WriteNumber("width", 320);
            writer.WriteNumber("height", 40);
        });
    }

    /// <summary>Curves that share the part of their names before the first slash.</summary>
    public static string Curves(string group, IReadOnlyList<IGrouping<string, ScalarPoint>> series)
    {
        var positive = series.SelectMany(points => points).All(point => !double.IsFinite(point.Value) || point.Value > 0);
        return Spec(writer =>
        {
            Data(writer, () =>
            {
                foreach (var curve in series)
                {
                    foreach (var point in Thinned([.. curve]).Where(point => double.IsFinite(point.Value)))
                    {
                        Row(writer, ("series", curve.Key), ("step", point.Step), ("value", point.Value));
                    }
                }
            });
            writer.WritePropertyName("mark");
            writer.WriteRawValue("""{"type":"line","tooltip":true}""");
            Raw(writer, "encoding", """{"x":{"field":"step","type":"quantitative"},"y":{"field":"value","type":"quantitative","title":TITLE,"scale":{"type":"SCALE"}},"color":{"field":"series","type":"nominal","legend":{"labelLimit":400}}}"""
                .Replace("TITLE", JsonText(group), StringComparison.Ordinal)
                .Replace("SCALE", positive ? "log" : "linear", StringComparison.Ordinal));
            writer.WriteNumber("width", 520);
            writer.WriteNumber("height", 260);
        });
    }

    private static bool ShowsPaperBesideValues(ClaimRecord claim) => claim is { PaperFigure: not null, Comparison: Comparison.Value };

    private static void Layer(Utf8JsonWriter writer, string mark, string filter, string unit)
    {
        writer.WriteStartObject();
        writer.WriteStartArray("transform");
        writer.WriteStartObject();
        writer.WriteString("filter", filter);
        writer.WriteEndObject();
        writer.WriteEndArray();
        writer.WritePropertyName("mark");
        writer.WriteRawValue(mark);
        Raw(writer, "encoding", """{"y":{"field":"value","type":"quantitative","title":TITLE},"tooltip":[{"field":"arm"},{"field":"seed"},{"field":"value"}]}"""
            .Replace("TITLE", JsonText(unit.Length == 0 ? "value" : unit), StringComparison.Ordinal));
        writer.WriteEndObject();
    }

    // Every k-th point and the last: a curve of a million steps must not make a page of a hundred megabytes.
    private static IEnumerable<ScalarPoint> Thinned(List<ScalarPoint> points)
    {
        var stride = Math.Max(1, (points.Count + MostPointsASeries - 1) / MostPointsASeries);
        return points.Where((_, i) => i % stride == 0 || i == points.Count - 1);
    }

    private static string Spec(Action<Utf8JsonWriter> write)
    {
        using var stream = new MemoryStream();
        using (var writer = new Utf8JsonWriter(stream))
        {
            writer.WriteStartObject();
            write(writer);
            writer.WriteEndObject();
        }

        return Encoding.UTF8.GetString(stream.ToArray());
    }

    private static void Data(Utf8JsonWriter writer, Action rows)
    {
        writer.WriteStartObject("data");
        writer.WriteStartArray("values");
        rows();
        writer.WriteEndArray();
        writer.WriteEndObject();
    }

    private static void Row(Utf8JsonWriter writer, params ReadOnlySpan<(string Name, object Value)> fields)
    {
        writer.WriteStartObject();
        foreach (var (name, value) in fields)
        {
            writer.WritePropertyName(name);
            switch (value)
            {
                case double number:
                    writer.WriteNumberValue(number);
                    break;
                case int number:
                    writer.WriteNumberValue(number);
                    break;
                case long number:
                    writer.WriteNumberValue(number);
                    break;
                default:
                    writer.WriteStringValue((string)value);
                    break;
            }
        }

        writer.WriteEndObject();
    }

    private static void Raw(Utf8JsonWriter writer, string name, string json)
    {
        writer.WritePropertyName(name);
        writer.WriteRawValue(json);
    }

    // The default encoder also escapes <, > and &, so that no text can end the surrounding script element.
    private static string JsonText(string text) => $"\"{JsonEncodedText.Encode(text)}\"";

    private static string ArmName(Arm arm) => arm == Arm.Method ? "method" : "baseline";
}
