using System.Numerics;
using System.Runtime.InteropServices;

namespace Scorch;

/// <summary>Small blocks, each of its own, kept by size: the one that came back last is handed out first, for it may still lie in a cache.</summary>
internal sealed unsafe class BucketHeap
{
    private const int Alignment = 64;
    private const long IdleLimit = 64L << 20;
    private readonly Stack<Bucketed>[] free = [.. Enumerable.Range(0, 128).Select(_ => new Stack<Bucketed>())];

    /// <summary>When a bucket was last asked for, counted in rents.</summary>
    private readonly long[] lastUse = new long[128];
    private long rents;

    /// <summary>Bytes that lie here, to be handed out.</summary>
    public long IdleBytes { get; private set; }

    /// <summary>Blocks that were asked of the system, ever.</summary>
    public long Made { get; private set; }

    /// <summary>What a block of so many bytes takes.</summary>
    public static long SizeFor(long byteCount) => BucketSize(Bucket(byteCount));

    public MemoryBlock Rent(long byteCount)
    {
        var bucket = Bucket(byteCount);
        var size = BucketSize(bucket);
        lastUse[bucket] = ++rents;
        if (free[bucket].TryPop(out var block))
        {
            IdleBytes -= size;
            return block;
        }
        // A new block in place of as many idle bytes: those of sizes that nobody asks for would only add up.
        for (var freed = 0L; freed < size && IdleBytes > IdleLimit;) freed += ReleaseOldest();
        Made++;
        return new Bucketed(this, bucket, size);
    }

    /// <summary>Gives idle blocks to the system until at most so many bytes are idle.</summary>
    public void Trim(long idleBytes)
    {
        while (IdleBytes > idleBytes) ReleaseOldest();
    }

    /// <summary>Frees an idle block of the size that was not asked for the longest.</summary>
    private long ReleaseOldest()
    {
        var oldest = -1;
        for (var bucket = 0; bucket < free.Length; bucket++)
            if (free[bucket].Count > 0 && (oldest < 0 || lastUse[bucket] < lastUse[oldest])) oldest = bucket;
        var block = free[oldest].Pop();
        IdleBytes -= block.Size;
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

    private sealed class Bucketed(BucketHeap heap, int bucket, long size) : MemoryBlock
    {
        public override byte* Pointer { get; } = (byte*)NativeMemory.AlignedAlloc((nuint)size, Alignment);

        public override long Size => size;

        public override void Return()
        {
            heap.IdleBytes += size;
            heap.free[bucket].Push(this);
        }

        public void Release()
        {
            NativeMemory.AlignedFree(Pointer);
            FreeHandle();
        }
    }
}
