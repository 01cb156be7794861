using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Scorch.Kernels;

/// <summary>Writes past the caches, for results so large that nobody would find them there: memory is not read before it is written over.</summary>
internal static unsafe class BeyondCaches
{
    /// <summary>Bytes of a cache line.</summary>
    public const int Line = 64;

    /// <summary>Results of more bytes than this are worth it.</summary>
    private const long Least = 16 << 20;

    public static bool AreWorthIt(long bytes) => bytes > Least;

    /// <summary>Whole lines to an aligned target.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Copy(byte* target, byte* source, long length)
    {
        for (long at = 0; at < length; at += Line) Vector512.Load(source + at).StoreAlignedNonTemporal(target + at);
    }

    /// <summary>The same value everywhere; its size must divide a line.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static void Fill<T>(T* target, long count, T value)
        where T : unmanaged
    {
        var pattern = stackalloc T[Line / sizeof(T)];
        new Span<T>(pattern, Line / sizeof(T)).Fill(value);
        var line = Vector512.Load((byte*)pattern);
        long i = 0;
        for (; i < count && (nint)(target + i) % Line != 0; i++) target[i] = value;
        for (; i <= count - (Line / sizeof(T)); i += Line / sizeof(T)) line.StoreAlignedNonTemporal((byte*)(target + i));
        for (; i < count; i++) target[i] = value;
    }
}
