using System.Globalization;
using System.Text.Json.Serialization;
using Scorch.Checkpoints;
using Scorch.Language.SwitchTransformers;
using Scorch.Losses;
using Scorch.Models.Generation;
using Scorch.Models.Transformers;
using Scorch.Modules;

namespace Scorch.Language.HashLayers;

/// <summary>A decoder-only language model with hash layers, or, to compare with, switch layers, BASE layers or none.</summary>
/// <remarks>Blocks normalise first (LayerNorm), maps have biases, the head shares the embeddings.</remarks>
/// <example><code>
/// var language = new HashLmConfig(corpus.Tokenizer.Count, Layers: 3, Heads: 4) { Context = corpus.Context, HashLayers = [2] };
/// var model = HashLanguageModel.Create(language, config, TokenHash.Balanced(corpus.UnigramCounts(), 16));
/// var result = await LmTrainer.FitAsync(model, corpus, new TrainOptions { Steps = 1500 });
/// </code></example>
public sealed class HashLanguageModel : Module, ITrainedLanguageModel
{
    private readonly IReadOnlyList<ITokenHash> hashes;

    /// <summary>A model with random weights.</summary>
    /// <param name="config">Its shape.</param>
    /// <param name="hashes">One for all hash layers, or one for each; none where there is no hash layer.</param>
    /// <param name="seed">Fixes weights and dropout.</param>
    /// <exception cref="ArgumentException">A setting is impossible, or the hashes do not fit it.</exception>
    public HashLanguageModel(HashModelConfig config, IReadOnlyList<ITokenHash> hashes, long seed = 0)
    {
        ArgumentNullException.ThrowIfNull(config);
        ArgumentNullException.ThrowIfNull(hashes);
        ArgumentNullException.ThrowIfNull(config.Language);
        ArgumentNullException.ThrowIfNull(config.Layer);
        config.Language.Validate();
        config.Layer.Validate();
        if (!Enum.IsDefined(config.Kind)) throw new ArgumentException($"HashLanguageModel: {config.Kind} is none of the named kinds.", nameof(config));
        var (language, layer) = (config.Language, config.Layer);
        var wanted = config.Kind == SparseLayerKind.Hash ? language.HashLayers.Count : 0;
        if (wanted == 0 ? hashes.Count > 0 : hashes.Count != 1 && hashes.Count != wanted)
            throw new ArgumentException($"HashLanguageModel: {hashes.Count} hashes for {wanted} hash layers; give {(wanted == 0 ? "none" : "one for all, or one for each")}.", nameof(hashes));
        (Config, this.hashes) = (config, [.. hashes]);
        var random = new RandomSource(seed);
        var shape = new TransformerConfig
        {
            Features = layer.ModelDim,
            Inner = layer.FfDim,
            Heads = language.Heads,
            Layers = language.Layers,
            Repeats = language.Ladder,
            MaximumLength = language.Context,
            Dropout = language.Dropout,
            InnerDropout = layer.Dropout,
            Activation = Activation.Relu,
            NormalizesFirst = true,
            HasBiases = layer.HasBiases,
        };
        int[] order = [.. language.HashLayers.Order()];
        Network = new(shape, language.Vocabulary, random, new TransformerParts
        {
            FeedForward = site => Array.IndexOf(order, site.Layer) is >= 0 and var index ? Sparse(config, index, site.Layer, random) : site.CreateDefault(),
        });
    }

    /// <summary>Its shape.</summary>
    public HashModelConfig Config { get; }

    /// <summary>The Transformer.</summary>
    public TransformerLanguageModel Network { get; }

    /// <summary>The hashes, in the order of layers.</summary>
    public IReadOnlyList<ITokenHash> Hashes => hashes;

    /// <inheritdoc/>
    public int VocabularySize => Network.VocabularySize;

    /// <inheritdoc/>
    public int MaximumLength => Network.MaximumLength;

    /// <inheritdoc/>
    public bool ContinuesPrompt => true;

    /// <summary>A model whose hash layers share a hash.</summary>
    /// <param name="language">Around the hash layers.</param>
    /// <param name="layer">Of them.</param>
    /// <param name="hash">Names experts.</param>
    /// <param name="seed">Fixes weights and dropout.</param>
    public static HashLanguageModel Create(HashLmConfig language, HashLayerConfig layer, ITokenHash hash, long seed = 0) => new(new(language, layer), [hash], seed);

    /// <summary>A model whose hash layers have hashes of their own.</summary>
    /// <param name="language">Around the hash layers.</param>
    /// <param name="layer">Of them.</param>
    /// <param name="hashes">One for each hash layer, in the order of blocks.</param>
    /// <param name="seed">Fixes weights and dropout.</param>
    public static HashLanguageModel Create(HashLmConfig language, HashLayerConfig layer, IReadOnlyList<ITokenHash> hashes, long seed = 0) => new(new(language, layer), hashes, seed);

    /// <summary>The baseline: the same shape without sparse layers.</summary>
    /// <param name="language">Its shape; the blocks that it names stay dense.</param>
    /// <param name="layer">Features and inner size.</param>
    /// <param name="seed">Fixes weights and dropout.</param>
    public static HashLanguageModel CreateDense(HashLmConfig language, HashLayerConfig layer, long seed = 0)
    {
        ArgumentNullException.ThrowIfNull(language);
        return new(new(language with { HashLayers = [] }, layer), [], seed);
    }

