using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using Scorch.Checkpoints;
using Scorch.Text;

namespace Scorch.Language.ZeroShotDst;

/// <summary>Scores of one slot.</summary>
/// <param name="Slot">Its name.</param>
/// <param name="Accuracy">The share of turns in which it is right, empty ones counted.</param>
/// <param name="Active">Precision and recall of its values.</param>
/// <param name="Filled">Turns in which it has a value.</param>
public sealed record SlotReport(string Slot, double Accuracy, PrecisionRecall Active, int Filled);

/// <summary>How well a tracker followed a service, and under which convention that was counted.</summary>
public sealed record DstReport
{
    /// <summary>The tracker.</summary>
    public required string Tracker { get; init; }

    /// <summary>The data with its version.</summary>
    public required string Data { get; init; }

    /// <summary>The service, or several joined by commas.</summary>
    public required string Service { get; init; }

    /// <summary>The convention in words.</summary>
    public required string Convention { get; init; }

    /// <summary>Rules by which values were brought to one form.</summary>
    public required IReadOnlyList<string> Normalization { get; init; }

    /// <summary>Whether a copy head, which the paper lacks, was on; none where the tracker has no such thing.</summary>
    public required bool? UsesCopyHead { get; init; }

    /// <summary>Dialogs.</summary>
    public required int Dialogs { get; init; }

    /// <summary>User turns that count.</summary>
    public required int Turns { get; init; }

    /// <summary>The share of turns with every slot right.</summary>
    public required double JointGoalAccuracy { get; init; }

    /// <summary>What saying nothing always would reach: read the other figure beside this one.</summary>
    public required double AlwaysNoneJointGoalAccuracy { get; init; }

    /// <summary>The share of slots that are right, empty ones counted.</summary>
    public required double SlotAccuracy { get; init; }

    /// <summary>Precision and recall of values; empty slots count on neither side.</summary>
    public required PrecisionRecall Active { get; init; }

    /// <summary>The share of turns with a value that nobody said up to there; "don't care", yes and no aside.</summary>
    public required double HallucinatedTurns { get; init; }

    /// <summary>The share of predicted values that nobody said up to there.</summary>
    public required double HallucinatedValues { get; init; }

    /// <summary>User turns whose history was cut from the left.</summary>
    public required int TruncatedTurns { get; init; }

    /// <summary>For each dialog the first wrong one of its counted turns, from 0; -1 where none is.</summary>
    public required IReadOnlyList<int> FirstWrongTurn { get; init; }

    /// <summary>Scores by slot.</summary>
    public required IReadOnlyList<SlotReport> Slots { get; init; }

    /// <summary>The report in lines.</summary>
    public override string ToString()
    {
        var culture = CultureInfo.InvariantCulture;
        var text = new StringBuilder();
        text.AppendLine(culture, $"{Tracker} on {Service}, {Data}: {Dialogs} dialogs, {Turns} user turns{(UsesCopyHead is { } copy ? copy ? "; copy head on" : "; copy head off" : "")}");
        text.AppendLine(culture, $"  joint goal accuracy {100 * JointGoalAccuracy:F2}% (always none {100 * AlwaysNoneJointGoalAccuracy:F2}%), slot accuracy {100 * SlotAccuracy:F2}%");
        text.AppendLine(culture, $"  active slots: F1 {100 * Active.F1:F2}, precision {100 * Active.Precision:F2}, recall {100 * Active.Recall:F2}");
        text.AppendLine(culture, $"  values that nobody said: {100 * HallucinatedValues:F1}% of values, in {100 * HallucinatedTurns:F1}% of turns; histories cut in {TruncatedTurns} turns");
        foreach (var slot in Slots) text.AppendLine(culture, $"    {slot.Slot,-28} accuracy {100 * slot.Accuracy,6:F2}  F1 {100 * slot.Active.F1,6:F2}  filled in {slot.Filled} turns");
        text.AppendLine(culture, $"  convention: {Convention}");
        text.Append(culture, $"  values compared after: {string.Join(" | ", Normalization)}");
        return text.ToString();
    }

    /// <summary>Writes the report as JSON.</summary>
    /// <param name="path">The file; it appears whole or not at all.</param>
    public void Save(string path) => AtomicFile.WriteText(path, JsonSerializer.Serialize(this, DstReportJson.Default.DstReport));
}

[JsonSourceGenerationOptions(WriteIndented = true, PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(DstReport))]
internal sealed partial class DstReportJson : JsonSerializerContext;
