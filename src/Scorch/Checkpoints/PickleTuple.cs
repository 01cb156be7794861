using System.Collections;

namespace Scorch.Checkpoints;

/// <summary>A tuple that is a dictionary's key in a pickle; equal to every other with equal values in the same order.</summary>
/// <param name="values">The values: text, numbers, truth values, or tuples of them.</param>
public sealed class PickleTuple(IReadOnlyList<object> values) : IReadOnlyList<object>, IEquatable<PickleTuple>
{
    /// <inheritdoc/>
    public int Count => values.Count;

    /// <inheritdoc/>
    public object this[int index] => values[index];

    /// <inheritdoc/>
    public bool Equals(PickleTuple? other) => other is not null && values.SequenceEqual(other);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as PickleTuple);

    /// <inheritdoc/>
    public override int GetHashCode()
    {
        var hash = new HashCode();
        foreach (var value in values) hash.Add(value);
        return hash.ToHashCode();
    }

    /// <inheritdoc/>
    public override string ToString() => $"({string.Join(", ", values)})";

    /// <inheritdoc/>
    public IEnumerator<object> GetEnumerator() => values.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
