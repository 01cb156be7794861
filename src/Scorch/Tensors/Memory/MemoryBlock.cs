using System.Runtime.InteropServices;

namespace Scorch;

/// <summary>A block of native memory and the weak handle that tells whether its owner can still be reached.</summary>
internal abstract unsafe class MemoryBlock
{
    private GCHandle owner = GCHandle.Alloc(null, GCHandleType.WeakTrackResurrection);

    public abstract byte* Pointer { get; }

    public abstract long Size { get; }

    /// <summary>The list of rented blocks that holds it, and its place there.</summary>
    public int Generation { get; set; }

    public int Index { get; set; }

    public object? Owner
    {
        get => owner.Target;
        set => owner.Target = value;
    }

    /// <summary>To the heap that it is of, to be handed out again.</summary>
    public abstract void Return();

    protected void FreeHandle() => owner.Free();
}
