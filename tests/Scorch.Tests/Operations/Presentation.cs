namespace Scorch.Tests.Operations;

/// <summary>How a recorded case's inputs reach an operation; the expected results are the same.</summary>
public enum Presentation
{
    /// <summary>float64, contiguous, on the CPU.</summary>
    Double,

    /// <summary>float32 and complex64.</summary>
    Single,

    /// <summary>On the fake device, whose memory its own kernels alone can read.</summary>
    FakeDevice,

    /// <summary>As views with reversed strides and gaps, the gaps filled with what spoils any result that reads them.</summary>
    Strided,
}

/// <summary>Tensors as a presentation has them.</summary>
internal static class Presentations
{
    public static DataType TypeOf(this Presentation presentation, DataType type) => (presentation, type) switch
    {
        (Presentation.Single, DataType.Float64) => DataType.Float32,
        (Presentation.Single, DataType.Complex128) => DataType.Complex64,
        _ => type,
    };

    public static Tensor Present(this Presentation presentation, Tensor recorded) => presentation switch
    {
        Presentation.Single => recorded.CopyOf(presentation.TypeOf(recorded.DataType)),
        Presentation.FakeDevice => recorded.To(FakeDevice.Instance),
        Presentation.Strided => WithGaps(recorded),
        _ => recorded.Clone(),
    };

    private static Tensor WithGaps(Tensor tensor)
    {
        int[] reversed = [.. Enumerable.Range(0, tensor.Rank).Reverse()];
        var gap = tensor.DataType.IsDifferentiable() ? double.NaN : tensor.DataType == DataType.Bool ? 1 : 1 << 30;
        var turned = tensor.Permute(reversed);
        return Tensor.Stack([Tensor.FullLike(turned, gap), turned], -1).Select(-1, 1).Permute(reversed).Detach();
    }
}
