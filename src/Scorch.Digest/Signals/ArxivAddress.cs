using System.Text.RegularExpressions;

namespace Scorch.Digest;

/// <summary>Recognises arXiv papers in addresses and texts.</summary>
/// <remarks>
/// Identifiers as arXiv has made them: since April 2007 <c>YYMM.NNNN</c> (five digits since 2015), before that
/// <c>archive[.SC]/YYMMNNN</c>, either with a version <c>vN</c>, which is left out.
/// Source: https://info.arxiv.org/help/arxiv_identifier.html.
/// </remarks>
public static partial class ArxivAddress
{
    private const string New = @"[0-9]{2}(?:0[1-9]|1[0-2])\.[0-9]{4,5}";
    private const string Old = @"[a-z][a-z-]*(?:\.[A-Z]{2})?/[0-9]{2}(?:0[1-9]|1[0-2])[0-9]{3}";
    private const string Identifier = $"(?<id>{New}|{Old})(?:v[0-9]+)?";

    /// <summary>The identifier without version, or null where the text is none.</summary>
    /// <param name="text">E.g. <c>2101.08833v2</c>, <c>arXiv:2101.08833</c> or <c>math.GT/0309136</c>, which is <c>math/0309136</c>.</param>
    public static string? TryIdentifier(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return text.Length <= 64 && Alone().Match(text.Trim()) is { Success: true } match ? Plain(match) : null;
    }

    /// <summary>The paper that an address leads to, or null: pages, PDFs and HTML of arXiv and its mirrors, alphaXiv, Hugging Face papers and DOIs.</summary>
    public static string? TryFind(string address)
    {
        ArgumentNullException.ThrowIfNull(address);
        return address.Length <= 4096 && Link().Match(address.Trim()) is { Success: true } match ? Plain(match) : null;
    }

    /// <summary>The papers whose addresses stand in a text, each once, in order.</summary>
    public static IReadOnlyList<string> FindAll(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return [.. InText().Matches(text).Select(Plain).Distinct(StringComparer.Ordinal)];
    }

    /// <summary>The papers that a mention's links lead to or its text names, each once, in order.</summary>
    public static IReadOnlyList<string> FindAll(IReadOnlyList<TextRun> runs)
    {
        ArgumentNullException.ThrowIfNull(runs);
        return [.. runs.SelectMany(run => run.Address is { } address && TryFind(address) is { } paper ? [paper] : FindAll(run.Text)).Distinct(StringComparer.Ordinal)];
    }

    /// <summary>Address of a paper's page.</summary>
    public static string PageOf(string arxivId) => $"https://arxiv.org/abs/{arxivId}";

    // The subject class (math.GT) is no part of the identifier that arXiv uses today.
    private static string Plain(Match match)
    {
        var id = match.Groups["id"].Value;
        var slash = id.IndexOf('/', StringComparison.Ordinal);
        var dot = slash < 0 ? -1 : id.LastIndexOf('.', slash);
        return slash < 0 ? id : id[..(dot < 0 ? slash : dot)].ToLowerInvariant() + id[slash..];
    }

    private const string Sites =
        @"(?:(?:https?:)?//)?(?:"
        + @"(?:www\.|export\.|browse\.|[a-z]{2}\.)?arxiv\.org/(?:abs|pdf|html|ps|format|src|e-print)/"
        + @"|(?:www\.)?alphaxiv\.org/(?:[a-z]{2}/)?(?:abs|pdf|overview)/"
        + @"|ar5iv\.(?:labs\.arxiv\.)?org/(?:abs|html)/"
        + @"|(?:www\.)?(?:huggingface\.co|hf\.co)/papers/"
        + @"|(?:dx\.)?doi\.org/10\.48550/arxiv\."
        + @"|(?:www\.)?scirate\.com/arxiv/"
        + ")";

    [GeneratedRegex($@"^(?:arxiv:\s*)?{Identifier}$", RegexOptions.IgnoreCase | RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant)]
    private static partial Regex Alone();

    [GeneratedRegex($@"^{Sites}{Identifier}(?:\.pdf|\.html)?(?:[/?#].*)?$", RegexOptions.IgnoreCase | RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant | RegexOptions.Singleline)]
    private static partial Regex Link();

    [GeneratedRegex($@"(?<![\w./-])(?:{Sites}|arxiv:\s?){Identifier}(?![0-9])", RegexOptions.IgnoreCase | RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant)]
    private static partial Regex InText();
}
