using System.Text.Json.Serialization;

namespace Scorch.Models.Transformers;

/// <summary>Shape of a BERT (Devlin et al. 2019, arXiv 1810.04805); properties have the names of published <c>config.json</c> files there. Defaults are the base model's, uncased.</summary>
public sealed record BertConfig
{
    /// <summary>110 million parameters.</summary>
    public static BertConfig Base { get; } = new();

    /// <summary>340 million parameters.</summary>
    public static BertConfig Large { get; } = new() { Features = 1024, Layers = 24, Heads = 16, Inner = 4096 };

    /// <summary>Tokens known.</summary>
    [JsonPropertyName("vocab_size")]
    public int VocabularySize { get; init; } = 30522;

    /// <summary>Features of the hidden states.</summary>
    [JsonPropertyName("hidden_size")]
    public int Features { get; init; } = 768;

    /// <summary>Blocks.</summary>
    [JsonPropertyName("num_hidden_layers")]
    public int Layers { get; init; } = 12;

    /// <summary>Attention heads; they divide the features.</summary>
    [JsonPropertyName("num_attention_heads")]
    public int Heads { get; init; } = 12;

    /// <summary>Features between the maps of the feed-forward part.</summary>
    [JsonPropertyName("intermediate_size")]
    public int Inner { get; init; } = 3072;

    /// <summary>Of the feed-forward part and the head for masked tokens.</summary>
    [JsonPropertyName("hidden_act")]
    public Activation Activation { get; init; } = Activation.Gelu;

    /// <summary>Dropout of embeddings and outputs, in training.</summary>
    [JsonPropertyName("hidden_dropout_prob")]
    public double HiddenDropout { get; init; } = 0.1;

    /// <summary>Dropout of the attention weights, in training.</summary>
    [JsonPropertyName("attention_probs_dropout_prob")]
    public double AttentionDropout { get; init; } = 0.1;

    /// <summary>The longest sequence.</summary>
    [JsonPropertyName("max_position_embeddings")]
    public int Positions { get; init; } = 512;

    /// <summary>Segments told apart.</summary>
    [JsonPropertyName("type_vocab_size")]
    public int Segments { get; init; } = 2;

    /// <summary>Of the normalisations.</summary>
    [JsonPropertyName("layer_norm_eps")]
    public double Epsilon { get; init; } = 1e-12;

    /// <summary>Standard deviation of starting weights, drawn from a normal that is cut at twice as much.</summary>
    [JsonPropertyName("initializer_range")]
    public double InitialDeviation { get; init; } = 0.02;

    /// <summary>Run blocks again in the backward pass instead of keeping their insides: less memory for more time.</summary>
    [JsonIgnore]
    public bool GradientCheckpointing { get; init; }

    internal void Validate()
    {
        const string Name = "BertConfig";
        ModelParts.RequireSize(Name, "the vocabulary", VocabularySize);
        ModelParts.RequireSize(Name, "the number of layers", Layers);
        ModelParts.RequireSize(Name, "the inner size", Inner);
        ModelParts.RequireSize(Name, "the number of positions", Positions);
        ModelParts.RequireSize(Name, "the number of segments", Segments);
        ModelParts.RequireHeads(Name, Features, Heads);
        ModelParts.RequireProbability(Name, "the hidden dropout", HiddenDropout);
        ModelParts.RequireProbability(Name, "the attention dropout", AttentionDropout);
    }
}
