namespace Scorch.Modules;

/// <summary>The whole transformer (Vaswani et al. 2017): an encoder of one series and a decoder of another, each with a last normalisation; names
/// and defaults are those of PyTorch's <c>nn.Transformer</c> (<c>encoder.layers.0</c>, <c>encoder.norm</c>, <c>decoder.layers.0</c>, <c>decoder.norm</c>).</summary>
public sealed class Transformer : Module
{
    private readonly TransformerOptions options;

    /// <summary>A transformer whose matrices start Xavier uniform, as in PyTorch.</summary>
    /// <param name="options">How each layer is built.</param>
    /// <param name="random">Draws weights and dropout.</param>
    /// <param name="encoderLayers">Layers of the encoder, at least 1.</param>
    /// <param name="decoderLayers">Layers of the decoder, at least 1.</param>
    /// <exception cref="ArgumentOutOfRangeException">A number of layers is below 1.</exception>
    public Transformer(TransformerOptions options, RandomSource random, int encoderLayers = 6, int decoderLayers = 6)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(random);
        ArgumentOutOfRangeException.ThrowIfLessThan(encoderLayers, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(decoderLayers, 1);
        this.options = options;
        Encoder = new(options, encoderLayers, random, finalNorm: true);
        Decoder = new(options, decoderLayers, random, finalNorm: true);
        foreach (var parameter in Parameters())
            if (parameter.Rank > 1) Initialize.XavierUniform(parameter, random);
    }

    /// <summary>Encodes the source.</summary>
    public TransformerEncoder Encoder { get; }

    /// <summary>Decodes the target beside the encoded source.</summary>
    public TransformerDecoder Decoder { get; }

    /// <summary>Encodes a source and decodes a target.</summary>
    /// <param name="source">[sources, batch, features], or with the batch first.</param>
    /// <param name="target">[targets, batch, features], or with the batch first.</param>
    /// <param name="sourceMask">[sources, sources] or one a head, as in <see cref="MultiheadAttention.Forward"/>.</param>
    /// <param name="targetMask">[targets, targets], such as <see cref="CausalMask"/>.</param>
    /// <param name="memoryMask">[targets, sources]: of the attention to the encoded source.</param>
    /// <param name="sourcePadding">[batch, sources], bool: true where the source is padding.</param>
    /// <param name="targetPadding">[batch, targets], bool.</param>
    /// <param name="memoryPadding">[batch, sources], bool: what the decoder must not see of the encoded source.</param>
    /// <returns>Of the shape of <paramref name="target"/>.</returns>
    /// <exception cref="ArgumentException">The batches or the features differ.</exception>
    public Tensor Forward(
        Tensor source, Tensor target, Tensor? sourceMask = null, Tensor? targetMask = null, Tensor? memoryMask = null,
        Tensor? sourcePadding = null, Tensor? targetPadding = null, Tensor? memoryPadding = null)
    {
        ArgumentNullException.ThrowIfNull(source);
        ArgumentNullException.ThrowIfNull(target);
        var batch = options.BatchFirst ? 0 : 1;
        if (source.Rank != 3 || target.Rank != 3 || source.Shape[batch] != target.Shape[batch] || source.Shape[-1] != options.Features || target.Shape[-1] != options.Features)
            throw new ArgumentException($"Transformer: source {source.Shape} and target {target.Shape}; give three dimensions with one batch (dimension {batch}) and {options.Features} features.", nameof(source));
        var memory = Encoder.Forward(source, sourceMask, sourcePadding);
        return Decoder.Forward(target, memory, targetMask, memoryMask, targetPadding, memoryPadding);
    }

    /// <summary>The mask which keeps each place of a series from seeing later ones: [size, size], bool, true above the diagonal.</summary>
    /// <param name="size">Length of the series, at least 1.</param>
    public static Tensor CausalMask(int size)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(size, 1);
        return Tensor.Range(size).Unsqueeze(0).GreaterThan(Tensor.Range(size).Unsqueeze(1));
    }
}
