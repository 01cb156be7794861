namespace Scorch.Autograd;

/// <summary>Tensors that stand in for a module's own while it runs, and again while the derivatives of what it recorded run.</summary>
/// <remarks>
/// Derivatives read parameters through the module's handles. So a handle is made to show another tensor, elements and history, and every
/// operation recorded meanwhile remembers the substitution; the backward pass puts it in place again before it runs the operation's derivative.
/// One may lie within another. It belongs to the thread that entered it.
/// </remarks>
internal sealed class Substitution
{
    [ThreadStatic]
    private static Substitution? current;

    private readonly Substitution? outer;
    private readonly Tensor[] handles;
    private readonly Tensor.Contents[] contents;

    /// <summary>A substitution on top of the current one.</summary>
    /// <param name="pairs">Handles and what they shall show.</param>
    public Substitution(IEnumerable<(Tensor Handle, Tensor Shown)> pairs)
    {
        outer = current;
        var list = pairs.ToArray();
        handles = [.. list.Select(pair => pair.Handle)];
        contents = [.. list.Select(pair => pair.Shown.Content)];
    }

    /// <summary>What is in place on this thread, if anything.</summary>
    public static Substitution? Current => current;

    /// <summary>Puts a substitution (or none) in place until the scope is disposed; then what was in place before is again.</summary>
    public static Scope Enter(Substitution? wanted)
    {
        var before = current;
        Switch(wanted);
        return new(before);
    }

    /// <summary>Puts a substitution (or none) in place.</summary>
    public static void Switch(Substitution? wanted)
    {
        if (ReferenceEquals(wanted, current)) return;
        while (current is { } inner && !inner.LiesAround(wanted))
        {
            inner.Exchange();
            current = inner.outer;
        }
        Descend(wanted);
    }

    private static void Descend(Substitution? wanted)
    {
        if (wanted is null || ReferenceEquals(wanted, current)) return;
        Descend(wanted.outer);
        wanted.Exchange();
        current = wanted;
    }

    private bool LiesAround(Substitution? other)
    {
        for (; other is not null; other = other.outer)
            if (ReferenceEquals(other, this)) return true;
        return false;
    }

    private void Exchange()
    {
        for (var i = 0; i < handles.Length; i++) contents[i] = handles[i].Exchange(contents[i]);
    }

    public readonly struct Scope(Substitution? before) : IDisposable
    {
        public void Dispose() => Switch(before);
    }
}
