using Scorch.Modules;
using Scorch.Training;

namespace Scorch.Models.Training;

/// <summary>A model that tells tokens at given places from all others.</summary>
public interface IMaskedTokenModel
{
    /// <summary>Tokens known.</summary>
    int VocabularySize { get; }

    /// <summary>The longest sequence.</summary>
    int MaximumLength { get; }

    /// <summary>Logits at places.</summary>
    /// <param name="tokenIds">Int64 [batch, time].</param>
    /// <param name="mask">Bool [batch, time]: true where a token is real; null where all are.</param>
    /// <param name="places">Int64 [count]: rows of the batch one after the other, row * time + place.</param>
    /// <returns>[count, vocabulary].</returns>
    Tensor PredictAt(Tensor tokenIds, Tensor? mask, Tensor places);
}

/// <summary>Tokens of which some are to be told.</summary>
/// <param name="Inputs">The tokens, some replaced.</param>
/// <param name="Labels">The true token where it is to be told, <see cref="MaskedBatch.Ignored"/> elsewhere.</param>
public sealed record MaskedExample(IReadOnlyList<int> Inputs, IReadOnlyList<int> Labels);

/// <summary>Examples side by side, the short ones padded behind.</summary>
/// <param name="Ids">Int64 [batch, time].</param>
/// <param name="Mask">Bool [batch, time]: true where a token is real; null where all are.</param>
/// <param name="Places">Int64 [count]: where tokens are to be told.</param>
/// <param name="Labels">Int64 [count]: the true tokens there.</param>
public sealed record MaskedBatch(Tensor Ids, Tensor? Mask, Tensor Places, Tensor Labels)
{
    /// <summary>The label of tokens that are not to be told.</summary>
    public const int Ignored = -100;

    /// <summary>A batch.</summary>
    /// <param name="examples">The examples; at least one token is to be told.</param>
    /// <param name="padding">Fills short rows.</param>
    /// <exception cref="ArgumentException">There is none, an example's inputs and labels differ in number, or nothing is to be told.</exception>
    public static MaskedBatch Of(IReadOnlyList<MaskedExample> examples, int padding = 0)
    {
        ArgumentNullException.ThrowIfNull(examples);
        if (examples.Count == 0) throw new ArgumentException("MaskedBatch: no example was given; a batch has at least one.", nameof(examples));
        var time = examples.Max(example => example.Inputs.Count);
        var (ids, isReal) = (new long[examples.Count * time], new bool[examples.Count * time]);
        Array.Fill(ids, padding);
        var (places, labels) = (new List<long>(), new List<long>());
        for (var row = 0; row < examples.Count; row++)
        {
            var example = examples[row];
            if (example.Inputs.Count != example.Labels.Count)
                throw new ArgumentException($"MaskedBatch: example {row} has {example.Inputs.Count} tokens and {example.Labels.Count} labels; give one for each.", nameof(examples));
            for (var i = 0; i < example.Inputs.Count; i++)
            {
                (ids[(row * time) + i], isReal[(row * time) + i]) = (example.Inputs[i], true);
                if (example.Labels[i] == Ignored) continue;
                places.Add((row * time) + i);
                labels.Add(example.Labels[i]);
            }
        }
        if (places.Count == 0) throw new ArgumentException("MaskedBatch: no token is to be told; label at least one.", nameof(examples));
        return new(
            Tensor.From(ids, [examples.Count, time]),
            isReal.Contains(false) ? Tensor.From(isReal, [examples.Count, time]) : null,
            Tensor.From(places.ToArray()),
            Tensor.From(labels.ToArray()));
    }

    /// <summary>Mean negative log-probability of the true tokens.</summary>
    /// <param name="model">The model.</param>
    public Tensor Loss(IMaskedTokenModel model)
    {
        ArgumentNullException.ThrowIfNull(model);
        return Losses.Loss.CrossEntropy(model.PredictAt(Ids, Mask, Places), Labels);
    }
}

/// <summary>Trains models of masked tokens (Devlin and others 2019).</summary>
public static class MaskedTokenTraining
{
    /// <summary>Trains, and leaves the model in evaluation mode.</summary>
    /// <param name="model">The model.</param>
    /// <param name="examples">How many examples there are.</param>
    /// <param name="mask">Masks an example by its number, with draws of its own batch.</param>
    /// <param name="config">Steps and rates.</param>
    /// <param name="padding">Fills short rows.</param>
    /// <param name="progress">Told of steps; may be null.</param>
    /// <param name="cancellationToken">Stops between two steps.</param>
    /// <exception cref="ArgumentException">A setting is out of range, or the examples are fewer than a batch.</exception>
    public static TrainingResult Run<TModel>(
        TModel model, int examples, Func<int, RandomSource, MaskedExample> mask, ShortTrainingConfig config, int padding = 0,
        IProgress<TrainingProgress>? progress = null, CancellationToken cancellationToken = default)
        where TModel : Module, IMaskedTokenModel
    {
        ArgumentNullException.ThrowIfNull(mask);
        return ShortTraining.Run(
            model, examples, (indices, random) => MaskedBatch.Of([.. indices.Select(index => mask(index, random))], padding), batch => batch.Loss(model), config, progress, cancellationToken);
    }
}
