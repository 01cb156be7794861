namespace Scorch.Language.FruitFlyEmbeddings;

/// <summary>Skip-gram with negative sampling (Mikolov and others, 2013): vectors that tell a word's neighbours from drawn words.</summary>
/// <param name="Dimensions">Values a word.</param>
/// <param name="Radius">The largest distance of a neighbour; the distance of each word is drawn between 1 and this.</param>
/// <param name="Negatives">Drawn words a neighbour, in proportion to their counts to the power 3/4.</param>
/// <param name="Epochs">Passes over the text.</param>
/// <param name="LearningRate">Learning rate at the start; it falls linearly to a ten-thousandth of it.</param>
/// <param name="Seed">Fixes every bit of the result; one thread works.</param>
public sealed record SkipGram(int Dimensions = 100, int Radius = 5, int Negatives = 5, int Epochs = 5, double LearningRate = 0.025, long Seed = 1)
{
    /// <summary>Trains vectors.</summary>
    /// <param name="tokens">The text.</param>
    /// <param name="words">How many words there are.</param>
    /// <param name="cancellationToken">Stops the training.</param>
    /// <exception cref="ArgumentException">A setting is out of range, or a word number is.</exception>
    public DenseVectors Fit(FlyTokens tokens, int words, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(tokens);
        if (Dimensions < 1 || Radius < 1 || Negatives < 1 || Epochs < 1 || !(LearningRate > 0 && double.IsFinite(LearningRate)))
            throw new ArgumentException($"SkipGram: every setting must be above 0 ({this}).");
        var random = new RandomSource(Seed);
        var inputs = random.Uniform([words, Dimensions], -0.5 / Dimensions, 0.5 / Dimensions).ToArray<float>();
        var outputs = new float[inputs.Length];
        var drawn = DrawnWords(tokens.CountWords(words));
        var (ids, offsets) = (tokens.Ids.ToArray(), tokens.Offsets.ToArray());
        var change = new float[Dimensions];
        var (done, total) = (0L, (long)Epochs * ids.Length);
        for (var epoch = 0; epoch < Epochs; epoch++)
        {
            for (var chunk = 1; chunk < offsets.Length; chunk++)
            {
                cancellationToken.ThrowIfCancellationRequested();
                for (var i = (int)offsets[chunk - 1]; i < offsets[chunk]; i++)
                {
                    if (done % 4096 == 0)
                        cancellationToken.ThrowIfCancellationRequested();
                    var rate = (float)(LearningRate * Math.Max(1e-4, 1 - ((double)done++ / total)));
                    var distance = 1 + (int)random.NextInt64(Radius);
                    for (var j = (int)Math.Max(offsets[chunk - 1], i - distance); j < Math.Min(offsets[chunk], i + distance + 1); j++)
                    {
                        if (j != i)
                            Learn(ids[j], ids[i], rate);
                    }
                }
            }
        }
        return new DenseVectors(inputs, Dimensions);

        // One ascent of ln s(u_o.v) + sum over drawn n of ln s(-u_n.v), s the logistic function.
        void Learn(int input, int output, float rate)
        {
            var v = inputs.AsSpan(input * Dimensions, Dimensions);
            Array.Clear(change);
            for (var sample = 0; sample <= Negatives; sample++)
            {
                var target = sample == 0 ? output : drawn[random.NextInt64(drawn.Length)];
                if (sample > 0 && target == output)
                    continue;
                var u = outputs.AsSpan(target * Dimensions, Dimensions);
                var step = rate * ((sample == 0 ? 1 : 0) - (1 / (1 + MathF.Exp(-DenseVectors.Dot(u, v)))));
                DenseVectors.AddScaled(change, step, u);
                DenseVectors.AddScaled(u, step, v);
            }
            DenseVectors.AddScaled(v, 1, change);
        }
    }

    // A table in which each word stands in proportion to its count to the power 3/4.
    private static int[] DrawnWords(double[] counts)
    {
        const int size = 1 << 20;
        var total = counts.Sum(count => Math.Pow(count, 0.75));
        var table = new int[size];
        var (word, reached) = (0, Math.Pow(counts[0], 0.75) / total);
        for (var i = 0; i < size; i++)
        {
            while ((i + 0.5) / size > reached && word < counts.Length - 1)
                reached += Math.Pow(counts[++word], 0.75) / total;
            table[i] = word;
        }
        return table;
    }
}
