using System.Diagnostics.CodeAnalysis;
using System.Reflection;
using System.Text;

namespace Scorch.Modules;

/// <summary>A part of a network: parameters, buffers and further modules, found among its public properties.</summary>
/// <remarks>
/// Names in checkpoints are the properties' names in snake case (<c>RunningMean</c> is <c>running_mean</c>) unless a
/// <see cref="NameAttribute"/> says otherwise, joined by dots as in PyTorch. A forward pass may run on many threads at once in evaluation mode.
/// </remarks>
[DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicProperties)]
public abstract class Module
{
    /// <summary>True while training: dropout drops, batch statistics are used and updated.</summary>
    public bool IsTraining { get; private set; } = true;

    /// <summary>Modules inside this one, with their names; one whose name is empty (<c>[Name("")]</c>), as what a wrapper wraps, has the names that it would have without the wrapper.</summary>
    public virtual IEnumerable<(string Name, Module Module)> Children()
    {
        foreach (var property in Properties())
            if (property.GetValue(this) is Module module) yield return (NameOf(property), module);
    }

    /// <summary>This module's own parameters, with their names.</summary>
    protected virtual IEnumerable<(string Name, Parameter Parameter)> OwnParameters()
    {
        foreach (var property in Properties())
            if (property.GetValue(this) is Parameter parameter) yield return (NameOf(property), parameter);
    }

    /// <summary>This module's own buffers, with their names.</summary>
    protected virtual IEnumerable<(string Name, Tensor Buffer)> OwnBuffers()
    {
        foreach (var property in Properties())
            if (property.IsDefined(typeof(BufferAttribute)) && property.GetValue(this) is Tensor buffer) yield return (NameOf(property), buffer);
    }

    /// <summary>All parameters, each once, with their full names.</summary>
    public IEnumerable<(string Name, Parameter Parameter)> NamedParameters()
    {
        var seen = new HashSet<Parameter>(ReferenceEqualityComparer.Instance);
        foreach (var (prefix, module) in NamedModules())
            foreach (var (name, parameter) in module.OwnParameters())
                if (seen.Add(parameter)) yield return (prefix + name, parameter);
    }

    /// <summary>All parameters, each once.</summary>
    public IEnumerable<Parameter> Parameters() => NamedParameters().Select(entry => entry.Parameter);

    /// <summary>All buffers, with their full names.</summary>
    public IEnumerable<(string Name, Tensor Buffer)> NamedBuffers()
    {
        foreach (var (prefix, module) in NamedModules())
            foreach (var (name, buffer) in module.OwnBuffers()) yield return (prefix + name, buffer);
    }

    /// <summary>Random sources among the public properties, such as a dropout's, with their full names; one that is shared appears for each owner.</summary>
    public IEnumerable<(string Name, RandomSource Source)> NamedRandomSources()
    {
        foreach (var (prefix, module) in NamedModules())
            foreach (var property in module.Properties())
                if (property.GetValue(module) is RandomSource source) yield return (prefix + NameOf(property), source);
    }

    /// <summary>This module (with an empty prefix) and all inside it; prefixes end in a dot.</summary>
    public IEnumerable<(string Prefix, Module Module)> NamedModules() => Walk("");

    private IEnumerable<(string Prefix, Module Module)> Walk(string prefix)
    {
        yield return (prefix, this);
        foreach (var (name, child) in Children())
            foreach (var entry in child.Walk(name.Length == 0 ? prefix : $"{prefix}{name}.")) yield return entry;
    }

    /// <summary>The number of trained numbers.</summary>
    public long ParameterCount => Parameters().Sum(parameter => parameter.ElementCount);

    /// <summary>Switches this module and all inside it to training.</summary>
    public void Train() => SetTraining(true);

    /// <summary>Switches this module and all inside it to evaluation.</summary>
    public void Evaluate() => SetTraining(false);

    private void SetTraining(bool training)
    {
        foreach (var (_, module) in NamedModules()) module.IsTraining = training;
    }

