namespace Scorch.Language.HashLayers;

/// <summary>Clusters of vectors.</summary>
/// <param name="Labels">The cluster of each row.</param>
/// <param name="Centres">float64 [clusters, features].</param>
/// <param name="Inertia">The sum of squared distances to the own centre.</param>
public sealed record KMeansResult(int[] Labels, Tensor Centres, double Inertia);

/// <summary>Lloyd's k-means: rows to the nearest centre, centres to the mean of their rows, until nothing moves.</summary>
public static class KMeans
{
    /// <summary>From centres that are drawn as k-means++ does (Arthur and Vassilvitskii 2007).</summary>
    /// <param name="x">[rows, features].</param>
    /// <param name="clusters">At most as many as rows.</param>
    /// <param name="seed">Fixes the first centres.</param>
    /// <param name="maximumRounds">Rounds at most.</param>
    /// <exception cref="ArgumentException">The shape does not fit, or a number is not finite.</exception>
    public static KMeansResult Fit(Tensor x, int clusters, long seed = 0, int maximumRounds = 300)
    {
        var (values, rows, features) = Values(x, "x");
        if (clusters < 1 || clusters > rows) throw new ArgumentOutOfRangeException(nameof(clusters), clusters, $"KMeans: {clusters} clusters of {rows} rows; give 1 to {rows}.");
        var random = new RandomSource(seed);
        var centres = new double[clusters * features];
        var nearest = new double[rows];
        Array.Fill(nearest, double.PositiveInfinity);
        var chosen = (int)random.NextInt64(rows);
        for (var cluster = 0; cluster < clusters; cluster++)
        {
            values.AsSpan(chosen * features, features).CopyTo(centres.AsSpan(cluster * features));
            for (var row = 0; row < rows; row++) nearest[row] = Math.Min(nearest[row], Distance(values, row, centres, cluster, features));
            // The next centre is drawn with the squared distance to the nearest one as its weight.
            var at = random.NextDouble() * nearest.Sum();
            for (chosen = 0; chosen + 1 < rows && (at -= nearest[chosen]) >= 0;) chosen++;
        }
        return Fit(x, Tensor.From(centres, [clusters, features]), maximumRounds);
    }

    /// <summary>From given centres. A cluster that loses all rows takes the row farthest from its centre.</summary>
    /// <param name="x">[rows, features].</param>
    /// <param name="centres">[clusters, features].</param>
    /// <param name="maximumRounds">Rounds at most.</param>
    /// <exception cref="ArgumentException">Shapes do not fit, or a number is not finite.</exception>
    public static KMeansResult Fit(Tensor x, Tensor centres, int maximumRounds = 300)
    {
        var (values, rows, features) = Values(x, "x");
        var (middle, clusters, width) = Values(centres, "centres");
        if (width != features || clusters > rows) throw new ArgumentException($"KMeans: {clusters} centres of {width} features for {rows} rows of {features}; give at most {rows} of {features}.", nameof(centres));
        if (maximumRounds < 1) throw new ArgumentOutOfRangeException(nameof(maximumRounds), maximumRounds, $"KMeans: {maximumRounds} rounds; give at least 1.");
        middle = [.. middle];
        var labels = new int[rows];
        var distances = new double[rows];
        Array.Fill(labels, -1);
        for (var round = 0; round < maximumRounds; round++)
        {
            if (!Assign(values, middle, labels, distances, features)) break;
            Recentre(values, middle, labels, distances, features);
        }
        Assign(values, middle, labels, distances, features);
        return new(labels, Tensor.From(middle, [clusters, features]), distances.Sum());
    }

    /// <summary>Rows to the nearest centre, the lowest of equally near ones; whether any moved.</summary>
    private static bool Assign(double[] values, double[] centres, int[] labels, double[] distances, int features)
    {
        var clusters = centres.Length / features;
        var moved = false;
        for (var row = 0; row < labels.Length; row++)
        {
            var (best, least) = (0, double.PositiveInfinity);
            for (var cluster = 0; cluster < clusters; cluster++)
            {
                var distance = Distance(values, row, centres, cluster, features);
                if (distance < least) (best, least) = (cluster, distance);
            }
            moved |= labels[row] != best;
            (labels[row], distances[row]) = (best, least);
        }
        return moved;
    }

    private static void Recentre(double[] values, double[] centres, int[] labels, double[] distances, int features)
    {
        var counts = new int[centres.Length / features];
        foreach (var label in labels) counts[label]++;
        for (var empty = Array.IndexOf(counts, 0); empty >= 0; empty = Array.IndexOf(counts, 0))
        {
            var farthest = -1;
            for (var row = 0; row < labels.Length; row++)
                if (counts[labels[row]] > 1 && (farthest < 0 || distances[row] > distances[farthest])) farthest = row;
            counts[labels[farthest]]--;
            (labels[farthest], distances[farthest], counts[empty]) = (empty, 0, 1);
        }
        Array.Clear(centres);
        for (var row = 0; row < labels.Length; row++)
            for (var feature = 0; feature < features; feature++) centres[(labels[row] * features) + feature] += values[(row * features) + feature];
        for (var i = 0; i < centres.Length; i++) centres[i] /= counts[i / features];
    }

    private static double Distance(double[] values, int row, double[] centres, int cluster, int features)
    {
        var sum = 0.0;
        for (var feature = 0; feature < features; feature++)
        {
            var apart = values[(row * features) + feature] - centres[(cluster * features) + feature];
            sum += apart * apart;
        }
        return sum;
    }

    private static (double[] Values, int Rows, int Features) Values(Tensor x, string name)
    {
        ArgumentNullException.ThrowIfNull(x, name);
        if (x.Rank != 2 || x.ElementCount == 0 || !x.DataType.IsFloating()) throw new ArgumentException($"KMeans: {name} is {x.DataType} {x.Shape}; give floating [rows, features] with one row at least.", name);
        var values = x.Detach().To(DataType.Float64).ToArray<double>();
        if (!values.All(double.IsFinite)) throw new ArgumentException($"KMeans: {name} has a number that is not finite; correct it first.", name);
        return (values, x.Shape[0], x.Shape[1]);
    }
}
