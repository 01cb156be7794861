using System.Diagnostics;
using System.Globalization;
using Scorch.Reproductions;
using Spectre.Console;

namespace Scorch.Cli;

/// <summary>Shows progress on standard error: a live bar on a terminal, plain lines elsewhere.</summary>
internal static class ProgressView
{
    public static async Task<T> ShowAsync<T>(Surroundings surroundings, Func<IProgress<RunProgress>, Task<T>> work)
    {
        if (!surroundings.ErrorIsTerminal)
        {
            return await work(new Lines(surroundings.Error)).ConfigureAwait(false);
        }

        return await surroundings.ErrorConsole().Progress()
            .AutoClear(true)
            .Columns(new SpinnerColumn(), new ProgressBarColumn(), new PercentageColumn(), new ElapsedTimeColumn(), new TaskDescriptionColumn { Alignment = Justify.Left })
            .StartAsync(context => work(new Bar(context.AddTask("starting", maxValue: 1)))).ConfigureAwait(false);
    }

    private sealed class Bar(ProgressTask task) : IProgress<RunProgress>
    {
        public void Report(RunProgress value)
        {
            task.Description = Markup.Escape(value.Message);
            task.IsIndeterminate = value.Fraction is null && task.Value == 0;
            if (value.Fraction is { } fraction)
            {
                task.Value = Math.Clamp(fraction, 0, 1);
            }
        }
    }

    // At most a line a second where a fraction is reported, so that a fast loop does not flood a log.
    private sealed class Lines(TextWriter writer) : IProgress<RunProgress>
    {
        private readonly Lock _gate = new();
        private long _last = long.MinValue;

        public void Report(RunProgress value)
        {
            lock (_gate)
            {
                if (value.Fraction is { } fraction && fraction < 1 && _last != long.MinValue && Stopwatch.GetElapsedTime(_last).TotalSeconds < 1)
                {
                    return;
                }

                _last = Stopwatch.GetTimestamp();
                writer.WriteLine(value.Fraction is { } part ? string.Create(CultureInfo.InvariantCulture, $"[{100 * part,3:0}%] {value.Message}") : value.Message);
            }
        }
    }
}
