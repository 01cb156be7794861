using System.Text.Json;
using System.Text.Json.Serialization;

namespace Scorch.Reproductions;

/// <summary>Mean, sample standard deviation and count in a file; a number that is not finite is null.</summary>
public sealed record SummaryRecord(double? Mean, double? Std, int N)
{
    /// <summary>The record of a summary; null becomes the summary of no value.</summary>
    public static SummaryRecord Of(ArmSummary? summary) =>
        summary is null ? new SummaryRecord(null, null, 0) : new SummaryRecord(Finite.OrNull(summary.Mean), Finite.OrNull(summary.StandardDeviation), summary.Count);
}

/// <summary>A claim with its result, as it stands in evidence files and in the output of <c>run --json</c>.</summary>
public sealed record ClaimRecord
{
    /// <summary>The claim's identifier.</summary>
    public required string Id { get; init; }

    /// <summary>The paper's statement.</summary>
    public required string Statement { get; init; }

    /// <summary>What was measured.</summary>
    public required string Metric { get; init; }

    /// <summary>Unit of the measurements; empty for plain numbers.</summary>
    public required string Unit { get; init; }

    /// <summary>The figure that the paper states; null when it states none that was checked.</summary>
    public required double? PaperFigure { get; init; }

    /// <summary>Where the paper states it.</summary>
    public required string? PaperFigureSource { get; init; }

    /// <summary>Which quantity is held against the threshold.</summary>
    public required Comparison Comparison { get; init; }

    /// <summary>Which side of the threshold counts as confirmed.</summary>
    public required Direction Direction { get; init; }

    /// <summary>The threshold: one number, or the pair [lower, upper] for <see cref="Direction.Within"/>.</summary>
    [JsonConverter(typeof(NumberOrPair))]
    public required IReadOnlyList<double> Threshold { get; init; }

    /// <summary>Whether nothing in the measurement is random.</summary>
    public required bool Exact { get; init; }

    /// <summary>The smallest scale at which a verdict is allowed.</summary>
    public required Scale MinimumScale { get; init; }

    /// <summary>The method's values.</summary>
    public required SummaryRecord Method { get; init; }

    /// <summary>The baseline's values; a count of zero when there are none.</summary>
    public required SummaryRecord Baseline { get; init; }

    /// <summary>The compared quantity over the seeds; a count of zero when there is none.</summary>
    public required SummaryRecord Quantity { get; init; }

    /// <summary>Its 95% interval [lo, hi]; null when there is none.</summary>
    public required IReadOnlyList<double>? Interval { get; init; }

    /// <summary>The verdict.</summary>
    public required Verdict Verdict { get; init; }

    /// <summary>Why, in one sentence.</summary>
    public required string Reason { get; init; }

    /// <summary>The record of a result.</summary>
    public static ClaimRecord Of(ClaimResult result)
    {
        ArgumentNullException.ThrowIfNull(result);
        var claim = result.Claim;
        return new ClaimRecord
        {
            Id = claim.Id,
            Statement = claim.Statement,
            Metric = claim.Metric,
            Unit = claim.Unit,
            PaperFigure = claim.PaperFigure,
            PaperFigureSource = claim.PaperFigureSource,
            Comparison = claim.Comparison,
            Direction = claim.Threshold.Direction,
            Threshold = claim.Threshold.Direction switch
            {
                Direction.AtLeast => [claim.Threshold.Lower],
                Direction.AtMost => [claim.Threshold.Upper],
                _ => [claim.Threshold.Lower, claim.Threshold.Upper],
            },
            Exact = claim.IsExact,
            MinimumScale = claim.MinimumScale,
            Method = SummaryRecord.Of(result.Method),
            Baseline = SummaryRecord.Of(result.Baseline),
            Quantity = SummaryRecord.Of(result.Quantity),
            Interval = result.Interval is null ? null : [result.Interval.Low, result.Interval.High],
            Verdict = result.Verdict,
            Reason = result.Reason,
        };
    }

    /// <summary>The claim that the record tells of.</summary>
    /// <exception cref="InvalidDataException">The threshold does not fit its direction.</exception>
    public Claim ToClaim()
    {
        var wanted = Direction == Direction.Within ? 2 : 1;
        if (Threshold is null || Threshold.Count != wanted)
        {
            throw new InvalidDataException($"Claim {Id}: a threshold of direction {Direction} has {wanted} number(s), found {Threshold?.Count ?? 0}.");
        }

        try
        {
            return new Claim
            {
                Id = Id,
                Statement = Statement,
                Metric = Metric,
                Unit = Unit,
                PaperFigure = PaperFigure,
                PaperFigureSource = PaperFigureSource,
                Comparison = Comparison,
                IsExact = Exact,
                MinimumScale = MinimumScale,
                Threshold = Direction switch
                {
                    Direction.AtLeast => Reproductions.Threshold.AtLeast(Threshold[0]),
                    Direction.AtMost => Reproductions.Threshold.AtMost(Threshold[0]),
                    _ => Reproductions.Threshold.Within(Threshold[0], Threshold[1]),
                },
            };
        }
        catch (ArgumentException error)
        {
            throw new InvalidDataException($"Claim {Id}: {error.Message}", error);
        }
    }
}

/// <summary>Numbers on their way to JSON, which knows neither NaN nor infinity.</summary>
internal static class Finite
{
    public static double? OrNull(double value) => double.IsFinite(value) ? value : null;
}

/// <summary>Writes a list of one number as the number and a longer one as an array.</summary>
internal sealed class NumberOrPair : JsonConverter<IReadOnlyList<double>>
{
    public override IReadOnlyList<double> Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        if (reader.TokenType == JsonTokenType.Number)
        {
            return [reader.GetDouble()];
        }

        if (reader.TokenType != JsonTokenType.StartArray)
        {
            throw new JsonException("A threshold is a number or an array of two numbers.");
        }

        var values = new List<double>(2);
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            if (reader.TokenType != JsonTokenType.Number || values.Count == 2)
            {
                throw new JsonException("A threshold is a number or an array of two numbers.");
            }

            values.Add(reader.GetDouble());
        }

        return values;
    }

    public override void Write(Utf8JsonWriter writer, IReadOnlyList<double> value, JsonSerializerOptions options)
    {
        if (value.Count == 1)
        {
            writer.WriteNumberValue(value[0]);
            return;
        }

        writer.WriteStartArray();
        foreach (var number in value)
        {
            writer.WriteNumberValue(number);
        }

        writer.WriteEndArray();
    }
}
