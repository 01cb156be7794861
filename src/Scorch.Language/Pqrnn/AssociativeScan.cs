namespace Scorch.Language.Pqrnn;

/// <summary>The recurrence <c>c_t = f_t c_{t-1} + x_t</c> by doubling.</summary>
/// <remarks>
/// Two steps joined are one: <c>(f, x) then (f', x') = (f' f, f' x + x')</c>, which is associative. After round k every step holds the join of
/// the 2^k steps that end there, so that log2(time) rounds do, each over all times at once.
/// </remarks>
public static class AssociativeScan
{
    /// <summary>Computes c at all steps; the same as <see cref="Tensor.LinearRecurrence"/> up to rounding.</summary>
    /// <param name="x">[batch, time, features].</param>
    /// <param name="forget">f, of the same shape.</param>
    /// <param name="backwards">Whether the last step comes first.</param>
    public static Tensor Run(Tensor x, Tensor forget, bool backwards = false)
    {
        ArgumentNullException.ThrowIfNull(x);
        ArgumentNullException.ThrowIfNull(forget);
        if (x.Rank != 3 || x.Shape != forget.Shape) throw new ArgumentException($"AssociativeScan: inputs have shape {x.Shape}, forget factors {forget.Shape}; both must be [batch, time, features].", nameof(forget));
        if (backwards) return Run(x.Flip(1), forget.Flip(1)).Flip(1);
        var time = x.Shape[1];
        for (var step = 1; step < time; step *= 2)
        {
            var (earlierX, earlierF) = (x.Narrow(1, 0, time - step), forget.Narrow(1, 0, time - step));
            var (laterX, laterF) = (x.Narrow(1, step, time - step), forget.Narrow(1, step, time - step));
            x = Tensor.Concatenate([x.Narrow(1, 0, step), (laterF * earlierX) + laterX], 1);
            forget = Tensor.Concatenate([forget.Narrow(1, 0, step), laterF * earlierF], 1);
        }
        return x;
    }
}
