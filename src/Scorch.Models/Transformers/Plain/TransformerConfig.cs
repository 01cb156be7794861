namespace Scorch.Models.Transformers;

/// <summary>How hidden states are normalised.</summary>
public enum TransformerNorm
{
    /// <summary>Mean and variance, scaled and shifted.</summary>
    LayerNorm,

    /// <summary>Root mean square alone, scaled.</summary>
    RmsNorm,
}

/// <summary>How tokens know their places.</summary>
public enum TransformerPositions
{
    /// <summary>They do not, or the attention tells them.</summary>
    None,

    /// <summary>Fixed sines and cosines are added to the embeddings.</summary>
    Sinusoidal,

    /// <summary>Trained vectors are added to the embeddings.</summary>
    Learned,
}

/// <summary>Shape of a plain Transformer; defaults are the base model of Vaswani et al. 2017 (arXiv 1706.03762).</summary>
public sealed record TransformerConfig
{
    /// <summary>Features of the hidden states.</summary>
    public int Features { get; init; } = 512;

    /// <summary>Attention heads; they divide the features.</summary>
    public int Heads { get; init; } = 8;

    /// <summary>Features between the maps of the feed-forward part.</summary>
    public int Inner { get; init; } = 2048;

    /// <summary>Blocks of a stack.</summary>
    public int Layers { get; init; } = 6;

    /// <summary>How often the blocks run one after the other with the same weights: a ladder, more computation for as many parameters.</summary>
    public int Repeats { get; init; } = 1;

    /// <summary>Of the feed-forward part.</summary>
    public Activation Activation { get; init; } = Activation.Relu;

    /// <summary>Whether a second map gates the activated one (Shazeer 2020, arXiv 2002.05202).</summary>
    public bool IsGated { get; init; }

    /// <summary>Normalise before a part, and after the last block, else after each residual sum.</summary>
    public bool NormalizesFirst { get; init; }

    /// <summary>How hidden states are normalised.</summary>
    public TransformerNorm Norm { get; init; } = TransformerNorm.LayerNorm;

    /// <summary>Of the normalisations.</summary>
    public double Epsilon { get; init; } = 1e-5;

    /// <summary>Whether linear maps have biases.</summary>
    public bool HasBiases { get; init; } = true;

    /// <summary>Dropout of embeddings and parts' outputs, in training.</summary>
    public double Dropout { get; init; } = 0.1;

    /// <summary>Dropout of attention weights, in training.</summary>
    public double AttentionDropout { get; init; }

    /// <summary>Dropout of inner features, in training.</summary>
    public double InnerDropout { get; init; }

    /// <summary>How tokens know their places, in models of tokens.</summary>
    public TransformerPositions Positions { get; init; } = TransformerPositions.Sinusoidal;

    /// <summary>The longest sequence, where there are positions.</summary>
    public int MaximumLength { get; init; } = 512;

    /// <summary>Run blocks again in the backward pass instead of keeping their insides: less memory for more time.</summary>
    public bool GradientCheckpointing { get; init; }

    internal void Validate()
    {
        const string Name = "TransformerConfig";
        ModelParts.RequireHeads(Name, Features, Heads);
        ModelParts.RequireSize(Name, "the inner size", Inner);
        ModelParts.RequireSize(Name, "the number of layers", Layers);
        ModelParts.RequireSize(Name, "the number of repeats", Repeats);
        ModelParts.RequireSize(Name, "the greatest length", MaximumLength);
        ModelParts.RequireProbability(Name, "the dropout", Dropout);
        ModelParts.RequireProbability(Name, "the attention dropout", AttentionDropout);
        ModelParts.RequireProbability(Name, "the inner dropout", InnerDropout);
    }
}
