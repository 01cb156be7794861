using Scorch.Kernels;

namespace Scorch.Tests.Kernels;

// The number of threads is the whole process's.
[CollectionDefinition(nameof(WorkPoolTests), DisableParallelization = true)]
[Collection(nameof(WorkPoolTests))]
public class WorkPoolTests
{
    public static TheoryData<int, int> Shapes => new() { { 1, 5 }, { 2, 1 }, { 2, 2 }, { 2, 7 }, { 3, 100 }, { 7, 3 }, { 7, 6 }, { 7, 1000 } };

    [Theory]
    [MemberData(nameof(Shapes))]
    public void Every_chunk_runs_once(int threads, int chunks) => With(threads, () =>
    {
        for (var repeat = 0; repeat < 200; repeat++)
        {
            var runs = new int[chunks];
            WorkPool.Run(chunks, chunk => Interlocked.Increment(ref runs[chunk]));
            Assert.All(runs, count => Assert.Equal(1, count));
        }
    });

    [Fact]
    public void No_chunk_is_no_work() => With(4, () => WorkPool.Run(0, _ => throw new InvalidOperationException("there is no chunk")));

    [Fact]
    public void An_error_reaches_the_caller_once_all_other_chunks_ran() => With(3, () =>
    {
        var runs = new int[50];
        var error = Assert.Throws<InvalidOperationException>(() => WorkPool.Run(50, chunk =>
        {
            Interlocked.Increment(ref runs[chunk]);
            if (chunk == 17) throw new InvalidOperationException("chunk 17");
        }));
        Assert.Equal("chunk 17", error.Message);
        Assert.All(runs, count => Assert.Equal(1, count));
        // The pool works on.
        var next = 0;
        WorkPool.Run(9, _ => Interlocked.Increment(ref next));
        Assert.Equal(9, next);
    });

    [Fact]
    public void A_job_inside_a_job_stays_on_its_thread() => With(4, () =>
    {
        var strangers = 0;
        WorkPool.Run(8, _ =>
        {
            var outer = Environment.CurrentManagedThreadId;
            WorkPool.Run(5, _ =>
            {
                if (Environment.CurrentManagedThreadId != outer) Interlocked.Increment(ref strangers);
            });
        });
        Assert.Equal(0, strangers);
    });

    [Fact]
    public void Callers_at_the_same_time_all_finish() => With(3, () =>
    {
        var done = new int[4];
        var callers = Enumerable.Range(0, 4).Select(caller => new Thread(() =>
        {
            for (var repeat = 0; repeat < 500; repeat++) WorkPool.Run(11, _ => Interlocked.Increment(ref done[caller]));
        })).ToList();
        callers.ForEach(thread => thread.Start());
        callers.ForEach(thread => thread.Join());
        Assert.All(done, count => Assert.Equal(5500, count));
    });

    [Fact]
    public void Fewer_threads_than_before_leave_the_others_out() => With(7, () =>
    {
        WorkPool.Run(100, _ => Thread.SpinWait(100));
        WorkPool.Threads = 2;
        var threads = new HashSet<int>();
        for (var repeat = 0; repeat < 50; repeat++)
        {
            WorkPool.Run(20, _ =>
            {
                Thread.SpinWait(1000);
                lock (threads) threads.Add(Environment.CurrentManagedThreadId);
            });
        }

        Assert.InRange(threads.Count, 1, 2);
    });

    private static void With(int threads, Action test)
    {
        var before = WorkPool.Threads;
        try
        {
            WorkPool.Threads = threads;
            test();
        }
        finally
        {
            WorkPool.Threads = before;
        }
    }
}
