using Scorch.Models.Generation;
using Scorch.Modules;

namespace Scorch.Models.Transformers;

/// <summary>A plain encoder: tokens to hidden states that see the whole sequence.</summary>
public sealed class TransformerTextEncoder : Module
{
    /// <summary>A model with random weights.</summary>
    /// <param name="config">Its shape.</param>
    /// <param name="vocabulary">Tokens known.</param>
    /// <param name="random">Draws weights and dropout.</param>
    /// <param name="parts">Replacements of its parts, if any.</param>
    /// <exception cref="ArgumentException">The configuration is impossible.</exception>
    public TransformerTextEncoder(TransformerConfig config, int vocabulary, RandomSource random, TransformerParts? parts = null)
    {
        ArgumentNullException.ThrowIfNull(config);
        ArgumentNullException.ThrowIfNull(random);
        (Embedding, Encoder) = (new(config, vocabulary, random), new(config, random, parts: parts));
    }

    /// <summary>Tokens and places.</summary>
    public TokenEmbedding Embedding { get; }

    /// <summary>The blocks.</summary>
    public TransformerStack Encoder { get; }

    /// <summary>Hidden states of tokens.</summary>
    /// <param name="tokenIds">Int64 [batch, time].</param>
    /// <param name="mask">Bool [batch, time]: true where a token is real.</param>
    /// <param name="context">Further inputs for replaced parts, and where their losses go.</param>
    /// <returns>[batch, time, features].</returns>
    /// <exception cref="ArgumentException">An id lies outside the vocabulary, the sequence is too long, or shapes differ.</exception>
    public Tensor Forward(Tensor tokenIds, Tensor? mask = null, TransformerContext? context = null)
    {
        Embedding.Require(tokenIds, mask);
        return Encoder.Run(Embedding.Forward(tokenIds, mask, 0), mask, null, null, (context ?? new()).For(tokenIds, mask), null);
    }
}

/// <summary>A plain language model: a causal stack whose head shares the token embeddings.</summary>
public sealed class TransformerLanguageModel : Module, IAutoregressiveModel
{
    /// <summary>A model with random weights.</summary>
    /// <param name="config">Its shape.</param>
    /// <param name="vocabulary">Tokens known.</param>
    /// <param name="random">Draws weights and dropout.</param>
    /// <param name="parts">Replacements of its parts, if any.</param>
    /// <exception cref="ArgumentException">The configuration is impossible.</exception>
    public TransformerLanguageModel(TransformerConfig config, int vocabulary, RandomSource random, TransformerParts? parts = null)
    {
        ArgumentNullException.ThrowIfNull(config);
        ArgumentNullException.ThrowIfNull(random);
        VocabularySize = vocabulary;
        (Embedding, Decoder) = (new(config, vocabulary, random), new(config, random, isCausal: true, parts: parts));
    }

    /// <summary>Tokens and places.</summary>
    public TokenEmbedding Embedding { get; }

    /// <summary>The blocks.</summary>
    public TransformerStack Decoder { get; }

    /// <inheritdoc/>
    public int VocabularySize { get; }

    /// <inheritdoc/>
    public int MaximumLength => Embedding.MaximumLength;

    /// <inheritdoc/>
    public bool ContinuesPrompt => true;

    /// <summary>Logits of the token after each.</summary>
    /// <param name="tokenIds">Int64 [batch, time].</param>
    /// <param name="mask">Bool [batch, time]: true where a token is real; padding may stand on either side.</param>
    /// <param name="context">Further inputs for replaced parts, and where their losses go.</param>
    /// <returns>[batch, time, vocabulary].</returns>
    /// <exception cref="ArgumentException">An id lies outside the vocabulary, the sequence is too long, or shapes differ.</exception>
    public Tensor Forward(Tensor tokenIds, Tensor? mask = null, TransformerContext? context = null)
    {
        Embedding.Require(tokenIds, mask);
        return Embedding.Head(Run(tokenIds, mask, context ?? new(), null));
    }

    /// <inheritdoc/>
    public IDecodingSession Begin(IReadOnlyList<IReadOnlyList<long>> prompts, bool useCache = true)
    {
        ModelSessions.RequireEvaluation("Transformer", this);
        var held = useCache && Decoder.SupportsCache ? new StackCache(Decoder.Passes) : null;
        return new DecoderOnlySession("Transformer", prompts, VocabularySize, held, (ids, mask, cache) =>
            Embedding.Head(Run(ids, mask, new(), cache).Narrow(1, ids.Shape[1] - 1, 1)).Squeeze(1));
    }

