using Scorch.Modules;

namespace Scorch.Language.TransformerSurvey;

/// <summary>Builds the parts of layers as a specification says.</summary>
internal sealed class TopologySite
{
    private readonly XformerSpec spec;
    private readonly ResolvedSpec cards;
    private readonly RandomSource random;
    private readonly PositionScheme? shared;

    public TopologySite(XformerSpec spec, ResolvedSpec cards, PositionScheme? shared, RandomSource random)
    {
        (this.spec, this.cards, this.shared, this.random) = (spec, cards, shared, random);
        (Card, Options) = (cards.Topology, new(cards.Topology, spec.Topology));
    }

    public TopologyCard Card { get; }

    public ModuleOptions Options { get; }

    public int Layers => spec.Layers;

    public int Features => spec.Dim;

    public RandomSource Random => random;

    /// <summary>A self-attention sublayer.</summary>
    public Sublayer Attention(int layer) => new(SublayerKind.Attention, layer, SelfAttention(layer), null, Connection(layer), 1, Dropout());

    /// <summary>A self-attention sublayer without positions, for queries that are pooled.</summary>
    public Sublayer PooledAttention(int layer) => new(SublayerKind.Attention, layer, CrossPart(layer), null, Connection(layer), 1, Dropout());

    /// <summary>A sublayer that looks at a second series.</summary>
    public Sublayer Cross(int layer) => new(SublayerKind.Cross, layer, CrossPart(layer), null, Connection(layer), 1, Dropout());

    /// <summary>A feed-forward sublayer; none where the specification has none.</summary>
    public IEnumerable<Sublayer> FeedForward(int layer, double factor = 1)
    {
        var card = cards.FeedForward;
        if (card.Create(Site(card, spec.FeedForward, layer)) is { } part)
            yield return new(SublayerKind.FeedForward, layer, null, part, Connection(layer), factor, Dropout());
    }

    /// <summary>What stands after the last layer.</summary>
    public Module? Final() => (Module?)cards.Norm.CreateFinal(Site(cards.Norm, spec.Norm, spec.Layers));

    private XformerAttention SelfAttention(int layer)
    {
        var own = shared ?? cards.Position.Create(Site(cards.Position, spec.Position, layer));
        return cards.Attention.Create(Site(cards.Attention, spec.Attention, layer) with
        {
            Position = cards.Position.Reach == PositionReach.Input ? null : own,
            PersistentVectors = cards.FeedForward.PersistentVectors(new(cards.FeedForward, spec.FeedForward)),
        });
    }

    /// <summary>Full attention, or that with one key for all heads where it is chosen, without positions: pairs of two series have no distance.</summary>
    private XformerAttention CrossPart(int layer)
    {
        var choice = cards.Attention.Name == "multi-query" ? spec.Attention : Attentions.Full();
        var card = Taxonomy.Attention(choice.Name);
        return card.Create(Site(card, choice, layer));
    }

    private SublayerConnection Connection(int layer) => cards.Norm.Create(Site(cards.Norm, spec.Norm, layer));

    private Dropout? Dropout() => spec.Dropout == 0 ? null : new(spec.Dropout, random);

    private ModuleSite Site(ModuleCard card, ModuleSpec choice, int layer) => spec.Site(card, choice, layer, random);
}
