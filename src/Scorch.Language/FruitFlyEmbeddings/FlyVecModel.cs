using System.Collections.Concurrent;

namespace Scorch.Language.FruitFlyEmbeddings;

/// <summary>A trained fruit fly's network: words and words in context as sparse binary codes.</summary>
/// <remarks>Immutable, and safe to use from several threads.</remarks>
public sealed class FlyVecModel
{
    private readonly float[] transposed;
    private readonly int stride;
    private readonly float[] norms;
    private readonly float[] inverse;
    private readonly ConcurrentDictionary<int, Lazy<CodeIndex>> indexes = [];

    private FlyVecModel(float[] transposed, int stride, FlyVocabulary vocabulary, FlyVecConfig config, bool knowsUnknown)
    {
        (this.transposed, this.stride, Vocabulary, Config, KnowsUnknown) = (transposed, stride, vocabulary, config, knowsUnknown);
        var squares = new double[stride];
        for (var feature = 0; feature < 2 * vocabulary.Count; feature++)
        {
            var row = Row(feature);
            for (var neuron = 0; neuron < Neurons; neuron++)
                squares[neuron] += (double)row[neuron] * row[neuron];
        }
        norms = [.. squares.Take(Neurons).Select(square => (float)Math.Sqrt(square))];
        inverse = [.. vocabulary.Counts.Select(count => count > 0 ? (float)(1 / count) : 1)];
    }

    /// <summary>The words.</summary>
    public FlyVocabulary Vocabulary { get; }

    /// <summary>What the model was trained with.</summary>
    public FlyVecConfig Config { get; }

    /// <summary>How many neurons there are: K.</summary>
    public int Neurons => Config.Neurons;

    /// <summary>Whether the unknown word was part of the training text, and so counts as context.</summary>
    public bool KnowsUnknown { get; }

    /// <summary>Euclidean norm of each neuron's weights; close to 1 once a neuron has learnt.</summary>
    public IReadOnlyList<float> Norms => norms;

    /// <summary>Makes a model from weights made elsewhere.</summary>
    /// <param name="weights"><c>[K, 2V]</c> finite weights, context words first, as the authors' <c>model_X.npy</c>.</param>
    /// <param name="vocabulary">V words; words whose count is 0 (not known) are not scaled by it.</param>
    /// <param name="config">What they were trained with; the number of neurons is taken from the weights.</param>
    /// <param name="knowsUnknown">Whether word 0 was part of the training text.</param>
    /// <exception cref="ArgumentException">The shape does not fit the vocabulary, or a weight is not finite.</exception>
    public static FlyVecModel FromWeights(Tensor weights, FlyVocabulary vocabulary, FlyVecConfig? config = null, bool knowsUnknown = true)
    {
        ArgumentNullException.ThrowIfNull(weights);
        ArgumentNullException.ThrowIfNull(vocabulary);
        if (weights.Shape.Rank != 2 || weights.Shape[1] != 2 * vocabulary.Count || weights.Shape[0] < 2)
            throw new ArgumentException($"FlyVecModel: the weights have shape {weights.Shape}; for {vocabulary.Count} words (the unknown one among them) they must be [K, {2 * vocabulary.Count}] with K at least 2.", nameof(weights));
        var neurons = weights.Shape[0];
        var full = (config ?? new FlyVecConfig()) with { Neurons = neurons, VocabularySize = vocabulary.Count - 1 };
        var values = weights.To(DataType.Float32).ToArray<float>();
        var bad = Array.FindIndex(values, value => !float.IsFinite(value));
        if (bad >= 0)
            throw new ArgumentException(FormattableString.Invariant($"FlyVecModel: the weight of neuron {bad / weights.Shape[1]} and input {bad % weights.Shape[1]} is {values[bad]}; all weights must be finite."), nameof(weights));
        var stride = FlyVecTrainer<float>.PaddedNeurons(neurons);
        var transposed = new float[checked(weights.Shape[1] * stride)];
        for (var neuron = 0; neuron < neurons; neuron++)
        {
            for (var feature = 0; feature < weights.Shape[1]; feature++)
                transposed[(feature * stride) + neuron] = values[(neuron * weights.Shape[1]) + feature];
        }
        return new FlyVecModel(transposed, stride, vocabulary, full, knowsUnknown);
    }

