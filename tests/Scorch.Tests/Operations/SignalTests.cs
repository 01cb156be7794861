namespace Scorch.Tests.Operations;

/// <summary>What Fourier transforms, einsum and interpolation promise beyond their recorded cases.</summary>
public class SignalTests
{
    [Theory]
    [InlineData(1009)]
    [InlineData(1024)]
    [InlineData(2 * 1009)]
    [InlineData(30030)]
    public void The_inverse_transform_gives_back_the_signal_of_any_length(int length)
    {
        var x = new RandomSource(length).Normal([length], dataType: DataType.Float64);
        Parity.AssertClose(x, x.Fft().InverseFft().Real(), "there and back", 1e-12);
        Parity.AssertClose(x, x.RealFft().InverseRealFft(length), "real, there and back", 1e-12);
    }

    [Fact]
    public void A_transform_of_float32_is_complex64() => Assert.Equal(DataType.Complex64, Tensor.Ones([4]).Fft().DataType);

    [Theory]
    [InlineData("ij,jk->ij", "'j' has size 3")]
    [InlineData("ijk,jk", "'ijk' has 3 subscripts for operand 0")]
    [InlineData("ij,kl->iz", "'z' of the result is in no operand")]
    [InlineData("ij,kl->ii", "'i' is twice")]
    [InlineData("ij", "1 terms for 2 operands")]
    [InlineData("i.j,kl", "'i.j'")]
    public void An_equation_that_does_not_fit_is_refused_and_the_subscript_named(string equation, string expected) =>
        Assert.Contains(expected, Assert.Throws<ArgumentException>(() => Tensor.Einsum(equation, Tensor.Ones([2, 3]), Tensor.Ones([4, 5]))).Message);

    [Fact]
    public void Interpolation_refuses_sizes_that_do_not_match_the_axes() =>
        Assert.Contains("[1, 1, 4, 4]", Assert.Throws<ArgumentException>(() => Tensor.Ones([1, 1, 4, 4]).Interpolate([8])).Message);

    [Fact]
    public void A_position_that_is_not_a_number_samples_zero_outside()
    {
        var grid = Tensor.Full([1, 1, 1, 2], double.NaN);
        Assert.Equal(0, Tensor.Ones([1, 1, 2, 2]).GridSample(grid).Item());
    }
}
