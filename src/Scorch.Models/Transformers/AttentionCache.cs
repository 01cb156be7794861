namespace Scorch.Models.Transformers;

/// <summary>Keys and values of one attention from earlier steps of a generation, [batch, heads, time, features of a head].</summary>
public sealed class AttentionCache
{
    private Tensor? keys, values;

    /// <summary>Time steps held.</summary>
    public int Length { get; private set; }

    /// <summary>Adds steps and gives all.</summary>
    /// <param name="newKeys">[batch, heads, steps, key features].</param>
    /// <param name="newValues">[batch, heads, steps, value features].</param>
    /// <exception cref="ArgumentException">The steps are of other batches, heads or features than those held.</exception>
    public (Tensor Keys, Tensor Values) Append(Tensor newKeys, Tensor newValues)
    {
        ArgumentNullException.ThrowIfNull(newKeys);
        ArgumentNullException.ThrowIfNull(newValues);
        var end = checked(Length + newKeys.Shape[2]);
        keys = Room(keys, newKeys, end);
        values = Room(values, newValues, end);
        keys.Narrow(2, Length, end - Length).CopyFrom(newKeys.Detach());
        values.Narrow(2, Length, end - Length).CopyFrom(newValues.Detach());
        Length = end;
        return All();
    }

    /// <summary>What is held.</summary>
    /// <exception cref="InvalidOperationException">Nothing is.</exception>
    public (Tensor Keys, Tensor Values) All() => keys is null || values is null
        ? throw new InvalidOperationException("AttentionCache: it is empty; Append comes first.")
        : (keys.Narrow(2, 0, Length), values.Narrow(2, 0, Length));

    /// <summary>Forgets the steps from a length on.</summary>
    /// <param name="length">Steps to keep, at most those held.</param>
    /// <exception cref="ArgumentOutOfRangeException">More than are held.</exception>
    public void Truncate(int length)
    {
        if (length < 0 || length > Length) throw new ArgumentOutOfRangeException(nameof(length), length, $"AttentionCache: {Length} steps are held; keep 0 to {Length}.");
        Length = length;
    }

    /// <summary>Keeps rows of the batch, in this order; a row may come several times.</summary>
    internal void Keep(Tensor rows)
    {
        keys = keys?.IndexSelect(0, rows);
        values = values?.IndexSelect(0, rows);
    }

    /// <summary>A buffer with room up to an end, twice as much as held when it grows, so that a long text is copied a few times only.</summary>
    private Tensor Room(Tensor? held, Tensor added, int end)
    {
        if (held is not null && (held.Shape[0] != added.Shape[0] || held.Shape[1] != added.Shape[1] || held.Shape[3] != added.Shape[3]))
            throw new ArgumentException($"AttentionCache: {added.Shape} does not continue {held.Shape}; only the third size may differ.", nameof(added));
        if (held is not null && held.Shape[2] >= end) return held;
        var grown = Tensor.Zeros([added.Shape[0], added.Shape[1], Math.Max(end, 2 * Length), added.Shape[3]], added.DataType);
        if (held is not null) grown.Narrow(2, 0, Length).CopyFrom(held.Narrow(2, 0, Length));
        return grown;
    }
}

/// <summary>The caches of all blocks of a stack, once for each time that they run.</summary>
internal sealed class StackCache(int blocks)
{
    public AttentionCache[] Self { get; } = [.. Enumerable.Range(0, blocks).Select(_ => new AttentionCache())];

    public AttentionCache[] Cross { get; } = [.. Enumerable.Range(0, blocks).Select(_ => new AttentionCache())];

    public int Length => Self[0].Length;

    /// <summary>Tokens of earlier steps: int64 [batch, steps]; none before the first.</summary>
    public Tensor? Tokens { get; private set; }

    public void Append(Tensor tokenIds) => Tokens = Tokens is null ? tokenIds : Tensor.Concatenate([Tokens, tokenIds], 1);

    public void Keep(Tensor rows)
    {
        Tokens = Tokens?.IndexSelect(0, rows);
        foreach (var cache in Self.Concat(Cross)) cache.Keep(rows);
    }
}
