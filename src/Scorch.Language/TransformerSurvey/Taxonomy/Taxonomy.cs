using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Scorch.Language.TransformerSurvey;

/// <summary>The survey's taxonomy: every module, its source, declared cost and abilities.</summary>
public static class Taxonomy
{
    /// <summary>All modules, slot by slot.</summary>
    public static IReadOnlyList<ModuleCard> Catalog { get; } = [.. AttentionCatalog.All, .. PositionCatalog.All, .. NormCatalog.All, .. FeedForwardCatalog.All, .. TopologyCatalog.All];

    /// <summary>An attention by its name.</summary>
    /// <param name="name">As in <see cref="Catalog"/>.</param>
    /// <exception cref="ArgumentException">There is none; the nearest is named.</exception>
    public static AttentionCard Attention(string name) => Find(AttentionCatalog.All, name, "attention");

    /// <summary>A position scheme by its name.</summary>
    /// <param name="name">As in <see cref="Catalog"/>.</param>
    /// <exception cref="ArgumentException">There is none; the nearest is named.</exception>
    public static PositionCard Position(string name) => Find(PositionCatalog.All, name, "position");

    /// <summary>A normalisation by its name.</summary>
    /// <param name="name">As in <see cref="Catalog"/>.</param>
    /// <exception cref="ArgumentException">There is none; the nearest is named.</exception>
    public static NormCard Norm(string name) => Find(NormCatalog.All, name, "norm");

    /// <summary>A feed-forward part by its name.</summary>
    /// <param name="name">As in <see cref="Catalog"/>.</param>
    /// <exception cref="ArgumentException">There is none; the nearest is named.</exception>
    public static FeedForwardCard FeedForward(string name) => Find(FeedForwardCatalog.All, name, "feed-forward");

    /// <summary>A topology by its name.</summary>
    /// <param name="name">As in <see cref="Catalog"/>.</param>
    /// <exception cref="ArgumentException">There is none; the nearest is named.</exception>
    public static TopologyCard Topology(string name) => Find(TopologyCatalog.All, name, "topology");

    /// <summary>How a variant's attention and feed-forward part grow with the length: operations counted, time and recorded memory measured.</summary>
    /// <param name="spec">The variant; its attention is taken without positions and masks.</param>
    /// <param name="lengths">At least two, rising.</param>
    /// <param name="repeats">Timed runs, of which the fastest counts.</param>
    public static ScalingReport Measure(XformerSpec spec, IReadOnlyList<int> lengths, int repeats = 3) => Scaling.Measure(spec, lengths, repeats);

    /// <summary>The catalogue as JSON, a row a module.</summary>
    /// <param name="slot">One slot alone; none for all.</param>
    public static string ToJson(ModuleSlot? slot = null) => JsonSerializer.Serialize(Rows(slot), SurveyJson.Default.ModuleRowArray);

    /// <summary>The catalogue as a Markdown table.</summary>
    /// <param name="slot">One slot alone; none for all.</param>
    public static string ToMarkdown(ModuleSlot? slot = null)
    {
        var text = new StringBuilder("| Slot | Module | Equation | Time | Memory | Causal | Exact | Equals full attention when | Source |\n|---|---|---|---|---|---|---|---|---|\n");
        static string Cell(string value) => value.Replace("|", "\\|", StringComparison.Ordinal);
        foreach (var row in Rows(slot))
        {
            text.Append(CultureInfo.InvariantCulture, $"| {row.Slot} | `{row.Name}` | {Cell(row.Equation)} | {row.TimeOrder} | {row.MemoryOrder} | {(row.SupportsCausal ? "yes" : "no")} | ")
                .Append(CultureInfo.InvariantCulture, $"{(row.IsExact ? "yes" : "no")} | {Cell(row.ReducesToFullWhen ?? "")} | {Cell(row.Reference)} |\n");
        }
        return text.ToString();
    }

    internal static ModuleRow[] Rows(ModuleSlot? slot) => [.. Catalog.Where(card => slot is null || card.Slot == slot).Select(ModuleRow.Of)];

    internal static string NameOf(ModuleSlot slot) => slot == ModuleSlot.FeedForward ? "feed-forward" : slot.ToString().ToLowerInvariant();

    private static TCard Find<TCard>(IReadOnlyList<TCard> cards, string name, string slot)
        where TCard : ModuleCard
    {
        ArgumentNullException.ThrowIfNull(name);
        return cards.FirstOrDefault(card => card.Name == name)
            ?? throw new ArgumentException($"There is no {slot} module '{name}'. {NearestName.Suggestion(name, cards.Select(card => card.Name), "See 'scorch transformer-survey taxonomy'.")}", slot);
    }
}

/// <summary>A module as a row of the machine-readable table.</summary>
/// <param name="Slot">Where it goes.</param>
/// <param name="Name">As written in a specification.</param>
/// <param name="Family">Its group.</param>
/// <param name="Reference">Its source.</param>
/// <param name="Equation">What it computes.</param>
/// <param name="TimeOrder">Operations of the mechanism.</param>
/// <param name="TimeExponent">Of T in it.</param>
/// <param name="MemoryOrder">Numbers held at once.</param>
/// <param name="MemoryExponent">Of T in it.</param>
/// <param name="SupportsCausal">Whether it keeps later tokens from earlier ones.</param>
/// <param name="IsExact">Whether it is softmax attention over what it looks at.</param>
/// <param name="ReducesToFullWhen">When it equals full attention.</param>
/// <param name="Trade">What it gives up, or adds.</param>
/// <param name="Options">Its options.</param>
public sealed record ModuleRow(
    string Slot, string Name, string Family, string Reference, string Equation, string TimeOrder, double TimeExponent, string MemoryOrder, double MemoryExponent,
    bool SupportsCausal, bool IsExact, string? ReducesToFullWhen, string Trade, IReadOnlyList<ModuleOption> Options)
{
    /// <summary>The row of a card.</summary>
    /// <param name="card">The card.</param>
    public static ModuleRow Of(ModuleCard card)
    {
        ArgumentNullException.ThrowIfNull(card);
        return new(
            Taxonomy.NameOf(card.Slot), card.Name, card.Family, card.Reference, card.Equation, card.TimeOrder.ToString(), card.TimeOrder.Exponent, card.MemoryOrder.ToString(),
            card.MemoryOrder.Exponent, card.SupportsCausal, card.IsExact, card.ReducesToFullWhen?.When, card.Trade, card.Options);
    }
}
