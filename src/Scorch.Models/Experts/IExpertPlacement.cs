namespace Scorch.Models.Experts;

/// <summary>Where experts compute: on this device, or, for other implementations, spread over several.</summary>
public interface IExpertPlacement
{
    /// <summary>Sends every row to its expert and brings the results back in the order of the rows.</summary>
    /// <param name="experts">The experts.</param>
    /// <param name="rows">[rows, features], sorted by expert.</param>
    /// <param name="starts">Where experts' batches begin, and the number of rows: experts + 1 rising numbers.</param>
    /// <returns>[rows, features], recorded where gradients are wanted.</returns>
    Tensor Run(ExpertLayer experts, Tensor rows, IReadOnlyList<int> starts);
}

/// <summary>All experts on one device, as grouped matrix products.</summary>
public sealed class SingleDevicePlacement : IExpertPlacement
{
    /// <summary>The only one that is needed: it holds nothing.</summary>
    public static SingleDevicePlacement Instance { get; } = new();

    /// <inheritdoc/>
    public Tensor Run(ExpertLayer experts, Tensor rows, IReadOnlyList<int> starts)
    {
        ArgumentNullException.ThrowIfNull(experts);
        return experts.Forward(rows, starts);
    }
}
