using System.Runtime.InteropServices;

namespace Scorch;

/// <summary>Large blocks: pieces cut out of long segments, joined with their neighbours when another size is wanted.</summary>
/// <remarks>
/// So memory that one size has left serves any other; blocks of their own, freed and made anew, would leave holes between each other.
/// A piece that comes back is handed out whole as long as its size is asked for: it may still lie in a cache.
/// </remarks>
internal sealed unsafe partial class SegmentHeap
{
    private const long Granule = 64L << 10;
    private const long SegmentSize = 64L << 20;
    private const long IdleLimit = 64L << 20;

    /// <summary>Until the system turns out to have no such call, as a Linux with another C library may.</summary>
    private static bool takesAdvice = OperatingSystem.IsLinux();

    /// <summary>Where the system has large pages, one begins here.</summary>
    private const int Alignment = 2 << 20;

    /// <summary>The last came back last.</summary>
    private readonly List<Piece> free = [];

    /// <summary>Bytes that lie here, to be handed out.</summary>
    public long IdleBytes { get; private set; }

    /// <summary>Segments that were asked of the system, ever.</summary>
    public long Made { get; private set; }

    /// <summary>What a block of so many bytes takes.</summary>
    public static long SizeFor(long byteCount) => RoundUp(byteCount, Granule);

    /// <summary>Whether a block of so many bytes needs no new memory.</summary>
    public bool Fits(long byteCount) => Find(SizeFor(byteCount)) >= 0;

    public MemoryBlock Rent(long byteCount)
    {
        var size = SizeFor(byteCount);
        var at = Find(size);
        if (at < 0)
        {
            // New memory in place of as much idle memory.
            for (var freed = 0L; freed < size && IdleBytes > IdleLimit && ReleaseSegment() is > 0 and var gone;) freed += gone;
            free.Add(NewSegment(RoundUp(Math.Max(size, SegmentSize), Alignment)));
            at = free.Count - 1;
        }
        var found = free[at];
        free.RemoveAt(at);
        found.IsFree = false;
        if (found.Size > size)
        {
            var rest = found.Split(size);
            rest.IsFree = true;
            free.Add(rest);
        }
        IdleBytes -= size;
        return found;
    }

    /// <summary>Gives whole idle segments to the system until at most so many bytes are idle, or none is whole.</summary>
    public void Trim(long idleBytes)
    {
        if (IdleBytes <= idleBytes) return;
        Join();
        while (IdleBytes > idleBytes && ReleaseSegment() > 0)
        {
        }
    }

    private static long RoundUp(long value, long unit) => (value + unit - 1) / unit * unit;

    /// <summary>A free piece of at least this size: the one of just this size that came back last, else the smallest; -1 where there is none.</summary>
    private int Find(long size)
    {
        var at = free.FindLastIndex(piece => piece.Size == size);
        if (at >= 0) return at;
        Join();
        return BestFit(size);
    }

    /// <summary>Makes one free piece of every run of free pieces.</summary>
    private void Join()
    {
        foreach (var piece in free)
            while (piece is { IsFree: true, Next.IsFree: true }) piece.Absorb();
        free.RemoveAll(piece => !piece.IsFree);
    }

    /// <summary>The smallest free piece of at least this size, the lowest of several; -1 where there is none.</summary>
    private int BestFit(long size)
    {
        var best = -1;
        for (var i = 0; i < free.Count; i++)
        {
            var piece = free[i];
            if (piece.Size < size) continue;
            if (best < 0 || piece.Size < free[best].Size || (piece.Size == free[best].Size && piece.Pointer < free[best].Pointer)) best = i;
        }
        return best;
    }

    private Piece NewSegment(long size)
    {
        var start = (byte*)NativeMemory.AlignedAlloc((nuint)size, Alignment);
        UseLargePages(start, size);
        Made++;
        IdleBytes += size;
        return new(this, start, size) { IsFree = true };
    }

    /// <summary>Frees the segment that has been idle the longest; after <see cref="Join"/>.</summary>
    /// <returns>Its bytes; 0 where none is wholly idle.</returns>
    private long ReleaseSegment()
    {
        var at = free.FindIndex(piece => piece is { Previous: null, Next: null });
        if (at < 0) return 0;
        var piece = free[at];
        free.RemoveAt(at);
        IdleBytes -= piece.Size;
        NativeMemory.AlignedFree(piece.Pointer);
        piece.Retire();
        return piece.Size;
    }

    /// <summary>Asks for large pages, so that fewer addresses must be looked up; without them everything works as well.</summary>
    private static void UseLargePages(byte* start, long size)
    {
        const int Advice = 14;
        if (!takesAdvice) return;
        try
        {
            _ = Advise(start, (nuint)size, Advice);
        }
        catch (Exception exception) when (exception is DllNotFoundException or EntryPointNotFoundException)
        {
            takesAdvice = false;
        }
    }

    [LibraryImport("libc", EntryPoint = "madvise")]
    private static partial int Advise(void* start, nuint length, int advice);

    /// <summary>A part of a segment, in use or free, linked with the parts beside it.</summary>
    private sealed class Piece(SegmentHeap heap, byte* pointer, long size) : MemoryBlock
    {
        private long size = size;

        public override byte* Pointer => pointer;

        public override long Size => size;

        public bool IsFree { get; set; }

        public Piece? Previous { get; private set; }

        public Piece? Next { get; private set; }

        public override void Return()
        {
            IsFree = true;
            heap.IdleBytes += size;
            heap.free.Add(this);
        }

        /// <summary>Keeps so many bytes; the rest becomes a piece.</summary>
        public Piece Split(long kept)
        {
            var rest = new Piece(heap, pointer + kept, size - kept) { Previous = this, Next = Next };
            if (Next is not null) Next.Previous = rest;
            (Next, size) = (rest, kept);
            return rest;
        }

        /// <summary>Takes in the next piece, which is one no longer.</summary>
        public void Absorb()
        {
            var gone = Next!;
            size += gone.size;
            Next = gone.Next;
            if (Next is not null) Next.Previous = this;
            gone.IsFree = false;
            gone.Retire();
        }

        public void Retire() => FreeHandle();
    }
}
