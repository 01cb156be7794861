using System.Diagnostics;

namespace Scorch.Kernels;

/// <summary>Threads that claim chunks of one job at a time; the caller works too, and small work never wakes them.</summary>
/// <remarks>What a chunk computes must not depend on which thread runs it, nor on how many there are.</remarks>
internal static class WorkPool
{
    /// <summary>How long a thread without work looks for the next job before it sleeps: waking it would cost as much as many a job.</summary>
    private static readonly long Patience = Stopwatch.Frequency / 10_000;

    private static readonly Lock Gate = new();
    private static readonly List<Thread> Workers = [];
    private static readonly SemaphoreSlim Wake = new(0);
    private static Job? current;
    private static int published;
    private static int sleeping;
    private static int threads = Environment.ProcessorCount;

    [ThreadStatic]
    private static bool insideJob;

    /// <summary>Threads that share a job, the caller among them.</summary>
    public static int Threads
    {
        get => threads;
        set => threads = value >= 1 ? value : throw new ArgumentOutOfRangeException(nameof(value), value, "Threads: at least one thread is needed.");
    }

    /// <summary>Runs <paramref name="body"/> for 0 … chunks-1, in any order, perhaps at the same time.</summary>
    public static void Run(int chunks, Action<int> body)
    {
        var wanted = Math.Min(Threads, chunks);
        if (wanted <= 1 || insideJob || !Gate.TryEnter())
        {
            for (var i = 0; i < chunks; i++) body(i);
            return;
        }
        try
        {
            while (Workers.Count < wanted - 1)
            {
                var worker = new Thread(Work) { IsBackground = true, Name = "Scorch worker" };
                Workers.Add(worker);
                worker.Start();
            }
            var job = new Job(chunks, body, wanted - 1);
            Volatile.Write(ref current, job);
            Interlocked.Increment(ref published);
            if (Volatile.Read(ref sleeping) > 0) Wake.Release(Interlocked.Exchange(ref sleeping, 0));
            job.Run();
            Volatile.Write(ref current, null);
            job.WaitForAll();
            job.Error?.Throw();
        }
        finally
        {
            Gate.Exit();
        }
    }

    /// <summary>Runs something whose kernels shall not be shared out.</summary>
    public static T OnThisThread<T>(Func<T> work)
    {
        var outer = insideJob;
        insideJob = true;
        try
        {
            return work();
        }
        finally
        {
            insideJob = outer;
        }
    }

    private static void Work()
    {
        var seen = 0;
        while (true)
        {
            WaitForNext(seen);
            seen = Volatile.Read(ref published);
            Volatile.Read(ref current)?.Join();
        }
    }

    private static void WaitForNext(int seen)
    {
        var start = Stopwatch.GetTimestamp();
        while (Volatile.Read(ref published) == seen)
        {
            if (Stopwatch.GetTimestamp() - start < Patience)
            {
                Thread.SpinWait(8);
                continue;
            }
            // Whoever publishes from here on sees a sleeper and wakes it; a wake too many only starts another look.
            Interlocked.Increment(ref sleeping);
            if (Volatile.Read(ref published) != seen) return;
            Wake.Wait();
            start = Stopwatch.GetTimestamp();
        }
    }

    private sealed class Job(int chunks, Action<int> body, int helpers)
    {
        private int joined;
        private int next;
        private int done;

        public System.Runtime.ExceptionServices.ExceptionDispatchInfo? Error { get; private set; }

        /// <summary>Helps, unless enough others do.</summary>
        public void Join()
        {
            if (Interlocked.Increment(ref joined) <= helpers) Run();
        }

        public void Run()
        {
            insideJob = true;
            int chunk;
            while ((chunk = Interlocked.Increment(ref next) - 1) < chunks)
            {
                try
                {
                    body(chunk);
                }
                catch (Exception error)
                {
                    Error = System.Runtime.ExceptionServices.ExceptionDispatchInfo.Capture(error);
                }
                Interlocked.Increment(ref done);
            }
            insideJob = false;
        }

        public void WaitForAll()
        {
            var spinner = default(SpinWait);
            while (Volatile.Read(ref done) < chunks) spinner.SpinOnce(sleep1Threshold: -1);
        }
    }
}
