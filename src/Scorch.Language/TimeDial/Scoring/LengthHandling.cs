namespace Scorch.Language.TimeDial;

/// <summary>How log-probabilities of an option's tokens become one score.</summary>
public enum LengthHandling
{
    /// <summary>Their sum, which favours short options.</summary>
    Sum,

    /// <summary>Their mean, which favours long ones.</summary>
    Mean,

    /// <summary>Their mean plus the log-probability of so many tokens among the training text's expressions.</summary>
    MeanWithPrior,
}

/// <summary>How long temporal expressions are: shares of token counts, one added to each.</summary>
public sealed class LengthPrior
{
    private readonly Dictionary<int, int> counts = [];
    private readonly int total;
    private readonly int longest;

    /// <summary>Counts lengths.</summary>
    /// <param name="lengths">The number of tokens of each expression, at least 1.</param>
    public LengthPrior(IEnumerable<int> lengths)
    {
        ArgumentNullException.ThrowIfNull(lengths);
        foreach (var length in lengths)
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(length, 1);
            counts[length] = counts.GetValueOrDefault(length) + 1;
            (total, longest) = (total + 1, Math.Max(longest, length));
        }
    }

    /// <summary>Natural logarithm of a length's share; one more class stands for all longer ones.</summary>
    /// <param name="length">At least 1.</param>
    public double LogShare(int length)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(length, 1);
        return Math.Log((counts.GetValueOrDefault(length) + 1.0) / (total + longest + 1));
    }

    internal static double Combine(IReadOnlyList<double> logarithms, LengthHandling handling, LengthPrior? prior) => handling switch
    {
        LengthHandling.Sum => logarithms.Sum(),
        LengthHandling.Mean => logarithms.Average(),
        LengthHandling.MeanWithPrior => logarithms.Average() + (prior ?? throw Missing()).LogShare(logarithms.Count),
        _ => throw new ArgumentOutOfRangeException(nameof(handling), handling, "LengthHandling: no such value."),
    };

    internal static void Require(LengthHandling handling, LengthPrior? prior)
    {
        if (handling == LengthHandling.MeanWithPrior && prior is null) throw Missing();
    }

    private static ArgumentException Missing() => new("LengthHandling.MeanWithPrior needs a LengthPrior, made from the training text's expressions.");
}
