using Scorch.Autograd;

namespace Scorch.Tests.Operations;

/// <summary>Products of groups of rows against the same products one by one.</summary>
public class GroupedProductTests
{
    private static readonly int[] Starts = [0, 3, 3, 4, 9];

    private static (Tensor Rows, Tensor Weights) Inputs(DataType type = DataType.Float64)
    {
        var random = new RandomSource(1);
        return (random.Normal([9, 5], dataType: type), random.Normal([4, 6, 5], dataType: type));
    }

    private static Tensor OneByOne(Tensor rows, Tensor weights) => Tensor.Concatenate(
        [.. Enumerable.Range(0, 4).Select(group => rows.Narrow(0, Starts[group], Starts[group + 1] - Starts[group]).MatMul(weights.Select(0, group).T))]);

    private static void Near(Tensor expected, Tensor actual, double tolerance = 1e-13)
    {
        Assert.Equal(expected.Shape.ToArray(), actual.Shape.ToArray());
        var (want, have) = (expected.Detach().To(DataType.Float64).ToArray<double>(), actual.Detach().To(DataType.Float64).ToArray<double>());
        for (var i = 0; i < want.Length; i++) Assert.True(Math.Abs(want[i] - have[i]) <= tolerance, $"entry {i}: {have[i]:R} instead of {want[i]:R}");
    }

    [Theory]
    [InlineData(DataType.Float64, 1e-13)]
    [InlineData(DataType.Float32, 1e-5)]
    [InlineData(DataType.BFloat16, 0)]
    public void Products_are_those_of_each_group(DataType type, double tolerance)
    {
        var (rows, weights) = Inputs(type);
        var result = GroupedProducts.Apply(rows, weights, Starts);
        Assert.Equal(type, result.DataType);
        Near(OneByOne(rows, weights), result, tolerance);
        // Strided factors too.
        Near(OneByOne(rows, weights), GroupedProducts.Apply(rows.T.Contiguous().T, weights.Transpose(1, 2).Contiguous().Transpose(1, 2), Starts), tolerance);
    }

    [Fact]
    public void Gradients_of_both_orders_are_those_of_each_group()
    {
        (Tensor Value, Tensor First, Tensor Second, Tensor Mixed) Run(Func<Tensor, Tensor, Tensor> product)
        {
            var (rows, weights) = Inputs();
            (rows.RequiresGradient, weights.RequiresGradient) = (true, true);
            var value = (product(rows, weights).Tanh() * Tensor.Linspace(-1, 2, 54, DataType.Float64).Reshape(9, 6)).Sum();
            var first = Differentiation.Gradients([value], [rows, weights], createGraph: true);
            var mixed = Differentiation.Gradients([(first[0]!.Square().Sum() + first[1]!.Sin().Sum())], [rows, weights]);
            return (first[0]!, first[1]!, mixed[0]!, mixed[1]!);
        }
        var (expected, actual) = (Run(OneByOne), Run((rows, weights) => GroupedProducts.Apply(rows, weights, Starts)));
        Near(expected.Value, actual.Value);
        Near(expected.First, actual.First);
        Near(expected.Second, actual.Second, 1e-11);
        Near(expected.Mixed, actual.Mixed, 1e-11);
        // The group without rows has a gradient of zeros.
        Assert.All(actual.First.Select(0, 1).ToArray<double>(), value => Assert.Equal(0, value));
    }

    [Fact]
    public void Bits_do_not_depend_on_threads()
    {
        var random = new RandomSource(3);
        var (rows, weights) = (random.Normal([700, 64]), random.Normal([7, 130, 64]));
        int[] starts = [0, 100, 110, 300, 300, 501, 699, 700];
        var before = Parallelism.ThreadCount;
        try
        {
            float[][] Run(int threads)
            {
                Parallelism.ThreadCount = threads;
                var product = GroupedProducts.Apply(rows, weights, starts);
                return [product.ToArray<float>(), GroupedProducts.Outer(product, rows, starts).ToArray<float>()];
            }
            var one = Run(1);
            Assert.Equal(one, Run(2));
            Assert.Equal(one, Run(7));
        }
        finally
        {
            Parallelism.ThreadCount = before;
        }
    }

    [Theory]
    [InlineData(0, 3, 4, 9)]
    [InlineData(0, 3, 2, 4, 9)]
    [InlineData(1, 3, 3, 4, 9)]
    [InlineData(0, 3, 3, 4, 8)]
    public void Borders_that_do_not_cut_the_rows_are_refused(params int[] starts)
    {
        var (rows, weights) = Inputs();
        Assert.Contains("borders", Assert.Throws<ArgumentException>(() => GroupedProducts.Apply(rows, weights, starts)).Message);
    }
}
