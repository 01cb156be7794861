namespace Scorch.Text;

/// <summary>Scores of tagged slots, by chunks as CoNLL's <c>conlleval</c> counts them.</summary>
/// <param name="Correct">Chunks with the right ends and type.</param>
/// <param name="Predicted">Chunks predicted.</param>
/// <param name="Actual">Chunks that are there.</param>
/// <param name="TokenAccuracy">The share of tokens with the right tag.</param>
/// <param name="SentenceAccuracy">The share of sentences with all tags right.</param>
public sealed record SlotScore(int Correct, int Predicted, int Actual, double TokenAccuracy, double SentenceAccuracy)
{
    /// <summary>Precision and recall of chunks.</summary>
    public PrecisionRecall Chunks => PrecisionRecall.Of(Correct, Predicted, Actual);

    /// <summary>Scores tags <c>O</c>, <c>B-type</c>, <c>I-type</c>; an <c>I-</c> without a chunk of its type before it opens one.</summary>
    /// <param name="predicted">The tags of each sentence.</param>
    /// <param name="actual">The true tags, as many.</param>
    /// <exception cref="ArgumentException">The numbers of sentences or tags differ, or a tag has another form.</exception>
    public static SlotScore Of(IReadOnlyList<IReadOnlyList<string>> predicted, IReadOnlyList<IReadOnlyList<string>> actual)
    {
        ArgumentNullException.ThrowIfNull(predicted);
        ArgumentNullException.ThrowIfNull(actual);
        if (predicted.Count != actual.Count || actual.Count == 0)
            throw new ArgumentException($"SlotScore: {predicted.Count} predicted sentences for {actual.Count}; give as many, and at least one.", nameof(predicted));
        var (correct, found, wanted, exact) = (0, 0, 0, 0);
        long tokens = 0, right = 0;
        for (var i = 0; i < actual.Count; i++)
        {
            if (predicted[i].Count != actual[i].Count) throw new ArgumentException($"SlotScore: sentence {i} has {actual[i].Count} tags, but {predicted[i].Count} were predicted; give one for each token.", nameof(predicted));
            var chunks = ChunksOf(predicted[i]).ToList();
            var truth = ChunksOf(actual[i]).ToHashSet();
            correct += chunks.Count(truth.Contains);
            found += chunks.Count;
            wanted += truth.Count;
            var same = predicted[i].Zip(actual[i]).Count(pair => pair.First == pair.Second);
            right += same;
            tokens += actual[i].Count;
            if (same == actual[i].Count) exact++;
        }
        return new(correct, found, wanted, tokens == 0 ? 1 : (double)right / tokens, (double)exact / actual.Count);
    }

    /// <summary>The chunks of a sentence: first token, the token after the last, type.</summary>
    /// <param name="tags">The tags of the sentence.</param>
    public static IEnumerable<(int Start, int End, string Type)> ChunksOf(IReadOnlyList<string> tags)
    {
        ArgumentNullException.ThrowIfNull(tags);
        var start = -1;
        var open = "";
        for (var i = 0; i <= tags.Count; i++)
        {
            var tag = i < tags.Count ? tags[i] : "O";
            var inside = tag != "O";
            if (inside && !(tag.Length > 2 && tag[0] is 'B' or 'I' && tag[1] == '-'))
                throw new ArgumentException($"SlotScore: the tag '{Excerpt.Of(tag)}' is none of O, B-type and I-type.", nameof(tags));
            var type = inside ? tag[2..] : "";
            var continues = start >= 0 && inside && tag[0] == 'I' && type == open;
            if (start >= 0 && !continues)
            {
                yield return (start, i, open);
                start = -1;
            }
            if (inside && !continues) (start, open) = (i, type);
        }
    }
}
