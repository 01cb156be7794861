using System.Text.Json.Serialization;

namespace Scorch.Language.TransformerSurvey;

/// <summary>Where in a Transformer a module goes.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<ModuleSlot>))]
public enum ModuleSlot
{
    /// <summary>What mixes positions.</summary>
    [JsonStringEnumMemberName("attention")]
    Attention,

    /// <summary>How the order of tokens enters.</summary>
    [JsonStringEnumMemberName("position")]
    Position,

    /// <summary>Normalisation, and where it stands.</summary>
    [JsonStringEnumMemberName("norm")]
    Norm,

    /// <summary>What maps every position by itself.</summary>
    [JsonStringEnumMemberName("feed-forward")]
    FeedForward,

    /// <summary>How layers are put together.</summary>
    [JsonStringEnumMemberName("topology")]
    Topology,
}

/// <summary>How a position scheme acts; an attention supports kinds up to one.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<PositionReach>))]
public enum PositionReach
{
    /// <summary>On the input of the first layer alone: every attention takes it.</summary>
    [JsonStringEnumMemberName("input")]
    Input,

    /// <summary>On queries and keys.</summary>
    [JsonStringEnumMemberName("queries-and-keys")]
    QueriesAndKeys,

    /// <summary>On the scores of pairs.</summary>
    [JsonStringEnumMemberName("scores")]
    Scores,
}

/// <summary>How a cost grows with the sequence length T at fixed width D.</summary>
/// <param name="Text">In the field's notation, such as <c>T^2 D</c>.</param>
/// <param name="Exponent">Of T; a logarithm counts as 0.</param>
public sealed record GrowthOrder(string Text, double Exponent)
{
    /// <inheritdoc/>
    public override string ToString() => $"O({Text})";
}

/// <summary>A number that a module's user may choose.</summary>
/// <param name="Name">As written in a specification.</param>
/// <param name="Default">Taken where it is left out.</param>
/// <param name="Description">What it means.</param>
/// <param name="Minimum">The least allowed.</param>
/// <param name="Maximum">The greatest allowed.</param>
/// <param name="IsWhole">Whether it must be a whole number.</param>
/// <param name="IsSize">Whether trained numbers or buffers have this size.</param>
public sealed record ModuleOption(string Name, double Default, string Description, double Minimum = 1, double Maximum = 1 << 20, bool IsWhole = true, bool IsSize = false);

/// <summary>When a module computes exactly what full attention does; tests and the reproduction hold every module to it.</summary>
/// <param name="When">The condition in words.</param>
/// <param name="Options">Option values that meet it, for a sequence of T tokens.</param>
/// <param name="Tolerance">Greatest difference of outputs in float64.</param>
/// <param name="LongestSequence">Holds up to this length only.</param>
public sealed record FullAttentionReduction(string When, Func<int, IReadOnlyDictionary<string, double>> Options, double Tolerance = 1e-10, int LongestSequence = int.MaxValue);

/// <summary>A module of the taxonomy: its name, source, cost and abilities.</summary>
public record ModuleCard
{
    /// <summary>As written in a specification; unique within its slot.</summary>
    public required string Name { get; init; }

    /// <summary>Where it goes.</summary>
    public required ModuleSlot Slot { get; init; }

    /// <summary>The group of the survey that it belongs to.</summary>
    public required string Family { get; init; }

    /// <summary>The paper that describes it.</summary>
    public required string Reference { get; init; }

    /// <summary>What it computes.</summary>
    public required string Equation { get; init; }

    /// <summary>Operations of the mechanism, its linear maps of single positions apart (every attention has O(T D^2) of those).</summary>
    public required GrowthOrder TimeOrder { get; init; }

    /// <summary>Numbers that the mechanism holds at once, as its paper counts them.</summary>
    public required GrowthOrder MemoryOrder { get; init; }

    /// <summary>Whether no output depends on a later token when a causal mask is given.</summary>
    public bool SupportsCausal { get; init; } = true;

    /// <summary>Whether it is softmax attention over the keys it looks at, without approximation; true for what is no attention.</summary>
    public bool IsExact { get; init; } = true;

    /// <summary>What it gives up for its cost, or what it adds.</summary>
    public string Trade { get; init; } = "";

    /// <summary>When it equals full attention; none where it never does.</summary>
    public FullAttentionReduction? ReducesToFullWhen { get; init; }

    /// <summary>What its user may choose.</summary>
    public IReadOnlyList<ModuleOption> Options { get; init; } = [];
}