    /// <summary>Converts floating parameters and buffers to another floating type, in place.</summary>
    public void ConvertTo(DataType dataType)
    {
        if (!dataType.IsFloating()) throw new ArgumentException($"ConvertTo: {dataType} is not a floating type.", nameof(dataType));
        foreach (var (_, parameter) in NamedParameters())
            if (parameter.DataType.IsFloating() && parameter.DataType != dataType) parameter.ReplaceData(parameter.CopyOf(dataType));
        foreach (var (_, buffer) in NamedBuffers())
            if (buffer.DataType.IsFloating() && buffer.DataType != dataType) buffer.ReplaceData(buffer.CopyOf(dataType));
    }

    /// <summary>Drops all gradients.</summary>
    public void ClearGradients()
    {
        foreach (var parameter in Parameters()) parameter.Gradient = null;
    }

    /// <summary>Parameters and buffers by full name; the tensors share memory with the module.</summary>
    public IReadOnlyDictionary<string, Tensor> State()
    {
        var state = new Dictionary<string, Tensor>();
        foreach (var (name, parameter) in NamedParameters()) state.Add(name, parameter.Detach());
        foreach (var (name, buffer) in NamedBuffers()) state.Add(name, buffer);
        return state;
    }

    /// <summary>Copies values into parameters and buffers by name, converting types; nothing changes when an entry does not fit.</summary>
    /// <param name="state">Tensors by full name.</param>
    /// <param name="strict">Refuse missing and unknown names.</param>
    /// <exception cref="ArgumentException">A name is missing or unknown, or a shape differs.</exception>
    public void LoadState(IReadOnlyDictionary<string, Tensor> state, bool strict = true)
    {
        ArgumentNullException.ThrowIfNull(state);
        var own = State();
        if (strict)
        {
            var (missing, unexpected) = (own.Keys.Except(state.Keys).ToArray(), state.Keys.Except(own.Keys).ToArray());
            if (missing.Length + unexpected.Length > 0)
                throw new ArgumentException($"LoadState: missing {List(missing)}; unexpected {List(unexpected)}.", nameof(state));
        }
        foreach (var (name, tensor) in own)
            if (state.TryGetValue(name, out var values) && values.Shape != tensor.Shape)
                throw new ArgumentException($"LoadState: {name} has shape {values.Shape} in the state, {tensor.Shape} in the module.", nameof(state));
        foreach (var (prefix, module) in NamedModules()) module.CheckState(state, prefix);
        using (Autograd.GradientMode.Disable())
            foreach (var (name, tensor) in own)
                if (state.TryGetValue(name, out var values)) tensor.CopyFrom(values.To(tensor.DataType));
    }

    /// <summary>Refuses, before anything is copied, values that do not belong to this module though their shapes fit.</summary>
    /// <param name="state">What is to be loaded, by full name.</param>
    /// <param name="prefix">What stands before this module's names.</param>
    /// <exception cref="ArgumentException">A value does not belong here.</exception>
    protected virtual void CheckState(IReadOnlyDictionary<string, Tensor> state, string prefix)
    {
    }

    private static string List(string[] names) =>
        names.Length == 0 ? "none" : string.Join(", ", names.Take(5)) + (names.Length > 5 ? $" and {names.Length - 5} more" : "");

    private IEnumerable<PropertyInfo> Properties() => GetType()
        .GetProperties(BindingFlags.Instance | BindingFlags.Public)
        .Where(property => property.GetIndexParameters().Length == 0
            && (typeof(Module).IsAssignableFrom(property.PropertyType) || typeof(Tensor).IsAssignableFrom(property.PropertyType) || property.PropertyType == typeof(RandomSource)));

    private static string NameOf(PropertyInfo property) => property.GetCustomAttribute<NameAttribute>()?.Name ?? SnakeCase(property.Name);

    internal static string SnakeCase(string name)
    {
        var text = new StringBuilder();
        for (var i = 0; i < name.Length; i++)
        {
            if (i > 0 && char.IsUpper(name[i]) && (!char.IsUpper(name[i - 1]) || (i + 1 < name.Length && char.IsLower(name[i + 1])))) text.Append('_');
            text.Append(char.ToLowerInvariant(name[i]));
        }
        return text.ToString();
    }
}
