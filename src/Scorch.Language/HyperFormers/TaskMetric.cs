using System.Globalization;
using Scorch.Text;

namespace Scorch.Language.HyperFormers;

/// <summary>A task's score of answers in text, in percent.</summary>
/// <param name="Name">What it is.</param>
/// <param name="IsClassification">Whether answers are labels, else numbers.</param>
/// <param name="Score">From predicted and true answers, as many; in percent.</param>
public sealed record TaskMetric(string Name, bool IsClassification, Func<IReadOnlyList<string>, IReadOnlyList<string>, double> Score)
{
    /// <summary>The share of answers that are right to the letter.</summary>
    public static TaskMetric Accuracy { get; } = new("accuracy", true, (predicted, actual) => 100 * ClassificationScore.Of(predicted, actual).Accuracy);

    /// <summary>The mean of accuracy and the F1 of one label, as GLUE has it for paraphrases.</summary>
    /// <param name="positive">The label.</param>
    public static TaskMetric AccuracyAndF1(string positive) => new("accuracy and F1", true, (predicted, actual) =>
    {
        var score = ClassificationScore.Of(predicted, actual);
        return 50 * (score.Accuracy + score.Classes.GetValueOrDefault(positive).F1);
    });

    /// <summary>Matthews' correlation of two labels; an answer that is neither counts as the negative one.</summary>
    /// <param name="positive">The positive label.</param>
    public static TaskMetric Matthews(string positive) => new("Matthews' correlation", true, (predicted, actual) =>
        100 * Correlation.Matthews([.. predicted.Select(answer => answer == positive)], [.. actual.Select(answer => answer == positive)]));

    /// <summary>The mean of Pearson's and Spearman's correlation of numbers; an answer that is no number counts as 0, and equal answers throughout as no correlation.</summary>
    public static TaskMetric Correlations { get; } = new("Pearson's and Spearman's correlation", false, (predicted, actual) =>
    {
        var (guesses, truths) = (predicted.Select(Number).ToArray(), actual.Select(Number).ToArray());
        return 50 * (OrZero(Correlation.Pearson(guesses, truths)) + OrZero(Ranking.Spearman(guesses, truths)));
    });

    private static double OrZero(double value) => double.IsNaN(value) ? 0 : value;

    private static double Number(string text) => double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var value) && double.IsFinite(value) ? value : 0;
}
