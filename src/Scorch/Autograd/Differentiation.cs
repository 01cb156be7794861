namespace Scorch.Autograd;

/// <summary>Gradients, products with Jacobians, and derivatives of functions.</summary>
public static class Differentiation
{
    /// <summary>The operation whose derivative is the caller's, who may keep the gradients that it gives.</summary>
    internal const string CustomName = "Custom";

    /// <summary>The gradients of the sum of <paramref name="outputs"/>, each weighted by its output gradient, with respect to <paramref name="inputs"/>.</summary>
    /// <param name="outputs">Results of recorded operations.</param>
    /// <param name="inputs">Tensors that require gradients, leaves or not.</param>
    /// <param name="outputGradients">One an output, of its shape; may be left out for outputs with one element (then 1).</param>
    /// <param name="createGraph">Record this pass too, so that the gradients can be differentiated again.</param>
    /// <param name="retainGraph">Keep what the record saved for another pass; by default as <paramref name="createGraph"/>.</param>
    /// <param name="allowUnused">Give null, not an error, for an input on which no output depends.</param>
    /// <returns>One gradient an input, of its shape.</returns>
    /// <exception cref="ArgumentException">A shape or count is wrong, or an output has no history.</exception>
    /// <exception cref="InvalidOperationException">An input is not used, or the record was freed.</exception>
    public static Tensor?[] Gradients(
        IReadOnlyList<Tensor> outputs,
        IReadOnlyList<Tensor> inputs,
        IReadOnlyList<Tensor?>? outputGradients = null,
        bool createGraph = false,
        bool? retainGraph = null,
        bool allowUnused = false)
    {
        ArgumentNullException.ThrowIfNull(outputs);
        ArgumentNullException.ThrowIfNull(inputs);
        var pass = new BackwardPass(createGraph, retainGraph ?? createGraph);
        SeedAll(pass, outputs, outputGradients);
        var targets = inputs.Select(input => input.Edge).ToArray();
        for (var i = 0; i < targets.Length; i++)
            if (targets[i].Node is null) throw new ArgumentException($"Gradients: input {i} does not require gradients; set RequiresGradient before it is used.", nameof(inputs));
        var result = pass.Run(targets, accumulateLeaves: false);
        for (var i = 0; i < result.Length && !allowUnused; i++)
            if (result[i] is null) throw new InvalidOperationException($"Gradients: no output depends on input {i} (shape {inputs[i].Shape}); pass allowUnused: true to get null for it.");
        return result;
    }

    /// <summary>The gradient of one output with one element with respect to one input.</summary>
    public static Tensor Gradient(Tensor output, Tensor input, bool createGraph = false, bool? retainGraph = null) =>
        Gradients([output], [input], null, createGraph, retainGraph)[0]!;

    internal static void SeedAll(BackwardPass pass, IReadOnlyList<Tensor> outputs, IReadOnlyList<Tensor?>? outputGradients)
    {
        if (outputGradients is not null && outputGradients.Count != outputs.Count)
            throw new ArgumentException($"Gradients: {outputGradients.Count} output gradients were given for {outputs.Count} outputs.", nameof(outputGradients));
        for (var i = 0; i < outputs.Count; i++)
        {
            var output = outputs[i];
            if (output.Edge.Node is null)
                throw new ArgumentException($"Gradients: output {i} has no history; no input of it requires gradients, or recording was disabled.", nameof(outputs));
            var gradient = outputGradients?[i];
            if (gradient is null)
            {
                if (output.ElementCount != 1)
                    throw new ArgumentException($"Gradients: output {i} has shape {output.Shape}; give an output gradient of that shape, or reduce it to one element.", nameof(outputs));
                gradient = Tensor.OnesLike(output);
            }
            else if (gradient.Shape != output.Shape)
            {
                throw new ArgumentException($"Gradients: output {i} has shape {output.Shape}, its gradient {gradient.Shape}.", nameof(outputGradients));
            }
            pass.Seed(output.Edge, gradient.To(output.DataType));
        }
    }

    /// <summary>The value of a function and its vector-Jacobian product v^T J.</summary>
    /// <param name="function">A function of one tensor.</param>
    /// <param name="input">Where to differentiate.</param>
    /// <param name="vector">Of the shape of the function's value.</param>
    public static (Tensor Value, Tensor Product) VectorJacobianProduct(Func<Tensor, Tensor> function, Tensor input, Tensor vector)
    {
        ArgumentNullException.ThrowIfNull(function);
        using var mode = GradientMode.Enable();
        var x = input.Detach();
        x.RequiresGradient = true;
        var y = function(x);
        var product = y.RequiresGradient ? Gradients([y], [x], [vector], allowUnused: true)[0] : null;
        return (y.Detach(), product ?? Tensor.ZerosLike(x));
    }

