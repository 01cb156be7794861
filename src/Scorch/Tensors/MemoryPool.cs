using System.Numerics;
using System.Runtime.InteropServices;

namespace Scorch;

/// <summary>Aligned native blocks in size buckets. A block comes back when nothing reaches its owner; a collection of the youngest objects finds that out.</summary>
/// <remarks>
/// Blocks are watched through weak handles that outlast finalizers, so a block that anything can still read is never handed out again.
/// A collection of generation 0 takes some 20 µs: one for every few megabytes costs little, and blocks return while the caches still hold them.
/// </remarks>
internal static class MemoryPool
{
    private const int Alignment = 64;
    private const long LeastStep = 16L << 20;
    private const long MostStep = 64L << 20;
    private const long LeastGrowth = 8L << 20;
    private const long KeptLimit = 1L << 30;
    private const long IdleLimit = 64L << 20;
    private static readonly Lock Gate = new();
    private static readonly Stack<Block>[] Free = [.. Enumerable.Range(0, 256).Select(_ => new Stack<Block>())];

    /// <summary>Handed-out blocks by the collections that their owners outlived: none, one, more.</summary>
    private static readonly List<Block>[] Rented = [[], [], []];
    private static readonly int[] Seen = new int[3];

    /// <summary>When a bucket was last asked for, counted in rents.</summary>
    private static readonly long[] LastUse = new long[256];
    private static long liveBytes;
    private static long keptBytes;
    private static long youngBytes;
    private static long step = LeastStep;
    private static long liveAfterMiddle;
    private static long liveAfterFull;

    /// <summary>Bytes handed out and not yet known to be unreachable.</summary>
    public static long LiveBytes => Interlocked.Read(ref liveBytes);

    /// <summary>Bytes that lie in the pool, to be handed out.</summary>
    public static long IdleBytes => Interlocked.Read(ref keptBytes);

    /// <summary>Blocks that were handed out, ever.</summary>
    public static long Rents { get; private set; }

    /// <summary>Blocks that were asked of the system, ever.</summary>
    public static long BlocksMade { get; private set; }

    /// <summary>Takes back what is no longer reached, if that is due before so many bytes more. Call it before the owner is made: an owner that exists
    /// outlives the collection, and only a costlier one would find it dead.</summary>
    public static void MakeRoom(long byteCount)
    {
        lock (Gate)
        {
            if (youngBytes + BucketSize(Bucket(byteCount)) > step) Reclaim();
        }
    }

    /// <summary>A block of at least <paramref name="byteCount"/> bytes with unknown content, for as long as <paramref name="owner"/> can be reached.</summary>
    public static Block Rent(long byteCount, object owner)
    {
        var bucket = Bucket(byteCount);
        var size = BucketSize(bucket);
        lock (Gate)
        {
            LastUse[bucket] = ++Rents;
            if (Free[bucket].TryPop(out var block)) keptBytes -= size;
            else block = Replace(bucket, size);
            block.Owner = owner;
            Enlist(block, 0);
            youngBytes += size;
            liveBytes += size;
            return block;
        }
    }

    /// <summary>Takes a block back from an owner that will not use it again.</summary>
    public static void GiveBack(Block block)
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

    private static void Enlist(Block block, int generation)
    {
        (block.Generation, block.Index) = (generation, Rented[generation].Count);
        Rented[generation].Add(block);
    }

    /// <summary>A new block in place of as many idle bytes: those of sizes that nobody asks for would only add up.</summary>
    private static Block Replace(int bucket, long size)
    {
        for (var freed = 0L; freed < size && keptBytes > IdleLimit;) freed += ReleaseOldest();
        return Allocate(bucket, size);
    }

    private static Block Allocate(int bucket, long size)
    {
        BlocksMade++;
        try
        {
            return new(bucket, size, Alignment);
        }
        catch (OutOfMemoryException)
        {
            // One more try after everything unreachable has come back and the kept blocks are freed.
            Collect(2);
            foreach (var stack in Free)
                while (stack.TryPop(out var block)) block.Release();
            keptBytes = 0;
            return new(bucket, size, Alignment);
        }
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
        // While a program gathers tensors, looking for dead ones would be in vain.
        step = before - liveBytes < rented / 2 ? Math.Min(step * 2, MostStep) : Math.Max(step / 2, LeastStep);
    }

    private static void Collect(int generation)
    {
        GC.Collect(generation, GCCollectionMode.Forced, blocking: true, compacting: false);
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

    private static void Return(Block block)
    {
        liveBytes -= block.Size;
        keptBytes += block.Size;
        Free[block.Bucket].Push(block);
        while (keptBytes > KeptLimit) ReleaseOldest();
    }

    /// <summary>Frees a kept block of the size that was not asked for the longest.</summary>
    private static long ReleaseOldest()
    {
        var oldest = -1;
        for (var bucket = 0; bucket < Free.Length; bucket++)
            if (Free[bucket].Count > 0 && (oldest < 0 || LastUse[bucket] < LastUse[oldest])) oldest = bucket;
        var block = Free[oldest].Pop();
        keptBytes -= block.Size;
        block.Release();
        return block.Size;
    }

    /// <summary>Four buckets an octave: at most a quarter of a block is unused.</summary>
    private static int Bucket(long byteCount)
    {
        var octave = 63 - BitOperations.LeadingZeroCount((ulong)Math.Max(byteCount, 64));
        var bucket = octave * 4;
        while (BucketSize(bucket) < byteCount) bucket++;
        return bucket;
    }

    private static long BucketSize(int bucket) => (1L << (bucket / 4)) / 4 * (4 + (bucket % 4));

    /// <summary>A block and the weak handle that tells whether its owner can still be reached.</summary>
    internal sealed unsafe class Block
    {
        private GCHandle owner = GCHandle.Alloc(null, GCHandleType.WeakTrackResurrection);

        public Block(int bucket, long size, int alignment)
        {
            (Bucket, Size) = (bucket, size);
            Pointer = (byte*)NativeMemory.AlignedAlloc((nuint)size, (nuint)alignment);
        }

        public byte* Pointer { get; }

        public int Bucket { get; }

        public long Size { get; }

        /// <summary>The list of rented blocks that holds it, and its place there.</summary>
        public int Generation { get; set; }

        public int Index { get; set; }

        public object? Owner
        {
            get => owner.Target;
            set => owner.Target = value;
        }

        public void Release()
        {
            NativeMemory.AlignedFree(Pointer);
            owner.Free();
        }
    }
}
