namespace Scorch.Language.TimeDial;

/// <summary>How a wrong option was made (paper, section 3).</summary>
public enum DistractorRule
{
    /// <summary>Rule 1: it repeats a phrase of the dialog.</summary>
    Phrase = 1,

    /// <summary>Rule 2: it repeats or changes a numeral of the dialog.</summary>
    Numeral = 2,

    /// <summary>Rule 3: freely written.</summary>
    Open = 3,
}

/// <summary>The labels that files give to rules.</summary>
public static class DistractorRules
{
    /// <summary>All rules, in their order.</summary>
    public static IReadOnlyList<DistractorRule> All { get; } = [DistractorRule.Phrase, DistractorRule.Numeral, DistractorRule.Open];

    /// <summary>The rule of a label, <c>Rule 1</c>, <c>Rule 2</c> or <c>Rule 3</c>.</summary>
    /// <param name="label">The label; space around it does not count.</param>
    /// <exception cref="ArgumentException">There is no such rule.</exception>
    public static DistractorRule Parse(string label)
    {
        ArgumentNullException.ThrowIfNull(label);
        return label.Trim() switch
        {
            "Rule 1" => DistractorRule.Phrase,
            "Rule 2" => DistractorRule.Numeral,
            "Rule 3" => DistractorRule.Open,
            _ => throw new ArgumentException($"the rule '{label}' is unknown; expected Rule 1 (phrase matching), Rule 2 (numeral matching) or Rule 3 (open ended).", nameof(label)),
        };
    }

    /// <summary>The label that files have.</summary>
    /// <param name="rule">The rule.</param>
    public static string Label(this DistractorRule rule) => $"Rule {(int)rule}";
}