    internal static FlyVecModel FromTransposed(float[] transposed, int stride, FlyVocabulary vocabulary, FlyVecConfig config, bool knowsUnknown) =>
        new(transposed, stride, vocabulary, config, knowsUnknown);

    /// <summary>The static code of a word: the neurons with the largest weights from its centre input.</summary>
    /// <param name="word">The word; capitals are ignored.</param>
    /// <param name="k">Active neurons, at least 1 and below <see cref="Neurons"/>.</param>
    /// <returns>The code; for an unknown word the empty code, flagged.</returns>
    /// <exception cref="ArgumentException">The word is empty.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="k"/> is out of range.</exception>
    public SparseCode Encode(string word, int k)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(word);
        return EncodeNumber(Vocabulary.NumberOf(word.Trim()), k);
    }

    /// <summary>The code of a word within a sentence.</summary>
    /// <param name="word">The word.</param>
    /// <param name="sentence">The sentence; its other words are the context. One standing of the word itself is not.</param>
    /// <param name="k">Active neurons.</param>
    /// <returns>The code; for an unknown word the empty code, flagged.</returns>
    /// <exception cref="ArgumentException">The word or the sentence is empty.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="k"/> is out of range.</exception>
    public SparseCode EncodeInContext(string word, string sentence, int k)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(word);
        ArgumentException.ThrowIfNullOrWhiteSpace(sentence);
        SparseCode.CheckActive(k, Neurons);
        var centre = Vocabulary.NumberOf(word.Trim());
        if (centre == 0)
            return Unknown();
        var context = ContextOf(sentence);
        context.Remove(centre);
        return SparseCode.FromActivation(Activation(context, centre), k);
    }

    /// <summary>The code of a text without a centre word: which neurons its words wake together.</summary>
    /// <param name="text">The text.</param>
    /// <param name="k">Active neurons.</param>
    /// <returns>The code; the empty code, flagged, when no word is known.</returns>
    /// <exception cref="ArgumentException">The text is empty.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="k"/> is out of range.</exception>
    public SparseCode EncodeText(string text, int k)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(text);
        SparseCode.CheckActive(k, Neurons);
        var context = ContextOf(text);
        return context.Count == 0 ? Unknown() : SparseCode.FromActivation(Activation(context, null), k);
    }

    /// <summary>The known words whose codes share most neurons with a word's, best first, the word itself left out.</summary>
    /// <param name="word">The word.</param>
    /// <param name="k">Active neurons.</param>
    /// <param name="count">The most to return.</param>
    /// <returns>Words and overlaps; empty for an unknown word.</returns>
    /// <exception cref="ArgumentException">The word is empty.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="k"/> or <paramref name="count"/> is out of range.</exception>
    public IReadOnlyList<(string Word, double Score)> Nearest(string word, int k, int count)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        var code = Encode(word, k);
        if (code.IsUnknown)
            return [];
        var own = Vocabulary.NumberOf(word.Trim());
        // Code 0 is the unknown word's, empty, and so never found.
        var index = indexes.GetOrAdd(k, active => new Lazy<CodeIndex>(() => new CodeIndex(Codes(active)))).Value;
        return [.. index.Search(code, count + 1).Where(hit => hit.Code != own).Take(count).Select(hit => (Vocabulary.Words[hit.Code], hit.Score))];
    }

    /// <summary>The static codes of all words, the unknown one's (empty) first.</summary>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="k"/> is out of range.</exception>
    public IReadOnlyList<SparseCode> Codes(int k) => [.. Enumerable.Range(0, Vocabulary.Count).Select(number => EncodeNumber(number, k))];

    /// <summary>The words with the largest weights into a neuron, as centre words.</summary>
    /// <param name="neuron">The neuron, from 0.</param>
    /// <param name="count">The most to return.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no such neuron, or <paramref name="count"/> is below 1.</exception>
    public IReadOnlyList<(string Word, double Weight)> TopWords(int neuron, int count)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(neuron);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(neuron, Neurons);
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        return [.. Enumerable.Range(1, Vocabulary.Count - 1)
            .Select(number => (Vocabulary.Words[number], (double)Row(Vocabulary.Count + number)[neuron]))
            .OrderByDescending(entry => entry.Item2).ThenBy(entry => entry.Item1, StringComparer.Ordinal).Take(count)];
    }

    /// <summary>The weights, <c>[K, 2V]</c>, as they were trained.</summary>
    public Tensor Weights()
    {
        var values = new float[checked(Neurons * 2 * Vocabulary.Count)];
        for (var feature = 0; feature < 2 * Vocabulary.Count; feature++)
        {
            var row = Row(feature);
            for (var neuron = 0; neuron < Neurons; neuron++)
                values[(neuron * 2 * Vocabulary.Count) + feature] = row[neuron];
        }
        return Tensor.From(values, [Neurons, 2 * Vocabulary.Count]);
    }

    /// <summary>Writes the model as one safetensors file: the weights and counts, and the settings and words as JSON in its metadata.</summary>
    public void Save(string path) => FlyVecFile.Save(this, path);

    /// <summary>Reads what <see cref="Save"/> wrote.</summary>
    /// <exception cref="Checkpoints.CheckpointException">The file is damaged or no such model.</exception>
    public static FlyVecModel Load(string path) => FlyVecFile.Load(path);

    /// <summary>Reads the authors' model: weights <c>[K, 2V]</c> in a .npy file, and the V words, one a line or as a JSON list, the unknown word first.</summary>
    /// <param name="weightsPath">The .npy file, float32 or float64.</param>
    /// <param name="vocabularyPath">The words.</param>
    /// <exception cref="Checkpoints.CheckpointException">A file is damaged.</exception>
    /// <exception cref="ArgumentException">Weights and words do not fit, or a weight is not finite.</exception>
    public static FlyVecModel Import(string weightsPath, string vocabularyPath) => FlyVecFile.Import(weightsPath, vocabularyPath);

    /// <summary>a = W_hat (v / p), the rows of W_hat of norm 1.</summary>
    internal float[] Activation(IReadOnlyList<int> context, int? centre)
    {
        var activation = new float[Neurons];
        foreach (var number in context)
            Add(Row(number), inverse[number]);
        if (centre is { } middle)
            Add(Row(Vocabulary.Count + middle), inverse[middle]);
        Normalise(activation);
        return activation;

        void Add(ReadOnlySpan<float> row, float scale)
        {
            for (var neuron = 0; neuron < activation.Length; neuron++)
                activation[neuron] += row[neuron] * scale;
        }
    }

    internal SparseCode EncodeNumber(int number, int k)
    {
        SparseCode.CheckActive(k, Neurons);
        if (number == 0)
            return Unknown();
        // One word's frequency is a positive factor of every neuron's activation, so that it changes nothing here.
        var activation = Row(Vocabulary.Count + number)[..Neurons].ToArray();
        Normalise(activation);
        return SparseCode.FromActivation(activation, k);
    }

    private void Normalise(float[] activation)
    {
        for (var neuron = 0; neuron < activation.Length; neuron++)
            activation[neuron] = norms[neuron] > 0 ? activation[neuron] / norms[neuron] : 0;
    }

    private List<int> ContextOf(string text) =>
        [.. FlyCorpus.Words(text).Select(Vocabulary.NumberOf).Where(number => number > 0 || KnowsUnknown)];

    private SparseCode Unknown() => new([], Neurons, isUnknown: true);

    private ReadOnlySpan<float> Row(int feature) => transposed.AsSpan(feature * stride, stride);
}
