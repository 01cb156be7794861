using Scorch.Modules;

namespace Scorch.Language.TransformerSurvey;

/// <summary>
/// Sublayers one after the other: the encoder or decoder of Vaswani et al. 2017; Macaron's half feed-forward, attention, half feed-forward (Lu et al. 2019,
/// arXiv 1906.02762); Sandwich's attentions first and feed-forward parts last (Press et al. 2020, arXiv 1911.03864); and a stack that may be left early.
/// </summary>
public sealed class StackTopology : XformerTopology
{
    private readonly bool keepsExits;

    internal StackTopology(TopologySite site, IEnumerable<Sublayer> sublayers, bool keepsExits = false)
        : base(site)
    {
        (Sublayers, Norm, this.keepsExits) = (new(sublayers), site.Final(), keepsExits);
    }

    /// <summary>In their order.</summary>
    public ModuleList<Sublayer> Sublayers { get; }

    /// <summary>After the last, if any.</summary>
    public Module? Norm { get; }

    /// <summary>Hidden states after each layer, normalised as the last ones, computed as they are asked for.</summary>
    /// <param name="input">Hidden states and masks.</param>
    public IEnumerable<Tensor> Layers(XformerInput input)
    {
        ArgumentNullException.ThrowIfNull(input);
        var hidden = input.Hidden;
        for (var i = 0; i < Sublayers.Count; i++)
        {
            hidden = Sublayers[i].Forward(hidden, input);
            if (i + 1 == Sublayers.Count || Sublayers[i + 1].Layer != Sublayers[i].Layer) yield return Normalized(hidden);
        }
    }

    internal static IEnumerable<Sublayer> Plain(TopologySite site) => Enumerable.Range(0, site.Layers).SelectMany(layer => (Sublayer[])[site.Attention(layer), .. site.FeedForward(layer)]);

    internal static IEnumerable<Sublayer> WithCross(TopologySite site) =>
        Enumerable.Range(0, site.Layers).SelectMany(layer => (Sublayer[])[site.Attention(layer), site.Cross(layer), .. site.FeedForward(layer)]);

    internal static IEnumerable<Sublayer> Macaron(TopologySite site) =>
        Enumerable.Range(0, site.Layers).SelectMany(layer => (Sublayer[])[.. site.FeedForward(layer, 0.5), site.Attention(layer), .. site.FeedForward(layer, 0.5)]);

    /// <summary>s^k (s f)^(n-k) f^k.</summary>
    internal static IEnumerable<Sublayer> Sandwich(TopologySite site)
    {
        var outer = site.Options.Integer("outer");
        if (outer >= site.Layers) throw new ArgumentException($"sandwich: {outer} of {site.Layers} attentions stand first; give fewer than all of them.", nameof(site));
        var number = 0;
        for (var i = 0; i < outer; i++) yield return site.Attention(number++);
        for (var i = outer; i < site.Layers; i++)
        {
            yield return site.Attention(number);
            foreach (var part in site.FeedForward(number)) yield return part;
            number++;
        }
        for (var i = 0; i < outer; i++)
            foreach (var part in site.FeedForward(number++)) yield return part;
    }

    private protected override XformerOutput Run(XformerInput input)
    {
        if (keepsExits)
        {
            var exits = Layers(input).ToArray();
            return new(exits[^1]) { Exits = exits };
        }
        var hidden = input.Hidden;
        foreach (var sublayer in Sublayers) hidden = sublayer.Forward(hidden, input);
        return new(Normalized(hidden));
    }

    private Tensor Normalized(Tensor hidden) => Norm is null ? hidden : ((IForward)Norm).Forward(hidden);
}

/// <summary>An encoder of a second series, and a causal decoder that looks at it (Vaswani et al. 2017, section 3.1).</summary>
public sealed class EncoderDecoderTopology : XformerTopology
{
    internal EncoderDecoderTopology(TopologySite site)
        : base(site)
    {
        (Encoder, Decoder) = (new(StackTopology.Plain(site)), new(StackTopology.WithCross(site)));
        (EncoderNorm, DecoderNorm) = (site.Final(), site.Final());
    }

    /// <summary>Sublayers of the encoder.</summary>
    public ModuleList<Sublayer> Encoder { get; }

    /// <summary>Sublayers of the decoder.</summary>
    public ModuleList<Sublayer> Decoder { get; }

    /// <summary>After the encoder, if any.</summary>
    public Module? EncoderNorm { get; }

    /// <summary>After the decoder, if any.</summary>
    public Module? DecoderNorm { get; }

    private protected override XformerOutput Run(XformerInput input)
    {
        var source = input.Source!;
        var own = new XformerInput(source, input.SourceScope ?? new(), input.Context);
        foreach (var sublayer in Encoder) source = sublayer.Forward(source, own);
        if (EncoderNorm is not null) source = ((IForward)EncoderNorm).Forward(source);
        var hidden = input.Hidden;
        foreach (var sublayer in Decoder) hidden = sublayer.Forward(hidden, input with { Source = source });
        return new(DecoderNorm is null ? hidden : ((IForward)DecoderNorm).Forward(hidden));
    }
}
