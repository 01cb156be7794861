namespace Scorch.Kernels;

/// <summary>A vector of <typeparamref name="T"/>: kernels are written once over this and run at the width the machine has.</summary>
internal unsafe interface ISimd<V, T>
    where V : struct, ISimd<V, T>
    where T : unmanaged
{
    static abstract int Count { get; }

    static abstract V Create(T value);

    static abstract V Load(T* source);

    static abstract void Store(V value, T* target);

    /// <summary>The first and, in <paramref name="seconds"/>, the second numbers of pairs that lie in memory one behind the other.</summary>
    static abstract V LoadPairs(T* source, out V seconds);

    /// <summary>The inverse of <see cref="LoadPairs"/>.</summary>
    static abstract void StorePairs(V firsts, V seconds, T* target);

    static abstract V operator +(V a, V b);

    static abstract V operator -(V a, V b);

    static abstract V operator *(V a, V b);

    static abstract V operator /(V a, V b);

    static abstract V operator -(V a);

    static abstract V operator &(V a, V b);

    static abstract V operator |(V a, V b);

    static abstract V operator ^(V a, V b);

    /// <summary>NaN in either gives NaN.</summary>
    static abstract V Min(V a, V b);

    /// <summary>NaN in either gives NaN.</summary>
    static abstract V Max(V a, V b);

    /// <summary>The lesser of a value and a bound that is not NaN; NaN stays NaN. Cheaper than <see cref="Min"/>.</summary>
    static abstract V AtMost(V a, V bound);

    /// <summary>The greater of a value and a bound that is not NaN; NaN stays NaN.</summary>
    static abstract V AtLeast(V a, V bound);

    static abstract V Abs(V a);

    static abstract V Sqrt(V a);

    /// <summary>a * b + c, rounded once where the machine can.</summary>
    static abstract V MultiplyAdd(V a, V b, V c);

    static abstract V Floor(V a);

    static abstract V Ceiling(V a);

    /// <summary>To nearest, ties to even.</summary>
    static abstract V Round(V a);

    static abstract V Truncate(V a);

    /// <summary>2^n for whole n between the exponents of the least and the greatest normal number.</summary>
    static abstract V PowerOfTwo(V n);

    /// <summary>a 2^n for whole n, infinite or subnormal where that is out of range.</summary>
    static abstract V Scale(V a, V n);

    /// <summary>The e of a = 2^e m with m in [3/4, 3/2), in float64 in [1/sqrt 2, sqrt 2); 0 has e = -infinity, infinity e = infinity and m = 1, NaN and what is negative m = NaN.</summary>
    static abstract V Split(V a, out V mantissa);

    /// <summary>The e of a = 2^e m with m in [1, 2), for normal positive numbers.</summary>
    static abstract V Exponent(V a, out V mantissa);

    static abstract V LessThan(V a, V b);

    static abstract V Equal(V a, V b);

    static abstract V Select(V mask, V whenSet, V otherwise);

    /// <summary>Whether a comparison holds anywhere.</summary>
    static abstract bool Any(V mask);

    /// <summary>Magnitude of <paramref name="a"/>, sign of <paramref name="sign"/>.</summary>
    static abstract V CopySign(V a, V sign);

    static abstract T Sum(V a);
}
