namespace Scorch.Models.Experts;

/// <summary>A normal distribution cut at two deviations, as the quantiles of 2^16 equal parts: drawing is a look-up, for weights by the billion.</summary>
internal sealed class TruncatedNormalTable
{
    private const int Parts = 1 << 16;
    private readonly float[] quantiles;

    public TruncatedNormalTable(double deviation)
    {
        // erf(2 / sqrt(2)): a uniform number between both ends becomes a normal one within two deviations.
        const double Bound = 0.9544997361036416;
        var middles = Tensor.Linspace(Bound * ((1.0 / Parts) - 1), Bound * (1 - (1.0 / Parts)), Parts, DataType.Float64);
        quantiles = (middles.ErfInverse() * (deviation * Math.Sqrt(2))).To(DataType.Float32).ToArray<float>();
    }

    public Tensor Draw(Shape shape, DataType dataType, RandomSource random)
    {
        var values = new float[shape.ElementCount];
        for (var i = 0; i < values.Length; i += 4)
        {
            var bits = random.NextUInt64();
            for (var j = i; j < Math.Min(i + 4, values.Length); j++, bits >>= 16) values[j] = quantiles[bits & (Parts - 1)];
        }
        return Tensor.From(values, shape).To(dataType);
    }
}