    /// <summary>The value of a function and its Jacobian-vector product J v, by differentiating v^T J with respect to v.</summary>
    /// <param name="function">A function of one tensor.</param>
    /// <param name="input">Where to differentiate.</param>
    /// <param name="vector">Of the shape of the input.</param>
    public static (Tensor Value, Tensor Product) JacobianVectorProduct(Func<Tensor, Tensor> function, Tensor input, Tensor vector)
    {
        ArgumentNullException.ThrowIfNull(function);
        using var mode = GradientMode.Enable();
        var x = input.Detach();
        x.RequiresGradient = true;
        var y = function(x);
        if (!y.RequiresGradient) return (y, Tensor.ZerosLike(y));
        var weights = Tensor.ZerosLike(y);
        weights.RequiresGradient = true;
        var transposed = Gradients([y], [x], [weights], createGraph: true, allowUnused: true)[0];
        if (transposed is not { RequiresGradient: true }) return (y.Detach(), Tensor.ZerosLike(y));
        var product = Gradients([transposed], [weights], [vector], allowUnused: true)[0];
        return (y.Detach(), product ?? Tensor.ZerosLike(y));
    }

    /// <summary>The Jacobian: shape of the value followed by shape of the input.</summary>
    /// <param name="function">A function of one tensor.</param>
    /// <param name="input">Where to differentiate.</param>
    /// <param name="createGraph">Whether the Jacobian can be differentiated again, with respect to <paramref name="input"/> if that requires gradients.</param>
    public static Tensor Jacobian(Func<Tensor, Tensor> function, Tensor input, bool createGraph = false)
    {
        ArgumentNullException.ThrowIfNull(function);
        using var mode = GradientMode.Enable();
        var x = createGraph && input.RequiresGradient ? input.View(input.Shape) : input.Detach();
        if (!x.RequiresGradient) x.RequiresGradient = true;
        var y = function(x);
        var flat = y.Reshape([(int)y.ElementCount]);
        var rows = new Tensor[flat.Shape[0]];
        for (var i = 0; i < rows.Length; i++)
        {
            var row = flat.RequiresGradient ? Gradients([flat.Select(0, i)], [x], null, createGraph, retainGraph: true, allowUnused: true)[0] : null;
            rows[i] = row ?? Tensor.ZerosLike(x);
        }
        var result = rows.Length > 0 ? Tensor.Stack(rows) : Tensor.Zeros([0, .. x.Shape], x.DataType, x.Device);
        return result.Reshape([.. y.Shape, .. x.Shape]);
    }

    /// <summary>The Hessian of a function with one value: shape of the input twice.</summary>
    public static Tensor Hessian(Func<Tensor, Tensor> function, Tensor input, bool createGraph = false)
    {
        ArgumentNullException.ThrowIfNull(function);
        return Jacobian(x => Gradient(function(x).Reshape([]), x, createGraph: true), input, createGraph);
    }

    /// <summary>The value of a function with one value and the product of its Hessian with a vector.</summary>
    public static (Tensor Value, Tensor Product) HessianVectorProduct(Func<Tensor, Tensor> function, Tensor input, Tensor vector)
    {
        ArgumentNullException.ThrowIfNull(function);
        using var mode = GradientMode.Enable();
        var x = input.Detach();
        x.RequiresGradient = true;
        var y = function(x).Reshape([]);
        if (!y.RequiresGradient) return (y, Tensor.ZerosLike(x));
        var gradient = Gradients([y], [x], null, createGraph: true, allowUnused: true)[0];
        if (gradient is not { RequiresGradient: true }) return (y.Detach(), Tensor.ZerosLike(x));
        return (y.Detach(), Gradients([gradient], [x], [vector], allowUnused: true)[0] ?? Tensor.ZerosLike(x));
    }

    /// <summary>
    /// The Laplacian sum_i d2 u / d x_i^2 of a function that treats the rows of its input independently, differentiable again.
    /// </summary>
    /// <param name="function">From points [n, dimensions] to values [n] or [n, 1].</param>
    /// <param name="points">[n, dimensions]; made to require gradients where it is a leaf that does not.</param>
    /// <returns>The values [n], the gradients [n, dimensions] and the Laplacian [n], all with history.</returns>
    public static (Tensor Value, Tensor Gradient, Tensor Laplacian) Laplacian(Func<Tensor, Tensor> function, Tensor points)
    {
        ArgumentNullException.ThrowIfNull(function);
        ArgumentNullException.ThrowIfNull(points);
        if (points.Rank != 2) throw new ArgumentException($"Laplacian: points have shape {points.Shape}; give [n, dimensions].", nameof(points));
        using var mode = GradientMode.Enable();
        var x = points;
        if (!x.RequiresGradient)
        {
            x = points.Detach();
            x.RequiresGradient = true;
        }
        var value = function(x);
        if (value.ElementCount != points.Shape[0])
            throw new ArgumentException($"Laplacian: the function gave shape {value.Shape} for {points.Shape[0]} points; it must give one value a point.", nameof(function));
        value = value.Reshape([points.Shape[0]]);
        var gradient = Gradients([value.Sum()], [x], null, createGraph: true)[0]!;
        Tensor? laplacian = null;
        for (var i = 0; i < points.Shape[1]; i++)
        {
            var component = gradient.Select(1, i);
            var second = component.RequiresGradient ? Gradients([component.Sum()], [x], null, createGraph: true, allowUnused: true)[0] : null;
            if (second is null) continue;
            laplacian = laplacian is null ? second.Select(1, i) : laplacian + second.Select(1, i);
        }
        return (value, gradient, laplacian ?? Tensor.Zeros([points.Shape[0]], points.DataType, points.Device));
    }

