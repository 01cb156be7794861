using Scorch.Autograd;

namespace Scorch.Tests.Tensors;

public class TensorTests
{
    private static Tensor Counting(params int[] shape) => Tensor.Range((int)Shape.Create(shape).ElementCount).Reshape(shape).To(DataType.Float64);

    [Fact]
    public void Views_share_memory_and_copies_do_not()
    {
        var x = Counting(3, 4);
        x.T[0, 1] = Tensor.Scalar(-1.0);
        Assert.Equal(-1, x[1, 0].Item());
        x[.., ^1].FillInPlace(9);
        Assert.Equal([3, 9, 9, 9], new[] { 3.0, x[0, 3].Item(), x[1, 3].Item(), x[2, 3].Item() });
        var copy = x.Clone();
        copy.FillInPlace(0);
        Assert.Equal(9, x[2, 3].Item());
    }

    [Fact]
    public void Reshape_views_where_strides_allow_and_copies_elsewhere()
    {
        var x = Counting(2, 3, 4);
        x.Reshape(6, 4)[0, 0] = Tensor.Scalar(-5.0);
        Assert.Equal(-5, x[0, 0, 0].Item());
        Assert.Equal([0.0, 4, 8, 1, 5, 9], x[0].T[..2].Reshape(-1).To(DataType.Float64).ToArray<double>().Select(v => v == -5 ? 0 : v));
        Assert.Contains("use Reshape", Assert.Throws<InvalidOperationException>(() => x.T.View([24])).Message);
    }

    [Fact]
    public void Assignment_writes_through_ranges_positions_masks_and_index_tensors()
    {
        var x = Counting(3, 4);
        x[1..] = Tensor.Scalar(0.0);
        Assert.Equal(6, x.Sum().Item());
        x[x.EqualTo(0)] = Tensor.Scalar(1.0);
        Assert.Equal(6 + 9, x.Sum().Item());
        x[Tensor.From(0L, 2L), Tensor.From(3L, 0L)] = Tensor.From([100.0, 200.0]);
        Assert.Equal((100, 200), (x[0, 3].Item(), x[2, 0].Item()));
    }

    [Fact]
    public void Index_errors_name_position_and_shape()
    {
        var x = Counting(3, 4);
        Assert.Contains("[3, 4]", Assert.Throws<ArgumentOutOfRangeException>(() => x[3]).Message);
        Assert.Contains("3 dimensions are indexed", Assert.Throws<ArgumentException>(() => x[0, 0, 0]).Message);
        Assert.Contains("4 elements", Assert.Throws<ArgumentOutOfRangeException>(() => x[.., Tensor.From(4L)]).Message);
    }

    [Fact]
    public void Shape_errors_name_both_shapes_and_the_operation()
    {
        var (a, b) = (Counting(3, 4), Counting(3, 5));
        foreach (var act in new Action[] { () => _ = a + b, () => _ = a.MatMul(b), () => _ = Tensor.Concatenate([a, b]) })
        {
            var message = Assert.Throws<ArgumentException>(act).Message;
            Assert.Contains("[3, 4]", message);
            Assert.Contains("[3, 5]", message);
        }
        Assert.StartsWith("Add", Assert.Throws<ArgumentException>(() => _ = a + b).Message);
    }

    [Fact]
    public void Conversions_to_and_from_arrays_keep_every_value()
    {
        Assert.Equal(new[,] { { 1, 2 }, { 3, 4 } }, Tensor.From(new[,] { { 1, 2 }, { 3, 4 } }).ToMatrix<int>());
        Assert.Equal([true, false], Tensor.From(true, false).ToArray<bool>());
        Assert.Equal([(Half)1.5, Half.NaN], Tensor.From((Half)1.5, Half.NaN).ToArray<Half>());
        Assert.Throws<InvalidCastException>(() => Tensor.From(1.0).ToArray<float>());
        Assert.Equal(new long[] { -1, 255, 3 }, Tensor.From(-1.9, 255.2, 3.999).To(DataType.Int64).ToArray<long>());
    }

