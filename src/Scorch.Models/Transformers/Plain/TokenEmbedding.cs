using Scorch.Modules;

namespace Scorch.Models.Transformers;

/// <summary>Tokens to vectors, times sqrt(features), plus their places (Vaswani et al. 2017, section 3.4); turned around, a head.</summary>
public sealed class TokenEmbedding : Module
{
    private readonly TransformerConfig config;
    private readonly int vocabulary;

    internal TokenEmbedding(TransformerConfig config, int vocabulary, RandomSource random)
    {
        config.Validate();
        ModelParts.RequireSize("TransformerConfig", "the vocabulary", vocabulary);
        (this.config, this.vocabulary) = (config, vocabulary);
        var deviation = 1 / Math.Sqrt(config.Features);
        Tokens = ModelParts.Embedding(vocabulary, config.Features, deviation, random);
        if (config.Positions == TransformerPositions.Learned) Positions = ModelParts.Embedding(config.MaximumLength, config.Features, deviation, random);
        OutputDropout = ModelParts.Dropout(config.Dropout, random);
    }

    /// <summary>[vocabulary, features].</summary>
    public Embedding Tokens { get; }

    /// <summary>[positions, features], where they are trained.</summary>
    public Embedding? Positions { get; }

    /// <summary>After the sum, if any.</summary>
    public Dropout? OutputDropout { get; }

    internal int MaximumLength => config.Positions == TransformerPositions.None ? int.MaxValue : config.MaximumLength;

    /// <summary>Embeds new tokens; the mask covers earlier ones too.</summary>
    internal Tensor Forward(Tensor tokenIds, Tensor? mask, int past)
    {
        var (batch, time) = (tokenIds.Shape[0], tokenIds.Shape[1]);
        TokenIds.RequirePositions("Transformer", past + time, MaximumLength);
        var vectors = Tokens.Forward(tokenIds) * Math.Sqrt(config.Features);
        var places = TokenIds.Places(mask, batch, past, time);
        return (config.Positions switch
        {
            TransformerPositions.None => vectors,
            TransformerPositions.Learned => vectors + Positions!.Forward(places),
            TransformerPositions.Sinusoidal => vectors + Transformers.Positions.Sinusoidal(past + time, config.Features, vectors.DataType).Embedding(places),
            _ => throw new InvalidOperationException($"TransformerConfig: positions {config.Positions} are none of the named ones."),
        }).Dropped(OutputDropout);
    }

    internal void Require(Tensor tokenIds, Tensor? mask) => TokenIds.Require("Transformer", tokenIds, vocabulary, mask);

    /// <summary>Logits of hidden states by the transposed table.</summary>
    internal Tensor Head(Tensor hidden) => hidden.Affine(Tokens.Weight);
}
