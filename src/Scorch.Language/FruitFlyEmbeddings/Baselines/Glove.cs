namespace Scorch.Language.FruitFlyEmbeddings;

/// <summary>GloVe (Pennington and others, 2014): least squares of the logarithms of counts, by AdaGrad.</summary>
/// <param name="Dimensions">Values a word.</param>
/// <param name="Epochs">Passes over the counts.</param>
/// <param name="LearningRate">AdaGrad's first step length.</param>
/// <param name="CountLimit">Counts from here on weigh 1; smaller ones <c>(n / limit)^(3/4)</c>. The authors take 100 on billions of words.</param>
/// <param name="Seed">Fixes every bit of the result; one thread works.</param>
public sealed record Glove(int Dimensions = 100, int Epochs = 15, double LearningRate = 0.05, double CountLimit = 10, long Seed = 1)
{
    /// <summary>Trains vectors: the sums of each word's two vectors, as the authors do.</summary>
    /// <param name="counts">How often words stand near each other, by distance.</param>
    /// <param name="cancellationToken">Stops the training.</param>
    /// <exception cref="ArgumentException">A setting is out of range.</exception>
    public DenseVectors Fit(Cooccurrence counts, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(counts);
        if (Dimensions < 1 || Epochs < 1 || !(LearningRate > 0 && double.IsFinite(LearningRate)) || !(CountLimit > 0))
            throw new ArgumentException($"Glove: every setting must be above 0 ({this}).");
        // A bias stands behind each vector, so that one update serves both.
        var width = Dimensions + 1;
        var random = new RandomSource(Seed);
        var w = random.Uniform([counts.Words, width], -0.5 / Dimensions, 0.5 / Dimensions).ToArray<float>();
        var c = random.Uniform([counts.Words, width], -0.5 / Dimensions, 0.5 / Dimensions).ToArray<float>();
        var (squaresW, squaresC) = (Ones(w.Length), Ones(c.Length));
        var (rows, columns) = (counts.Rows.ToArray(), counts.Columns.ToArray());
        var logs = counts.Counts.Select(count => (float)Math.Log(count)).ToArray();
        var weights = counts.Counts.Select(count => (float)Math.Min(1, Math.Pow(count / CountLimit, 0.75))).ToArray();
        var rate = (float)LearningRate;
        for (var epoch = 0; epoch < Epochs; epoch++)
        {
            var order = random.Permutation(rows.Length);
            for (var at = 0; at < order.Length; at++)
            {
                if (at % 65_536 == 0)
                    cancellationToken.ThrowIfCancellationRequested();
                var entry = order[at];
                var (i, j) = (rows[entry] * width, columns[entry] * width);
                // J = f(n) (w.c + b + b' - ln n)^2 / 2
                var error = DenseVectors.Dot(w.AsSpan(i, Dimensions), c.AsSpan(j, Dimensions)) + w[i + Dimensions] + c[j + Dimensions] - logs[entry];
                Move(w.AsSpan(i, width), squaresW.AsSpan(i, width), c.AsSpan(j, width), squaresC.AsSpan(j, width), weights[entry] * error, rate);
            }
        }
        var sums = new float[counts.Words * Dimensions];
        for (var word = 0; word < counts.Words; word++)
        {
            for (var d = 0; d < Dimensions; d++)
                sums[(word * Dimensions) + d] = w[(word * width) + d] + c[(word * width) + d];
        }
        return new DenseVectors(sums, Dimensions);
    }

    private static void Move(Span<float> w, Span<float> squaresW, Span<float> c, Span<float> squaresC, float slope, float rate)
    {
        var bias = w.Length - 1;
        for (var d = 0; d < bias; d++)
        {
            var (gradientW, gradientC) = (slope * c[d], slope * w[d]);
            w[d] -= rate * gradientW / MathF.Sqrt(squaresW[d]);
            c[d] -= rate * gradientC / MathF.Sqrt(squaresC[d]);
            squaresW[d] += gradientW * gradientW;
            squaresC[d] += gradientC * gradientC;
        }
        w[bias] -= rate * slope / MathF.Sqrt(squaresW[bias]);
        c[bias] -= rate * slope / MathF.Sqrt(squaresC[bias]);
        squaresW[bias] += slope * slope;
        squaresC[bias] += slope * slope;
    }

    private static float[] Ones(int count)
    {
        var ones = new float[count];
        Array.Fill(ones, 1);
        return ones;
    }
}
