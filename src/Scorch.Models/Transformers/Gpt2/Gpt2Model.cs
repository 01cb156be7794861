using Scorch.Modules;

namespace Scorch.Models.Transformers;

/// <summary>GPT-2 without its head: tokens to hidden states, under the published names (<c>wte</c>, <c>wpe</c>, <c>h.0.attn.c_attn</c>, <c>ln_f</c>).</summary>
public sealed class Gpt2Model : Module
{
    private readonly RandomSource random;

    /// <summary>A model with random weights.</summary>
    /// <param name="config">Its shape.</param>
    /// <param name="random">Draws weights and dropout.</param>
    /// <param name="parts">Replacements of its parts, if any.</param>
    /// <exception cref="ArgumentException">The configuration is impossible.</exception>
    public Gpt2Model(Gpt2Config config, RandomSource random, TransformerParts? parts = null)
    {
        ArgumentNullException.ThrowIfNull(config);
        ArgumentNullException.ThrowIfNull(random);
        config.Validate();
        (Config, this.random) = (config, random);
        Wte = ModelParts.Embedding(config.VocabularySize, config.Features, config.InitialDeviation, random);
        Wpe = ModelParts.Embedding(config.Positions, config.Features, config.InitialDeviation, random);
        EmbeddingDropout = ModelParts.Dropout(config.EmbeddingDropout, random);
        H = new(Enumerable.Range(0, config.Layers).Select(layer => new Gpt2Block(config, layer, parts ?? TransformerParts.Published, random)));
        LnF = new([config.Features], config.Epsilon);
    }

    /// <summary>Its shape.</summary>
    public Gpt2Config Config { get; }

    /// <summary>Token embeddings.</summary>
    public Embedding Wte { get; }

    /// <summary>Position embeddings.</summary>
    public Embedding Wpe { get; }

    /// <summary>Of the embeddings, if any.</summary>
    public Dropout? EmbeddingDropout { get; }

    /// <summary>The blocks.</summary>
    public ModuleList<Gpt2Block> H { get; }

    /// <summary>The last normalisation.</summary>
    public LayerNorm LnF { get; }

    /// <summary>Hidden states of tokens, each from itself and those before.</summary>
    /// <param name="tokenIds">Int64 [batch, time].</param>
    /// <param name="mask">Bool [batch, time]: true where a token is real; padding may stand on either side.</param>
    /// <param name="context">Further inputs for replaced parts, and where their losses go.</param>
    /// <returns>[batch, time, features].</returns>
    /// <exception cref="ArgumentException">An id lies outside the vocabulary, the sequence is too long, or shapes differ.</exception>
    public Tensor Forward(Tensor tokenIds, Tensor? mask = null, TransformerContext? context = null)
    {
        TokenIds.Require("Gpt2", tokenIds, Config.VocabularySize, mask);
        return Run(tokenIds, mask, context ?? new(), null);
    }

    /// <summary>Hidden states of tokens that stand and look where they are told, such as several questions about one text in a row, none of which sees the others.</summary>
    /// <param name="tokenIds">Int64 [batch, time].</param>
    /// <param name="places">Int64 [batch, time]: the position of each token, below the model's.</param>
    /// <param name="scope">Which tokens each looks at, those of the cache first.</param>
    /// <param name="cache">Tokens of earlier calls, which this call adds to; for a model in evaluation mode.</param>
    /// <returns>[batch, time, features].</returns>
    /// <exception cref="ArgumentException">An id lies outside the vocabulary, a place outside the model's, or shapes differ.</exception>
    public Tensor Forward(Tensor tokenIds, Tensor places, AttentionScope scope, Gpt2Cache? cache = null)
    {
        TokenIds.Require("Gpt2", tokenIds, Config.VocabularySize, null);
        ArgumentNullException.ThrowIfNull(places);
        ArgumentNullException.ThrowIfNull(scope);
        if (places.DataType != DataType.Int64 || places.Shape != tokenIds.Shape)
            throw new ArgumentException($"Gpt2: places are {places.DataType} {places.Shape}; give int64 {tokenIds.Shape}.", nameof(places));
        foreach (var place in places.ToArray<long>())
            if (place < 0 || place >= Config.Positions)
                throw new ArgumentOutOfRangeException(nameof(places), place, $"Gpt2: place {place} lies outside the model's {Config.Positions} positions; shorten the sequence.");
        var hidden = (Wte.Forward(tokenIds) + Wpe.Forward(places)).Dropped(EmbeddingDropout);
        var context = new TransformerContext().For(tokenIds, null);
        for (var layer = 0; layer < H.Count; layer++)
        {
            var (block, own) = (H[layer], cache?.Layers[layer]);
            hidden = Config.GradientCheckpointing && IsTraining
                ? ModelParts.Checkpointed((x, silent) => block.Forward(x, scope, silent, null), hidden, context, random)
                : block.Forward(hidden, scope, context, own);
        }
        return LnF.Forward(hidden);
    }

    /// <summary>Continues a cache: the mask covers earlier tokens too.</summary>
    internal Tensor Run(Tensor tokenIds, Tensor? mask, TransformerContext context, StackCache? cache)
    {
        var (batch, time, past) = (tokenIds.Shape[0], tokenIds.Shape[1], cache?.Length ?? 0);
        TokenIds.RequirePositions("Gpt2", past + time, Config.Positions);
        var hidden = (Wte.Forward(tokenIds) + Wpe.Forward(TokenIds.Places(mask, batch, past, time))).Dropped(EmbeddingDropout);
        var scope = new AttentionScope(mask, isCausal: true);
        context = context.For(tokenIds, mask, cache);
        for (var layer = 0; layer < H.Count; layer++)
        {
            var (block, own) = (H[layer], cache?.Self[layer]);
            hidden = Config.GradientCheckpointing && IsTraining
                ? ModelParts.Checkpointed((x, silent) => block.Forward(x, scope, silent, null), hidden, context, random)
                : block.Forward(hidden, scope, context, own);
        }
        return LnF.Forward(hidden);
    }
}
