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

    static abstract V Abs(V a);

    static abstract V Sqrt(V a);

    /// <summary>a * b + c, rounded once where the machine can.</summary>
    static abstract V MultiplyAdd(V a, V b, V c);

    static abstract V Floor(V a);

    static abstract V Ceiling(V a);

    /// <summary>To nearest, ties to even.</summary>
    static abstract V Round(V a);

    static abstract V Truncate(V a);

    static abstract V Exp(V a);

    static abstract V Log(V a);

    static abstract V Sin(V a);

    static abstract V Cos(V a);

    static abstract V LessThan(V a, V b);

    static abstract V Equal(V a, V b);

    static abstract V Select(V mask, V whenSet, V otherwise);

    /// <summary>Magnitude of <paramref name="a"/>, sign of <paramref name="sign"/>.</summary>
    static abstract V CopySign(V a, V sign);

    static abstract T Sum(V a);
}
