using Scorch.Autograd;
using Scorch.Modules;

namespace Scorch.Models.Transformers;

/// <summary>Sum of token, position and segment embeddings, normalised.</summary>
public sealed class BertEmbeddings : Module
{
    internal BertEmbeddings(BertConfig config, RandomSource random)
    {
        WordEmbeddings = BertModel.Embedding(config.VocabularySize, config, random);
        PositionEmbeddings = BertModel.Embedding(config.Positions, config, random);
        TokenTypeEmbeddings = BertModel.Embedding(config.Segments, config, random);
        LayerNorm = new([config.Features], config.Epsilon);
        OutputDropout = ModelParts.Dropout(config.HiddenDropout, random);
    }

    /// <summary>Of tokens.</summary>
    public Embedding WordEmbeddings { get; }

    /// <summary>Of positions.</summary>
    public Embedding PositionEmbeddings { get; }

    /// <summary>Of segments.</summary>
    public Embedding TokenTypeEmbeddings { get; }

    /// <summary>Of the sum.</summary>
    [Name("LayerNorm")]
    public LayerNorm LayerNorm { get; }

    /// <summary>After it, if any.</summary>
    public Dropout? OutputDropout { get; }

    internal Tensor Forward(Tensor tokenIds, Tensor? segments, Func<Tensor, Tensor>? change = null)
    {
        var (batch, time) = (tokenIds.Shape[0], tokenIds.Shape[1]);
        var words = WordEmbeddings.Forward(tokenIds);
        if (change is not null) words = change(words);
        var kinds = segments is null ? TokenTypeEmbeddings.Weight.Narrow(0, 0, 1) : TokenTypeEmbeddings.Forward(segments);
        var sum = words + kinds + PositionEmbeddings.Forward(TokenIds.Places(null, batch, 0, time));
        return LayerNorm.Forward(sum).Dropped(OutputDropout);
    }
}

/// <summary>BERT's blocks, named <c>layer.0</c>, ….</summary>
public sealed class BertEncoder : Module
{
    internal BertEncoder(BertConfig config, TransformerParts parts, RandomSource random) =>
        Layer = new(Enumerable.Range(0, config.Layers).Select(layer => new BertLayer(config, layer, parts, random)));

    /// <summary>The blocks.</summary>
    public ModuleList<BertLayer> Layer { get; }
}

/// <summary>tanh of a map of the first token's hidden state.</summary>
public sealed class BertPooler : Module
{
    internal BertPooler(BertConfig config, RandomSource random) => Dense = BertModel.Linear(config.Features, config.Features, config, random);

    /// <summary>The map.</summary>
    public Linear Dense { get; }

    /// <summary>[batch, features] of hidden states [batch, time, features].</summary>
    public Tensor Forward(Tensor hidden)
    {
        ArgumentNullException.ThrowIfNull(hidden);
        return Dense.Forward(hidden.Select(1, 0)).Tanh();
    }
}

/// <summary>What a BERT computed on the way.</summary>
/// <param name="HiddenStates">The normalised embeddings, then the output of every block: [batch, time, features] each.</param>
/// <param name="Attentions">The attention weights of every block, [batch, heads, queries, keys]; null where a replaced part has none to show.</param>
public sealed record BertTrace(IReadOnlyList<Tensor> HiddenStates, IReadOnlyList<Tensor?> Attentions);

/// <summary>BERT without a head: tokens to hidden states, with the published names (<c>embeddings.word_embeddings</c>, <c>encoder.layer.0.attention.self.query</c>).</summary>
public sealed class BertModel : Module
{
    private readonly RandomSource random;

    /// <summary>A model with random weights.</summary>
    /// <param name="config">Its shape.</param>
    /// <param name="random">Draws weights and dropout.</param>
    /// <param name="hasPooler">Whether the pooler is there.</param>
    /// <param name="parts">Replacements of its parts, if any. A replaced feed-forward part is named <c>feed_forward</c>.</param>
    /// <exception cref="ArgumentException">The configuration is impossible.</exception>
    public BertModel(BertConfig config, RandomSource random, bool hasPooler = true, TransformerParts? parts = null)
    {
        ArgumentNullException.ThrowIfNull(config);
        ArgumentNullException.ThrowIfNull(random);
        config.Validate();
        (Config, this.random) = (config, random);
        Embeddings = new(config, random);
        Encoder = new(config, parts ?? TransformerParts.Published, random);
        if (hasPooler) Pooler = new(config, random);
    }

    /// <summary>Its shape.</summary>
    public BertConfig Config { get; }

    /// <summary>Tokens, positions and segments.</summary>
    public BertEmbeddings Embeddings { get; }

    /// <summary>The blocks.</summary>
    public BertEncoder Encoder { get; }

    /// <summary>The pooler, if any.</summary>
    public BertPooler? Pooler { get; }

