using Scorch.Autograd;
using Scorch.Data;
using Scorch.Language.MetaDistil;
using Scorch.Losses;
using Scorch.Models.Training;
using Scorch.Models.Transformers;
using Scorch.Modules;
using Scorch.Training;

namespace Scorch.Language.Softermax;

/// <summary>Shape of a small encoder whose states' mean is classified.</summary>
public sealed record EncoderShape
{
    /// <summary>Features of the hidden states.</summary>
    public int Features { get; init; } = 64;

    /// <summary>Attention heads.</summary>
    public int Heads { get; init; } = 4;

    /// <summary>Blocks.</summary>
    public int Layers { get; init; } = 2;

    /// <summary>Features between the maps of the feed-forward part.</summary>
    public int Inner { get; init; } = 256;

    /// <summary>Dropout in training.</summary>
    public double Dropout { get; init; } = 0.1;
}

/// <summary>A classifier of token rows, small or BERT: data are ids, BERT's also segments, and last labels.</summary>
internal sealed class SentenceNetwork(Module module, Func<IReadOnlyList<Tensor>, Tensor> logits)
{
    private const int EvaluationBatch = 128;

    public Module Module { get; } = module;

    /// <summary>A small encoder with the mean of its states: ids [batch, time], 0 where there is no token.</summary>
    public static SentenceNetwork Small(EncoderShape shape, int vocabulary, int classes, int length, long seed)
    {
        var config = new TransformerConfig
        {
            Features = shape.Features,
            Heads = shape.Heads,
            Layers = shape.Layers,
            Inner = shape.Inner,
            Dropout = shape.Dropout,
            MaximumLength = length,
            Activation = Activation.Gelu,
        };
        var model = new TransformerSentenceClassifier(config, vocabulary, classes, new RandomSource(seed));
        return new(model, inputs => model.Forward(inputs[0]));
    }

    public static SentenceNetwork Of(BertClassifier model) => new(model, inputs => model.Forward(inputs[0], inputs[0].NotEqual(0), inputs[1]));

    public Tensor Logits(IReadOnlyList<Tensor> inputs) => logits(inputs);

    /// <summary>Values of all parameters and buffers, copied.</summary>
    public IReadOnlyDictionary<string, Tensor> Snapshot() => Module.State().ToDictionary(entry => entry.Key, entry => entry.Value.Clone());

    /// <summary>AdamW at a rate that grows over a tenth of the steps and falls evenly; a number of passes over the data.</summary>
    public void Fit(TensorDataSet data, int epochs, int batch, double rate, long seed, IProgress<TrainingProgress>? progress, CancellationToken cancellationToken)
    {
        Module.Train();
        ShortTraining.Run(
            Module,
            data.Count,
            (rows, _) => data.Batch(rows),
            rows => Loss.CrossEntropy(Logits(rows), rows[^1]),
            new ShortTrainingConfig
            {
                Steps = Math.Max(1, epochs * (data.Count / batch)),
                BatchSize = batch,
                LearningRate = rate,
                Seed = seed,
            },
            progress,
            cancellationToken);
    }

    /// <summary>Ranges of activations from the first rows of shuffled data.</summary>
    public void Calibrate(QuantizedNetwork quantized, TensorDataSet data, int batches, int batch, long seed) => quantized.Calibrate(
        new RandomSource(seed).Permutation(data.Count).Chunk(batch).Take(batches),
        rows => Logits(data.Batch(rows)));

    /// <summary>Share of rows whose greatest logit is the label's.</summary>
    public double Accuracy(TensorDataSet data)
    {
        Module.Evaluate();
        using var mode = GradientMode.Disable();
        long right = 0;
        foreach (var rows in Enumerable.Range(0, data.Count).Chunk(EvaluationBatch))
        {
            var batch = data.Batch(rows);
            right += Logits(batch).ArgMax(1).EqualTo(batch[^1]).To(DataType.Int64).Sum().ItemInt64();
        }
        return (double)right / data.Count;
    }
}
