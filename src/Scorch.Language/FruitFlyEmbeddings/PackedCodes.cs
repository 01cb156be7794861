using System.Numerics;

namespace Scorch.Language.FruitFlyEmbeddings;

/// <summary>Many codes in as few bits as their neurons' numbers need: k numbers of <c>ceil(log2(K + 1))</c> bits a code.</summary>
/// <remarks>A code with fewer than k active neurons is filled up with the number K, which is no neuron.</remarks>
public sealed class PackedCodes
{
    private readonly byte[] bytes;
    private readonly int width;

    /// <summary>Packs codes.</summary>
    /// <param name="codes">The codes, at least one, all of as many neurons.</param>
    /// <param name="k">The most active neurons that a code has.</param>
    /// <exception cref="ArgumentException">There is no code, codes differ in their neurons, or one has more than k active.</exception>
    public PackedCodes(IReadOnlyList<SparseCode> codes, int k)
    {
        ArgumentNullException.ThrowIfNull(codes);
        ArgumentOutOfRangeException.ThrowIfLessThan(k, 1);
        if (codes.Count == 0)
            throw new ArgumentException("PackedCodes: there is no code to pack.", nameof(codes));
        (Count, Neurons, ActiveNeurons) = (codes.Count, codes[0].Neurons, k);
        width = 32 - BitOperations.LeadingZeroCount((uint)Neurons);
        bytes = new byte[checked((int)((((long)Count * k * width) + 7) / 8))];
        var bit = 0L;
        foreach (var code in codes)
        {
            if (code.Neurons != Neurons || code.ActiveNeurons.Count > k)
                throw new ArgumentException($"PackedCodes: a code has {code.ActiveNeurons.Count} of {code.Neurons} neurons active; expected at most {k} of {Neurons}.", nameof(codes));
            for (var i = 0; i < k; i++)
            {
                var value = i < code.ActiveNeurons.Count ? code.ActiveNeurons[i] : Neurons;
                for (var place = 0; place < width; place++, bit++)
                    bytes[bit >> 3] |= (byte)(((value >> place) & 1) << (int)(bit & 7));
            }
        }
    }

    /// <summary>How many codes there are.</summary>
    public int Count { get; }

    /// <summary>Neurons of each code: K.</summary>
    public int Neurons { get; }

    /// <summary>The most active neurons of a code: k.</summary>
    public int ActiveNeurons { get; }

    /// <summary>The memory that the codes take.</summary>
    public int Bytes => bytes.Length;

    /// <summary>One code.</summary>
    /// <param name="index">Its position.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no such position.</exception>
    public SparseCode this[int index]
    {
        get
        {
            ArgumentOutOfRangeException.ThrowIfNegative(index);
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(index, Count);
            var active = new List<int>(ActiveNeurons);
            var bit = (long)index * ActiveNeurons * width;
            for (var i = 0; i < ActiveNeurons; i++)
            {
                var value = 0;
                for (var place = 0; place < width; place++, bit++)
                    value |= ((bytes[bit >> 3] >> (int)(bit & 7)) & 1) << place;
                if (value < Neurons)
                    active.Add(value);
            }
            return new SparseCode(active, Neurons);
        }
    }
}
