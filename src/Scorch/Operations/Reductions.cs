using Scorch.Autograd;
using Scorch.Kernels;

namespace Scorch;

public partial class Tensor
{
    /// <summary>The sum of all elements; bool and integers add up in int64.</summary>
    public Tensor Sum() => Sum(AllDimensions(), false);

    /// <summary>The sum over one dimension.</summary>
    public Tensor Sum(int dimension, bool keepDimensions = false) => Sum([dimension], keepDimensions);

    /// <summary>The sum over some dimensions.</summary>
    /// <param name="dimensions">Which; negative ones count from the end.</param>
    /// <param name="keepDimensions">Keep each as size 1.</param>
    public Tensor Sum(int[] dimensions, bool keepDimensions = false)
    {
        var shape = Shape;
        return Reduction(ReduceKernel.Sum, dimensions, keepDimensions, SumType(DataType), (_, _, gradient) => gradient.Expand(shape), Saves.Nothing);
    }

    /// <summary>The product of all elements.</summary>
    public Tensor Product() => Flatten().Product(0);

    /// <summary>The product over one dimension.</summary>
    public Tensor Product(int dimension, bool keepDimensions = false) =>
        Reduction(ReduceKernel.Product, [dimension], keepDimensions, SumType(DataType), (input, output, gradient) => gradient * input.ProductOfOthers(dimension).Conjugate(), Saves.Input);

    /// <summary>For each element the product of the others along a dimension, right where elements are 0.</summary>
    private Tensor ProductOfOthers(int dimension)
    {
        var d = Shape.Dimension(dimension);
        if (Rank == 0 || Shape[d] <= 1) return OnesLike(this);
        var one = OnesLike(Narrow(d, 0, 1));
        var before = Concatenate([one, Narrow(d, 0, Shape[d] - 1)], d).CumulativeProduct(d);
        var after = Concatenate([Narrow(d, 1, Shape[d] - 1), one], d).Flip(d).CumulativeProduct(d).Flip(d);
        return before * after;
    }

    /// <summary>The mean of all elements.</summary>
    public Tensor Mean() => Mean(AllDimensions(), false);

    /// <summary>The mean over one dimension.</summary>
    public Tensor Mean(int dimension, bool keepDimensions = false) => Mean([dimension], keepDimensions);

    /// <summary>The mean over some dimensions.</summary>
    /// <exception cref="InvalidOperationException">The tensor holds integers.</exception>
    public Tensor Mean(int[] dimensions, bool keepDimensions = false)
    {
        RequireFloating("Mean");
        return Sum(dimensions, keepDimensions) * (1.0 / CountOver(dimensions));
    }

    /// <summary>The variance of all elements.</summary>
    public Tensor Variance(double correction = 1) => Variance(AllDimensions(), correction);

    /// <summary>The variance over one dimension.</summary>
    public Tensor Variance(int dimension, double correction = 1, bool keepDimensions = false) => Variance([dimension], correction, keepDimensions);

    /// <summary>The variance: squared deviations from the mean over count less <paramref name="correction"/>.</summary>
    /// <param name="dimensions">Which; negative ones count from the end.</param>
    /// <param name="correction">1 for the unbiased estimate, 0 for the mean of squares.</param>
    /// <param name="keepDimensions">Keep each as size 1.</param>
    public Tensor Variance(int[] dimensions, double correction = 1, bool keepDimensions = false)
    {
        RequireFloating("Variance");
        var deviation = this - Mean(dimensions, true);
        var squares = DataType.IsComplex() ? (deviation * deviation.Conjugate()).Real() : deviation.Square();
        // As many degrees of freedom as none give NaN, not an error, as in PyTorch.
        return squares.Sum(dimensions, keepDimensions) * (1 / Math.Max(0, CountOver(dimensions) - correction));
    }

    /// <summary>The square root of the variance of all elements.</summary>
    public Tensor StandardDeviation(double correction = 1) => RootOrZero(Variance(correction));

