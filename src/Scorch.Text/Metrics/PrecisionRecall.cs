namespace Scorch.Text;

/// <summary>Precision, recall and their harmonic mean, each 0 … 1; 0 where nothing was found or nothing was there.</summary>
public readonly record struct PrecisionRecall(double Precision, double Recall)
{
    /// <summary>2PR / (P + R), 0 when both are.</summary>
    public double F1 => Precision + Recall > 0 ? 2 * Precision * Recall / (Precision + Recall) : 0;

    /// <summary>From counts.</summary>
    /// <param name="correct">What was found and is right.</param>
    /// <param name="found">What was found.</param>
    /// <param name="wanted">What should have been found.</param>
    public static PrecisionRecall Of(double correct, double found, double wanted) => new(found > 0 ? correct / found : 0, wanted > 0 ? correct / wanted : 0);
}
