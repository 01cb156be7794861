using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Scorch.Kernels;

/// <summary>One input, one output of the same type, written once over the vector.</summary>
internal interface IUnary<T>
    where T : unmanaged
{
    V Apply<V>(V x)
        where V : struct, ISimd<V, T>;
}

/// <summary>Two inputs, one output of the same type, written once over the vector.</summary>
internal interface IBinary<T>
    where T : unmanaged
{
    V Apply<V>(V x, V y)
        where V : struct, ISimd<V, T>;
}

/// <summary>Runs a unary operation; operand 0 is the output. Tails and strided elements take the vector path too, so a value's bits do not depend on its place.</summary>
internal readonly unsafe struct UnaryLoop<T, TOperation>(TOperation operation) : IInnerLoop
    where T : unmanaged
    where TOperation : struct, IUnary<T>
{
    private const int Block = 256;
    private readonly TOperation operation = operation;

    public void Invoke(in Run run, long count)
    {
        var output = (T*)run.P0;
        var input = (T*)run.P1;
        if (run.S0 == 1 && run.S1 == 1)
        {
            Contiguous(operation, output, input, count);
            return;
        }
        var buffer = stackalloc T[Block];
        for (long done = 0; done < count; done += Block)
        {
            var length = (int)Math.Min(Block, count - done);
            for (var i = 0; i < length; i++) buffer[i] = input[(done + i) * run.S1];
            Contiguous(operation, buffer, buffer, length);
            for (var i = 0; i < length; i++) output[(done + i) * run.S0] = buffer[i];
        }
    }

    private static void Contiguous(TOperation operation, T* output, T* input, long count)
    {
        if (Vector512.IsHardwareAccelerated) Vectors<Simd512<T>>(operation, output, input, count);
        else if (Vector256.IsHardwareAccelerated) Vectors<Simd256<T>>(operation, output, input, count);
        else Vectors<Simd128<T>>(operation, output, input, count);
    }

    private static void Vectors<V>(TOperation operation, T* output, T* input, long count)
        where V : struct, ISimd<V, T>
    {
        var whole = count - (count % V.Count);
        if (whole > 0) Whole<V>(operation, output, input, whole);
        if (whole == count) return;
        var tail = stackalloc T[V.Count];
        var rest = (int)(count - whole);
        for (var k = 0; k < V.Count; k++) tail[k] = input[whole + Math.Min(k, rest - 1)];
        Whole<V>(operation, tail, tail, V.Count);
        for (var k = 0; k < rest; k++) output[whole + k] = tail[k];
    }

    /// <summary>The one place where the operation is inlined: more in one method would exceed the compiler's budget for large ones.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void Whole<V>(TOperation operation, T* output, T* input, long count)
        where V : struct, ISimd<V, T>
    {
        for (long i = 0; i < count; i += V.Count) V.Store(operation.Apply(V.Load(input + i)), output + i);
    }
}

