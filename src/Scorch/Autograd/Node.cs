namespace Scorch.Autograd;

/// <summary>Where a gradient flows: an output of a recorded operation, or a leaf.</summary>
internal readonly record struct Edge(Node? Node, int Output);

/// <summary>A recorded operation: knows what its inputs were and how to send gradients to them.</summary>
internal abstract class Node
{
    private static long count;

    protected Node(string name, Edge[] edges)
    {
        Name = name;
        Edges = edges;
        Order = Interlocked.Increment(ref count);
        Substitution = Substitution.Current;
    }

    /// <summary>Nodes made from now on, by this thread or another, have at least this order.</summary>
    public static long Next => Interlocked.Read(ref count) + 1;

    public string Name { get; }

    /// <summary>One an input.</summary>
    public Edge[] Edges { get; }

    /// <summary>Later operations have greater numbers; going back visits them in falling order.</summary>
    public long Order { get; }

    /// <summary>What stood in for parameters when the operation was recorded; its derivative reads them again.</summary>
    public Substitution? Substitution { get; }

    public virtual int Outputs => 1;

    /// <summary>Bytes of the storages that it saved and that <paramref name="counted"/> does not hold yet.</summary>
    public virtual long SavedBytes(HashSet<Storage> counted) => 0;

    /// <summary>Gradients with respect to the inputs, null where none flows.</summary>
    public abstract Tensor?[] Backward(Tensor?[] gradients);

    /// <summary>Drops what was saved.</summary>
    public abstract void Release();
}

/// <summary>A tensor that the user made: gradients gather in <see cref="Tensor.Gradient"/>.</summary>
internal sealed class LeafNode(Tensor tensor) : Node("Leaf", [])
{
    public Tensor Tensor { get; } = tensor;

    /// <summary>Whether the gradient that arrived last was made for this leaf alone, so that it may be kept without a copy.</summary>
    public bool OwnsArrived { get; set; }

    public override Tensor?[] Backward(Tensor?[] gradients) => [];

    public override void Release()
    {
    }
}

/// <summary>An operation whose derivative is a function; saved tensors must still hold what they held.</summary>
internal sealed class OperationNode(string name, Edge[] edges, int outputs, Tensor[] saved, Func<Tensor?[], Tensor?[]> derivative) : Node(name, edges)
{
    private readonly int[] versions = Versions(saved);
    private Tensor[] saved = saved;
    private Func<Tensor?[], Tensor?[]>? derivative = derivative;

    public override int Outputs => outputs;

    public override Tensor?[] Backward(Tensor?[] gradients)
    {
        var apply = derivative ?? throw new InvalidOperationException(
            $"Backward: the record of {Name} was freed by an earlier backward pass; pass retainGraph: true to the first one.");
        for (var i = 0; i < saved.Length; i++)
        {
            if (saved[i].Storage.Version != versions[i])
                throw new InvalidOperationException(
                    $"Backward: a tensor of shape {saved[i].Shape} that {Name} needs for its derivative was changed in place after {Name} used it; write to a Clone() instead.");
        }
        return apply(gradients);
    }

    public override void Release()
    {
        derivative = null;
        saved = [];
    }

    public override long SavedBytes(HashSet<Storage> counted)
    {
        using var scope = Substitution.Enter(Substitution);
        long bytes = 0;
        foreach (var tensor in saved)
            if (counted.Add(tensor.Storage)) bytes += tensor.Storage.ByteCount;
        return bytes;
    }

    private static int[] Versions(Tensor[] saved)
    {
        if (saved.Length == 0) return [];
        var versions = new int[saved.Length];
        for (var i = 0; i < saved.Length; i++) versions[i] = saved[i].Storage.Version;
        return versions;
    }
}
