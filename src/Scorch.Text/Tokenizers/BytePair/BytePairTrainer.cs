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
    private readonly HashSet<(int Left, int Right)> grown = [];
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
        for (var word = 0; word < words.Count; word++) Count(word, words[word].Symbols, null, words[word].Count);
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

    /// <summary>Adds a word's pairs that touch a changed symbol to the counts, or takes them away when <paramref name="times"/> is negative.</summary>
    private void Count(int word, int[] symbols, bool[]? changed, long times)
    {
        for (var i = 0; i + 1 < symbols.Length; i++)
        {
            if (changed is not null && !changed[i] && !changed[i + 1]) continue;
            var pair = (symbols[i], symbols[i + 1]);
            CollectionsMarshal.GetValueRefOrAddDefault(counts, pair, out _) += times;
            if (times < 0) continue;
            ref var where = ref CollectionsMarshal.GetValueRefOrAddDefault(places, pair, out _);
            (where ??= []).Add(word);
            grown.Add(pair);
        }
    }

    private void Merge((int Left, int Right) pair, int merged)
    {
        if (!places.Remove(pair, out var where)) return;
        grown.Clear();
        foreach (var word in where)
        {
            var (symbols, count) = words[word];
            var (replaced, changedBefore, changedAfter) = Replace(symbols, pair, merged);
            if (replaced.Length == symbols.Length) continue;
            Count(word, symbols, changedBefore, -count);
            Count(word, replaced, changedAfter, count);
            words[word] = (replaced, count);
        }
        counts.Remove(pair);
        foreach (var (left, right) in grown)
            if (counts.GetValueOrDefault((left, right)) is > 0 and var count) queue.Enqueue((left, right), (-count, left, right));
    }

    /// <summary>Merges a pair from the left; tells which symbols were merged, and which came of it.</summary>
    private static (int[] Symbols, bool[] Merged, bool[] Made) Replace(int[] symbols, (int Left, int Right) pair, int merged)
    {
        var result = new int[symbols.Length];
        var changedBefore = new bool[symbols.Length];
        var changedAfter = new bool[symbols.Length];
        var length = 0;
        for (var i = 0; i < symbols.Length; i++)
        {
            var matches = symbols[i] == pair.Left && i + 1 < symbols.Length && symbols[i + 1] == pair.Right;
            changedAfter[length] = matches;
            result[length++] = matches ? merged : symbols[i];
            if (!matches) continue;
            changedBefore[i] = changedBefore[i + 1] = true;
            i++;
        }
        return (length == symbols.Length ? symbols : result[..length], changedBefore, changedAfter);
    }
}
