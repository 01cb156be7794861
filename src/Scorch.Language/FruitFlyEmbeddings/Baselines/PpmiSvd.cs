namespace Scorch.Language.FruitFlyEmbeddings;

/// <summary>Word vectors from the truncated singular value decomposition of positive pointwise mutual information.</summary>
/// <param name="Dimensions">Singular vectors that are kept.</param>
/// <param name="Power">Vectors are <c>U S^Power</c>; 1/2 by default.</param>
/// <param name="Iterations">Iterations of the subspace; each shrinks the error by the ratio of the singular values inside and outside it.</param>
/// <param name="Seed">Fixes the first subspace; results hardly depend on it.</param>
public sealed record PpmiSvd(int Dimensions = 100, double Power = 0.5, int Iterations = 12, long Seed = 1)
{
    private const int Oversampling = 20;

    /// <summary>Computes vectors.</summary>
    /// <param name="counts">How often words stand near each other.</param>
    /// <param name="cancellationToken">Stops the work.</param>
    public DenseVectors Fit(Cooccurrence counts, CancellationToken cancellationToken = default)
    {
        var (u, s) = Decompose(counts, cancellationToken);
        return new DenseVectors([.. u.Select((value, i) => (float)(value * Math.Pow(s[i % Dimensions], Power)))], Dimensions);
    }

    /// <summary>The leading left singular vectors <c>[V, Dimensions]</c>, row after row, and singular values, largest first.</summary>
    /// <exception cref="ArgumentException">There are more dimensions than words, or a setting is out of range.</exception>
    public (double[] U, double[] S) Decompose(Cooccurrence counts, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(counts);
        var n = counts.Words;
        if (Dimensions < 1 || Dimensions > n)
            throw new ArgumentException($"PpmiSvd: {Dimensions} dimensions were asked for of {n} words; expected between 1 and {n}.");
        if (Iterations < 1)
            throw new ArgumentException($"PpmiSvd: Iterations is {Iterations}; it must be at least 1.");
        var width = Math.Min(n, Dimensions + Oversampling);
        var entries = counts.PositiveMutualInformation();
        var columns = counts.Columns.ToArray();
        var starts = new int[n + 1];
        foreach (var row in counts.Rows)
            starts[row + 1]++;
        for (var row = 0; row < n; row++)
            starts[row + 1] += starts[row];

        // Subspace iteration: the matrix is symmetric, so that its singular values are its eigenvalues' magnitudes.
        var q = new RandomSource(Seed).Normal([n, width], dataType: DataType.Float64).QrDecomposition().Q;
        for (var iteration = 0; iteration < Iterations; iteration++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            q = Multiply(q).QrDecomposition().Q;
        }
        var (values, vectors) = q.Transpose(0, 1).MatMul(Multiply(q)).SymmetricEigen();
        var eigenvalues = values.ToArray<double>();
        var order = Enumerable.Range(0, width).OrderByDescending(i => Math.Abs(eigenvalues[i])).Take(Dimensions).ToArray();
        var all = q.MatMul(vectors).ToArray<double>();
        var u = new double[n * Dimensions];
        for (var row = 0; row < n; row++)
        {
            for (var d = 0; d < Dimensions; d++)
                u[(row * Dimensions) + d] = all[(row * width) + order[d]];
        }
        return (u, [.. order.Select(i => Math.Abs(eigenvalues[i]))]);

        Tensor Multiply(Tensor x)
        {
            var source = x.ToArray<double>();
            var product = new double[n * width];
            Parallel.For(0, n, new ParallelOptions { MaxDegreeOfParallelism = Parallelism.ThreadCount }, row =>
            {
                var target = product.AsSpan(row * width, width);
                for (var entry = starts[row]; entry < starts[row + 1]; entry++)
                {
                    if (entries[entry] == 0)
                        continue;
                    var from = source.AsSpan(columns[entry] * width, width);
                    for (var i = 0; i < target.Length; i++)
                        target[i] += entries[entry] * from[i];
                }
            });
            return Tensor.From(product, [n, width]);
        }
    }
}
