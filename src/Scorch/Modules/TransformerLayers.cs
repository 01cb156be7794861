namespace Scorch.Modules;

/// <summary>How a transformer layer is built; defaults are PyTorch's.</summary>
/// <param name="Features">Features of the series.</param>
/// <param name="Heads">Attention heads; must divide the features.</param>
/// <param name="Inner">Features between the two linear maps.</param>
/// <param name="Dropout">Probability of dropout, in training.</param>
/// <param name="Gelu">Gaussian error linear units between the linear maps, else rectifiers.</param>
/// <param name="NormFirst">Normalise before attention and linear maps, else after the sum.</param>
/// <param name="BatchFirst">Whether series are [batch, time, features], else [time, batch, features].</param>
/// <param name="Epsilon">Of the layer normalisations.</param>
/// <param name="DataType">Type of the weights.</param>
public sealed record TransformerOptions(
    int Features,
    int Heads,
    int Inner = 2048,
    double Dropout = 0.1,
    bool Gelu = false,
    bool NormFirst = false,
    bool BatchFirst = false,
    double Epsilon = 1e-5,
    DataType DataType = DataType.Float32)
{
    internal MultiheadAttention Attention(RandomSource random) => new(Features, Heads, random, Dropout, batchFirst: BatchFirst, dataType: DataType);

    internal LayerNorm Norm() => new([Features], Epsilon, dataType: DataType);

    internal Tensor Activate(Tensor x) => Gelu ? x.Gelu() : x.Relu();
}

/// <summary>Self-attention and two linear maps, each with a residual sum and a normalisation (Vaswani et al. 2017).</summary>
public sealed class TransformerEncoderLayer : Module
{
    private readonly TransformerOptions options;
    private readonly RandomSource random;

    /// <summary>A layer with random weights.</summary>
    /// <param name="options">How it is built.</param>
    /// <param name="random">Draws weights and dropout.</param>
    public TransformerEncoderLayer(TransformerOptions options, RandomSource random)
    {
        ArgumentNullException.ThrowIfNull(options);
        (this.options, this.random) = (options, random);
        SelfAttention = options.Attention(random);
        Linear1 = new(options.Features, options.Inner, random, dataType: options.DataType);
        Linear2 = new(options.Inner, options.Features, random, dataType: options.DataType);
        (Norm1, Norm2) = (options.Norm(), options.Norm());
    }

    /// <summary>Attention of the series to itself.</summary>
    [Name("self_attn")]
    public MultiheadAttention SelfAttention { get; }

    /// <summary>From features to inner features.</summary>
    public Linear Linear1 { get; }

    /// <summary>Back.</summary>
    public Linear Linear2 { get; }

    /// <summary>Of the attention.</summary>
    public LayerNorm Norm1 { get; }

    /// <summary>Of the linear maps.</summary>
    public LayerNorm Norm2 { get; }

    /// <summary>Encodes a series.</summary>
    /// <param name="x">[time, batch, features], or with the batch first.</param>
    /// <param name="mask">As in <see cref="MultiheadAttention.Forward"/>.</param>
    /// <param name="padding">[batch, time], bool: true where x is padding.</param>
    /// <returns>Of the shape of <paramref name="x"/>.</returns>
    public Tensor Forward(Tensor x, Tensor? mask = null, Tensor? padding = null)
    {
        Tensor Attend(Tensor y) => Drop(SelfAttention.Attend(y, y, y, mask, padding));
        Tensor Map(Tensor y) => Drop(Linear2.Forward(Drop(options.Activate(Linear1.Forward(y)))));
        if (options.NormFirst)
        {
            x += Attend(Norm1.Forward(x));
            return x + Map(Norm2.Forward(x));
        }
        x = Norm1.Forward(x + Attend(x));
        return Norm2.Forward(x + Map(x));
    }

    private Tensor Drop(Tensor x) => IsTraining && options.Dropout > 0 ? x.Dropout(options.Dropout, random) : x;
}

/// <summary>Self-attention, attention to an encoded series, and two linear maps (Vaswani et al. 2017).</summary>
public sealed class TransformerDecoderLayer : Module
{
    private readonly TransformerOptions options;
    private readonly RandomSource random;

    /// <summary>A layer with random weights.</summary>
    /// <param name="options">How it is built.</param>
    /// <param name="random">Draws weights and dropout.</param>
    public TransformerDecoderLayer(TransformerOptions options, RandomSource random)
    {
        ArgumentNullException.ThrowIfNull(options);
        (this.options, this.random) = (options, random);
        (SelfAttention, CrossAttention) = (options.Attention(random), options.Attention(random));
        Linear1 = new(options.Features, options.Inner, random, dataType: options.DataType);
        Linear2 = new(options.Inner, options.Features, random, dataType: options.DataType);
        (Norm1, Norm2, Norm3) = (options.Norm(), options.Norm(), options.Norm());
    }

