using Scorch.Modules;

namespace Scorch.Language.MetaDistil;

/// <summary>A network that runs with its own parameters or with given ones, through which gradients flow.</summary>
public interface IFunctionalModule
{
    /// <summary>The module that holds parameters, buffers and random sources.</summary>
    Module Module { get; }

    /// <summary>Runs the network.</summary>
    /// <param name="inputs">What it reads; each tensor's first dimension counts the examples.</param>
    /// <param name="parameters">Used in place of the module's own, where given.</param>
    NetworkOutput Forward(IReadOnlyList<Tensor> inputs, ParameterSet? parameters = null);
}

/// <summary>Any module as a function of its parameters.</summary>
public sealed class FunctionalModule : IFunctionalModule
{
    private readonly Func<IReadOnlyList<Tensor>, NetworkOutput> forward;

    /// <summary>A module and how it is run.</summary>
    /// <param name="module">The module.</param>
    /// <param name="forward">From a batch's inputs to logits, by this module.</param>
    public FunctionalModule(Module module, Func<IReadOnlyList<Tensor>, NetworkOutput> forward)
    {
        ArgumentNullException.ThrowIfNull(module);
        ArgumentNullException.ThrowIfNull(forward);
        (Module, this.forward) = (module, forward);
    }

    /// <inheritdoc/>
    public Module Module { get; }

    /// <summary>A module from one tensor to logits.</summary>
    /// <param name="module">An <see cref="IForward"/>, or an <see cref="IFunctionalModule"/> itself.</param>
    /// <exception cref="ArgumentException">It is neither.</exception>
    public static IFunctionalModule Of(Module module)
    {
        ArgumentNullException.ThrowIfNull(module);
        return module switch
        {
            IFunctionalModule functional => functional,
            IForward network => new FunctionalModule(module, inputs => inputs.Count == 1
                ? new NetworkOutput(network.Forward(inputs[0]))
                : throw new ArgumentException($"MetaDistil: {module.GetType().Name} reads one tensor, the data have {inputs.Count}; wrap it: new FunctionalModule(module, inputs => ...).", nameof(module))),
            _ => throw new ArgumentException($"MetaDistil: layer {module.GetType().Name} has no functional forward; let it implement IForward, or wrap it: new FunctionalModule(module, inputs => new NetworkOutput(...)).", nameof(module)),
        };
    }

    /// <inheritdoc/>
    public NetworkOutput Forward(IReadOnlyList<Tensor> inputs, ParameterSet? parameters = null) =>
        parameters is null ? forward(inputs) : FunctionalCall.Run(Module, parameters, () => forward(inputs));
}
