using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Scorch;

/// <summary>The bytes behind one or more tensors: a managed array when tiny, a pooled aligned block otherwise.</summary>
internal unsafe class Storage
{
    /// <summary>Up to this a managed array is as cheap as a block.</summary>
    private const int ManagedLimit = 1024;

    private static long last;
    private readonly byte[]? managed;
    private readonly MemoryBlock? block;
    private byte* pointer;

    private Storage(long byteCount, Devices.Device device)
    {
        ByteCount = byteCount;
        Device = device;
        if (byteCount <= ManagedLimit) managed = GC.AllocateUninitializedArray<byte>((int)byteCount);
        else pointer = (block = MemoryPool.Rent(byteCount, this)).Pointer;
    }

    /// <summary>A storage in this process's memory, with unknown content.</summary>
    public static Storage Allocate(long byteCount, Devices.Device device)
    {
        if (byteCount > ManagedLimit) MemoryPool.MakeRoom(byteCount);
        return new(byteCount, device);
    }

    /// <summary>A storage whose bytes the device keeps elsewhere.</summary>
    protected Storage(Devices.Device device, long byteCount)
    {
        ByteCount = byteCount;
        Device = device;
    }

    /// <summary>The number of the storage made last, by any thread.</summary>
    public static long Last => Interlocked.Read(ref last);

    /// <summary>Storages are numbered as they are made.</summary>
    public long Number { get; } = Interlocked.Increment(ref last);

    public long ByteCount { get; }

    public Devices.Device Device { get; }

    /// <summary>Counts writes; saved tensors compare it.</summary>
    public int Version;

    /// <summary>For the backward pass that made this storage: how many of its pending gradients lie here.</summary>
    public int Holders;

    /// <summary>The first byte. Pin it with <c>fixed</c> while a pointer is in use; keep the storage alive for as long.</summary>
    public virtual ref byte Reference
    {
        get
        {
            if (managed is not null) return ref MemoryMarshal.GetArrayDataReference(managed);
            if (pointer is null) throw new ObjectDisposedException(nameof(Storage), "A tensor that a backward pass had done with was read.");
            return ref Unsafe.AsRef<byte>(pointer);
        }
    }

    /// <summary>Gives the block back before the collector would, so that the next storage finds it in the cache. Nothing may read this storage again.</summary>
    public void Release()
    {
        if (pointer is null || block is null) return;
        pointer = null;
        MemoryPool.GiveBack(block);
    }
}