    /// <summary>Bytes of the tensors that the recorded operations behind some results keep for their derivatives, each storage once, leaves not counted.</summary>
    /// <remarks>Depends on the operations and shapes alone, not on the machine or the collector: a measure of what a graph costs in memory.</remarks>
    /// <param name="outputs">Results of recorded operations.</param>
    public static long RecordedBytes(params IReadOnlyList<Tensor> outputs)
    {
        ArgumentNullException.ThrowIfNull(outputs);
        var seen = new HashSet<Node>(ReferenceEqualityComparer.Instance);
        var pending = new Stack<Node>();
        foreach (var output in outputs)
            if (output.Edge.Node is { } node) pending.Push(node);
        var (nodes, counted) = (new List<Node>(), new HashSet<Storage>(ReferenceEqualityComparer.Instance));
        while (pending.TryPop(out var node))
        {
            if (!seen.Add(node)) continue;
            if (node is LeafNode leaf) counted.Add(leaf.Tensor.Storage);
            else nodes.Add(node);
            foreach (var edge in node.Edges)
                if (edge.Node is { } other) pending.Push(other);
        }
        return nodes.Sum(node => node.SavedBytes(counted));
    }

    /// <summary>
    /// Runs <paramref name="function"/> without keeping what it saves; the backward pass runs it again. Less memory for more time.
    /// Gradients reach the inputs and whatever else the function captures, parameters or results of earlier operations, and can be
    /// differentiated again (<c>createGraph</c>).
    /// </summary>
    /// <param name="function">A function of its inputs that draws no random numbers without an explicit source of its own.</param>
    /// <param name="inputs">Its inputs.</param>
    public static Tensor Checkpoint(Func<Tensor[], Tensor> function, params Tensor[] inputs)
    {
        ArgumentNullException.ThrowIfNull(function);
        ArgumentNullException.ThrowIfNull(inputs);
        if (!GradientMode.IsEnabled) return function(inputs);
        // One recorded run shows what the function captures: edges to nodes that were there before it.
        var first = CheckpointRun.Of(function, inputs, keepHistory: false);
        if (first.Output.Edge.Node is null) return first.Output;
        var captured = first.Captured();
        var result = first.Output.Detach();
        first.Release();
        Tensor[] read = [.. inputs, .. captured.Select(edge => edge.Node).OfType<LeafNode>().Select(leaf => leaf.Tensor)];
        return Tape.Record(result, "Checkpoint", inputs, captured, read, gradient =>
        {
            // Recorded, the second run hangs on the inputs themselves, so that its derivative does too.
            var createGraph = GradientMode.IsEnabled;
            using var mode = GradientMode.Enable();
            var again = CheckpointRun.Of(function, inputs, keepHistory: createGraph);
            var pass = new BackwardPass(createGraph, retainGraph: createGraph);
            pass.Seed(again.Output.Edge, createGraph ? gradient : gradient.Detach());
            return pass.Run([.. again.Inputs.Select(input => input.Edge), .. captured], accumulateLeaves: false, stopAtTargets: true);
        });
    }

    /// <summary>Records a function with a derivative of the user's own.</summary>
    /// <param name="inputs">What gradients flow to.</param>
    /// <param name="forward">Computes the output; runs unrecorded.</param>
    /// <param name="backward">From inputs, output and the output's gradient to the gradients of the inputs; differentiable again if written in tensor operations.</param>
    public static Tensor Custom(Tensor[] inputs, Func<Tensor[], Tensor> forward, Func<Tensor[], Tensor, Tensor, Tensor?[]> backward)
    {
        ArgumentNullException.ThrowIfNull(inputs);
        ArgumentNullException.ThrowIfNull(forward);
        ArgumentNullException.ThrowIfNull(backward);
        Tensor output;
        using (GradientMode.Disable()) output = forward(inputs).Detach();
        if (!Tape.Records(inputs)) return output;
        return Tape.Record(output, CustomName, inputs, [.. inputs, output], gradient =>
        {
            var gradients = backward(inputs, output, gradient);
            if (gradients.Length != inputs.Length)
                throw new InvalidOperationException($"Custom: backward gave {gradients.Length} gradients for {inputs.Length} inputs.");
            for (var i = 0; i < gradients.Length; i++)
                if (gradients[i] is { } given && given.Shape != inputs[i].Shape)
                    throw new InvalidOperationException($"Custom: the gradient of input {i} has shape {given.Shape}, the input {inputs[i].Shape}.");
            return gradients;
        });
    }
}
