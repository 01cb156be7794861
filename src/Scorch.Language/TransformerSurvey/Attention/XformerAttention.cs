using Scorch.Models.Transformers;
using Scorch.Modules;

namespace Scorch.Language.TransformerSurvey;

/// <summary>An attention of the taxonomy: mixes positions, joins the heads, and maps them out.</summary>
/// <remarks>
/// It is an <see cref="Attention"/> of the room's shared layouts, so that <see cref="TransformerParts"/> takes it as well. A query whose keys are
/// all masked gives 0.
/// </remarks>
public abstract class XformerAttention : Attention
{
    private protected XformerAttention(ModuleSite site)
    {
        ArgumentNullException.ThrowIfNull(site);
        SurveyParts.RequireHeads(site.Card.Name, site.Features, site.Heads);
        (Card, Features, Heads, Position) = (site.Card, site.Features, site.Heads, site.Position);
        var card = (AttentionCard)site.Card;
        if (Position is not null && Position.Card.Reach > card.Positions)
        {
            var able = AttentionCatalog.All.Where(other => other.Positions >= Position.Card.Reach).Select(other => other.Name);
            throw new ArgumentException($"{card.Name}: positions '{Position.Card.Name}' act on {ReachOf(Position.Card.Reach)}, which it does not have; take them with {string.Join(", ", able)}, or choose other positions.", nameof(site));
        }
        if (site.PersistentVectors > 0 && this is not FullAttention)
            throw new ArgumentException($"{card.Name}: persistent vectors go with full attention; choose it, or another feed-forward part.", nameof(site));
        Output = SurveyParts.Linear(Features, Features, site.Random);
    }

    /// <summary>Its entry in the taxonomy.</summary>
    public ModuleCard Card { get; }

    /// <summary>Features of the hidden states.</summary>
    public int Features { get; }

    /// <summary>Heads.</summary>
    public int Heads { get; }

    /// <summary>Features of a head, d_k.</summary>
    public int HeadFeatures => Features / Heads;

    /// <summary>Positions that it respects, if any.</summary>
    public PositionScheme? Position { get; }

    /// <summary>Of the joined heads.</summary>
    public Linear Output { get; }

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">Shapes do not fit, or the module cannot do what the scope asks for.</exception>
    public sealed override Tensor Forward(Tensor hidden, Tensor? memory, AttentionScope scope, TransformerContext context, AttentionCache? cache = null)
    {
        ArgumentNullException.ThrowIfNull(hidden);
        ArgumentNullException.ThrowIfNull(scope);
        ArgumentNullException.ThrowIfNull(context);
        if (cache is not null) throw new ArgumentException($"{Card.Name}: it keeps no keys and values of earlier steps; leave the cache out.", nameof(cache));
        var source = memory ?? hidden;
        if (hidden.Rank != 3 || hidden.Shape[2] != Features || source.Rank != 3 || source.Shape[2] != Features || source.Shape[0] != hidden.Shape[0])
            throw new ArgumentException($"{Card.Name}: hidden states {hidden.Shape} and memory {source.Shape}; give [batch, time, {Features}] for both.", nameof(hidden));
        Require(Card, scope);
        if (scope.KeyMask is { } mask && (mask.Shape[0] != source.Shape[0] || mask.Shape[1] != source.Shape[1]))
            throw new ArgumentException($"{Card.Name}: the mask is {mask.Shape}; give [{source.Shape[0]}, {source.Shape[1]}].", nameof(scope));
        return Output.Map(SurveyParts.Join(Mix(hidden, source, scope, context)));
    }

    /// <summary>Refuses a scope that a module cannot respect.</summary>
    internal static void Require(ModuleCard card, AttentionScope scope)
    {
        if (scope.IsCausal && !card.SupportsCausal) throw NotCausal(card);
        if (scope.Bias is not null && ((AttentionCard)card).Positions < PositionReach.Scores)
            throw new ArgumentException($"{card.Name}: it has no scores of pairs to add a bias to; leave the bias out.", nameof(scope));
    }

    internal static ArgumentException NotCausal(ModuleCard card)
    {
        var causal = AttentionCatalog.All.Where(other => other.SupportsCausal).Select(other => other.Name);
        return new($"{card.Name}: it cannot keep later tokens from earlier ones; for a causal model choose {string.Join(", ", causal)}.", "scope");
    }

    /// <summary>Mixes values of positions: [batch, heads, queries, features of a head].</summary>
    private protected abstract Tensor Mix(Tensor hidden, Tensor source, AttentionScope scope, TransformerContext context);

    /// <summary>Refuses an encoded series where the mechanism needs queries and keys of the same positions.</summary>
    private protected void RequireSelf(Tensor hidden, Tensor source)
    {
        if (!ReferenceEquals(hidden, source))
            throw new ArgumentException($"{Card.Name}: it attends within one series; choose full or multi-query attention where another series is looked at.", nameof(source));
    }

    private static string ReachOf(PositionReach reach) => reach == PositionReach.Scores ? "the scores of pairs" : "queries and keys";
}

/// <summary>An attention with maps to queries, keys and values, named as those of <see cref="HeadAttention"/>.</summary>
public abstract class HeadedAttention : XformerAttention
{
    private protected HeadedAttention(ModuleSite site, int keyHeads)
        : base(site)
    {
        var keyFeatures = HeadFeatures * keyHeads;
        Query = SurveyParts.Linear(Features, Features, site.Random);
        Key = SurveyParts.Linear(Features, keyFeatures, site.Random);
        Value = SurveyParts.Linear(Features, keyFeatures, site.Random);
        KeyHeads = keyHeads;
    }

    private protected HeadedAttention(ModuleSite site)
        : this(site, site.Heads)
    {
    }

    /// <summary>To queries.</summary>
    public Linear Query { get; }

    /// <summary>To keys.</summary>
    public Linear Key { get; }

    /// <summary>To values.</summary>
    public Linear Value { get; }

    /// <summary>Heads of keys and values.</summary>
    internal int KeyHeads { get; }

    /// <summary>The mechanism alone.</summary>
    /// <param name="queries">[batch, heads, queries, d].</param>
    /// <param name="keys">[batch, heads, keys, d].</param>
    /// <param name="values">[batch, heads, keys, v].</param>
    /// <param name="scope">Which keys a query may look at.</param>
    /// <param name="context">Of the pass; none outside one.</param>
    /// <returns>[batch, heads, queries, v].</returns>
    public abstract Tensor Attend(Tensor queries, Tensor keys, Tensor values, AttentionScope scope, TransformerContext? context = null);

    private protected override Tensor Mix(Tensor hidden, Tensor source, AttentionScope scope, TransformerContext context)
    {
        var (queries, keys, values) = Project(hidden, source);
        return Attend(queries, keys, values, scope, context);
    }

    /// <summary>Queries, keys and values of all heads, turned by the positions where these do so.</summary>
    internal (Tensor Queries, Tensor Keys, Tensor Values) Project(Tensor hidden, Tensor source)
    {
        var (queries, keys) = (SurveyParts.Split(Query.Map(hidden), Heads), SurveyParts.Split(Key.Map(source), KeyHeads));
        if (Position is not null) (queries, keys) = (Position.Turn(queries, source.Shape[1] - hidden.Shape[1]), Position.Turn(keys, 0));
        return (queries, keys, SurveyParts.Split(Value.Map(source), KeyHeads));
    }
}
