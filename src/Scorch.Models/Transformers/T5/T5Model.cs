using Scorch.Models.Generation;
using Scorch.Modules;

namespace Scorch.Models.Transformers;

/// <summary>T5, versions 1.0 and 1.1: an encoder and a decoder of text, with the published names (<c>shared</c>, <c>encoder.block.0.layer.0.SelfAttention.q</c>).</summary>
/// <example><code>
/// var model = T5Model.Load("t5-small");
/// var summary = new TextGenerator(model, new GenerationConfig { Beams = 4, StopTokens = [1] }).Generate([articleIds])[0].Tokens;
/// </code></example>
public sealed class T5Model : Module, IAutoregressiveModel
{
    /// <summary>Targets of this class do not count in <see cref="Loss"/>.</summary>
    public const long IgnoredTarget = -100;

    /// <summary>A model with random weights.</summary>
    /// <param name="config">Its shape.</param>
    /// <param name="random">Draws weights and dropout.</param>
    /// <param name="parts">Replacements of its parts, if any. Where the first block's attention is replaced, distances add nothing to the others.</param>
    /// <exception cref="ArgumentException">The configuration is impossible.</exception>
    public T5Model(T5Config config, RandomSource random, TransformerParts? parts = null)
    {
        ArgumentNullException.ThrowIfNull(config);
        ArgumentNullException.ThrowIfNull(random);
        config.Validate();
        Config = config;
        parts ??= TransformerParts.Published;
        Shared = ModelParts.Embedding(config.VocabularySize, config.Features, config.InitialFactor, random);
        Encoder = new(config, false, parts, random);
        Decoder = new(config, true, parts, random);
        if (!config.TiesEmbeddings) LmHead = ModelParts.Linear(config.Features, config.VocabularySize, config.InitialFactor, random, bias: false);
    }

    /// <summary>Its shape.</summary>
    public T5Config Config { get; }

    /// <summary>Token embeddings of encoder and decoder.</summary>
    public Embedding Shared { get; }

    /// <summary>The encoder.</summary>
    public T5Stack Encoder { get; }

    /// <summary>The decoder.</summary>
    public T5Stack Decoder { get; }

    /// <summary>The head, where it is not the token embeddings.</summary>
    public Linear? LmHead { get; }

    /// <inheritdoc/>
    public int VocabularySize => Config.VocabularySize;

    /// <inheritdoc/>
    public int MaximumLength => int.MaxValue;

    /// <inheritdoc/>
    public bool ContinuesPrompt => false;

    /// <summary>Hidden states of the encoder.</summary>
    /// <param name="tokenIds">Int64 [batch, time].</param>
    /// <param name="mask">Bool [batch, time]: true where a token is real.</param>
    /// <param name="context">Further inputs for replaced parts, and where their losses go.</param>
    /// <returns>[batch, time, features].</returns>
    /// <exception cref="ArgumentException">An id lies outside the vocabulary, or shapes differ.</exception>
    public Tensor Encode(Tensor tokenIds, Tensor? mask = null, TransformerContext? context = null)
    {
        TokenIds.Require("T5", tokenIds, VocabularySize, mask);
        return Encoder.Run(Shared.Forward(tokenIds), mask, null, null, (context ?? new()).For(tokenIds, mask), null);
    }

    /// <summary>Logits of the decoder's next tokens.</summary>
    /// <param name="tokenIds">Of the encoder: int64 [batch, time].</param>
    /// <param name="decoderIds">Of the decoder: int64 [batch, steps], the start token first (<see cref="ShiftRight"/>).</param>
    /// <param name="mask">Bool [batch, time]: true where an encoder's token is real.</param>
    /// <param name="decoderMask">The same for the decoder; needed for padding on the left only.</param>
    /// <param name="context">Further inputs for replaced parts, and where their losses go.</param>
    /// <returns>[batch, steps, vocabulary].</returns>
    /// <exception cref="ArgumentException">An id lies outside the vocabulary, or shapes differ.</exception>
    public Tensor Forward(Tensor tokenIds, Tensor decoderIds, Tensor? mask = null, Tensor? decoderMask = null, TransformerContext? context = null)
    {
        context ??= new();
        var memory = Encode(tokenIds, mask, context);
        TokenIds.Require("T5 decoder", decoderIds, VocabularySize, decoderMask);
        if (decoderIds.Shape[0] != tokenIds.Shape[0])
            throw new ArgumentException($"T5: {decoderIds.Shape[0]} decoder rows for {tokenIds.Shape[0]} encoder rows; give one for each.", nameof(decoderIds));
        return Head(Decoder.Run(Shared.Forward(decoderIds), decoderMask, memory, mask, context.For(decoderIds, decoderMask), null));
    }

