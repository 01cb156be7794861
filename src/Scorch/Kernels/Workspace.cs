using System.Runtime.InteropServices;

namespace Scorch.Kernels;

/// <summary>Scratch memory of the running thread, kept between calls and freed with the thread.</summary>
internal sealed unsafe class Workspace
{
    /// <summary>Slots: packed factors of a product, its strided bias, pieces of a convolution, rows of attention, panels of a factorization, lines of a transform.</summary>
    public const int Left = 0, Right = 1, Bias = 2, Vector = 3, Image = 4, Lines = 5, Weights = 6, Sums = 7, Scores = 8, ScoreGradients = 9, Factor = 10, Signal = 11;

    [ThreadStatic]
    private static Workspace? current;

    private readonly (nint Pointer, long Size)[] slots = new (nint, long)[12];

    /// <summary>At least <paramref name="byteCount"/> aligned bytes with unknown content.</summary>
    public static byte* Get(int slot, long byteCount)
    {
        var workspace = current ??= new();
        ref var entry = ref workspace.slots[slot];
        if (entry.Size < byteCount)
        {
            NativeMemory.AlignedFree((void*)entry.Pointer);
            entry = default;
            entry = ((nint)NativeMemory.AlignedAlloc((nuint)byteCount, 64), byteCount);
        }
        return (byte*)entry.Pointer;
    }

    ~Workspace()
    {
        foreach (var (pointer, _) in slots) NativeMemory.AlignedFree((void*)pointer);
    }
}
