using System.Text.Json.Serialization;
using Scorch.Autograd;
using Scorch.Checkpoints;
using Scorch.Data;
using Scorch.Language.MetaDistil;
using Scorch.Models.Transformers;
using Scorch.Text;

namespace Scorch.Language.Softermax;

/// <summary>What a saved classifier needs to be built again.</summary>
public sealed record SoftermaxClassifierConfig
{
    /// <summary>Names of the classes, in the order of the logits.</summary>
    public required IReadOnlyList<string> Classes { get; init; }

    /// <summary>Tokens of a text that are read.</summary>
    public required int Length { get; init; }

    /// <summary>Shape of the small encoder; none for a BERT.</summary>
    public EncoderShape? Encoder { get; init; }

    /// <summary>Shape of the BERT; none for a small encoder.</summary>
    public BertConfig? Bert { get; init; }

    /// <summary>What is rounded.</summary>
    public required QatConfig Quantization { get; init; }
}

/// <summary>A quantised classifier of a user's sentences, saved as <c>config.json</c>, <c>model.safetensors</c> and its vocabulary.</summary>
public sealed class SoftermaxClassifier
{
    private const string WordFile = "vocabulary.json", PieceFile = "vocab.txt";
    private readonly SentenceNetwork network;
    private readonly ITokenizer tokenizer;

    internal SoftermaxClassifier(SoftermaxClassifierConfig config, ITokenizer tokenizer, IReadOnlyDictionary<string, Tensor> state)
    {
        (Config, this.tokenizer) = (config, tokenizer);
        network = Create(config, tokenizer.Count, 0);
        Quantized = Quantizer.Insert(network.Module, config.Quantization);
        network.Module.LoadState(state);
        network.Module.Evaluate();
    }

    /// <summary>Shape, classes and what is rounded.</summary>
    public SoftermaxClassifierConfig Config { get; }

    /// <summary>The network with its rounding.</summary>
    public QuantizedNetwork Quantized { get; }

    /// <summary>The most probable class of each sentence, and its probability.</summary>
    /// <param name="sentences">The sentences.</param>
    public IReadOnlyList<(string Class, double Probability)> Predict(IReadOnlyList<string> sentences)
    {
        ArgumentNullException.ThrowIfNull(sentences);
        using var mode = GradientMode.Disable();
        var results = new List<(string, double)>();
        foreach (var part in sentences.Chunk(64))
        {
            var (values, places) = network.Logits(Encode(part, [.. part.Select(_ => 0)], tokenizer, Config).Tensors).Softmax(1).Maximum(1);
            results.AddRange(places.ToArray<long>().Zip(values.To(DataType.Float64).ToArray<double>(), (place, value) => (Config.Classes[(int)place], value)));
        }
        return results;
    }

    /// <summary>Writes the files into a folder, made when missing.</summary>
    /// <param name="folder">The folder.</param>
    public void Save(string folder)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        ModelFolder.Save(folder, Config, SoftermaxJson.Default.SoftermaxClassifierConfig, network.Module);
        if (tokenizer is WordPieceTokenizer pieces) pieces.Save(Path.Combine(folder, PieceFile));
        else ((WordTokenizer)tokenizer).Save(Path.Combine(folder, WordFile));
    }

    /// <summary>Reads what <see cref="Save"/> wrote.</summary>
    /// <param name="folder">The folder.</param>
    /// <exception cref="CheckpointException">A file is missing, damaged or hostile, or the parts do not fit.</exception>
    public static SoftermaxClassifier Load(string folder)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        var config = ModelFolder.LoadConfig(folder, SoftermaxJson.Default.SoftermaxClassifierConfig);
        if (config is not { Classes.Count: > 0, Quantization: not null } || config.Encoder is null == config.Bert is null || config.Length is < 1 or > 65_536)
            throw new CheckpointException($"{folder}: config.json lacks a part or has one too many; write it with 'scorch softermax quantize'.");
        try
        {
            ITokenizer tokenizer = config.Bert is null
                ? new WordTokenizer(Vocabulary.Load(Path.Combine(folder, WordFile)))
                : WordPieceTokenizer.Load(Path.Combine(folder, PieceFile));
            var state = ModelFolder.LoadWeights(folder);
            RequireSizes(config, tokenizer.Count, state);
            return new(config, tokenizer, state);
        }
        catch (Exception error) when (error is ArgumentException or TextFormatException or FileNotFoundException or InvalidDataException)
        {
            throw new CheckpointException($"{folder}: the classifier's parts do not fit together ({error.Message}). Write it with 'scorch softermax quantize'.", error);
        }
    }

    internal static SentenceNetwork Create(SoftermaxClassifierConfig config, int vocabulary, long seed) => config.Bert is null
        ? SentenceNetwork.Small(config.Encoder!, vocabulary, config.Classes.Count, config.Length, seed)
        : SentenceNetwork.Of(new BertClassifier(config.Bert, config.Classes.Count, new RandomSource(seed)));

    internal static TensorDataSet Encode(IReadOnlyList<string> texts, IReadOnlyList<int> labels, ITokenizer tokenizer, SoftermaxClassifierConfig config) => tokenizer is WordPieceTokenizer pieces
        ? FullGlue.Encode([.. texts.Zip(labels, (text, label) => new GlueExample(text, null, label))], pieces, config.Length)
        : SentenceTensors.Rows(SentenceTensors.Encode((WordTokenizer)tokenizer, texts, config.Length), labels);

    /// <summary>Sizes that the configuration asks for are held against the weights' before anything of that size is made.</summary>
    private static void RequireSizes(SoftermaxClassifierConfig config, int vocabulary, IReadOnlyDictionary<string, Tensor> state)
    {
        var (embedding, features, layers) = config.Bert is { } bert
            ? ("bert.embeddings.word_embeddings.weight", bert.Features, bert.Layers)
            : ("encoder.embedding.tokens.weight", config.Encoder!.Features, config.Encoder.Layers);
        if (!state.TryGetValue(embedding, out var table) || !table.Shape.SequenceEqual([config.Bert?.VocabularySize ?? vocabulary, features]) || (config.Bert is not null && config.Bert.VocabularySize < vocabulary))
            throw new ArgumentException($"config.json and the vocabulary ask for {embedding} of [{vocabulary}, {features}], the weights have {(table is null ? "none" : table.Shape.ToString())}");
        var (inner, positions) = config.Bert is { } large ? (large.Inner, large.Positions) : (config.Encoder!.Inner, config.Length);
        var wanted = (long)layers * ((4L * features * features) + (2L * features * inner));
        if (wanted > state.Values.Sum(tensor => tensor.ElementCount) || layers < 1 || inner < 1)
            throw new ArgumentException($"config.json asks for {layers} blocks with {features} and {inner} features, which the weights do not hold");
        if (positions > 1 << 20 || config.Bert is { Segments: > 1024 }) throw new ArgumentException("config.json asks for positions or segments beyond any use");
    }
}

[JsonSourceGenerationOptions(WriteIndented = true, UseStringEnumConverter = true, PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(SoftermaxClassifierConfig))]
[JsonSerializable(typeof(SoftermaxTrace))]
[JsonSerializable(typeof(CostReport))]
[JsonSerializable(typeof(QuantizeReport))]
internal sealed partial class SoftermaxJson : JsonSerializerContext;
