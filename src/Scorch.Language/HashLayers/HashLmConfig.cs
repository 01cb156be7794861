using System.Text.Json.Serialization;
using Scorch.Language.SwitchTransformers;

namespace Scorch.Language.HashLayers;

/// <summary>What stands in the blocks named by <see cref="HashLmConfig.HashLayers"/>.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<SparseLayerKind>))]
public enum SparseLayerKind
{
    /// <summary>A hash layer.</summary>
    [JsonStringEnumMemberName("hash")]
    Hash,

    /// <summary>A switch layer: learned routing with a balance loss.</summary>
    [JsonStringEnumMemberName("switch")]
    Switch,

    /// <summary>A BASE layer: learned routing with balanced assignment.</summary>
    [JsonStringEnumMemberName("base")]
    Base,
}

/// <summary>Shape of a language model around its sparse layers.</summary>
/// <param name="Vocabulary">Tokens known.</param>
/// <param name="Layers">Blocks.</param>
/// <param name="Heads">Attention heads.</param>
public sealed record HashLmConfig(int Vocabulary, int Layers, int Heads)
{
    /// <summary>Tokens that a prediction may look back on.</summary>
    public int Context { get; init; } = 128;

    /// <summary>Blocks, from 0, whose feed-forward part is sparse; none for a dense model.</summary>
    public IReadOnlyList<int> HashLayers { get; init; } = [];

    /// <summary>How often the blocks run with the same weights: the paper's ladder.</summary>
    public int Ladder { get; init; } = 1;

    /// <summary>Dropout of embeddings and parts' outputs, in training.</summary>
    public double Dropout { get; init; }

    /// <summary>Checks what the blocks are asked for.</summary>
    /// <exception cref="ArgumentException">A setting is impossible; the message names it.</exception>
    public void Validate()
    {
        if (Vocabulary < 1) throw new ArgumentException($"HashLmConfig: Vocabulary is {Vocabulary}; it must be at least 1.", nameof(Vocabulary));
        if (Layers < 1) throw new ArgumentException($"HashLmConfig: Layers is {Layers}; it must be at least 1.", nameof(Layers));
        if (Context < 1) throw new ArgumentException($"HashLmConfig: Context is {Context}; it must be at least 1.", nameof(Context));
        if (Ladder < 1) throw new ArgumentException($"HashLmConfig: Ladder is {Ladder}; it must be at least 1.", nameof(Ladder));
        if (HashLayers is null) throw new ArgumentException("HashLmConfig: HashLayers is missing; give the blocks, or an empty list.", nameof(HashLayers));
        foreach (var layer in HashLayers)
            if (layer < 0 || layer >= Layers) throw new ArgumentException($"HashLmConfig: there is no block {layer} among {Layers}: 0..{Layers - 1}.", nameof(HashLayers));
        if (HashLayers.Distinct().Count() != HashLayers.Count) throw new ArgumentException($"HashLmConfig: HashLayers names a block twice: {string.Join(", ", HashLayers)}.", nameof(HashLayers));
    }
}

/// <summary>Everything that shapes a <see cref="HashLanguageModel"/>, its hashes aside.</summary>
/// <param name="Language">Around the sparse layers.</param>
/// <param name="Layer">Of the sparse layers; features and inner size are those of dense parts too.</param>
/// <param name="Kind">What the sparse layers are.</param>
public sealed record HashModelConfig(HashLmConfig Language, HashLayerConfig Layer, SparseLayerKind Kind = SparseLayerKind.Hash)
{
    /// <summary>alpha of switch layers.</summary>
    public double BalanceWeight { get; init; } = 0.1;

    /// <summary>The switch layer of the same shape.</summary>
    internal SwitchConfig Switch() => new()
    {
        ModelDim = Layer.ModelDim,
        FfDim = Layer.FfDim,
        Experts = Layer.Buckets,
        AuxLossWeight = BalanceWeight,
        HasBiases = Layer.HasBiases,
        ExpertDropout = Layer.Dropout,
    };
}
