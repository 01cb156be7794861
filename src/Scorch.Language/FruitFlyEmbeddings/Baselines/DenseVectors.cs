using System.Numerics;

namespace Scorch.Language.FruitFlyEmbeddings;

/// <summary>One dense vector a word, what the fly's codes are compared with.</summary>
public sealed class DenseVectors
{
    private readonly float[] values;

    /// <summary>Makes vectors.</summary>
    /// <param name="values"><c>[V, dimensions]</c> finite values, row after row; not copied.</param>
    /// <param name="dimensions">Values a word.</param>
    /// <exception cref="ArgumentException">The number of values is no multiple of the dimensions, or a value is not finite.</exception>
    public DenseVectors(float[] values, int dimensions)
    {
        ArgumentNullException.ThrowIfNull(values);
        ArgumentOutOfRangeException.ThrowIfLessThan(dimensions, 1);
        if (values.Length == 0 || values.Length % dimensions != 0)
            throw new ArgumentException($"DenseVectors: {values.Length} values do not make whole vectors of {dimensions}.", nameof(values));
        if (Array.Exists(values, value => !float.IsFinite(value)))
            throw new ArgumentException("DenseVectors: a value is not finite; did the training diverge? Take a smaller learning rate.", nameof(values));
        (this.values, Dimensions) = (values, dimensions);
    }

    /// <summary>Values a word.</summary>
    public int Dimensions { get; }

    /// <summary>How many words there are.</summary>
    public int Count => values.Length / Dimensions;

    /// <summary>The memory that the values take.</summary>
    public long Bytes => (long)values.Length * sizeof(float);

    /// <summary>The vector of a word by its number.</summary>
    public ReadOnlySpan<float> this[int number] => values.AsSpan(number * Dimensions, Dimensions);

    /// <summary>The cosine of two words' vectors; 0 where one is zero.</summary>
    public double Cosine(int a, int b)
    {
        var (ab, aa, bb) = (Dot(this[a], this[b]), Dot(this[a], this[a]), Dot(this[b], this[b]));
        return aa > 0 && bb > 0 ? ab / Math.Sqrt(aa * bb) : 0;
    }

    /// <summary>Binary codes of the k largest values of each vector.</summary>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="k"/> is below 1, or not below <see cref="Dimensions"/>.</exception>
    public SparseCode[] TopActive(int k) => [.. Enumerable.Range(0, Count).Select(number => SparseCode.FromActivation(this[number], k))];

    /// <summary>Binary codes of the positive values.</summary>
    public SparseCode[] Signs() => Above(new float[Dimensions]);

    /// <summary>Binary codes of the values above their dimension's median over all words, so that every bit is on for about half of them.</summary>
    public SparseCode[] AboveMedians()
    {
        var medians = new float[Dimensions];
        var column = new float[Count];
        for (var d = 0; d < Dimensions; d++)
        {
            for (var number = 0; number < Count; number++)
                column[number] = values[(number * Dimensions) + d];
            Array.Sort(column);
            medians[d] = Count % 2 == 1 ? column[Count / 2] : (column[(Count / 2) - 1] + column[Count / 2]) / 2;
        }
        return Above(medians);
    }

    private SparseCode[] Above(float[] thresholds) =>
        [.. Enumerable.Range(0, Count).Select(number => new SparseCode([.. Enumerable.Range(0, Dimensions).Where(d => this[number][d] > thresholds[d])], Dimensions))];

    internal static float Dot(ReadOnlySpan<float> a, ReadOnlySpan<float> b)
    {
        var sums = Vector<float>.Zero;
        var i = 0;
        for (; i <= a.Length - Vector<float>.Count; i += Vector<float>.Count)
            sums += new Vector<float>(a[i..]) * new Vector<float>(b[i..]);
        var sum = Vector.Sum(sums);
        for (; i < a.Length; i++)
            sum += a[i] * b[i];
        return sum;
    }

    /// <summary>y += factor x.</summary>
    internal static void AddScaled(Span<float> y, float factor, ReadOnlySpan<float> x)
    {
        var factors = new Vector<float>(factor);
        var i = 0;
        for (; i <= y.Length - Vector<float>.Count; i += Vector<float>.Count)
            (new Vector<float>(y[i..]) + (factors * new Vector<float>(x[i..]))).CopyTo(y[i..]);
        for (; i < y.Length; i++)
            y[i] += factor * x[i];
    }
}
