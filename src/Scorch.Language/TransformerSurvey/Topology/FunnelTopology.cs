using Scorch.Modules;

namespace Scorch.Language.TransformerSurvey;

/// <summary>
/// Funnel-Transformer (Dai et al. 2020, arXiv 2006.03236, section 2.2): the first half of the layers at full length, then queries are pooled two by two, the
/// second half at half the length, and a last layer after each state was repeated and the full-length states were added.
/// </summary>
/// <remarks>
/// Only the queries of the pooling layer are pooled, its keys and values are not; it has full attention without positions. A pooled position holds a later
/// one, so that it is no topology for causal models. A last position alone is padded.
/// </remarks>
public sealed class FunnelTopology : XformerTopology
{
    internal FunnelTopology(TopologySite site)
        : base(site)
    {
        if (site.Layers < 2) throw new ArgumentException($"funnel: {site.Layers} layer has no two halves; give at least 2.", nameof(site));
        var half = site.Layers / 2;
        IEnumerable<Sublayer> Layers(int from, int to) => Enumerable.Range(from, to - from).SelectMany(layer => (Sublayer[])[site.Attention(layer), .. site.FeedForward(layer)]);
        First = new(Layers(0, half));
        Pooling = site.PooledAttention(half);
        Second = new([.. site.FeedForward(half), .. Layers(half + 1, site.Layers)]);
        Last = new(Layers(site.Layers, site.Layers + 1));
        Norm = site.Final();
    }

    /// <summary>At full length.</summary>
    public ModuleList<Sublayer> First { get; }

    /// <summary>From full to half length.</summary>
    public Sublayer Pooling { get; }

    /// <summary>At half length.</summary>
    public ModuleList<Sublayer> Second { get; }

    /// <summary>At full length again.</summary>
    public ModuleList<Sublayer> Last { get; }

    /// <summary>After the last, if any.</summary>
    public Module? Norm { get; }

    private protected override XformerOutput Run(XformerInput input)
    {
        var hidden = input.Hidden;
        foreach (var sublayer in First) hidden = sublayer.Forward(hidden, input);
        var (full, time, mask) = (hidden, hidden.Shape[1], input.Scope.KeyMask);
        var entered = Pooling.Connection.Enter(full);
        hidden = Pooling.Attend(Pooled(full, mask), Pooled(entered, mask), entered, input.Scope, input.Context);
        var shorter = input with { Scope = new(mask is null ? null : PooledMask(mask)) };
        foreach (var sublayer in Second) hidden = sublayer.Forward(hidden, shorter);
        hidden = full + hidden.RepeatInterleave(2, 1).Narrow(1, 0, time);
        foreach (var sublayer in Last) hidden = sublayer.Forward(hidden, input);
        return new(Norm is null ? hidden : ((IForward)Norm).Forward(hidden));
    }

    /// <summary>Means of two real neighbours.</summary>
    private static Tensor Pooled(Tensor x, Tensor? mask)
    {
        var (batch, pairs, features) = (x.Shape[0], (x.Shape[1] + 1) / 2, x.Shape[2]);
        var real = (mask ?? Tensor.Full([batch, x.Shape[1]], true, DataType.Bool)).To(x.DataType).Unsqueeze(2);
        Tensor Sums(Tensor values) => SurveyParts.PadTo(values, 1, 2 * pairs).Reshape(batch, pairs, 2, values.Shape[2]).Sum(2);
        return Sums(x * real) / Sums(real).Clamp(minimum: 1);
    }

    private static Tensor PooledMask(Tensor mask)
    {
        var pairs = (mask.Shape[1] + 1) / 2;
        return SurveyParts.PadTo(mask.To(DataType.Int64), 1, 2 * pairs).Reshape(mask.Shape[0], pairs, 2).Sum(2).GreaterThan(0);
    }
}
