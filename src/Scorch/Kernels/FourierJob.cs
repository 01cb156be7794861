using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Scorch.Kernels;

/// <summary>Transforms of the lines of [outer, n, inner]. In scratch memory an element is two vectors, real and imaginary parts; a line is a lane.</summary>
internal sealed unsafe class FourierJob<T>(T* input, T* output, int outer, int length, int inner, bool real, bool inverse, T scale)
    where T : unmanaged, IFloatingPointIeee754<T>
{
    /// <summary>Least length of which a single line is worth turning into a matrix.</summary>
    private const int LeastMatrix = 256;

    /// <summary>Larger scratch memory is freed after each use.</summary>
    private const long KeptScratch = 16 << 20;

    /// <summary>Elements of a line that are moved before the next line's.</summary>
    private const int Piece = 32;

    private readonly FourierPlan<T> plan = FourierPlan<T>.Of(length);
    private readonly int half = real ? (length / 2) + 1 : length;
    private readonly long rows = (long)outer * inner;

    public int Length => length;

    /// <summary>The number of columns where a line of this length makes a matrix with sides of at least a vector, else 0.</summary>
    public int Split<V>()
        where V : struct, ISimd<V, T>
    {
        if (length < LeastMatrix || !plan.Direct) return 0;
        for (var columns = (int)Math.Sqrt(length); columns >= V.Count; columns--)
            if (length % columns == 0) return columns;
        return 0;
    }

    /// <summary>Transforms lines that fill one vector, or part of it.</summary>
    public void Together<V>(long first, int count)
        where V : struct, ISimd<V, T>
    {
        var size = (long)plan.ScratchLength * 2 * V.Count;
        var data = Rent(size, out var owned);
        var spare = data + size;
        if (count < V.Count) new Span<T>(data, checked((int)(length * 2L * V.Count))).Clear();
        // Neighbouring columns lie as lanes do.
        if (!real && count == V.Count && (first % inner) + count <= inner)
        {
            LoadColumns<V>(input + (2 * Start(first, length)), data, 2L * inner, length, inverse);
            StoreColumns<V>(plan.Transform<V>(data, spare, 1), output + (2 * Start(first, length)), 2L * inner, length, inverse, scale);
            Return(data, owned);
            return;
        }
        // Lines side by side in memory: whole squares are transposed in registers.
        if (inner == 1 && count == V.Count && (!real || 2 * (first + count) <= rows))
        {
            if (real) TogetherReal<V>(first, data, spare);
            else TogetherComplex<V>(first, data, spare);
            Return(data, owned);
            return;
        }
        // By short pieces of all lanes, so that a cache line is filled while it is near.
        for (var k = 0; k < length; k += Piece)
            for (var lane = 0; lane < count; lane++) Load(first + lane, data + lane, V.Count, k, Math.Min(length, k + Piece));
        var result = plan.Transform<V>(data, spare, 1);
        if (real)
        {
            Untangle<V>(result, length);
            for (var k = 0; k < half; k += Piece)
                for (var lane = 0; lane < count; lane++) StoreReal(first + lane, result + lane, V.Count, k, Math.Min(half, k + Piece));
            Return(data, owned);
            return;
        }
        for (var k = 0; k < half; k += Piece)
            for (var lane = 0; lane < count; lane++) Store(first + lane, result + lane, V.Count, k, Math.Min(half, k + Piece));
        Return(data, owned);
    }

    private void TogetherComplex<V>(long first, T* data, T* spare)
        where V : struct, ISimd<V, T>
    {
        FourierPairs<T>.Transpose(data, V.Count, input + (2 * first * length), length, V.Count, length);
        FourierPairs<T>.Separate<V>(data, length, inverse);
        var result = plan.Transform<V>(data, spare, 1);
        FourierPairs<T>.Join<V>(result, length, inverse, scale);
        FourierPairs<T>.Transpose(output + (2 * first * length), length, result, V.Count, length, V.Count);
    }

    private void TogetherReal<V>(long first, T* data, T* spare)
        where V : struct, ISimd<V, T>
    {
        var source = input + (2 * first * length);
        MatrixPacking.Transposed(data, 2 * V.Count, source, 2L * length, V.Count, length);
        MatrixPacking.Transposed(data + V.Count, 2 * V.Count, source + length, 2L * length, V.Count, length);
        var result = plan.Transform<V>(data, spare, 1);
        var other = result == data ? spare : data;
        FourierPairs<T>.JoinReal<V>(result, other, length, scale);
        var target = output + (4 * first * half);
        FourierPairs<T>.Transpose(target, 2L * half, result, V.Count, half, V.Count);
        FourierPairs<T>.Transpose(target + (2 * half), 2L * half, other, V.Count, half, V.Count);
    }

    /// <summary>
    /// Transforms one line as a matrix (Bailey's four steps): with j = a + A b and k = c + B d the exponent j k / n is b c / B + a c / n + a d / A
    /// up to whole numbers.
    /// </summary>
    public void Alone<V>(long line)
        where V : struct, ISimd<V, T>
    {
        var columns = Split<V>();
        var height = length / columns;
        var (across, down) = ((columns + V.Count - 1) / V.Count, (height + V.Count - 1) / V.Count);
        var size = (long)Math.Max(across * height, down * columns) * 2 * V.Count;
        var roots = FourierPlan<T>.RootsOf(length);
        var whole = Rent(size + length, out var owned);
        var (data, spare, signal) = ((nint)whole, (nint)(whole + size), (nint)(whole + (2 * size)));
        Load(line, (T*)signal, 1, 0, length);
        Spread((T*)signal, (T*)data, height, columns, V.Count);
        var middle = FourierPlan<T>.Of(height).Transform<V>((T*)data, (T*)spare, across);
        var next = middle == (T*)data ? (T*)spare : (T*)data;
        Turn(middle, next, roots, height, columns, V.Count);
        var result = FourierPlan<T>.Of(columns).Transform<V>(next, middle, down);
        Gather(result, (T*)signal, columns, height, V.Count);
        if (real)
        {
            Untangle((T*)signal, length);
            StoreReal(line, (T*)signal, 1, 0, half);
        }
        else
        {
            Store(line, (T*)signal, 1, 0, half);
        }
        Return(whole, owned);
    }

    private static T* Rent(long elements, out bool owned)
    {
        var bytes = 2 * elements * sizeof(T);
        owned = bytes > KeptScratch;
        return (T*)(owned ? NativeMemory.AlignedAlloc((nuint)bytes, 64) : Workspace.Get(Workspace.Signal, bytes));
    }

    private static void Return(T* scratch, bool owned)
    {
        if (owned) NativeMemory.AlignedFree(scratch);
    }

    /// <summary>Where a line's first element is, in elements of an array whose lines have <paramref name="size"/>.</summary>
    private long Start(long line, int size) => inner == 1 ? line * size : (line / inner * size * inner) + (line % inner);

    /// <summary>The inverse is the forward transform with real and imaginary parts exchanged, before and after.</summary>
    private void Load(long line, T* data, int lanes, int from, int to)
    {
        if (real)
        {
            LoadReal(input + Start(2 * line, length), data, 2 * lanes, inner, from, to);
            if ((2 * line) + 1 < rows) LoadReal(input + Start((2 * line) + 1, length), data + lanes, 2 * lanes, inner, from, to);
            else LoadZeros(data + lanes, 2 * lanes, from, to);
            return;
        }
        var (first, second) = inverse ? (lanes, 0) : (0, lanes);
        LoadComplex(input + (2 * Start(line, length)), data + first, data + second, 2 * lanes, 2L * inner, from, to);
    }

    private void Store(long line, T* data, int lanes, int from, int to)
    {
        var (realPart, imaginaryPart) = inverse ? (lanes, 0) : (0, lanes);
        StoreComplex(output + (2 * Start(line, length)), data + realPart, data + imaginaryPart, 2 * lanes, 2L * inner, from, to, scale);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void LoadReal(T* source, T* target, int step, long stride, int from, int to)
    {
        source += from * stride;
        target += (long)from * step;
        for (var k = from; k < to; k++)
        {
            *target = *source;
            source += stride;
            target += step;
        }
    }

    private static void LoadZeros(T* target, int step, int from, int to)
    {
        for (var k = from; k < to; k++) target[(long)k * step] = T.Zero;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void LoadComplex(T* source, T* realPart, T* imaginaryPart, int step, long stride, int from, int to)
    {
        source += from * stride;
        realPart += (long)from * step;
        imaginaryPart += (long)from * step;
        for (var k = from; k < to; k++)
        {
            *realPart = source[0];
            *imaginaryPart = source[1];
            source += stride;
            realPart += step;
            imaginaryPart += step;
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void StoreComplex(T* target, T* realPart, T* imaginaryPart, int step, long stride, int from, int to, T scale)
    {
        target += from * stride;
        realPart += (long)from * step;
        imaginaryPart += (long)from * step;
        for (var k = from; k < to; k++)
        {
            target[0] = *realPart * scale;
            target[1] = *imaginaryPart * scale;
            target += stride;
            realPart += step;
            imaginaryPart += step;
        }
    }

    /// <summary>Stores what <see cref="Untangle{V}"/> leaves.</summary>
    private void StoreReal(long line, T* data, int lanes, int from, int to)
    {
        var (step, stride) = (2 * lanes, 2L * inner);
        var first = output + (2 * Start(2 * line, half));
        StoreComplex(first, data, data + lanes, step, stride, from, to, scale);
        var second = (2 * line) + 1 < rows ? output + (2 * Start((2 * line) + 1, half)) : null;
        if (second is not null)
        {
            var last = data + ((long)length * step);
            StoreComplex(second, last, last + lanes, -step, stride, Math.Max(1, from), to, scale);
        }
        foreach (var k in stackalloc[] { 0, length / 2 })
        {
            if (k < from || k >= to || (k > 0 && 2 * k != length)) continue;
            first[(k * stride) + 1] = T.Zero;
            if (second is null) continue;
            second[k * stride] = data[((long)k * step) + lanes] * scale;
            second[(k * stride) + 1] = T.Zero;
        }
    }

    /// <summary>
    /// A + i B was transformed: A_k = (Z_k + conj Z_-k) / 2 takes the place of Z_k and B_k = (Z_k - conj Z_-k) / 2i that of Z_-k; where k = -k both are
    /// real, and Z holds them as it is.
    /// </summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void Untangle<V>(T* data, int length)
        where V : struct, ISimd<V, T>
    {
        var half = V.Create(T.CreateChecked(0.5));
        for (var k = 1; k < length - k; k++)
        {
            var own = data + (2L * k * V.Count);
            var mirrored = data + (2L * (length - k) * V.Count);
            var (a, b) = (V.Load(own), V.Load(own + V.Count));
            var (c, d) = (V.Load(mirrored), V.Load(mirrored + V.Count));
            V.Store((a + c) * half, own);
            V.Store((b - d) * half, own + V.Count);
            V.Store((b + d) * half, mirrored);
            V.Store((c - a) * half, mirrored + V.Count);
        }
    }

    /// <summary>The same for a single line.</summary>
    private static void Untangle(T* data, int length)
    {
        var half = T.CreateChecked(0.5);
        for (var k = 1; k < length - k; k++)
        {
            var own = data + (2L * k);
            var mirrored = data + (2L * (length - k));
            var (a, b, c, d) = (own[0], own[1], mirrored[0], mirrored[1]);
            (own[0], own[1]) = ((a + c) * half, (b - d) * half);
            (mirrored[0], mirrored[1]) = ((b + d) * half, (c - a) * half);
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void LoadColumns<V>(T* source, T* target, long stride, int count, bool exchanged)
        where V : struct, ISimd<V, T>
    {
        var (first, second) = exchanged ? (V.Count, 0) : (0, V.Count);
        for (var k = 0; k < count; k++)
        {
            V.Store(V.LoadPairs(source, out var imaginary), target + first);
            V.Store(imaginary, target + second);
            source += stride;
            target += 2 * V.Count;
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void StoreColumns<V>(T* source, T* target, long stride, int count, bool exchanged, T scale)
        where V : struct, ISimd<V, T>
    {
        var (first, second) = exchanged ? (V.Count, 0) : (0, V.Count);
        var factor = V.Create(scale);
        for (var k = 0; k < count; k++)
        {
            V.StorePairs(V.Load(source + first) * factor, V.Load(source + second) * factor, target);
            source += 2 * V.Count;
            target += stride;
        }
    }

    /// <summary>A row-major matrix of complex numbers in vectors along its rows, the last filled up with zeros.</summary>
    private static void Spread(T* source, T* target, int height, int columns, int lanes)
    {
        for (var row = 0; row < height; row++)
            for (var column = 0; column < columns; column += lanes, target += 2 * lanes)
                for (var lane = 0; lane < lanes; lane++)
                {
                    var inside = column + lane < columns;
                    target[lane] = inside ? source[2 * (((long)row * columns) + column + lane)] : T.Zero;
                    target[lanes + lane] = inside ? source[(2 * (((long)row * columns) + column + lane)) + 1] : T.Zero;
                }
    }

    private static void Gather(T* source, T* target, int height, int columns, int lanes)
    {
        for (var row = 0; row < height; row++)
            for (var column = 0; column < columns; column += lanes, source += 2 * lanes)
                for (var lane = 0; lane < Math.Min(lanes, columns - column); lane++, target += 2)
                {
                    target[0] = source[lane];
                    target[1] = source[lanes + lane];
                }
    }

    /// <summary>The transpose, with element (c, a) times the root e^(-2 pi i a c / n).</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void Turn(T* source, T* target, T[] roots, int height, int columns, int lanes)
    {
        var width = (columns + lanes - 1) / lanes * 2 * lanes;
        for (var a = 0; a < columns; a++)
        {
            var from = source + (a / lanes * 2 * lanes) + (a % lanes);
            for (var first = 0; first < height; first += lanes, target += 2 * lanes)
                for (var lane = 0; lane < lanes; lane++)
                {
                    var c = first + lane;
                    var (x, y) = c < height ? (from[(long)c * width], from[((long)c * width) + lanes]) : (T.Zero, T.Zero);
                    var at = c < height ? 2L * a * c : 0;
                    var (cosine, sine) = (roots[at], roots[at + 1]);
                    target[lane] = (x * cosine) - (y * sine);
                    target[lanes + lane] = (x * sine) + (y * cosine);
                }
        }
    }
}
