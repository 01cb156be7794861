namespace Scorch.Language.TransformerSurvey;

/// <summary>A row of the comparison.</summary>
/// <param name="Slot">Where it differs from the plain Transformer.</param>
/// <param name="Name">The module.</param>
/// <param name="Spec">The variant.</param>
/// <param name="IsMasked">Whether it fills in hidden characters rather than telling the next.</param>
internal sealed record VariantRow(string Slot, string Name, XformerSpec Spec, bool IsMasked = false);

/// <summary>The variants that are compared: each differs from the plain Transformer in one slot.</summary>
internal static class VariantRows
{
    /// <summary>The attention of the plain Transformer.</summary>
    public const string Plain = "full";

    private static readonly HashSet<string> Quick =
    [
        "full", "multi-query", "band", "bigbird", "linear", "performer", "average", "lsh", "linformer", "nystrom", "rotary", "t5", "alibi", "post-layer-norm", "pre-rms-norm", "rezero",
        "swiglu", "mixture-of-experts", "macaron", "transformer-xl",
    ];

    /// <summary>Every module of every slot once.</summary>
    /// <param name="sizes">Sizes of the variants.</param>
    /// <param name="isQuick">Some twenty of them alone.</param>
    public static IReadOnlyList<VariantRow> Of(XformerSpec sizes, bool isQuick)
    {
        var plain = sizes with { Topology = Topologies.Decoder() };
        var masked = sizes with { Topology = Topologies.Encoder() };
        var rows = new List<VariantRow>();
        foreach (var card in AttentionCatalog.All.Where(card => card.SupportsCausal)) rows.Add(new("attention", card.Name, plain with { Attention = new(card.Name) }));
        foreach (var card in AttentionCatalog.All.Where(card => !card.SupportsCausal || card.Name == Plain))
            rows.Add(new("attention, hidden characters", card.Name, masked with { Attention = new(card.Name) }, true));
        foreach (var card in PositionCatalog.All.Where(card => card.Name != "sinusoidal")) rows.Add(new("position", card.Name, plain with { Position = new(card.Name) }));
        foreach (var card in NormCatalog.All.Where(card => card.Name != "pre-layer-norm")) rows.Add(new("norm", card.Name, plain with { Norm = new(card.Name) }));
        foreach (var card in FeedForwardCatalog.All.Where(card => card.Name != "relu")) rows.Add(new("feed-forward", card.Name, plain with { FeedForward = new(card.Name) }));
        foreach (var card in TopologyCatalog.All.Where(card => card is { HasSource: false, Name: not ("encoder" or "decoder") }))
        {
            // A memory of earlier segments needs positions that go on from segment to segment.
            var spec = (card.SupportsCausal ? plain : masked) with { Topology = new(card.Name), Position = card.HasMemory ? PositionSchemes.TransformerXl() : sizes.Position };
            rows.Add(new(card.SupportsCausal ? "topology" : "topology, hidden characters", card.Name, spec, !card.SupportsCausal));
        }
        return isQuick ? [.. rows.Where(row => Quick.Contains(row.Name))] : rows;
    }
}
