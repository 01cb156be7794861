using System.Globalization;
using System.Text;
using Scorch.Reproductions;

namespace Scorch.Gallery.Rendering;

/// <summary>How numbers, days and texts from outside are written.</summary>
internal static class Show
{
    /// <summary>Longest title that is shown whole, in characters.</summary>
    public const int LongestTitle = 300;

    /// <summary>Longest abstract in a list.</summary>
    public const int LongestExcerpt = 700;

    /// <summary>Longest abstract on a paper's own page.</summary>
    public const int LongestAbstract = 12_000;

    /// <summary>Longest text of a mention.</summary>
    public const int LongestMention = 1_500;

    /// <summary>A number with about four digits, as a reader compares them; the evidence file has them all.</summary>
    public static string Number(double? value)
    {
        if (value is not { } number || !double.IsFinite(number))
        {
            return "–";
        }

        var size = Math.Abs(number);
        return number.ToString(
            size switch
            {
                0 => "0",
                < 1e-3 or >= 1e6 => "0.###e0",
                >= 1000 => "#,0",
                >= 100 => "0.#",
                >= 10 => "0.##",
                >= 1 => "0.###",
                _ => "0.####",
            },
            CultureInfo.InvariantCulture);
    }

    public static string Count(long value) => value.ToString("#,0", CultureInfo.InvariantCulture);

    public static string Day(DateOnly day) => day.ToString("d MMMM yyyy", CultureInfo.InvariantCulture);

    public static string Iso(DateOnly day) => day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);

    public static string Moment(DateTimeOffset time) => time.UtcDateTime.ToString("d MMMM yyyy, HH:mm 'UTC'", CultureInfo.InvariantCulture);

    public static string Duration(double seconds) => seconds switch
    {
        < 1 => string.Create(CultureInfo.InvariantCulture, $"{seconds * 1000:0} ms"),
        < 120 => string.Create(CultureInfo.InvariantCulture, $"{seconds:0.#} s"),
        < 7200 => string.Create(CultureInfo.InvariantCulture, $"{seconds / 60:0} min"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{seconds / 3600:0.#} h"),
    };

    public static string Plural(long count, string one, string? many = null) => $"{Count(count)} {(count == 1 ? one : many ?? one + "s")}";

    public static string Verdict(Verdict verdict) => verdict switch
    {
        Reproductions.Verdict.Confirmed => "confirmed",
        Reproductions.Verdict.NotConfirmed => "not confirmed",
        _ => "not measurable here",
    };

    public static string WithUnit(string number, string unit) => unit.Length == 0 || number == "–" ? number : $"{number} {unit}";

    public static string Summary(SummaryRecord summary) => summary switch
    {
        { N: 0 } => "–",
        { N: 1 } or { Std: null } => Number(summary.Mean),
        _ => $"{Number(summary.Mean)} ± {Number(summary.Std)}",
    };

    public static string Interval(IReadOnlyList<double>? interval) => interval is null ? "–" : $"[{Number(interval[0])}, {Number(interval[1])}]";

    public static string Threshold(ClaimRecord claim) => claim.Direction switch
    {
        Direction.AtLeast => $"≥ {Number(claim.Threshold[0])}",
        Direction.AtMost => $"≤ {Number(claim.Threshold[0])}",
        _ => $"{Number(claim.Threshold[0])} to {Number(claim.Threshold[1])}",
    };

    public static string Quantity(Comparison comparison) => comparison switch
    {
        Comparison.Difference => "method − baseline",
        Comparison.Ratio => "method ÷ baseline",
        _ => "value",
    };

    /// <summary>A text of at most so many characters, cut between words where there is one near, never inside a character.</summary>
    public static string Cut(string text, int most)
    {
        ArgumentNullException.ThrowIfNull(text);
        if (text.Length <= most)
        {
            return text;
        }

        var end = char.IsHighSurrogate(text[most - 1]) ? most - 1 : most;
        var space = text.LastIndexOf(' ', end - 1, Math.Min(end, 60));
        return text[..(space > 0 ? space : end)].TrimEnd() + " …";
    }

    public static string Title(string title) => Cut(OneLine(title), LongestTitle);

    /// <summary>Names, the first of them only where there are many.</summary>
    public static string Authors(IReadOnlyList<string> authors, int most = 12)
    {
        var names = string.Join(", ", authors.Take(most).Select(name => Cut(OneLine(name), 100)));
        return authors.Count > most ? $"{names} and {Count(authors.Count - most)} more" : names;
    }

    /// <summary>An address that may be linked to: http or https, nothing else; null for any other.</summary>
    public static string? Link(string? address) =>
        address is { Length: > 0 and <= 2000 }
        && Uri.TryCreate(address, UriKind.Absolute, out var uri)
        && (uri.Scheme == Uri.UriSchemeHttp || uri.Scheme == Uri.UriSchemeHttps)
            ? uri.AbsoluteUri
            : null;

    /// <summary>Text for places that cannot isolate it, such as the page's title: line breaks become spaces, control and direction characters go.</summary>
    public static string Bare(string text)
    {
        var bare = new StringBuilder(Math.Min(text.Length, 2000));
        foreach (var rune in text.EnumerateRunes().Take(2000))
        {
            var category = Rune.GetUnicodeCategory(rune);
            bare.Append(category switch
            {
                UnicodeCategory.Control or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator or UnicodeCategory.SpaceSeparator => " ",
                UnicodeCategory.Format or UnicodeCategory.Surrogate or UnicodeCategory.PrivateUse => "",
                _ => rune.ToString(),
            });
        }

        return OneLine(bare.ToString());
    }

    private static string OneLine(string text) => string.Join(' ', text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries));
}