    [Fact]
    public void Two_byte_floats_round_to_nearest_even()
    {
        // 1 + 2^-8 lies halfway between two bfloat16; the even one is 1. 1 + 3 2^-8 lies halfway too; the even one is 1 + 2^-6.
        var x = Tensor.From(1 + (1f / 256), 1 + (3f / 256), 65520f);
        Assert.Equal([1f, 1 + (1f / 64)], x.To(DataType.BFloat16).To(DataType.Float32)[..2].ToArray<float>());
        Assert.Equal(float.PositiveInfinity, x.To(DataType.Float16).To(DataType.Float32)[2].Item());
        Assert.True(float.IsNaN((float)(BFloat16)float.NaN));
    }

    [Fact]
    public void Printing_shows_elements_shape_and_type_and_shortens()
    {
        Assert.Equal("[[0.0, 1.0],\n [2.0, 3.0]] Float64 [2, 2]", Counting(2, 2).ToString());
        Assert.Equal("[true, false] Bool [2]", Tensor.From(true, false).ToString());
        Assert.Contains("…", Counting(100, 100).ToString());
        Assert.Equal("7 Int64 []", Tensor.Scalar(7, DataType.Int64).ToString());
    }

    [Fact]
    public void Empty_tensors_pass_through_operations()
    {
        var x = Tensor.Zeros([0, 3]);
        Assert.Equal([0, 3], (x + 1).Shape);
        Assert.Equal([0.0f, 0, 0], x.Sum(0).ToArray<float>());
        Assert.Equal([0, 2], x.MatMul(Tensor.Ones([3, 2])).Shape);
        Assert.Equal([2, 2], Tensor.Zeros([2, 0]).MatMul(Tensor.Zeros([0, 2])).Shape);
        Assert.Throws<InvalidOperationException>(() => x.Maximum());
    }

    [Fact]
    public void Large_sums_keep_float32_precision()
    {
        var x = Tensor.Full([10_000_001], 0.1);
        Assert.Equal(1_000_000.1, x.Sum().Item(), 1.0);
        Assert.Equal(0.1, x.Reshape(1, -1).Mean(1).Item(), 1e-7);
        // Columns add 128 rows at a time: at most 128 + 10000 / 128 roundings of 2^-24 of the sum.
        Assert.Equal(1000.0, Tensor.Full([10_000, 200], 0.1).Sum(0)[7].Item(), 1000 * 207 / Math.Pow(2, 24));
    }

    [Fact]
    public void Writing_a_leaf_that_requires_gradients_needs_a_scope()
    {
        var x = Counting(3);
        x.RequiresGradient = true;
        Assert.Contains("GradientMode.Disable", Assert.Throws<InvalidOperationException>(() => x.AddInPlace(1)).Message);
        using (GradientMode.Disable()) x.AddInPlace(1);
        Assert.Equal([1.0, 2, 3], x.Detach().ToArray<double>());
    }

    [Fact]
    public void A_source_of_random_numbers_can_be_continued_and_forked()
    {
        var (a, b) = (new RandomSource(5), new RandomSource(5));
        Assert.Equal(a.Normal([7]).ToArray<float>(), b.Normal([7]).ToArray<float>());
        b.Counter = 3;
        a.Counter = 3;
        Assert.Equal(a.NextUInt64(), b.NextUInt64());
        Assert.NotEqual(a.Fork(1).NextUInt64(), a.Fork(2).NextUInt64());
        var many = new RandomSource(9).Normal([100_000], dataType: DataType.Float64);
        Assert.Equal(0, many.Mean().Item(), 0.02);
        Assert.Equal(1, many.StandardDeviation().Item(), 0.02);
        Assert.Equal(Enumerable.Range(0, 50), new RandomSource(2).Permutation(50).Order());
    }
}
