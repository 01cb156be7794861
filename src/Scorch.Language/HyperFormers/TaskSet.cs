namespace Scorch.Language.HyperFormers;

/// <summary>Tasks with the tokeniser that cuts their texts; training texts are cut once.</summary>
public sealed class TaskSet
{
    private readonly Dictionary<string, Encoded> encoded = new(StringComparer.Ordinal);

    /// <summary>A set of tasks.</summary>
    /// <param name="text">Cuts texts.</param>
    /// <param name="tasks">The tasks, names unique.</param>
    /// <exception cref="ArgumentException">There is no task, two have one name, or a label cannot be told from others in tokens.</exception>
    public TaskSet(TaskText text, params IReadOnlyList<TextTask> tasks)
    {
        ArgumentNullException.ThrowIfNull(text);
        ArgumentNullException.ThrowIfNull(tasks);
        if (tasks.Count == 0) throw new ArgumentException("TaskSet: no task was given; give one at least.", nameof(tasks));
        (Text, Tasks) = (text, [.. tasks]);
        foreach (var task in Tasks)
        {
            if (encoded.ContainsKey(task.Name)) throw new ArgumentException($"TaskSet: two tasks are named '{task.Name}'; give each a name of its own.", nameof(tasks));
            CheckLabels(task);
            encoded.Add(task.Name, new([.. task.Train.Select(example => text.Encode(example.Source))], [.. task.Train.Select(example => text.Encode(example.Target))]));
        }
    }

    /// <summary>Cuts texts.</summary>
    public TaskText Text { get; }

    /// <summary>The tasks.</summary>
    public IReadOnlyList<TextTask> Tasks { get; }

    /// <summary>The task with a name.</summary>
    /// <exception cref="ArgumentException">There is none; the known ones are listed.</exception>
    public TextTask this[string name] => Tasks.FirstOrDefault(task => task.Name == name)
        ?? throw new ArgumentException($"TaskSet: there is no task '{name}'; the known tasks are {string.Join(", ", Tasks.Select(task => task.Name))}.", nameof(name));

    /// <summary>Training examples as a batch.</summary>
    /// <param name="draw">Which; tasks by their numbers in <paramref name="trained"/>.</param>
    /// <param name="trained">Names of the tasks that are drawn from.</param>
    /// <param name="model">Says what numbers the tasks have.</param>
    internal TextBatch Batch(TaskDraw draw, IReadOnlyList<string> trained, MultiTaskModel model)
    {
        var rows = draw.Tasks.Zip(draw.Examples, (task, example) => (Data: encoded[trained[task]], Example: example)).ToArray();
        return TaskText.Batch(
            [.. rows.Select(row => row.Data.Sources[row.Example])],
            [.. rows.Select(row => row.Data.Targets[row.Example])],
            [.. draw.Tasks.Select(task => model.NumberOf(trained[task]))]);
    }

    private void CheckLabels(TextTask task)
    {
        if (!task.Metric.IsClassification) return;
        var known = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var label in task.Labels)
        {
            if (Text.HoldsUnknown(label)) throw new ArgumentException($"TaskSet: the label '{label}' of task '{task.Name}' holds a word that the tokeniser does not know; choose another text for it, or add the word.", nameof(task));
            var tokens = Text.Encode(label);
            if (!known.TryAdd(string.Join(' ', tokens), label))
                throw new ArgumentException($"TaskSet: the labels '{known[string.Join(' ', tokens)]}' and '{label}' of task '{task.Name}' are the same tokens; choose texts that differ.", nameof(task));
        }
    }

    private sealed record Encoded(int[][] Sources, int[][] Targets);
}
