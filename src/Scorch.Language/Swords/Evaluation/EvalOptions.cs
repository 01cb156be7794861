using Scorch.Text;

namespace Scorch.Language.Swords;

/// <summary>How a result is scored; the defaults are the official ones.</summary>
public sealed record EvalOptions
{
    /// <summary>How many of a system's words count.</summary>
    public int K { get; init; } = 10;

    /// <summary>The least score of an acceptable substitute: just above a half, so that 5 of 10 do not do.</summary>
    public double Acceptable { get; init; } = 0.5 + 1e-4;

    /// <summary>The least score of a conceivable substitute.</summary>
    public double Conceivable { get; init; } = 0.1;

    /// <summary>Finds dictionary forms; null for WordNet's, looked for where data sets are and where <c>wordnet-base</c> puts it.</summary>
    public ILemmatizer? Lemmatizer { get; init; }

    /// <summary>Leave targets without any system word out, in place of counting what was missed.</summary>
    public bool AllowsAbstention { get; init; }

    internal void Validate()
    {
        if (K < 1) throw new ArgumentException($"EvalOptions: K is {K}; it is at least 1.");
        if (!(Acceptable is > 0 and <= 1) || !(Conceivable is > 0 and <= 1))
            throw new ArgumentException($"EvalOptions: the least scores are {Acceptable} (acceptable) and {Conceivable} (conceivable); they lie in (0, 1].");
    }
}
