using Scorch.Autograd;
using Scorch.Models.Training;

namespace Scorch.Language.TimeDial;

/// <summary>How several masked tokens are told.</summary>
public enum FillingOrder
{
    /// <summary>All at once: one pass, every token from the dialog alone.</summary>
    OnePass,

    /// <summary>One after the other from the left, those before filled in: as many passes as tokens.</summary>
    LeftToRight,
}

/// <summary>Log-probabilities of spans under a model of masked tokens.</summary>
public static class MaskFilling
{
    /// <summary>A span between two runs of tokens.</summary>
    /// <param name="Left">Tokens before, the model's first token too.</param>
    /// <param name="Span">The span's tokens, at least one.</param>
    /// <param name="Right">Tokens behind, the model's last token too.</param>
    public readonly record struct Gap(IReadOnlyList<int> Left, IReadOnlyList<int> Span, IReadOnlyList<int> Right);

    /// <summary>The log-probability of each token of the spans; each span is replaced by as many masks as it has tokens.</summary>
    /// <param name="model">The model, in evaluation mode.</param>
    /// <param name="maskToken">Its mask.</param>
    /// <param name="gaps">The spans.</param>
    /// <param name="order">All at once or from the left.</param>
    /// <returns>For each span as many natural logarithms as it has tokens.</returns>
    /// <exception cref="ArgumentException">A span is empty.</exception>
    public static double[][] LogProbabilities(IMaskedTokenModel model, int maskToken, IReadOnlyList<Gap> gaps, FillingOrder order = FillingOrder.OnePass)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(gaps);
        foreach (var gap in gaps)
            if (gap.Span.Count == 0) throw new ArgumentException("MaskFilling: a span has no token; every option has at least one.", nameof(gaps));
        var results = gaps.Select(gap => new double[gap.Span.Count]).ToArray();
        if (gaps.Count == 0) return results;
        var longest = gaps.Max(gap => gap.Span.Count);
        for (var step = 0; step < (order == FillingOrder.OnePass ? 1 : longest); step++)
        {
            var open = Enumerable.Range(0, gaps.Count).Where(i => gaps[i].Span.Count > step).ToArray();
            Pass(model, maskToken, gaps, open, order == FillingOrder.OnePass ? null : step, results);
        }
        return results;
    }

    /// <summary>One example to train on: the span masked, its tokens the labels.</summary>
    /// <param name="gap">The span.</param>
    /// <param name="maskToken">The model's mask.</param>
    public static MaskedExample Example(Gap gap, int maskToken)
    {
        int[] inputs = [.. gap.Left, .. Enumerable.Repeat(maskToken, gap.Span.Count), .. gap.Right];
        var labels = new int[inputs.Length];
        Array.Fill(labels, MaskedBatch.Ignored);
        for (var i = 0; i < gap.Span.Count; i++) labels[gap.Left.Count + i] = gap.Span[i];
        return new(inputs, labels);
    }

    private static void Pass(IMaskedTokenModel model, int maskToken, IReadOnlyList<Gap> gaps, int[] open, int? step, double[][] results)
    {
        using var mode = GradientMode.Disable();
        // Spans of one gap and length look the same to the model in one pass: one row serves them all.
        var rows = new Dictionary<(object Left, object Right, int Length), int>();
        var (examples, wanted) = (new List<MaskedExample>(), new List<(int Row, int Place, int Token, int Gap, int Index)>());
        foreach (var number in open)
        {
            var gap = gaps[number];
            if (step is not null || !rows.TryGetValue((gap.Left, gap.Right, gap.Span.Count), out var row))
            {
                row = examples.Count;
                rows[(gap.Left, gap.Right, gap.Span.Count)] = row;
                var filled = Enumerable.Range(0, gap.Span.Count).Select(i => i < (step ?? 0) ? gap.Span[i] : maskToken);
                int[] inputs = [.. gap.Left, .. filled, .. gap.Right];
                var labels = new int[inputs.Length];
                Array.Fill(labels, MaskedBatch.Ignored);
                foreach (var i in step is { } only ? [only] : Enumerable.Range(0, gap.Span.Count)) labels[gap.Left.Count + i] = gap.Span[i];
                examples.Add(new(inputs, labels));
            }
            foreach (var i in step is { } single ? [single] : Enumerable.Range(0, gap.Span.Count)) wanted.Add((row, gap.Left.Count + i, gap.Span[i], number, i));
        }
        var batch = MaskedBatch.Of(examples);
        var logarithms = model.PredictAt(batch.Ids, batch.Mask, batch.Places).LogSoftmax(1);
        var (time, vocabulary) = (batch.Ids.Shape[1], logarithms.Shape[1]);
        var order = batch.Places.ToArray<long>().Select((place, index) => (place, index)).ToDictionary(pair => pair.place, pair => (long)pair.index);
        var flat = wanted.Select(want => (order[((long)want.Row * time) + want.Place] * vocabulary) + want.Token).ToArray();
        var values = logarithms.Reshape(-1).IndexSelect(0, Tensor.From(flat)).To(DataType.Float64).ToArray<double>();
        for (var k = 0; k < wanted.Count; k++) results[wanted[k].Gap][wanted[k].Index] = values[k];
    }
}
