using System.Text.Json;
using System.Text.Json.Serialization;

namespace Scorch.Language.TransformerSurvey;

/// <summary>A Transformer variant: sizes, and a module for each slot.</summary>
/// <remarks>As JSON, modules are strings such as <c>"bigbird(window=16)"</c>.</remarks>
public sealed record XformerSpec
{
    /// <summary>Features of the hidden states, D.</summary>
    public int Dim { get; init; } = 128;

    /// <summary>Layers.</summary>
    public int Layers { get; init; } = 4;

    /// <summary>Heads; they divide the features.</summary>
    public int Heads { get; init; } = 4;

    /// <summary>The attention.</summary>
    public ModuleSpec Attention { get; init; } = Attentions.Full();

    /// <summary>The positions.</summary>
    public ModuleSpec Position { get; init; } = PositionSchemes.Sinusoidal();

    /// <summary>The normalisation and its place.</summary>
    public ModuleSpec Norm { get; init; } = Norms.PreLayerNorm();

    /// <summary>The feed-forward part.</summary>
    public ModuleSpec FeedForward { get; init; } = FeedForwards.Relu();

    /// <summary>How layers are put together.</summary>
    public ModuleSpec Topology { get; init; } = Topologies.Encoder();

    /// <summary>The longest sequence, for modules that have a table of that size.</summary>
    public int MaximumLength { get; init; } = 512;

    /// <summary>Dropout of each sublayer's result, in training.</summary>
    public double Dropout { get; init; }

    /// <summary>Reads a specification file.</summary>
    /// <param name="path">JSON; what it leaves out keeps its default.</param>
    /// <exception cref="ArgumentException">It is no specification, or names an unknown module; the nearest is suggested.</exception>
    public static XformerSpec Load(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        if (new FileInfo(path) is { Exists: true, Length: > 1 << 20 }) throw new ArgumentException($"{path}: a specification is no larger than a megabyte; give a JSON file with fields such as \"attention\".", nameof(path));
        return Parse(File.ReadAllText(path), path);
    }

    /// <summary>Reads a specification.</summary>
    /// <param name="json">JSON; what it leaves out keeps its default.</param>
    /// <param name="name">Of the text, in errors.</param>
    /// <exception cref="ArgumentException">It is no specification, or names an unknown module; the nearest is suggested.</exception>
    public static XformerSpec Parse(string json, string name = "specification")
    {
        ArgumentNullException.ThrowIfNull(json);
        try
        {
            var given = JsonSerializer.Deserialize(json, SurveyJson.Default.XformerSpecFields) ?? throw new ArgumentException($"{name}: it is empty; give an object with fields such as \"attention\".", nameof(json));
            var spec = given.Over(new());
            spec.Validate();
            return spec;
        }
        catch (JsonException error)
        {
            throw new ArgumentException($"{name}: {error.Message} Fields are dim, layers, heads, attention, position, norm, feedForward, topology, maximumLength, dropout.", nameof(json), error);
        }
    }

    /// <summary>As <see cref="Parse"/> reads it.</summary>
    public string ToJson() => JsonSerializer.Serialize(this, SurveyJson.Default.XformerSpec);

    /// <summary>Checks sizes, names, options and combinations.</summary>
    /// <exception cref="ArgumentException">Something is impossible; the message names it and what would be possible.</exception>
    public void Validate() => Resolve();

    internal ResolvedSpec Resolve()
    {
        SurveyParts.RequireHeads(nameof(XformerSpec), Dim, Heads);
        if (Layers < 1) throw new ArgumentException($"XformerSpec: {Layers} layers; give at least 1.", nameof(Layers));
        if (MaximumLength < 1) throw new ArgumentException($"XformerSpec: MaximumLength is {MaximumLength}; it must be at least 1.", nameof(MaximumLength));
        if (!(Dropout is >= 0 and < 1)) throw new ArgumentException($"XformerSpec: Dropout is {Dropout}; it lies in [0, 1).", nameof(Dropout));
        foreach (var (slot, choice) in new[] { ("attention", Attention), ("position", Position), ("norm", Norm), ("feedForward", FeedForward), ("topology", Topology) })
            if (choice is null) throw new ArgumentException($"XformerSpec: {slot} is null; name a module, or leave the field out.", slot);
        var cards = new ResolvedSpec(
            Taxonomy.Attention(Attention.Name), Taxonomy.Position(Position.Name), Taxonomy.Norm(Norm.Name), Taxonomy.FeedForward(FeedForward.Name), Taxonomy.Topology(Topology.Name));
        foreach (var (card, choice) in new (ModuleCard, ModuleSpec)[] { (cards.Attention, Attention), (cards.Position, Position), (cards.Norm, Norm), (cards.FeedForward, FeedForward), (cards.Topology, Topology) })
            _ = new ModuleOptions(card, choice);
        if (cards.Topology.IsCausal && !cards.Attention.SupportsCausal) throw XformerAttention.NotCausal(cards.Attention);
        if (cards.Topology.HasMemory && cards.Position is { Reach: PositionReach.Input } and not { Name: "none" })
            throw new ArgumentException($"{cards.Topology.Name}: positions '{cards.Position.Name}' start anew in each segment, so that its memory could not be told from it; choose {string.Join(", ", PositionCatalog.All.Where(card => card.Reach > PositionReach.Input).Select(card => card.Name))}.", nameof(Position));
        return cards;
    }

    internal ModuleSite Site(ModuleCard card, ModuleSpec choice, int layer, RandomSource random) => new()
    {
        Card = card,
        Options = new(card, choice),
        Features = Dim,
        Heads = Heads,
        Random = random,
        MaximumLength = MaximumLength,
        Layer = layer,
    };
}

/// <summary>Fields of a specification as a file gives them: those left out are null.</summary>
internal sealed class XformerSpecFields
{
    public int? Dim { get; set; }

    public int? Layers { get; set; }

    public int? Heads { get; set; }

    public ModuleSpec? Attention { get; set; }

    public ModuleSpec? Position { get; set; }

    public ModuleSpec? Norm { get; set; }

    public ModuleSpec? FeedForward { get; set; }

    public ModuleSpec? Topology { get; set; }

    public int? MaximumLength { get; set; }

    public double? Dropout { get; set; }

    public XformerSpec Over(XformerSpec otherwise) => otherwise with
    {
        Dim = Dim ?? otherwise.Dim,
        Layers = Layers ?? otherwise.Layers,
        Heads = Heads ?? otherwise.Heads,
        Attention = Attention ?? otherwise.Attention,
        Position = Position ?? otherwise.Position,
        Norm = Norm ?? otherwise.Norm,
        FeedForward = FeedForward ?? otherwise.FeedForward,
        Topology = Topology ?? otherwise.Topology,
        MaximumLength = MaximumLength ?? otherwise.MaximumLength,
        Dropout = Dropout ?? otherwise.Dropout,
    };
}

/// <summary>The cards that a specification names.</summary>
internal sealed record ResolvedSpec(AttentionCard Attention, PositionCard Position, NormCard Norm, FeedForwardCard FeedForward, TopologyCard Topology);

/// <summary>JSON of the taxonomy.</summary>
[JsonSourceGenerationOptions(WriteIndented = true, PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow)]
[JsonSerializable(typeof(XformerSpec))]
[JsonSerializable(typeof(XformerSpecFields))]
[JsonSerializable(typeof(XformerLanguageConfig))]
[JsonSerializable(typeof(ModuleRow[]))]
[JsonSerializable(typeof(ScalingReport))]
[JsonSerializable(typeof(SurveyTrainReport))]
internal sealed partial class SurveyJson : JsonSerializerContext;
