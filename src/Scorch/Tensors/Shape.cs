using System.Collections;
using System.Runtime.CompilerServices;

namespace Scorch;

/// <summary>The sizes of a tensor's dimensions, outermost first; written as a collection expression: <c>[2, 3]</c>.</summary>
[CollectionBuilder(typeof(Shape), nameof(Create))]
public readonly struct Shape : IReadOnlyList<int>, IEquatable<Shape>
{
    private readonly int[]? sizes;

    private Shape(int[] sizes) => this.sizes = sizes;

    /// <summary>A shape with the given sizes.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A size is negative.</exception>
    public static Shape Create(ReadOnlySpan<int> sizes)
    {
        foreach (var size in sizes)
            if (size < 0) throw new ArgumentOutOfRangeException(nameof(sizes), $"Shape: a size is {size}; sizes are at least 0.");
        return new(sizes.ToArray());
    }

    internal static Shape Wrap(int[] sizes) => new(sizes);

    internal int[] Sizes => sizes ?? [];

    /// <summary>Number of dimensions.</summary>
    public int Rank => Sizes.Length;

    int IReadOnlyCollection<int>.Count => Rank;

    /// <summary>The number of elements: the product of the sizes.</summary>
    public long ElementCount
    {
        get
        {
            long count = 1;
            foreach (var size in Sizes) count = checked(count * size);
            return count;
        }
    }

    /// <summary>Size of a dimension; negative counts from the end.</summary>
    public int this[int dimension] => Sizes[dimension < 0 ? dimension + Rank : dimension];

    /// <summary>The sizes in a range of dimensions.</summary>
    public Shape this[Range range] => new(Sizes[range]);

    /// <summary>The dimension that <paramref name="dimension"/> names, negative counting from the end, as 0 … rank-1.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is no such dimension.</exception>
    public int Dimension(int dimension)
    {
        var limit = Math.Max(Rank, 1);
        if (dimension < -limit || dimension >= limit)
            throw new ArgumentOutOfRangeException(nameof(dimension), dimension, $"Shape {this} has no dimension {dimension}; use {-limit} to {limit - 1}.");
        return dimension < 0 ? dimension + limit : dimension;
    }

    /// <summary>The shape to which two shapes broadcast.</summary>
    /// <exception cref="ArgumentException">A dimension differs and neither is 1.</exception>
    public static Shape Broadcast(Shape a, Shape b) => Broadcast(a, b, "Broadcast");

    internal static Shape Broadcast(Shape a, Shape b, string operation)
    {
        if (a.Sizes.AsSpan().SequenceEqual(b.Sizes)) return a;
        var result = new int[Math.Max(a.Rank, b.Rank)];
        for (var i = 1; i <= result.Length; i++)
        {
            var left = i <= a.Rank ? a[-i] : 1;
            var right = i <= b.Rank ? b[-i] : 1;
            if (left != right && left != 1 && right != 1)
                throw new ArgumentException(
                    $"{operation}: shapes {a} and {b} do not broadcast: {left} against {right} in dimension {-i}; sizes must be equal or 1.");
            result[^i] = left == 1 ? right : left;
        }
        return new(result);
    }

    internal long[] ContiguousStrides()
    {
        var strides = new long[Rank];
        long step = 1;
        for (var i = Rank - 1; i >= 0; i--)
        {
            strides[i] = step;
            step *= Math.Max(Sizes[i], 1);
        }
        return strides;
    }

    internal Shape With(int dimension, int size)
    {
        var copy = (int[])Sizes.Clone();
        copy[dimension] = size;
        return new(copy);
    }

    internal Shape Without(int dimension) => new([.. Sizes[..dimension], .. Sizes[(dimension + 1)..]]);

    internal Shape Insert(int dimension, int size) => new([.. Sizes[..dimension], size, .. Sizes[dimension..]]);

    /// <summary>True when all sizes are equal.</summary>
    public bool Equals(Shape other) => Sizes.AsSpan().SequenceEqual(other.Sizes);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is Shape other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode()
    {
        var hash = new HashCode();
        foreach (var size in Sizes) hash.Add(size);
        return hash.ToHashCode();
    }

    /// <summary>The sizes in brackets.</summary>
    public override string ToString() => $"[{string.Join(", ", Sizes)}]";

    /// <summary>The sizes as an array of its own.</summary>
    public int[] ToArray() => (int[])Sizes.Clone();

    /// <inheritdoc/>
    public IEnumerator<int> GetEnumerator() => ((IEnumerable<int>)Sizes).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    /// <summary>True when both have the same sizes.</summary>
    public static bool operator ==(Shape left, Shape right) => left.Equals(right);

    /// <summary>True when a size differs.</summary>
    public static bool operator !=(Shape left, Shape right) => !left.Equals(right);

    /// <summary>A shape from an array of sizes.</summary>
    public static implicit operator Shape(int[] sizes) => Create(sizes);
}
