namespace Scorch.Gallery.Sources;

/// <summary>The parts of a paper's page of documentation that the gallery shows.</summary>
/// <param name="CSharp">The C# examples.</param>
/// <param name="Shell">The examples of the command line.</param>
internal sealed record Documentation(IReadOnlyList<string> CSharp, IReadOnlyList<string> Shell)
{
    /// <summary>Nothing.</summary>
    public static Documentation None { get; } = new([], []);

    /// <summary>Takes the fenced blocks out of a Markdown page: those marked as C#, and unmarked or shell ones whose lines call <c>scorch</c>.</summary>
    public static Documentation Read(string? markdown)
    {
        if (markdown is null)
        {
            return None;
        }

        List<string> code = [], shell = [];
        List<string>? block = null;
        var language = "";
        foreach (var line in markdown.Split('\n'))
        {
            if (!line.StartsWith("```", StringComparison.Ordinal))
            {
                block?.Add(line);
            }
            else if (block is null)
            {
                block = [];
                language = line[3..].Trim();
            }
            else
            {
                var text = string.Join('\n', block).TrimEnd();
                if (language is "csharp" or "cs" or "c#")
                {
                    code.Add(text);
                }
                else if (language is "" or "sh" or "bash" or "shell" && block.Any(line => line.StartsWith("scorch ", StringComparison.Ordinal)))
                {
                    shell.Add(text);
                }

                block = null;
            }
        }

        return new Documentation(code, shell);
    }
}
