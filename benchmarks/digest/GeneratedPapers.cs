using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using Scorch.Digest;

namespace Scorch.Benchmarks.Digest;

/// <summary>Papers as long as real ones, in words that follow Zipf's law; the same for the same seed.</summary>
internal sealed class GeneratedPapers(int seed)
{
    /// <summary>Different words; word 0 is in nearly every abstract, the last in a few papers of a million.</summary>
    public const int Vocabulary = 200_000;

    private const int Names = 50_000;
    private static readonly string[] Syllables =
        ["ba", "de", "fi", "go", "lu", "ka", "me", "ni", "po", "ru", "sa", "te", "vi", "wo", "zu", "chan", "der", "fil", "gor", "lum"];

    /// <summary>Writes papers as JSON Lines.</summary>
    public async Task WriteAsync(string file, int count)
    {
        await using var stream = File.Create(file);
        for (var number = 0; number < count; number++)
        {
            await JsonSerializer.SerializeAsync(stream, Paper(number), PaperJson.Default.PaperMetadata);
            stream.WriteByte((byte)'\n');
        }
    }

    public PaperMetadata Paper(int number)
    {
        var random = new Random(HashCode(number));
        var month = number / 9000;
        return new PaperMetadata
        {
            ArxivId = string.Create(CultureInfo.InvariantCulture, $"{month / 12 % 100:00}{1 + (month % 12):00}.{number % 9000:00000}"),
            Title = Text(random, 5 + random.Next(11)),
            Authors = [.. Enumerable.Range(0, 1 + random.Next(8)).Select(_ => $"{Word(random.Next(2000))} {Word(2000 + random.Next(Names))}")],
            Categories = random.Next(2) == 0 ? ["cs.LG"] : ["cs.CV", "stat.ML"],
            Abstract = Text(random, 90 + random.Next(130)),
            SubmittedOn = new DateOnly(2007, 1, 1).AddDays(number / 300),
        };
    }

    /// <summary>A word by its place in the order of frequency, from 0.</summary>
    public static string Word(int rank)
    {
        var word = new StringBuilder();
        for (var rest = rank + 1; rest > 0; rest /= Syllables.Length)
        {
            word.Append(Syllables[rest % Syllables.Length]);
        }

        return word.ToString();
    }

    private static string Text(Random random, int words)
    {
        var text = new StringBuilder(8 * words);
        for (var word = 0; word < words; word++)
        {
            // Zipf: the probability of rank r is about 1/r, so its logarithm is uniform.
            var rank = (int)Math.Exp(random.NextDouble() * Math.Log(Vocabulary)) - 1;
            text.Append(word == 0 ? "" : " ").Append(Word(rank));
        }

        return text.Append('.').ToString();
    }

    private int HashCode(int number) => unchecked((int)((((uint)number * 2654435761u) ^ (uint)seed) * 2246822519u));
}

[JsonSourceGenerationOptions(JsonSerializerDefaults.Web)]
[JsonSerializable(typeof(PaperMetadata))]
internal sealed partial class PaperJson : JsonSerializerContext;