    private Tensor Run(Tensor tokenIds, Tensor? mask, TransformerContext context, StackCache? cache)
    {
        var past = cache?.Length ?? 0;
        return Decoder.Run(Embedding.Forward(tokenIds, mask, past), mask, null, null, context.For(tokenIds, mask, cache), cache);
    }
}

/// <summary>A plain encoder and decoder of one vocabulary; embeddings and head are shared (Vaswani et al. 2017).</summary>
public sealed class TransformerTranslator : Module, IAutoregressiveModel
{
    private readonly long start;

    /// <summary>A model with random weights.</summary>
    /// <param name="config">Its shape; encoder and decoder have as many layers.</param>
    /// <param name="vocabulary">Tokens known.</param>
    /// <param name="startToken">Begins the decoder's series.</param>
    /// <param name="random">Draws weights and dropout.</param>
    /// <param name="parts">Replacements of its parts, if any.</param>
    /// <exception cref="ArgumentException">The configuration is impossible, or the start token unknown.</exception>
    public TransformerTranslator(TransformerConfig config, int vocabulary, long startToken, RandomSource random, TransformerParts? parts = null)
    {
        ArgumentNullException.ThrowIfNull(config);
        ArgumentNullException.ThrowIfNull(random);
        if (startToken < 0 || startToken >= vocabulary)
            throw new ArgumentOutOfRangeException(nameof(startToken), startToken, $"TransformerTranslator: the start token {startToken} lies outside the vocabulary of {vocabulary}.");
        (VocabularySize, start) = (vocabulary, startToken);
        Embedding = new(config, vocabulary, random);
        Encoder = new(config, random, parts: parts);
        Decoder = new(config, random, isCausal: true, hasMemory: true, parts);
    }

    /// <summary>Tokens and places.</summary>
    public TokenEmbedding Embedding { get; }

    /// <summary>The encoder.</summary>
    public TransformerStack Encoder { get; }

    /// <summary>The decoder.</summary>
    public TransformerStack Decoder { get; }

    /// <inheritdoc/>
    public int VocabularySize { get; }

    /// <inheritdoc/>
    public int MaximumLength => Embedding.MaximumLength;

    /// <inheritdoc/>
    public bool ContinuesPrompt => false;

    /// <summary>Logits of the decoder's next tokens.</summary>
    /// <param name="tokenIds">Of the encoder: int64 [batch, time].</param>
    /// <param name="decoderIds">Of the decoder: int64 [batch, steps], the start token first.</param>
    /// <param name="mask">Bool [batch, time]: true where an encoder's token is real.</param>
    /// <param name="decoderMask">The same for the decoder.</param>
    /// <param name="context">Further inputs for replaced parts, and where their losses go.</param>
    /// <returns>[batch, steps, vocabulary].</returns>
    /// <exception cref="ArgumentException">An id lies outside the vocabulary, a sequence is too long, or shapes differ.</exception>
    public Tensor Forward(Tensor tokenIds, Tensor decoderIds, Tensor? mask = null, Tensor? decoderMask = null, TransformerContext? context = null)
    {
        context ??= new();
        Embedding.Require(tokenIds, mask);
        Embedding.Require(decoderIds, decoderMask);
        if (decoderIds.Shape[0] != tokenIds.Shape[0])
            throw new ArgumentException($"TransformerTranslator: {decoderIds.Shape[0]} decoder rows for {tokenIds.Shape[0]} encoder rows; give one for each.", nameof(decoderIds));
        return Embedding.Head(Decoder.Run(
            Embedding.Forward(decoderIds, decoderMask, 0), decoderMask, Encode(tokenIds, mask, context), mask, context.For(decoderIds, decoderMask), null));
    }

    /// <inheritdoc/>
    public IDecodingSession Begin(IReadOnlyList<IReadOnlyList<long>> prompts, bool useCache = true)
    {
        ModelSessions.RequireEvaluation("Transformer", this);
        var held = useCache && Decoder.SupportsCache ? new StackCache(Decoder.Passes) : null;
        Tensor Encoded(Tensor ids, Tensor? mask)
        {
            Embedding.Require(ids, mask);
            return Encode(ids, mask, new());
        }
        return new EncoderDecoderSession("Transformer", prompts, start, VocabularySize, held, Encoded, (ids, memory, mask, cache) =>
        {
            var hidden = Decoder.Run(Embedding.Forward(ids, null, cache?.Length ?? 0), null, memory, mask, new TransformerContext().For(ids, null, cache), cache);
            return Embedding.Head(hidden.Narrow(1, ids.Shape[1] - 1, 1)).Squeeze(1);
        });
    }

    private Tensor Encode(Tensor tokenIds, Tensor? mask, TransformerContext context) =>
        Encoder.Run(Embedding.Forward(tokenIds, mask, 0), mask, null, null, context.For(tokenIds, mask), null);
}
