using Scorch.Modules;

namespace Scorch.Models.Transformers;

/// <summary>Where a feed-forward part sits.</summary>
/// <param name="Layer">Its block, from 0.</param>
/// <param name="IsDecoder">Whether the block is causal: a decoder's, or a language model's.</param>
/// <param name="Features">Features of the hidden states.</param>
/// <param name="CreateDefault">Makes what the layout has there; an adapter wraps it.</param>
public sealed record FeedForwardSite(int Layer, bool IsDecoder, int Features, Func<FeedForward> CreateDefault);

/// <summary>An interchangeable feed-forward part of a block: experts, hash layers, adapters.</summary>
/// <remarks>A replacement derives from this and comes in through <see cref="TransformerParts.FeedForward"/>.</remarks>
public abstract class FeedForward : Module
{
    /// <summary>Maps every position by itself.</summary>
    /// <param name="hidden">[batch, time, features], normalised where the layout normalises first.</param>
    /// <param name="context">Tokens, mask and further inputs; takes losses.</param>
    /// <returns>Of the same shape, before the residual sum.</returns>
    public abstract Tensor Forward(Tensor hidden, TransformerContext context);
}

/// <summary>Replacements of a layout's parts; each is asked once a block.</summary>
/// <example><code>
/// // Experts in every other block, the published part elsewhere.
/// var parts = new TransformerParts { FeedForward = site => site.Layer % 2 == 1 ? new Experts(site.Features) : site.CreateDefault() };
/// </code></example>
public sealed record TransformerParts
{
    /// <summary>Makes a block's feed-forward part.</summary>
    public Func<FeedForwardSite, FeedForward> FeedForward { get; init; } = site => site.CreateDefault();

    /// <summary>Makes an attention part.</summary>
    public Func<AttentionSite, Attention> Attention { get; init; } = site => site.CreateDefault();

    internal static TransformerParts Published { get; } = new();
}
