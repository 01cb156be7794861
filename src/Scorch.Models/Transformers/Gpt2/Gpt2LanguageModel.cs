using Scorch.Models.Generation;
using Scorch.Modules;

namespace Scorch.Models.Transformers;

/// <summary>GPT-2 with its head, which shares the token embeddings: tokens to logits of the next token.</summary>
/// <example><code>
/// var model = Gpt2LanguageModel.Load("gpt2");        // config.json and model.safetensors as published
/// var generator = new TextGenerator(model, new GenerationConfig { MaximumNewTokens = 40, IsSampling = true, TopP = 0.9 });
/// var text = generator.Generate([promptIds], new RandomSource(1))[0].Tokens;
/// </code></example>
public sealed class Gpt2LanguageModel : Module, IAutoregressiveModel
{
    /// <summary>A model with random weights.</summary>
    /// <param name="config">Its shape.</param>
    /// <param name="random">Draws weights and dropout.</param>
    /// <param name="parts">Replacements of its parts, if any.</param>
    /// <exception cref="ArgumentException">The configuration is impossible.</exception>
    public Gpt2LanguageModel(Gpt2Config config, RandomSource random, TransformerParts? parts = null) => Transformer = new(config, random, parts);

    /// <summary>The model without its head.</summary>
    public Gpt2Model Transformer { get; }

    /// <summary>Its shape.</summary>
    public Gpt2Config Config => Transformer.Config;

    /// <inheritdoc/>
    public int VocabularySize => Config.VocabularySize;

    /// <inheritdoc/>
    public int MaximumLength => Config.Positions;

    /// <inheritdoc/>
    public bool ContinuesPrompt => true;

    /// <summary>Logits of the token after each.</summary>
    /// <param name="tokenIds">Int64 [batch, time].</param>
    /// <param name="mask">Bool [batch, time]: true where a token is real; padding may stand on either side.</param>
    /// <param name="context">Further inputs for replaced parts, and where their losses go.</param>
    /// <returns>[batch, time, vocabulary].</returns>
    /// <exception cref="ArgumentException">An id lies outside the vocabulary, the sequence is too long, or shapes differ.</exception>
    public Tensor Forward(Tensor tokenIds, Tensor? mask = null, TransformerContext? context = null) =>
        Transformer.Forward(tokenIds, mask, context).Affine(Transformer.Wte.Weight);

    /// <inheritdoc/>
    public IDecodingSession Begin(IReadOnlyList<IReadOnlyList<long>> prompts, bool useCache = true)
    {
        ModelSessions.RequireEvaluation("Gpt2", this);
        var caches = useCache && Transformer.H.All(block => block.Attn.SupportsCache);
        return new DecoderOnlySession("Gpt2", prompts, VocabularySize, caches ? new(Config.Layers) : null, (ids, mask, cache) =>
            Transformer.Run(ids, mask, new(), cache).Narrow(1, ids.Shape[1] - 1, 1).Affine(Transformer.Wte.Weight).Squeeze(1));
    }

    /// <summary>Takes weights by their published names, with or without the prefix <c>transformer.</c>; causal masks kept as buffers in old files are skipped.</summary>
    /// <param name="weights">Tensors by name.</param>
    /// <exception cref="ArgumentException">A tensor is missing, unknown or of another shape, or the head is not the token embeddings.</exception>
    public void LoadPublished(IReadOnlyDictionary<string, Tensor> weights) => new PublishedWeights(
        name => name.StartsWith("transformer.", StringComparison.Ordinal) || name == "lm_head.weight" ? name : "transformer." + name,
        name => name.EndsWith(".attn.bias", StringComparison.Ordinal) || name.EndsWith(".attn.masked_bias", StringComparison.Ordinal),
        [("lm_head.weight", "transformer.wte.weight")]).Load(this, weights);

    /// <summary>Reads a published folder: <c>config.json</c> beside <c>model.safetensors</c>, its shards, or <c>pytorch_model.bin</c>.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="seed">Fixes dropout in later training.</param>
    /// <returns>The model, in evaluation mode.</returns>
    /// <exception cref="Checkpoints.CheckpointException">A file is missing, damaged or hostile, or the weights do not fit.</exception>
    public static Gpt2LanguageModel Load(string folder, long seed = 0) => PublishedWeights.LoadFolder(
        folder, TransformerJson.Default.Gpt2Config, (config, _) => new Gpt2LanguageModel(config, new(seed)), (model, weights) => model.LoadPublished(weights));

    /// <summary>Writes <c>config.json</c> and <c>model.safetensors</c> with the published names.</summary>
    /// <param name="folder">The folder, made when missing.</param>
    public void Save(string folder) => Checkpoints.ModelFolder.Save(folder, Config, TransformerJson.Default.Gpt2Config, this);
}
