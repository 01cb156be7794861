using System.Globalization;

namespace Scorch.Reproductions;

/// <summary>The values of a reproduction's settings for one run: its defaults, overridden by the user's <c>--set name=value</c>.</summary>
public sealed class RunSettings
{
    private readonly Dictionary<string, Setting> _definitions = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> _values = new(StringComparer.Ordinal);

    /// <summary>Takes the defaults of <paramref name="definitions"/> and applies <paramref name="overrides"/>.</summary>
    /// <param name="definitions">The settings that the reproduction knows, names unique.</param>
    /// <param name="overrides">Name and value pairs as the user wrote them.</param>
    /// <exception cref="UsageException">A name is unknown (the known ones are listed) or given twice, or a value does not fit.</exception>
    /// <exception cref="ArgumentException">Two definitions have one name, or a default does not fit its own definition.</exception>
    public RunSettings(IEnumerable<Setting> definitions, IEnumerable<KeyValuePair<string, string>>? overrides = null)
    {
        ArgumentNullException.ThrowIfNull(definitions);
        foreach (var definition in definitions)
        {
            if (!_definitions.TryAdd(definition.Name, definition))
            {
                throw new ArgumentException($"Setting '{definition.Name}' is defined twice.", nameof(definitions));
            }

            _values[definition.Name] = definition.Checked(definition.DefaultValue);
        }

        var given = new HashSet<string>(StringComparer.Ordinal);
        foreach (var (name, value) in overrides ?? [])
        {
            if (!_definitions.TryGetValue(name, out var definition))
            {
                throw new UsageException(_definitions.Count == 0
                    ? $"--set {name}: this paper has no settings at this scale."
                    : $"--set {name}: unknown setting; the known ones are {string.Join(", ", _definitions.Keys)}.");
            }

            if (!given.Add(name))
            {
                throw new UsageException($"--set {name}: given twice; give it once.");
            }

            _values[name] = definition.Checked(value);
        }
    }

    /// <summary>The definitions, in the reproduction's order.</summary>
    public IReadOnlyCollection<Setting> Definitions => _definitions.Values;

    /// <summary>Every value in invariant text, for the evidence.</summary>
    public IReadOnlyDictionary<string, string> Values => _values;

    /// <summary>The value of an integer setting.</summary>
    /// <exception cref="ArgumentException">No integer setting has this name.</exception>
    /// <exception cref="OverflowException">The value does not fit 32 bits; use <see cref="LongInteger"/>.</exception>
    public int Integer(string name) => checked((int)LongInteger(name));

    /// <summary>The value of an integer setting, 64 bits.</summary>
    /// <exception cref="ArgumentException">No integer setting has this name.</exception>
    public long LongInteger(string name) => long.Parse(Value(name, ValueKind.Integer), CultureInfo.InvariantCulture);

    /// <summary>The value of a real setting.</summary>
    /// <exception cref="ArgumentException">No real setting has this name.</exception>
    public double Number(string name) => double.Parse(Value(name, ValueKind.Number), CultureInfo.InvariantCulture);

    /// <summary>The value of a true-or-false setting.</summary>
    /// <exception cref="ArgumentException">No such setting has this name.</exception>
    public bool Flag(string name) => Value(name, ValueKind.Flag) == "true";

    /// <summary>The value of a text or choice setting.</summary>
    /// <exception cref="ArgumentException">No text setting has this name.</exception>
    public string Text(string name) => Value(name, ValueKind.Text);

    private string Value(string name, ValueKind kind) =>
        _definitions.TryGetValue(name, out var definition) && definition.Kind == kind
            ? _values[name]
            : throw new ArgumentException(
                $"No {kind} setting is named '{name}'; the known ones are {string.Join(", ", _definitions.Values.Select(d => $"{d.Name} ({d.Kind})"))}.", nameof(name));
}