    /// <summary>Mean cross-entropy of target tokens, and what replaced parts add (<see cref="TransformerContext.Losses"/>).</summary>
    /// <param name="tokenIds">Of the encoder: int64 [batch, time].</param>
    /// <param name="targets">Int64 [batch, steps]; <see cref="IgnoredTarget"/> where there is none.</param>
    /// <param name="mask">Bool [batch, time]: true where an encoder's token is real.</param>
    /// <param name="context">Further inputs for replaced parts, and where their losses go.</param>
    public Tensor Loss(Tensor tokenIds, Tensor targets, Tensor? mask = null, TransformerContext? context = null)
    {
        context ??= new();
        var logits = Forward(tokenIds, ShiftRight(targets), mask, context: context);
        var loss = Losses.Loss.CrossEntropy(logits.Reshape(-1, VocabularySize), targets.Reshape(-1), ignoreIndex: IgnoredTarget);
        return context.Losses.Aggregate(loss, (sum, other) => sum + other);
    }

    /// <summary>The decoder's input for targets: the start token, then all targets but the last; ignored ones become padding.</summary>
    /// <param name="targets">Int64 [batch, steps].</param>
    /// <exception cref="ArgumentException">The targets are no table of int64.</exception>
    public Tensor ShiftRight(Tensor targets)
    {
        ArgumentNullException.ThrowIfNull(targets);
        if (targets.DataType != DataType.Int64 || targets.Rank != 2 || targets.ElementCount == 0)
            throw new ArgumentException($"T5: targets are {targets.DataType} {targets.Shape}; give int64 [batch, steps] with one step at least.", nameof(targets));
        var start = Tensor.Full([targets.Shape[0], 1], Config.DecoderStartToken, DataType.Int64);
        var shifted = Tensor.Concatenate([start, targets.Narrow(1, 0, targets.Shape[1] - 1)], 1);
        return shifted.MaskedFill(shifted.EqualTo(IgnoredTarget), Config.PaddingToken);
    }

    /// <inheritdoc/>
    public IDecodingSession Begin(IReadOnlyList<IReadOnlyList<long>> prompts, bool useCache = true) => Begin(prompts, useCache, new Dictionary<string, Tensor>());

    /// <summary>Replaces parts of this model in place, such as by wrappers with adapters.</summary>
    /// <param name="parts">The replacements; a site's <c>CreateDefault</c> gives the part that stands there now, with its weights.</param>
    /// <remarks>A wrapper whose part is a property with <c>[Name("")]</c> leaves all names in files as they are, and one that passes on
    /// <see cref="Attention.SharedBias"/> leaves the distances.</remarks>
    public void Replace(TransformerParts parts)
    {
        ArgumentNullException.ThrowIfNull(parts);
        foreach (var stack in (T5Stack[])[Encoder, Decoder])
            for (var layer = 0; layer < stack.Block.Count; layer++) stack.Block[layer].Replace(parts, layer, stack.IsDecoder, Config.Features);
    }

    /// <summary>This model for generation with further inputs of its replaced parts.</summary>
    /// <param name="conditions">By name, a row for every prompt: [prompts, ...]; rows move with the texts (<see cref="TransformerContext.Conditions"/>).</param>
    /// <exception cref="ArgumentException">When a generation begins: a condition has not as many rows as there are prompts.</exception>
    public IAutoregressiveModel With(IReadOnlyDictionary<string, Tensor> conditions)
    {
        ArgumentNullException.ThrowIfNull(conditions);
        return new Conditioned(this, conditions);
    }

