namespace Scorch.Modules;

/// <summary>A tensor that training changes: a leaf that requires gradients.</summary>
public sealed class Parameter : Tensor
{
    /// <summary>A parameter with a copy of the values.</summary>
    /// <exception cref="ArgumentException">The type has no gradients.</exception>
    public Parameter(Tensor values)
        : this((values ?? throw new ArgumentNullException(nameof(values))).CopyOf(values.DataType), 0)
    {
    }

    private Parameter(Tensor fresh, int offset)
        : base(fresh.Storage, offset, fresh.Shape, fresh.Strides, fresh.DataType)
    {
        if (!DataType.IsDifferentiable()) throw new ArgumentException($"Parameter: {DataType} has no gradients; use a floating or complex type.", nameof(fresh));
        RequiresGradient = true;
    }

    /// <summary>Uniform numbers in [low, high).</summary>
    public static Parameter Uniform(Shape shape, double low, double high, RandomSource random, DataType dataType = DataType.Float32)
    {
        ArgumentNullException.ThrowIfNull(random);
        return new(random.Uniform(shape, low, high, dataType), 0);
    }

    /// <summary>Normal numbers.</summary>
    public static Parameter Normal(Shape shape, double mean, double standardDeviation, RandomSource random, DataType dataType = DataType.Float32)
    {
        ArgumentNullException.ThrowIfNull(random);
        return new(random.Normal(shape, mean, standardDeviation, dataType), 0);
    }

    /// <summary>One value everywhere.</summary>
    public static Parameter Full(Shape shape, Scalar value, DataType dataType = DataType.Float32) => new(Tensor.Full(shape, value, dataType), 0);
}
