namespace Scorch;

/// <summary>What stands outside a tensor that is padded.</summary>
public enum PaddingMode
{
    /// <summary>One value.</summary>
    Constant,

    /// <summary>The tensor mirrored at its border element.</summary>
    Reflect,

    /// <summary>The border element.</summary>
    Replicate,

    /// <summary>The tensor again, from its other end.</summary>
    Circular,
}

public partial class Tensor
{
    /// <summary>Adds elements before and after the last dimensions.</summary>
    /// <param name="amounts">Before and after the last dimension, then before and after the one before it, and so on; negative amounts cut off.</param>
    /// <param name="mode">What the new elements are.</param>
    /// <param name="value">Of the new elements in constant mode.</param>
    /// <exception cref="ArgumentException">The amounts do not fit the shape or the mode.</exception>
    public Tensor Pad(int[] amounts, PaddingMode mode = PaddingMode.Constant, Scalar value = default)
    {
        ArgumentNullException.ThrowIfNull(amounts);
        if (amounts.Length % 2 != 0 || amounts.Length / 2 > Rank)
            throw new ArgumentException($"Pad: [{string.Join(", ", amounts)}] must be pairs for at most the {Rank} dimensions of {Shape}.", nameof(amounts));
        var result = this;
        for (var i = 0; i < amounts.Length / 2; i++)
        {
            var d = Rank - 1 - i;
            var (before, after) = (amounts[2 * i], amounts[(2 * i) + 1]);
            if (before == 0 && after == 0) continue;
            if (Shape[d] + before + after < 0) throw new ArgumentException($"Pad: {before} and {after} leave less than nothing of dimension {d} of {Shape}.", nameof(amounts));
            result = mode == PaddingMode.Constant ? result.PadConstant(d, before, after, value) : result.PadByIndex(d, before, after, mode);
        }
        return ReferenceEquals(result, this) ? Clone() : result;
    }

    private Tensor PadConstant(int d, int before, int after, Scalar value)
    {
        var length = Shape[d] + Math.Min(0, before) + Math.Min(0, after);
        var size = Shape[d] + before + after;
        return ReplaceView(Full(Shape.With(d, size), value, DataType, Device), x => x.Narrow(d, Math.Max(0, before), length), Narrow(d, Math.Max(0, -before), length));
    }

    private Tensor PadByIndex(int d, int before, int after, PaddingMode mode)
    {
        var size = Shape[d];
        var limit = mode switch { PaddingMode.Reflect => size - 1, PaddingMode.Circular => size, _ => int.MaxValue };
        if (size == 0 || before > limit || after > limit)
            throw new ArgumentException($"Pad: {mode} padding of dimension {d} of {Shape} by {before} and {after}; at most {(size == 0 ? 0 : limit)} fit.", nameof(before));
        var places = new long[size + before + after];
        for (var i = 0; i < places.Length; i++)
        {
            var place = i - before;
            places[i] = mode switch
            {
                PaddingMode.Replicate => Math.Clamp(place, 0, size - 1),
                PaddingMode.Circular => ((place % size) + size) % size,
                _ => place < 0 ? -place : place >= size ? (2 * (size - 1)) - place : place,
            };
        }
        return IndexSelect(d, From(places).To(Device));
    }
}
