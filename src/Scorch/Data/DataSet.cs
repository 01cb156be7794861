namespace Scorch.Data;

/// <summary>Examples by number. Reading must be safe from several threads and give the same example every time.</summary>
/// <typeparam name="T">An example.</typeparam>
public interface IDataSet<T>
{
    /// <summary>The number of examples.</summary>
    int Count { get; }

    /// <summary>One example, from 0.</summary>
    T this[int index] { get; }
}

/// <summary>Tensors whose first dimension counts the examples; an example holds one row of each.</summary>
public sealed class TensorDataSet : IDataSet<IReadOnlyList<Tensor>>
{
    /// <summary>A data set over tensors.</summary>
    /// <exception cref="ArgumentException">There is none, or their first dimensions differ.</exception>
    public TensorDataSet(params IReadOnlyList<Tensor> tensors)
    {
        ArgumentNullException.ThrowIfNull(tensors);
        if (tensors.Count == 0) throw new ArgumentException("TensorDataSet: no tensor was given.", nameof(tensors));
        if (tensors.Any(tensor => tensor.Rank == 0 || tensor.Shape[0] != tensors[0].Shape[0]))
            throw new ArgumentException($"TensorDataSet: the first dimensions differ in shapes {string.Join(", ", tensors.Select(tensor => tensor.Shape))}; each counts the same examples.", nameof(tensors));
        Tensors = [.. tensors];
    }

    /// <summary>The tensors.</summary>
    public IReadOnlyList<Tensor> Tensors { get; }

    /// <inheritdoc/>
    public int Count => Tensors[0].Shape[0];

    /// <inheritdoc/>
    public IReadOnlyList<Tensor> this[int index] => [.. Tensors.Select(tensor => tensor.Select(0, index))];

    /// <summary>The examples with the given numbers as one batch: one tensor for each of <see cref="Tensors"/>.</summary>
    public IReadOnlyList<Tensor> Batch(IReadOnlyList<int> indices)
    {
        ArgumentNullException.ThrowIfNull(indices);
        using var mode = Autograd.GradientMode.Disable();
        var rows = Tensor.From(indices.Select(index => (long)index).ToArray());
        return [.. Tensors.Select(tensor => tensor.IndexSelect(0, rows))];
    }
}
