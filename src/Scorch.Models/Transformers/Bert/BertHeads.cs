using Scorch.Models.Training;
using Scorch.Modules;

namespace Scorch.Models.Transformers;

/// <summary>Map, activation and normalisation before masked tokens are told: <c>dense</c>, <c>LayerNorm</c>.</summary>
public sealed class BertTransform : Module
{
    private readonly Activation activation;

    internal BertTransform(BertConfig config, RandomSource random) =>
        (activation, Dense, LayerNorm) = (config.Activation, BertModel.Linear(config.Features, config.Features, config, random), new([config.Features], config.Epsilon));

    /// <summary>The map.</summary>
    public Linear Dense { get; }

    /// <summary>After the activation.</summary>
    [Name("LayerNorm")]
    public LayerNorm LayerNorm { get; }

    internal Tensor Forward(Tensor hidden) => LayerNorm.Forward(activation.Apply(Dense.Forward(hidden)));
}

/// <summary>The head for masked tokens: <c>transform</c>, then the token embeddings and a bias.</summary>
public sealed class BertPredictions : Module
{
    internal BertPredictions(BertConfig config, RandomSource random) => (Transform, Bias) = (new(config, random), Parameter.Full([config.VocabularySize], 0));

    /// <summary>Before the embeddings.</summary>
    public BertTransform Transform { get; }

    /// <summary>[vocabulary].</summary>
    public Parameter Bias { get; }
}

/// <summary>Holds the head under its published name <c>cls.predictions</c>.</summary>
public sealed class BertPredictionHead : Module
{
    internal BertPredictionHead(BertConfig config, RandomSource random) => Predictions = new(config, random);

    /// <summary>The head.</summary>
    public BertPredictions Predictions { get; }
}

/// <summary>BERT that tells masked tokens: tokens to logits over the vocabulary.</summary>
public sealed class BertMaskedLanguageModel : Module, IMaskedTokenModel
{
    /// <summary>A model with random weights.</summary>
    /// <param name="config">Its shape.</param>
    /// <param name="random">Draws weights and dropout.</param>
    /// <param name="parts">Replacements of its parts, if any.</param>
    /// <exception cref="ArgumentException">The configuration is impossible.</exception>
    public BertMaskedLanguageModel(BertConfig config, RandomSource random, TransformerParts? parts = null) =>
        (Bert, Cls) = (new(config, random, hasPooler: false, parts), new(config, random));

    /// <summary>The model without its head.</summary>
    public BertModel Bert { get; }

    /// <summary>The head.</summary>
    public BertPredictionHead Cls { get; }

    /// <inheritdoc/>
    public int VocabularySize => Bert.Config.VocabularySize;

    /// <inheritdoc/>
    public int MaximumLength => Bert.Config.Positions;

    /// <summary>Logits of every token.</summary>
    /// <param name="tokenIds">Int64 [batch, time].</param>
    /// <param name="mask">Bool [batch, time]: true where a token is real.</param>
    /// <param name="segments">Int64 [batch, time]; none for the first segment.</param>
    /// <param name="context">Further inputs for replaced parts, and where their losses go.</param>
    /// <returns>[batch, time, vocabulary].</returns>
    /// <exception cref="ArgumentException">An id lies outside the vocabulary, the sequence is too long, or shapes differ.</exception>
    public Tensor Forward(Tensor tokenIds, Tensor? mask = null, Tensor? segments = null, TransformerContext? context = null) =>
        Predict(Bert.Forward(tokenIds, mask, segments, context));

    /// <summary>Logits of hidden states, such as those at masked places alone.</summary>
    /// <param name="hidden">Of the last block, [..., features].</param>
    /// <returns>[..., vocabulary].</returns>
    public Tensor Predict(Tensor hidden)
    {
        ArgumentNullException.ThrowIfNull(hidden);
        return Cls.Predictions.Transform.Forward(hidden).Affine(Bert.Embeddings.WordEmbeddings.Weight, Cls.Predictions.Bias);
    }

