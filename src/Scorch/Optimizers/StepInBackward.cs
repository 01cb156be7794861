using Scorch.Modules;

namespace Scorch.Optimizers;

/// <summary>Steps every parameter inside the backward pass, as soon as its gradient is whole, and frees the gradient: no two large gradients need exist at once.</summary>
/// <remarks>
/// Parameters of sixteen bits are widened, stepped in float32, and rounded to the nearest, ties to even; the optimizer's own statistics are
/// float32. A parameter that no gradient reaches is left alone, its statistics too. Use each parameter's gradient once: one backward pass a step.
/// </remarks>
/// <example><code>
/// using var steps = new StepInBackward(model.Parameters(), parameters => new Adafactor(parameters));
/// loss.Backward();                                  // the weights have moved, gradients are gone
/// </code></example>
public sealed class StepInBackward : IDisposable
{
    private readonly Parameter[] parameters;
    private readonly Func<IReadOnlyList<Parameter>, Optimizer> create;
    private readonly Optimizer?[] optimizers;
    private readonly Dictionary<string, Parameter> wide = [];

    /// <summary>Steps parameters from the next backward pass on.</summary>
    /// <param name="parameters">The parameters.</param>
    /// <param name="create">Makes the optimizer of one parameter, when its first gradient comes.</param>
    /// <exception cref="ArgumentException">A parameter is stepped already, or is named twice.</exception>
    public StepInBackward(IEnumerable<Parameter> parameters, Func<IReadOnlyList<Parameter>, Optimizer> create)
    {
        ArgumentNullException.ThrowIfNull(parameters);
        ArgumentNullException.ThrowIfNull(create);
        this.parameters = [.. parameters];
        this.create = create;
        optimizers = new Optimizer?[this.parameters.Length];
        var seen = new HashSet<Parameter>(ReferenceEqualityComparer.Instance);
        foreach (var parameter in this.parameters)
            if (parameter.GradientIsWhole is not null || !seen.Add(parameter))
                throw new ArgumentException($"StepInBackward: a parameter of shape {parameter.Shape} is stepped already; dispose the other first, and name each once.", nameof(parameters));
        for (var i = 0; i < this.parameters.Length; i++)
        {
            var index = i;
            this.parameters[i].ForgetUse();
            this.parameters[i].GradientIsWhole = () => Step(index);
        }
    }

    /// <summary>Parameters stepped so far, each counted as often as it was.</summary>
    public long StepCount { get; private set; }

    /// <summary>Lets gradients gather again.</summary>
    public void Dispose()
    {
        foreach (var parameter in parameters) parameter.GradientIsWhole = null;
    }

    private void Step(int index)
    {
        using var mode = Autograd.GradientMode.Disable();
        var parameter = parameters[index];
        if (parameter.DataType is DataType.Float32 or DataType.Float64)
        {
            (optimizers[index] ??= create([parameter])).Step();
        }
        else
        {
            var stepped = Wide(parameter.Shape);
            stepped.CopyFrom(parameter.Detach());
            stepped.Gradient = parameter.Gradient!.To(DataType.Float32);
            (optimizers[index] ??= create([stepped])).Step();
            stepped.Gradient = null;
            parameter.CopyFrom(stepped.Detach().To(parameter.DataType));
        }
        parameter.Gradient = null;
        parameter.ForgetUse();
        StepCount++;
    }

    /// <summary>The one float32 parameter in which all narrow ones of a shape are stepped, each by its own optimizer.</summary>
    private Parameter Wide(Shape shape)
    {
        var key = shape.ToString();
        if (!wide.TryGetValue(key, out var parameter)) wide[key] = parameter = Parameter.Full(shape, 0);
        return parameter;
    }
}
