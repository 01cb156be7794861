using System.Globalization;
using System.IO.Compression;
using System.Net;
using System.Text;

namespace Scorch.Reproductions;

/// <summary>Renders a run as one HTML page that needs no network: text, tables, charts and the chart library are inside.</summary>
public static class RunReport
{
    private const string Style = """
        body{font:15px/1.5 system-ui,sans-serif;max-width:1000px;margin:2em auto;padding:0 1em;color:#222}
        table{border-collapse:collapse;margin:.5em 0}th,td{border:1px solid #ccc;padding:.25em .6em;text-align:left;vertical-align:top}
        td.n{text-align:right;font-variant-numeric:tabular-nums}h2{margin-top:2em}section{border-top:1px solid #ddd;margin-top:1.2em}
        .confirmed{background:#d8f0d8}.not-confirmed{background:#fbdcdc}.not-measurable{background:#eee}
        .verdict{padding:.1em .5em;border-radius:.3em;font-weight:600}.charts{display:flex;flex-wrap:wrap;gap:1.5em;align-items:flex-end}
        p.key{color:#666;font-size:13px}details pre{white-space:pre-wrap;font-size:12px}
        """;

    private const string Script = """
        for (const spec of document.querySelectorAll('script[data-chart]')) {
          const place = document.createElement('div');
          spec.after(place);
          vegaEmbed(place, JSON.parse(spec.textContent), { mode: 'vega-lite', actions: false, renderer: 'svg' })
            .catch(error => { place.textContent = 'chart: ' + error; });
        }
        """;

