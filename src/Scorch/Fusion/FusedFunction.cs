using Scorch.Autograd;

namespace Scorch.Fusion;

/// <summary>A function of tensors, element by element, with the programs that it was traced to and the functions that are its derivatives.</summary>
/// <param name="arity">Number of arguments.</param>
/// <param name="function">From arguments of one shape to results of that shape; null stands for a result that is 0.</param>
internal sealed class FusedFunction(int arity, Func<Tensor[], Tensor?[]> function)
{
    private readonly Lock gate = new();
    private FusedProgram[] programs = [];
    private (string Key, FusedFunction Function)[] derivatives = [];

    /// <summary>The results for arguments that broadcast; null for those that are 0 everywhere.</summary>
    public Tensor?[] Apply(Tensor[] arguments)
    {
        var shape = CommonShape(arguments);
        // Within another function that is being traced its operations become part of that one.
        if (arguments[0].Device.Kernels is TracingKernels) return function(arguments);
        // The gradient of an expanded view is summed by its own derivative.
        var inputs = Array.ConvertAll(arguments, argument => argument.Shape == shape ? argument : argument.Expand(shape));
        var results = ProgramFor(inputs).Run(inputs, shape);
        if (Tape.Records(inputs))
        {
            var types = Array.ConvertAll(results, result => result?.DataType);
            Tape.Record([.. results.OfType<Tensor>()], "Fused", inputs, inputs, gradients => Derive(inputs, types, gradients));
        }
        foreach (var result in results)
            if (result is not null) Tape.Watch(result, "Fused");
        return results;
    }

    private static Shape CommonShape(Tensor[] arguments)
    {
        var shape = arguments[0]?.Shape ?? throw new ArgumentNullException(nameof(arguments), "Fused: argument 0 is null.");
        for (var i = 1; i < arguments.Length; i++)
        {
            ArgumentNullException.ThrowIfNull(arguments[i]);
            if (arguments[i].Device != arguments[0].Device)
                throw new ArgumentException($"Fused: argument {i} lies on {arguments[i].Device}, argument 0 on {arguments[0].Device}; move one of them.", nameof(arguments));
            if (arguments[i].Shape != shape) shape = Shape.Broadcast(shape, arguments[i].Shape, "Fused");
        }
        // Beside tensors with dimensions one without takes part in promotion by category only, which its expanded view would not.
        for (var i = 0; i < arguments.Length; i++)
            if (arguments[i].Rank == 0 && shape.Rank > 0 && Array.Exists(arguments, other => other.Rank > 0 && other.DataType != arguments[i].DataType))
                throw new ArgumentException($"Fused: argument {i} has no dimensions and holds {arguments[i].DataType} beside tensors of another type; convert it with To(…) first.", nameof(arguments));
        return shape;
    }

    private FusedProgram ProgramFor(Tensor[] inputs)
    {
        foreach (var program in programs)
            if (program.Fits(inputs)) return program;
        var traced = FusedProgram.Trace(function, Array.ConvertAll(inputs, input => input.DataType));
        lock (gate) programs = [.. programs, traced];
        return traced;
    }

    /// <summary>The gradients of the inputs, by the function's derivative, fused as well.</summary>
    /// <param name="inputs">What the function was applied to.</param>
    /// <param name="types">The types of its results; null for one that is 0.</param>
    /// <param name="gradients">Of the results that are not.</param>
    private Tensor?[] Derive(Tensor[] inputs, DataType?[] types, Tensor?[] gradients)
    {
        var arrived = new int[types.Length];
        var given = new List<Tensor>();
        for (var (i, at) = (0, 0); i < types.Length; i++)
        {
            arrived[i] = -1;
            if (types[i] is not { } type) continue;
            if (gradients[at] is { } gradient)
            {
                arrived[i] = given.Count;
                given.Add(gradient.DataType == type ? gradient : gradient.To(type));
            }
            at++;
        }
        var wanted = new bool[inputs.Length];
        for (var i = 0; i < inputs.Length; i++) wanted[i] = Tape.Wants(i);
        var flowing = new Tensor?[inputs.Length];
        if (given.Count == 0) return flowing;
        var found = DerivativeFor(arrived, wanted).Apply([.. inputs, .. given]);
        for (var (i, at) = (0, 0); i < inputs.Length; i++)
            if (wanted[i]) flowing[i] = found[at++];
        return flowing;
    }

    private FusedFunction DerivativeFor(int[] arrived, bool[] wanted)
    {
        var key = $"{string.Join(' ', arrived)}|{string.Join(' ', wanted)}";
        foreach (var (known, derivative) in derivatives)
            if (known == key) return derivative;
        var made = new FusedFunction(arity + arrived.Count(place => place >= 0), arguments => Gradients(arguments, arrived, wanted));
        lock (gate) derivatives = [.. derivatives, (key, made)];
        return made;
    }

    /// <summary>From inputs and the gradients of results to the gradients of the wanted inputs, in primitives.</summary>
    private Tensor?[] Gradients(Tensor[] arguments, int[] arrived, bool[] wanted)
    {
        using var mode = GradientMode.Enable();
        var isRecorded = Array.Exists(arguments, argument => argument.RequiresGradient);
        var stands = new Tensor[arity];
        for (var i = 0; i < arity; i++)
        {
            // A recorded view, or a leaf that nothing outside knows.
            stands[i] = arguments[i].RequiresGradient ? arguments[i].View(arguments[i].Shape) : arguments[i].Detach();
            if (wanted[i]) stands[i].RequiresGradient = true;
        }
        var results = function(stands);
        var (outputs, gradients) = (new List<Tensor>(), new List<Tensor>());
        for (var i = 0; i < results.Length; i++)
        {
            if (arrived[i] < 0 || results[i] is not { RequiresGradient: true } output) continue;
            outputs.Add(output);
            gradients.Add(arguments[arity + arrived[i]]);
        }
        var targets = stands.Where((_, i) => wanted[i]).ToArray();
        return outputs.Count == 0
            ? new Tensor?[targets.Length]
            : Differentiation.Gradients(outputs, targets, gradients, createGraph: isRecorded, allowUnused: true);
    }
}
