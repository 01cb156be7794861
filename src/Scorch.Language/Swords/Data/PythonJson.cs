using System.Globalization;
using System.Text;

namespace Scorch.Language.Swords;

/// <summary>JSON as Python's <c>json.dumps</c> writes it, whose bytes the official ids are checksums of.</summary>
internal static class PythonJson
{
    /// <summary>A text in quotes, everything but printable ASCII escaped.</summary>
    public static string Quote(string text)
    {
        var result = new StringBuilder(text.Length + 2).Append('"');
        foreach (var letter in text)
        {
            switch (letter)
            {
                case '"': result.Append("\\\""); break;
                case '\\': result.Append("\\\\"); break;
                case '\n': result.Append("\\n"); break;
                case '\r': result.Append("\\r"); break;
                case '\t': result.Append("\\t"); break;
                case '\b': result.Append("\\b"); break;
                case '\f': result.Append("\\f"); break;
                case >= ' ' and <= '~': result.Append(letter); break;
                default: result.Append("\\u").Append(((int)letter).ToString("x4", CultureInfo.InvariantCulture)); break;
            }
        }
        return result.Append('"').ToString();
    }

    public static string List(IEnumerable<string> values) => $"[{string.Join(", ", values)}]";
}
