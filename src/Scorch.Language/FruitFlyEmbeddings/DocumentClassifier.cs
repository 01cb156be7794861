using Scorch.Autograd;
using Scorch.Losses;
using Scorch.Modules;
using Scorch.Optimizers;

namespace Scorch.Language.FruitFlyEmbeddings;

/// <summary>Logistic regression of documents' features, one weight vector a class, with a ridge penalty.</summary>
/// <remarks>Minimises <c>mean log-loss + Penalty |W|^2 / 2</c> (scikit-learn's C is 1 / (n Penalty)), intercepts free, by L-BFGS.</remarks>
public sealed class DocumentClassifier
{
    private readonly double[] weights;
    private readonly double[] intercepts;

    private DocumentClassifier(int features, double[] weights, double[] intercepts) => (Features, this.weights, this.intercepts) = (features, weights, intercepts);

    /// <summary>How many features a document has.</summary>
    public int Features { get; }

    /// <summary>Class by class, the features' weights, <c>[classes, features]</c> row after row.</summary>
    public IReadOnlyList<double> Weights => weights;

    /// <summary>The classes' intercepts.</summary>
    public IReadOnlyList<double> Intercepts => intercepts;

    /// <summary>Fits a classifier.</summary>
    /// <param name="documents">One row of finite features a document, all of one length.</param>
    /// <param name="labels">One class a document, from 0.</param>
    /// <param name="penalty">The weight of the squared norm, above 0.</param>
    /// <param name="cancellationToken">Stops the fit.</param>
    /// <exception cref="ArgumentException">Sizes disagree, a value is not finite, a label is negative, or all documents are of one class.</exception>
    public static DocumentClassifier Fit(IReadOnlyList<float[]> documents, IReadOnlyList<int> labels, double penalty = 1e-4, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(documents);
        ArgumentNullException.ThrowIfNull(labels);
        if (documents.Count != labels.Count || documents.Count == 0)
            throw new ArgumentException($"DocumentClassifier: {documents.Count} documents and {labels.Count} labels were given; there must be one label a document, and at least one document.", nameof(labels));
        if (!(penalty > 0 && double.IsFinite(penalty)))
            throw new ArgumentOutOfRangeException(nameof(penalty), penalty, "DocumentClassifier: the penalty must be above 0.");
        if (labels.Min() < 0 || labels.Distinct().Count() < 2)
            throw new ArgumentException($"DocumentClassifier: the labels run from {labels.Min()} to {labels.Max()}; they must be 0 or more, of two classes at least.", nameof(labels));
        var features = documents[0].Length;
        var classes = labels.Max() + 1;
        var x = Tensor.From(Flat(documents, features), [documents.Count, features]).To(DataType.Float64);
        var y = Tensor.From(labels.Select(label => (long)label).ToArray());
        var weight = Parameter.Full([classes, features], 0, DataType.Float64);
        var bias = Parameter.Full([classes], 0, DataType.Float64);
        var search = new Lbfgs([weight, bias], new LbfgsConfig(MaximumIterations: 500, GradientTolerance: 1e-6, ChangeTolerance: 1e-10, History: 20));
        var (_, outcome) = search.Step(() => Loss.CrossEntropy(x.Affine(weight, bias), y) + (weight * weight).Sum() * (penalty / 2), cancellationToken);
        cancellationToken.ThrowIfCancellationRequested();
        if (outcome == LbfgsOutcome.NotFinite)
            throw new ArithmeticException("DocumentClassifier: the loss is not finite; are the features very large?");
        return new DocumentClassifier(features, weight.Detach().ToArray<double>(), bias.Detach().ToArray<double>());
    }

    /// <summary>The most probable class of each document.</summary>
    /// <exception cref="ArgumentException">A document has another number of features.</exception>
    public int[] Predict(IReadOnlyList<float[]> documents)
    {
        ArgumentNullException.ThrowIfNull(documents);
        if (documents.Count == 0)
            return [];
        using var mode = GradientMode.Disable();
        var x = Tensor.From(Flat(documents, Features), [documents.Count, Features]).To(DataType.Float64);
        var logits = x.Affine(Tensor.From(weights, [intercepts.Length, Features]), Tensor.From(intercepts)).ToArray<double>();
        return [.. Enumerable.Range(0, documents.Count).Select(row =>
        {
            var scores = logits.AsSpan(row * intercepts.Length, intercepts.Length);
            var best = 0;
            for (var c = 1; c < scores.Length; c++)
            {
                if (scores[c] > scores[best])
                    best = c;
            }
            return best;
        })];
    }

    /// <summary>Share of documents whose class is found.</summary>
    /// <exception cref="ArgumentException">Sizes disagree.</exception>
    public double Accuracy(IReadOnlyList<float[]> documents, IReadOnlyList<int> labels)
    {
        ArgumentNullException.ThrowIfNull(labels);
        var predicted = Predict(documents);
        return predicted.Length == labels.Count && predicted.Length > 0
            ? predicted.Where((label, i) => label == labels[i]).Count() / (double)predicted.Length
            : throw new ArgumentException($"DocumentClassifier: {predicted.Length} documents and {labels.Count} labels were given; there must be one label a document, and at least one.", nameof(labels));
    }

    /// <summary>A document's features from its words' codes: how many words wake each neuron, divided by the vector's norm.</summary>
    /// <param name="codes">The codes of the document's words; empty ones count nothing.</param>
    /// <param name="neurons">Neurons of the codes.</param>
    /// <param name="anyWord">1 where any word wakes the neuron (logical or) in place of the count.</param>
    public static float[] CountNeurons(IEnumerable<SparseCode> codes, int neurons, bool anyWord = false)
    {
        ArgumentNullException.ThrowIfNull(codes);
        var sum = new float[neurons];
        foreach (var code in codes)
        {
            if (code.Neurons != neurons)
                throw new ArgumentException($"DocumentClassifier: a code has {code.Neurons} neurons; expected {neurons}.", nameof(codes));
            foreach (var neuron in code.ActiveNeurons)
                sum[neuron] = anyWord ? 1 : sum[neuron] + 1;
        }
        var norm = Math.Sqrt(sum.Sum(value => (double)value * value));
        return norm == 0 ? sum : [.. sum.Select(value => (float)(value / norm))];
    }

    private static float[] Flat(IReadOnlyList<float[]> documents, int features)
    {
        var flat = new float[checked(documents.Count * features)];
        for (var row = 0; row < documents.Count; row++)
        {
            if (documents[row].Length != features)
                throw new ArgumentException($"DocumentClassifier: document {row} has {documents[row].Length} features; expected {features}.", nameof(documents));
            if (Array.Exists(documents[row], value => !float.IsFinite(value)))
                throw new ArgumentException($"DocumentClassifier: a feature of document {row} is not finite.", nameof(documents));
            documents[row].CopyTo(flat, row * features);
        }
        return flat;
    }
}