    /// <summary>The square root of the variance over one dimension.</summary>
    public Tensor StandardDeviation(int dimension, double correction = 1, bool keepDimensions = false) => RootOrZero(Variance(dimension, correction, keepDimensions));

    /// <summary>The square root, whose derivative counts as 0 at 0.</summary>
    private static Tensor RootOrZero(Tensor x)
    {
        var zero = x.Detach().EqualTo(0);
        return Where(zero, x.Detach(), Where(zero, OnesLike(x), x).Sqrt());
    }

    /// <summary>The norm (sum |x|^order)^(1/order) over all elements; infinity for the greatest modulus, 0 for the number of non-zeros.</summary>
    public Tensor Norm(double order = 2) => Norm(AllDimensions(), order);

    /// <summary>The norm over some dimensions; the derivative of the Euclidean norm at 0 is 0.</summary>
    public Tensor Norm(int[] dimensions, double order = 2, bool keepDimensions = false)
    {
        RequireFloating("Norm");
        var modulus = Abs();
        if (order == double.PositiveInfinity) return modulus.Maximum(dimensions, keepDimensions);
        if (order == double.NegativeInfinity) return modulus.Minimum(dimensions, keepDimensions);
        if (order == 0) return NotEqual(0).To(modulus.DataType).Sum(dimensions, keepDimensions);
        if (order == 1) return modulus.Sum(dimensions, keepDimensions);
        if (order != 2) return modulus.Pow(order).Sum(dimensions, keepDimensions).Pow(1 / order);
        Tensor squares;
        using (GradientMode.Disable()) squares = modulus.Square().Sum(dimensions, keepDimensions).Sqrt();
        if (!Tape.Records(this)) return squares;
        var kept = KeptShape(dimensions);
        return Tape.Record(squares, "Norm", [this], [this], g =>
        {
            var norm = Norm(dimensions, 2, true);
            var safe = Where(norm.EqualTo(0), OnesLike(norm), norm);
            return [g.Reshape(kept) * (this / safe)];
        });
    }

    /// <summary>The least element.</summary>
    public Tensor Minimum() => Minimum(AllDimensions());

    /// <summary>The greatest element.</summary>
    public Tensor Maximum() => Maximum(AllDimensions());

    /// <summary>The least over some dimensions; equal elements share the gradient.</summary>
    public Tensor Minimum(int[] dimensions, bool keepDimensions = false) =>
        Reduction(ReduceKernel.Minimum, dimensions, keepDimensions, DataType, ExtremeDerivative(dimensions), Saves.Both);

    /// <summary>The greatest over some dimensions; equal elements share the gradient.</summary>
    public Tensor Maximum(int[] dimensions, bool keepDimensions = false) =>
        Reduction(ReduceKernel.Maximum, dimensions, keepDimensions, DataType, ExtremeDerivative(dimensions), Saves.Both);

    /// <summary>The least along a dimension, and where; the gradient goes to the first of equals.</summary>
    public (Tensor Values, Tensor Indices) Minimum(int dimension, bool keepDimensions = false) => ExtremeAlong(false, dimension, keepDimensions);

    /// <summary>The greatest along a dimension, and where; the gradient goes to the first of equals.</summary>
    public (Tensor Values, Tensor Indices) Maximum(int dimension, bool keepDimensions = false) => ExtremeAlong(true, dimension, keepDimensions);

    /// <summary>Where the least element lies along a dimension (int64); the first of equals.</summary>
    public Tensor ArgMin(int dimension, bool keepDimensions = false) => ArgumentExtreme(false, dimension, keepDimensions);

    /// <summary>Where the greatest element lies along a dimension (int64); the first of equals.</summary>
    public Tensor ArgMax(int dimension, bool keepDimensions = false) => ArgumentExtreme(true, dimension, keepDimensions);

    /// <summary>Where the least of all elements lies, counted row-major.</summary>
    public Tensor ArgMin() => Flatten().ArgMin(0);

