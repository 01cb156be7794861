namespace Scorch.Language.FruitFlyEmbeddings;

/// <summary>A code of few active neurons out of many: a binary vector.</summary>
public sealed class SparseCode : IEquatable<SparseCode>
{
    private readonly int[] active;

    /// <summary>Makes a code.</summary>
    /// <param name="activeNeurons">The active neurons, strictly increasing.</param>
    /// <param name="neurons">How many there are.</param>
    /// <param name="isUnknown">Whether this stands for a word that the model does not know.</param>
    /// <exception cref="ArgumentException">A neuron is out of range or not above the one before.</exception>
    public SparseCode(IReadOnlyList<int> activeNeurons, int neurons, bool isUnknown = false)
    {
        ArgumentNullException.ThrowIfNull(activeNeurons);
        active = [.. activeNeurons];
        for (var i = 0; i < active.Length; i++)
        {
            if (active[i] < 0 || active[i] >= neurons || (i > 0 && active[i] <= active[i - 1]))
                throw new ArgumentException($"SparseCode: active neuron {active[i]} (position {i}) must lie below {neurons} and above the one before.", nameof(activeNeurons));
        }
        (Neurons, IsUnknown) = (neurons, isUnknown);
    }

    /// <summary>The active neurons, in increasing order.</summary>
    public IReadOnlyList<int> ActiveNeurons => active;

    /// <summary>How many neurons there are: K.</summary>
    public int Neurons { get; }

    /// <summary>True for the empty code of a word that the model does not know.</summary>
    public bool IsUnknown { get; }

    /// <summary>The code as K truth values.</summary>
    public bool[] ToBits()
    {
        var bits = new bool[Neurons];
        foreach (var neuron in active)
            bits[neuron] = true;
        return bits;
    }

    /// <summary>How many neurons are active in both codes.</summary>
    /// <exception cref="ArgumentException">The codes have different numbers of neurons.</exception>
    public static int Shared(SparseCode a, SparseCode b)
    {
        ArgumentNullException.ThrowIfNull(a);
        ArgumentNullException.ThrowIfNull(b);
        if (a.Neurons != b.Neurons)
            throw new ArgumentException($"SparseCode: codes of {a.Neurons} and of {b.Neurons} neurons cannot be compared; take both from one model.", nameof(b));
        int i = 0, j = 0, shared = 0;
        while (i < a.active.Length && j < b.active.Length)
        {
            var (x, y) = (a.active[i], b.active[j]);
            shared += x == y ? 1 : 0;
            i += x <= y ? 1 : 0;
            j += y <= x ? 1 : 0;
        }
        return shared;
    }

    /// <summary>The cosine of two codes, in [0, 1]: shared neurons over k; 0 where a code is empty.</summary>
    /// <exception cref="ArgumentException">The codes have different numbers of neurons.</exception>
    public static double Overlap(SparseCode a, SparseCode b)
    {
        var shared = Shared(a, b);
        return shared == 0 ? 0 : shared / Math.Sqrt((double)a.active.Length * b.active.Length);
    }

    /// <summary>In how many neurons two codes differ.</summary>
    /// <exception cref="ArgumentException">The codes have different numbers of neurons.</exception>
    public static int HammingDistance(SparseCode a, SparseCode b)
    {
        var shared = Shared(a, b);
        return a.active.Length + b.active.Length - (2 * shared);
    }

    /// <summary>The k largest of the given activations: bits strictly above the midpoint of the k-th and the next value.</summary>
    /// <param name="activation">One finite value a neuron.</param>
    /// <param name="k">How many may be active, at least 1 and less than there are neurons. Equal values at the border are all left out.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="k"/> is out of range.</exception>
    public static SparseCode FromActivation(ReadOnlySpan<float> activation, int k)
    {
        CheckActive(k, activation.Length);
        var sorted = activation.ToArray();
        Array.Sort(sorted);
        var threshold = ((double)sorted[^k] + sorted[^(k + 1)]) / 2;
        var active = new List<int>(k);
        for (var i = 0; i < activation.Length; i++)
        {
            if (activation[i] > threshold)
                active.Add(i);
        }
        return new SparseCode(active, activation.Length);
    }

    /// <inheritdoc/>
    public bool Equals(SparseCode? other) => other is not null && Neurons == other.Neurons && IsUnknown == other.IsUnknown && active.AsSpan().SequenceEqual(other.active);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as SparseCode);

    /// <inheritdoc/>
    public override int GetHashCode()
    {
        var hash = new HashCode();
        foreach (var neuron in active)
            hash.Add(neuron);
        return hash.ToHashCode();
    }

    internal static void CheckActive(int k, int neurons)
    {
        if (k < 1 || k >= neurons)
            throw new ArgumentOutOfRangeException(nameof(k), k, $"SparseCode: k active neurons were asked for; k must be at least 1 and below the {neurons} neurons.");
    }
}
