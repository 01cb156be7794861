namespace Scorch.Tests.Tensors;

public class PromotionTests
{
    [Fact]
    public void A_whole_number_keeps_the_type_of_the_tensor_it_joins()
    {
        foreach (var type in new[] { DataType.UInt8, DataType.Int32, DataType.Int64, DataType.Float16, DataType.Float32, DataType.Float64, DataType.Complex64 })
        {
            var x = Tensor.Ones([2], type);
            foreach (var result in new[] { x + 1, x - 1, 1 - x, x * 2, 2 * x }) Assert.Equal(type, result.DataType);
        }
    }

    [Fact]
    public void A_real_number_makes_integers_float32_and_keeps_floats()
    {
        Assert.Equal(DataType.Float32, (Tensor.Ones([2], DataType.Int64) - 0.5).DataType);
        Assert.Equal(DataType.Float32, (Tensor.Ones([2], DataType.Bool) * 0.5).DataType);
        Assert.Equal(DataType.Float16, (Tensor.Ones([2], DataType.Float16) - 0.5).DataType);
        Assert.Equal(DataType.Float32, (Tensor.Ones([2], DataType.Int32) / 2).DataType);
    }
}
