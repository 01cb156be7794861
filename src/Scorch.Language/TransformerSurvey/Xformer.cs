using Scorch.Models.Transformers;
using Scorch.Modules;

namespace Scorch.Language.TransformerSurvey;

/// <summary>A Transformer variant built from modules of the taxonomy: hidden states to hidden states.</summary>
/// <example><code>
/// var spec = new XformerSpec { Dim = 128, Layers = 4, Heads = 4, Attention = Attentions.BigBird(window: 16), Position = PositionSchemes.Rotary() };
/// var model = Xformer.Build(spec, seed: 1);
/// var y = model.Forward(x, Masks.Causal([100, 80], time: 100));
/// </code></example>
public sealed class Xformer : Module
{
    private Xformer(XformerSpec spec, PositionScheme position, XformerTopology topology) => (Spec, Position, Topology) = (spec, position, topology);

    /// <summary>What it was built from.</summary>
    public XformerSpec Spec { get; }

    /// <summary>Its positions, where all layers share them; those of the input in any case.</summary>
    public PositionScheme Position { get; }

    /// <summary>Its layers.</summary>
    public XformerTopology Topology { get; }

    /// <summary>A model with random weights.</summary>
    /// <param name="spec">Sizes and modules.</param>
    /// <param name="seed">Fixes the weights, and dropout.</param>
    /// <exception cref="ArgumentException">The specification is impossible; the message names what is, and what would be possible.</exception>
    public static Xformer Build(XformerSpec spec, long seed)
    {
        ArgumentNullException.ThrowIfNull(spec);
        var (cards, random) = (spec.Resolve(), new RandomSource(seed));
        PositionScheme Made(PositionCard card, ModuleSpec choice) => card.Create(spec.Site(card, choice, 0, random));
        var shared = cards.Position.IsShared ? Made(cards.Position, spec.Position) : null;
        var topology = cards.Topology.Create(new(spec, cards, shared, random));
        return new(spec, shared ?? Made(Taxonomy.Position("none"), PositionSchemes.None()), topology);
    }

    /// <summary>Replacements for a layout of <c>Scorch.Models.Transformers</c>: its self-attention and feed-forward parts are those of a specification.</summary>
    /// <param name="spec">Whose attention, positions of queries, keys and scores, and feed-forward part are taken; sizes must be the layout's.</param>
    /// <param name="seed">Fixes the weights.</param>
    /// <remarks>Where the specification has no feed-forward part the layout keeps its own.</remarks>
    public static TransformerParts Parts(XformerSpec spec, long seed)
    {
        ArgumentNullException.ThrowIfNull(spec);
        var (cards, random) = (spec.Resolve(), new RandomSource(seed));
        var shared = cards.Position.IsShared ? cards.Position.Create(spec.Site(cards.Position, spec.Position, 0, random)) : null;
        return new()
        {
            Attention = site =>
            {
                if (site.Kind == AttentionKind.Cross) return site.CreateDefault();
                if (site.Kind == AttentionKind.Causal && !cards.Attention.SupportsCausal) throw XformerAttention.NotCausal(cards.Attention);
                var position = cards.Position.Reach == PositionReach.Input ? null : shared ?? cards.Position.Create(spec.Site(cards.Position, spec.Position, site.Layer, random));
                return cards.Attention.Create(spec.Site(cards.Attention, spec.Attention, site.Layer, random) with { Position = position });
            },
            FeedForward = site => cards.FeedForward.Create(spec.Site(cards.FeedForward, spec.FeedForward, site.Layer, random)) ?? site.CreateDefault(),
        };
    }

    /// <summary>Hidden states of a series.</summary>
    /// <param name="x">[batch, time, features], without positions.</param>
    /// <param name="scope">Which positions may look at which, such as <see cref="Masks.Causal"/>; none for all at all.</param>
    /// <param name="context">Takes losses of layers, such as a mixture's balance; none where they are not wanted.</param>
    /// <returns>[batch, time, features].</returns>
    public Tensor Forward(Tensor x, AttentionScope? scope = null, TransformerContext? context = null) => Run(x, scope, context).Hidden;

    /// <summary>The same with a second series, a memory, and all that the topology gives.</summary>
    /// <param name="x">[batch, time, features], without positions.</param>
    /// <param name="scope">Which positions may look at which; none for all at all.</param>
    /// <param name="context">Takes losses of layers.</param>
    /// <param name="source">The second series [batch, keys, features], without positions.</param>
    /// <param name="sourceScope">Which of its positions are real.</param>
    /// <param name="memory">What the segment before left.</param>
    /// <exception cref="ArgumentException">Shapes do not fit, or a module cannot do what is asked for.</exception>
    public XformerOutput Run(Tensor x, AttentionScope? scope = null, TransformerContext? context = null, Tensor? source = null, AttentionScope? sourceScope = null, XformerMemory? memory = null)
    {
        ArgumentNullException.ThrowIfNull(x);
        Require(nameof(x), x);
        if (source is not null) Require(nameof(source), source);
        return Topology.Forward(new(Position.AddToInput(x), scope ?? new(), context ?? new())
        {
            Source = source is null ? null : Position.AddToInput(source),
            SourceScope = sourceScope,
            Memory = memory,
        });
    }

    private void Require(string name, Tensor x)
    {
        if (x.Rank != 3 || x.Shape[2] != Spec.Dim || x.ElementCount == 0)
            throw new ArgumentException($"Xformer: {name} is {x.Shape}; give [batch, time, {Spec.Dim}] with at least one position.", name);
    }
}

/// <summary>Masks of series of different lengths.</summary>
public static class Masks
{
    /// <summary>Every position looks at itself and those before.</summary>
    /// <param name="lengths">Real positions of each series, at least 1; the rest is padding at the end.</param>
    /// <param name="time">Positions of the batch; none for the longest series'.</param>
    /// <exception cref="ArgumentException">A series is empty, which would mask a whole row, or longer than the batch.</exception>
    public static AttentionScope Causal(IReadOnlyList<int> lengths, int? time = null) => new(KeyMask(lengths, time), isCausal: true);

    /// <summary>Every position looks at all real ones.</summary>
    /// <param name="lengths">Real positions of each series, at least 1; the rest is padding at the end.</param>
    /// <param name="time">Positions of the batch; none for the longest series'.</param>
    /// <exception cref="ArgumentException">A series is empty, which would mask a whole row, or longer than the batch.</exception>
    public static AttentionScope Padding(IReadOnlyList<int> lengths, int? time = null) => new(KeyMask(lengths, time));

    private static Tensor? KeyMask(IReadOnlyList<int> lengths, int? time)
    {
        ArgumentNullException.ThrowIfNull(lengths);
        if (lengths.Count == 0) throw new ArgumentException("Masks: there are no lengths; give one for each series.", nameof(lengths));
        var width = time ?? lengths.Max();
        for (var row = 0; row < lengths.Count; row++)
            if (lengths[row] < 1 || lengths[row] > width)
                throw new ArgumentException($"Masks: series {row} has length {lengths[row]} of {width}; a row without a real position would be masked whole. Give 1 to {width}.", nameof(lengths));
        if (lengths.All(length => length == width)) return null;
        return Tensor.Range(width).Unsqueeze(0).LessThan(Tensor.From([.. lengths.Select(length => (long)length)]).Unsqueeze(1));
    }
}