    /// <summary>Where the greatest of all elements lies, counted row-major.</summary>
    public Tensor ArgMax() => Flatten().ArgMax(0);

    /// <summary>True if any element is not 0.</summary>
    public Tensor Any() => Truths().Reduction(ReduceKernel.Any, AllDimensions(), false, DataType.Bool, null, Saves.Nothing);

    /// <summary>True if no element is 0.</summary>
    public Tensor All() => Truths().Reduction(ReduceKernel.All, AllDimensions(), false, DataType.Bool, null, Saves.Nothing);

    /// <summary>True where any element along a dimension is not 0.</summary>
    public Tensor Any(int dimension, bool keepDimensions = false) => Truths().Reduction(ReduceKernel.Any, [dimension], keepDimensions, DataType.Bool, null, Saves.Nothing);

    /// <summary>True where no element along a dimension is 0.</summary>
    public Tensor All(int dimension, bool keepDimensions = false) => Truths().Reduction(ReduceKernel.All, [dimension], keepDimensions, DataType.Bool, null, Saves.Nothing);

    /// <summary>log sum e^x along a dimension, without overflow.</summary>
    public Tensor LogSumExp(int dimension, bool keepDimensions = false) => LogSumExp([dimension], keepDimensions);

    /// <summary>log sum e^x over some dimensions, without overflow.</summary>
    public Tensor LogSumExp(int[] dimensions, bool keepDimensions = false)
    {
        Tensor shift;
        using (GradientMode.Disable())
        {
            shift = ElementCount == 0 ? Zeros(KeptShape(dimensions), DataType, Device) : Detach().Maximum(dimensions, true);
            shift = Where(shift.IsFinite(), shift, ZerosLike(shift));
        }
        var result = (this - shift).Exp().Sum(dimensions, true).Log() + shift;
        return keepDimensions ? result : result.Reshape(DroppedShape(dimensions));
    }

    /// <summary>The running sum along a dimension.</summary>
    public Tensor CumulativeSum(int dimension) =>
        Scan(ReduceKernel.Sum, "CumulativeSum", dimension, g => g.Flip(dimension).CumulativeSum(dimension).Flip(dimension));

    /// <summary>The running product along a dimension.</summary>
    public Tensor CumulativeProduct(int dimension) => Scan(ReduceKernel.Product, "CumulativeProduct", dimension, g =>
    {
        // d y_j / d x_i = prod of x_k over k <= j, k != i: exact where elements are 0, at the price of a square of the length.
        var d = Shape.Dimension(dimension);
        var length = Rank == 0 ? 1 : Shape[d];
        var total = ZerosLike(this);
        var parts = new Tensor[length];
        for (var i = 0; i < length; i++)
        {
            var one = OnesLike(Narrow(d, i, 1));
            var before = i == 0 ? one : Narrow(d, 0, i).Product(d, true);
            var tail = Concatenate([one, Narrow(d, i + 1, length - i - 1)], d).CumulativeProduct(d);
            parts[i] = (g.Narrow(d, i, length - i) * (before * tail).Conjugate()).Sum(d, true);
        }
        return parts.Length == 0 ? total : Concatenate(parts, d);
    });

    private Tensor Scan(ReduceKernel kernel, string name, int dimension, Func<Tensor, Tensor> derivative)
    {
        var d = Shape.Dimension(dimension);
        if (Rank == 0) return Reshape([1]).Scan(kernel, name, 0, g => g).Reshape([]);
        var type = SumType(DataType);
        var compute = type.ComputeType();
        var result = Empty(Shape, compute, Device);
        Kernels.Scan(kernel, result.Operand, InType(compute).Operand, d);
        result = result.InType(type);
        return Tape.Records(this) ? Tape.Record(result, name, [this], [this], g => [derivative(g)]) : result;
    }

