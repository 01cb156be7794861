using System.Text.Json.Serialization;

namespace Scorch.Models.Transformers;

/// <summary>Feed-forward part of a T5; in configuration files under its published name.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<T5Projection>))]
public enum T5Projection
{
    /// <summary>wo(relu(wi x)), of version 1.0.</summary>
    [JsonStringEnumMemberName("relu")]
    Relu,

    /// <summary>wo(gelu(wi_0 x) * wi_1 x), of version 1.1 (Shazeer 2020, arXiv 2002.05202).</summary>
    [JsonStringEnumMemberName("gated-gelu")]
    GatedGelu,

    /// <summary>wo(silu(wi_0 x) * wi_1 x).</summary>
    [JsonStringEnumMemberName("gated-silu")]
    GatedSilu,
}

/// <summary>Shape of a T5 (Raffel et al. 2020, arXiv 1910.10683); properties have the names of published <c>config.json</c> files there. Defaults are the small model's, version 1.0.</summary>
public sealed record T5Config
{
    /// <summary>60 million parameters.</summary>
    public static T5Config Small { get; } = new();

    /// <summary>220 million parameters.</summary>
    public static T5Config Base { get; } = new() { Features = 768, Inner = 3072, Layers = 12, Heads = 12 };

    /// <summary>770 million parameters.</summary>
    public static T5Config Large { get; } = new() { Features = 1024, Inner = 4096, Layers = 24, Heads = 16 };

    /// <summary>Version 1.1 of the base model: gated, untied head, no dropout in pre-training.</summary>
    public static T5Config BaseVersion11 { get; } = Base with { Inner = 2048, Projection = T5Projection.GatedGelu, TiesEmbeddings = false };

    /// <summary>Tokens known.</summary>
    [JsonPropertyName("vocab_size")]
    public int VocabularySize { get; init; } = 32128;

    /// <summary>Features of the hidden states.</summary>
    [JsonPropertyName("d_model")]
    public int Features { get; init; } = 512;

    /// <summary>Features of a head's keys and values.</summary>
    [JsonPropertyName("d_kv")]
    public int HeadFeatures { get; init; } = 64;

    /// <summary>Features between the maps of the feed-forward part.</summary>
    [JsonPropertyName("d_ff")]
    public int Inner { get; init; } = 2048;

    /// <summary>Blocks of the encoder.</summary>
    [JsonPropertyName("num_layers")]
    public int Layers { get; init; } = 6;

    /// <summary>Blocks of the decoder; none for as many as the encoder's.</summary>
    [JsonPropertyName("num_decoder_layers")]
    public int? DecoderLayers { get; init; }

    /// <summary>Attention heads.</summary>
    [JsonPropertyName("num_heads")]
    public int Heads { get; init; } = 8;

    /// <summary>Buckets of distances.</summary>
    [JsonPropertyName("relative_attention_num_buckets")]
    public int Buckets { get; init; } = 32;

    /// <summary>From this distance on there is one bucket.</summary>
    [JsonPropertyName("relative_attention_max_distance")]
    public int MaximumDistance { get; init; } = 128;

    /// <summary>Dropout of embeddings, outputs, attention weights and inner features, in training.</summary>
    [JsonPropertyName("dropout_rate")]
    public double Dropout { get; init; } = 0.1;

    /// <summary>Of the normalisations.</summary>
    [JsonPropertyName("layer_norm_epsilon")]
    public double Epsilon { get; init; } = 1e-6;

    /// <summary>Scales the starting weights.</summary>
    [JsonPropertyName("initializer_factor")]
    public double InitialFactor { get; init; } = 1;

    /// <summary>The feed-forward part.</summary>
    [JsonPropertyName("feed_forward_proj")]
    public T5Projection Projection { get; init; } = T5Projection.Relu;

    /// <summary>Whether the head is the token embeddings, its input scaled by features^-0.5 (version 1.0), else a map of its own (1.1).</summary>
    [JsonPropertyName("tie_word_embeddings")]
    public bool TiesEmbeddings { get; init; } = true;

    /// <summary>Padding, which also begins the decoder's series.</summary>
    [JsonPropertyName("pad_token_id")]
    public int PaddingToken { get; init; }

    /// <summary>Ends a text.</summary>
    [JsonPropertyName("eos_token_id")]
    public int EndToken { get; init; } = 1;

    /// <summary>Begins the decoder's series.</summary>
    [JsonPropertyName("decoder_start_token_id")]
    public int DecoderStartToken { get; init; }

    /// <summary>Run blocks again in the backward pass instead of keeping their insides: less memory for more time.</summary>
    [JsonIgnore]
    public bool GradientCheckpointing { get; init; }

    /// <summary>Parameters of a model of this shape; embeddings that encoder, decoder and head share count once.</summary>
    [JsonIgnore]
    public long ParameterCount
    {
        get
        {
            long features = Features;
            var attention = 4 * features * Heads * HeadFeatures;
            var feedForward = (Projection == T5Projection.Relu ? 2 : 3) * features * Inner;
            var encoder = (Layers * (attention + feedForward + (2 * features))) + features;
            var decoder = (DecoderBlocks * ((2 * attention) + feedForward + (3 * features))) + features;
            return ((TiesEmbeddings ? 1 : 2) * VocabularySize * features) + encoder + decoder + (2L * Buckets * Heads);
        }
    }

    internal int DecoderBlocks => DecoderLayers ?? Layers;

    internal void Validate()
    {
        const string Name = "T5Config";
        foreach (var (what, size) in new[]
        {
            ("the vocabulary", VocabularySize), ("the number of features", Features), ("the features of a head", HeadFeatures), ("the inner size", Inner),
            ("the number of layers", Layers), ("the number of decoder layers", DecoderBlocks), ("the number of heads", Heads),
        })
            ModelParts.RequireSize(Name, what, size);
        ModelParts.RequireSize(Name, "the number of distance buckets", Buckets, 4);
        if (MaximumDistance <= Buckets / 2) throw new ArgumentException($"{Name}: the greatest distance {MaximumDistance} is not above half the {Buckets} buckets; raise it.", nameof(MaximumDistance));
        ModelParts.RequireProbability(Name, "the dropout", Dropout);
        foreach (var token in new[] { PaddingToken, EndToken, DecoderStartToken })
            if (token < 0 || token >= VocabularySize) throw new ArgumentException($"{Name}: the special token {token} lies outside the vocabulary of {VocabularySize}.", nameof(VocabularySize));
    }
}