    private EncoderDecoderSession Begin(IReadOnlyList<IReadOnlyList<long>> prompts, bool useCache, IReadOnlyDictionary<string, Tensor> conditions)
    {
        ModelSessions.RequireEvaluation("T5", this);
        ArgumentNullException.ThrowIfNull(prompts);
        foreach (var (name, condition) in conditions)
            if (condition.Rank == 0 || condition.Shape[0] != prompts.Count)
                throw new ArgumentException($"T5: the condition '{name}' has shape {condition.Shape} for {prompts.Count} prompts; give a row for each.", nameof(conditions));
        var cache = useCache && Decoder.SupportsCache ? new StackCache(Config.DecoderBlocks) : null;
        return new EncoderDecoderSession(
            "T5",
            prompts,
            Config.DecoderStartToken,
            VocabularySize,
            cache,
            (ids, mask) => Encode(ids, mask, new() { Conditions = conditions }),
            (ids, memory, mask, held) =>
            {
                var hidden = Decoder.Run(Shared.Forward(ids), null, memory, mask, new TransformerContext { Conditions = conditions }.For(ids, null, held), held);
                return Head(hidden.Narrow(1, ids.Shape[1] - 1, 1)).Squeeze(1);
            },
            rows => conditions = conditions.ToDictionary(entry => entry.Key, entry => entry.Value.IndexSelect(0, rows)));
    }

    /// <summary>Takes weights by their published names; copies of the embeddings under other names must agree with them.</summary>
    /// <param name="weights">Tensors by name.</param>
    /// <exception cref="ArgumentException">A tensor is missing, unknown or of another shape, or a copy differs.</exception>
    public void LoadPublished(IReadOnlyDictionary<string, Tensor> weights) => new PublishedWeights(
        name => name,
        // Files of version 1.0 carry distances of the decoder's cross-attention, which no forward pass reads.
        name => name == "decoder.block.0.layer.1.EncDecAttention.relative_attention_bias.weight",
        [("encoder.embed_tokens.weight", "shared.weight"), ("decoder.embed_tokens.weight", "shared.weight"), ("lm_head.weight", "shared.weight")]).Load(this, weights);

    /// <summary>Reads a published folder: <c>config.json</c> beside <c>model.safetensors</c>, its shards, or <c>pytorch_model.bin</c>.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="seed">Fixes dropout in later training.</param>
    /// <returns>The model, in evaluation mode.</returns>
    /// <exception cref="Checkpoints.CheckpointException">A file is missing, damaged or hostile, or the weights do not fit.</exception>
    public static T5Model Load(string folder, long seed = 0) => PublishedWeights.LoadFolder(
        folder, TransformerJson.Default.T5Config, (config, _) => new T5Model(config, new(seed)), (model, weights) => model.LoadPublished(weights));

    /// <summary>Writes <c>config.json</c> and <c>model.safetensors</c> with the published names.</summary>
    /// <param name="folder">The folder, made when missing.</param>
    public void Save(string folder) => Checkpoints.ModelFolder.Save(folder, Config, TransformerJson.Default.T5Config, this);

    private Tensor Head(Tensor hidden) => LmHead?.Forward(hidden) ?? (hidden * (1 / Math.Sqrt(Config.Features))).Affine(Shared.Weight);

    private sealed class Conditioned(T5Model model, IReadOnlyDictionary<string, Tensor> conditions) : IAutoregressiveModel
    {
        public int VocabularySize => model.VocabularySize;

        public int MaximumLength => model.MaximumLength;

        public bool ContinuesPrompt => model.ContinuesPrompt;

        public IDecodingSession Begin(IReadOnlyList<IReadOnlyList<long>> prompts, bool useCache = true) => model.Begin(prompts, useCache, conditions);
    }
}