    private (Tensor Values, Tensor Indices) ExtremeAlong(bool greatest, int dimension, bool keepDimensions)
    {
        var d = Shape.Dimension(dimension);
        if (Rank == 0) return (Clone(), Zeros([], DataType.Int64, Device));
        var indices = ArgumentExtreme(greatest, d, true);
        var values = Gather(d, indices);
        return keepDimensions ? (values, indices) : (values.Squeeze(d), indices.Squeeze(d));
    }

    private Tensor ArgumentExtreme(bool greatest, int dimension, bool keepDimensions)
    {
        var d = Shape.Dimension(dimension);
        if (Rank == 0) return Zeros([], DataType.Int64, Device);
        if (Shape[d] == 0)
            throw new ArgumentException($"{(greatest ? "ArgMax" : "ArgMin")}: dimension {d} of shape {Shape} is empty and has no extreme.", nameof(dimension));
        var input = InType(DataType.ComputeType());
        var result = Empty(Shape.With(d, 1), DataType.Int64, Device);
        Kernels.ArgumentExtreme(greatest, result.Operand, input.Operand, d);
        return keepDimensions ? result : result.Squeeze(d);
    }

    private Tensor Reduction(ReduceKernel kernel, int[] dimensions, bool keepDimensions, DataType type, Func<Tensor, Tensor, Tensor, Tensor>? derivative, Saves saves)
    {
        var kept = KeptShape(dimensions);
        if (kernel is ReduceKernel.Minimum or ReduceKernel.Maximum && ElementCount == 0 && kept.ElementCount > 0)
            throw new InvalidOperationException($"{kernel}: shape {Shape} has no elements to choose from.");
        var compute = type.ComputeType();
        var result = Empty(kept, compute, Device);
        Kernels.Reduce(kernel, result.Operand, InType(compute).Operand);
        result = result.InType(type);
        if (derivative is not null && Tape.Records(this)) Record(result, kernel.ToString(), derivative, saves);
        Tape.Watch(result, kernel.ToString());
        return keepDimensions ? result : result.Reshape(DroppedShape(dimensions));
    }

    private static Func<Tensor, Tensor, Tensor, Tensor> ExtremeDerivative(int[] dimensions) => (input, output, gradient) =>
    {
        var chosen = input.EqualTo(output).To(gradient.DataType);
        return gradient * (chosen / chosen.Sum(dimensions, true));
    };

    internal int[] AllDimensions()
    {
        var all = new int[Rank];
        for (var d = 0; d < all.Length; d++) all[d] = d;
        return all;
    }

    /// <summary>The shape with the given dimensions as size 1.</summary>
    internal Shape KeptShape(int[] dimensions)
    {
        ArgumentNullException.ThrowIfNull(dimensions);
        var sizes = Shape.ToArray();
        var seen = new bool[sizes.Length];
        foreach (var dimension in dimensions)
        {
            var d = Shape.Dimension(dimension);
            if (Rank == 0) continue;
            if (seen[d]) throw new ArgumentException($"Dimension {dimension} of shape {Shape} is named twice.", nameof(dimensions));
            seen[d] = true;
            sizes[d] = 1;
        }
        return Shape.Wrap(sizes);
    }

    private Shape DroppedShape(int[] dimensions)
    {
        var drop = dimensions.Select(Shape.Dimension).ToHashSet();
        return Shape.Wrap([.. Enumerable.Range(0, Rank).Where(d => !drop.Contains(d)).Select(d => Shape[d])]);
    }

    private double CountOver(int[] dimensions)
    {
        double count = 1;
        if (Rank > 0)
            foreach (var d in dimensions) count *= Shape[d];
        return count;
    }

    private Tensor Truths() => DataType == DataType.Bool ? this : NotEqual(0);

    private void RequireFloating(string operation)
    {
        if (!DataType.IsDifferentiable())
            throw new InvalidOperationException($"{operation}: the tensor holds {DataType}; convert it with To(DataType.Float32) first.");
    }

    private static DataType SumType(DataType type) => type.IsDifferentiable() ? type : DataType.Int64;
}
