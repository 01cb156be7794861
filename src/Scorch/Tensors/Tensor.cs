using Scorch.Autograd;
using Scorch.Devices;
using Scorch.Kernels;

namespace Scorch;

/// <summary>An n-dimensional array: a light handle on shared storage, with the history that gradients need.</summary>
/// <remarks>Views share their storage; nothing needs to be disposed.</remarks>
public partial class Tensor
{
    private Node? producer;
    private LeafNode? leaf;
    private bool requiresGradient;
    private int seenBaseEdits;

    internal Tensor(Storage storage, long offset, Shape shape, long[] strides, DataType dataType)
    {
        Storage = storage;
        Offset = offset;
        Shape = shape;
        Strides = strides;
        DataType = dataType;
    }

    /// <summary>The sizes of the dimensions.</summary>
    public Shape Shape { get; private set; }

    /// <summary>The type of the elements.</summary>
    public DataType DataType { get; private set; }

    /// <summary>Number of dimensions.</summary>
    public int Rank => Shape.Rank;

    /// <summary>Number of elements.</summary>
    public long ElementCount => Shape.ElementCount;

    /// <summary>Where the elements lie.</summary>
    public Device Device => Storage.Device;

    /// <summary>Shape, type and device.</summary>
    internal TensorForm Form => new(Shape, DataType, Device);

    /// <summary>The gradient that <see cref="Backward(Tensor?, bool, bool)"/> accumulated into this leaf, if any.</summary>
    public Tensor? Gradient { get; set; }

    /// <summary>True when the elements lie row-major without gaps.</summary>
    public bool IsContiguous
    {
        get
        {
            long expected = 1;
            if (ElementCount == 0) return true;
            var sizes = Shape.Sizes;
            for (var d = sizes.Length - 1; d >= 0; d--)
            {
                if (sizes[d] != 1 && Strides[d] != expected) return false;
                expected *= sizes[d];
            }
            return true;
        }
    }

    /// <summary>Whether operations on this tensor are recorded so that gradients can flow back to it.</summary>
    /// <exception cref="InvalidOperationException">Set on a result of recorded operations, or on a type without gradients.</exception>
    public bool RequiresGradient
    {
        get => requiresGradient || Producer is not null;
        set
        {
            if (Producer is not null)
            {
                if (value) return;
                throw new InvalidOperationException("RequiresGradient: this tensor is the result of recorded operations; use Detach() for one without history.");
            }
            if (value && !DataType.IsDifferentiable())
                throw new InvalidOperationException($"RequiresGradient: {DataType} has no gradients; convert to a floating or complex type.");
            requiresGradient = value;
        }
    }

    /// <summary>True when no recorded operation made this tensor.</summary>
    public bool IsLeaf => Producer is null;

    /// <summary>Told as soon as a backward pass has gathered all of this leaf's gradient; nothing that the pass still visits reads the leaf's value.</summary>
    internal Action? GradientIsWhole { get; set; }

    internal Storage Storage { get; private set; }

    internal long Offset { get; private set; }

    internal long[] Strides { get; private set; }

    /// <summary>The tensor this is a view of, and how to take the view anew.</summary>
    internal Tensor? ViewBase { get; private set; }

    internal Func<Tensor, Tensor>? Replay { get; private set; }

    internal int OutputIndex { get; private set; }

    /// <summary>Counts the times this tensor's history was replaced by an in-place operation.</summary>
    private int Edits { get; set; }

    internal Operand Operand => new(Storage, Offset, Shape, Strides, DataType);

    internal KernelTable Kernels => Storage.Device.Kernels;

    /// <summary>The recorded operation that made this tensor. A view whose base was written to takes its history anew.</summary>
    internal Node? Producer
    {
        get
        {
            if (ViewBase is not null && seenBaseEdits != ViewBase.Edits)
            {
                seenBaseEdits = ViewBase.Edits;
                using var mode = GradientMode.Enable();
                var again = Replay!(ViewBase);
                (producer, OutputIndex) = (again.producer, again.OutputIndex);
            }
            return producer;
        }
    }

    /// <summary>What a gradient with respect to this tensor flows to; null where none is wanted.</summary>
    internal Edge Edge
    {
        get
        {
            if (Producer is { } node) return new(node, OutputIndex);
            return requiresGradient ? new(leaf ??= new LeafNode(this), 0) : default;
        }
    }

    /// <summary>
    /// From now on this leaf counts as first used when it is used next. Passes visit leaves in the order of their first use, so that a leaf
    /// of an earlier step would otherwise come last.
    /// </summary>
    internal void ForgetUse() => leaf = null;

    internal void SetProducer(Node node, int outputIndex)
    {
        producer = node;
        OutputIndex = outputIndex;
    }

    internal void MarkView(Tensor source, Func<Tensor, Tensor> replay)
    {
        if (source.ViewBase is { } root)
        {
            var first = source.Replay!;
            ViewBase = root;
            Replay = tensor => replay(first(tensor));
        }
        else
        {
            ViewBase = source;
            Replay = replay;
        }
        seenBaseEdits = ViewBase.Edits;
    }

    /// <summary>After an in-place operation: this handle continues as the result of <paramref name="result"/>'s history.</summary>
    internal void AdoptHistory(Tensor result)
    {
        (producer, OutputIndex) = (result.Producer, result.OutputIndex);
        Edits++;
        if (ViewBase is not null) seenBaseEdits = ViewBase.Edits;
    }

    /// <summary>This handle shows other elements from now on; a gradient of the old type is dropped.</summary>
    internal void ReplaceData(Tensor fresh)
    {
        (Storage, Offset, Shape, Strides, DataType) = (fresh.Storage, fresh.Offset, fresh.Shape, fresh.Strides, fresh.DataType);
        Gradient = null;
    }

    /// <summary>What <see cref="Exchange"/> puts into another handle so that it stands for this tensor: elements, type and history.</summary>
    internal Contents Content
    {
        get
        {
            var edge = Edge;
            return new(Storage, Offset, Shape, Strides, DataType, producer, OutputIndex, requiresGradient, edge.Node as LeafNode);
        }
    }

    /// <summary>This handle stands for <paramref name="contents"/> from now on; gives what it stood for.</summary>
    internal Contents Exchange(Contents contents)
    {
        var own = new Contents(Storage, Offset, Shape, Strides, DataType, producer, OutputIndex, requiresGradient, leaf);
        (Storage, Offset, Shape, Strides, DataType) = (contents.Storage, contents.Offset, contents.Shape, contents.Strides, contents.DataType);
        (producer, OutputIndex, requiresGradient, leaf) = (contents.Producer, contents.OutputIndex, contents.RequiresGradient, contents.Leaf);
        return own;
    }

    internal readonly record struct Contents(
        Storage Storage, long Offset, Shape Shape, long[] Strides, DataType DataType, Node? Producer, int OutputIndex, bool RequiresGradient, LeafNode? Leaf);

    internal static Tensor Empty(Shape shape, DataType type, Device? device = null)
    {
        var where = device ?? Device.Cpu;
        return new(where.Allocate(shape.ElementCount * type.Size()), 0, shape, shape.ContiguousStrides(), type);
    }
}
