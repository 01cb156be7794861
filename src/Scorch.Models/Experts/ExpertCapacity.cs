namespace Scorch.Models.Experts;

/// <summary>How many tokens of a group an expert takes: <c>ceil(tokens / experts * factor)</c> (Fedus, Zoph and Shazeer 2021, equation 3).</summary>
public sealed record ExpertCapacity
{
    /// <summary>A capacity.</summary>
    /// <param name="factor">Above 0; 1 is room for an even share, infinity for every token.</param>
    /// <param name="groupSize">Tokens, in sequence order, that share capacities; none for all tokens of a call. The last group may be smaller.</param>
    /// <exception cref="ArgumentOutOfRangeException">The factor is not above 0, or the group holds no token.</exception>
    public ExpertCapacity(double factor, int? groupSize = null)
    {
        if (!(factor > 0)) throw new ArgumentOutOfRangeException(nameof(factor), factor, $"ExpertCapacity: the capacity factor is {factor}; it must be above 0, 1 for even shares.");
        if (groupSize < 1) throw new ArgumentOutOfRangeException(nameof(groupSize), groupSize, $"ExpertCapacity: groups of {groupSize} tokens; a group has at least one.");
        (Factor, GroupSize) = (factor, groupSize);
    }

    /// <summary>Room for every token.</summary>
    public static ExpertCapacity Unlimited { get; } = new(double.PositiveInfinity);

    /// <summary>1 is room for an even share.</summary>
    public double Factor { get; }

    /// <summary>Tokens that share capacities; none for all tokens of a call.</summary>
    public int? GroupSize { get; }

    /// <summary>The tokens that each expert takes of a group.</summary>
    /// <param name="tokens">Tokens of the group, padding left out.</param>
    /// <param name="experts">Experts of the layer.</param>
    public int Of(int tokens, int experts)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(tokens);
        ArgumentOutOfRangeException.ThrowIfLessThan(experts, 1);
        // Beyond a million shares every count fits; below, decimal digits keep 100 * 1.1 / 10 at 11.
        if (Factor > 1e6) return int.MaxValue;
        return (int)Math.Min(int.MaxValue, Math.Ceiling(tokens * (decimal)Factor / experts));
    }
}
