using Scorch.Modules;

namespace Scorch.Language.Pqrnn;

/// <summary>
/// The pQRNN: tokens are hashed to ternary features, a dense bottleneck and bidirectional QRNN layers read them, one head tags the tokens,
/// another tells the intent from the states' attention-weighted mean. No vocabulary and no table.
/// </summary>
public sealed class Pqrnn : SluModel
{
    private readonly TernaryProjection projection;

    private Pqrnn(PqrnnConfig config, IReadOnlyList<string> intents, IReadOnlyList<string> tags, RandomSource random)
        : base(intents, tags)
    {
        Config = config;
        projection = new(config.ProjectionOf());
        Bottleneck = new(config.FeatureSize, config.Bottleneck, config, normalizes: true, rectifies: true, random);
        Layers = new(Enumerable.Range(0, config.Layers).Select(i => new Qrnn(config.Layer(i), random.Fork(i + 1))));
        SlotHead = new(2 * config.StateSize, Tags.Count, config, normalizes: false, rectifies: false, random);
        Attention = new(2 * config.StateSize, 1, config, normalizes: true, rectifies: true, random);
        IntentHead = new(2 * config.StateSize, Intents.Count, config, normalizes: false, rectifies: false, random);
    }

    /// <summary>The settings.</summary>
    public PqrnnConfig Config { get; }

    /// <summary>Ternary features to the bottleneck's.</summary>
    public QuantizedDense Bottleneck { get; }

    /// <summary>The QRNN layers.</summary>
    public ModuleList<Qrnn> Layers { get; }

    /// <summary>States to tags.</summary>
    public QuantizedDense SlotHead { get; }

    /// <summary>A state's weight in the mean.</summary>
    public QuantizedDense Attention { get; }

    /// <summary>The mean to intents.</summary>
    public QuantizedDense IntentHead { get; }

    /// <summary>A network for intents and slots, with random weights.</summary>
    /// <param name="config">Its settings.</param>
    /// <param name="intents">Names of the intents.</param>
    /// <param name="tags">Names of the tags.</param>
    /// <param name="seed">Fixes weights and zoneout.</param>
    /// <exception cref="ArgumentException">A setting is out of its range, or a name is empty or stands twice.</exception>
    public static Pqrnn ForJointSlu(PqrnnConfig config, IReadOnlyList<string> intents, IReadOnlyList<string> tags, long seed)
    {
        ArgumentNullException.ThrowIfNull(config);
        config.Validate();
        return new(config, intents, tags, new RandomSource(seed));
    }

    /// <inheritdoc/>
    public override SluInput Read(IReadOnlyList<IReadOnlyList<string>> utterances, RandomSource? random = null)
    {
        var (features, mask) = projection.Project(utterances, random);
        return new([features], mask, [.. utterances.Select(utterance => utterance.Count)]);
    }

    /// <inheritdoc/>
    public override SluLogits Forward(SluInput input)
    {
        ArgumentNullException.ThrowIfNull(input);
        var mask = input.Mask.To(Bottleneck.Weight.DataType);
        var states = Bottleneck.Forward(input.Values[0].To(mask.DataType), mask);
        foreach (var layer in Layers) states = layer.Forward(states, mask);
        var slots = SlotHead.Forward(states, mask);
        // Added tokens have no tag.
        var first = Config.Projection.AddsBegin ? 1 : 0;
        slots = slots.Narrow(1, first, input.Lengths.Max());
        var (pooled, _) = AttentionPooling.Pool(states, Attention.Forward(states, mask).Squeeze(2), mask);
        return new(slots, IntentHead.Forward(pooled, null));
    }

    /// <summary>The trained network with 8-bit weights.</summary>
    /// <exception cref="InvalidOperationException">It was built without <see cref="PqrnnConfig.Quantize"/>, or no batch was seen yet.</exception>
    public QuantizedModel Export() => QuantizedModel.Of(this);
}
