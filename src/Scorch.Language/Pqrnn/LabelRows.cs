namespace Scorch.Language.Pqrnn;

/// <summary>Labels of utterances by a model's numbers, and the loss of a batch by them and by a teacher.</summary>
internal sealed class LabelRows
{
    private readonly long[] intents;
    private readonly long[][] tags;

    public LabelRows(SluModel model, IReadOnlyList<SluUtterance> utterances)
    {
        var (intentIds, tagIds) = (Places(model.Intents), Places(model.Tags));
        (intents, tags) = (new long[utterances.Count], new long[utterances.Count][]);
        for (var i = 0; i < utterances.Count; i++)
        {
            intents[i] = utterances[i].Intent is { } intent ? Find(intentIds, "intent", intent, i) : DistillationLoss.NoLabel;
            tags[i] = [.. utterances[i].Tags?.Select(tag => Find(tagIds, "tag", tag, i)) ?? utterances[i].Tokens.Select(_ => DistillationLoss.NoLabel)];
        }
    }

    /// <summary>Loss of the tags and of the intent, added.</summary>
    public Tensor Loss(SluLogits logits, SluInput input, int[] batch, TeacherLogits? teacher, DistillConfig config)
    {
        var (time, tagCount, intentCount) = (logits.Slots.Shape[1], logits.Slots.Shape[2], logits.Intents.Shape[1]);
        var (labels, real) = (new long[batch.Length * time], new float[batch.Length * time]);
        Array.Fill(labels, DistillationLoss.NoLabel);
        var taught = teacher is null ? null : new float[batch.Length * time * tagCount];
        var taughtIntents = teacher is null ? null : new float[batch.Length * intentCount];
        for (var i = 0; i < batch.Length; i++)
        {
            tags[batch[i]].CopyTo(labels, i * time);
            real.AsSpan(i * time, input.Lengths[i]).Fill(1);
            teacher?.SlotRows[batch[i]].CopyTo(taught!, i * time * tagCount);
            teacher?.IntentRows[batch[i]].CopyTo(taughtIntents!, i * intentCount);
        }
        var rows = batch.Length * time;
        var slotLoss = DistillationLoss.Compute(
            logits.Slots.Reshape(rows, tagCount),
            taught is null ? null : Tensor.From(taught, [rows, tagCount]),
            Tensor.From(labels),
            config.Temperature,
            config.TeacherWeight,
            Tensor.From(real));
        return slotLoss + DistillationLoss.Compute(
            logits.Intents,
            taughtIntents is null ? null : Tensor.From(taughtIntents, [batch.Length, intentCount]),
            Tensor.From(batch.Select(i => intents[i]).ToArray()),
            config.Temperature,
            config.TeacherWeight);
    }

    private static Dictionary<string, int> Places(IReadOnlyList<string> names) => names.Select((name, i) => (name, i)).ToDictionary(pair => pair.name, pair => pair.i, StringComparer.Ordinal);

    private static long Find(Dictionary<string, int> places, string kind, string name, int utterance) => places.TryGetValue(name, out var place)
        ? place
        : throw new ArgumentException($"SluTrainer: request {utterance} has the {kind} '{SluFiles.Shortened(name)}', which the model does not know; build the model with all names of the training requests (SluUtterance.Names).", nameof(name));
}