    /// <summary>The page.</summary>
    /// <param name="paper">The paper.</param>
    /// <param name="evidence">The run.</param>
    /// <param name="curves">The curves that were logged.</param>
    public static string Render(Paper paper, EvidenceRecord evidence, IReadOnlyList<ScalarPoint> curves)
    {
        ArgumentNullException.ThrowIfNull(paper);
        ArgumentNullException.ThrowIfNull(evidence);
        ArgumentNullException.ThrowIfNull(curves);
        var page = new StringBuilder();
        page.Append("<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">")
            .Append("<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline' 'unsafe-eval'; img-src data:\">")
            .Append("<meta name=\"viewport\" content=\"width=device-width\">")
            .Append(CultureInfo.InvariantCulture, $"<title>{E(paper.Slug)} · {evidence.Scale.Name()}</title><style>{Style}</style></head><body>\n");
        Head(page, paper, evidence);
        ClaimTable(page, evidence);
        foreach (var claim in evidence.Claims)
        {
            ClaimSection(page, claim, evidence);
        }

        Curves(page, curves);
        Measurements(page, evidence);
        Facts(page, evidence);
        ChartLibrary(page);
        return page.Append("</body></html>\n").ToString();
    }

    private static void Head(StringBuilder page, Paper paper, EvidenceRecord evidence)
    {
        page.Append(CultureInfo.InvariantCulture, $"<h1>{E(paper.Title)}</h1><p>{E(string.Join(", ", paper.Authors))} · arXiv {E(paper.ArxivId)} · ")
            .Append(CultureInfo.InvariantCulture, $"digest {paper.DigestDay:yyyy-MM-dd}, rank {paper.Rank} · {E(paper.Room)}</p><p>{E(paper.Summary)}</p>\n")
            .Append(CultureInfo.InvariantCulture, $"<p>Scale <b>{evidence.Scale.Name()}</b>, seeds {E(string.Join(", ", evidence.Seeds))}, {evidence.DurationSeconds:0.0} s, ")
            .Append(CultureInfo.InvariantCulture, $"{evidence.StartedAt.UtcDateTime:yyyy-MM-dd HH:mm} UTC. ")
            .Append(E(string.Join(", ", Enum.GetValues<Verdict>().Select(verdict => $"{evidence.Claims.Count(claim => claim.Verdict == verdict)} {verdict.Name()}"))))
            .Append(".</p>\n");
    }

    private static void ClaimTable(StringBuilder page, EvidenceRecord evidence)
    {
        page.Append("<h2>Claims</h2><table><tr><th>Claim</th><th>Metric</th><th>Paper</th><th>Method</th><th>Baseline</th><th>95% interval</th><th>Threshold</th><th>Verdict</th></tr>\n");
        foreach (var claim in evidence.Claims)
        {
            page.Append(CultureInfo.InvariantCulture, $"<tr><td><a href=\"#claim-{E(claim.Id)}\">{E(claim.Id)}</a></td><td>{E(WithUnit(claim.Metric, claim.Unit))}</td><td class=\"n\">{N(claim.PaperFigure)}</td>")
                .Append(CultureInfo.InvariantCulture, $"<td class=\"n\">{Summary(claim.Method)}</td><td class=\"n\">{Summary(claim.Baseline)}</td><td>{Interval(claim)}</td>")
                .Append(CultureInfo.InvariantCulture, $"<td>{E(claim.ToClaim().Threshold.ToString())}</td><td>{Badge(claim.Verdict)}</td></tr>\n");
        }

        page.Append("</table>\n");
    }

    private static void ClaimSection(StringBuilder page, ClaimRecord claim, EvidenceRecord evidence)
    {
        page.Append(CultureInfo.InvariantCulture, $"<section id=\"claim-{E(claim.Id)}\"><h3>{E(claim.Id)} {Badge(claim.Verdict)}</h3><p>{E(claim.Statement)}</p><p>{E(claim.Reason)}</p>\n");
        if (claim.PaperFigure is not null)
        {
            page.Append(CultureInfo.InvariantCulture, $"<p>The paper's figure: {N(claim.PaperFigure)} {E(claim.Unit)} ({E(claim.PaperFigureSource ?? "source not stated")}).</p>\n");
        }

        page.Append("<div class=\"charts\">");
        if (claim.Method.Mean is not null)
        {
            Chart(page, ReportCharts.Values(claim, evidence.Measurements));
        }

        if (claim.Interval is not null)
        {
            Chart(page, ReportCharts.Interval(claim));
        }

        page.Append("</div>");
        if (claim.Interval is not null)
        {
            page.Append("<p class=\"key\">Dots: seeds; bars: means. Blue line: the 95% interval of the compared quantity; red, dashed: threshold; orange: the paper's figure.</p>");
        }

        page.Append("</section>\n");
    }

    private static void Curves(StringBuilder page, IReadOnlyList<ScalarPoint> curves)
    {
        if (curves.Count == 0)
        {
            return;
        }

        page.Append("<h2>Curves</h2>\n");
        foreach (var group in curves.GroupBy(point => point.Series).GroupBy(series => series.Key.Split('/')[0]))
        {
            page.Append("<div>");
            Chart(page, ReportCharts.Curves(group.Key, [.. group]));
            page.Append("</div>\n");
        }
    }

    private static void Measurements(StringBuilder page, EvidenceRecord evidence)
    {
        page.Append("<h2>Every measurement</h2><table><tr><th>Claim</th><th>Seed</th><th>Arm</th><th>Value</th></tr>\n");
        foreach (var m in evidence.Measurements)
        {
            page.Append(CultureInfo.InvariantCulture, $"<tr><td>{E(m.Claim)}</td><td class=\"n\">{m.Seed}</td><td>{(m.Arm == Arm.Method ? "method" : "baseline")}</td><td class=\"n\">{(m.Value is null ? "not finite" : m.Value.Value.ToString("R", CultureInfo.InvariantCulture))}</td></tr>\n");
        }

        page.Append("</table>\n");
    }

    private static void Facts(StringBuilder page, EvidenceRecord evidence)
    {
        page.Append("<h2>How it was run</h2>\n");
        var machine = evidence.Machine;
        Table(page, [
            ("Scorch", evidence.Version), ("Commit", evidence.Commit ?? "unknown"), ("Processor", $"{machine.Processor} ({machine.Architecture})"),
            ("Cores", machine.Cores.ToString(CultureInfo.InvariantCulture)), ("Memory", string.Create(CultureInfo.InvariantCulture, $"{machine.MemoryBytes / (double)(1 << 30):0.0} GiB")),
            ("Vectors", $"{machine.VectorBits} bits"), ("System", machine.System), ("Runtime", machine.Runtime)]);
        Section("Settings", evidence.Settings.Select(pair => (pair.Key, pair.Value)));
        Section("Data", evidence.Data.Select(use => ($"{use.DataSet}/{use.File}", $"sha256 {use.Sha256}")));
        if (evidence.Notes.Count > 0)
        {
            page.Append("<h3>Notes</h3><ul>").AppendJoin("", evidence.Notes.Select(note => $"<li>{E(note)}</li>")).Append("</ul>\n");
        }

        void Section(string title, IEnumerable<(string, string)> rows)
        {
            var list = rows.ToList();
            if (list.Count > 0)
            {
                page.Append(CultureInfo.InvariantCulture, $"<h3>{E(title)}</h3>");
                Table(page, list);
            }
        }
    }

    private static void Table(StringBuilder page, IEnumerable<(string Name, string Value)> rows)
    {
        page.Append("<table>");
        foreach (var (name, value) in rows)
        {
            page.Append(CultureInfo.InvariantCulture, $"<tr><th>{E(name)}</th><td>{E(value)}</td></tr>");
        }

        page.Append("</table>\n");
    }

    private static void ChartLibrary(StringBuilder page)
    {
        page.Append("<details><summary>Licences of the chart library</summary><pre>");
        foreach (var name in (string[])["vega", "vega-lite", "vega-embed"])
        {
            using var reader = new StreamReader(Resource($"vega/LICENSE.{name}"));
            page.Append(E($"{name}\n\n{reader.ReadToEnd()}\n\n"));
        }

        page.Append("</pre></details>\n");
        foreach (var name in (string[])["vega", "vega-lite", "vega-embed"])
        {
            using var reader = new StreamReader(new GZipStream(Resource($"vega/{name}.min.js.gz"), CompressionMode.Decompress));
            // The reference to a source map is dropped: browsers' developer tools would look for a file that is not there.
            var source = string.Join('\n', reader.ReadToEnd().Split('\n').Where(line => !line.StartsWith("//# sourceMappingURL", StringComparison.Ordinal)));
            page.Append("<script>").Append(source).Append("</script>\n");
        }

        page.Append("<script>").Append(Script).Append("</script>\n");
    }

    private static Stream Resource(string name) => typeof(RunReport).Assembly.GetManifestResourceStream(name)
        ?? throw new InvalidOperationException($"The resource {name} is missing from the assembly; rebuild it.");

    private static void Chart(StringBuilder page, string spec) =>
        page.Append("<div><script type=\"application/json\" data-chart>").Append(spec).Append("</script></div>");

    private static string E(string text) => WebUtility.HtmlEncode(text);

    private static string N(double? value) => value is { } number ? number.ToString("G6", CultureInfo.InvariantCulture) : "–";

    private static string Summary(SummaryRecord summary) => summary.N == 0
        ? "–"
        : summary.Std is null ? N(summary.Mean) : $"{N(summary.Mean)} ± {N(summary.Std)}";

    private static string Interval(ClaimRecord claim) => claim.Interval is null ? "–" : $"[{N(claim.Interval[0])}, {N(claim.Interval[1])}]";

    private static string Badge(Verdict verdict) => $"<span class=\"verdict {verdict.Name()}\">{verdict.Name()}</span>";

    private static string WithUnit(string metric, string unit) => unit.Length == 0 ? metric : $"{metric} ({unit})";
}
