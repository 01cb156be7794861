using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using Scorch.Checkpoints;
using Scorch.Text;

namespace Scorch.Language.TimeDial;

/// <summary>Scores that another program made: a line an item, <c>{"id": 1, "log_probabilities": [-3.1, -2.8, -5.0, -4.4]}</c>, options in the order of the question.</summary>
public sealed class JsonLineScorer : IOptionScorer
{
    private const long LargestFile = 1L << 28;
    private const int LongestLine = 1 << 20;
    private const string Key = "log_probabilities";
    private static readonly JsonWriterOptions Writing = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private readonly Dictionary<string, double[]> scores;

    private JsonLineScorer(Dictionary<string, double[]> scores) => this.scores = scores;

    /// <summary>How many items have scores.</summary>
    public int Count => scores.Count;

    /// <summary>Reads a file of scores.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="TextFormatException">A line is of another form, or an id stands twice; the line is named.</exception>
    public static JsonLineScorer Load(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        using var stream = File.OpenRead(path);
        if (stream.Length > LargestFile) throw new TextFormatException($"{path}: {stream.Length} bytes; scores have at most {LargestFile}. Is it another file?");
        return Read(stream, path);
    }

    /// <summary>Reads scores from a stream.</summary>
    /// <param name="stream">The bytes.</param>
    /// <param name="name">What messages call them.</param>
    /// <exception cref="TextFormatException">A line is of another form, or an id stands twice.</exception>
    public static JsonLineScorer Read(Stream stream, string name)
    {
        ArgumentNullException.ThrowIfNull(stream);
        var scores = new Dictionary<string, double[]>(StringComparer.Ordinal);
        using var reader = new StreamReader(stream);
        for (var number = 1; reader.ReadLine() is { } line; number++)
        {
            if (string.IsNullOrWhiteSpace(line)) continue;
            if (line.Length > LongestLine) throw new TextFormatException($"{name}, line {number}: {line.Length} characters; a line of scores has at most {LongestLine}.");
            try
            {
                using var document = JsonDocument.Parse(line);
                var (id, values) = Entry(document.RootElement);
                if (!scores.TryAdd(id, values)) throw new ArgumentException($"the id {id} stands twice.");
            }
            catch (Exception error) when (error is JsonException or ArgumentException or InvalidOperationException or FormatException)
            {
                throw new TextFormatException($"{name}, line {number}: {error.Message} Every line is {{\"id\": …, \"{Key}\": [a number an option]}}.", error);
            }
        }
        return new(scores);
    }

    /// <summary>Writes scores in the same form.</summary>
    /// <param name="path">The file.</param>
    /// <param name="items">Ids and scores.</param>
    public static void Save(string path, IEnumerable<(string Id, IReadOnlyList<double> Scores)> items)
    {
        ArgumentNullException.ThrowIfNull(items);
        WriteLines(path, items, (writer, item) =>
        {
            writer.WriteString("id", item.Id);
            writer.WriteStartArray(Key);
            foreach (var score in item.Scores)
            {
                if (double.IsFinite(score)) writer.WriteNumberValue(score);
                else writer.WriteStringValue(score.ToString(CultureInfo.InvariantCulture));
            }
            writer.WriteEndArray();
        });
    }

    /// <summary>Writes questions for another program: a line an item, <c>{"id": …, "conversation": […], "options": […]}</c>.</summary>
    /// <param name="path">The file.</param>
    /// <param name="questions">The questions.</param>
    public static void SaveQuestions(string path, IEnumerable<ClozeQuestion> questions)
    {
        ArgumentNullException.ThrowIfNull(questions);
        WriteLines(path, questions, (writer, question) =>
        {
            writer.WriteString("id", question.Id);
            writer.WriteStartArray("conversation");
            foreach (var turn in question.Conversation) writer.WriteStringValue(turn);
            writer.WriteEndArray();
            writer.WriteStartArray("options");
            foreach (var option in question.Options) writer.WriteStringValue(option);
            writer.WriteEndArray();
        });
    }

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">An item has no scores, or not one for each option.</exception>
    public IReadOnlyList<IReadOnlyList<double>> Score(IReadOnlyList<ClozeQuestion> questions, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(questions);
        var missing = questions.Where(question => !scores.ContainsKey(question.Id)).ToList();
        if (missing.Count > 0) throw new ArgumentException($"{missing.Count} of {questions.Count} items have no scores, the first is {missing[0].Id}; score all of them.", nameof(questions));
        return
        [
            .. questions.Select(question => scores[question.Id].Length == question.Options.Count
                ? scores[question.Id]
                : throw new ArgumentException($"item {question.Id}: {scores[question.Id].Length} scores for {question.Options.Count} options; give one for each.", nameof(questions))),
        ];
    }

    internal static void WriteLines<T>(string path, IEnumerable<T> items, Action<Utf8JsonWriter, T> write) => AtomicFile.Write(path, stream =>
    {
        foreach (var item in items)
        {
            using (var writer = new Utf8JsonWriter(stream, Writing))
            {
                writer.WriteStartObject();
                write(writer, item);
                writer.WriteEndObject();
            }
            stream.WriteByte((byte)'\n');
        }
    });

    private static (string Id, double[] Scores) Entry(JsonElement root)
    {
        if (root.ValueKind != JsonValueKind.Object || !root.TryGetProperty("id", out var id) || id.ValueKind is not (JsonValueKind.Number or JsonValueKind.String)) throw new ArgumentException("'id' is missing.");
        if (!root.TryGetProperty(Key, out var list) || list.ValueKind != JsonValueKind.Array) throw new ArgumentException($"'{Key}' is missing or no array.");
        return (id.ValueKind == JsonValueKind.Number ? id.GetRawText() : id.GetString()!, [.. list.EnumerateArray().Select(Number)]);
    }

    private static double Number(JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.Number => element.GetDouble(),
        JsonValueKind.String when element.GetString() is "-Infinity" or "Infinity" => double.Parse(element.GetString()!, CultureInfo.InvariantCulture),
        _ => throw new ArgumentException($"'{Key}' holds {element.GetRawText()}; a number or \"-Infinity\" is expected, never NaN."),
    };
}
