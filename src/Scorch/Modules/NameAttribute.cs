namespace Scorch.Modules;

/// <summary>The name of a parameter, buffer or module in checkpoints, where it is not the property's in snake case.</summary>
/// <param name="name">The name.</param>
[AttributeUsage(AttributeTargets.Property)]
public sealed class NameAttribute(string name) : Attribute
{
    /// <summary>The name.</summary>
    public string Name { get; } = name;
}

/// <summary>Marks a tensor property as part of a module's state that training does not change by gradients.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class BufferAttribute : Attribute
{
}
