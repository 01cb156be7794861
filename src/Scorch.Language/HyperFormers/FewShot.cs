using Scorch.Autograd;

namespace Scorch.Language.HyperFormers;

/// <summary>Helps adapting to a new task.</summary>
public static class FewShot
{
    private const int Rows = 32;

    /// <summary>The trained task whose adapters explain a new task's examples best: the least mean loss of the answers.</summary>
    /// <param name="model">The trained model, in evaluation mode.</param>
    /// <param name="text">Cuts texts as in training.</param>
    /// <param name="examples">The new task's examples.</param>
    /// <param name="cancellationToken">Stops between two batches.</param>
    /// <exception cref="ArgumentException">There is no example.</exception>
    public static string MostSimilarTask(MultiTaskModel model, TaskText text, IReadOnlyList<TaskExample> examples, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(text);
        ArgumentNullException.ThrowIfNull(examples);
        if (examples.Count == 0) throw new ArgumentException("MostSimilarTask: there is no example; give one at least.", nameof(examples));
        using var mode = GradientMode.Disable();
        var losses = Enumerable.Range(0, model.Tasks.Count).Select(Loss).ToArray();
        return model.Tasks[Array.IndexOf(losses, losses.Min())];

        double Loss(int task)
        {
            double sum = 0;
            foreach (var rows in examples.Chunk(Rows))
            {
                cancellationToken.ThrowIfCancellationRequested();
                var batch = TaskText.Batch([.. rows.Select(row => text.Encode(row.Source))], [.. rows.Select(row => text.Encode(row.Target))], [.. rows.Select(_ => task)]);
                sum += model.Loss(batch).Item() * rows.Length;
            }
            return sum / examples.Count;
        }
    }
}
