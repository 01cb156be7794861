using System.Text.Json.Serialization;
using Scorch.Reproductions;

namespace Scorch.Gallery.Runs;

/// <summary>Where a run of the queue stands.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<RunState>))]
public enum RunState
{
    /// <summary>It waits for those before it.</summary>
    Waiting,

    /// <summary>It is under way.</summary>
    Running,

    /// <summary>It came to its end; evidence and report are there.</summary>
    Finished,

    /// <summary>It ended with an error.</summary>
    Failed,

    /// <summary>Somebody cancelled it.</summary>
    Cancelled,

    /// <summary>The server stopped before it ended.</summary>
    Interrupted,
}

/// <summary>What somebody asks to be run.</summary>
/// <param name="Paper">The paper's slug.</param>
/// <param name="Scale">How large.</param>
/// <param name="SeedCount">How many consecutive seeds; null for the reproduction's default.</param>
/// <param name="FirstSeed">The first seed.</param>
public sealed record RunOrder(string Paper, Scale Scale, int? SeedCount = null, int FirstSeed = 1)
{
    /// <summary>Settings that differ from their defaults, by name.</summary>
    public IReadOnlyDictionary<string, string> Settings { get; init; } = new Dictionary<string, string>();
}

/// <summary>A run of the queue at one moment.</summary>
public sealed record RunEntry
{
    /// <summary>Its name: sixteen hexadecimal digits.</summary>
    public required string Id { get; init; }

    /// <summary>What was asked for.</summary>
    public required RunOrder Order { get; init; }

    /// <summary>Where it stands.</summary>
    public required RunState State { get; init; }

    /// <summary>When it was asked for, in UTC.</summary>
    public required DateTime RequestedAt { get; init; }

    /// <summary>When it began, in UTC; null while it waits.</summary>
    public DateTime? StartedAt { get; init; }

    /// <summary>When it ended, in UTC; null before.</summary>
    public DateTime? EndedAt { get; init; }

    /// <summary>Why it failed or was interrupted; null otherwise.</summary>
    public string? Message { get; init; }

    /// <summary>Whether somebody asked to cancel it; it stops at its next step.</summary>
    public bool IsCancelling { get; init; }

    /// <summary>Whether nothing more will happen to it.</summary>
    [JsonIgnore]
    public bool HasEnded => State is not (RunState.Waiting or RunState.Running);
}

/// <summary>Something that happened to a run.</summary>
/// <param name="Number">Counts the run's news from 1.</param>
/// <param name="State">Where the run stands now.</param>
/// <param name="Message">What it is doing; for an ended run, how it ended.</param>
/// <param name="Fraction">How much is done, 0 to 1; null where that is not known.</param>
public sealed record RunNews(long Number, RunState State, string Message, double? Fraction);

/// <summary>The JSON of the queue's files and events.</summary>
[JsonSourceGenerationOptions(WriteIndented = true, PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, UseStringEnumConverter = true, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(RunEntry))]
internal sealed partial class RunEntryJson : JsonSerializerContext;

/// <summary>The JSON of one line of an event stream.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, UseStringEnumConverter = true)]
[JsonSerializable(typeof(RunNews))]
internal sealed partial class RunNewsJson : JsonSerializerContext;
