namespace Scorch.Language.TimeDial;

/// <summary>A dialog with a masked time span, two right and two wrong fillings; or one right one, where nobody found a second.</summary>
public sealed record TimeDialItem
{
    /// <summary>An item.</summary>
    /// <param name="id">Its name.</param>
    /// <param name="conversation">The turns, <c>A:</c> and <c>B:</c> before them; exactly one <c>&lt;MASK&gt;</c>.</param>
    /// <param name="correct1">The original span.</param>
    /// <param name="correct2">Another right one; null where there is none.</param>
    /// <param name="incorrect1">A wrong one, and how it was made.</param>
    /// <param name="incorrect2">Another, and how it was made.</param>
    /// <exception cref="ArgumentException">There is not exactly one gap, an option is empty, or a rule is unknown.</exception>
    public TimeDialItem(string id, IReadOnlyList<string> conversation, string correct1, string? correct2, (string Text, DistractorRule Rule) incorrect1, (string Text, DistractorRule Rule) incorrect2)
    {
        Question = new(id, conversation, correct2 is null ? [correct1, incorrect1.Text, incorrect2.Text] : [correct1, correct2, incorrect1.Text, incorrect2.Text]);
        (Correct1, Correct2, Incorrect1, Incorrect2) = (correct1, correct2, incorrect1.Text, incorrect2.Text);
        Rules = [incorrect1.Rule, incorrect2.Rule];
        if (Rules.FirstOrDefault(rule => !Enum.IsDefined(rule)) is var unknown and not 0)
            throw new ArgumentException($"item {id}: the rule {(int)unknown} is unknown; expected 1 to 3.", nameof(incorrect1));
    }

    /// <summary>What scorers see: options in the order correct1, correct2 (where there is one), incorrect1, incorrect2.</summary>
    public ClozeQuestion Question { get; }

    /// <summary>Its name.</summary>
    public string Id => Question.Id;

    /// <summary>The turns.</summary>
    public IReadOnlyList<string> Conversation => Question.Conversation;

    /// <summary>The original span.</summary>
    public string Correct1 { get; }

    /// <summary>Another right filling; null where there is none.</summary>
    public string? Correct2 { get; }

    /// <summary>A wrong filling.</summary>
    public string Incorrect1 { get; }

    /// <summary>Another.</summary>
    public string Incorrect2 { get; }

    /// <summary>How the two wrong fillings were made.</summary>
    public IReadOnlyList<DistractorRule> Rules { get; }

    /// <summary>Whether two options are equal but for capitals and blanks: such two cannot be told apart by what they say.</summary>
    public bool HasEqualOptions => Question.Options.Select(ClozeQuestion.Normalize).Distinct(StringComparer.Ordinal).Count() < Question.Options.Count;
}
