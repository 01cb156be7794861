namespace Scorch.Text;

/// <summary>A code point on its way through normalisation, and the part of the text it came from.</summary>
internal readonly record struct SourceRune(int Code, int Start, int End)
{
    public static void Read(string text, int start, int end, List<SourceRune> target)
    {
        while (start < end)
        {
            var width = char.IsHighSurrogate(text[start]) && start + 1 < end ? 2 : 1;
            target.Add(new SourceRune(width == 2 ? char.ConvertToUtf32(text[start], text[start + 1]) : text[start], start, start + width));
            start += width;
        }
    }
}
