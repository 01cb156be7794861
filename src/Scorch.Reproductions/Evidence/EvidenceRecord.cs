using System.Reflection;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Scorch.Reproductions;

/// <summary>One measurement in a file; a value that is not finite is null.</summary>
public sealed record MeasurementRecord(string Claim, int Seed, Arm Arm, double? Value);

/// <summary>Everything that is kept of a run: what was run, on what, with what, what was measured and what it says.</summary>
public sealed record EvidenceRecord
{
    /// <summary>Version of this format.</summary>
    public const int CurrentFormat = 1;

    /// <summary>Version of the format of the file.</summary>
    public required int Format { get; init; }

    /// <summary>The paper's slug.</summary>
    public required string Paper { get; init; }

    /// <summary>How large the run was.</summary>
    public required Scale Scale { get; init; }

    /// <summary>The paired seeds.</summary>
    public required IReadOnlyList<int> Seeds { get; init; }

    /// <summary>When it began.</summary>
    public required DateTimeOffset StartedAt { get; init; }

    /// <summary>How long it took.</summary>
    public required double DurationSeconds { get; init; }

    /// <summary>Version of Scorch.</summary>
    public required string Version { get; init; }

    /// <summary>Commit of the sources; null when the build did not know it.</summary>
    public required string? Commit { get; init; }

    /// <summary>The kind of machine.</summary>
    public required MachineRecord Machine { get; init; }

    /// <summary>Every setting's value.</summary>
    public required IReadOnlyDictionary<string, string> Settings { get; init; }

    /// <summary>The data files that were read.</summary>
    public required IReadOnlyList<DataUse> Data { get; init; }

    /// <summary>The claims with their results.</summary>
    public required IReadOnlyList<ClaimRecord> Claims { get; init; }

    /// <summary>Why the reproduction gave claims up, by their identifiers.</summary>
    public required IReadOnlyDictionary<string, string> NotMeasurable { get; init; }

    /// <summary>Every measurement.</summary>
    public required IReadOnlyList<MeasurementRecord> Measurements { get; init; }

    /// <summary>Remarks of the reproduction.</summary>
    public required IReadOnlyList<string> Notes { get; init; }

    /// <summary>The part that <c>run --json</c> prints.</summary>
    public RunOutput ToOutput() => new()
    {
        Paper = Paper,
        Scale = Scale,
        Seeds = Seeds,
        DurationSeconds = DurationSeconds,
        Claims = Claims,
    };

    /// <summary>The version of Scorch and the commit it was built from, as far as the build knew it.</summary>
    public static (string Version, string? Commit) BuildVersion()
    {
        var text = typeof(EvidenceRecord).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "0.0.0";
        var plus = text.IndexOf('+', StringComparison.Ordinal);
        return plus < 0 ? (text, null) : (text[..plus], text[(plus + 1)..]);
    }
}

/// <summary>What <c>scorch run --json</c> prints.</summary>
public sealed record RunOutput
{
    /// <summary>The paper's slug.</summary>
    public required string Paper { get; init; }

    /// <summary>How large the run was.</summary>
    public required Scale Scale { get; init; }

    /// <summary>The paired seeds.</summary>
    public required IReadOnlyList<int> Seeds { get; init; }

    /// <summary>How long it took.</summary>
    public required double DurationSeconds { get; init; }

    /// <summary>The claims with their results.</summary>
    public required IReadOnlyList<ClaimRecord> Claims { get; init; }

    /// <summary>What a dry run built; left out otherwise.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? DryRun { get; init; }

    /// <summary>One JSON document.</summary>
    public string ToJson() => JsonSerializer.Serialize(this, EvidenceJson.Default.RunOutput);
}

[JsonSourceGenerationOptions(
    JsonSerializerDefaults.Web,
    WriteIndented = true,
    NewLine = "\n",
    UseStringEnumConverter = true,
    NumberHandling = JsonNumberHandling.Strict)]
[JsonSerializable(typeof(EvidenceRecord))]
[JsonSerializable(typeof(EvidenceRecord[]))]
[JsonSerializable(typeof(RunOutput))]
internal sealed partial class EvidenceJson : JsonSerializerContext;
