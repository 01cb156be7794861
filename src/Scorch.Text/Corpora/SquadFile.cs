using System.Text.Json;

namespace Scorch.Text;

/// <summary>A question about a paragraph.</summary>
/// <param name="Id">Its name in the file.</param>
/// <param name="Context">The paragraph.</param>
/// <param name="Question">The question.</param>
/// <param name="Answers">True answers, each a part of the paragraph that begins at a UTF-16 unit.</param>
public sealed record SquadExample(string Id, string Context, string Question, IReadOnlyList<(string Text, int Start)> Answers);

/// <summary>Reads SQuAD 1.1's JSON (Rajpurkar et al. 2016, arXiv 1606.05250).</summary>
public static class SquadFile
{
    private const long LargestFile = 1L << 30;

    /// <summary>The questions of a file.</summary>
    /// <param name="path">The file, such as <c>train-v1.1.json</c>.</param>
    /// <exception cref="TextFormatException">The file is no JSON of this form, too large, or an answer does not stand where it should; the question is named.</exception>
    public static IReadOnlyList<SquadExample> Read(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        using var stream = File.OpenRead(path);
        if (stream.Length > LargestFile) throw new TextFormatException($"{path}: {stream.Length} bytes; SQuAD's files have less than {LargestFile}.");
        try
        {
            using var document = JsonDocument.Parse(stream);
            var examples = new List<SquadExample>();
            foreach (var article in document.RootElement.GetProperty("data").EnumerateArray())
                foreach (var paragraph in article.GetProperty("paragraphs").EnumerateArray())
                {
                    var context = Text(paragraph, "context");
                    foreach (var question in paragraph.GetProperty("qas").EnumerateArray()) examples.Add(Example(path, context, question));
                }
            return examples.Count > 0 ? examples : throw new TextFormatException($"{path}: there is no question; get the file again.");
        }
        catch (Exception error) when (error is JsonException or KeyNotFoundException or InvalidOperationException)
        {
            throw new TextFormatException($"{path}: this is no JSON of SQuAD 1.1 ({error.Message}).");
        }
    }

    private static SquadExample Example(string path, string context, JsonElement question)
    {
        var id = Text(question, "id");
        var answers = new List<(string, int)>();
        // Places count characters beyond the basic plane once, UTF-16 twice.
        var hasPairs = context.AsSpan().ContainsAnyInRange('\uD800', '\uDBFF');
        foreach (var answer in question.GetProperty("answers").EnumerateArray())
        {
            var (text, start) = (Text(answer, "text"), answer.GetProperty("answer_start").TryGetInt32(out var place) ? place : -1);
            if (hasPairs && start > 0)
            {
                var (unit, characters) = (0, 0);
                while (characters < start && unit < context.Length)
                {
                    unit += char.IsHighSurrogate(context[unit]) ? 2 : 1;
                    characters++;
                }
                start = unit;
            }
            if (start < 0 || start + (long)text.Length > context.Length || !context.AsSpan(start, text.Length).SequenceEqual(text))
                throw new TextFormatException($"{path}: question {id}: the answer '{Excerpt.Of(text)}' does not stand at {place} of its paragraph.");
            answers.Add((text, start));
        }
        return answers.Count > 0
            ? new(id, context, Text(question, "question"), answers)
            : throw new TextFormatException($"{path}: question {id} has no answer; this reads SQuAD 1.1, in which every question has one.");
    }

    private static string Text(JsonElement element, string name) => element.GetProperty(name).GetString() ?? throw new InvalidOperationException($"'{name}' is null");
}
