namespace Scorch.Language.ZeroShotDst;

/// <summary>A question about the beginning of a history, and its answer.</summary>
/// <param name="Prefix">Tokens of the history that are seen.</param>
/// <param name="Question">Tokens between the marks of question and answer, these included.</param>
/// <param name="Answer">Tokens of the answer with its end.</param>
internal sealed record PackedQuestion(int Prefix, int[] Question, int[] Answer);

/// <summary>Histories, each with many questions about it, as one batch: a history is computed once, and every question block sees the beginning it asks about and itself.</summary>
/// <remarks>Places and sight are those of the lone sequence history + question + answer, so its values are the same; a test holds the two together.</remarks>
internal sealed class QuestionPack
{
    private QuestionPack()
    {
    }

    /// <summary>Int64 [rows, time].</summary>
    public required Tensor Ids { get; init; }

    /// <summary>Int64 [rows, time].</summary>
    public required Tensor Places { get; init; }

    /// <summary>Added to attention scores: 0 where a token may look, else minus infinity; [rows, 1, time, time].</summary>
    public required Tensor Sight { get; init; }

    /// <summary>Places among all rows' tokens before the targets, filled up with 0: int64 [rows * most].</summary>
    public required Tensor Before { get; init; }

    /// <summary>Target tokens: int64 [rows * most].</summary>
    public required Tensor Targets { get; init; }

    /// <summary>1 for a target, 0 for filling: [rows * most].</summary>
    public required Tensor Weights { get; init; }

    /// <summary>For the copy head: 0 where a target's place may look, else <see cref="CopyHead.Nowhere"/>; [rows, most, time].</summary>
    public required Tensor Visible { get; init; }

    /// <summary>The same, 0 only where the target itself stands.</summary>
    public required Tensor Same { get; init; }

    /// <summary>Target tokens in all.</summary>
    public required int TargetCount { get; init; }

    /// <summary>Packs rows.</summary>
    /// <param name="rows">Histories and questions; a row has one question at least.</param>
    public static QuestionPack Of(IReadOnlyList<(int[] History, IReadOnlyList<PackedQuestion> Questions)> rows)
    {
        var time = rows.Max(row => row.History.Length + row.Questions.Sum(Length));
        var most = rows.Max(row => row.Questions.Sum(question => question.Answer.Length));
        var (ids, places) = (new long[rows.Count * time], new long[rows.Count * time]);
        var sight = Filled(rows.Count * time * time, float.NegativeInfinity);
        var (before, targets, weights) = (new long[rows.Count * most], new long[rows.Count * most], new float[rows.Count * most]);
        var (visible, same) = (Filled(rows.Count * most * time, CopyHead.Nowhere), Filled(rows.Count * most * time, CopyHead.Nowhere));
        var total = 0;
        for (var row = 0; row < rows.Count; row++)
        {
            var (history, questions) = rows[row];
            var start = row * time;
            for (var i = 0; i < history.Length; i++)
            {
                (ids[start + i], places[start + i]) = (history[i], i);
                sight.AsSpan((start + i) * time, i + 1).Clear();
            }
            var (at, target) = (history.Length, row * most);
            foreach (var question in questions)
            {
                var first = at;
                var length = Length(question);
                for (var i = 0; i < length; i++, at++)
                {
                    var token = i < question.Question.Length ? question.Question[i] : question.Answer[i - question.Question.Length];
                    (ids[start + at], places[start + at]) = (token, question.Prefix + i);
                    sight.AsSpan((start + at) * time, question.Prefix).Clear();
                    sight.AsSpan(((start + at) * time) + first, i + 1).Clear();
                    if (i < question.Question.Length - 1) continue;
                    var wanted = question.Answer[i - question.Question.Length + 1];
                    (before[target], targets[target], weights[target]) = (start + at, wanted, 1);
                    for (var place = 0; place <= at; place++)
                    {
                        if (place >= question.Prefix && place < first) continue;
                        visible[(target * time) + place] = 0;
                        if (ids[start + place] == wanted) same[(target * time) + place] = 0;
                    }
                    target++;
                    total++;
                }
            }
            // Filling looks at itself, so that it stays a number.
            for (; at < time; at++) sight[((start + at) * time) + at] = 0;
        }
        return new()
        {
            Ids = Tensor.From(ids, [rows.Count, time]),
            Places = Tensor.From(places, [rows.Count, time]),
            Sight = Tensor.From(sight, [rows.Count, 1, time, time]),
            Before = Tensor.From(before),
            Targets = Tensor.From(targets),
            Weights = Tensor.From(weights),
            Visible = Tensor.From(visible, [rows.Count, most, time]),
            Same = Tensor.From(same, [rows.Count, most, time]),
            TargetCount = total,
        };

        // The answer's last token is only a target.
        static int Length(PackedQuestion question) => question.Question.Length + question.Answer.Length - 1;
    }

    private static float[] Filled(int count, float value)
    {
        var values = new float[count];
        Array.Fill(values, value);
        return values;
    }
}
