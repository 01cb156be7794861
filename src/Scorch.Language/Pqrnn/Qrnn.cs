using Scorch.Modules;

namespace Scorch.Language.Pqrnn;

/// <summary>
/// A bidirectional quasi-recurrent layer: gates by a causal convolution of each direction, states by
/// <c>c_t = f_t c_{t-1} + (1 - f_t) z_t</c>, <c>h_t = o_t c_t</c>.
/// </summary>
public sealed class Qrnn : Module
{
    /// <summary>A layer with random weights.</summary>
    /// <param name="config">Sizes and pooling.</param>
    /// <param name="random">Draws weights and zoneout.</param>
    /// <exception cref="ArgumentException">A value of the configuration is out of its range.</exception>
    public Qrnn(QrnnConfig config, RandomSource random)
    {
        ArgumentNullException.ThrowIfNull(config);
        ArgumentNullException.ThrowIfNull(random);
        config.Validate();
        Config = config;
        (ForwardDirection, BackwardDirection) = (new(config, backwards: false, random), new(config, backwards: true, random));
    }

    /// <summary>Sizes and pooling.</summary>
    public QrnnConfig Config { get; }

    /// <summary>Reads from the first token on.</summary>
    [Name("forward")]
    public QrnnDirection ForwardDirection { get; }

    /// <summary>Reads from the last token on.</summary>
    [Name("backward")]
    public QrnnDirection BackwardDirection { get; }

    /// <summary>Reads utterances.</summary>
    /// <param name="x">[batch, time, inputs].</param>
    /// <param name="mask">1 for a token, 0 for padding behind an utterance, float of x's type, [batch, time].</param>
    /// <returns>States [batch, time, 2 * state], forward then backward; 0 on padding.</returns>
    /// <exception cref="ArgumentException">Shapes or types do not fit.</exception>
    public Tensor Forward(Tensor x, Tensor mask)
    {
        ArgumentNullException.ThrowIfNull(x);
        ArgumentNullException.ThrowIfNull(mask);
        if (x.Rank != 3 || x.Shape[1] == 0 || x.Shape[2] != Config.Inputs || mask.Rank != 2 || mask.Shape[0] != x.Shape[0] || mask.Shape[1] != x.Shape[1])
            throw new ArgumentException($"Qrnn: input {x.Shape} with mask {mask.Shape}; give [batch, time, {Config.Inputs}] with at least one token, and [batch, time].", nameof(x));
        if (mask.DataType != x.DataType) throw new ArgumentException($"Qrnn: the mask is {mask.DataType}, the input {x.DataType}; give both in one type.", nameof(mask));
        var real = x * mask.Unsqueeze(-1);
        return Tensor.Concatenate([ForwardDirection.Forward(real, mask), BackwardDirection.Forward(real, mask)], -1);
    }
}
