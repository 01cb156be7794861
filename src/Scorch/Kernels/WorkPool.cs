using System.Diagnostics;

namespace Scorch.Kernels;

/// <summary>Threads that claim chunks of one job at a time; the caller works too, and small work never wakes them.</summary>
/// <remarks>What a chunk computes must not depend on which thread runs it, nor on how many there are. Each thread begins with a part of its own,
/// the same from job to job, so that it finds in its caches what it wrote there; then it helps the others.</remarks>
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
                var participant = Workers.Count + 1;
                var worker = new Thread(() => Work(participant)) { IsBackground = true, Name = "Scorch worker" };
                Workers.Add(worker);
                worker.Start();
            }
            var job = new Job(chunks, body, wanted);
            Volatile.Write(ref current, job);
            Interlocked.Increment(ref published);
            if (Volatile.Read(ref sleeping) > 0) Wake.Release(Interlocked.Exchange(ref sleeping, 0));
            job.Run(0);
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

    private static void Work(int participant)
    {
        var seen = 0;
        while (true)
        {
            WaitForNext(seen);
            seen = Volatile.Read(ref published);
            Volatile.Read(ref current)?.Run(participant);
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

    private sealed class Job(int chunks, Action<int> body, int participants)
    {
        /// <summary>A cache line of numbers, so that claiming from one part does not slow claims from another.</summary>
        private const int Line = 16;

        /// <summary>How many chunks of each part are claimed.</summary>
        private readonly int[] claimed = new int[participants * Line];
        private int done;

        public System.Runtime.ExceptionServices.ExceptionDispatchInfo? Error { get; private set; }

        /// <summary>Works on the participant's own part, then on the others'; a thread too many has none.</summary>
        public void Run(int participant)
        {
            if (participant >= participants) return;
            insideJob = true;
            for (var other = 0; other < participants; other++)
            {
                var part = (participant + other) % participants;
                var (from, to) = (Start(part), Start(part + 1));
                int chunk;
                while ((chunk = from + Interlocked.Increment(ref claimed[part * Line]) - 1) < to) Run(body, chunk);
            }
            insideJob = false;
        }

        private int Start(int part) => (int)((long)chunks * part / participants);

        private void Run(Action<int> work, int chunk)
        {
            try
            {
                work(chunk);
            }
            catch (Exception error)
            {
                Error = System.Runtime.ExceptionServices.ExceptionDispatchInfo.Capture(error);
            }
            Interlocked.Increment(ref done);
        }

        public void WaitForAll()
        {
            var spinner = default(SpinWait);
            while (Volatile.Read(ref done) < chunks) spinner.SpinOnce(sleep1Threshold: -1);
        }
    }
}
