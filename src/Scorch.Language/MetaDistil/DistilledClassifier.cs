using System.Text.Json.Serialization;
using Scorch.Checkpoints;
using Scorch.Modules;
using Scorch.Tabular;
using Scorch.Text;

namespace Scorch.Language.MetaDistil;

/// <summary>A trained classifier with all that it needs to read a user's rows or sentences.</summary>
public sealed record DistilledConfig
{
    /// <summary>The network's shape.</summary>
    public required ClassifierConfig Network { get; init; }

    /// <summary>Names of the classes, in the order of the logits.</summary>
    public required IReadOnlyList<string> Classes { get; init; }

    /// <summary>Of a table: the columns that are read, in order.</summary>
    public IReadOnlyList<string> Columns { get; init; } = [];

    /// <summary>Of a table: each column's mean in training.</summary>
    public IReadOnlyList<double> Means { get; init; } = [];

    /// <summary>Of a table: each column's standard deviation in training; 1 for a column that never changes.</summary>
    public IReadOnlyList<double> Deviations { get; init; } = [];
}

/// <summary>A classifier for a user's table or sentences, saved as <c>config.json</c>, <c>model.safetensors</c> and, for sentences, <c>vocabulary.json</c>.</summary>
public sealed class DistilledClassifier
{
    private const string VocabularyFile = "vocabulary.json";

    private readonly WordTokenizer? tokenizer;

    /// <summary>A classifier of a network and its reading.</summary>
    /// <param name="config">The shapes and names.</param>
    /// <param name="network">What <see cref="ClassifierConfig.Create"/> made.</param>
    /// <param name="tokenizer">Of sentences: its words.</param>
    public DistilledClassifier(DistilledConfig config, Module network, WordTokenizer? tokenizer = null)
    {
        ArgumentNullException.ThrowIfNull(config);
        ArgumentNullException.ThrowIfNull(network);
        if (config.Classes.Count != config.Network.Classes || config.Columns.Count != config.Means.Count || config.Columns.Count != config.Deviations.Count
            || (config.Network.Kind == ClassifierKind.Perceptron ? config.Columns.Count != config.Network.Inputs : tokenizer is null || tokenizer.Count != config.Network.Inputs))
            throw new ArgumentException("DistilledClassifier: names of classes, columns, statistics or words do not fit the network's shape.", nameof(config));
        (Config, Network, this.tokenizer) = (config, network, tokenizer);
    }

    /// <summary>Shapes and names.</summary>
    public DistilledConfig Config { get; }

    /// <summary>The network.</summary>
    public Module Network { get; }

    /// <summary>The rows of a table as the network reads them, float32 [rows, columns].</summary>
    /// <param name="table">It has every column of <see cref="DistilledConfig.Columns"/>.</param>
    /// <exception cref="ArgumentException">A column is missing or holds text, or a value is missing.</exception>
    public Tensor Read(Table table)
    {
        ArgumentNullException.ThrowIfNull(table);
        if (tokenizer is not null) throw new ArgumentException("DistilledClassifier: this classifier reads sentences; give text.", nameof(table));
        return TableRows.Read(table, Config.Columns, Config.Means, Config.Deviations);
    }

    /// <summary>Sentences as the network reads them, int64 [sentences, length].</summary>
    /// <param name="sentences">The sentences.</param>
    /// <exception cref="ArgumentException">The classifier reads a table.</exception>
    public Tensor Read(IReadOnlyList<string> sentences) => tokenizer is null
        ? throw new ArgumentException("DistilledClassifier: this classifier reads a table; give one.", nameof(sentences))
        : SentenceTensors.Encode(tokenizer, sentences, Config.Network.Length);

    /// <summary>The most probable class of each row that <see cref="Read(Table)"/> gave, and its probability.</summary>
    public IReadOnlyList<(string Class, double Probability)> Predict(Tensor rows)
    {
        ArgumentNullException.ThrowIfNull(rows);
        if (rows.Shape[0] == 0) return [];
        Network.Evaluate();
        using var mode = Autograd.GradientMode.Disable();
        var (values, places) = ((IForward)Network).Forward(rows).Softmax(1).Maximum(1);
        return [.. places.ToArray<long>().Zip(values.To(DataType.Float64).ToArray<double>(), (place, value) => (Config.Classes[(int)place], value))];
    }

