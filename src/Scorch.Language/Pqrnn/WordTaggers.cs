using Scorch.Models.Transformers;
using Scorch.Modules;

namespace Scorch.Language.Pqrnn;

/// <summary>A bidirectional LSTM over word embeddings and, where wanted, features of the words' characters: teacher and baseline.</summary>
public sealed class LstmTagger : SluModel
{
    private readonly WordIds ids;
    private readonly WordTaggerConfig config;

    /// <summary>A network with random weights, for the words of the training requests.</summary>
    /// <param name="config">Its settings.</param>
    /// <param name="intents">Names of the intents.</param>
    /// <param name="tags">Names of the tags.</param>
    /// <param name="train">The training requests.</param>
    /// <param name="seed">Fixes weights and dropout.</param>
    public LstmTagger(WordTaggerConfig config, IReadOnlyList<string> intents, IReadOnlyList<string> tags, IReadOnlyList<SluUtterance> train, long seed)
        : base(intents, tags)
    {
        ArgumentNullException.ThrowIfNull(config);
        ArgumentNullException.ThrowIfNull(train);
        config.Validate();
        (this.config, ids) = (config, new(train));
        var random = new RandomSource(seed);
        Words = new(ids.Words, config.WordFeatures, random);
        Characters = config.CharacterFeatures > 0 ? new(ids.Characters, config.CharacterFeatures, random) : null;
        var inputs = config.WordFeatures + config.CharacterFeatures;
        Layers = new(Enumerable.Range(0, config.Layers).Select(i => new TwoWayLstm(i == 0 ? inputs : 2 * config.StateSize, config.StateSize, random)));
        Drop = new(config.Dropout, random.Fork(1));
        (SlotHead, IntentHead) = (new(2 * config.StateSize, Tags.Count, random), new(2 * config.StateSize, Intents.Count, random));
    }

    /// <summary>Word vectors.</summary>
    public Embedding Words { get; }

    /// <summary>Features from characters, if any.</summary>
    public CharacterFeatures? Characters { get; }

    /// <summary>The layers.</summary>
    public ModuleList<TwoWayLstm> Layers { get; }

    /// <summary>Of embeddings and states.</summary>
    public Dropout Drop { get; }

    /// <summary>States to tags.</summary>
    public Linear SlotHead { get; }

    /// <summary>The greatest states to intents.</summary>
    public Linear IntentHead { get; }

    /// <inheritdoc/>
    public override SluInput Read(IReadOnlyList<IReadOnlyList<string>> utterances, RandomSource? random = null) => ids.Read(utterances, config.UnknownWords, random);

    /// <inheritdoc/>
    public override SluLogits Forward(SluInput input)
    {
        ArgumentNullException.ThrowIfNull(input);
        var states = Words.Forward(input.Values[0]);
        if (Characters is not null) states = Tensor.Concatenate([states, Characters.Forward(input.Values[1])], -1);
        states = Drop.Forward(states);
        foreach (var layer in Layers) states = Drop.Forward(layer.Forward(states, input.Lengths));
        return new(SlotHead.Forward(states), IntentHead.Forward(TokenPooling.Maximum(states, input.Mask)));
    }
}

/// <summary>A Transformer encoder over word embeddings: the baseline of the student's size.</summary>
public sealed class TransformerTagger : SluModel
{
    private readonly WordIds ids;
    private readonly WordTaggerConfig config;

    /// <summary>A network with random weights, for the words of the training requests.</summary>
    /// <param name="config">Its settings.</param>
    /// <param name="intents">Names of the intents.</param>
    /// <param name="tags">Names of the tags.</param>
    /// <param name="train">The training requests.</param>
    /// <param name="seed">Fixes weights and dropout.</param>
    public TransformerTagger(WordTaggerConfig config, IReadOnlyList<string> intents, IReadOnlyList<string> tags, IReadOnlyList<SluUtterance> train, long seed)
        : base(intents, tags)
    {
        ArgumentNullException.ThrowIfNull(config);
        ArgumentNullException.ThrowIfNull(train);
        config.Validate();
        (this.config, ids) = (config, new(train));
        var random = new RandomSource(seed);
        var shape = new TransformerConfig
        {
            Features = config.WordFeatures,
            Heads = config.Heads,
            Inner = 2 * config.WordFeatures,
            Layers = config.Layers,
            Dropout = config.Dropout,
            MaximumLength = config.MaximumLength,
            NormalizesFirst = true,
        };
        Encoder = new(shape, ids.Words, random);
        (SlotHead, IntentHead) = (new(config.WordFeatures, Tags.Count, random), new(config.WordFeatures, Intents.Count, random));
    }

    /// <summary>The encoder.</summary>
    public TransformerTextEncoder Encoder { get; }

    /// <summary>States to tags.</summary>
    public Linear SlotHead { get; }

