using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Scorch.Language.TransformerSurvey;

/// <summary>The choice of a module and its options, written <c>name</c> or <c>name(option=value, ...)</c>.</summary>
[JsonConverter(typeof(ModuleSpecConverter))]
public sealed class ModuleSpec : IEquatable<ModuleSpec>
{
    /// <summary>A choice.</summary>
    /// <param name="name">The module's name.</param>
    /// <param name="options">Values of its options; those left out keep their defaults.</param>
    public ModuleSpec(string name, params IReadOnlyList<(string Name, double Value)> options)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        ArgumentNullException.ThrowIfNull(options);
        Name = name;
        var given = new SortedDictionary<string, double>(StringComparer.Ordinal);
        foreach (var (option, value) in options)
        {
            if (!given.TryAdd(option, value)) throw new ArgumentException($"{name}: the option {option} is given twice; give it once.", nameof(options));
        }
        Options = given;
    }

    /// <summary>The module's name.</summary>
    public string Name { get; }

    /// <summary>Values that were given, by name.</summary>
    public IReadOnlyDictionary<string, double> Options { get; }

    /// <summary>Reads <c>name</c> or <c>name(option=value, ...)</c>.</summary>
    /// <param name="text">The text.</param>
    /// <exception cref="ArgumentException">It has another form.</exception>
    public static ModuleSpec Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var trimmed = text.Trim();
        var open = trimmed.IndexOf('(', StringComparison.Ordinal);
        var name = (open < 0 ? trimmed : trimmed[..open]).Trim();
        if (name.Length == 0 || name.Any(character => !char.IsAsciiLetterOrDigit(character) && character != '-') || (open >= 0 && !trimmed.EndsWith(')')))
            throw Malformed(text);
        if (open < 0) return new(name);
        var options = new List<(string, double)>();
        foreach (var part in trimmed[(open + 1)..^1].Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            var sides = part.Split('=', StringSplitOptions.TrimEntries);
            if (sides.Length != 2 || sides[0].Length == 0 || !double.TryParse(sides[1], NumberStyles.Float, CultureInfo.InvariantCulture, out var value))
                throw Malformed(text);
            options.Add((sides[0], value));
        }
        return new(name, options);
    }

    /// <summary>The same module with another value of an option.</summary>
    /// <param name="option">Its name.</param>
    /// <param name="value">Its value.</param>
    public ModuleSpec With(string option, double value) =>
        new(Name, [.. Options.Where(entry => entry.Key != option).Select(entry => (entry.Key, entry.Value)), (option, value)]);

    /// <summary>As <see cref="Parse"/> reads it.</summary>
    public override string ToString() => Options.Count == 0
        ? Name
        : $"{Name}({string.Join(", ", Options.Select(entry => $"{entry.Key}={entry.Value.ToString("R", CultureInfo.InvariantCulture)}"))})";

    /// <inheritdoc/>
    public bool Equals(ModuleSpec? other) => other is not null && ToString() == other.ToString();

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as ModuleSpec);

    /// <inheritdoc/>
    public override int GetHashCode() => ToString().GetHashCode(StringComparison.Ordinal);

    private static ArgumentException Malformed(string text) =>
        new($"'{text}' is no module: write a name, or name(option=value, ...) such as bigbird(window=16, globals=2).", nameof(text));
}

/// <summary>A choice as a JSON string.</summary>
internal sealed class ModuleSpecConverter : JsonConverter<ModuleSpec>
{
    public override ModuleSpec Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        if (reader.TokenType != JsonTokenType.String) throw new JsonException("a module is a string such as \"bigbird(window=16)\".");
        try
        {
            return ModuleSpec.Parse(reader.GetString()!);
        }
        catch (ArgumentException error)
        {
            throw new JsonException(error.Message, error);
        }
    }

    public override void Write(Utf8JsonWriter writer, ModuleSpec value, JsonSerializerOptions options) => writer.WriteStringValue(value.ToString());
}