    /// <summary>Writes the files into a folder, made when missing.</summary>
    public void Save(string folder)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        ModelFolder.Save(folder, Config, MetaDistilJson.Default.DistilledConfig, Network);
        tokenizer?.Save(Path.Combine(folder, VocabularyFile));
    }

    /// <summary>Reads what <see cref="Save"/> wrote.</summary>
    /// <exception cref="CheckpointException">A file is missing, damaged or hostile, or the parts do not fit.</exception>
    public static DistilledClassifier Load(string folder)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        var config = ModelFolder.LoadConfig(folder, MetaDistilJson.Default.DistilledConfig);
        if (config is not { Network: { Hidden: not null }, Classes: not null, Columns: not null, Means: not null, Deviations: not null })
            throw new CheckpointException($"{folder}: config.json lacks a part; write it with 'scorch metadistil distil'.");
        try
        {
            var tokenizer = config.Network.Kind == ClassifierKind.Perceptron ? null : new WordTokenizer(Vocabulary.Load(Path.Combine(folder, VocabularyFile)));
            var weights = ModelFolder.LoadWeights(folder);
            RequireSizes(config.Network, weights);
            var network = config.Network.Create(new RandomSource(0));
            network.LoadState(weights);
            return new(config, network, tokenizer);
        }
        catch (Exception error) when (error is ArgumentException or TextFormatException or FileNotFoundException)
        {
            throw new CheckpointException($"{folder}: the classifier's parts do not fit together ({error.Message}). Write it with 'scorch metadistil distil'.", error);
        }
    }

    /// <summary>Sizes that the configuration asks for are held against the weights' before anything of that size is made.</summary>
    private static void RequireSizes(ClassifierConfig network, IReadOnlyDictionary<string, Tensor> weights)
    {
        int[] sizes = [network.Inputs, .. network.Hidden, network.Classes];
        (string Name, int[] Shape)[] expected = network.Kind switch
        {
            ClassifierKind.Perceptron => [.. Enumerable.Range(0, sizes.Length - 1).Select(i => ($"layers.{i}.weight", (int[])[sizes[i + 1], sizes[i]]))],
            ClassifierKind.BagOfEmbeddings => [("embedding.weight", [network.Inputs, network.Features]), ("head.weight", [network.Classes, network.Features])],
            _ => [("encoder.embedding.tokens.weight", [network.Inputs, network.Features]), ("head.weight", [network.Classes, network.Features])],
        };
        foreach (var (name, shape) in expected)
            if (!weights.TryGetValue(name, out var weight) || !weight.Shape.SequenceEqual(shape))
                throw new ArgumentException($"config.json asks for {name} of [{string.Join(", ", shape)}], the weights have {(weight is null ? "none" : weight.Shape.ToString())}");
        var blocks = weights.Keys.Count(name => name.EndsWith("self_attention.query.weight", StringComparison.Ordinal) || name.EndsWith(".self_attention_norm.weight", StringComparison.Ordinal));
        if (network.Kind == ClassifierKind.Transformer && network.Layers > blocks)
            throw new ArgumentException($"config.json asks for {network.Layers} blocks, the weights have {blocks}");
    }
}

/// <summary>Rows of a table as numbers for a network.</summary>
internal static class TableRows
{
    public static Tensor Read(Table table, IReadOnlyList<string> columns, IReadOnlyList<double> means, IReadOnlyList<double> deviations)
    {
        var values = new float[checked(table.Rows * columns.Count)];
        for (var j = 0; j < columns.Count; j++)
        {
            var column = table[columns[j]];
            if (!column.IsNumeric) throw new ArgumentException($"Column '{columns[j]}' holds text; give numbers, or leave it out with --features.");
            if (column.MissingCount > 0) throw new ArgumentException($"Column '{columns[j]}' lacks {column.MissingCount} values; fill them in or leave the rows out.");
            var numbers = column.Numbers;
            for (var i = 0; i < numbers.Length; i++) values[(i * columns.Count) + j] = (float)((numbers[i] - means[j]) / deviations[j]);
        }
        return Tensor.From(values, [table.Rows, columns.Count]);
    }

    /// <summary>Means and standard deviations of columns over some rows.</summary>
    public static (double[] Means, double[] Deviations) Statistics(Table table, IReadOnlyList<string> columns, IReadOnlyList<int> rows)
    {
        var (means, deviations) = (new double[columns.Count], new double[columns.Count]);
        for (var j = 0; j < columns.Count; j++)
        {
            var column = table[columns[j]];
            if (!column.IsNumeric) throw new ArgumentException($"Column '{columns[j]}' holds text; give numbers, or leave it out with --features.");
            var numbers = column.Numbers.ToArray();
            means[j] = rows.Average(row => numbers[row]);
            var variance = rows.Average(row => (numbers[row] - means[j]) * (numbers[row] - means[j]));
            deviations[j] = variance > 0 ? Math.Sqrt(variance) : 1;
        }
        return (means, deviations);
    }
}

[JsonSourceGenerationOptions(WriteIndented = true, PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(DistilledConfig))]
[JsonSerializable(typeof(DistilReportFile))]
internal sealed partial class MetaDistilJson : JsonSerializerContext;
