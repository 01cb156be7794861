namespace Scorch.Language.FruitFlyEmbeddings;

/// <summary>Codes that know nothing: k neurons drawn at random for every word.</summary>
public static class RandomHash
{
    /// <summary>Draws codes.</summary>
    /// <param name="words">How many.</param>
    /// <param name="neurons">Neurons of each.</param>
    /// <param name="k">Active neurons of each, at least 1 and below <paramref name="neurons"/>.</param>
    /// <param name="seed">Fixes the codes.</param>
    public static SparseCode[] Codes(int words, int neurons, int k, long seed)
    {
        SparseCode.CheckActive(k, neurons);
        var random = new RandomSource(seed);
        var codes = new SparseCode[words];
        var order = Enumerable.Range(0, neurons).ToArray();
        for (var word = 0; word < words; word++)
        {
            // The first k places of a Fisher-Yates shuffle.
            for (var i = 0; i < k; i++)
            {
                var j = i + (int)random.NextInt64(neurons - i);
                (order[i], order[j]) = (order[j], order[i]);
            }
            codes[word] = new SparseCode([.. order.Take(k).Order()], neurons);
        }
        return codes;
    }
}
