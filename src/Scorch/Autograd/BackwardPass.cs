using System.Runtime.CompilerServices;

namespace Scorch.Autograd;

/// <summary>One walk from outputs back to inputs.</summary>
/// <remarks>
/// Where nothing is recorded, gradients that the walk made are its own: they are summed in place, and their memory goes back to the pool as
/// soon as they have flowed on.
/// </remarks>
internal sealed class BackwardPass(bool createGraph, bool retainGraph)
{
    /// <summary>Added to the holders of a gradient that somebody else may keep.</summary>
    private const int Forever = 1 << 20;

    /// <summary>Later storages were made during this walk.</summary>
    private readonly long start = Storage.Last;
    private readonly Dictionary<Node, Tensor?[]> gradients = new(ReferenceComparer.Instance);

    /// <summary>Adds to the gradient of an output of a node.</summary>
    public void Seed(Edge edge, Tensor gradient) => Accumulate(edge, gradient, isFresh: false);

    /// <summary>Walks; gradients of <paramref name="targets"/> are kept, leaves gather only when <paramref name="accumulateLeaves"/>.</summary>
    /// <param name="targets">Whose gradients are wanted.</param>
    /// <param name="accumulateLeaves">Whether leaves gather.</param>
    /// <param name="stopAtTargets">Whether the targets enclose what is walked: nothing flows on from one.</param>
    public Tensor?[] Run(Edge[] targets, bool accumulateLeaves, bool stopAtTargets = false)
    {
        var result = new Tensor?[targets.Length];
        var needed = targets.Length > 0 && !stopAtTargets ? Needed(targets) : null;
        var watched = GradientMode.DetectsAnomaly;
        using var mode = GradientMode.SetUnwatched(createGraph);
        // Nodes bring their substitutions; what is in place now is again at the end.
        using var own = Substitution.Enter(Substitution.Current);
        var queue = new PriorityQueue<Node, long>();
        foreach (var node in gradients.Keys) queue.Enqueue(node, -node.Order);
        while (queue.TryDequeue(out var node, out _))
        {
            gradients.Remove(node, out var arrived);
            var isTarget = false;
            for (var i = 0; i < targets.Length; i++)
            {
                if (!ReferenceEquals(targets[i].Node, node)) continue;
                result[i] = arrived![targets[i].Output];
                if (result[i] is { } wanted) Hold(wanted, Forever);
                isTarget = true;
            }
            if (isTarget && stopAtTargets) continue;
            if (node is LeafNode leaf)
            {
                if (accumulateLeaves) Gather(leaf, arrived![0]!);
                LetGo(arrived!);
                continue;
            }
            if (needed is not null && !FlowsOn(node, needed)) continue;
            Substitution.Switch(node.Substitution);
            var made = Storage.Last;
            var flowing = Tape.Backward(node, arrived!, needed);
            if (!retainGraph) node.Release();
            // What a user's derivative was given or has made, it may keep.
            if (node.Name == Differentiation.CustomName)
                foreach (var seen in (ReadOnlySpan<Tensor?>)[.. arrived!, .. flowing])
                    if (seen is not null) Hold(seen, Forever);
            for (var i = 0; i < node.Edges.Length; i++)
            {
                var edge = node.Edges[i];
                if (edge.Node is null || flowing[i] is not { } gradient) continue;
                if (needed is not null && !needed.Contains(edge.Node)) continue;
                if (watched) Tape.ThrowIfNaN(gradient, node.Name, "backward");
                var isFresh = node.Name != Differentiation.CustomName && IsFresh(gradient, flowing, made);
                if (edge.Node is LeafNode target && accumulateLeaves) target.OwnsArrived = isFresh;
                if (Accumulate(edge, gradient, isFresh)) queue.Enqueue(edge.Node, -edge.Node.Order);
            }
            LetGo(arrived!);
        }
        return result;
    }

