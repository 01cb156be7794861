using Scorch.Models.Quantization;

namespace Scorch.Language.Softermax;

/// <summary>What quantisation-aware training rounds.</summary>
public sealed record QatConfig
{
    /// <summary>Bits of weights and activations; each tensor has one scale.</summary>
    public int Bits { get; init; } = 8;

    /// <summary>Softermax's units in every attention; none for the ordinary softmax.</summary>
    public SoftermaxConfig? Softmax { get; init; } = SoftermaxConfig.Paper;

    /// <summary>How ranges of activations are chosen.</summary>
    public RangeCalibration Calibrate { get; init; } = RangeCalibration.OfPercentile(99.999);

    /// <summary>Leave layer normalisations in floating point.</summary>
    public bool KeepLayerNormInFloat { get; init; } = true;

    /// <summary>Leave embeddings in floating point.</summary>
    public bool KeepEmbeddingsInFloat { get; init; } = true;

    /// <summary>Refuses what cannot be done.</summary>
    /// <exception cref="ArgumentException">The number of bits or the softmax's configuration is impossible.</exception>
    public void Validate()
    {
        if (Bits is < 2 or > 16) throw new ArgumentException($"QatConfig: Bits is {Bits}; it lies between 2 and 16.", nameof(Bits));
        // A default struct has a percentile of 0.
        if (Calibrate.Percentile is not (> 0 and <= 100)) throw new ArgumentException($"QatConfig: Calibrate takes the percentile {Calibrate.Percentile}; give RangeCalibration.Maximum or OfPercentile.", nameof(Calibrate));
        Softmax?.Validate();
    }
}

/// <summary>The recipe: take a trained model, put Softermax and rounding in, train on for a little while at the usual rate.</summary>
public sealed record SoftermaxTraining
{
    /// <summary>Bits of weights and activations.</summary>
    public int Bits { get; init; } = 8;

    /// <summary>Batches that ranges of activations are found on.</summary>
    public int CalibrationBatches { get; init; } = 8;

    /// <summary>Passes over the data.</summary>
    public int Epochs { get; init; } = 2;

    /// <summary>Leave layer normalisations in floating point.</summary>
    public bool KeepLayerNormInFloat { get; init; } = true;

    /// <summary>Of scores onto the softmax's input format.</summary>
    public FixedPointRounding Rounding { get; init; } = FixedPointRounding.HalfUp;

    /// <summary>What the recipe rounds, with Softermax.</summary>
    public QatConfig Quantization(SoftermaxConfig? softmax = null) => new()
    {
        Bits = Bits,
        KeepLayerNormInFloat = KeepLayerNormInFloat,
        Softmax = (softmax ?? SoftermaxConfig.Paper) with { InputRounding = Rounding },
    };
}
