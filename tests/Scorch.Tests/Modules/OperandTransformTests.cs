using Scorch.Modules;

namespace Scorch.Tests.Modules;

public class OperandTransformTests
{
    [Fact]
    public void Layers_compute_with_what_a_transform_makes_of_their_operands_and_gradients_pass_through_it()
    {
        var random = new RandomSource(1);
        var x = new Parameter(random.Normal([3, 4], dataType: DataType.Float64));
        var linear = new Linear(4, 2, random, dataType: DataType.Float64);
        var expected = (x * 2).Affine(linear.Weight * 3, linear.Bias);
        linear.Operands = new Scaled();
        Assert.Equal(expected.ToArray<double>(), linear.Forward(x).ToArray<double>());
        linear.Forward(x).Sum().Backward();
        // d/dx (2 x)(3 W)^T = 6 sum W; d/dW = 6 sum x.
        var columns = (linear.Weight.Sum(0) * 6).ToArray<double>();
        Assert.All(Enumerable.Range(0, 3), row => Assert.Equal(columns, x.Gradient!.Select(0, row).ToArray<double>(), (a, b) => Math.Abs(a - b) < 1e-12));
        Assert.Equal((x.Sum(0) * 6).ToArray<double>(), linear.Weight.Gradient!.Select(0, 1).ToArray<double>(), (a, b) => Math.Abs(a - b) < 1e-12);

        var norm = new LayerNorm([4], dataType: DataType.Float64);
        var normalized = (x * 2).LayerNorm([4], norm.Weight! * 3, norm.Bias, norm.Epsilon);
        norm.Operands = new Scaled();
        Assert.Equal(normalized.ToArray<double>(), norm.Forward(x).ToArray<double>());

        // An embedding's indices stay as they are.
        var embedding = new Embedding(5, 3, random, DataType.Float64);
        var ids = Tensor.From([4L, 0L]);
        var rows = (embedding.Forward(ids) * 3).ToArray<double>();
        embedding.Operands = new Scaled();
        Assert.Equal(rows, embedding.Forward(ids).ToArray<double>());
    }

    [Fact]
    public void A_transforms_buffers_are_part_of_the_layers_state()
    {
        var linear = new Linear(2, 2, new RandomSource(1)) { Operands = new Scaled() };
        Assert.Equal(["weight", "bias", "operands.factor"], linear.State().Keys);
        linear.Operands = null;
        Assert.Equal(["weight", "bias"], linear.State().Keys);
    }

    private sealed class Scaled : OperandTransform
    {
        [Buffer]
        public Tensor Factor { get; } = Tensor.Full([], 3.0, DataType.Float64);

        public override Tensor Input(Tensor x) => x * 2;

        public override Tensor Weight(Tensor weight) => weight * Factor;
    }
}