    /// <summary>Attention of the series to itself.</summary>
    [Name("self_attn")]
    public MultiheadAttention SelfAttention { get; }

    /// <summary>Attention of the series to the encoded one.</summary>
    [Name("multihead_attn")]
    public MultiheadAttention CrossAttention { get; }

    /// <summary>From features to inner features.</summary>
    public Linear Linear1 { get; }

    /// <summary>Back.</summary>
    public Linear Linear2 { get; }

    /// <summary>Of the self-attention.</summary>
    public LayerNorm Norm1 { get; }

    /// <summary>Of the attention to the encoded series.</summary>
    public LayerNorm Norm2 { get; }

    /// <summary>Of the linear maps.</summary>
    public LayerNorm Norm3 { get; }

    /// <summary>Decodes a series.</summary>
    /// <param name="x">[time, batch, features], or with the batch first.</param>
    /// <param name="memory">The encoded series.</param>
    /// <param name="mask">Of the self-attention.</param>
    /// <param name="memoryMask">Of the attention to the encoded series.</param>
    /// <param name="padding">[batch, time], bool: true where x is padding.</param>
    /// <param name="memoryPadding">The same for the encoded series.</param>
    /// <returns>Of the shape of <paramref name="x"/>.</returns>
    public Tensor Forward(Tensor x, Tensor memory, Tensor? mask = null, Tensor? memoryMask = null, Tensor? padding = null, Tensor? memoryPadding = null)
    {
        Tensor Attend(Tensor y) => Drop(SelfAttention.Attend(y, y, y, mask, padding));
        Tensor Cross(Tensor y) => Drop(CrossAttention.Attend(y, memory, memory, memoryMask, memoryPadding));
        Tensor Map(Tensor y) => Drop(Linear2.Forward(Drop(options.Activate(Linear1.Forward(y)))));
        if (options.NormFirst)
        {
            x += Attend(Norm1.Forward(x));
            x += Cross(Norm2.Forward(x));
            return x + Map(Norm3.Forward(x));
        }
        x = Norm1.Forward(x + Attend(x));
        x = Norm2.Forward(x + Cross(x));
        return Norm3.Forward(x + Map(x));
    }

    private Tensor Drop(Tensor x) => IsTraining && options.Dropout > 0 ? x.Dropout(options.Dropout, random) : x;
}

/// <summary>Encoder layers one after the other, named <c>layers.0</c>, …; with a last normalisation where wanted.</summary>
/// <param name="options">How each layer is built.</param>
/// <param name="layers">How many.</param>
/// <param name="random">Draws weights and dropout.</param>
/// <param name="finalNorm">Whether a normalisation follows (<c>norm</c>).</param>
public sealed class TransformerEncoder(TransformerOptions options, int layers, RandomSource random, bool finalNorm = false) : Module
{
    /// <summary>The layers.</summary>
    public ModuleList<TransformerEncoderLayer> Layers { get; } = new(Enumerable.Range(0, layers).Select(_ => new TransformerEncoderLayer(options, random)));

    /// <summary>The last normalisation, if any.</summary>
    public LayerNorm? Norm { get; } = finalNorm ? options.Norm() : null;

    /// <summary>Encodes a series; arguments as of a layer.</summary>
    public Tensor Forward(Tensor x, Tensor? mask = null, Tensor? padding = null)
    {
        foreach (var layer in Layers) x = layer.Forward(x, mask, padding);
        return Norm?.Forward(x) ?? x;
    }
}

/// <summary>Decoder layers one after the other, named <c>layers.0</c>, …; with a last normalisation where wanted.</summary>
/// <param name="options">How each layer is built.</param>
/// <param name="layers">How many.</param>
/// <param name="random">Draws weights and dropout.</param>
/// <param name="finalNorm">Whether a normalisation follows (<c>norm</c>).</param>
public sealed class TransformerDecoder(TransformerOptions options, int layers, RandomSource random, bool finalNorm = false) : Module
{
    /// <summary>The layers.</summary>
    public ModuleList<TransformerDecoderLayer> Layers { get; } = new(Enumerable.Range(0, layers).Select(_ => new TransformerDecoderLayer(options, random)));

    /// <summary>The last normalisation, if any.</summary>
    public LayerNorm? Norm { get; } = finalNorm ? options.Norm() : null;

    /// <summary>Decodes a series; arguments as of a layer.</summary>
    public Tensor Forward(Tensor x, Tensor memory, Tensor? mask = null, Tensor? memoryMask = null, Tensor? padding = null, Tensor? memoryPadding = null)
    {
        foreach (var layer in Layers) x = layer.Forward(x, memory, mask, memoryMask, padding, memoryPadding);
        return Norm?.Forward(x) ?? x;
    }
}
