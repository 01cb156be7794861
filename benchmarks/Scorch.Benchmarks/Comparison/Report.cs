using System.IO.Compression;
using System.Net;
using System.Text;
using System.Text.Json;
using Scorch.Reproductions;

namespace Scorch.Benchmarks.Comparison;

/// <summary>Results as JSON, and as a page with a chart and a table that opens offline.</summary>
internal static class Report
{
    public static void Save(Results results, string folder)
    {
        Directory.CreateDirectory(folder);
        var name = $"{results.Date}-{results.Commit}";
        Write(Path.Combine(folder, name + ".json"), JsonSerializer.Serialize(results, ResultsJson.Default.Results) + "\n");
        Write(Path.Combine(folder, name + ".html"), Page(results));
        Console.Error.WriteLine($"written: {Path.Combine(folder, name)}.json and .html");
    }

    public static string Time(double? seconds) => seconds switch
    {
        null => "-",
        < 1e-3 => $"{seconds * 1e6:F1} µs",
        < 1 => $"{seconds * 1e3:F2} ms",
        _ => $"{seconds:F2} s",
    };

    private static void Write(string path, string text)
    {
        var temporary = path + ".tmp";
        File.WriteAllText(temporary, text);
        File.Move(temporary, path, true);
    }

    private static string Page(Results results)
    {
        var html = new StringBuilder();
        html.Append("<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><title>Scorch benchmarks</title><style>")
            .Append("body{font:15px/1.5 system-ui,sans-serif;max-width:1100px;margin:2em auto;padding:0 1em}table{border-collapse:collapse;width:100%}")
            .Append("td,th{padding:.2em .6em;border-bottom:1px solid #ddd;text-align:right}td:first-child,th:first-child,td:nth-child(2),th:nth-child(2){text-align:left}.slow{color:#b00020}</style>")
            .Append($"<h1>Scorch against {WebUtility.HtmlEncode(results.Machine.Peer)}</h1><p>")
            .Append(WebUtility.HtmlEncode($"{results.Date}, commit {results.Commit}. {results.Machine.Processor}, {results.Machine.Cores} cores, {results.Machine.MemoryGiB} GiB, {results.Machine.System}, {results.Machine.Runtime}."))
            .Append($" Ratios are the peer's time over ours: above 1 Scorch is faster. Geometric mean over the families: <b>{results.GeometricMean:F2}</b>.</p><div id=\"chart\"></div>");
        html.Append("<table><tr><th>Family<th>Workload<th>Threads<th>Scorch<th>PyTorch<th>Ratio<th>95% interval<th>Goal<th>Of the limit<th>Memory<th>ONNX Runtime<th>Managed bytes</tr>");
        foreach (var row in results.Rows)
        {
            html.Append($"<tr{(row.IsSlower || row.Error is not null ? " class=\"slow\"" : "")}><td>{WebUtility.HtmlEncode(row.Family)}<td>{WebUtility.HtmlEncode(row.Workload)}<td>{row.Threads}");
            if (row.Error is { } error) html.Append($"<td colspan=\"9\">{WebUtility.HtmlEncode(error)}");
            else html.Append($"<td>{Time(row.Ours)}<td>{Time(row.Peer)}<td>{row.Ratio:F2}<td>{row.Interval?[0]:F2} to {row.Interval?[1]:F2}<td>{row.Goal:0.#}{(row.IsBelowGoal ? " (below)" : "")}<td>{row.LimitShare:P0}<td>{row.MemoryRatio:F2}<td>{row.OnnxRatio:F2}<td>{row.ManagedBytes:N0}");
            html.Append("</tr>");
        }
        html.Append("</table>");
        foreach (var script in (string[])["vega", "vega-lite", "vega-embed"]) html.Append("<script>").Append(Script(script)).Append("</script>");
        html.Append("<script>vegaEmbed('#chart',").Append(Chart(results)).Append(",{mode:'vega-lite',actions:false,renderer:'svg'})</script></html>\n");
        return html.ToString();
    }

    private static string Chart(Results results)
    {
        using var stream = new MemoryStream();
        using (var writer = new Utf8JsonWriter(stream))
        {
            writer.WriteStartObject();
            writer.WriteStartObject("data");
            writer.WriteStartArray("values");
            foreach (var row in results.Rows.Where(row => row.Ratio is not null))
            {
                writer.WriteStartObject();
                writer.WriteString("family", row.Family);
                writer.WriteString("workload", row.Workload);
                writer.WriteString("threads", $"{row.Threads}");
                writer.WriteNumber("ratio", row.Ratio!.Value);
                writer.WriteEndObject();
            }
            writer.WriteEndArray();
            writer.WriteEndObject();
            writer.WriteNumber("width", 760);
            writer.WritePropertyName("layer");
            writer.WriteRawValue("""
                [{"mark":{"type":"point","filled":true,"size":60,"opacity":0.7,"tooltip":{"content":"data"}},
                  "encoding":{"x":{"field":"ratio","type":"quantitative","scale":{"type":"log"},"title":"PyTorch's time / Scorch's time"},
                              "y":{"field":"family","type":"nominal","sort":null,"title":null},
                              "color":{"field":"threads","type":"nominal","title":"threads"}}},
                 {"mark":{"type":"rule","color":"#888","strokeDash":[4,4]},"encoding":{"x":{"datum":1}}}]
                """);
            writer.WriteEndObject();
        }
        return Encoding.UTF8.GetString(stream.ToArray()).Replace("</", "<\\/", StringComparison.Ordinal);
    }

    private static string Script(string name)
    {
        using var stream = typeof(Paper).Assembly.GetManifestResourceStream($"vega/{name}.min.js.gz")
            ?? throw new InvalidOperationException($"Scorch.Reproductions carries no {name}.");
        using var reader = new StreamReader(new GZipStream(stream, CompressionMode.Decompress));
        return reader.ReadToEnd().Replace("</script", "<\\/script", StringComparison.OrdinalIgnoreCase);
    }
}
