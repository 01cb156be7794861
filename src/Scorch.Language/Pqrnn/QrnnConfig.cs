using System.Text.Json.Serialization;

namespace Scorch.Language.Pqrnn;

/// <summary>How a quasi-recurrent layer pools over time (Bradbury et al. 2016, arXiv 1611.01576).</summary>
[JsonConverter(typeof(JsonStringEnumConverter<QrnnPooling>))]
public enum QrnnPooling
{
    /// <summary>c = f c + (1 - f) z, h = c.</summary>
    F,

    /// <summary>c = f c + (1 - f) z, h = o c.</summary>
    FO,

    /// <summary>c = f c + i z, h = o c.</summary>
    IFO,
}

/// <summary>How the recurrence is computed; both give the same numbers up to rounding.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<QrnnScan>))]
public enum QrnnScan
{
    /// <summary>One step after the other, all in one operation of the engine.</summary>
    Loop,

    /// <summary>By doubling: log2(time) steps, each over all times at once.</summary>
    Associative,
}

/// <summary>A bidirectional quasi-recurrent layer.</summary>
public sealed record QrnnConfig
{
    /// <summary>Features of a token.</summary>
    public required int Inputs { get; init; }

    /// <summary>Features of a state, in each direction.</summary>
    public required int StateSize { get; init; }

    /// <summary>Tokens that a gate sees: its own and those before it (behind it, in the backward direction).</summary>
    public int Kernel { get; init; } = 3;

    /// <summary>How states are pooled.</summary>
    public QrnnPooling Pooling { get; init; } = QrnnPooling.FO;

    /// <summary>In training: the probability that an element of the state is carried over unchanged.</summary>
    public double Zoneout { get; init; }

    /// <summary>Whether the gates are normalised over the batch's tokens before they are squashed; a bias takes the place otherwise.</summary>
    public bool BatchNorm { get; init; } = true;

    /// <summary>Of the normalisation.</summary>
    public double Epsilon { get; init; } = 1e-3;

    /// <summary>Whether weights, gates and states are rounded to 8 bits.</summary>
    public bool Quantize { get; init; }

    /// <summary>How the recurrence is computed.</summary>
    public QrnnScan Scan { get; init; }

    /// <summary>Gates that are computed: z, f, then o and i as far as the pooling has them.</summary>
    [JsonIgnore]
    public int Gates => Pooling switch
    {
        QrnnPooling.F => 2,
        QrnnPooling.FO => 3,
        _ => 4,
    };

    /// <summary>Checks every value.</summary>
    /// <exception cref="ArgumentException">A value is out of its range; the message names it.</exception>
    public void Validate()
    {
        Require(Inputs >= 1, nameof(Inputs), Inputs, "at least 1");
        Require(StateSize >= 1, nameof(StateSize), StateSize, "at least 1");
        Require(Kernel >= 1, nameof(Kernel), Kernel, "at least 1");
        Require(Zoneout is >= 0 and < 1, nameof(Zoneout), Zoneout, "in [0, 1)");
        Require(Epsilon >= 0 && double.IsFinite(Epsilon), nameof(Epsilon), Epsilon, "finite and at least 0");
        if (!Enum.IsDefined(Pooling)) throw new ArgumentException($"QrnnConfig: Pooling is {Pooling}; give F, FO or IFO.", nameof(Pooling));
        if (!Enum.IsDefined(Scan)) throw new ArgumentException($"QrnnConfig: Scan is {Scan}; give Loop or Associative.", nameof(Scan));
    }

    private static void Require(bool holds, string name, IFormattable value, string expected)
    {
        if (!holds) throw new ArgumentException(FormattableString.Invariant($"QrnnConfig: {name} is {value}; it must be {expected}."), name);
    }
}