    /// <summary>Adds, in place where the gradient that lies there or the one that arrives belongs to this walk alone; true when the node is met for the first time.</summary>
    private bool Accumulate(Edge edge, Tensor gradient, bool isFresh)
    {
        var isNew = !gradients.TryGetValue(edge.Node!, out var slots);
        if (isNew) gradients[edge.Node!] = slots = new Tensor?[edge.Node!.Outputs];
        ref var slot = ref slots![edge.Output];
        if (slot is null)
        {
            slot = gradient;
            Hold(gradient, 1);
        }
        else if (slot.Storage.Holders == 1 && TakesSum(slot, gradient))
        {
            slot.Kernels.Binary(Kernels.BinaryKernel.Add, slot.Operand, slot.Operand, gradient.Operand);
        }
        else if (isFresh && TakesSum(gradient, slot))
        {
            gradient.Kernels.Binary(Kernels.BinaryKernel.Add, gradient.Operand, slot.Operand, gradient.Operand);
            Hold(gradient, 1);
            LetGo([slot]);
            slot = gradient;
        }
        else
        {
            var sum = slot + gradient;
            Hold(sum, 1);
            LetGo([slot]);
            slot = sum;
        }
        return isNew;
    }

    private bool IsOwn(Tensor gradient) => !createGraph && gradient.Storage.Number > start;

    private bool TakesSum(Tensor gradient, Tensor other) =>
        IsOwn(gradient) && gradient.IsContiguous && gradient.DataType == other.DataType && gradient.DataType.ComputeType() == gradient.DataType;

    private void Hold(Tensor gradient, int holders)
    {
        if (IsOwn(gradient)) gradient.Storage.Holders += holders;
    }

    private void LetGo(Tensor?[] gone)
    {
        foreach (var gradient in gone)
            if (gradient is not null && IsOwn(gradient) && --gradient.Storage.Holders == 0) gradient.Storage.Release();
    }

    private static bool FlowsOn(Node node, HashSet<Node> needed)
    {
        foreach (var edge in node.Edges)
            if (edge.Node is not null && needed.Contains(edge.Node)) return true;
        return false;
    }

    /// <summary>Whether a derivative made this gradient just now, for one input, without gaps: nothing else holds its elements.</summary>
    private static bool IsFresh(Tensor gradient, Tensor?[] flowing, long made)
    {
        if (gradient.Storage.Number <= made || !gradient.IsContiguous) return false;
        var holders = 0;
        foreach (var other in flowing)
            if (other is not null && ReferenceEquals(other.Storage, gradient.Storage)) holders++;
        return holders == 1;
    }

    private void Gather(LeafNode leaf, Tensor gradient)
    {
        var tensor = leaf.Tensor;
        if (tensor.Gradient is not null)
        {
            if (createGraph) tensor.Gradient += gradient;
            else tensor.Gradient.AddInPlace(gradient);
        }
        else if (createGraph)
        {
            tensor.Gradient = gradient;
        }
        else
        {
            if (leaf.OwnsArrived) Hold(gradient, Forever);
            tensor.Gradient = leaf.OwnsArrived ? gradient.Detach() : gradient.Detach().Clone();
        }
        leaf.OwnsArrived = false;
        tensor.GradientIsWhole?.Invoke();
    }

    /// <summary>The targets and every node behind which one lies.</summary>
    private HashSet<Node> Needed(Edge[] targets)
    {
        var needed = new HashSet<Node>(ReferenceComparer.Instance);
        foreach (var target in targets)
            if (target.Node is not null) needed.Add(target.Node);
        var seen = new HashSet<Node>(ReferenceComparer.Instance);
        var stack = new Stack<(Node Node, int Next)>();
        foreach (var root in gradients.Keys)
        {
            if (!seen.Add(root)) continue;
            stack.Push((root, 0));
            while (stack.TryPop(out var top))
            {
                var (node, next) = top;
                if (next > 0 && node.Edges[next - 1].Node is { } done && needed.Contains(done)) needed.Add(node);
                if (next == node.Edges.Length) continue;
                stack.Push((node, next + 1));
                if (node.Edges[next].Node is { } child && seen.Add(child)) stack.Push((child, 0));
            }
        }
        return needed;
    }

    private sealed class ReferenceComparer : IEqualityComparer<Node>
    {
        public static readonly ReferenceComparer Instance = new();

        public bool Equals(Node? x, Node? y) => ReferenceEquals(x, y);

        public int GetHashCode(Node node) => RuntimeHelpers.GetHashCode(node);
    }
}
