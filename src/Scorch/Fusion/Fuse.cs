namespace Scorch.Fusion;

/// <summary>Element-wise functions in one pass over memory.</summary>
/// <remarks>
/// Each operation on tensors reads its operands and writes its result: a chain of five passes over memory five times. A fused function runs
/// the whole chain block by block, so that what lies between is never written out. Gradients of every order are fused too; they compute anew
/// what lies between and keep the arguments only.
/// <para>
/// The function is run once for each combination of element types, on stand-ins, to see which operations it is made of. Numbers that it
/// captures are kept as they were then; tensors must be arguments. It may use operators, mathematical functions, comparisons, conversions
/// and <see cref="Tensor.Where(Tensor, Tensor, Tensor)"/>, but nothing that combines different elements, reads values or draws random numbers.
/// </para>
/// </remarks>
/// <example><code>
/// var swish = Fuse.Elementwise(x => x * x.Sigmoid());
/// var blend = Fuse.Elementwise((x, y, weight) => (weight * x) + ((1 - weight) * y));
/// var result = blend(images, noise, mask);
/// </code></example>
public static class Fuse
{
    /// <summary>A function of one tensor; the result has its shape.</summary>
    /// <param name="function">Made of element-wise operations.</param>
    /// <exception cref="InvalidOperationException">On the first call: the function does something else.</exception>
    public static Func<Tensor, Tensor> Elementwise(Func<Tensor, Tensor> function)
    {
        ArgumentNullException.ThrowIfNull(function);
        var fused = new FusedFunction(1, x => [function(x[0])]);
        return x => fused.Apply([x])[0]!;
    }

    /// <summary>A function of two tensors, which broadcast; the result has the shape to which they do.</summary>
    /// <inheritdoc cref="Elementwise(Func{Tensor, Tensor})"/>
    public static Func<Tensor, Tensor, Tensor> Elementwise(Func<Tensor, Tensor, Tensor> function)
    {
        ArgumentNullException.ThrowIfNull(function);
        var fused = new FusedFunction(2, x => [function(x[0], x[1])]);
        return (x, y) => fused.Apply([x, y])[0]!;
    }

    /// <summary>A function of three tensors, which broadcast; the result has the shape to which they do.</summary>
    /// <inheritdoc cref="Elementwise(Func{Tensor, Tensor})"/>
    public static Func<Tensor, Tensor, Tensor, Tensor> Elementwise(Func<Tensor, Tensor, Tensor, Tensor> function)
    {
        ArgumentNullException.ThrowIfNull(function);
        var fused = new FusedFunction(3, x => [function(x[0], x[1], x[2])]);
        return (x, y, z) => fused.Apply([x, y, z])[0]!;
    }

    /// <summary>A function of four tensors, which broadcast; the result has the shape to which they do.</summary>
    /// <inheritdoc cref="Elementwise(Func{Tensor, Tensor})"/>
    public static Func<Tensor, Tensor, Tensor, Tensor, Tensor> Elementwise(Func<Tensor, Tensor, Tensor, Tensor, Tensor> function)
    {
        ArgumentNullException.ThrowIfNull(function);
        var fused = new FusedFunction(4, x => [function(x[0], x[1], x[2], x[3])]);
        return (x, y, z, w) => fused.Apply([x, y, z, w])[0]!;
    }
}
