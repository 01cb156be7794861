using System.Text.Json.Serialization;
using Scorch.Checkpoints;
using Scorch.Losses;
using Scorch.Models.Generation;
using Scorch.Models.Transformers;
using Scorch.Modules;

namespace Scorch.Language.SwitchTransformers;

/// <summary>Shape of a language model around its feed-forward parts.</summary>
/// <param name="Vocabulary">Tokens known.</param>
/// <param name="Layers">Blocks.</param>
/// <param name="Heads">Attention heads; they divide the features.</param>
/// <param name="Every">One block in so many has a switch layer: with 2, blocks 1, 3, 5, ….</param>
public sealed record LmConfig(int Vocabulary, int Layers, int Heads, int Every = 2)
{
    /// <summary>Tokens that a prediction may look back on.</summary>
    public int Context { get; init; } = 64;

    /// <summary>Dropout of embeddings and parts' outputs, in training.</summary>
    public double Dropout { get; init; }
}

/// <summary>Everything that shapes a <see cref="SwitchLanguageModel"/>.</summary>
/// <param name="Language">Around the feed-forward parts.</param>
/// <param name="Experts">Of the switch layers; of a dense model its features and inner size count.</param>
/// <param name="IsDense">Whether every feed-forward part is dense: the baseline.</param>
public sealed record SwitchModelConfig(LmConfig Language, SwitchConfig Experts, bool IsDense = false);

/// <summary>A decoder-only language model with switch layers, or, as their baseline, without: blocks that normalise first by root mean square, no biases, embeddings shared with the head.</summary>
/// <example><code>
/// var model = SwitchLanguageModel.Create(new LmConfig(corpus.Tokenizer.Count, Layers: 4, Heads: 4), new SwitchConfig { ModelDim = 64, FfDim = 256 });
/// var result = await LmTrainer.FitAsync(model, corpus, new TrainOptions { Steps = 1500 });
/// </code></example>
public sealed class SwitchLanguageModel : Module, ITrainedLanguageModel
{
    /// <summary>A model with random weights.</summary>
    /// <param name="config">Its shape.</param>
    /// <param name="seed">Fixes weights, jitter and dropout.</param>
    /// <exception cref="ArgumentException">A setting is impossible.</exception>
    public SwitchLanguageModel(SwitchModelConfig config, long seed = 0)
    {
        ArgumentNullException.ThrowIfNull(config);
        ArgumentNullException.ThrowIfNull(config.Language);
        ArgumentNullException.ThrowIfNull(config.Experts);
        config.Experts.Validate();
        Config = config;
        var random = new RandomSource(seed);
        var shape = new TransformerConfig
        {
            Features = config.Experts.ModelDim,
            Inner = config.Experts.FfDim,
            Heads = config.Language.Heads,
            Layers = config.Language.Layers,
            MaximumLength = config.Language.Context,
            Dropout = config.Language.Dropout,
            Activation = Activation.Relu,
            NormalizesFirst = true,
            Norm = TransformerNorm.RmsNorm,
            Epsilon = 1e-6,
            HasBiases = false,
        };
        Network = new(shape, config.Language.Vocabulary, random, config.IsDense ? null : SwitchTransformer.Parts(config.Experts, config.Language.Every, random));
    }

    /// <summary>Its shape.</summary>
    public SwitchModelConfig Config { get; }

    /// <summary>The Transformer.</summary>
    public TransformerLanguageModel Network { get; }

    /// <inheritdoc/>
    public int VocabularySize => Network.VocabularySize;

    /// <inheritdoc/>
    public int MaximumLength => Network.MaximumLength;

    /// <inheritdoc/>
    public bool ContinuesPrompt => true;

    /// <summary>A model with switch layers.</summary>
    /// <param name="language">Around them.</param>
    /// <param name="experts">Of them.</param>
    /// <param name="seed">Fixes weights, jitter and dropout.</param>
    public static SwitchLanguageModel Create(LmConfig language, SwitchConfig experts, long seed = 0) => new(new(language, experts), seed);

    /// <summary>A dense model of the same features and inner size: as many operations a token as with switch layers, fewer parameters.</summary>
    /// <param name="language">Its shape.</param>
    /// <param name="shape">Features and inner size.</param>
    /// <param name="seed">Fixes weights and dropout.</param>
    public static SwitchLanguageModel CreateDense(LmConfig language, SwitchConfig shape, long seed = 0) => new(new(language, shape, IsDense: true), seed);

    /// <summary>The inner size at which a dense model has the parameters of one with these experts, the router's few aside.</summary>
    /// <param name="language">Around the feed-forward parts.</param>
    /// <param name="experts">Of the switch layers.</param>
    public static int ParameterMatchedInner(LmConfig language, SwitchConfig experts)
    {
        ArgumentNullException.ThrowIfNull(language);
        ArgumentNullException.ThrowIfNull(experts);
        var sparse = Enumerable.Range(0, language.Layers).Count(layer => SwitchTransformer.IsSwitch(layer, language.Every));
        var total = (long)experts.FfDim * (language.Layers - sparse + ((long)sparse * experts.Experts));
        return checked((int)((total + (language.Layers / 2)) / language.Layers));
    }

