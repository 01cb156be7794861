namespace Scorch.Tabular;

/// <summary>k nearest neighbours for regression: the mean target of the nearest rows by Euclidean distance.</summary>
/// <param name="Neighbors">How many; ties in distance go to the earlier row.</param>
/// <param name="Standardize">Whether features are scaled to unit variance first.</param>
public sealed record NearestNeighbors(int Neighbors = 5, bool Standardize = true) : IRegressor
{
    /// <inheritdoc/>
    public string Name => $"{Neighbors} nearest neighbours";

    /// <inheritdoc/>
    public IPredictor Fit(DenseMatrix features, double[] target, FitContext context = default)
    {
        LearnerInput.Check(features, target);
        return new NeighborPredictor(Neighbors, Standardize, features, target);
    }
}

/// <summary>k nearest neighbours for probabilities: the share of label 1 among the nearest rows by Euclidean distance.</summary>
/// <param name="Neighbors">How many; ties in distance go to the earlier row.</param>
/// <param name="Standardize">Whether features are scaled to unit variance first.</param>
public sealed record NearestNeighborsClassifier(int Neighbors = 15, bool Standardize = true) : IProbabilisticClassifier
{
    /// <inheritdoc/>
    public string Name => $"{Neighbors} nearest neighbours (classifier)";

    /// <inheritdoc/>
    public IPredictor FitProbability(DenseMatrix features, double[] labels, FitContext context = default)
    {
        LearnerInput.CheckLabels(features, labels);
        return new NeighborPredictor(Neighbors, Standardize, features, labels);
    }
}

internal sealed class NeighborPredictor : IPredictor
{
    private readonly int neighbors;
    private readonly double[] means;
    private readonly double[] scales;
    private readonly DenseMatrix known;
    private readonly double[] target;

    public NeighborPredictor(int neighbors, bool standardize, DenseMatrix features, double[] target)
    {
        if (neighbors < 1 || neighbors > features.Rows)
            throw new ArgumentException($"NearestNeighbors: {neighbors} neighbours were asked for, but there are {features.Rows} rows.");
        this.neighbors = neighbors;
        (means, scales) = Numeric.Moments(features);
        if (!standardize)
        {
            Array.Clear(means);
            Array.Fill(scales, 1);
        }
        known = Numeric.Standardize(features, means, scales);
        this.target = (double[])target.Clone();
    }

    public double[] Predict(DenseMatrix features)
    {
        LearnerInput.CheckColumns(features, means.Length);
        var queries = Numeric.Standardize(features, means, scales);
        var result = new double[features.Rows];
        Parallel.For(0, result.Length, i =>
        {
            // The nearest so far in ascending order; insertion keeps earlier rows first among equals.
            var distance = new double[neighbors];
            var row = new int[neighbors];
            var count = 0;
            var query = queries.Row(i);
            for (var r = 0; r < known.Rows; r++)
            {
                var other = known.Row(r);
                var square = 0.0;
                for (var j = 0; j < query.Length; j++)
                    square += (query[j] - other[j]) * (query[j] - other[j]);
                if (count == neighbors && square >= distance[^1])
                    continue;
                var place = count < neighbors ? count++ : neighbors - 1;
                while (place > 0 && distance[place - 1] > square)
                {
                    (distance[place], row[place]) = (distance[place - 1], row[place - 1]);
                    place--;
                }
                (distance[place], row[place]) = (square, r);
            }
            var sum = 0.0;
            foreach (var near in row)
                sum += target[near];
            result[i] = sum / neighbors;
        });
        return result;
    }
}
