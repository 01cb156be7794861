using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Scorch;

/// <summary>The bytes behind one or more tensors: a managed array when small, pooled aligned native memory otherwise.</summary>
internal class Storage
{
    /// <summary>Below this a managed array is cheaper than native memory with a finalizer; well under the large-object limit.</summary>
    private const int ManagedLimit = 64 * 1024;

    private readonly byte[]? managed;
    private NativeBuffer? native;

    public Storage(long byteCount, Devices.Device device)
    {
        ByteCount = byteCount;
        Device = device;
        if (byteCount <= ManagedLimit) managed = GC.AllocateUninitializedArray<byte>((int)byteCount);
        else native = MemoryPool.Rent(byteCount);
    }

    /// <summary>A storage whose bytes the device keeps elsewhere.</summary>
    protected Storage(Devices.Device device, long byteCount)
    {
        ByteCount = byteCount;
        Device = device;
    }

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
            unsafe
            {
                return ref Unsafe.AsRef<byte>(native!.Pointer);
            }
        }
    }
}

/// <summary>A block of the pool; its finalizer gives the block back.</summary>
internal sealed unsafe class NativeBuffer(byte* pointer, int bucket, long byteCount)
{
    public byte* Pointer { get; } = pointer;

    ~NativeBuffer() => MemoryPool.Return(Pointer, bucket, byteCount);
}