    /// <summary>Logits of the token after each.</summary>
    /// <param name="tokenIds">Int64 [batch, time].</param>
    /// <param name="mask">Bool [batch, time]: true where a token is real.</param>
    /// <param name="context">Where balance losses and statistics go.</param>
    /// <returns>[batch, time, vocabulary].</returns>
    public Tensor Forward(Tensor tokenIds, Tensor? mask = null, TransformerContext? context = null) => Network.Forward(tokenIds, mask, context);

    /// <inheritdoc/>
    public Tensor CrossEntropy(Tensor windows, TransformerContext? context = null)
    {
        var (logits, targets) = LogitsAndTargets(windows, context);
        return Loss.CrossEntropy(logits, targets);
    }

    /// <inheritdoc/>
    public IDecodingSession Begin(IReadOnlyList<IReadOnlyList<long>> prompts, bool useCache = true) => Network.Begin(prompts, useCache);

    /// <summary>Writes <c>config.json</c> and <c>model.safetensors</c>.</summary>
    /// <param name="folder">The folder, made when missing.</param>
    public void Save(string folder) => ModelFolder.Save(folder, Config, SwitchJson.Default.SwitchModelConfig, this);

    /// <summary>Reads what <see cref="Save"/> wrote.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="seed">Fixes jitter and dropout in later training.</param>
    /// <returns>The model, in evaluation mode.</returns>
    /// <exception cref="CheckpointException">A file is missing, damaged or hostile, or the weights do not fit, as with another number of experts.</exception>
    public static SwitchLanguageModel Load(string folder, long seed = 0)
    {
        var config = ModelFolder.LoadConfig(folder, SwitchJson.Default.SwitchModelConfig);
        var weights = ModelFolder.LoadWeights(folder);
        try
        {
            RequirePlausible(config, weights);
            var model = new SwitchLanguageModel(config, seed);
            model.LoadWeights(weights);
            model.Evaluate();
            return model;
        }
        catch (ArgumentException error)
        {
            throw new CheckpointException($"{folder}: the weights do not fit the model that config.json describes ({error.Message}). Check that both come from the same save.", error);
        }
    }

    /// <summary>Takes weights by name.</summary>
    /// <param name="weights">Tensors by name.</param>
    /// <exception cref="ArgumentException">A tensor is missing, unknown or of another shape, or belongs to another number of experts.</exception>
    public void LoadWeights(IReadOnlyDictionary<string, Tensor> weights)
    {
        SwitchTransformer.RequireExperts(this, weights);
        LoadState(weights);
    }

    internal (Tensor Logits, Tensor Targets) LogitsAndTargets(Tensor windows, TransformerContext? context)
    {
        ArgumentNullException.ThrowIfNull(windows);
        if (windows.Rank != 2 || windows.Shape[1] < 2)
            throw new ArgumentException($"SwitchLanguageModel: windows are {windows.Shape}; give [batch, time + 1] with two tokens at least.", nameof(windows));
        var time = windows.Shape[1] - 1;
        var logits = Forward(windows.Narrow(1, 0, time).Contiguous(), null, context).Reshape(-1, VocabularySize);
        // Sixteen bits would round away what the loss has to tell.
        return (logits.DataType == DataType.BFloat16 ? logits.To(DataType.Float32) : logits, windows.Narrow(1, 1, time).Reshape(-1));
    }

    /// <summary>A configuration must not make this process allocate more than the weights beside it hold.</summary>
    private static void RequirePlausible(SwitchModelConfig config, IReadOnlyDictionary<string, Tensor> weights)
    {
        if (config.Language is null || config.Experts is null) throw new ArgumentException("config.json lacks the language's or the experts' part", nameof(config));
        config.Experts.Validate();
        var held = weights.Values.Sum(tensor => tensor.ElementCount);
        var (model, inner) = ((double)config.Experts.ModelDim, (double)config.Experts.FfDim);
        var layers = (double)Math.Max(0, config.Language.Layers);
        var sparse = config.IsDense ? 0 : Math.Floor(layers / Math.Max(1, config.Language.Every));
        var wanted = ((double)config.Language.Vocabulary * model) + (layers * 4 * model * model) + (2 * model * inner * (layers - sparse + (sparse * config.Experts.Experts)));
        if (wanted > 2.0 * held)
        {
            var experts = weights.FirstOrDefault(entry => entry.Key.EndsWith("router.weight", StringComparison.Ordinal) && entry.Value.Rank == 2).Value?.Shape[0];
            throw new ArgumentException(
                $"config.json describes some {wanted:G3} weights{(experts is null ? "" : $" with {config.Experts.Experts} experts")}, the file holds {held}{(experts is null ? "" : $" with {experts} experts")}", nameof(config));
        }
    }
}

[JsonSourceGenerationOptions(WriteIndented = true, NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals)]
[JsonSerializable(typeof(SwitchModelConfig))]
internal sealed partial class SwitchJson : JsonSerializerContext;