    /// <summary>Hidden states of tokens.</summary>
    /// <param name="tokenIds">Int64 [batch, time].</param>
    /// <param name="mask">Bool [batch, time]: true where a token is real; padding stands behind.</param>
    /// <param name="segments">Int64 [batch, time]: number of each token's segment; none for the first.</param>
    /// <param name="context">Further inputs for replaced parts, and where their losses go.</param>
    /// <returns>[batch, time, features].</returns>
    /// <exception cref="ArgumentException">An id lies outside the vocabulary, the sequence is too long, or shapes differ.</exception>
    public Tensor Forward(Tensor tokenIds, Tensor? mask = null, Tensor? segments = null, TransformerContext? context = null)
    {
        Require(tokenIds, mask, segments);
        var hidden = Embeddings.Forward(tokenIds, segments);
        var scope = new AttentionScope(mask);
        context = (context ?? new()).For(tokenIds, mask);
        foreach (var layer in Encoder.Layer)
        {
            hidden = Config.GradientCheckpointing && IsTraining
                ? ModelParts.Checkpointed((x, silent) => layer.Forward(x, scope, silent), hidden, context, random)
                : layer.Forward(hidden, scope, context);
        }
        return hidden;
    }

    /// <summary>Hidden states of all blocks and their attention weights.</summary>
    /// <param name="tokenIds">Int64 [batch, time].</param>
    /// <param name="mask">Bool [batch, time]: true where a token is real; padding stands behind.</param>
    /// <param name="segments">Int64 [batch, time]: number of each token's segment; none for the first.</param>
    /// <param name="changeWords">Changes the word embeddings [batch, time, features] before positions are added; none leaves them.</param>
    /// <param name="keepsAttentions">Whether attention weights are kept; they are computed a second time.</param>
    /// <exception cref="ArgumentException">An id lies outside the vocabulary, the sequence is too long, or shapes differ.</exception>
    public BertTrace Trace(Tensor tokenIds, Tensor? mask = null, Tensor? segments = null, Func<Tensor, Tensor>? changeWords = null, bool keepsAttentions = true)
    {
        Require(tokenIds, mask, segments);
        List<Tensor> states = [Embeddings.Forward(tokenIds, segments, changeWords)];
        var attentions = new List<Tensor?>();
        var scope = new AttentionScope(mask);
        var context = new TransformerContext().For(tokenIds, mask);
        foreach (var layer in Encoder.Layer)
        {
            attentions.Add(keepsAttentions ? (layer.Attention.Self as BertAttention)?.Weights(states[^1], scope) : null);
            states.Add(layer.Forward(states[^1], scope, context));
        }
        return new(states, attentions);
    }

    private void Require(Tensor tokenIds, Tensor? mask, Tensor? segments)
    {
        TokenIds.Require("Bert", tokenIds, Config.VocabularySize, mask);
        TokenIds.RequirePositions("Bert", tokenIds.Shape[1], Config.Positions);
        if (segments is null) return;
        TokenIds.Require("Bert segments", segments, Config.Segments, null);
        if (segments.Shape != tokenIds.Shape) throw new ArgumentException($"Bert: segments {segments.Shape} for tokens {tokenIds.Shape}; give one for each.", nameof(segments));
    }

    /// <summary>A map whose weights start normal, cut at two standard deviations, as in the published code.</summary>
    internal static Linear Linear(int inputs, int outputs, BertConfig config, RandomSource random)
    {
        var linear = new Linear(inputs, outputs, random);
        Cut(linear.Weight, config, random);
        ModelParts.Zero(linear.Bias);
        return linear;
    }

    internal static Embedding Embedding(int count, BertConfig config, RandomSource random)
    {
        var embedding = new Embedding(count, config.Features, random);
        Cut(embedding.Weight, config, random);
        return embedding;
    }

    /// <summary>Names of old files (<c>gamma</c>, <c>beta</c>) and of a bare model, as this code has them.</summary>
    internal static string PublishedName(string name)
    {
        if (name.EndsWith("LayerNorm.gamma", StringComparison.Ordinal)) name = name[..^"gamma".Length] + "weight";
        if (name.EndsWith("LayerNorm.beta", StringComparison.Ordinal)) name = name[..^"beta".Length] + "bias";
        return name.StartsWith("embeddings.", StringComparison.Ordinal) || name.StartsWith("encoder.", StringComparison.Ordinal) || name.StartsWith("pooler.", StringComparison.Ordinal)
            ? "bert." + name
            : name;
    }

    private static void Cut(Parameter weight, BertConfig config, RandomSource random)
    {
        using var mode = GradientMode.Disable();
        Initialize.TruncatedNormal(weight, random, 0, config.InitialDeviation, -2 * config.InitialDeviation, 2 * config.InitialDeviation);
    }
}