    /// <summary>Logits of the token after each.</summary>
    /// <param name="tokenIds">Int64 [batch, time].</param>
    /// <param name="mask">Bool [batch, time]: true where a token is real.</param>
    /// <param name="context">Where losses and statistics of layers go.</param>
    /// <returns>[batch, time, vocabulary].</returns>
    public Tensor Forward(Tensor tokenIds, Tensor? mask = null, TransformerContext? context = null) => Network.Forward(tokenIds, mask, context);

    /// <inheritdoc/>
    public Tensor CrossEntropy(Tensor windows, TransformerContext? context = null)
    {
        ArgumentNullException.ThrowIfNull(windows);
        if (windows.Rank != 2 || windows.Shape[1] < 2) throw new ArgumentException($"HashLanguageModel: windows are {windows.Shape}; give [batch, time + 1] with two tokens at least.", nameof(windows));
        var time = windows.Shape[1] - 1;
        var (ids, targets) = (windows.Narrow(1, 0, time).Contiguous(), windows.Narrow(1, 1, time).Contiguous());
        var pass = context ?? new();
        var own = new TransformerContext { Conditions = new Dictionary<string, Tensor>(pass.Conditions) { [HashFeedForward.NextTokens] = targets } };
        var loss = Loss.CrossEntropy(Forward(ids, null, own).Reshape(-1, VocabularySize), targets.Reshape(-1));
        foreach (var extra in own.Losses) pass.AddLoss(extra);
        foreach (var record in own.Records) pass.AddRecord(record);
        return loss;
    }

    /// <inheritdoc/>
    public IDecodingSession Begin(IReadOnlyList<IReadOnlyList<long>> prompts, bool useCache = true) => hashes.Any(hash => hash.NeedsNext)
        ? throw new InvalidOperationException("HashLanguageModel: an oracle hash looks at the token to be written; it serves analysis of known text and cannot write.")
        : Network.Begin(prompts, useCache);

    /// <summary>Writes <c>config.json</c>, <c>model.safetensors</c> and every hash (<c>hash-0.safetensors</c>, …).</summary>
    /// <param name="folder">The folder, made when missing.</param>
    public void Save(string folder)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        Directory.CreateDirectory(folder);
        for (var i = 0; i < hashes.Count; i++) hashes[i].Save(PathOf(folder, i));
        ModelFolder.Save(folder, Config, HashJson.Default.HashModelConfig, this);
    }

    /// <summary>Reads what <see cref="Save"/> wrote.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="seed">Fixes dropout in later training.</param>
    /// <param name="predictor">For hashes of expected tokens whose model is not a table: the model.</param>
    /// <returns>The model, in evaluation mode.</returns>
    /// <exception cref="CheckpointException">A file is missing, damaged or hostile, or the weights belong to another configuration or hash table.</exception>
    public static HashLanguageModel Load(string folder, long seed = 0, INextTokenPredictor? predictor = null)
    {
        var config = ModelFolder.LoadConfig(folder, HashJson.Default.HashModelConfig);
        var weights = ModelFolder.LoadWeights(folder);
        var saved = new List<ITokenHash>();
        while (File.Exists(PathOf(folder, saved.Count)) && saved.Count < 1000) saved.Add(TokenHash.Load(PathOf(folder, saved.Count), predictor));
        try
        {
            RequirePlausible(config, weights);
            var model = new HashLanguageModel(config, saved, seed);
            model.LoadState(weights);
            model.Evaluate();
            return model;
        }
        catch (ArgumentException error)
        {
            throw new CheckpointException($"{folder}: the weights do not fit the model that config.json and its hashes describe ({error.Message}). Check that all come from the same save.", error);
        }
    }

    private static string PathOf(string folder, int index) => Path.Combine(folder, string.Create(CultureInfo.InvariantCulture, $"hash-{index}.safetensors"));

    /// <summary>A configuration must not make this process allocate more than the weights beside it hold.</summary>
    private static void RequirePlausible(HashModelConfig config, IReadOnlyDictionary<string, Tensor> weights)
    {
        if (config.Language is null || config.Layer is null) throw new ArgumentException("config.json lacks the language's or the layer's part", nameof(config));
        config.Language.Validate();
        config.Layer.Validate();
        var held = weights.Values.Sum(tensor => tensor.ElementCount);
        var (model, inner, sparse) = ((double)config.Layer.ModelDim, (double)config.Layer.FfDim, (double)config.Language.HashLayers.Count);
        var wanted = ((double)config.Language.Vocabulary * model) + (config.Language.Layers * 4 * model * model) + (2 * model * inner * (config.Language.Layers - sparse + (sparse * config.Layer.Buckets)));
        if (wanted > 2.0 * held) throw new ArgumentException($"config.json describes some {wanted:G3} weights, the file holds {held}", nameof(config));
    }

    private FeedForward Sparse(HashModelConfig config, int index, int layer, RandomSource random) => config.Kind switch
    {
        SparseLayerKind.Switch => new SwitchFeedForward(config.Switch(), random, layer),
        SparseLayerKind.Base => new BaseFeedForward(config.Layer, random),
        _ => new HashFeedForward(config.Layer, hashes.Count == 1 ? hashes[0] : hashes[index], random),
    };
}

[JsonSourceGenerationOptions(WriteIndented = true)]
[JsonSerializable(typeof(HashModelConfig))]
internal sealed partial class HashJson : JsonSerializerContext;
