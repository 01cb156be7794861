using Scorch.Autograd;

namespace Scorch;

public partial class Tensor
{
    /// <summary>The same elements without history; shares the storage.</summary>
    public Tensor Detach() => new(Storage, Offset, Shape, Strides, DataType);

    /// <summary>A contiguous copy; gradients flow through.</summary>
    public Tensor Clone()
    {
        var result = CopyOf(DataType);
        return Tape.Records(this) ? Tape.Record(result, "Clone", [this], [], g => [g]) : result;
    }

    /// <summary>The elements in another type; itself where the type is the same. Gradients flow back between floating and complex types.</summary>
    public Tensor To(DataType dataType)
    {
        if (dataType == DataType) return this;
        var result = CopyOf(dataType);
        if (!dataType.IsDifferentiable() || !Tape.Records(this)) return result;
        var type = DataType;
        return Tape.Record(result, "To", [this], [], g => [(g.DataType.IsComplex() && !type.IsComplex() ? g.Real() : g).To(type)]);
    }

    /// <summary>Writes broadcast elements over this tensor's. History: this tensor continues as a copy of <paramref name="source"/>.</summary>
    /// <exception cref="InvalidOperationException">This tensor is a leaf that requires gradients (write inside <see cref="GradientMode.Disable"/>).</exception>
    public void CopyFrom(Tensor source)
    {
        ArgumentNullException.ThrowIfNull(source);
        if (Shape.Broadcast(Shape, source.Shape, "CopyFrom") != Shape)
            throw new ArgumentException($"CopyFrom: shape {source.Shape} does not broadcast to {Shape}.", nameof(source));
        WriteInPlace("CopyFrom", source);
    }

    /// <summary>Adds in place.</summary>
    public void AddInPlace(Tensor other) => WriteInPlace("AddInPlace", this + other);

    /// <summary>Adds a number in place.</summary>
    public void AddInPlace(Scalar other) => WriteInPlace("AddInPlace", this + other);

    /// <summary>Subtracts in place.</summary>
    public void SubtractInPlace(Tensor other) => WriteInPlace("SubtractInPlace", this - other);

    /// <summary>Multiplies in place.</summary>
    public void MultiplyInPlace(Tensor other) => WriteInPlace("MultiplyInPlace", Unwritten(other) * other);

    /// <summary>Multiplies by a number in place.</summary>
    public void MultiplyInPlace(Scalar other) => WriteInPlace("MultiplyInPlace", this * other);

    /// <summary>Divides in place.</summary>
    public void DivideInPlace(Tensor other) => WriteInPlace("DivideInPlace", Unwritten(other) / other);

    /// <summary>Sets every element.</summary>
    public void FillInPlace(Scalar value) => WriteInPlace("FillInPlace", Full([], value, DataType, Device));

    /// <summary>What a derivative by <paramref name="other"/> may save: these elements, which the write leaves alone.</summary>
    private Tensor Unwritten(Tensor other) => Tape.Records(other) ? Clone() : this;

    private void WriteInPlace(string operation, Tensor value)
    {
        if (Shape.Broadcast(Shape, value.Shape, operation) != Shape)
            throw new ArgumentException($"{operation}: a result of shape {value.Shape} does not fit in place into {Shape}.");
        if (value.DataType.Category() > DataType.Category())
            throw new InvalidOperationException($"{operation}: {value.DataType} does not fit in place into {DataType}; convert this tensor first.");
        if (ElementCount > 1 && Enumerable.Range(0, Rank).Any(d => Strides[d] == 0 && Shape[d] > 1))
            throw new InvalidOperationException($"{operation}: elements of this expanded view of shape {Shape} share memory; write to a Clone().");
        var source = value;
        if (Overlaps(value)) source = value.CopyOf(value.DataType);
        if (!Tape.Records(this, value))
        {
            Kernels.Copy(Operand, source.Operand);
            Storage.Version++;
            return;
        }
        if (IsLeaf && requiresGradient || ViewBase is { IsLeaf: true, requiresGradient: true })
            throw new InvalidOperationException($"{operation}: a leaf that requires gradients cannot be written in place while operations are recorded; use GradientMode.Disable().");
        var replaced = value.To(DataType).Expand(Shape);
        // The history of a leaf is the leaf itself: a step in between carries it.
        if (replaced.IsLeaf) replaced = replaced.View(Shape);
        if (ViewBase is { } root)
        {
            var whole = ReplaceView(root, Replay!, replaced);
            Kernels.Copy(Operand, source.Operand);
            Storage.Version++;
            root.AdoptHistory(whole);
            return;
        }
        Kernels.Copy(Operand, source.Operand);
        Storage.Version++;
        AdoptHistory(replaced);
    }

    private bool Overlaps(Tensor other) =>
        ReferenceEquals(Storage, other.Storage) && !(Offset == other.Offset && Shape == other.Shape && Strides.AsSpan().SequenceEqual(other.Strides));

    /// <summary>A copy of <paramref name="source"/> in which the part that <paramref name="view"/> shows is <paramref name="value"/>.</summary>
    internal static Tensor ReplaceView(Tensor source, Func<Tensor, Tensor> view, Tensor value)
    {
        var result = source.Detach().Clone();
        Tensor part;
        using (GradientMode.Disable()) part = view(result);
        result.Kernels.Copy(part.Operand, value.Operand);
        if (!Tape.Records(source, value)) return result;
        var (shape, form) = (part.Shape, value.Form);
        return Tape.Record(result, "ReplaceView", [source, value], [], g => [
            Tape.Wants(0) ? ReplaceView(g, view, Zeros([], g.DataType, g.Device).Expand(shape)) : null,
            Tape.Wants(1) ? view(g).SumTo(form) : null]);
    }

    /// <summary>Adds the gradient of this tensor's one element (or weighted elements) to every leaf that it came from.</summary>
    /// <param name="gradient">The weight of each element; may be left out for one element (then 1).</param>
    /// <param name="retainGraph">Keep what was saved for another pass.</param>
    /// <param name="createGraph">Record this pass too, for derivatives of the gradients.</param>
    /// <exception cref="ArgumentException">There is no history, or the weight is missing or misshapen.</exception>
    public void Backward(Tensor? gradient = null, bool retainGraph = false, bool createGraph = false)
    {
        var pass = new BackwardPass(createGraph, retainGraph || createGraph);
        Differentiation.SeedAll(pass, [this], gradient is null ? null : [gradient]);
        pass.Run([], accumulateLeaves: true);
    }
}
