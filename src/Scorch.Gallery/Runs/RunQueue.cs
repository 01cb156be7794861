using System.Security.Cryptography;
using System.Text.RegularExpressions;
using Scorch.Reproductions;

namespace Scorch.Gallery.Runs;

/// <summary>Runs reproductions one after the other, in the order in which they were asked for.</summary>
/// <remarks>
/// Every change of state is on disk before it is told. A server that is killed finds on its next start what had finished, and marks what it was
/// doing as interrupted.
/// </remarks>
public sealed partial class RunQueue : IAsyncDisposable
{
    // What does not stop when it is asked to is left behind; its files are renamed into place whole.
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(10);

    private readonly Catalog _catalog;
    private readonly DataLocator? _data;
    private readonly int _mostWaiting;
    private readonly RunJournal _journal;
    private readonly Lock _gate = new();
    private readonly Dictionary<string, Work> _works = new(StringComparer.Ordinal);
    private readonly List<Work> _order = [];
    private readonly SemaphoreSlim _ready = new(0);
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _worker;

    /// <summary>Takes a folder and starts working.</summary>
    /// <param name="catalog">What can be run.</param>
    /// <param name="folder">Where runs are kept, a folder each.</param>
    /// <param name="data">Where data sets are found; null for the usual places.</param>
    /// <param name="mostWaiting">How many runs may wait, at least 1.</param>
    /// <exception cref="UsageException">Another server has the folder, or it cannot be written.</exception>
    public RunQueue(Catalog catalog, string folder, DataLocator? data = null, int mostWaiting = 8)
    {
        ArgumentNullException.ThrowIfNull(catalog);
        ArgumentException.ThrowIfNullOrEmpty(folder);
        ArgumentOutOfRangeException.ThrowIfLessThan(mostWaiting, 1);
        _catalog = catalog;
        _data = data;
        _mostWaiting = mostWaiting;
        _journal = new RunJournal(folder);
        var problems = new List<string>();
        foreach (var entry in _journal.Recover(DateTime.UtcNow, problems))
        {
            var work = new Work(entry);
            work.Channel.Tell(entry.State, entry.Message ?? Ended(entry.State), isLast: true);
            _works.Add(entry.Id, work);
            _order.Add(work);
        }

        Problems = problems;
        _worker = Task.Run(WorkAsync);
    }

    /// <summary>Records of earlier runs that could not be read, and why.</summary>
    public IReadOnlyList<string> Problems { get; }

    /// <summary>All runs, newest first.</summary>
    public IReadOnlyList<RunEntry> Entries
    {
        get
        {
            lock (_gate)
            {
                return [.. _order.Select(work => work.Entry).Reverse()];
            }
        }
    }

    /// <summary>How many runs may wait.</summary>
    public int MostWaiting => _mostWaiting;

    /// <summary>Whether a text has the form of a run's name.</summary>
    public static bool IsId(string? text) => text is not null && Id().IsMatch(text);

    /// <summary>The run of a name, or null.</summary>
    public RunEntry? Find(string id)
    {
        lock (_gate)
        {
            return _works.TryGetValue(id, out var work) ? work.Entry : null;
        }
    }

