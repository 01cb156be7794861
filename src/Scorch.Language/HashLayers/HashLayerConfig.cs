namespace Scorch.Language.HashLayers;

/// <summary>Shape of a hash layer; defaults are the paper's.</summary>
public sealed record HashLayerConfig
{
    /// <summary>Features of the hidden states, d.</summary>
    public int ModelDim { get; init; } = 1024;

    /// <summary>Inner features of an expert, all segments together.</summary>
    public int FfDim { get; init; } = 4096;

    /// <summary>Experts, K.</summary>
    public int Buckets { get; init; } = 64;

    /// <summary>N, the segments of the inner features, one for each function of a <see cref="MultiHash"/>.</summary>
    public int Segments { get; init; } = 1;

    /// <summary>Whether a residual sum and one LayerNorm, shared by all experts, stand inside, as in the authors' released code; the paper's equation has neither.</summary>
    public bool InnerResidualNorm { get; init; }

    /// <summary>Whether maps have biases, as in the paper's equation.</summary>
    public bool HasBiases { get; init; } = true;

    /// <summary>Dropout of inner features, in training.</summary>
    public double Dropout { get; init; }

    /// <summary>Of the inner LayerNorm.</summary>
    public double Epsilon { get; init; } = 1e-5;

    /// <summary>Checks every setting.</summary>
    /// <exception cref="ArgumentException">A setting is impossible; the message names it.</exception>
    public void Validate()
    {
        foreach (var (name, value) in new[] { (nameof(ModelDim), ModelDim), (nameof(FfDim), FfDim), (nameof(Buckets), Buckets), (nameof(Segments), Segments) })
            if (value < 1) throw new ArgumentException($"HashLayerConfig: {name} is {value}; it must be at least 1.", name);
        if (FfDim % Segments != 0) throw new ArgumentException($"HashLayerConfig: FfDim {FfDim} is not divisible by the {Segments} Segments; choose a multiple.", nameof(Segments));
        if (!(Dropout is >= 0 and < 1)) throw new ArgumentException($"HashLayerConfig: Dropout is {Dropout}; it lies in [0, 1).", nameof(Dropout));
        if (!(Epsilon > 0) || !double.IsFinite(Epsilon)) throw new ArgumentException($"HashLayerConfig: Epsilon is {Epsilon}; it is finite and above 0.", nameof(Epsilon));
    }
}
