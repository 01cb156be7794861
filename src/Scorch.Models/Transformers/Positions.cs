namespace Scorch.Models.Transformers;

/// <summary>Fixed tables of positions.</summary>
public static class Positions
{
    /// <summary>Sines and cosines of position / 10000^(2i / features), interleaved (Vaswani et al. 2017, section 3.5).</summary>
    /// <param name="count">Positions 0 … count-1.</param>
    /// <param name="features">Columns; the last of an odd number is a sine.</param>
    /// <param name="dataType">Type of the table.</param>
    /// <returns>[count, features].</returns>
    public static Tensor Sinusoidal(int count, int features, DataType dataType = DataType.Float32)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 0);
        ArgumentOutOfRangeException.ThrowIfLessThan(features, 1);
        var table = new double[count * features];
        for (var position = 0; position < count; position++)
        {
            for (var feature = 0; feature < features; feature++)
            {
                var angle = position / Math.Pow(10000, (feature - (feature % 2)) / (double)features);
                table[(position * features) + feature] = feature % 2 == 0 ? Math.Sin(angle) : Math.Cos(angle);
            }
        }
        return Tensor.From(table, [count, features]).To(dataType);
    }

    /// <summary>T5's bucket of a key's distance (Raffel et al. 2020, section 2.1): exact near by, logarithmic up to a greatest distance, one bucket beyond.</summary>
    /// <param name="distance">Position of the key minus that of the query.</param>
    /// <param name="isBidirectional">Whether keys after the query have the upper half of the buckets, else they share bucket 0.</param>
    /// <param name="buckets">Buckets in all.</param>
    /// <param name="maximumDistance">From here on the last bucket.</param>
    public static int Bucket(int distance, bool isBidirectional, int buckets = 32, int maximumDistance = 128)
    {
        var first = 0;
        int length;
        if (isBidirectional)
        {
            buckets /= 2;
            if (distance > 0) first = buckets;
            length = Math.Abs(distance);
        }
        else
        {
            length = Math.Max(0, -distance);
        }
        var exact = buckets / 2;
        if (length < exact) return first + length;
        // Single precision, as in the published models: the borders are theirs.
        var logarithmic = MathF.Log(length / (float)exact) / (float)Math.Log(maximumDistance / (double)exact) * (buckets - exact);
        return first + Math.Min(buckets - 1, exact + (int)logarithmic);
    }

    /// <summary>Buckets of all pairs: int64 [queries, keys]; the last query stands at the last key where there are fewer queries.</summary>
    internal static Tensor Buckets(int queries, int keys, bool isBidirectional, int buckets, int maximumDistance)
    {
        var table = new long[queries * keys];
        for (var query = 0; query < queries; query++)
            for (var key = 0; key < keys; key++)
                table[(query * keys) + key] = Bucket(key - (query + keys - queries), isBidirectional, buckets, maximumDistance);
        return Tensor.From(table, [queries, keys]);
    }
}
