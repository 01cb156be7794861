namespace Scorch.Language.Swords;

/// <summary>A question to people: does this substitute fit here?</summary>
/// <param name="SubstituteId">The substitute's id.</param>
/// <param name="Context">The text.</param>
/// <param name="Target">The word in it.</param>
/// <param name="Offset">Its place, in Unicode code points.</param>
/// <param name="Substitute">The proposed word.</param>
/// <param name="Missing">How many more judgements are wanted.</param>
public sealed record JudgementTask(string SubstituteId, string Context, string Target, int Offset, string Substitute, int Missing);

/// <summary>A person's answer.</summary>
/// <param name="SubstituteId">The substitute's id.</param>
/// <param name="Annotator">Who answered; a person judges a substitute once.</param>
/// <param name="Label">The answer.</param>
public sealed record Judgement(string SubstituteId, string Annotator, SubstituteLabel Label);

/// <summary>How candidates are collected and judged; the defaults are the benchmark's.</summary>
public sealed record BenchmarkBuilderConfig
{
    /// <summary>People who judge every candidate.</summary>
    public int FirstLabels { get; init; } = 3;

    /// <summary>People who judge a candidate, those of the first round included, once one of these found it fitting.</summary>
    public int TotalLabels { get; init; } = 10;

    internal void Validate()
    {
        if (FirstLabels < 1 || TotalLabels < FirstLabels)
            throw new ArgumentException($"BenchmarkBuilderConfig: FirstLabels is {FirstLabels} and TotalLabels {TotalLabels}; the first is at least 1, and the total no less.");
    }
}
