using Scorch.Models.Quantization;
using Scorch.Modules;

namespace Scorch.Language.Pqrnn;

/// <summary>One direction of a <see cref="Qrnn"/>.</summary>
public sealed class QrnnDirection : Module
{
    private static readonly QuantizationGrid Signed = QuantizationGrid.Of(-1, 1), Unit = QuantizationGrid.Of(0, 1);

    private readonly QrnnConfig config;
    private readonly bool backwards;

    internal QrnnDirection(QrnnConfig config, bool backwards, RandomSource random)
    {
        (this.config, this.backwards, Random) = (config, backwards, random.Fork(backwards ? 1 : 0));
        var outputs = config.Gates * config.StateSize;
        var bound = 1 / Math.Sqrt(config.Inputs * config.Kernel);
        Weight = Parameter.Uniform([outputs, config.Inputs, config.Kernel], -bound, bound, Random);
        Bias = config.BatchNorm ? null : Parameter.Full([outputs], 0);
        Norm = config.BatchNorm ? new(outputs, config.Epsilon) : null;
        Rounding = config.Quantize ? WeightRounding.OwnRange : WeightRounding.None;
    }

    /// <summary>[gates * state, inputs, kernel]; gates in the order z, f, o, i. In the backward direction kernel index 0 is the current token.</summary>
    public Parameter Weight { get; }

    /// <summary>[gates * state]; none with batch normalisation.</summary>
    public Parameter? Bias { get; }

    /// <summary>The normalisation of the gates, if any.</summary>
    public MaskedBatchNorm? Norm { get; }

    /// <summary>Draws zoneout.</summary>
    public RandomSource Random { get; }

    internal WeightRounding Rounding { get; set; }

    /// <summary>Reads utterances [batch, time, inputs], 0 where the mask [batch, time] is, to states [batch, time, state].</summary>
    internal Tensor Forward(Tensor x, Tensor mask)
    {
        var gates = Convolve(x);
        if (Norm is not null) gates = Norm.Forward(gates, mask);
        var size = config.StateSize;
        Tensor Gate(int i) => gates.Narrow(-1, i * size, size);
        var z = Rounded(Gate(0).Tanh(), Signed);
        var f = Rounded(Gate(1).Sigmoid(), Unit);
        // c_t = f_t c_{t-1} + (1 - f_t) z_t, or with an input gate of its own: c_t = f_t c_{t-1} + i_t z_t
        var input = (config.Pooling == QrnnPooling.IFO ? Rounded(Gate(3).Sigmoid(), Unit) : 1 - f) * z;
        var kept = mask.Unsqueeze(-1);
        if (IsTraining && config.Zoneout > 0)
        {
            // An element that is zoned out is carried over: f = 1, input = 0.
            var learns = Random.Bernoulli(f.Shape, 1 - config.Zoneout, f.DataType);
            kept = kept * learns;
        }
        // So is the whole state over padding.
        (f, input) = ((f * kept) + (1 - kept), input * kept);
        var c = config.Scan == QrnnScan.Loop ? input.LinearRecurrence(f, backwards) : AssociativeScan.Run(input, f, backwards);
        c = Rounded(c, Signed);
        // No second tanh.
        var h = config.Pooling == QrnnPooling.F ? c : Rounded(c * Rounded(Gate(2).Sigmoid(), Unit), Signed);
        return h * mask.Unsqueeze(-1);
    }

    /// <summary>The causal convolution as one matrix product over windows: [batch, time, gates * state].</summary>
    private Tensor Convolve(Tensor x)
    {
        var (time, kernel) = (x.Shape[1], config.Kernel);
        var weight = Rounding.Rounded(Weight);
        if (kernel == 1) return x.Affine(weight.Squeeze(2), Bias);
        var padding = Tensor.Zeros([x.Shape[0], kernel - 1, x.Shape[2]], x.DataType, x.Device);
        var padded = Tensor.Concatenate(backwards ? [x, padding] : [padding, x], 1);
        var windows = Tensor.Concatenate([.. Enumerable.Range(0, kernel).Select(offset => padded.Narrow(1, offset, time))], 2);
        return windows.Affine(weight.Transpose(1, 2).Flatten(1), Bias);
    }

    private Tensor Rounded(Tensor x, QuantizationGrid grid) => config.Quantize ? FakeQuantization.Apply(x, grid) : x;
}
