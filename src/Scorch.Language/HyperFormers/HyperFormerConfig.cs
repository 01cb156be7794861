using System.Text.Json.Serialization;

namespace Scorch.Language.HyperFormers;

/// <summary>What the layers of a stack share of the networks that generate their adapters.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<HyperSharing>))]
public enum HyperSharing
{
    /// <summary>Every layer has generators of its own, conditioned on the task alone (HyperFormer, the paper's section 3).</summary>
    PerLayer,

    /// <summary>One set of generators for feed-forward adapters, one for attention adapters, conditioned on task and layer (the authors' <c>unique_hyper_net</c>).</summary>
    PerPosition,

    /// <summary>One set of generators, conditioned on task, layer and position (HyperFormer++).</summary>
    Full,
}

/// <summary>Where an adapter sits in a block; the numbers are the rows of the position embedding.</summary>
public enum AdapterPosition
{
    /// <summary>After the feed-forward part.</summary>
    FeedForward = 0,

    /// <summary>After the self-attention.</summary>
    SelfAttention = 1,
}

/// <summary>Sizes of the adapters and of the networks that generate them; defaults are the paper's for T5-base.</summary>
public sealed record HyperFormerConfig
{
    private const int MostFeatures = 1 << 16;

    /// <summary>Features d of the backbone's hidden states.</summary>
    public int ModelDim { get; init; } = 768;

    /// <summary>The reduction factor r: adapters have d / r features inside; it divides d.</summary>
    public int Reduction { get; init; } = 32;

    /// <summary>Features of the embeddings of tasks, layers and positions.</summary>
    public int TaskDim { get; init; } = 64;

    /// <summary>Features between the two maps of the task projector.</summary>
    public int HiddenDim { get; init; } = 128;

    /// <summary>Features of the projected embedding from which weights are generated.</summary>
    public int ProjectedDim { get; init; } = 64;

    /// <summary>What layers share.</summary>
    public HyperSharing Sharing { get; init; } = HyperSharing.Full;

    /// <summary>Whether the backbone's normalisations are trained too, as in the paper.</summary>
    public bool TrainsLayerNorms { get; init; } = true;

    /// <summary>Features inside an adapter, d / r.</summary>
    [JsonIgnore]
    public int Bottleneck => ModelDim / Reduction;

    /// <summary>Checks the sizes.</summary>
    /// <exception cref="ArgumentException">A size is out of range, or the reduction does not divide the features.</exception>
    public void Validate()
    {
        foreach (var (name, value) in new[] { (nameof(ModelDim), ModelDim), (nameof(TaskDim), TaskDim), (nameof(HiddenDim), HiddenDim), (nameof(ProjectedDim), ProjectedDim) })
            if (value is < 1 or > MostFeatures) throw new ArgumentException($"HyperFormerConfig: {name} is {value}; give 1 to {MostFeatures}.", name);
        RequireReduction(ModelDim, Reduction);
        if (!Enum.IsDefined(Sharing)) throw new ArgumentException($"HyperFormerConfig: Sharing is {Sharing}; give PerLayer, PerPosition or Full.", nameof(Sharing));
    }

    internal static void RequireReduction(int features, int reduction)
    {
        if (reduction < 1 || features % reduction != 0)
            throw new ArgumentException($"Reduction: {reduction} does not divide the {features} features; choose a divisor.", nameof(reduction));
    }

    internal void RequireFeatures(int features)
    {
        if (ModelDim != features) throw new ArgumentException($"HyperFormerConfig: ModelDim is {ModelDim}, the backbone has {features} features; give ModelDim = {features}.", nameof(ModelDim));
    }
}
