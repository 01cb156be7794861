using Scorch.Checkpoints;

namespace Scorch.Tests;

/// <summary>Comparisons of tensors.</summary>
internal static class TensorAssert
{
    /// <summary>Same shape, same type, same bits.</summary>
    public static void SameBits(Tensor expected, Tensor actual, string name = "")
    {
        Assert.True(expected.Shape == actual.Shape, $"{name}: shape {actual.Shape}, expected {expected.Shape}");
        Assert.True(expected.DataType == actual.DataType, $"{name}: type {actual.DataType}, expected {expected.DataType}");
        Assert.True(Bytes(expected).AsSpan().SequenceEqual(Bytes(actual)), $"{name}: the bits differ");
    }

    public static void SameBits(IReadOnlyDictionary<string, Tensor> expected, IReadOnlyDictionary<string, Tensor> actual)
    {
        Assert.Equal(expected.Keys.Order(StringComparer.Ordinal), actual.Keys.Order(StringComparer.Ordinal));
        foreach (var (name, tensor) in expected) SameBits(tensor, actual[name], name);
    }

    /// <summary>|a - b| &lt;= tolerance * max(1, |b|) in every element.</summary>
    public static void Close(Tensor expected, Tensor actual, double tolerance, string name = "")
    {
        Assert.True(expected.Shape == actual.Shape, $"{name}: shape {actual.Shape}, expected {expected.Shape}");
        var (e, a) = (expected.To(DataType.Float64).ToArray<double>(), actual.To(DataType.Float64).ToArray<double>());
        for (var i = 0; i < e.Length; i++)
            Assert.True(Math.Abs(e[i] - a[i]) <= tolerance * Math.Max(1, Math.Abs(e[i])), $"{name}[{i}]: {a[i]:R}, expected {e[i]:R}");
    }

    public static byte[] Bytes(Tensor tensor) => TensorBytes.Of(tensor.Detach().Contiguous());
}
