using System.Globalization;
using System.Text;
using Scorch.Training;

namespace Scorch.Reproductions;

/// <summary>Tells a run's or a command's progress what a <see cref="Trainer{TBatch}"/> reports: step, epoch, loss, metrics, rate and the time that is left.</summary>
/// <param name="progress">Where it is shown.</param>
/// <param name="name">What is trained, as the line begins.</param>
/// <param name="from">The fraction of the whole that was done before.</param>
/// <param name="to">The fraction that is done after.</param>
/// <example><code>trainer.Run(new TrainingView(context.Progress, "classifier"), context.CancellationToken);</code></example>
public sealed class TrainingView(IProgress<RunProgress> progress, string name, double from = 0, double to = 1) : IProgress<TrainingProgress>
{
    private (long Step, TimeSpan Elapsed)? _first;

    /// <inheritdoc/>
    public void Report(TrainingProgress value)
    {
        var done = value.Steps == 0 ? 1 : (double)value.Step / value.Steps;
        // Reckoned from the first report: a resumed run has steps that took no time of this call.
        var first = _first ??= (value.Step, value.Elapsed);
        var isKnown = value.Step > first.Step && value.Step < value.Steps;
        var left = isKnown ? (value.Elapsed - first.Elapsed) / (value.Step - first.Step) * (value.Steps - value.Step) : (TimeSpan?)null;
        progress.Report(new RunProgress(Line(value, left), from + ((to - from) * done)));
    }

    private string Line(TrainingProgress value, TimeSpan? left)
    {
        var culture = CultureInfo.InvariantCulture;
        var line = new StringBuilder().Append(culture, $"{name}: step {value.Step} of {value.Steps}, epoch {value.Epoch + 1}, loss {value.Loss:G4}");
        foreach (var (metric, number) in value.Metrics.OrderBy(entry => entry.Key, StringComparer.Ordinal))
        {
            line.Append(culture, $", {metric} {number:G4}");
        }

        line.Append(culture, $", rate {value.LearningRate:G3}");
        return (left is { } time ? line.Append(culture, $", {(int)time.TotalHours}:{time.Minutes:00}:{time.Seconds:00} left") : line).ToString();
    }
}
