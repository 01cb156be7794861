using System.Numerics;
using System.Runtime.CompilerServices;

namespace Scorch.Kernels;

/// <summary>
/// One pass of Stockham's transform: y[q + s (r p + j)] = w^(p j) sum_k x[q + s (p + m k)] e^(-2 pi i j k / r) for p below m and q below s.
/// An element is two vectors, real and imaginary parts.
/// </summary>
internal static unsafe class FourierButterflies
{
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static void Two<V, T>(T* x, T* y, T* roots, int m, int s)
        where V : struct, ISimd<V, T>
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        var (step, span) = (2L * V.Count, 2L * V.Count * s);
        for (var p = 0; p < m; p++, roots += 2)
        {
            var w = Pair<V, T>.Create(roots);
            for (var q = 0; q < s; q++)
            {
                var at = x + (p * span) + (q * step);
                var into = y + (2 * p * span) + (q * step);
                var (a, b) = (Pair<V, T>.Load(at), Pair<V, T>.Load(at + (m * span)));
                (a + b).Store(into);
                ((a - b) * w).Store(into + span);
            }
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    public static void Three<V, T>(T* x, T* y, T* roots, int m, int s)
        where V : struct, ISimd<V, T>
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        var (step, span) = (2L * V.Count, 2L * V.Count * s);
        var (half, sine) = (V.Create(T.CreateChecked(-0.5)), V.Create(T.CreateChecked(Math.Sqrt(0.75))));
        for (var p = 0; p < m; p++, roots += 4)
        {
            var (w1, w2) = (Pair<V, T>.Create(roots), Pair<V, T>.Create(roots + 2));
            for (var q = 0; q < s; q++)
            {
                var at = x + (p * span) + (q * step);
                var into = y + (3 * p * span) + (q * step);
                var (a, b, c) = (Pair<V, T>.Load(at), Pair<V, T>.Load(at + (m * span)), Pair<V, T>.Load(at + (2 * m * span)));
                var sum = b + c;
                var middle = sum.ScaledPlus(half, a);
                var turn = (b - c).TimesMinusI().Scaled(sine);
                (a + sum).Store(into);
                ((middle + turn) * w1).Store(into + span);
                ((middle - turn) * w2).Store(into + (2 * span));
            }
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    public static void Four<V, T>(T* x, T* y, T* roots, int m, int s)
        where V : struct, ISimd<V, T>
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        var (step, span) = (2L * V.Count, 2L * V.Count * s);
        for (var p = 0; p < m; p++, roots += 6)
        {
            var (w1, w2, w3) = (Pair<V, T>.Create(roots), Pair<V, T>.Create(roots + 2), Pair<V, T>.Create(roots + 4));
            for (var q = 0; q < s; q++)
            {
                var at = x + (p * span) + (q * step);
                var into = y + (4 * p * span) + (q * step);
                var (a, b) = (Pair<V, T>.Load(at), Pair<V, T>.Load(at + (m * span)));
                var (c, d) = (Pair<V, T>.Load(at + (2 * m * span)), Pair<V, T>.Load(at + (3 * m * span)));
                var (even, odd) = (a + c, b + d);
                var (difference, turn) = (a - c, (b - d).TimesMinusI());
                (even + odd).Store(into);
                ((difference + turn) * w1).Store(into + span);
                ((even - odd) * w2).Store(into + (2 * span));
                ((difference - turn) * w3).Store(into + (3 * span));
            }
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    public static void Five<V, T>(T* x, T* y, T* roots, int m, int s)
        where V : struct, ISimd<V, T>
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        var (step, span) = (2L * V.Count, 2L * V.Count * s);
        var (c1, s1) = (V.Create(T.CreateChecked(double.CosPi(0.4))), V.Create(T.CreateChecked(double.SinPi(0.4))));
        var (c2, s2) = (V.Create(T.CreateChecked(double.CosPi(0.8))), V.Create(T.CreateChecked(double.SinPi(0.8))));
        for (var p = 0; p < m; p++, roots += 8)
        {
            for (var q = 0; q < s; q++)
            {
                var at = x + (p * span) + (q * step);
                var into = y + (5 * p * span) + (q * step);
                var a = Pair<V, T>.Load(at);
                var (b, c) = (Pair<V, T>.Load(at + (m * span)), Pair<V, T>.Load(at + (2 * m * span)));
                var (d, e) = (Pair<V, T>.Load(at + (3 * m * span)), Pair<V, T>.Load(at + (4 * m * span)));
                var (outer, inner) = (b + e, c + d);
                var (outerTurn, innerTurn) = ((b - e).TimesMinusI(), (c - d).TimesMinusI());
                var (first, second) = (inner.ScaledPlus(c2, outer.ScaledPlus(c1, a)), inner.ScaledPlus(c1, outer.ScaledPlus(c2, a)));
                var (firstTurn, secondTurn) = (innerTurn.ScaledPlus(s2, outerTurn.Scaled(s1)), innerTurn.ScaledPlus(-s1, outerTurn.Scaled(s2)));
                (a + outer + inner).Store(into);
                ((first + firstTurn) * Pair<V, T>.Create(roots)).Store(into + span);
                ((second + secondTurn) * Pair<V, T>.Create(roots + 2)).Store(into + (2 * span));
                ((second - secondTurn) * Pair<V, T>.Create(roots + 4)).Store(into + (3 * span));
                ((first - firstTurn) * Pair<V, T>.Create(roots + 6)).Store(into + (4 * span));
            }
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    public static void Eight<V, T>(T* x, T* y, T* roots, int m, int s)
        where V : struct, ISimd<V, T>
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        var (step, span) = (2L * V.Count, 2L * V.Count * s);
        var diagonal = V.Create(T.CreateChecked(Math.Sqrt(0.5)));
        for (var p = 0; p < m; p++, roots += 14)
        {
            for (var q = 0; q < s; q++)
            {
                var at = x + (p * span) + (q * step);
                var into = y + (8 * p * span) + (q * step);
                // The even and the odd elements as two butterflies of four; the odd ones turned by eighths.
                var (a, b) = (Pair<V, T>.Load(at), Pair<V, T>.Load(at + (2 * m * span)));
                var (c, d) = (Pair<V, T>.Load(at + (4 * m * span)), Pair<V, T>.Load(at + (6 * m * span)));
                var (even, odd, difference, turn) = (a + c, b + d, a - c, (b - d).TimesMinusI());
                var (e0, e1, e2, e3) = (even + odd, difference + turn, even - odd, difference - turn);
                (a, b) = (Pair<V, T>.Load(at + (m * span)), Pair<V, T>.Load(at + (3 * m * span)));
                (c, d) = (Pair<V, T>.Load(at + (5 * m * span)), Pair<V, T>.Load(at + (7 * m * span)));
                (even, odd, difference, turn) = (a + c, b + d, a - c, (b - d).TimesMinusI());
                var o1 = difference + turn;
                var o3 = difference - turn;
                var (f0, f2) = (even + odd, (even - odd).TimesMinusI());
                var f1 = (o1 + o1.TimesMinusI()).Scaled(diagonal);
                var f3 = (o3.TimesMinusI() - o3).Scaled(diagonal);
                (e0 + f0).Store(into);
                ((e1 + f1) * Pair<V, T>.Create(roots)).Store(into + span);
                ((e2 + f2) * Pair<V, T>.Create(roots + 2)).Store(into + (2 * span));
                ((e3 + f3) * Pair<V, T>.Create(roots + 4)).Store(into + (3 * span));
                ((e0 - f0) * Pair<V, T>.Create(roots + 6)).Store(into + (4 * span));
                ((e1 - f1) * Pair<V, T>.Create(roots + 8)).Store(into + (5 * span));
                ((e2 - f2) * Pair<V, T>.Create(roots + 10)).Store(into + (6 * span));
                ((e3 - f3) * Pair<V, T>.Create(roots + 12)).Store(into + (7 * span));
            }
        }
    }

    /// <summary>Any radix; circle holds its roots of one.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static void Any<V, T>(T* x, T* y, T* roots, T* circle, int radix, int m, int s)
        where V : struct, ISimd<V, T>
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        var (step, span) = (2L * V.Count, 2L * V.Count * s);
        for (var p = 0; p < m; p++, roots += 2 * (radix - 1))
        {
            for (var q = 0; q < s; q++)
            {
                var at = x + (p * span) + (q * step);
                var into = y + (radix * p * span) + (q * step);
                for (var j = 0; j < radix; j++)
                {
                    var sum = Pair<V, T>.Load(at);
                    for (var k = 1; k < radix; k++) sum += Pair<V, T>.Load(at + (k * m * span)) * Pair<V, T>.Create(circle + (2 * (j * k % radix)));
                    (j == 0 ? sum : sum * Pair<V, T>.Create(roots + (2 * (j - 1)))).Store(into + (j * span));
                }
            }
        }
    }

    /// <summary>Every lane times the same sequence of complex numbers; then perhaps the conjugate.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static void Multiply<V, T>(T* data, T* factors, int count, bool conjugate)
        where V : struct, ISimd<V, T>
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        for (var k = 0; k < count; k++, data += 2 * V.Count, factors += 2)
        {
            var product = Pair<V, T>.Load(data) * Pair<V, T>.Create(factors);
            (conjugate ? new(product.Real, -product.Imaginary) : product).Store(data);
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    public static void Conjugate<V, T>(T* data, int count)
        where V : struct, ISimd<V, T>
        where T : unmanaged
    {
        for (var k = 0; k < count; k++, data += 2 * V.Count) V.Store(-V.Load(data + V.Count), data + V.Count);
    }

    /// <summary>Complex numbers, a lane each.</summary>
    private readonly struct Pair<V, T>(V real, V imaginary)
        where V : struct, ISimd<V, T>
        where T : unmanaged
    {
        public readonly V Real = real;
        public readonly V Imaginary = imaginary;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Pair<V, T> Load(T* source) => new(V.Load(source), V.Load(source + V.Count));

        /// <summary>The same number in every lane.</summary>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Pair<V, T> Create(T* source) => new(V.Create(source[0]), V.Create(source[1]));

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void Store(T* target)
        {
            V.Store(Real, target);
            V.Store(Imaginary, target + V.Count);
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Pair<V, T> operator +(Pair<V, T> a, Pair<V, T> b) => new(a.Real + b.Real, a.Imaginary + b.Imaginary);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Pair<V, T> operator -(Pair<V, T> a, Pair<V, T> b) => new(a.Real - b.Real, a.Imaginary - b.Imaginary);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Pair<V, T> operator *(Pair<V, T> a, Pair<V, T> b) => new(
            V.MultiplyAdd(a.Real, b.Real, -(a.Imaginary * b.Imaginary)),
            V.MultiplyAdd(a.Real, b.Imaginary, a.Imaginary * b.Real));

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public Pair<V, T> TimesMinusI() => new(Imaginary, -Real);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public Pair<V, T> Scaled(V factor) => new(Real * factor, Imaginary * factor);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public Pair<V, T> ScaledPlus(V factor, Pair<V, T> other) => new(V.MultiplyAdd(Real, factor, other.Real), V.MultiplyAdd(Imaginary, factor, other.Imaginary));
    }
}
