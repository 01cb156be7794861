namespace Scorch.Text;

/// <summary>Scores of tracked dialog states.</summary>
/// <param name="JointGoalAccuracy">The share of turns with every slot right.</param>
/// <param name="SlotAccuracy">The share of slots that are right, empty ones counted.</param>
/// <param name="Active">Precision and recall of filled slots.</param>
public sealed record DialogStateScore(double JointGoalAccuracy, double SlotAccuracy, PrecisionRecall Active)
{
    /// <summary>Scores the states of turns.</summary>
    /// <param name="predicted">For each turn the value of each slot; null where it is not mentioned.</param>
    /// <param name="actual">The true values, in the same order of slots.</param>
    /// <exception cref="ArgumentException">The numbers of turns or slots differ, or there is no turn.</exception>
    public static DialogStateScore Of(IReadOnlyList<IReadOnlyList<string?>> predicted, IReadOnlyList<IReadOnlyList<string?>> actual)
    {
        ArgumentNullException.ThrowIfNull(predicted);
        ArgumentNullException.ThrowIfNull(actual);
        if (predicted.Count != actual.Count || actual.Count == 0) throw new ArgumentException($"DialogStateScore: {predicted.Count} predicted turns for {actual.Count}; give as many, and at least one.", nameof(predicted));
        long exact = 0, same = 0, slots = 0, correct = 0, found = 0, wanted = 0;
        for (var turn = 0; turn < actual.Count; turn++)
        {
            if (predicted[turn].Count != actual[turn].Count) throw new ArgumentException($"DialogStateScore: turn {turn} has {actual[turn].Count} slots, but {predicted[turn].Count} were predicted; give one value for each.", nameof(predicted));
            var right = 0;
            foreach (var (value, truth) in predicted[turn].Zip(actual[turn]))
            {
                if (value == truth) right++;
                if (value == truth && truth is not null) correct++;
                if (value is not null) found++;
                if (truth is not null) wanted++;
            }
            same += right;
            slots += actual[turn].Count;
            if (right == actual[turn].Count) exact++;
        }
        return new((double)exact / actual.Count, slots == 0 ? 1 : (double)same / slots, PrecisionRecall.Of(correct, found, wanted));
    }
}
