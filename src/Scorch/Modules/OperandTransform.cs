namespace Scorch.Modules;

/// <summary>Changes what a layer computes with before it computes, such as rounding to few bits in quantisation-aware training.</summary>
/// <remarks>A transform's own parameters and buffers are the layer's, under <c>operands</c>.</remarks>
public abstract class OperandTransform : Module
{
    /// <summary>In place of the layer's input.</summary>
    /// <param name="x">The input.</param>
    /// <returns>Of the same shape.</returns>
    public abstract Tensor Input(Tensor x);

    /// <summary>In place of the layer's weight.</summary>
    /// <param name="weight">The weight.</param>
    /// <returns>Of the same shape.</returns>
    public abstract Tensor Weight(Tensor weight);
}

/// <summary>A layer whose operands can be changed before it computes.</summary>
public interface ITransformable
{
    /// <summary>What changes them; nothing where there is none.</summary>
    OperandTransform? Operands { get; set; }
}
