namespace Scorch.Modules;

/// <summary>A module from one tensor to one tensor.</summary>
public interface IForward
{
    /// <summary>Computes the output.</summary>
    Tensor Forward(Tensor x);
}

/// <summary>Modules one after the other, named 0, 1, 2, … in checkpoints.</summary>
/// <param name="modules">Each takes a tensor and gives one.</param>
public sealed class Sequential(params IForward[] modules) : Module, IForward
{
    /// <summary>The modules.</summary>
    public IReadOnlyList<IForward> Modules { get; } = modules;

    /// <inheritdoc/>
    public override IEnumerable<(string Name, Module Module)> Children()
    {
        for (var i = 0; i < Modules.Count; i++)
            if (Modules[i] is Module module) yield return (i.ToString(System.Globalization.CultureInfo.InvariantCulture), module);
    }

    /// <inheritdoc/>
    public Tensor Forward(Tensor x)
    {
        foreach (var module in Modules) x = module.Forward(x);
        return x;
    }
}

/// <summary>A list of modules, named 0, 1, 2, … in checkpoints.</summary>
/// <typeparam name="T">Their type.</typeparam>
/// <param name="modules">The modules.</param>
public sealed class ModuleList<T>(IEnumerable<T> modules) : Module, IReadOnlyList<T>
    where T : Module
{
    private readonly T[] modules = [.. modules];

    /// <summary>The number of modules.</summary>
    public int Count => modules.Length;

    /// <summary>One of the modules.</summary>
    public T this[int index] => modules[index];

    /// <inheritdoc/>
    public override IEnumerable<(string Name, Module Module)> Children() =>
        modules.Select((module, i) => (i.ToString(System.Globalization.CultureInfo.InvariantCulture), (Module)module));

    /// <inheritdoc/>
    public IEnumerator<T> GetEnumerator() => ((IEnumerable<T>)modules).GetEnumerator();

    System.Collections.IEnumerator System.Collections.IEnumerable.GetEnumerator() => GetEnumerator();
}

/// <summary>A function without parameters as a module, such as <c>new Function(x => x.Relu())</c>.</summary>
/// <param name="function">The function.</param>
public sealed class Function(Func<Tensor, Tensor> function) : Module, IForward
{
    /// <inheritdoc/>
    public Tensor Forward(Tensor x) => function(x);
}
