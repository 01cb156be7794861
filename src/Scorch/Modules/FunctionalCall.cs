using Scorch.Autograd;

namespace Scorch.Modules;

/// <summary>Runs a module as a function of its parameters: with given tensors in place of its own, through which gradients flow.</summary>
/// <remarks>
/// Any module can be run so; nothing is copied. The module's own values are back afterwards, also after an exception, and calls may lie
/// within calls. Backward passes through the result, of any order, read the given tensors. A module is run by one thread at a time, which
/// also computes the gradients.
/// </remarks>
/// <example><code>
/// var start = ParameterSet.Of(student);
/// var gradients = Differentiation.Gradients([loss], start.Values, createGraph: true);
/// var trial = start.Step(gradients, 0.05);                                   // theta' = theta - 0.05 grad
/// var logits = FunctionalCall.Run(student, trial, () => student.Forward(x)); // differentiable by all that the loss depended on
/// </code></example>
public static class FunctionalCall
{
    /// <summary>Calls <paramref name="forward"/> while the module's parameters and buffers show those of a set.</summary>
    /// <typeparam name="T">What is computed.</typeparam>
    /// <param name="module">The module.</param>
    /// <param name="parameters">Stand-ins by full name; what the set leaves out stays the module's own.</param>
    /// <param name="forward">Runs the module.</param>
    /// <returns>What <paramref name="forward"/> gave.</returns>
    /// <exception cref="ArgumentException">The module has no parameter or buffer of a name, or its shape or type differs.</exception>
    public static T Run<T>(Module module, ParameterSet parameters, Func<T> forward)
    {
        ArgumentNullException.ThrowIfNull(module);
        ArgumentNullException.ThrowIfNull(parameters);
        ArgumentNullException.ThrowIfNull(forward);
        var pairs = parameters.Pairs(module).ToArray();
        foreach (var (name, handle, shown) in pairs)
            if (handle.Shape != shown.Shape || handle.DataType != shown.DataType)
                throw new ArgumentException($"FunctionalCall: '{name}' is {handle.DataType} {handle.Shape} in the module; {shown.DataType} {shown.Shape} was given.", nameof(parameters));
        using var scope = Substitution.Enter(new(pairs.Select(pair => (pair.Handle, pair.Shown))));
        return forward();
    }
}
