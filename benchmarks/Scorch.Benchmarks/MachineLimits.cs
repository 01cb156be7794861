using System.Diagnostics;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Scorch.Benchmarks;

/// <summary>What the machine can do at best: fused multiply-adds in registers, and copies of large blocks.</summary>
internal static unsafe class MachineLimits
{
    private const int Rounds = 200_000;
    private const long CopyBytes = 128L << 20;
    private static double sink;

    /// <summary>Floating-point operations a second of all threads together; the best of several tries.</summary>
    public static double FusedMultiplyAdds<T>()
        where T : unmanaged, INumber<T>
    {
        double best = 0;
        for (var attempt = 0; attempt < 3; attempt++)
        {
            // Each thread times its own work, long beside the start of a thread; the rates add up.
            var rate = OnAllThreads(() =>
            {
                var start = Stopwatch.GetTimestamp();
                double operations = 0;
                for (var i = 0; i < 20; i++)
                {
                    if (Vector512.IsHardwareAccelerated) operations += Loop512<T>();
                    else operations += Vector256.IsHardwareAccelerated ? Loop256<T>() : Loop128<T>();
                }
                return operations / Stopwatch.GetElapsedTime(start).TotalSeconds;
            });
            best = Math.Max(best, rate);
        }
        return best;
    }

    /// <summary>Bytes a second, read and written counted both: the best of plain blocks and of tensors, which lie on large pages where the system has them.</summary>
    public static double CopyBandwidth()
    {
        var threads = Parallelism.ThreadCount;
        var (from, to) = (Tensor.Ones([(int)(CopyBytes / sizeof(float))]), Tensor.Zeros([(int)(CopyBytes / sizeof(float))]));
        var source = (byte*)NativeMemory.AlignedAlloc((nuint)CopyBytes, 64);
        var target = (byte*)NativeMemory.AlignedAlloc((nuint)CopyBytes, 64);
        new Span<byte>(source, (int)CopyBytes).Fill(1);
        new Span<byte>(target, (int)CopyBytes).Clear();
        double best = 0;
        for (var attempt = 0; attempt < 3; attempt++)
        {
            var start = Stopwatch.GetTimestamp();
            var next = -1;
            OnAllThreads(() =>
            {
                var part = CopyBytes / threads;
                var mine = Interlocked.Increment(ref next) * part;
                Buffer.MemoryCopy(source + mine, target + mine, part, part);
                return 0;
            });
            best = Math.Max(best, 2.0 * CopyBytes / Stopwatch.GetElapsedTime(start).TotalSeconds);
            start = Stopwatch.GetTimestamp();
            to.CopyFrom(from);
            best = Math.Max(best, 2.0 * CopyBytes / Stopwatch.GetElapsedTime(start).TotalSeconds);
        }
        NativeMemory.AlignedFree(source);
        NativeMemory.AlignedFree(target);
        return best;
    }

    private static double OnAllThreads(Func<double> work)
    {
        double total = 0;
        var gate = new Lock();
        var threads = Enumerable.Range(1, Parallelism.ThreadCount - 1).Select(_ => new Thread(() =>
        {
            var done = work();
            lock (gate) total += done;
        })).ToArray();
        foreach (var thread in threads) thread.Start();
        var own = work();
        foreach (var thread in threads) thread.Join();
        return total + own;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static double Loop512<T>()
        where T : unmanaged, INumber<T>
    {
        var (x, y) = (Vector512.Create(T.CreateTruncating(0.999)), Vector512.Create(T.CreateTruncating(0.001)));
        Vector512<T> a = y, b = y, c = y, d = y, e = y, f = y, g = y, h = y, i = y, j = y, k = y, l = y;
        for (var round = 0; round < Rounds; round++)
        {
            a = Fma(a, x, y);
            b = Fma(b, x, y);
            c = Fma(c, x, y);
            d = Fma(d, x, y);
            e = Fma(e, x, y);
            f = Fma(f, x, y);
            g = Fma(g, x, y);
            h = Fma(h, x, y);
            i = Fma(i, x, y);
            j = Fma(j, x, y);
            k = Fma(k, x, y);
            l = Fma(l, x, y);
        }
        sink = double.CreateTruncating(Vector512.Sum(a + b + c + d + e + f + g + h + i + j + k + l));
        return 24.0 * Rounds * Vector512<T>.Count;

        static Vector512<T> Fma(Vector512<T> a, Vector512<T> b, Vector512<T> c) => typeof(T) == typeof(float)
            ? Vector512.FusedMultiplyAdd(a.AsSingle(), b.AsSingle(), c.AsSingle()).As<float, T>()
            : Vector512.FusedMultiplyAdd(a.AsDouble(), b.AsDouble(), c.AsDouble()).As<double, T>();
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static double Loop256<T>()
        where T : unmanaged, INumber<T>
    {
        var (x, y) = (Vector256.Create(T.CreateTruncating(0.999)), Vector256.Create(T.CreateTruncating(0.001)));
        Vector256<T> a = y, b = y, c = y, d = y, e = y, f = y, g = y, h = y, i = y, j = y;
        for (var round = 0; round < Rounds; round++)
        {
            a = Fma(a, x, y);
            b = Fma(b, x, y);
            c = Fma(c, x, y);
            d = Fma(d, x, y);
            e = Fma(e, x, y);
            f = Fma(f, x, y);
            g = Fma(g, x, y);
            h = Fma(h, x, y);
            i = Fma(i, x, y);
            j = Fma(j, x, y);
        }
        sink = double.CreateTruncating(Vector256.Sum(a + b + c + d + e + f + g + h + i + j));
        return 20.0 * Rounds * Vector256<T>.Count;

        static Vector256<T> Fma(Vector256<T> a, Vector256<T> b, Vector256<T> c) => typeof(T) == typeof(float)
            ? Vector256.FusedMultiplyAdd(a.AsSingle(), b.AsSingle(), c.AsSingle()).As<float, T>()
            : Vector256.FusedMultiplyAdd(a.AsDouble(), b.AsDouble(), c.AsDouble()).As<double, T>();
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static double Loop128<T>()
        where T : unmanaged, INumber<T>
    {
        var (x, y) = (Vector128.Create(T.CreateTruncating(0.999)), Vector128.Create(T.CreateTruncating(0.001)));
        Vector128<T> a = y, b = y, c = y, d = y, e = y, f = y, g = y, h = y, i = y, j = y;
        for (var round = 0; round < Rounds; round++)
        {
            a = Fma(a, x, y);
            b = Fma(b, x, y);
            c = Fma(c, x, y);
            d = Fma(d, x, y);
            e = Fma(e, x, y);
            f = Fma(f, x, y);
            g = Fma(g, x, y);
            h = Fma(h, x, y);
            i = Fma(i, x, y);
            j = Fma(j, x, y);
        }
        sink = double.CreateTruncating(Vector128.Sum(a + b + c + d + e + f + g + h + i + j));
        return 20.0 * Rounds * Vector128<T>.Count;

        static Vector128<T> Fma(Vector128<T> a, Vector128<T> b, Vector128<T> c) => typeof(T) == typeof(float)
            ? Vector128.FusedMultiplyAdd(a.AsSingle(), b.AsSingle(), c.AsSingle()).As<float, T>()
            : Vector128.FusedMultiplyAdd(a.AsDouble(), b.AsDouble(), c.AsDouble()).As<double, T>();
    }
}
