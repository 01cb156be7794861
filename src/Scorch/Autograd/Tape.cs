namespace Scorch.Autograd;

/// <summary>Records operations.</summary>
internal static class Tape
{
    /// <summary>The inputs, by bits, whose gradients the node that this thread goes back through need not compute.</summary>
    [ThreadStatic]
    private static ulong unwanted;

    /// <summary>Inside a derivative: whether the gradient of an input is asked for. Of inputs after the 64th it always is.</summary>
    /// <param name="index">Its place among the recorded inputs.</param>
    public static bool Wants(int index) => index >= 64 || ((unwanted >> index) & 1) == 0;

    /// <summary>The gradients of a node's inputs; those that <paramref name="needed"/> leaves out need not be computed.</summary>
    public static Tensor?[] Backward(Node node, Tensor?[] gradients, HashSet<Node>? needed)
    {
        var outer = unwanted;
        unwanted = 0;
        var edges = node.Edges;
        for (var i = 0; i < edges.Length && i < 64; i++)
            if (edges[i].Node is not { } target || (needed is not null && !needed.Contains(target))) unwanted |= 1UL << i;
        try
        {
            return node.Backward(gradients);
        }
        finally
        {
            unwanted = outer;
        }
    }

    public static bool Records(Tensor x) => x.RequiresGradient && GradientMode.IsEnabled;

    public static bool Records(Tensor x, Tensor y) => (x.RequiresGradient || y.RequiresGradient) && GradientMode.IsEnabled;

    public static bool Records(params ReadOnlySpan<Tensor?> inputs)
    {
        foreach (var input in inputs)
            if (input is { RequiresGradient: true }) return GradientMode.IsEnabled;
        return false;
    }

    /// <summary>Notes that <paramref name="output"/> came from <paramref name="inputs"/>; call only where <see cref="Records(Tensor)"/> says so.</summary>
    /// <param name="output">The result.</param>
    /// <param name="name">The operation, as errors shall name it.</param>
    /// <param name="inputs">What gradients flow to, in the order of the derivative's results.</param>
    /// <param name="saved">Tensors whose values the derivative reads.</param>
    /// <param name="derivative">From the output's gradient to those of the inputs, in differentiable operations. It holds the elements of what was saved and
    /// of nothing else: of other tensors <see cref="Tensor.Form"/> tells what is left to know.</param>
    public static Tensor Record(Tensor output, string name, Tensor?[] inputs, Tensor[] saved, Func<Tensor, Tensor?[]> derivative)
    {
        output.SetProducer(new OperationNode(name, Edges(inputs), 1, saved, gradients => derivative(gradients[0]!)), 0);
        return output;
    }

    /// <summary>The same with further edges that gradients flow along, after those of the inputs.</summary>
    public static Tensor Record(Tensor output, string name, Tensor[] inputs, Edge[] further, Tensor[] saved, Func<Tensor, Tensor?[]> derivative)
    {
        output.SetProducer(new OperationNode(name, [.. Edges(inputs), .. further], 1, saved, gradients => derivative(gradients[0]!)), 0);
        return output;
    }

    /// <summary>The same for several outputs; a gradient is null where none reached an output.</summary>
    public static void Record(Tensor[] outputs, string name, Tensor?[] inputs, Tensor[] saved, Func<Tensor?[], Tensor?[]> derivative)
    {
        var node = new OperationNode(name, Edges(inputs), outputs.Length, saved, derivative);
        for (var i = 0; i < outputs.Length; i++)
            if (outputs[i].DataType.IsDifferentiable()) outputs[i].SetProducer(node, i);
    }

    /// <summary>In anomaly mode, throws when the result of an operation holds a NaN.</summary>
    public static void Watch(Tensor output, string name)
    {
        if (GradientMode.DetectsAnomaly) ThrowIfNaN(output, name, "forward");
    }

    public static void ThrowIfNaN(Tensor output, string name, string pass)
    {
        if (!output.DataType.IsDifferentiable()) return;
        using var mode = GradientMode.SetUnwatched(false);
        var plain = output.Detach();
        if (plain.NotEqual(plain).Any().ItemInt64() != 0)
            throw new ArithmeticException($"{name} made a NaN in the {pass} pass (result of shape {output.Shape}).");
    }

    private static Edge[] Edges(Tensor?[] inputs)
    {
        var edges = new Edge[inputs.Length];
        for (var i = 0; i < inputs.Length; i++) edges[i] = inputs[i]?.Edge ?? default;
        return edges;
    }
}
