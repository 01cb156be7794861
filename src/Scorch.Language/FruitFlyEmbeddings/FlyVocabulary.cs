namespace Scorch.Language.FruitFlyEmbeddings;

/// <summary>The words a model knows, numbered from 1, with their counts in the training text; number 0 is the unknown word.</summary>
public sealed class FlyVocabulary
{
    private readonly Dictionary<string, int> numbers;

    /// <summary>Makes a vocabulary.</summary>
    /// <param name="words">The words, <paramref name="words"/>[0] the unknown word.</param>
    /// <param name="counts">How often each stands in the text, at least 0, one a word.</param>
    /// <exception cref="ArgumentException">Sizes disagree, a word is empty or stands twice, or a count is negative or not finite.</exception>
    public FlyVocabulary(IReadOnlyList<string> words, IReadOnlyList<double> counts)
    {
        ArgumentNullException.ThrowIfNull(words);
        ArgumentNullException.ThrowIfNull(counts);
        if (words.Count != counts.Count || words.Count < 2)
            throw new ArgumentException($"FlyVocabulary: {words.Count} words and {counts.Count} counts were given; there must be one count a word, and at least two words.", nameof(counts));
        numbers = new Dictionary<string, int>(words.Count, StringComparer.Ordinal);
        for (var i = 0; i < words.Count; i++)
        {
            if (string.IsNullOrEmpty(words[i]))
                throw new ArgumentException($"FlyVocabulary: word {i} is empty.", nameof(words));
            if (!(counts[i] >= 0 && double.IsFinite(counts[i])))
                throw new ArgumentException(FormattableString.Invariant($"FlyVocabulary: the count of '{words[i]}' is {counts[i]}; it must be at least 0."), nameof(counts));
            if (!numbers.TryAdd(words[i], i))
                throw new ArgumentException($"FlyVocabulary: '{words[i]}' stands twice (numbers {numbers[words[i]]} and {i}); give every word once.", nameof(words));
        }
        Words = [.. words];
        Counts = [.. counts];
    }

    /// <summary>The usual name of the unknown word.</summary>
    public const string UnknownWord = "<UNK>";

    /// <summary>The words; the first is the unknown word.</summary>
    public IReadOnlyList<string> Words { get; }

    /// <summary>How often each word stands in the training text.</summary>
    public IReadOnlyList<double> Counts { get; }

    /// <summary>How many words there are, the unknown one among them: V.</summary>
    public int Count => Words.Count;

    /// <summary>The number of a word as the text's preparation writes it (lower case), 0 when it is unknown.</summary>
    public int NumberOf(string word)
    {
        ArgumentNullException.ThrowIfNull(word);
        return numbers.TryGetValue(word, out var exact) ? exact : numbers.GetValueOrDefault(word.ToLowerInvariant());
    }

    /// <summary>Counts a corpus and keeps its most frequent words, ties in alphabetical order.</summary>
    /// <param name="corpus">The text.</param>
    /// <param name="size">How many words to keep, the unknown word not counted.</param>
    /// <param name="dropMostFrequent">So many of the most frequent ones are then taken away again.</param>
    /// <param name="cancellationToken">Stops the count.</param>
    /// <exception cref="ArgumentException">The text has fewer distinct words than <paramref name="size"/>.</exception>
    public static FlyVocabulary FromCorpus(FlyCorpus corpus, int size, int dropMostFrequent = 0, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(corpus);
        var counts = new Dictionary<string, long>(StringComparer.Ordinal);
        foreach (var chunk in corpus.Chunks())
        {
            cancellationToken.ThrowIfCancellationRequested();
            foreach (var word in chunk)
            {
                System.Runtime.InteropServices.CollectionsMarshal.GetValueRefOrAddDefault(counts, word, out _)++;
            }
        }
        if (counts.Count < size)
            throw new ArgumentException($"FlyVecConfig: VocabularySize is {size}, but the text has {counts.Count} distinct words; give at most {counts.Count} or more text.", nameof(size));
        var ordered = counts.OrderByDescending(pair => pair.Value).ThenBy(pair => pair.Key, StringComparer.Ordinal).Take(size).ToList();
        var unknown = counts.Values.Sum() - ordered.Sum(pair => pair.Value);
        var kept = ordered.Skip(dropMostFrequent).ToList();
        return new FlyVocabulary([UnknownWord, .. kept.Select(pair => pair.Key)], [unknown, .. kept.Select(pair => (double)pair.Value)])
        {
            Dropped = ordered.Take(dropMostFrequent).Select(pair => pair.Key).ToHashSet(StringComparer.Ordinal),
        };
    }

    /// <summary>The words that were taken away for being too frequent; they, and unknown words then, leave the text.</summary>
    public IReadOnlySet<string> Dropped { get; private init; } = new HashSet<string>();
}
