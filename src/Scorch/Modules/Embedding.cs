namespace Scorch.Modules;

/// <summary>A table of vectors, looked up by int64 index: any shape to that shape and the vector's.</summary>
public sealed class Embedding : Module, IForward, ITransformable
{
    /// <summary>A table of normal numbers, as in PyTorch.</summary>
    /// <param name="count">Vectors.</param>
    /// <param name="dimension">Length of a vector.</param>
    /// <param name="random">Draws them.</param>
    /// <param name="dataType">Their type.</param>
    public Embedding(int count, int dimension, RandomSource random, DataType dataType = DataType.Float32)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(dimension, 1);
        Weight = Parameter.Normal([count, dimension], 0, 1, random, dataType);
    }

    /// <summary>[count, dimension].</summary>
    public Parameter Weight { get; }

    /// <summary>Changes the table; indices stay as they are.</summary>
    public OperandTransform? Operands { get; set; }

    /// <inheritdoc/>
    public Tensor Forward(Tensor x) => (Operands is null ? Weight : Operands.Weight(Weight)).Embedding(x);
}

/// <summary>Dropout in training, nothing in evaluation.</summary>
/// <param name="probability">Of an element becoming 0.</param>
/// <param name="random">Draws which.</param>
public sealed class Dropout(double probability, RandomSource random) : Module, IForward
{
    /// <summary>Draws which elements are dropped.</summary>
    public RandomSource Random { get; } = random;

    /// <inheritdoc/>
    public Tensor Forward(Tensor x) => IsTraining ? x.Dropout(probability, Random) : x;
}
