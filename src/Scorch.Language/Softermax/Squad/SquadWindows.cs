using Scorch.Text;

namespace Scorch.Language.Softermax;

/// <summary>A part of a paragraph with its question: [CLS] question [SEP] part [SEP].</summary>
/// <param name="Example">Number of the question.</param>
/// <param name="Ids">Tokens, 0 where there is none.</param>
/// <param name="Segments">1 in the paragraph.</param>
/// <param name="First">Place of the part's first token.</param>
/// <param name="Spans">Where in the paragraph each of the part's tokens stands.</param>
/// <param name="Start">Place of the answer's first token; 0, the [CLS], where the part does not hold all of it.</param>
/// <param name="End">Place of its last token.</param>
internal sealed record SquadWindow(int Example, long[] Ids, long[] Segments, int First, TextSpan[] Spans, int Start, int End);

/// <summary>Cuts paragraphs into windows that overlap, as BERT reads SQuAD.</summary>
internal static class SquadWindows
{
    private const int LongestQuestion = 64, LongestAnswer = 30;

    /// <summary>The windows of questions; the first true answer is the one trained on.</summary>
    public static List<SquadWindow> Of(IReadOnlyList<SquadExample> examples, ITokenizer tokenizer, int length, int stride)
    {
        var (begin, end) = (Special("[CLS]"), Special("[SEP]"));
        var windows = new List<SquadWindow>();
        for (var number = 0; number < examples.Count; number++)
        {
            var example = examples[number];
            var question = tokenizer.Encode(example.Question);
            if (question.Length > LongestQuestion) question = question[..LongestQuestion];
            var context = tokenizer.EncodeWithOffsets(example.Context);
            var room = length - question.Length - 3;
            if (room < 1) throw new ArgumentException($"SquadWindows: {length} tokens leave no room beside a question of {question.Length}; read more.", nameof(length));
            var (answerStart, answerEnd) = (example.Answers[0].Start, example.Answers[0].Start + example.Answers[0].Text.Length);
            for (var offset = 0; ; offset += Math.Min(room, stride))
            {
                var count = Math.Min(room, context.Ids.Count - offset);
                var (ids, segments) = (new long[length], new long[length]);
                long[] tokens = [begin, .. question, end, .. context.Ids.Skip(offset).Take(count).Select(id => (long)id), end];
                tokens.CopyTo(ids, 0);
                var first = question.Length + 2;
                Array.Fill(segments, 1, first, count + 1);
                var spans = context.Spans.Skip(offset).Take(count).ToArray();
                var start = Array.FindIndex(spans, span => span.End > answerStart);
                var last = Array.FindLastIndex(spans, span => span.Start < answerEnd);
                var holds = start >= 0 && last >= start && spans[start].Start <= answerStart && spans[last].End >= answerEnd;
                windows.Add(new(number, ids, segments, first, spans, holds ? first + start : 0, holds ? first + last : 0));
                if (offset + count >= context.Ids.Count) break;
            }
        }
        return windows;

        int Special(string name) => tokenizer.IdOf(name) ?? throw new InvalidDataException($"vocab.txt has no {name}; is it BERT's vocabulary?");
    }

    /// <summary>The likeliest answer among a question's windows: the sum of both logits, the end not before the start and at most 30 tokens.</summary>
    public static string Answer(SquadExample example, IEnumerable<(SquadWindow Window, float[] Starts, float[] Ends)> scored)
    {
        var (best, text) = (double.NegativeInfinity, "");
        foreach (var (window, starts, ends) in scored)
            for (var i = 0; i < window.Spans.Length; i++)
                for (var j = i; j < Math.Min(window.Spans.Length, i + LongestAnswer); j++)
                    if ((double)starts[window.First + i] + ends[window.First + j] is var score && score > best)
                        (best, text) = (score, example.Context[window.Spans[i].Start..window.Spans[j].End]);
        return text;
    }
}
