using Scorch.Models.Transformers;
using Scorch.Modules;

namespace Scorch.Language.HyperFormers;

/// <summary>A frozen T5 with adapters for each task.</summary>
public abstract class AdaptedModel : MultiTaskModel, IAdapterSource
{
    private protected AdaptedModel(T5Model backbone, IEnumerable<string> tasks)
        : base(backbone, tasks)
    {
    }

    int IAdapterSource.TaskCount => Tasks.Count;

    /// <summary>The adapters of a task in one stack.</summary>
    /// <param name="task">The task's number.</param>
    /// <param name="isDecoder">Whether the decoder's are wanted, else the encoder's.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no such task.</exception>
    public abstract StackAdapters Adapters(int task, bool isDecoder);

    /// <summary>A task's adapters as plain weights, and the trained normalisations: what serves the task without anything that generates.</summary>
    /// <param name="task">The task.</param>
    /// <returns>Copies.</returns>
    /// <exception cref="ArgumentException">There is no such task.</exception>
    public AdapterWeights Materialize(string task)
    {
        using var mode = Autograd.GradientMode.Disable();
        var number = NumberOf(task);
        return new(
            task,
            Adapters(number, isDecoder: false).Detached(),
            Adapters(number, isDecoder: true).Detached(),
            Norms(Backbone).ToDictionary(entry => entry.Name, entry => entry.Weight.Detach().Clone()));
    }

    /// <summary>Freezes the backbone, its normalisations aside where they are trained, and puts adapters into it.</summary>
    private protected void AttachTo(T5Model backbone, bool trainsLayerNorms)
    {
        AdapterPlaces.Attach(backbone, (isDecoder, layer, position) => new AdapterSite(this, isDecoder, layer, position).Apply);
        foreach (var parameter in backbone.Parameters()) parameter.RequiresGradient = false;
        if (!trainsLayerNorms) return;
        foreach (var (_, weight) in Norms(backbone)) weight.RequiresGradient = true;
    }

    private protected void RequireTask(int task) => ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)task, (uint)Tasks.Count, nameof(task));

    private protected ParameterReport Count(Module added, bool trainsLayerNorms)
    {
        var norms = trainsLayerNorms ? Norms(Backbone).Sum(entry => entry.Weight.ElementCount) : 0;
        return new(Backbone.ParameterCount, added.ParameterCount, norms, added.ParameterCount + norms, Tasks.Count);
    }
}
