using Scorch.Text;

namespace Scorch.Language.Pqrnn;

/// <summary>How well a model reads requests.</summary>
/// <param name="IntentAccuracy">Share of requests with the right intent.</param>
/// <param name="SlotF1">F1 of the slots, by chunks as <c>conlleval</c> counts them.</param>
/// <param name="ExactMatch">Share of requests with the right intent and all tags right.</param>
/// <param name="Utterances">Requests.</param>
public sealed record SluReport(double IntentAccuracy, double SlotF1, double ExactMatch, int Utterances);

/// <summary>Evaluates models on labelled requests.</summary>
public static class SluMetrics
{
    /// <summary>Intent accuracy, slot F1 and exact match. Intents and tags that the model does not know count as wrong.</summary>
    /// <param name="model">The model; it is in evaluation mode afterwards.</param>
    /// <param name="utterances">Labelled requests, at least one.</param>
    /// <exception cref="ArgumentException">There is no request, or one is not labelled.</exception>
    public static SluReport Evaluate(SluModel model, IReadOnlyList<SluUtterance> utterances)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(utterances);
        return Score(model.Predict([.. utterances.Select(utterance => utterance.Tokens)]), utterances);
    }

    /// <summary>The same of predictions.</summary>
    /// <param name="predictions">One for each request.</param>
    /// <param name="utterances">Labelled requests, at least one.</param>
    /// <exception cref="ArgumentException">The counts differ, there is no request, or one is not labelled.</exception>
    public static SluReport Score(IReadOnlyList<SluPrediction> predictions, IReadOnlyList<SluUtterance> utterances)
    {
        ArgumentNullException.ThrowIfNull(predictions);
        ArgumentNullException.ThrowIfNull(utterances);
        if (utterances.Count == 0 || predictions.Count != utterances.Count)
            throw new ArgumentException($"SluMetrics: {predictions.Count} predictions for {utterances.Count} requests; give as many, and at least one.", nameof(predictions));
        for (var i = 0; i < utterances.Count; i++)
            if (utterances[i].Tags is null) throw new ArgumentException($"SluMetrics: request {i} has no labels; give its tags and intent.", nameof(utterances));
        var slots = SlotScore.Of([.. predictions.Select(prediction => prediction.Tags)], [.. utterances.Select(utterance => utterance.Tags!)]);
        var (intents, exact) = (0, 0);
        for (var i = 0; i < utterances.Count; i++)
        {
            if (predictions[i].Intent != utterances[i].Intent) continue;
            intents++;
            if (predictions[i].Tags.SequenceEqual(utterances[i].Tags!, StringComparer.Ordinal)) exact++;
        }
        return new((double)intents / utterances.Count, slots.Chunks.F1, (double)exact / utterances.Count, utterances.Count);
    }
}
