using System.Globalization;

namespace Scorch.Reproductions;

/// <summary>The type of a setting, an argument or an option.</summary>
public enum ValueKind
{
    /// <summary>Any text.</summary>
    Text,

    /// <summary>A 64-bit integer.</summary>
    Integer,

    /// <summary>A finite floating-point number, written with a point.</summary>
    Number,

    /// <summary><c>true</c> or <c>false</c>; as a command's option, present or absent.</summary>
    Flag,

    /// <summary>The path of a file.</summary>
    Path,
}

/// <summary>A value of a reproduction that the user may change with <c>--set name=value</c>.</summary>
/// <remarks>Made by <see cref="Integer"/>, <see cref="Number"/>, <see cref="Flag"/>, <see cref="Text"/> and <see cref="Choice"/>.</remarks>
public sealed record Setting
{
    private Setting(string name, ValueKind kind, string defaultValue, string description)
    {
        Name = name;
        Kind = kind;
        DefaultValue = defaultValue;
        Description = description;
    }

    /// <summary>The key.</summary>
    public string Name { get; }

    /// <summary>The type.</summary>
    public ValueKind Kind { get; }

    /// <summary>The default, in invariant text.</summary>
    public string DefaultValue { get; }

    /// <summary>One sentence for the user.</summary>
    public string Description { get; }

    /// <summary>The allowed values; empty when every value of the kind is allowed.</summary>
    public IReadOnlyList<string> Choices { get; private init; } = [];

    /// <summary>Smallest allowed number.</summary>
    public double Minimum { get; private init; } = double.NegativeInfinity;

    /// <summary>Greatest allowed number.</summary>
    public double Maximum { get; private init; } = double.PositiveInfinity;

    /// <summary>An integer setting with its allowed range, both ends included.</summary>
    public static Setting Integer(string name, long defaultValue, string description, long minimum = long.MinValue, long maximum = long.MaxValue) =>
        new(name, ValueKind.Integer, defaultValue.ToString(CultureInfo.InvariantCulture), description) { Minimum = minimum, Maximum = maximum };

    /// <summary>A real setting with its allowed range, both ends included.</summary>
    public static Setting Number(string name, double defaultValue, string description, double minimum = double.NegativeInfinity, double maximum = double.PositiveInfinity) =>
        new(name, ValueKind.Number, defaultValue.ToString("R", CultureInfo.InvariantCulture), description) { Minimum = minimum, Maximum = maximum };

    /// <summary>A true-or-false setting.</summary>
    public static Setting Flag(string name, bool defaultValue, string description) =>
        new(name, ValueKind.Flag, defaultValue ? "true" : "false", description);

    /// <summary>A free text setting.</summary>
    public static Setting Text(string name, string defaultValue, string description) =>
        new(name, ValueKind.Text, defaultValue, description);

    /// <summary>A setting with a fixed list of values.</summary>
    public static Setting Choice(string name, string defaultValue, string description, params IReadOnlyList<string> choices) =>
        new(name, ValueKind.Text, defaultValue, description) { Choices = choices };

    /// <summary>Checks a value written by the user and returns it.</summary>
    /// <exception cref="UsageException">The value has the wrong type or lies outside the allowed range or list.</exception>
    public string Checked(string value)
    {
        ArgumentNullException.ThrowIfNull(value);
        return Kind switch
        {
            ValueKind.Integer when !long.TryParse(value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) =>
                throw Wrong(value, "an integer such as " + DefaultValue),
            ValueKind.Integer when !InRange(long.Parse(value, CultureInfo.InvariantCulture)) => throw Wrong(value, RangeText()),
            ValueKind.Number when !double.TryParse(value, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) || !double.IsFinite(number) =>
                throw Wrong(value, "a finite number such as " + DefaultValue),
            ValueKind.Number when !InRange(double.Parse(value, CultureInfo.InvariantCulture)) => throw Wrong(value, RangeText()),
            ValueKind.Flag when value is not ("true" or "false") => throw Wrong(value, "true or false"),
            _ when Choices.Count > 0 && !Choices.Contains(value) => throw Wrong(value, "one of " + string.Join(", ", Choices)),
            _ => value,
        };
    }

    private bool InRange(double value) => value >= Minimum && value <= Maximum;

    private string RangeText() => string.Create(CultureInfo.InvariantCulture, $"a value in [{Minimum}, {Maximum}]");

    private UsageException Wrong(string value, string expected) => new($"Setting '{Name}': '{value}' was given; expected {expected}.");
}
