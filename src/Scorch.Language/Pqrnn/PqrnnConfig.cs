namespace Scorch.Language.Pqrnn;

/// <summary>Settings of a pQRNN (Kaliamoorthi et al. 2021, arXiv 2101.08890): projection, bottleneck, QRNN layers, 8 bits.</summary>
public sealed record PqrnnConfig
{
    /// <summary>Ternary features of a token, 1 to 4096.</summary>
    public int FeatureSize { get; init; } = 512;

    /// <summary>Features behind the dense layer that follows the projection.</summary>
    public int Bottleneck { get; init; } = 64;

    /// <summary>Features of a QRNN's state, in each direction.</summary>
    public int StateSize { get; init; } = 48;

    /// <summary>QRNN layers.</summary>
    public int Layers { get; init; } = 3;

    /// <summary>Tokens that a gate sees.</summary>
    public int Kernel { get; init; } = 3;

    /// <summary>In training: the probability that a state element is carried over; layer l, from 0, uses its power l + 1.</summary>
    public double Zoneout { get; init; } = 0.5;

    /// <summary>How the QRNN layers pool.</summary>
    public QrnnPooling Pooling { get; init; } = QrnnPooling.FO;

    /// <summary>How their recurrence is computed.</summary>
    public QrnnScan Scan { get; init; }

    /// <summary>Whether training rounds weights and activations to 8 bits, so that the model can be exported.</summary>
    public bool Quantize { get; init; } = true;

    /// <summary>Whether batch normalisation stands behind bottleneck, gates and the pooling's logit; biases take its place otherwise.</summary>
    public bool BatchNorm { get; init; } = true;

    /// <summary>Of the normalisations.</summary>
    public double Epsilon { get; init; } = 1e-3;

    /// <summary>Weight of a new batch in the activations' moving ranges; the released code weights the new value by 0.99.</summary>
    public double RangeShare { get; init; } = 0.99;

    /// <summary>In training: the probability that a token is changed by a character before it is hashed.</summary>
    public double Distortion { get; init; } = 0.25;

    /// <summary>What else the projection does; its <see cref="ProjectionConfig.FeatureSize"/> and <see cref="ProjectionConfig.Distortion"/> are taken from here.</summary>
    public ProjectionConfig Projection { get; init; } = new();

    /// <summary>Checks every value.</summary>
    /// <exception cref="ArgumentException">A value is out of its range; the message names it.</exception>
    public void Validate()
    {
        if (Projection is null) throw new ArgumentException("PqrnnConfig: Projection is missing.", nameof(Projection));
        ProjectionOf().Validate();
        Require(Bottleneck >= 1, nameof(Bottleneck), Bottleneck, "at least 1");
        Require(Layers >= 1, nameof(Layers), Layers, "at least 1");
        Require(RangeShare is > 0 and <= 1, nameof(RangeShare), RangeShare, "in (0, 1]");
        Layer(0).Validate();
    }

    internal ProjectionConfig ProjectionOf() => Projection with { FeatureSize = FeatureSize, Distortion = Distortion };

    internal QrnnConfig Layer(int index) => new()
    {
        Inputs = index == 0 ? Bottleneck : 2 * StateSize,
        StateSize = StateSize,
        Kernel = Kernel,
        Pooling = Pooling,
        Scan = Scan,
        Zoneout = Math.Pow(Zoneout, index + 1),
        BatchNorm = BatchNorm,
        Epsilon = Epsilon,
        Quantize = Quantize,
    };

    private static void Require(bool holds, string name, IFormattable value, string expected)
    {
        if (!holds) throw new ArgumentException(FormattableString.Invariant($"PqrnnConfig: {name} is {value}; it must be {expected}."), name);
    }
}
