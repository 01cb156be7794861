namespace Scorch.Language.Swords;

/// <summary>A candidate after preprocessing.</summary>
/// <param name="Lemma">Its dictionary form in lower case.</param>
/// <param name="Positive">Labels that say it fits.</param>
/// <param name="Labels">All its labels but the unsure ones; at least 1.</param>
public sealed record EvaluationCandidate(string Lemma, int Positive, int Labels)
{
    /// <summary>The share of positive labels.</summary>
    public double Score => (double)Positive / Labels;
}

/// <summary>A target after preprocessing, with the system's list.</summary>
/// <param name="TargetId">Its id.</param>
/// <param name="Word">The word in the text.</param>
/// <param name="PartOfSpeech">Its part of speech; null where none is given.</param>
/// <param name="Candidates">Its candidates, in the order of the benchmark; at least one.</param>
/// <param name="System">The system's words in lower-case dictionary form, each once, best first.</param>
public sealed record EvaluationTarget(string TargetId, string Word, PartOfSpeech? PartOfSpeech, IReadOnlyList<EvaluationCandidate> Candidates, IReadOnlyList<string> System);
