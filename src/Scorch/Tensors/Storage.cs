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
    private readonly byte* pointer;

    public Storage(long byteCount, Devices.Device device)
    {
        ByteCount = byteCount;
        Device = device;
        if (byteCount <= ManagedLimit) managed = GC.AllocateUninitializedArray<byte>((int)byteCount);
        else pointer = MemoryPool.Rent(byteCount, this).Pointer;
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

    /// <summary>The first byte. Pin it with <c>fixed</c> while a pointer is in use; keep the storage alive for as long.</summary>
    public virtual ref byte Reference
    {
        get
        {
            if (managed is not null) return ref MemoryMarshal.GetArrayDataReference(managed);
            return ref Unsafe.AsRef<byte>(pointer);
        }
    }
}