    /// <inheritdoc/>
    public Tensor PredictAt(Tensor tokenIds, Tensor? mask, Tensor places)
    {
        ArgumentNullException.ThrowIfNull(places);
        var hidden = Bert.Forward(tokenIds, mask);
        return Predict(hidden.Reshape(-1, hidden.Shape[2]).IndexSelect(0, places));
    }

    /// <summary>Takes weights by their published names; pooler, next-sentence head and position numbers are skipped.</summary>
    /// <param name="weights">Tensors by name.</param>
    /// <exception cref="ArgumentException">A tensor is missing, unknown or of another shape, or a copy of the embeddings differs.</exception>
    public void LoadPublished(IReadOnlyDictionary<string, Tensor> weights) => new PublishedWeights(
        BertModel.PublishedName,
        name => name == "bert.embeddings.position_ids" || name.StartsWith("bert.pooler.", StringComparison.Ordinal) || name.StartsWith("cls.seq_relationship.", StringComparison.Ordinal),
        [("cls.predictions.decoder.weight", "bert.embeddings.word_embeddings.weight"), ("cls.predictions.decoder.bias", "cls.predictions.bias")]).Load(this, weights);

    /// <summary>Reads a published folder: <c>config.json</c> beside <c>model.safetensors</c>, its shards, or <c>pytorch_model.bin</c>.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="seed">Fixes dropout in later training.</param>
    /// <returns>The model, in evaluation mode.</returns>
    /// <exception cref="Checkpoints.CheckpointException">A file is missing, damaged or hostile, or the weights do not fit.</exception>
    public static BertMaskedLanguageModel Load(string folder, long seed = 0) => PublishedWeights.LoadFolder(
        folder, TransformerJson.Default.BertConfig, (config, _) => new BertMaskedLanguageModel(config, new(seed)), (model, weights) => model.LoadPublished(weights));

    /// <summary>Writes <c>config.json</c> and <c>model.safetensors</c> with the published names.</summary>
    /// <param name="folder">The folder, made when missing.</param>
    public void Save(string folder) => Checkpoints.ModelFolder.Save(folder, Bert.Config, TransformerJson.Default.BertConfig, this);
}

