using Scorch.Autograd;

namespace Scorch.Tests.Operations;

/// <summary>Holds kernels to their definitions in primitives, values and gradients, on random float64 numbers.</summary>
public abstract class DefinitionTests(int seed)
{
    private readonly RandomSource random = new(seed);

    /// <summary>Numbers between -2 and 2.</summary>
    private protected Tensor Draw(params int[] sizes) => random.Uniform(sizes, -2, 2, DataType.Float64);

    private protected void Hold(Func<Tensor[], Tensor> kernel, Func<Tensor[], Tensor> definition, params Tensor[] inputs)
    {
        foreach (var input in inputs) input.RequiresGradient = true;
        var (expected, actual) = (definition(inputs), kernel(inputs));
        Close(expected, actual);
        var weight = Draw([.. expected.Shape]);
        var slopes = Differentiation.Gradients([expected], inputs, [weight]);
        var found = Differentiation.Gradients([actual], inputs, [weight]);
        for (var i = 0; i < inputs.Length; i++) Close(slopes[i]!, found[i]!);
    }

    /// <summary>Sums of some hundred terms in float64: rounding stays far below.</summary>
    private protected static void Close(Tensor expected, Tensor actual)
    {
        Assert.Equal(expected.Shape, actual.Shape);
        var difference = (expected.Detach() - actual.Detach()).Abs().Maximum().Item();
        Assert.True(difference <= 1e-10, $"differs by {difference:R}");
    }
}
