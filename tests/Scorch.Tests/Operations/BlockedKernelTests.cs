using Scorch.Losses;
using Scorch.Modules;
using Scorch.Optimizers;

namespace Scorch.Tests.Operations;

/// <summary>Fused kernels beyond the borders of their blocks and chunks, against their definitions in primitives.</summary>
public class BlockedKernelTests() : DefinitionTests(seed: 7)
{
    [Theory]
    [InlineData(130, 97, false, false)]
    [InlineData(97, 130, true, false)]
    [InlineData(130, 97, true, false)]
    [InlineData(49, 200, false, true)]
    [InlineData(300, 129, false, false)]
    [InlineData(150, 500, false, true)]
    public void Attention_over_several_blocks_of_queries(int queries, int keys, bool isCausal, bool hasMask)
    {
        var (q, k, v) = (Draw(2, 3, queries, 17), Draw(2, 3, keys, 17), Draw(2, 3, keys, 5));
        var mask = hasMask ? Draw(queries, keys) : isCausal ? Tensor.Where(Tensor.Ones([queries, keys], DataType.Bool).LowerTriangle(), Zero, Zero + double.NegativeInfinity) : Zero;
        Hold(
            x => x[0].ScaledDotProductAttention(x[1], x[2], hasMask ? mask : null, isCausal),
            x => Weights((x[0].MatMul(x[1].Transpose(-1, -2)) / Math.Sqrt(17)) + mask).MatMul(x[2]),
            q.Detach(),
            k.Detach(),
            v.Detach());
    }

    [Theory]
    [InlineData(-0.3)]
    [InlineData(0)]
    public void Attention_with_a_scale_that_is_not_positive(double scale) => Hold(
        x => x[0].ScaledDotProductAttention(x[1], x[2], scale: scale),
        x => Weights(x[0].MatMul(x[1].Transpose(-1, -2)) * scale).MatMul(x[2]),
        Draw(2, 3, 19, 5),
        Draw(2, 3, 33, 5),
        Draw(2, 3, 33, 7));

    [Fact]
    public void Layer_normalisation_over_several_blocks_of_rows() =>
        Hold(x => x[0].LayerNorm([37], x[1], x[2]), x => (Normalised(x[0], [1]) * x[1]) + x[2], Draw(300, 37), Draw(37), Draw(37));

    [Fact]
    public void Batch_normalisation_of_long_runs() =>
        Hold(x => x[0].BatchNorm(weight: x[1], bias: x[2]), x => (Normalised(x[0], [0, 2]) * x[1].Unsqueeze(1)) + x[2].Unsqueeze(1), Draw(5, 7, 1003), Draw(7), Draw(7));

    [Fact]
    public void Softmax_of_many_rows() => Hold(x => x[0].Softmax(-1), x => Weights(x[0]), Draw(300, 129));

    [Fact]
    public void Cross_entropy_of_many_rows_with_ignored_targets()
    {
        var target = Tensor.Range(300).Remainder(130) - 1;
        var hot = Tensor.Where(target.EqualTo(-1).Unsqueeze(1), Zero, target.Clamp(minimum: 0L).OneHot(129, DataType.Float64));
        Hold(x => Loss.CrossEntropy(x[0], target, ignoreIndex: -1), x => -(Weights(x[0]).Log() * hot).Sum() / hot.Sum(), Draw(300, 129));
    }

    [Fact]
    public void Adam_over_several_chunks()
    {
        var (start, gradient) = (Draw(40_003), Draw(40_003));
        var parameter = new Parameter(start.Clone()) { Gradient = gradient };
        var adam = new AdamW([parameter]);
        var (p, m, v) = (start, start * 0.0, start * 0.0);
        for (var step = 1; step <= 3; step++)
        {
            adam.Step();
            p *= 1 - (1e-3 * 0.01);
            m = (m * 0.9) + (gradient * 0.1);
            v = (v * 0.999) + (gradient.Square() * 0.001);
            p -= m / (1 - Math.Pow(0.9, step)) / ((v / (1 - Math.Pow(0.999, step))).Sqrt() + 1e-8) * 1e-3;
        }
        Close(p, parameter.Detach());
    }

    private static Tensor Zero => Tensor.Zeros([], DataType.Float64);

    private static Tensor Weights(Tensor x) => x.Exp() / x.Exp().Sum(-1, true);

    private static Tensor Normalised(Tensor x, int[] dimensions)
    {
        var centred = x - x.Mean(dimensions, true);
        return centred / ((centred * centred).Mean(dimensions, true) + 1e-5).Sqrt();
    }
}
