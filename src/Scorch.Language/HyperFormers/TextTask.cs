namespace Scorch.Language.HyperFormers;

/// <summary>A text and what it should become.</summary>
/// <param name="Source">The text, with whatever the task puts in front: <c>cola sentence: ...</c>.</param>
/// <param name="Target">The answer, such as a label's text.</param>
public sealed record TaskExample(string Source, string Target);

/// <summary>A task from text to text, with its parts.</summary>
public sealed class TextTask
{
    /// <summary>A task.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="train">Examples to train on.</param>
    /// <param name="validation">Examples to choose by; may be empty.</param>
    /// <param name="test">Examples to test on; may be empty.</param>
    /// <param name="metric">Scores answers; by default accuracy.</param>
    /// <param name="allowsUnseenLabels">Take examples whose label no training example has: such an answer can hardly be right, and counts as wrong.</param>
    /// <exception cref="ArgumentException">There is nothing to train on, a text or answer is empty, or a label does not occur in training.</exception>
    public TextTask(
        string name, IReadOnlyList<TaskExample> train, IReadOnlyList<TaskExample>? validation = null, IReadOnlyList<TaskExample>? test = null, TaskMetric? metric = null, bool allowsUnseenLabels = false)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        ArgumentNullException.ThrowIfNull(train);
        (Name, Train, Validation, Test, Metric) = (name, train, validation ?? [], test ?? [], metric ?? TaskMetric.Accuracy);
        if (train.Count == 0) throw new ArgumentException($"TextTask '{name}': there is no training example, so that no batch could be drawn; give one at least or leave the task out.", nameof(train));
        var known = new HashSet<string>(StringComparer.Ordinal);
        var labels = new List<string>();
        foreach (var (part, examples) in new[] { (nameof(train), Train), (nameof(validation), Validation), (nameof(test), Test) })
        {
            for (var i = 0; i < examples.Count; i++)
            {
                if (string.IsNullOrWhiteSpace(examples[i].Source) || string.IsNullOrWhiteSpace(examples[i].Target))
                    throw new ArgumentException($"TextTask '{name}': {part} example {i} has an empty text or answer; leave it out.", part);
                if (part == nameof(train))
                {
                    if (known.Add(examples[i].Target)) labels.Add(examples[i].Target);
                }
                else if (Metric.IsClassification && !allowsUnseenLabels && !known.Contains(examples[i].Target))
                {
                    throw new ArgumentException($"TextTask '{name}': {part} example {i} has the label '{examples[i].Target}', which no training example has (labels: {string.Join(", ", labels.Take(20))}); correct it, or allow unseen labels.", part);
                }
            }
        }
        Labels = [.. labels.Order(StringComparer.Ordinal)];
    }

    /// <summary>Its name.</summary>
    public string Name { get; }

    /// <summary>Examples to train on.</summary>
    public IReadOnlyList<TaskExample> Train { get; }

    /// <summary>Examples to choose by.</summary>
    public IReadOnlyList<TaskExample> Validation { get; }

    /// <summary>Examples to test on.</summary>
    public IReadOnlyList<TaskExample> Test { get; }

    /// <summary>Scores answers.</summary>
    public TaskMetric Metric { get; }

    /// <summary>The answers of training examples, each once, in ordinal order.</summary>
    public IReadOnlyList<string> Labels { get; }

    /// <summary>A task whose texts are <c>name sentence: text</c>.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="text">The text.</param>
    public static string SourceOf(string name, string text) => $"{name} sentence: {text}";
}
