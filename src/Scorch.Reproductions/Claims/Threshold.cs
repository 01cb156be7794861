using System.Globalization;
using System.Text.Json.Serialization;

namespace Scorch.Reproductions;

/// <summary>Which side of a threshold a quantity must lie on.</summary>
public enum Direction
{
    /// <summary>The quantity must be greater than or equal to the threshold.</summary>
    [JsonStringEnumMemberName("at-least")]
    AtLeast,

    /// <summary>The quantity must be less than or equal to the threshold.</summary>
    [JsonStringEnumMemberName("at-most")]
    AtMost,

    /// <summary>The quantity must lie between two thresholds, both included.</summary>
    [JsonStringEnumMemberName("within")]
    Within,
}

/// <summary>What a claim's quantity must satisfy, fixed in the claim before the first run.</summary>
/// <remarks>Made by <see cref="AtLeast"/>, <see cref="AtMost"/> and <see cref="Within"/>; the bounds are in the claim's unit.</remarks>
public sealed record Threshold
{
    private Threshold(Direction direction, double lower, double upper)
    {
        Direction = direction;
        Lower = lower;
        Upper = upper;
    }

    /// <summary>Which side counts as confirmed.</summary>
    public Direction Direction { get; }

    /// <summary>The smallest value that passes; negative infinity for <see cref="Direction.AtMost"/>.</summary>
    public double Lower { get; }

    /// <summary>The greatest value that passes; positive infinity for <see cref="Direction.AtLeast"/>.</summary>
    public double Upper { get; }

    /// <summary>The quantity must be at least <paramref name="value"/>.</summary>
    /// <exception cref="ArgumentException">The value is not finite.</exception>
    public static Threshold AtLeast(double value) => new(Direction.AtLeast, Finite(value, nameof(value)), double.PositiveInfinity);

    /// <summary>The quantity must be at most <paramref name="value"/>.</summary>
    /// <exception cref="ArgumentException">The value is not finite.</exception>
    public static Threshold AtMost(double value) => new(Direction.AtMost, double.NegativeInfinity, Finite(value, nameof(value)));

    /// <summary>The quantity must lie in <c>[lower, upper]</c>.</summary>
    /// <exception cref="ArgumentException">A bound is not finite, or the lower bound lies above the upper one.</exception>
    public static Threshold Within(double lower, double upper) =>
        Finite(lower, nameof(lower)) <= Finite(upper, nameof(upper))
            ? new(Direction.Within, lower, upper)
            : throw new ArgumentException(
                string.Create(CultureInfo.InvariantCulture, $"Threshold: the lower bound {lower} lies above the upper bound {upper}; give the smaller one first."),
                nameof(lower));

    /// <summary>Whether the whole closed interval <c>[low, high]</c> passes. False when an end is not a number.</summary>
    public bool IsClearedBy(double low, double high) => low >= Lower && high <= Upper;

    /// <summary>The condition in words, e.g. <c>&gt;= 1.15</c> or <c>in [6000, 11000]</c>.</summary>
    public override string ToString() => Direction switch
    {
        Direction.AtLeast => string.Create(CultureInfo.InvariantCulture, $">= {Lower}"),
        Direction.AtMost => string.Create(CultureInfo.InvariantCulture, $"<= {Upper}"),
        _ => string.Create(CultureInfo.InvariantCulture, $"in [{Lower}, {Upper}]"),
    };

    private static double Finite(double value, string name) => double.IsFinite(value)
        ? value
        : throw new ArgumentException(
            string.Create(CultureInfo.InvariantCulture, $"Threshold: {name} is {value}; a threshold must be a finite number."), name);
}
