using System.Runtime.InteropServices;
using System.Text;

namespace Scorch.Text;

/// <summary>Learns merges: counts pairs once, then keeps the counts true while merging, with a queue for the next pair.</summary>
internal sealed class BytePairTrainer
{
    private readonly BytePairTraining training;
    private readonly List<(int[] Symbols, long Count)> words = [];
    private readonly Dictionary<(int Left, int Right), long> counts = [];
    private readonly Dictionary<(int Left, int Right), HashSet<int>> places = [];
    private readonly PriorityQueue<(int Left, int Right), (long NegativeCount, int Left, int Right)> queue = new();

    public BytePairTrainer(BytePairTraining training)
    {
        this.training = training;
        var least = 256 + training.SpecialTokens.Count;
        if (training.VocabularySize < least)
            throw new ArgumentException($"VocabularySize: {training.VocabularySize} tokens do not hold the 256 bytes and {training.SpecialTokens.Count} special tokens; give at least {least}.", nameof(training));
        if (training.MinimumFrequency < 1) throw new ArgumentException($"MinimumFrequency: {training.MinimumFrequency}; at least 1.", nameof(training));
        if (training.LongestPiece < 2) throw new ArgumentException($"LongestPiece: {training.LongestPiece}; at least 2 bytes.", nameof(training));
    }

    public (List<string> Vocabulary, List<(string Left, string Right)> Merges) Run(IEnumerable<string> texts, CancellationToken cancellation)
    {
        CountWords(texts, cancellation);
        var vocabulary = ByteAlphabet.Bytes.Select(value => ByteAlphabet.Characters[value].ToString()).ToList();
        var known = vocabulary.ToDictionary(token => token, token => vocabulary.IndexOf(token), StringComparer.Ordinal);
        var merges = new List<(string Left, string Right)>();
        for (var word = 0; word < words.Count; word++) Count(word, 1);
        foreach (var (pair, count) in counts) queue.Enqueue(pair, (-count, pair.Left, pair.Right));
        while (vocabulary.Count < training.VocabularySize - training.SpecialTokens.Count && queue.TryDequeue(out var pair, out var priority))
        {
            cancellation.ThrowIfCancellationRequested();
            var count = counts.GetValueOrDefault(pair);
            if (count != -priority.NegativeCount)
            {
                if (count > 0) queue.Enqueue(pair, (-count, pair.Left, pair.Right));
                continue;
            }
            if (count < training.MinimumFrequency) break;
            var (left, right) = (vocabulary[pair.Left], vocabulary[pair.Right]);
            merges.Add((left, right));
            // Two pairs can make the same bytes; the token exists once.
            ref var merged = ref CollectionsMarshal.GetValueRefOrAddDefault(known, left + right, out var exists);
            if (!exists)
            {
                merged = vocabulary.Count;
                vocabulary.Add(left + right);
            }
            Merge(pair, merged);
        }
        foreach (var special in training.SpecialTokens)
        {
            if (known.ContainsKey(special)) throw new ArgumentException($"SpecialTokens: '{special}' is also a token of the texts; give it a name that cannot occur, such as <|{special}|>.");
            known.Add(special, vocabulary.Count);
            vocabulary.Add(special);
        }
        return (vocabulary, merges);
    }

    private void CountWords(IEnumerable<string> texts, CancellationToken cancellation)
    {
        var pieces = new Dictionary<string, long>(StringComparer.Ordinal);
        var lookup = pieces.GetAlternateLookup<ReadOnlySpan<char>>();
        foreach (var text in texts)
        {
            cancellation.ThrowIfCancellationRequested();
            for (var start = 0; start < text.Length;)
            {
                var end = WordPattern.EndOfPiece(text, start, text.Length);
                CollectionsMarshal.GetValueRefOrAddDefault(lookup, text.AsSpan(start, end - start), out _)++;
                start = end;
            }
        }
        var idOfByte = new int[256];
        for (var id = 0; id < 256; id++) idOfByte[ByteAlphabet.Bytes[id]] = id;
        foreach (var (piece, count) in pieces)
            foreach (var part in Encoding.UTF8.GetBytes(piece).Chunk(training.LongestPiece))
                if (part.Length > 1) words.Add(([.. part.Select(value => idOfByte[value])], count));
    }

    /// <summary>Adds (1) or takes away (-1) the pairs of a word.</summary>
    private void Count(int word, int sign)
    {
        var (symbols, count) = words[word];
        for (var i = 0; i + 1 < symbols.Length; i++)
        {
            var pair = (symbols[i], symbols[i + 1]);
            CollectionsMarshal.GetValueRefOrAddDefault(counts, pair, out _) += sign * count;
            if (sign < 0) continue;
            ref var where = ref CollectionsMarshal.GetValueRefOrAddDefault(places, pair, out _);
            (where ??= []).Add(word);
        }
    }

    private void Merge((int Left, int Right) pair, int merged)
    {
        if (!places.Remove(pair, out var where)) return;
        var grown = new HashSet<(int, int)>();
        foreach (var word in where)
        {
            var (symbols, count) = words[word];
            if (!Holds(symbols, pair)) continue;
            Count(word, -1);
            words[word] = (Replace(symbols, pair, merged), count);
            Count(word, 1);
            var after = words[word].Symbols;
            for (var i = 0; i + 1 < after.Length; i++)
                if (after[i] == merged || after[i + 1] == merged) grown.Add((after[i], after[i + 1]));
        }
        counts.Remove(pair);
        places.Remove(pair);
        foreach (var (left, right) in grown)
            if (counts.GetValueOrDefault((left, right)) is > 0 and var count) queue.Enqueue((left, right), (-count, left, right));
    }

    private static bool Holds(int[] symbols, (int Left, int Right) pair)
    {
        for (var i = 0; i + 1 < symbols.Length; i++)
            if (symbols[i] == pair.Left && symbols[i + 1] == pair.Right) return true;
        return false;
    }

    private static int[] Replace(int[] symbols, (int Left, int Right) pair, int merged)
    {
        var result = new List<int>(symbols.Length);
        for (var i = 0; i < symbols.Length; i++)
        {
            var matches = i + 1 < symbols.Length && symbols[i] == pair.Left && symbols[i + 1] == pair.Right;
            result.Add(matches ? merged : symbols[i]);
            if (matches) i++;
        }
        return [.. result];
    }
}
