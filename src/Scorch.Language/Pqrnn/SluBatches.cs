namespace Scorch.Language.Pqrnn;

/// <summary>Batches of utterances of like length, so that little is padded.</summary>
internal static class SluBatches
{
    // Utterances that are sorted by length together: many batches' worth, so that batches differ from epoch to epoch.
    private const int BatchesTogether = 50;

    /// <summary>Every utterance once, in batches whose order and company a seed fixes.</summary>
    public static IReadOnlyList<int[]> Of(IReadOnlyList<int> lengths, int size, RandomSource random)
    {
        var order = random.Permutation(lengths.Count);
        var batches = new List<int[]>();
        foreach (var some in order.Chunk(size * BatchesTogether)) batches.AddRange(some.OrderBy(i => lengths[i]).Chunk(size));
        // A lone utterance of one token has no statistics of its own: it goes with another batch.
        for (var i = batches.Count - 1; i >= 0 && batches.Count > 1; i--)
        {
            if (batches[i].Length > 1) continue;
            var other = i > 0 ? i - 1 : 1;
            batches[other] = [.. batches[other], .. batches[i]];
            batches.RemoveAt(i);
        }
        var result = batches.ToArray();
        random.Shuffle(result.AsSpan());
        return result;
    }
}
