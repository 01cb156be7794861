namespace Scorch.Modules;

/// <summary>Affine map <c>y = x W^T + b</c>.</summary>
/// <remarks>Input <c>[..., inputs]</c>, output <c>[..., outputs]</c>. Both start uniform in ±1/sqrt(inputs), as in PyTorch.</remarks>
public sealed class Linear : Module, IForward, ITransformable
{
    /// <summary>A layer with random weights.</summary>
    /// <param name="inputs">Size of the last dimension of the input.</param>
    /// <param name="outputs">Size of the last dimension of the output.</param>
    /// <param name="random">Draws the weights.</param>
    /// <param name="bias">Whether b is there.</param>
    /// <param name="dataType">Type of the weights.</param>
    public Linear(int inputs, int outputs, RandomSource random, bool bias = true, DataType dataType = DataType.Float32)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(inputs, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(outputs, 0);
        var bound = 1 / Math.Sqrt(inputs);
        Weight = Parameter.Uniform([outputs, inputs], -bound, bound, random, dataType);
        Bias = bias ? Parameter.Uniform([outputs], -bound, bound, random, dataType) : null;
    }

    /// <summary>[outputs, inputs].</summary>
    public Parameter Weight { get; }

    /// <summary>[outputs], if any.</summary>
    public Parameter? Bias { get; }

    /// <inheritdoc/>
    public OperandTransform? Operands { get; set; }

    /// <inheritdoc/>
    public Tensor Forward(Tensor x) => Operands is null ? x.Affine(Weight, Bias) : Operands.Input(x).Affine(Operands.Weight(Weight), Bias);
}
