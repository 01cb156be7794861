using System.Collections.Concurrent;
using System.Numerics;
using System.Runtime.InteropServices;

namespace Scorch;

/// <summary>Aligned native blocks in size buckets. Blocks come back when nothing reaches them; pressure triggers the collection.</summary>
internal static unsafe class MemoryPool
{
    private const int Alignment = 64;
    private const long CollectionStep = 64L << 20;
    private const long KeptLimit = 1L << 30;
    private static readonly ConcurrentBag<nint>[] Buckets = [.. Enumerable.Range(0, 256).Select(_ => new ConcurrentBag<nint>())];
    private static readonly Lock CollectionGate = new();
    private static long liveBytes;
    private static long keptBytes;
    private static long nextCollection = CollectionStep;

    /// <summary>Bytes handed out and not yet known to be unreachable.</summary>
    public static long LiveBytes => Interlocked.Read(ref liveBytes);

    public static NativeBuffer Rent(long byteCount)
    {
        var (bucket, size) = Bucket(byteCount);
        if (Interlocked.Add(ref liveBytes, size) > Interlocked.Read(ref nextCollection)) Collect();
        if (Buckets[bucket].TryTake(out var block)) Interlocked.Add(ref keptBytes, -size);
        else block = Allocate(size);
        return new((byte*)block, bucket, size);
    }

    public static void Return(byte* pointer, int bucket, long size)
    {
        Interlocked.Add(ref liveBytes, -size);
        if (Interlocked.Add(ref keptBytes, size) > KeptLimit)
        {
            Interlocked.Add(ref keptBytes, -size);
            NativeMemory.AlignedFree(pointer);
        }
        else
        {
            Buckets[bucket].Add((nint)pointer);
        }
    }

    private static nint Allocate(long size)
    {
        try
        {
            return (nint)NativeMemory.AlignedAlloc((nuint)size, Alignment);
        }
        catch (OutOfMemoryException)
        {
            // One more try after everything unreachable has come back and the kept blocks are freed.
            Collect();
            Trim();
            return (nint)NativeMemory.AlignedAlloc((nuint)size, Alignment);
        }
    }

    private static void Trim()
    {
        for (var bucket = 0; bucket < Buckets.Length; bucket++)
            while (Buckets[bucket].TryTake(out var block))
            {
                Interlocked.Add(ref keptBytes, -BucketSize(bucket));
                NativeMemory.AlignedFree((void*)block);
            }
    }

    private static void Collect()
    {
        lock (CollectionGate)
        {
            if (LiveBytes <= nextCollection) return;
            GC.Collect(1, GCCollectionMode.Forced, blocking: true);
            GC.WaitForPendingFinalizers();
            if (LiveBytes > nextCollection - (CollectionStep / 2))
            {
                GC.Collect(2, GCCollectionMode.Forced, blocking: true);
                GC.WaitForPendingFinalizers();
            }
            nextCollection = LiveBytes + Math.Max(CollectionStep, LiveBytes / 2);
        }
    }

    /// <summary>Four buckets an octave: at most a quarter of a block is unused.</summary>
    private static (int Bucket, long Size) Bucket(long byteCount)
    {
        var octave = 63 - BitOperations.LeadingZeroCount((ulong)Math.Max(byteCount, 64));
        for (var quarter = 0; quarter < 4; quarter++)
        {
            var size = BucketSize((octave * 4) + quarter);
            if (size >= byteCount) return ((octave * 4) + quarter, size);
        }
        return ((octave + 1) * 4, BucketSize((octave + 1) * 4));
    }

    private static long BucketSize(int bucket) => (1L << (bucket / 4)) / 4 * (4 + (bucket % 4));
}