/// <summary>Runs a binary operation; operand 0 is the output. An operand of stride 0 is spread once.</summary>
internal readonly unsafe struct BinaryLoop<T, TOperation>(TOperation operation) : IInnerLoop
    where T : unmanaged
    where TOperation : struct, IBinary<T>
{
    private const int Block = 256;
    private readonly TOperation operation = operation;

    public void Invoke(in Run run, long count)
    {
        var output = (T*)run.P0;
        var left = (T*)run.P1;
        var right = (T*)run.P2;
        if (run.S0 == 1 && run.S1 is (0 or 1) && run.S2 is (0 or 1))
        {
            Contiguous(operation, output, left, run.S1 == 0, right, run.S2 == 0, count);
            return;
        }
        var a = stackalloc T[Block];
        var b = stackalloc T[Block];
        for (long done = 0; done < count; done += Block)
        {
            var length = (int)Math.Min(Block, count - done);
            for (var i = 0; i < length; i++) a[i] = left[(done + i) * run.S1];
            for (var i = 0; i < length; i++) b[i] = right[(done + i) * run.S2];
            Contiguous(operation, a, a, false, b, false, length);
            for (var i = 0; i < length; i++) output[(done + i) * run.S0] = a[i];
        }
    }

    private static void Contiguous(TOperation operation, T* output, T* left, bool spreadLeft, T* right, bool spreadRight, long count)
    {
        if (Vector512.IsHardwareAccelerated) Vectors<Simd512<T>>(operation, output, left, spreadLeft, right, spreadRight, count);
        else if (Vector256.IsHardwareAccelerated) Vectors<Simd256<T>>(operation, output, left, spreadLeft, right, spreadRight, count);
        else Vectors<Simd128<T>>(operation, output, left, spreadLeft, right, spreadRight, count);
    }

    private static void Vectors<V>(TOperation operation, T* output, T* left, bool spreadLeft, T* right, bool spreadRight, long count)
        where V : struct, ISimd<V, T>
    {
        var whole = count - (count % V.Count);
        if (whole > 0)
        {
            if (!spreadLeft && !spreadRight) Both<V>(operation, output, left, right, whole);
            else if (!spreadLeft) SpreadRight<V>(operation, output, left, *right, whole);
            else if (!spreadRight) SpreadLeft<V>(operation, output, *left, right, whole);
        }
        if (whole == count && !(spreadLeft && spreadRight)) return;
        var a = stackalloc T[V.Count];
        var b = stackalloc T[V.Count];
        var rest = (int)(count - whole);
        for (var k = 0; k < V.Count; k++)
        {
            var place = whole + Math.Min(k, rest - 1);
            a[k] = spreadLeft ? *left : left[place];
            b[k] = spreadRight ? *right : right[place];
        }
        Both<V>(operation, a, a, b, V.Count);
        if (spreadLeft && spreadRight) for (long k = 0; k < count; k++) output[k] = a[0];
        else for (var k = 0; k < rest; k++) output[whole + k] = a[k];
    }

    // The operation is inlined once in each: more in one method would exceed the compiler's budget for large ones.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void Both<V>(TOperation operation, T* output, T* left, T* right, long count)
        where V : struct, ISimd<V, T>
    {
        for (long i = 0; i < count; i += V.Count) V.Store(operation.Apply(V.Load(left + i), V.Load(right + i)), output + i);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void SpreadLeft<V>(TOperation operation, T* output, T left, T* right, long count)
        where V : struct, ISimd<V, T>
    {
        var x = V.Create(left);
        for (long i = 0; i < count; i += V.Count) V.Store(operation.Apply(x, V.Load(right + i)), output + i);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void SpreadRight<V>(TOperation operation, T* output, T* left, T right, long count)
        where V : struct, ISimd<V, T>
    {
        var y = V.Create(right);
        for (long i = 0; i < count; i += V.Count) V.Store(operation.Apply(V.Load(left + i), y), output + i);
    }
}

/// <summary>Any element-by-element function, one element at a time; operand 0 is the output.</summary>
internal interface IElementwise<TIn, TOut>
{
    TOut Apply(TIn x, TIn y);
}

/// <summary>Runs an <see cref="IElementwise{TIn,TOut}"/> over two inputs.</summary>
internal readonly unsafe struct ElementLoop<TIn, TOut, TOperation>(TOperation operation) : IInnerLoop
    where TIn : unmanaged
    where TOut : unmanaged
    where TOperation : struct, IElementwise<TIn, TOut>
{
    private readonly TOperation operation = operation;

    public void Invoke(in Run run, long count)
    {
        var output = (TOut*)run.P0;
        var left = (TIn*)run.P1;
        var right = (TIn*)run.P2;
        var (s0, s1, s2) = (run.S0, run.S1, run.S2);
        for (long i = 0; i < count; i++) output[i * s0] = operation.Apply(left[i * s1], right[i * s2]);
    }
}
