namespace Scorch.Language.Swords;

/// <summary>One person's judgement of one substitute.</summary>
public enum SubstituteLabel
{
    /// <summary>It does not fit: <c>FALSE</c>.</summary>
    False,

    /// <summary>It fits: <c>TRUE</c>.</summary>
    True,

    /// <summary>Nobody thought of it: <c>FALSE_IMPLICIT</c> (CoInCo, SemEval).</summary>
    FalseImplicit,

    /// <summary>Somebody thought of it: <c>TRUE_IMPLICIT</c> (CoInCo, SemEval).</summary>
    TrueImplicit,

    /// <summary>Could not tell: <c>UNSURE</c>.</summary>
    Unsure,
}

/// <summary>The names of labels in files, and the score that they give.</summary>
public static class SubstituteLabels
{
    private static readonly string[] Names = ["FALSE", "TRUE", "FALSE_IMPLICIT", "TRUE_IMPLICIT", "UNSURE"];

    /// <summary>The name in files.</summary>
    public static string Name(this SubstituteLabel label) => Names[(int)label];

    /// <summary>The label with a name.</summary>
    /// <exception cref="ArgumentException">It is none of the five.</exception>
    public static SubstituteLabel Parse(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        var number = Array.IndexOf(Names, name);
        return number >= 0 ? (SubstituteLabel)number : throw new ArgumentException($"'{name}' is no label; the five labels are {string.Join(", ", Names)}.", nameof(name));
    }

    /// <summary>Whether a label says that the substitute fits.</summary>
    public static bool IsPositive(this SubstituteLabel label) => label is SubstituteLabel.True or SubstituteLabel.TrueImplicit;

    /// <summary>The share of positive labels among all, those that could not tell included.</summary>
    /// <exception cref="ArgumentException">There is no label.</exception>
    public static double Score(this IReadOnlyCollection<SubstituteLabel> labels)
    {
        ArgumentNullException.ThrowIfNull(labels);
        if (labels.Count == 0) throw new ArgumentException("Score: there is no label; a substitute has at least one.", nameof(labels));
        return (double)labels.Count(IsPositive) / labels.Count;
    }
}
