using Scorch.Models.Transformers;

namespace Scorch.Language.HyperFormers;

/// <summary>Numbers of parameters, counted as the paper does: what is added for a task is the whole that is added, divided by the tasks, without the backbone's own normalisations.</summary>
/// <param name="Backbone">Of the T5 alone.</param>
/// <param name="Added">Of hypernetworks and task vectors, or of adapters.</param>
/// <param name="Norms">Of the backbone's normalisations that are trained too.</param>
/// <param name="Trained">All that training changes.</param>
/// <param name="Tasks">The number of tasks.</param>
public sealed record ParameterReport(long Backbone, long Added, long Norms, long Trained, int Tasks)
{
    /// <summary>Backbone and what is added.</summary>
    public long Total => Backbone + Added;

    /// <summary>Added parameters for a task.</summary>
    public double AddedPerTask => (double)Added / Tasks;

    /// <summary>Added parameters for a task in percent of the backbone.</summary>
    public double PercentPerTask => 100.0 * Added / Backbone / Tasks;

    /// <summary>What a HyperFormer on a T5 would count, without making the T5.</summary>
    /// <param name="backbone">The T5's shape.</param>
    /// <param name="config">Sizes of the adapters and their generators.</param>
    /// <param name="tasks">The number of tasks.</param>
    /// <exception cref="ArgumentException">The sizes do not fit.</exception>
    public static ParameterReport Of(T5Config backbone, HyperFormerConfig config, int tasks)
    {
        ArgumentNullException.ThrowIfNull(backbone);
        ArgumentNullException.ThrowIfNull(config);
        ArgumentOutOfRangeException.ThrowIfLessThan(tasks, 1);
        config.Validate();
        config.RequireFeatures(backbone.Features);
        var decoderLayers = backbone.DecoderLayers ?? backbone.Layers;
        var added = OfStack(config, backbone.Layers) + OfStack(config, decoderLayers) + ((long)tasks * config.TaskDim);
        var norms = config.TrainsLayerNorms ? ((2L * backbone.Layers) + (3L * decoderLayers) + 2) * backbone.Features : 0;
        return new(backbone.ParameterCount, added, norms, added + norms, tasks);
    }

    /// <summary>Parameters of the hypernetworks of one stack.</summary>
    /// <param name="config">Sizes and sharing.</param>
    /// <param name="layers">Layers of the stack.</param>
    public static long OfStack(HyperFormerConfig config, int layers)
    {
        ArgumentNullException.ThrowIfNull(config);
        long Linear(long inputs, long outputs) => (inputs + 1) * outputs;
        var (task, projected, features, bottleneck, positions) = (config.TaskDim, config.ProjectedDim, config.ModelDim, config.Bottleneck, StackAdapters.Positions.Length);
        // D and U, their biases, gamma and beta.
        var generator = (2 * Linear(projected, (long)features * bottleneck)) + Linear(projected, bottleneck) + (3 * Linear(projected, features));
        var (joined, embeddings, generators) = config.Sharing switch
        {
            HyperSharing.PerLayer => (1, 0, layers * positions),
            HyperSharing.PerPosition => (2, layers, positions),
            _ => (3, layers + positions, 1),
        };
        return ((long)embeddings * task) + Linear((long)joined * task, config.HiddenDim) + Linear(config.HiddenDim, projected) + (2L * projected) + (generators * generator);
    }
}
