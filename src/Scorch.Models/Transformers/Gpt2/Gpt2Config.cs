using System.Text.Json.Serialization;

namespace Scorch.Models.Transformers;

/// <summary>Shape of a GPT-2 (Radford et al. 2019); properties have the names of published <c>config.json</c> files there. Defaults are the small model's.</summary>
public sealed record Gpt2Config
{
    /// <summary>117 million parameters as first counted, 124 million in truth.</summary>
    public static Gpt2Config Small { get; } = new();

    /// <summary>355 million parameters.</summary>
    public static Gpt2Config Medium { get; } = new() { Features = 1024, Layers = 24, Heads = 16 };

    /// <summary>774 million parameters.</summary>
    public static Gpt2Config Large { get; } = new() { Features = 1280, Layers = 36, Heads = 20 };

    /// <summary>1.5 thousand million parameters.</summary>
    public static Gpt2Config ExtraLarge { get; } = new() { Features = 1600, Layers = 48, Heads = 25 };

    /// <summary>Tokens known.</summary>
    [JsonPropertyName("vocab_size")]
    public int VocabularySize { get; init; } = 50257;

    /// <summary>The longest sequence.</summary>
    [JsonPropertyName("n_positions")]
    public int Positions { get; init; } = 1024;

    /// <summary>Features of the hidden states.</summary>
    [JsonPropertyName("n_embd")]
    public int Features { get; init; } = 768;

    /// <summary>Blocks.</summary>
    [JsonPropertyName("n_layer")]
    public int Layers { get; init; } = 12;

    /// <summary>Attention heads; they divide the features.</summary>
    [JsonPropertyName("n_head")]
    public int Heads { get; init; } = 12;

    /// <summary>Features between the two maps of the feed-forward part; none for four times the features.</summary>
    [JsonPropertyName("n_inner")]
    public int? Inner { get; init; }

    /// <summary>Of the feed-forward part.</summary>
    [JsonPropertyName("activation_function")]
    public Activation Activation { get; init; } = Activation.GeluTanh;

    /// <summary>Dropout of both parts' outputs, in training.</summary>
    [JsonPropertyName("resid_pdrop")]
    public double ResidualDropout { get; init; } = 0.1;

    /// <summary>Dropout of the embeddings, in training.</summary>
    [JsonPropertyName("embd_pdrop")]
    public double EmbeddingDropout { get; init; } = 0.1;

    /// <summary>Dropout of the attention weights, in training.</summary>
    [JsonPropertyName("attn_pdrop")]
    public double AttentionDropout { get; init; } = 0.1;

    /// <summary>Of the normalisations.</summary>
    [JsonPropertyName("layer_norm_epsilon")]
    public double Epsilon { get; init; } = 1e-5;

    /// <summary>Standard deviation of starting weights; output maps of both parts have 1 / sqrt(2 layers) of it.</summary>
    [JsonPropertyName("initializer_range")]
    public double InitialDeviation { get; init; } = 0.02;

    /// <summary>Run blocks again in the backward pass instead of keeping their insides: less memory for more time.</summary>
    [JsonIgnore]
    public bool GradientCheckpointing { get; init; }

    internal void Validate()
    {
        const string Name = "Gpt2Config";
        ModelParts.RequireSize(Name, "the vocabulary", VocabularySize);
        ModelParts.RequireSize(Name, "the number of positions", Positions);
        ModelParts.RequireSize(Name, "the number of layers", Layers);
        ModelParts.RequireSize(Name, "the inner size", Inner ?? 1);
        ModelParts.RequireHeads(Name, Features, Heads);
        ModelParts.RequireProbability(Name, "the residual dropout", ResidualDropout);
        ModelParts.RequireProbability(Name, "the embedding dropout", EmbeddingDropout);
        ModelParts.RequireProbability(Name, "the attention dropout", AttentionDropout);
    }
}
