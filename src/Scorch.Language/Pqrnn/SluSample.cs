namespace Scorch.Language.Pqrnn;

/// <summary>Requests made from a few patterns by a seed: enough to see that all parts work, too easy to compare models by.</summary>
internal static class SluSample
{
    private static readonly (string Intent, string Pattern)[] Patterns =
    [
        ("play", "play {song} by {artist}"),
        ("play", "i want to hear {artist}"),
        ("weather", "what is the weather in {city} {day}"),
        ("weather", "will it rain {day} in {city}"),
        ("book", "book a table for {count} in {city}"),
        ("book", "reserve {count} seats {day}"),
    ];

    private static readonly Dictionary<string, string[]> Values = new()
    {
        ["song"] = ["blue river", "morning light", "the long road", "stones"],
        ["artist"] = ["anna bell", "the lanterns", "jon frost", "mira"],
        ["city"] = ["berlin", "new harbour", "são paulo", "lund"],
        ["day"] = ["today", "tomorrow", "next monday", "on friday"],
        ["count"] = ["two", "three", "four people", "six"],
    };

    public static IReadOnlyList<SluUtterance> Make(int count, long seed)
    {
        var random = new RandomSource(seed);
        return [.. Enumerable.Range(0, count).Select(_ => One(random))];
    }

    private static SluUtterance One(RandomSource random)
    {
        var (intent, pattern) = Patterns[(int)random.NextInt64(Patterns.Length)];
        var (tokens, tags) = (new List<string>(), new List<string>());
        foreach (var part in pattern.Split(' '))
        {
            var isSlot = part[0] == '{';
            var values = isSlot ? Values[part[1..^1]] : [part];
            var words = values[(int)random.NextInt64(values.Length)].Split(' ');
            for (var i = 0; i < words.Length; i++)
            {
                tokens.Add(words[i]);
                tags.Add(!isSlot ? "O" : $"{(i == 0 ? "B" : "I")}-{part[1..^1]}");
            }
        }
        return new(tokens, tags, intent);
    }
}
