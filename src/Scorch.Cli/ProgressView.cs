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
            return await work(new ProgressLines(surroundings.Error)).ConfigureAwait(false);
        }

        return await Bars(surroundings).StartAsync(context => work(new Bar(context.AddTask("starting", maxValue: 1)))).ConfigureAwait(false);
    }

    /// <summary>The same for a command that writes results of its own and may report nothing: the bar appears with the first report and leaves before the first result.</summary>
    public static async Task ShowWhenReportedAsync(Surroundings surroundings, Func<IProgress<RunProgress>, TextWriter, TextWriter, Task> work)
    {
        if (!surroundings.ErrorIsTerminal)
        {
            await work(new ProgressLines(surroundings.Error), surroundings.Output, surroundings.Error).ConfigureAwait(false);
            return;
        }

        var bar = new PassingBar(surroundings);
        using var output = new InterruptingWriter(surroundings.Output, bar.End);
        using var error = new InterruptingWriter(surroundings.Error, bar.End);
        try
        {
            await work(bar, output, error).ConfigureAwait(false);
        }
        finally
        {
            bar.End();
        }
    }

    private static Progress Bars(Surroundings surroundings) => surroundings.ErrorConsole().Progress()
        .AutoClear(true)
        .Columns(new SpinnerColumn(), new ProgressBarColumn(), new PercentageColumn(), new ElapsedTimeColumn(), new TaskDescriptionColumn { Alignment = Justify.Left });

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

    // A live bar from the first report to the end, or to the first line of other text; a later report brings it back.
    private sealed class PassingBar(Surroundings surroundings) : IProgress<RunProgress>
    {
        private readonly Lock _gate = new();
        private TaskCompletionSource? _end;
        private Task _shown = Task.CompletedTask;
        private Bar? _bar;

        public void Report(RunProgress value)
        {
            lock (_gate)
            {
                if (_bar is null)
                {
                    var (started, end) = (new TaskCompletionSource<Bar>(), new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
                    _end = end;
                    _shown = Task.Run(() => Bars(surroundings).StartAsync(context =>
                    {
                        started.SetResult(new Bar(context.AddTask("starting", maxValue: 1)));
                        return end.Task;
                    }));
                    _bar = started.Task.GetAwaiter().GetResult();
                }

                _bar.Report(value);
            }
        }

        public void End()
        {
            lock (_gate)
            {
                _end?.TrySetResult();
                _shown.GetAwaiter().GetResult();
                (_bar, _end, _shown) = (null, null, Task.CompletedTask);
            }
        }
    }

    private sealed class InterruptingWriter(TextWriter inner, Action before) : TextWriter
    {
        public override System.Text.Encoding Encoding => inner.Encoding;

        public override void Write(char value)
        {
            before();
            inner.Write(value);
        }

        public override void Write(string? value)
        {
            before();
            inner.Write(value);
        }

        public override void Write(char[] buffer, int index, int count)
        {
            before();
            inner.Write(buffer, index, count);
        }

        public override void Flush() => inner.Flush();
    }
}
