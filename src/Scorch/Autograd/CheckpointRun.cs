namespace Scorch.Autograd;

/// <summary>One recorded run of a checkpointed function.</summary>
internal sealed class CheckpointRun
{
    private readonly long start;

    private CheckpointRun(Tensor[] inputs, Tensor output, long start) => (Inputs, Output, this.start) = (inputs, output, start);

    /// <summary>What the function was given: stand-ins for the caller's tensors.</summary>
    public Tensor[] Inputs { get; }

    /// <summary>What it gave.</summary>
    public Tensor Output { get; }

    /// <summary>Runs the function, recorded.</summary>
    /// <param name="function">The function.</param>
    /// <param name="inputs">The caller's tensors.</param>
    /// <param name="keepHistory">Whether the stand-ins are recorded results of the caller's tensors, else leaves.</param>
    public static CheckpointRun Of(Func<Tensor[], Tensor> function, Tensor[] inputs, bool keepHistory)
    {
        var stands = Array.ConvertAll(inputs, input => StandIn(input, keepHistory));
        var start = Node.Next;
        return new(stands, function(stands), start);
    }

    /// <summary>Edges out of the run that do not end in its inputs, in the order in which a walk meets them.</summary>
    public Edge[] Captured()
    {
        var own = Inputs.Select(input => input.Edge.Node).Where(node => node is not null).ToHashSet();
        var found = new List<Edge>();
        Walk(node =>
        {
            foreach (var edge in node.Edges)
                if (edge.Node is { } other && IsOutside(other) && !own.Contains(other) && !found.Contains(edge)) found.Add(edge);
        });
        // A function may hand out a captured tensor as it is.
        if (Output.Edge.Node is { } last && IsOutside(last) && !own.Contains(last)) found.Add(Output.Edge);
        return [.. found];
    }

    /// <summary>Drops what the run saved.</summary>
    public void Release() => Walk(node => node.Release());

    private static Tensor StandIn(Tensor input, bool keepHistory)
    {
        if (keepHistory && input.RequiresGradient) return input.View(input.Shape);
        var leaf = input.Detach();
        leaf.RequiresGradient = input.RequiresGradient;
        return leaf;
    }

    private bool IsOutside(Node node) => node is LeafNode || node.Order < start;

    private void Walk(Action<Node> visit)
    {
        var seen = new HashSet<Node>();
        var pending = new Stack<Node>();
        if (Output.Edge.Node is { } last && !IsOutside(last)) pending.Push(last);
        while (pending.TryPop(out var node))
        {
            if (!seen.Add(node)) continue;
            var edges = node.Edges;
            visit(node);
            foreach (var edge in edges)
                if (edge.Node is { } other && !IsOutside(other)) pending.Push(other);
        }
    }
}
