using Scorch.Modules;

namespace Scorch.Language.TransformerSurvey;

/// <summary>Counts multiply-adds while it is open, from the shapes of the products that are computed.</summary>
/// <example><code>
/// using var meter = new OperationMeter();
/// attention.Forward(hidden, null, new AttentionScope(), new TransformerContext());
/// Console.WriteLine($"{meter.Maps} in linear maps, {meter.Mixing} in the mechanism");
/// </code></example>
/// <remarks>A meter counts the modules of the taxonomy that run in its flow of control; meters may lie within each other, the innermost counts.</remarks>
public sealed class OperationMeter : IDisposable
{
    private static readonly AsyncLocal<OperationMeter?> Current = new();
    private readonly OperationMeter? outer;
    private long maps;
    private long mixing;

    /// <summary>Starts to count.</summary>
    public OperationMeter()
    {
        outer = Current.Value;
        Current.Value = this;
    }

    /// <summary>Multiply-adds of linear maps of single positions, or of windows of a fixed size: O(T D^2) each.</summary>
    public long Maps => Interlocked.Read(ref maps);

    /// <summary>Multiply-adds of the mechanism that mixes positions: scores, weighted sums, hashes, projections along time.</summary>
    public long Mixing => Interlocked.Read(ref mixing);

    /// <summary>Stops to count.</summary>
    public void Dispose() => Current.Value = outer;

    internal static void CountMaps(long operations)
    {
        if (Current.Value is { } meter) Interlocked.Add(ref meter.maps, operations);
    }

    internal static void CountMixing(long operations)
    {
        if (Current.Value is { } meter) Interlocked.Add(ref meter.mixing, operations);
    }
}

/// <summary>Products that a meter sees.</summary>
internal static class MeteredProducts
{
    /// <summary>A linear map of single positions or windows.</summary>
    public static Tensor Map(this Linear linear, Tensor x)
    {
        OperationMeter.CountMaps(x.ElementCount * linear.Weight.Shape[0]);
        return linear.Forward(x);
    }

    /// <summary>A matrix product of the mechanism.</summary>
    public static Tensor Times(this Tensor left, Tensor right)
    {
        var product = left.MatMul(right);
        OperationMeter.CountMixing(product.ElementCount * left.Shape[-1]);
        return product;
    }
}
