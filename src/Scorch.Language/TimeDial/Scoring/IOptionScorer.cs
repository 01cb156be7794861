namespace Scorch.Language.TimeDial;

/// <summary>Scores the options of questions.</summary>
public interface IOptionScorer
{
    /// <summary>For each question a score for each option, larger for better; negative infinity for what is excluded, never NaN.</summary>
    /// <param name="questions">The questions.</param>
    /// <param name="cancellationToken">Stops between two batches.</param>
    IReadOnlyList<IReadOnlyList<double>> Score(IReadOnlyList<ClozeQuestion> questions, CancellationToken cancellationToken = default);

    /// <summary>Questions of the last call that were cut to the model's length.</summary>
    int Truncations => 0;
}

/// <summary>A scorer that looks at one question at a time.</summary>
/// <param name="score">Scores the options of a question.</param>
public sealed class RuleScorer(Func<ClozeQuestion, IReadOnlyList<double>> score) : IOptionScorer
{
    /// <inheritdoc/>
    public IReadOnlyList<IReadOnlyList<double>> Score(IReadOnlyList<ClozeQuestion> questions, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(questions);
        var scores = new IReadOnlyList<double>[questions.Count];
        for (var i = 0; i < scores.Length; i++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            scores[i] = score(questions[i]);
        }
        return scores;
    }
}
