using Scorch.Autograd;
using Scorch.Models.Generation;

namespace Scorch.Language.HyperFormers;

/// <summary>How a model's answer is found.</summary>
public enum Answering
{
    /// <summary>Generated token by token, as in the paper; it may be no label at all.</summary>
    Generated,

    /// <summary>The label whose text has the greatest probability.</summary>
    Ranked,
}

/// <summary>Answers texts by a model of several tasks; a batch may mix tasks.</summary>
/// <param name="model">The model, in evaluation mode.</param>
/// <param name="text">Cuts texts as in training.</param>
/// <param name="batchSize">Texts answered together.</param>
public sealed class TaskPredictor(MultiTaskModel model, TaskText text, int batchSize = 64)
{
    /// <summary>Answers by generation, the likeliest token at a time.</summary>
    /// <param name="sources">The texts, as in training.</param>
    /// <param name="tasks">Each one's task.</param>
    /// <param name="maximumTokens">The most tokens of an answer, its end included.</param>
    /// <param name="cancellationToken">Stops between two batches.</param>
    /// <returns>One answer a text.</returns>
    /// <exception cref="ArgumentException">A task is unknown, or the numbers differ.</exception>
    /// <exception cref="InvalidOperationException">The model is in training mode.</exception>
    public IReadOnlyList<string> Generate(IReadOnlyList<string> sources, IReadOnlyList<string> tasks, int maximumTokens, CancellationToken cancellationToken = default)
    {
        var answers = new string[Require(sources, tasks)];
        foreach (var (rows, prompts, numbers) in Batches(sources, tasks))
        {
            cancellationToken.ThrowIfCancellationRequested();
            var generator = new TextGenerator(model.ForTasks(numbers), new() { MaximumNewTokens = maximumTokens, StopTokens = [text.EndToken] });
            var texts = generator.Generate(prompts);
            for (var i = 0; i < rows.Length; i++) answers[rows[i]] = text.Decode(texts[i].Tokens);
        }
        return answers;
    }

    /// <summary>Log-probabilities of labels.</summary>
    /// <param name="sources">The texts, as in training.</param>
    /// <param name="task">Their task.</param>
    /// <param name="labels">The labels' texts.</param>
    /// <param name="cancellationToken">Stops between two batches.</param>
    /// <returns>[text][label]: the sum over the label's tokens and the end.</returns>
    /// <exception cref="ArgumentException">The task is unknown, or there is no label.</exception>
    /// <exception cref="InvalidOperationException">The model is in training mode.</exception>
    public double[][] LogProbabilities(IReadOnlyList<string> sources, string task, IReadOnlyList<string> labels, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(labels);
        var scores = new double[Require(sources, [.. (sources ?? []).Select(_ => task)])][];
        if (labels.Count == 0) throw new ArgumentException("TaskPredictor: there is no label; give one at least.", nameof(labels));
        var targets = labels.Select(text.Encode).ToArray();
        foreach (var (rows, prompts, numbers) in Batches(sources!, [.. sources!.Select(_ => task)]))
        {
            cancellationToken.ThrowIfCancellationRequested();
            var own = LogProbabilities(model.ForTasks(numbers).Begin(prompts), targets, rows.Length);
            for (var i = 0; i < rows.Length; i++) scores[rows[i]] = own[i];
        }
        return scores;
    }

    /// <summary>Answers by the likeliest label.</summary>
    /// <param name="sources">The texts, as in training.</param>
    /// <param name="task">Their task.</param>
    /// <param name="labels">The labels' texts.</param>
    /// <param name="cancellationToken">Stops between two batches.</param>
    /// <returns>One label a text; of equally likely ones the first.</returns>
    /// <exception cref="ArgumentException">The task is unknown, or there is no label.</exception>
    public IReadOnlyList<string> Rank(IReadOnlyList<string> sources, string task, IReadOnlyList<string> labels, CancellationToken cancellationToken = default) =>
        [.. LogProbabilities(sources, task, labels, cancellationToken).Select(scores => labels[Array.IndexOf(scores, scores.Max())])];

