namespace Scorch.Language.FruitFlyEmbeddings;

/// <summary>Finds the nearest of many sparse codes exactly, by lists of the codes in which each neuron is active.</summary>
/// <remarks>A query reads only the lists of its own k neurons: of n codes with k of K neurons active, about n k^2 / K entries.</remarks>
public sealed class CodeIndex
{
    private readonly int[] starts;
    private readonly int[] entries;
    private readonly int[] sizes;

    /// <summary>Indexes codes; their numbers are their positions.</summary>
    /// <exception cref="ArgumentException">There is no code, or codes have different numbers of neurons.</exception>
    public CodeIndex(IReadOnlyList<SparseCode> codes)
    {
        ArgumentNullException.ThrowIfNull(codes);
        if (codes.Count == 0)
            throw new ArgumentException("CodeIndex: there is no code to index.", nameof(codes));
        Neurons = codes[0].Neurons;
        starts = new int[Neurons + 1];
        sizes = new int[codes.Count];
        for (var code = 0; code < codes.Count; code++)
        {
            if (codes[code].Neurons != Neurons)
                throw new ArgumentException($"CodeIndex: code {code} has {codes[code].Neurons} neurons, the first has {Neurons}.", nameof(codes));
            sizes[code] = codes[code].ActiveNeurons.Count;
            foreach (var neuron in codes[code].ActiveNeurons)
                starts[neuron + 1]++;
        }
        for (var neuron = 0; neuron < Neurons; neuron++)
            starts[neuron + 1] = checked(starts[neuron + 1] + starts[neuron]);
        entries = new int[starts[^1]];
        var next = starts[..^1];
        for (var code = 0; code < codes.Count; code++)
        {
            foreach (var neuron in codes[code].ActiveNeurons)
                entries[next[neuron]++] = code;
        }
    }

    /// <summary>How many neurons the codes have.</summary>
    public int Neurons { get; }

    /// <summary>How many codes there are.</summary>
    public int Count => sizes.Length;

    /// <summary>The codes with the largest overlap, best first, ties by number; codes that share no neuron are never returned.</summary>
    /// <param name="query">The code to look for.</param>
    /// <param name="count">The most to return, at least 1.</param>
    /// <returns>Numbers of codes and their <see cref="SparseCode.Overlap"/> with the query.</returns>
    /// <exception cref="ArgumentException">The query has another number of neurons.</exception>
    public IReadOnlyList<(int Code, double Score)> Search(SparseCode query, int count)
    {
        ArgumentNullException.ThrowIfNull(query);
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        if (query.Neurons != Neurons)
            throw new ArgumentException($"CodeIndex: the query has {query.Neurons} neurons, the codes have {Neurons}.", nameof(query));
        var shared = new int[Count];
        var met = new List<int>();
        foreach (var neuron in query.ActiveNeurons)
        {
            foreach (var code in entries.AsSpan(starts[neuron], starts[neuron + 1] - starts[neuron]))
            {
                if (shared[code]++ == 0)
                    met.Add(code);
            }
        }
        return [.. met
            .Select(code => (Code: code, Score: shared[code] / Math.Sqrt((double)query.ActiveNeurons.Count * sizes[code])))
            .OrderByDescending(hit => hit.Score).ThenBy(hit => hit.Code)
            .Take(count)];
    }
}
