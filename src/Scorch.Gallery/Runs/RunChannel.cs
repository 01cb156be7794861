using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Threading.Channels;
using Scorch.Reproductions;

namespace Scorch.Gallery.Runs;

/// <summary>The news of one run: the last ones kept, and all that come passed on to whoever follows.</summary>
internal sealed class RunChannel : IProgress<RunProgress>
{
    private const int Kept = 200;
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);

    private readonly Lock _gate = new();
    private readonly Queue<RunNews> _last = new();
    private readonly List<Channel<RunNews>> _followers = [];
    private RunState _state = RunState.Waiting;
    private long _number;
    private long _lastFraction = long.MinValue;
    private bool _isClosed;

    /// <summary>Progress of the running work; more than ten fractions a second are thinned out.</summary>
    public void Report(RunProgress value)
    {
        lock (_gate)
        {
            if (value.Fraction is { } fraction && fraction < 1)
            {
                if (_lastFraction != long.MinValue && Stopwatch.GetElapsedTime(_lastFraction) < Pause)
                {
                    return;
                }

                _lastFraction = Stopwatch.GetTimestamp();
            }

            Add(value.Message, value.Fraction);
        }
    }

    /// <summary>A change of state; after one that ends the run nothing follows.</summary>
    public void Tell(RunState state, string message, bool isLast = false)
    {
        lock (_gate)
        {
            _state = state;
            Add(message, state == RunState.Finished ? 1 : null);
            if (!isLast)
            {
                return;
            }

            _isClosed = true;
            foreach (var follower in _followers)
            {
                follower.Writer.TryComplete();
            }

            _followers.Clear();
        }
    }

    /// <summary>The kept news after a number, then those that come, until the run ends.</summary>
    public async IAsyncEnumerable<RunNews> FollowAsync(long after, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        // A slow reader misses the oldest rather than holding up the run.
        var channel = Channel.CreateBounded<RunNews>(new BoundedChannelOptions(Kept + 56) { FullMode = BoundedChannelFullMode.DropOldest, SingleReader = true });
        lock (_gate)
        {
            foreach (var news in _last.Where(news => news.Number > after))
            {
                channel.Writer.TryWrite(news);
            }

            if (_isClosed)
            {
                channel.Writer.TryComplete();
            }
            else
            {
                _followers.Add(channel);
            }
        }

        try
        {
            await foreach (var news in channel.Reader.ReadAllAsync(cancellationToken).ConfigureAwait(false))
            {
                yield return news;
            }
        }
        finally
        {
            lock (_gate)
            {
                _followers.Remove(channel);
            }
        }
    }

    private void Add(string message, double? fraction)
    {
        if (_isClosed)
        {
            return;
        }

        var news = new RunNews(++_number, _state, message, fraction is { } part && double.IsFinite(part) ? Math.Clamp(part, 0, 1) : null);
        _last.Enqueue(news);
        if (_last.Count > Kept)
        {
            _last.Dequeue();
        }

        foreach (var follower in _followers)
        {
            follower.Writer.TryWrite(news);
        }
    }
}
