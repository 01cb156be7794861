namespace Scorch.Text;

/// <summary>The beginning of a text, for messages.</summary>
internal static class Excerpt
{
    public static string Of(string text) => text.Length <= 60 ? text : text[..60] + "…";
}
