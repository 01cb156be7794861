using Scorch.Modules;

namespace Scorch.Models.Experts;

/// <summary>Feed-forward experts of one size, however their weights are held.</summary>
public abstract class ExpertLayer : Module
{
    /// <summary>Experts.</summary>
    public abstract int Count { get; }

    /// <summary>Features of the hidden states.</summary>
    public abstract int Features { get; }

    /// <summary>Features between the maps.</summary>
    public abstract int Inner { get; }

    /// <summary>Every row through the expert whose batch it lies in.</summary>
    /// <param name="rows">[rows, features], sorted by expert.</param>
    /// <param name="starts">Where experts' batches begin, and the number of rows: experts + 1 rising numbers.</param>
    /// <returns>[rows, features].</returns>
    public abstract Tensor Forward(Tensor rows, IReadOnlyList<int> starts);

    /// <summary>Multiplications and additions that rows cost, whatever the number of experts.</summary>
    /// <param name="rows">Rows that experts compute.</param>
    public long FloatingPointOperations(long rows) => 4 * rows * Features * Inner;
}