    /// <summary>The greatest states to intents.</summary>
    public Linear IntentHead { get; }

    /// <summary>The network of this kind whose parameters are nearest to a number: the width is searched.</summary>
    /// <param name="parameters">How many are wanted.</param>
    /// <param name="config">The other settings.</param>
    /// <param name="intents">Names of the intents.</param>
    /// <param name="tags">Names of the tags.</param>
    /// <param name="train">The training requests.</param>
    /// <param name="seed">Fixes weights and dropout.</param>
    public static TransformerTagger OfSize(long parameters, WordTaggerConfig config, IReadOnlyList<string> intents, IReadOnlyList<string> tags, IReadOnlyList<SluUtterance> train, long seed)
    {
        ArgumentNullException.ThrowIfNull(config);
        ArgumentOutOfRangeException.ThrowIfLessThan(parameters, 1);
        TransformerTagger? before = null;
        for (var width = 2 * config.Heads; ; width += 2 * config.Heads)
        {
            var next = new TransformerTagger(config with { WordFeatures = width }, intents, tags, train, seed);
            if (next.ParameterCount >= parameters)
                return before is not null && parameters - before.ParameterCount < next.ParameterCount - parameters ? before : next;
            before = next;
        }
    }

    /// <inheritdoc/>
    public override SluInput Read(IReadOnlyList<IReadOnlyList<string>> utterances, RandomSource? random = null) => ids.Read(utterances, config.UnknownWords, random);

    /// <inheritdoc/>
    public override SluLogits Forward(SluInput input)
    {
        ArgumentNullException.ThrowIfNull(input);
        var states = Encoder.Forward(input.Values[0], input.Mask.NotEqual(0));
        return new(SlotHead.Forward(states), IntentHead.Forward(TokenPooling.Maximum(states, input.Mask)));
    }
}

/// <summary>One LSTM a direction; the backward one begins at an utterance's last token, not at its padding.</summary>
/// <param name="inputs">Features of a token.</param>
/// <param name="hidden">Features of a state.</param>
/// <param name="random">Draws the weights.</param>
public sealed class TwoWayLstm(int inputs, int hidden, RandomSource random) : Module
{
    private static readonly RecurrentOptions Options = new(BatchFirst: true);

    /// <summary>Reads from the first token on.</summary>
    [Name("forward")]
    public Lstm ForwardLayer { get; } = new(inputs, hidden, random, Options);

    /// <summary>Reads from the last token on.</summary>
    [Name("backward")]
    public Lstm BackwardLayer { get; } = new(inputs, hidden, random, Options);

    internal Tensor Forward(Tensor x, IReadOnlyList<int> lengths)
    {
        var (batch, time) = (x.Shape[0], x.Shape[1]);
        var places = new long[batch * time];
        for (var i = 0; i < batch; i++)
            for (var t = 0; t < time; t++) places[(i * time) + t] = ((long)i * time) + (t < lengths[i] ? lengths[i] - 1 - t : t);
        var index = Tensor.From(places);
        Tensor Turned(Tensor series) => series.Flatten(0, 1).IndexSelect(0, index).Reshape(batch, time, series.Shape[2]);
        return Tensor.Concatenate([ForwardLayer.Forward(x).Output, Turned(BackwardLayer.Forward(Turned(x)).Output)], -1);
    }
}

/// <summary>Features of words from windows of three characters: the greatest over a word.</summary>
/// <param name="characters">Characters known; 0 is padding.</param>
/// <param name="features">Features of a word.</param>
/// <param name="random">Draws the weights.</param>
public sealed class CharacterFeatures(int characters, int features, RandomSource random) : Module
{
    private const int Width = 16, Window = 3;

    /// <summary>Character vectors.</summary>
    public Embedding Table { get; } = new(characters, Width, random);

    /// <summary>Windows to features.</summary>
    public Linear Windows { get; } = new(Width * Window, features, random);

    internal Tensor Forward(Tensor letters)
    {
        var (batch, time, length) = (letters.Shape[0], letters.Shape[1], letters.Shape[2]);
        var vectors = Table.Forward(letters.Reshape(batch * time, length));
        var kept = length - Window + 1;
        var windows = Tensor.Concatenate([.. Enumerable.Range(0, Window).Select(offset => vectors.Narrow(1, offset, kept))], 2);
        return Windows.Forward(windows).Maximum(1).Values.Relu().Reshape(batch, time, features);
    }
}

/// <summary>Pooling over tokens.</summary>
internal static class TokenPooling
{
    /// <summary>The greatest of each feature over the tokens of [batch, time, features].</summary>
    public static Tensor Maximum(Tensor states, Tensor mask) => states.MaskedFill(mask.EqualTo(0).Unsqueeze(-1), -1e9).Maximum(1).Values;
}
