using System.Text;

namespace Scorch.Digest;

/// <summary>Makes foreign texts and addresses fit for documents.</summary>
internal static class SafeText
{
    /// <summary>The text with U+FFFD for each character that XML 1.0 forbids: most controls, half surrogate pairs, U+FFFE and U+FFFF.</summary>
    public static string Clean(string text)
    {
        var at = 0;
        while (at < text.Length && IsAllowed(text[at]))
        {
            at++;
        }

        if (at == text.Length)
        {
            return text;
        }

        var clean = new StringBuilder(text.Length).Append(text, 0, at);
        for (; at < text.Length; at++)
        {
            if (at + 1 < text.Length && char.IsSurrogatePair(text[at], text[at + 1]))
            {
                clean.Append(text[at]).Append(text[++at]);
            }
            else
            {
                clean.Append(IsAllowed(text[at]) ? text[at] : '\uFFFD');
            }
        }

        return clean.ToString();
    }

    /// <summary>The address as one that may be followed, fully encoded; null where it is not absolute http or https.</summary>
    public static string? WebAddress(string? address) =>
        address is { Length: <= 8192 } && Uri.TryCreate(address, UriKind.Absolute, out var parsed) && parsed.Scheme is "http" or "https"
            ? Clean(parsed.AbsoluteUri)
            : null;

    /// <summary>Where arXiv has a paper.</summary>
    /// <param name="kind"><c>abs</c> or <c>pdf</c>.</param>
    /// <param name="arxivId">The paper.</param>
    public static string ArxivAddress(string kind, string arxivId) =>
        $"https://arxiv.org/{kind}/{string.Join('/', arxivId.Split('/').Select(part => Uri.EscapeDataString(Clean(part))))}";

    // XML 1.0, section 2.2; surrogates are dealt with as pairs.
    private static bool IsAllowed(char character) => character switch
    {
        '\t' or '\n' or '\r' => true,
        < ' ' or >= '\uFFFE' => false,
        _ => !char.IsSurrogate(character),
    };
}
