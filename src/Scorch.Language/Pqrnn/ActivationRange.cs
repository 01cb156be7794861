using Scorch.Models.Quantization;
using Scorch.Modules;

namespace Scorch.Language.Pqrnn;

/// <summary>The 8-bit grid of an activation: its range is a moving average of the batches' in training and fixed afterwards.</summary>
public sealed class ActivationRange : Module
{
    private readonly double newShare;

    /// <summary>A range that has seen nothing.</summary>
    /// <param name="newShare">Weight of a new batch's range in the moving average, in (0, 1]; the released code weights the new value by 0.99.</param>
    public ActivationRange(double newShare = 0.99)
    {
        if (!(newShare is > 0 and <= 1)) throw new ArgumentOutOfRangeException(nameof(newShare), newShare, "ActivationRange: the weight of a new batch lies in (0, 1].");
        this.newShare = newShare;
        Ends = Tensor.Zeros([2]);
        BatchCount = Tensor.Zeros([], DataType.Int64);
    }

    /// <summary>Least and greatest value, [2].</summary>
    [Buffer]
    public Tensor Ends { get; }

    /// <summary>Batches seen.</summary>
    [Buffer]
    public Tensor BatchCount { get; }

    /// <summary>The grid of the range.</summary>
    /// <exception cref="InvalidOperationException">No batch was seen yet.</exception>
    public QuantizationGrid Grid
    {
        get
        {
            if (BatchCount.ItemInt64() == 0)
                throw new InvalidOperationException("ActivationRange: no batch has been seen, so that the range of the activations is unknown; train or calibrate with at least one batch before quantising.");
            return QuantizationGrid.Of(Ends[0].Item(), Ends[1].Item());
        }
    }

    /// <summary>In training takes the batch's range into the average; then rounds to the grid.</summary>
    /// <param name="x">Activations of any shape.</param>
    public Tensor Forward(Tensor x)
    {
        if (IsTraining) Observe(x);
        return FakeQuantization.Apply(x, Grid);
    }

    /// <summary>Takes a batch's range into the average.</summary>
    /// <param name="x">Activations.</param>
    public void Observe(Tensor x)
    {
        ArgumentNullException.ThrowIfNull(x);
        var (minimum, maximum) = FakeQuantization.Range(x);
        var isFirst = BatchCount.ItemInt64() == 0;
        double Next(double old, double seen) => isFirst ? seen : old + ((seen - old) * newShare);
        Ends.CopyFrom(Tensor.From([Next(Ends[0].Item(), minimum), Next(Ends[1].Item(), maximum)], [2]).To(Ends.DataType));
        BatchCount.AddInPlace(1);
    }
}