    /// <summary>A task's score of examples, in percent.</summary>
    /// <param name="task">The task; its name is one of the model's.</param>
    /// <param name="examples">The examples.</param>
    /// <param name="answering">How answers are found; a task of numbers is always generated.</param>
    /// <param name="cancellationToken">Stops between two batches.</param>
    /// <exception cref="ArgumentException">The model does not know the task, or there is no example.</exception>
    public double Score(TextTask task, IReadOnlyList<TaskExample> examples, Answering answering = Answering.Generated, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(task);
        ArgumentNullException.ThrowIfNull(examples);
        if (examples.Count == 0) throw new ArgumentException($"TaskPredictor: there is no example of '{task.Name}'; give one at least.", nameof(examples));
        string[] sources = [.. examples.Select(example => example.Source)];
        // A generated label is what its tokens stand for: compared as the tokeniser writes it.
        var answers = answering == Answering.Ranked && task.Metric.IsClassification
            ? Rank(sources, task.Name, task.Labels, cancellationToken).Select(Written)
            : Generate(sources, [.. sources.Select(_ => task.Name)], MaximumTokens(task), cancellationToken);
        return task.Metric.Score([.. answers], [.. examples.Select(example => Written(example.Target))]);
    }

    /// <summary>Tokens of the longest answer in training, its end included.</summary>
    internal int MaximumTokens(TextTask task) => task.Labels.Max(label => text.Encode(label).Length);

    private string Written(string target) => text.Decode(text.Encode(target).Select(token => (long)token));

    /// <summary>Every row goes once beside each label; the first token's probabilities need no repetition.</summary>
    private static double[][] LogProbabilities(IDecodingSession session, int[][] targets, int rows)
    {
        using var mode = GradientMode.Disable();
        var scores = Enumerable.Range(0, rows).Select(_ => new double[targets.Length]).ToArray();
        var (first, vocabulary) = Logarithms(session);
        for (var row = 0; row < rows; row++)
            for (var label = 0; label < targets.Length; label++) scores[row][label] = first[(row * vocabulary) + targets[label][0]];
        session.Keep([.. Enumerable.Range(0, rows * targets.Length).Select(place => place / targets.Length)]);
        for (var step = 1; step < targets.Max(target => target.Length); step++)
        {
            // A label that has ended goes on with its end; its score stays.
            session.Append([.. Enumerable.Range(0, rows * targets.Length).Select(place => (long)targets[place % targets.Length][Math.Min(step, targets[place % targets.Length].Length) - 1])]);
            var (next, _) = Logarithms(session);
            for (var place = 0; place < rows * targets.Length; place++)
                if (targets[place % targets.Length] is var target && step < target.Length) scores[place / targets.Length][place % targets.Length] += next[(place * vocabulary) + target[step]];
        }
        return scores;
    }

    private static (double[] Values, int Vocabulary) Logarithms(IDecodingSession session)
    {
        var logarithms = session.Logits().To(DataType.Float64).LogSoftmax(-1);
        return (logarithms.ToArray<double>(), logarithms.Shape[1]);
    }

    private int Require(IReadOnlyList<string>? sources, IReadOnlyList<string> tasks)
    {
        ArgumentNullException.ThrowIfNull(sources);
        ArgumentNullException.ThrowIfNull(tasks);
        ArgumentOutOfRangeException.ThrowIfLessThan(batchSize, 1);
        return tasks.Count == sources.Count ? sources.Count : throw new ArgumentException($"TaskPredictor: {tasks.Count} tasks for {sources.Count} texts; give one for each.", nameof(tasks));
    }

    /// <summary>Texts of like length together, so that little is padded.</summary>
    private IEnumerable<(int[] Rows, long[][] Prompts, int[] Tasks)> Batches(IReadOnlyList<string> sources, IReadOnlyList<string> tasks)
    {
        var numbers = tasks.Select(model.NumberOf).ToArray();
        var prompts = sources.Select(source => Array.ConvertAll(text.Encode(source), token => (long)token)).ToArray();
        foreach (var rows in Enumerable.Range(0, prompts.Length).OrderBy(row => prompts[row].Length).Chunk(batchSize))
            yield return (rows, [.. rows.Select(row => prompts[row])], [.. rows.Select(row => numbers[row])]);
    }
}