/// <summary>BERT that classifies texts: tokens to logits over classes, from the pooled first token.</summary>
/// <example><code>
/// var model = BertClassifier.LoadPretrained("bert-base-uncased", classes: 2, new RandomSource(1));
/// model.Train();                                       // then minimise Loss.CrossEntropy(model.Forward(ids, mask), labels)
/// </code></example>
public sealed class BertClassifier : Module
{
    /// <summary>A model with random weights.</summary>
    /// <param name="config">Its shape.</param>
    /// <param name="classes">Outputs; 1 for a regression.</param>
    /// <param name="random">Draws weights and dropout.</param>
    /// <param name="parts">Replacements of its parts, if any.</param>
    /// <exception cref="ArgumentException">The configuration is impossible.</exception>
    public BertClassifier(BertConfig config, int classes, RandomSource random, TransformerParts? parts = null)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(classes, 1);
        Bert = new(config, random, hasPooler: true, parts);
        OutputDropout = ModelParts.Dropout(config.HiddenDropout, random);
        Classifier = BertModel.Linear(config.Features, classes, config, random);
    }

    /// <summary>The model without its head.</summary>
    public BertModel Bert { get; }

    /// <summary>Of the pooled state, if any.</summary>
    public Dropout? OutputDropout { get; }

    /// <summary>The head.</summary>
    public Linear Classifier { get; }

    /// <summary>Logits of texts.</summary>
    /// <param name="tokenIds">Int64 [batch, time]; the first token of each is the one that stands for all.</param>
    /// <param name="mask">Bool [batch, time]: true where a token is real.</param>
    /// <param name="segments">Int64 [batch, time]; none for the first segment.</param>
    /// <param name="context">Further inputs for replaced parts, and where their losses go.</param>
    /// <returns>[batch, classes].</returns>
    /// <exception cref="ArgumentException">An id lies outside the vocabulary, the sequence is too long, or shapes differ.</exception>
    public Tensor Forward(Tensor tokenIds, Tensor? mask = null, Tensor? segments = null, TransformerContext? context = null) =>
        Head(Bert.Forward(tokenIds, mask, segments, context));

    /// <summary>Logits of texts, and the hidden state of each text's first token after every block.</summary>
    /// <param name="tokenIds">Int64 [batch, time]; the first token of each is the one that stands for all.</param>
    /// <param name="mask">Bool [batch, time]: true where a token is real.</param>
    /// <param name="segments">Int64 [batch, time]; none for the first segment.</param>
    /// <returns>[batch, classes], and [batch, features] a block, first to last.</returns>
    /// <exception cref="ArgumentException">An id lies outside the vocabulary, the sequence is too long, or shapes differ.</exception>
    public (Tensor Logits, IReadOnlyList<Tensor> FirstTokenStates) ForwardWithStates(Tensor tokenIds, Tensor? mask = null, Tensor? segments = null)
    {
        var states = Bert.Trace(tokenIds, mask, segments, keepsAttentions: false).HiddenStates;
        return (Head(states[^1]), [.. states.Skip(1).Select(state => state.Select(1, 0))]);
    }

    private Tensor Head(Tensor hidden) => Classifier.Forward(Bert.Pooler!.Forward(hidden).Dropped(OutputDropout));

    /// <summary>Takes weights by their published names; heads for masked tokens and next sentences are skipped.</summary>
    /// <param name="weights">Tensors by name.</param>
    /// <param name="keepsHead">Whether weights without a classifier are accepted, which leave this one's as it is; else they must hold one.</param>
    /// <exception cref="ArgumentException">A tensor is missing, unknown or of another shape.</exception>
    public void LoadPublished(IReadOnlyDictionary<string, Tensor> weights, bool keepsHead = false) => new PublishedWeights(
        BertModel.PublishedName,
        name => name == "bert.embeddings.position_ids" || name.StartsWith("cls.", StringComparison.Ordinal),
        [])
    {
        MayLack = name => keepsHead && name.StartsWith("classifier.", StringComparison.Ordinal),
    }.Load(this, weights);

    /// <summary>Reads a published folder of a pre-trained BERT and puts a new head on it.</summary>
    /// <param name="folder">The folder: <c>config.json</c> beside <c>model.safetensors</c>, its shards, or <c>pytorch_model.bin</c>.</param>
    /// <param name="classes">Outputs of the new head.</param>
    /// <param name="random">Draws the head and dropout.</param>
    /// <returns>The model, in evaluation mode.</returns>
    /// <exception cref="Checkpoints.CheckpointException">A file is missing, damaged or hostile, or the weights do not fit.</exception>
    public static BertClassifier LoadPretrained(string folder, int classes, RandomSource random) => PublishedWeights.LoadFolder(
        folder, TransformerJson.Default.BertConfig, (config, _) => new BertClassifier(config, classes, random), (model, weights) => model.LoadPublished(weights, keepsHead: true));

    /// <summary>Reads a folder of a BERT that classifies already; the head's size is that of its weights.</summary>
    /// <param name="folder">The folder: <c>config.json</c> beside <c>model.safetensors</c>, its shards, or <c>pytorch_model.bin</c>.</param>
    /// <param name="seed">Fixes dropout in later training.</param>
    /// <returns>The model, in evaluation mode.</returns>
    /// <exception cref="Checkpoints.CheckpointException">A file is missing, damaged or hostile, or the weights do not fit.</exception>
    public static BertClassifier Load(string folder, long seed = 0) => PublishedWeights.LoadFolder(
        folder,
        TransformerJson.Default.BertConfig,
        (config, weights) => weights.TryGetValue("classifier.bias", out var bias) && bias.Rank == 1 && bias.Shape[0] > 0
            ? new BertClassifier(config, bias.Shape[0], new(seed))
            : throw new ArgumentException("LoadPublished: there is no vector classifier.bias; for a model without a classifier use LoadPretrained."),
        (model, weights) => model.LoadPublished(weights));

    /// <summary>Writes <c>config.json</c> and <c>model.safetensors</c> with the published names.</summary>
    /// <param name="folder">The folder, made when missing.</param>
    public void Save(string folder) => Checkpoints.ModelFolder.Save(folder, Bert.Config, TransformerJson.Default.BertConfig, this);
}
