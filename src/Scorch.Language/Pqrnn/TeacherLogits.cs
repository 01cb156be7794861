using Scorch.Checkpoints;

namespace Scorch.Language.Pqrnn;

/// <summary>A teacher's logits of a list of utterances.</summary>
public sealed class TeacherLogits
{
    private TeacherLogits(IReadOnlyList<string> intents, IReadOnlyList<string> tags, IReadOnlyList<float[]> slotRows, IReadOnlyList<float[]> intentRows) =>
        (Intents, Tags, SlotRows, IntentRows) = (intents, tags, slotRows, intentRows);

    /// <summary>Names of the intents, in the order of the logits.</summary>
    public IReadOnlyList<string> Intents { get; }

    /// <summary>Names of the tags, in the order of the logits.</summary>
    public IReadOnlyList<string> Tags { get; }

    /// <summary>Utterances.</summary>
    public int Count => IntentRows.Count;

    /// <summary>Of each utterance the tags' logits, token by token.</summary>
    internal IReadOnlyList<float[]> SlotRows { get; }

    /// <summary>Of each utterance the intents' logits.</summary>
    internal IReadOnlyList<float[]> IntentRows { get; }

    /// <summary>Asks a model.</summary>
    /// <param name="teacher">The model.</param>
    /// <param name="utterances">The requests; labels are not read.</param>
    /// <param name="cancellation">Stops between two batches.</param>
    public static TeacherLogits Of(SluModel teacher, IReadOnlyList<SluUtterance> utterances, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(teacher);
        ArgumentNullException.ThrowIfNull(utterances);
        var (slots, intents) = (new List<float[]>(), new List<float[]>());
        foreach (var (logits, lengths) in teacher.Batches([.. utterances.Select(utterance => utterance.Tokens)]))
        {
            cancellation.ThrowIfCancellationRequested();
            for (var i = 0; i < lengths.Count; i++)
            {
                slots.Add(logits.Slots[i].Narrow(0, 0, lengths[i]).To(DataType.Float32).ToArray<float>());
                intents.Add(logits.Intents[i].To(DataType.Float32).ToArray<float>());
            }
        }
        return new(teacher.Intents, teacher.Tags, slots, intents);
    }

    /// <summary>Reads NumPy files: float [utterances, longest or more, tags] and float [utterances, intents].</summary>
    /// <param name="slots">The tags' logits; what stands behind an utterance's end is not read. Of a word in pieces it is the first piece's row.</param>
    /// <param name="intents">The intents' logits.</param>
    /// <param name="intentNames">Names of the intents, in the order of the logits.</param>
    /// <param name="tagNames">Names of the tags, in the order of the logits.</param>
    /// <param name="utterances">The requests.</param>
    /// <exception cref="ArgumentException">The shapes do not fit requests and names, or a logit is not finite.</exception>
    /// <exception cref="CheckpointException">A file is damaged.</exception>
    public static TeacherLogits Load(string slots, string intents, IReadOnlyList<string> intentNames, IReadOnlyList<string> tagNames, IReadOnlyList<SluUtterance> utterances)
    {
        ArgumentNullException.ThrowIfNull(intentNames);
        ArgumentNullException.ThrowIfNull(tagNames);
        ArgumentNullException.ThrowIfNull(utterances);
        var (slotRows, intentRows) = (Npz.LoadArray(slots).To(DataType.Float32), Npz.LoadArray(intents).To(DataType.Float32));
        var longest = utterances.Count == 0 ? 0 : utterances.Max(utterance => utterance.Tokens.Count);
        if (slotRows.Rank != 3 || slotRows.Shape[0] != utterances.Count || slotRows.Shape[1] < longest || slotRows.Shape[2] != tagNames.Count)
            throw new ArgumentException($"{slots}: logits {slotRows.Shape}; [{utterances.Count} requests, at least {longest} tokens, {tagNames.Count} tags] are needed.", nameof(slots));
        if (intentRows.Rank != 2 || intentRows.Shape[0] != utterances.Count || intentRows.Shape[1] != intentNames.Count)
            throw new ArgumentException($"{intents}: logits {intentRows.Shape}; [{utterances.Count} requests, {intentNames.Count} intents] are needed.", nameof(intents));
        var (slotList, intentList) = (new List<float[]>(), new List<float[]>());
        for (var i = 0; i < utterances.Count; i++)
        {
            slotList.Add(slotRows[i].Narrow(0, 0, utterances[i].Tokens.Count).ToArray<float>());
            intentList.Add(intentRows[i].ToArray<float>());
            if (slotList[i].Concat(intentList[i]).Any(value => !float.IsFinite(value))) throw new ArgumentException($"{slots}, {intents}: a logit of request {i} is not finite; compute the teacher's logits again.", nameof(slots));
        }
        return new([.. intentNames], [.. tagNames], slotList, intentList);
    }

    /// <summary>Checks that a student tells the same names in the same order.</summary>
    internal void RequireNamesOf(SluModel student)
    {
        Require("intent", student.Intents, Intents);
        Require("tag", student.Tags, Tags);
    }

    private static void Require(string kind, IReadOnlyList<string> student, IReadOnlyList<string> teacher)
    {
        if (student.Count != teacher.Count) throw new ArgumentException($"SluDistiller: the teacher tells {teacher.Count} {kind}s, the student {student.Count}; both must tell the same, in one order.", nameof(teacher));
        for (var i = 0; i < student.Count; i++)
            if (student[i] != teacher[i]) throw new ArgumentException($"SluDistiller: {kind} {i} is '{teacher[i]}' for the teacher and '{student[i]}' for the student; put the teacher's logits into the student's order.", nameof(teacher));
    }
}
