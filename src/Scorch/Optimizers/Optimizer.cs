using Scorch.Autograd;
using Scorch.Modules;

namespace Scorch.Optimizers;

/// <summary>Changes parameters by their gradients.</summary>
public abstract class Optimizer
{
    private readonly List<ParameterGroup> groups;

    /// <summary>An optimizer over groups of parameters.</summary>
    /// <exception cref="ArgumentException">There is no parameter, or one is named twice.</exception>
    protected Optimizer(IEnumerable<ParameterGroup> groups)
    {
        ArgumentNullException.ThrowIfNull(groups);
        this.groups = [.. groups];
        var seen = new HashSet<Parameter>(ReferenceEqualityComparer.Instance);
        foreach (var group in this.groups)
            foreach (var parameter in group.Parameters)
                if (!seen.Add(parameter)) throw new ArgumentException("Optimizer: a parameter is in two groups.", nameof(groups));
        if (seen.Count == 0) throw new ArgumentException("Optimizer: no parameters were given.", nameof(groups));
    }

    /// <summary>The groups; learning rates may be changed between steps.</summary>
    public IReadOnlyList<ParameterGroup> Groups => groups;

    /// <summary>Steps taken.</summary>
    public long StepCount { get; protected set; }

    /// <summary>Drops all gradients.</summary>
    public void ClearGradients()
    {
        foreach (var group in groups)
            foreach (var parameter in group.Parameters) parameter.Gradient = null;
    }

    /// <summary>One step along the gathered gradients; parameters without one stay.</summary>
    public void Step()
    {
        using var mode = GradientMode.Disable();
        StepCount++;
        var index = 0;
        foreach (var group in groups)
            foreach (var parameter in group.Parameters)
            {
                if (parameter.Gradient is { } gradient) Update(RealView(parameter), RealView(gradient), group, index);
                index++;
            }
    }

    /// <summary>Changes one parameter in place.</summary>
    /// <param name="parameter">The parameter's values, without history; complex numbers as pairs of real ones in a last dimension of 2.</param>
    /// <param name="gradient">Its gradient, in the same form.</param>
    /// <param name="group">Its group.</param>
    /// <param name="index">Its number over all groups; names its state.</param>
    protected abstract void Update(Tensor parameter, Tensor gradient, ParameterGroup group, int index);

    /// <summary>Everything that a later step depends on besides the parameters, by name.</summary>
    public virtual IReadOnlyDictionary<string, Tensor> State() =>
        new Dictionary<string, Tensor> { ["step_count"] = Tensor.From(StepCount) };

    /// <summary>Restores what <see cref="State"/> gave.</summary>
    /// <exception cref="ArgumentException">An entry is missing.</exception>
    public virtual void LoadState(IReadOnlyDictionary<string, Tensor> state)
    {
        ArgumentNullException.ThrowIfNull(state);
        if (!state.TryGetValue("step_count", out var count)) throw new ArgumentException("Optimizer.LoadState: step_count is missing; give what State() returned.", nameof(state));
        StepCount = count.ItemInt64();
    }

    /// <summary>Whether one fused kernel can run through all of these: float32 or float64, of one type and without gaps.</summary>
    private protected static bool LieAlike(Tensor parameter, params ReadOnlySpan<Tensor?> others)
    {
        if (parameter.DataType is not (DataType.Float32 or DataType.Float64) || !parameter.IsContiguous) return false;
        foreach (var other in others)
            if (other is not null && (other.DataType != parameter.DataType || !other.IsContiguous)) return false;
        return true;
    }

    /// <summary>Tells whoever saved these that they have changed.</summary>
    private protected static void Written(params ReadOnlySpan<Tensor?> tensors)
    {
        foreach (var tensor in tensors)
            if (tensor is not null) tensor.Storage.Version++;
    }

    /// <summary>Elementwise rules treat real and imaginary parts as numbers of their own, as PyTorch's do.</summary>
    internal static Tensor RealView(Tensor tensor)
    {
        if (!tensor.DataType.IsComplex()) return tensor.Detach();
        var strides = tensor.Strides.Select(stride => stride * 2).Append(1).ToArray();
        return new(tensor.Storage, tensor.Offset * 2, tensor.Shape.Insert(tensor.Rank, 2), strides, tensor.DataType.ToReal());
    }
}

/// <summary>Parameters that share a learning rate and a weight decay.</summary>
/// <param name="parameters">The parameters.</param>
/// <param name="learningRate">The step size.</param>
/// <param name="weightDecay">Strength of the pull to 0.</param>
public sealed class ParameterGroup(IEnumerable<Parameter> parameters, double learningRate, double weightDecay = 0)
{
    /// <summary>The parameters.</summary>
    public IReadOnlyList<Parameter> Parameters { get; } = [.. parameters];

    /// <summary>The step size.</summary>
    public double LearningRate { get; set; } = NotNegative(learningRate, nameof(learningRate));

    /// <summary>Strength of the pull to 0.</summary>
    public double WeightDecay { get; set; } = NotNegative(weightDecay, nameof(weightDecay));

    private static double NotNegative(double value, string name) =>
        value >= 0 ? value : throw new ArgumentOutOfRangeException(name, value, $"{name} is {value}; it must be at least 0.");
}