    /// <summary>Puts a run at the end of the queue.</summary>
    /// <exception cref="UsageException">There is no such paper, it does not run, a number is out of range, a setting does not fit, or as many runs wait as may.</exception>
    public RunEntry Add(RunOrder order)
    {
        ArgumentNullException.ThrowIfNull(order);
        var paper = _catalog.FindPaper(order.Paper);
        var reproduction = _catalog.TryFindReproduction(paper.Slug) ?? throw new UsageException($"'{paper.Slug}' does not run yet.");
        if (!Enum.IsDefined(order.Scale))
        {
            throw new UsageException($"There is no scale {order.Scale}.");
        }

        if (order.SeedCount is < 1 or > ReproductionRunner.MaximumSeeds)
        {
            throw new UsageException($"{order.SeedCount} seeds: expected between 1 and {ReproductionRunner.MaximumSeeds}.");
        }

        if (order.FirstSeed < 0)
        {
            throw new UsageException($"First seed {order.FirstSeed}: expected 0 or more.");
        }

        // Throws where a setting is unknown or its value does not fit.
        _ = new RunSettings(reproduction.Settings(order.Scale), [.. order.Settings]);
        lock (_gate)
        {
            _stop.Token.ThrowIfCancellationRequested();
            if (_order.Count(work => work.Entry.State == RunState.Waiting) >= _mostWaiting)
            {
                throw new UsageException($"{_mostWaiting} runs wait already; cancel one, or come back when one has ended.");
            }

            var entry = new RunEntry
            {
                Id = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(8)),
                Order = order,
                State = RunState.Waiting,
                RequestedAt = DateTime.UtcNow,
            };
            _journal.Write(entry);
            var work = new Work(entry);
            work.Channel.Tell(RunState.Waiting, "Waiting for its turn.");
            _works.Add(entry.Id, work);
            _order.Add(work);
            _ready.Release();
            return entry;
        }
    }

    /// <summary>Cancels a run: one that waits at once, one that is under way at its next step. One that has ended stays as it is.</summary>
    /// <returns>Whether there is such a run.</returns>
    public bool Cancel(string id)
    {
        Work? running = null;
        lock (_gate)
        {
            if (!_works.TryGetValue(id, out var work))
            {
                return false;
            }

            if (work.Entry.State == RunState.Waiting)
            {
                End(work, RunState.Cancelled, null);
            }
            else if (work.Entry.State == RunState.Running && !work.Entry.IsCancelling)
            {
                Change(work, work.Entry with { IsCancelling = true });
                work.Channel.Tell(RunState.Running, "Cancelling: the run stops at its next step.");
                running = work;
            }
        }

        running?.Cancellation.Cancel();
        return true;
    }

    /// <summary>What happens to a run, from the news after a number on, until it ends; null where there is no such run.</summary>
    public IAsyncEnumerable<RunNews>? Follow(string id, long after = 0, CancellationToken cancellationToken = default)
    {
        lock (_gate)
        {
            return _works.TryGetValue(id, out var work) ? work.Channel.FollowAsync(after, cancellationToken) : null;
        }
    }

    /// <summary>A finished run's file, or null where the run has not finished or has none.</summary>
    /// <param name="id">The run's name.</param>
    /// <param name="name"><see cref="RunFiles.Report"/> or <see cref="RunFiles.Evidence"/>.</param>
    public string? FileOf(string id, string name)
    {
        if (name is not (RunFiles.Report or RunFiles.Evidence) || Find(id) is not { State: RunState.Finished } entry)
        {
            return null;
        }

        var path = Path.Combine(_journal.FolderOf(entry.Id), name);
        return File.Exists(path) ? path : null;
    }

    /// <summary>Stops: the run under way is asked to end and marked as interrupted, as are those that wait.</summary>
    public async ValueTask DisposeAsync()
    {
        if (!_stop.IsCancellationRequested)
        {
            await _stop.CancelAsync().ConfigureAwait(false);
            await _worker.ConfigureAwait(false);
            lock (_gate)
            {
                foreach (var work in _order.Where(work => work.Entry.State == RunState.Waiting))
                {
                    End(work, RunState.Interrupted, "The server stopped before the run began.");
                }
            }

            _journal.Dispose();
            _ready.Dispose();
            _stop.Dispose();
        }
    }

    private async Task WorkAsync()
    {
        try
        {
            while (true)
            {
                await _ready.WaitAsync(_stop.Token).ConfigureAwait(false);
                if (Begin() is { } work)
                {
                    await RunAsync(work).ConfigureAwait(false);
                }
            }
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
            // The server stops.
        }
    }

    private Work? Begin()
    {
        lock (_gate)
        {
            var next = _order.FirstOrDefault(work => work.Entry.State == RunState.Waiting);
            if (next is not null)
            {
                Change(next, next.Entry with { State = RunState.Running, StartedAt = DateTime.UtcNow });
                next.Channel.Tell(RunState.Running, "Begun.");
            }

            return next;
        }
    }

    private async Task RunAsync(Work work)
    {
        using var both = CancellationTokenSource.CreateLinkedTokenSource(_stop.Token, work.Cancellation.Token);
        var (state, message) = (RunState.Finished, (string?)null);
        try
        {
            var order = work.Entry.Order;
            var paper = _catalog.FindPaper(order.Paper);
            var folder = _journal.FolderOf(work.Entry.Id);
            var request = new RunRequest { Scale = order.Scale, SeedCount = order.SeedCount, FirstSeed = order.FirstSeed, Overrides = [.. order.Settings], OutputDirectory = folder, Data = _data, Progress = work.Channel };
            var running = ReproductionRunner.RunAsync(_catalog.TryFindReproduction(paper.Slug)!, request, both.Token);
            var result = await AwaitAsync(running, both.Token).ConfigureAwait(false);
            RunFiles.Write(folder, paper, result);
        }
        catch (OperationCanceledException) when (both.IsCancellationRequested)
        {
            (state, message) = work.Cancellation.IsCancellationRequested ? (RunState.Cancelled, null) : (RunState.Interrupted, "The server stopped before the run ended.");
        }
        catch (Exception problem)
        {
            // Whatever went wrong in a run is the run's result; the queue goes on.
            (state, message) = (RunState.Failed, problem is UsageException or MissingDataException ? problem.Message : $"{problem.Message} ({problem.GetType().Name})");
        }

        lock (_gate)
        {
            End(work, state, message);
        }
    }

    private static async Task<T> AwaitAsync<T>(Task<T> running, CancellationToken cancellationToken)
    {
        try
        {
            return await running.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested && !running.IsCompleted)
        {
            await Task.WhenAny(running, Task.Delay(Grace, CancellationToken.None)).ConfigureAwait(false);
            throw;
        }
    }

    private void End(Work work, RunState state, string? message)
    {
        Change(work, work.Entry with { State = state, EndedAt = DateTime.UtcNow, Message = message, IsCancelling = false });
        work.Channel.Tell(state, work.Entry.Message ?? Ended(state), isLast: true);
    }

    // A full disk must not end the queue: the run goes on, and says that its record is missing.
    private void Change(Work work, RunEntry entry)
    {
        try
        {
            _journal.Write(entry);
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            entry = entry with { Message = $"{entry.Message} This state could not be recorded: {problem.Message}".TrimStart() };
        }

        work.Entry = entry;
    }

    private static string Ended(RunState state) => state switch
    {
        RunState.Finished => "Finished: evidence and report are written.",
        RunState.Cancelled => "Cancelled.",
        RunState.Interrupted => "Interrupted: the server stopped.",
        _ => "Failed.",
    };

    [GeneratedRegex("^[0-9a-f]{16}\\z", RegexOptions.CultureInvariant)]
    private static partial Regex Id();

    private sealed class Work(RunEntry entry)
    {
        public RunEntry Entry { get; set; } = entry;

        public RunChannel Channel { get; } = new();

        public CancellationTokenSource Cancellation { get; } = new();
    }
}
