using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Scorch.Autograd;

namespace Scorch.Language.HashLayers;

/// <summary>A small model that expects a token after each.</summary>
public interface INextTokenPredictor
{
    /// <summary>SHA-256 of all that fixes it, in hexadecimal.</summary>
    string Checksum { get; }

    /// <summary>The likeliest token after each of those wanted; it sees nothing after them.</summary>
    /// <param name="tokens">Tokens from the beginning of the sequence.</param>
    /// <param name="first">The first for which a prediction is wanted.</param>
    /// <param name="predictions">One for each token from there on.</param>
    void Predict(ReadOnlySpan<long> tokens, int first, Span<long> predictions);
}

/// <summary>The most frequent token after each in the training text; after one never seen there, the most frequent of all.</summary>
public sealed class BigramPredictor : INextTokenPredictor
{
    private readonly int[] next;

    internal BigramPredictor(int[] next)
    {
        if (next.Length == 0) throw new ArgumentException("BigramPredictor: the table is empty; give the token expected after each.", nameof(next));
        foreach (var id in next)
            if (id < 0 || id >= next.Length) throw new ArgumentOutOfRangeException(nameof(next), id, $"BigramPredictor: token id {id} lies outside the vocabulary of {next.Length}: 0..{next.Length - 1}.");
        this.next = next;
        Checksum = Convert.ToHexStringLower(SHA256.HashData(MemoryMarshal.AsBytes(next.AsSpan())));
    }

    /// <inheritdoc/>
    public string Checksum { get; }

    /// <summary>The token expected after each.</summary>
    public IReadOnlyList<int> Next => next;

    /// <summary>Counts pairs.</summary>
    /// <param name="rows">Training text, cut into rows.</param>
    /// <param name="vocabulary">Ids.</param>
    /// <exception cref="ArgumentException">An id lies outside the vocabulary.</exception>
    public static BigramPredictor FromRows(IEnumerable<IReadOnlyList<int>> rows, int vocabulary)
    {
        ArgumentNullException.ThrowIfNull(rows);
        if (vocabulary is < 1 or > TokenHash.MaximumSize) throw new ArgumentOutOfRangeException(nameof(vocabulary), vocabulary, $"BigramPredictor: a vocabulary of {vocabulary}; give 1 to {TokenHash.MaximumSize}.");
        var pairs = new Dictionary<(int, int), long>();
        var single = new long[vocabulary];
        foreach (var row in rows)
        {
            for (var i = 0; i < row.Count; i++)
            {
                if (row[i] < 0 || row[i] >= vocabulary) throw new ArgumentOutOfRangeException(nameof(rows), row[i], $"BigramPredictor: token id {row[i]} lies outside the vocabulary of {vocabulary}.");
                single[row[i]]++;
                if (i > 0) CollectionsMarshal.GetValueRefOrAddDefault(pairs, (row[i - 1], row[i]), out _)++;
            }
        }
        var next = new int[vocabulary];
        Array.Fill(next, Array.IndexOf(single, single.Max()));
        foreach (var group in pairs.GroupBy(pair => pair.Key.Item1))
            next[group.Key] = group.OrderByDescending(pair => pair.Value).ThenBy(pair => pair.Key.Item2).First().Key.Item2;
        return new(next);
    }

    /// <inheritdoc/>
    public void Predict(ReadOnlySpan<long> tokens, int first, Span<long> predictions)
    {
        for (var i = 0; i < predictions.Length; i++)
        {
            var id = tokens[first + i];
            predictions[i] = id >= 0 && id < next.Length
                ? next[id]
                : throw new ArgumentOutOfRangeException(nameof(tokens), id, $"BigramPredictor: token id {id} lies outside the vocabulary of {next.Length}: 0..{next.Length - 1}.");
        }
    }
}

/// <summary>A language model as a predictor: its likeliest next token.</summary>
public sealed class ModelPredictor : INextTokenPredictor
{
    private readonly HashLanguageModel model;

    /// <summary>A predictor.</summary>
    /// <param name="model">The model, trained; a dense one. Its weights must not change afterwards.</param>
    /// <exception cref="ArgumentException">The model is in training mode.</exception>
    public ModelPredictor(HashLanguageModel model)
    {
        ArgumentNullException.ThrowIfNull(model);
        if (model.IsTraining) throw new ArgumentException("ModelPredictor: the model is in training mode; train it to the end and call Evaluate().", nameof(model));
        this.model = model;
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var (_, tensor) in model.State().OrderBy(entry => entry.Key, StringComparer.Ordinal))
            hash.AppendData(MemoryMarshal.AsBytes(tensor.To(DataType.Float64).ToArray<double>().AsSpan()));
        Checksum = Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    /// <inheritdoc/>
    public string Checksum { get; }

    /// <inheritdoc/>
    public void Predict(ReadOnlySpan<long> tokens, int first, Span<long> predictions)
    {
        using var mode = GradientMode.Disable();
        var logits = model.Forward(Tensor.From(tokens.ToArray(), [1, tokens.Length]));
        logits.Select(0, 0).Narrow(0, first, predictions.Length).ArgMax(-1).ToArray<long>().CopyTo(predictions);
    }
}
