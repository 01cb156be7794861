using System.Diagnostics;

namespace Scorch;

/// <summary>Aligned native memory. A block comes back when nothing reaches its owner; a collection of the youngest objects finds that out.</summary>
/// <remarks>
/// Blocks are watched through weak handles that outlast finalizers, so a block that anything can still read is never handed out again.
/// A collection of generation 0 takes some 20 µs: one for every few megabytes costs little, and blocks return while the caches still hold them.
/// </remarks>
internal static class MemoryPool
{
    private const long LargeSize = 1L << 20;
    private const long LeastStep = 16L << 20;
    private const long MostStep = 64L << 20;
    private const long LeastGrowth = 8L << 20;
    private const long KeptLimit = 1L << 30;

    /// <summary>A full collection before new memory is asked for may take this share of the time since the last.</summary>
    private const double PauseShare = 0.05;
    private static readonly Lock Gate = new();
    private static readonly BucketHeap Small = new();
    private static readonly SegmentHeap Large = new();

    /// <summary>Handed-out blocks by the collections that their owners outlived: none, one, more.</summary>
    private static readonly List<MemoryBlock>[] Rented = [[], [], []];
    private static readonly int[] Seen = new int[3];
    private static long liveBytes;
    private static long youngBytes;
    private static long step = LeastStep;
    private static long liveAfterMiddle;
    private static long liveAfterFull;

    /// <summary>When the last full collection ended, and how long it took.</summary>
    private static long fullEnd;
    private static long fullTicks;

    /// <summary>Bytes handed out and not yet known to be unreachable.</summary>
    public static long LiveBytes => Interlocked.Read(ref liveBytes);

    /// <summary>Bytes that lie in the pool, to be handed out.</summary>
    public static long IdleBytes
    {
        get
        {
            lock (Gate) return Small.IdleBytes + Large.IdleBytes;
        }
    }

    /// <summary>Blocks that were handed out, ever.</summary>
    public static long Rents { get; private set; }

    /// <summary>Blocks and segments that were asked of the system, ever.</summary>
    public static long BlocksMade => Small.Made + Large.Made;

    /// <summary>Takes back what is no longer reached, if that is due before so many bytes more. Call it before the owner is made: an owner that exists
    /// outlives the collection, and only a costlier one would find it dead.</summary>
    public static void MakeRoom(long byteCount)
    {
        lock (Gate)
        {
            if (youngBytes + SizeFor(byteCount) > step) Reclaim();
            // New memory costs more than a look for dead blocks of any age.
            if (byteCount >= LargeSize && FullCollectionIsCheap && !Large.Fits(byteCount)) Collect(2);
        }
    }

    /// <summary>A block of at least <paramref name="byteCount"/> bytes with unknown content, for as long as <paramref name="owner"/> can be reached.</summary>
    public static MemoryBlock Rent(long byteCount, object owner)
    {
        lock (Gate)
        {
            Rents++;
            var block = Take(byteCount);
            block.Owner = owner;
            Enlist(block, 0);
            youngBytes += block.Size;
            liveBytes += block.Size;
            return block;
        }
    }

    /// <summary>Takes a block back from an owner that will not use it again.</summary>
    public static void GiveBack(MemoryBlock block)
    {
        lock (Gate)
        {
            block.Owner = null;
            var list = Rented[block.Generation];
            (list[block.Index], list[^1]) = (list[^1], list[block.Index]);
            list[block.Index].Index = block.Index;
            list.RemoveAt(list.Count - 1);
            youngBytes = Math.Max(0, youngBytes - block.Size);
            Return(block);
        }
    }

    private static long SizeFor(long byteCount) => byteCount < LargeSize ? BucketHeap.SizeFor(byteCount) : SegmentHeap.SizeFor(byteCount);

    private static MemoryBlock Take(long byteCount)
    {
        try
        {
            return byteCount < LargeSize ? Small.Rent(byteCount) : Large.Rent(byteCount);
        }
        catch (OutOfMemoryException)
        {
            // One more try after everything unreachable has come back and idle memory is freed.
            Collect(2);
            Small.Trim(0);
            Large.Trim(0);
            return byteCount < LargeSize ? Small.Rent(byteCount) : Large.Rent(byteCount);
        }
    }

    private static void Enlist(MemoryBlock block, int generation)
    {
        (block.Generation, block.Index) = (generation, Rented[generation].Count);
        Rented[generation].Add(block);
    }

    private static void Reclaim()
    {
        var (rented, before) = (youngBytes, liveBytes);
        // The runtime's own collections may have been enough.
        Scan();
        if (youngBytes > step / 2) Collect(0);
        // What outlived a collection or two is looked for when it has grown by a quarter, the old when it has grown by half.
        if (liveBytes > liveAfterMiddle + Math.Max(LeastGrowth, liveAfterMiddle / 4))
        {
            Collect(1);
            if (liveBytes > liveAfterFull + Math.Max(LeastGrowth * 8, liveAfterFull / 2)) Collect(2);
        }
        // Of a large model's gradients, gone at the end of a step, the next step makes use again.
        Small.Trim(Math.Max(KeptLimit, liveBytes));
        Large.Trim(Math.Max(KeptLimit, liveBytes));
        // While a program gathers tensors, looking for dead ones would be in vain.
        step = before - liveBytes < rented / 2 ? Math.Min(step * 2, MostStep) : Math.Max(step / 2, LeastStep);
    }

    /// <summary>Whether the last full collection took little of the time that has passed since.</summary>
    private static bool FullCollectionIsCheap => fullTicks < PauseShare * (Stopwatch.GetTimestamp() - fullEnd);

    private static void Collect(int generation)
    {
        var start = Stopwatch.GetTimestamp();
        GC.Collect(generation, GCCollectionMode.Forced, blocking: true, compacting: false);
        if (generation == 2) fullTicks = (fullEnd = Stopwatch.GetTimestamp()) - start;
        Scan();
    }

    /// <summary>Takes back the blocks whose owners the collections since the last scan found unreachable.</summary>
    private static void Scan()
    {
        var oldest = -1;
        for (var generation = 0; generation < 3; generation++)
        {
            var count = GC.CollectionCount(generation);
            if (count == Seen[generation]) continue;
            Seen[generation] = count;
            oldest = generation;
        }
        for (var generation = oldest; generation >= 0; generation--)
        {
            var (from, to) = (Rented[generation], Rented[Math.Min(generation + 1, 2)]);
            var kept = 0;
            for (var i = 0; i < from.Count; i++)
            {
                var block = from[i];
                if (block.Owner is null)
                {
                    Return(block);
                }
                else if (ReferenceEquals(from, to))
                {
                    block.Index = kept;
                    from[kept++] = block;
                }
                else
                {
                    Enlist(block, Math.Min(generation + 1, 2));
                }
            }
            from.RemoveRange(kept, from.Count - kept);
        }
        if (oldest >= 0) youngBytes = 0;
        if (oldest >= 1) liveAfterMiddle = liveBytes;
        if (oldest >= 2) liveAfterFull = liveBytes;
    }

    private static void Return(MemoryBlock block)
    {
        liveBytes -= block.Size;
        block.Return();
    }
}
