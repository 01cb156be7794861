namespace Scorch.Text;

/// <summary>GPT-2's merges.txt.</summary>
internal static class MergesFile
{
    public static List<(string Left, string Right)> Read(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        var merges = new List<(string, string)>();
        foreach (var (line, number) in VocabularyFile.ReadLines(path))
        {
            if (line.Length == 0 || (number == 1 && line.StartsWith("#version", StringComparison.Ordinal))) continue;
            var space = line.IndexOf(' ', StringComparison.Ordinal);
            if (space <= 0 || space == line.Length - 1 || line.IndexOf(' ', space + 1) >= 0)
                throw new TextFormatException($"{path}, line {number}: '{Excerpt.Of(line)}' is no merge; a line is two tokens with a space between.");
            merges.Add((line[..space], line[(space + 1)..]));
        }
        return merges;
    }
}
