namespace Scorch.Language.Swords;

/// <summary>How far judges agree.</summary>
/// <param name="Items">Items with two labels or more.</param>
/// <param name="Labels">Their labels.</param>
/// <param name="PairwiseAgreement">The share of pairs of labels of one item that are equal, the mean over items; NaN without an item.</param>
/// <param name="KrippendorffAlpha">Krippendorff's alpha for nominal labels: 1 for full agreement, 0 for that of chance; NaN where all labels are the same.</param>
/// <param name="FleissKappa">Fleiss' kappa; NaN where items have different numbers of labels or all labels are the same.</param>
public sealed record AgreementStatistics(int Items, int Labels, double PairwiseAgreement, double KrippendorffAlpha, double FleissKappa)
{
    /// <summary>Computes agreement.</summary>
    /// <typeparam name="T">A label.</typeparam>
    /// <param name="items">For each item its labels; items with one label or none say nothing and are left out.</param>
    public static AgreementStatistics Of<T>(IEnumerable<IReadOnlyCollection<T>> items)
        where T : notnull
    {
        ArgumentNullException.ThrowIfNull(items);
        var used = items.Where(labels => labels.Count > 1).ToList();
        var total = used.Sum(labels => labels.Count);
        if (used.Count == 0) return new(0, 0, double.NaN, double.NaN, double.NaN);
        var frequencies = used.SelectMany(labels => labels).GroupBy(label => label).Select(group => (double)group.Count()).ToList();

        // Pairs of equal labels within an item: n_uk (n_uk - 1) over n_u (n_u - 1) ordered pairs.
        double Equal(IReadOnlyCollection<T> labels) => labels.GroupBy(label => label).Sum(group => (double)group.Count() * (group.Count() - 1));
        var agreement = used.Average(labels => Equal(labels) / (labels.Count * (labels.Count - 1.0)));

        // Krippendorff 2011: alpha = 1 - D_o / D_e, every item's pairs weighed by 1 / (n_u - 1).
        var observed = 1 - (used.Sum(labels => Equal(labels) / (labels.Count - 1)) / total);
        var expected = 1 - (frequencies.Sum(count => count * (count - 1)) / (total * (total - 1.0)));

        // Fleiss 1971: kappa = (P - P_e) / (1 - P_e), P_e the chance that two labels of the whole are equal.
        var chance = frequencies.Sum(count => count / total * (count / total));
        var isEven = used.All(labels => labels.Count == used[0].Count);
        return new(used.Count, total, agreement, expected > 0 ? 1 - (observed / expected) : double.NaN, isEven && chance < 1 ? (agreement - chance) / (1 - chance) : double.NaN);
    }
}
