namespace Scorch.Tests.Operations;

/// <summary>Fourier transforms, einsum, interpolation and complex arithmetic against oracles/engine/signals.py.</summary>
public class SignalTests
{
    private static readonly Parity Recorded = new("engine/signals.npz");

    private static readonly Dictionary<string, Func<Tensor[], Tensor[]>> Functions = Build();

    public static TheoryData<string> Cases => [.. Recorded.Cases];

    [Theory]
    [MemberData(nameof(Cases))]
    public void A_signal_operation_equals_PyTorch_in_value_gradient_and_second_gradient(string name) => Recorded.Check(name, Functions);

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

    private static Dictionary<string, Func<Tensor[], Tensor[]>> Build()
    {
        var all = new Dictionary<string, Func<Tensor[], Tensor[]>>();
        void One(string name, Func<Tensor, Tensor> f) => all.Add(name, x => [f(x[0])]);
        void Two(string name, Func<Tensor, Tensor, Tensor> f) => all.Add(name, x => [f(x[0], x[1])]);
        void Sum(string name, string equation) => all.Add(name, x => [Tensor.Einsum(equation, x)]);

        foreach (var n in new[] { 1, 2, 6, 8, 31, 37, 74, 210 })
        {
            One($"fft_{n}", x => x.Fft());
            One($"ifft_{n}", x => x.InverseFft());
            One($"rfft_{n}", x => x.RealFft());
            One($"irfft_{n}", x => x.InverseRealFft(n));
        }
        foreach (var normalization in Enum.GetValues<FourierNormalization>())
        {
            One($"fft_{normalization}".ToLowerInvariant(), x => x.Fft(normalization: normalization));
            One($"irfft_{normalization}".ToLowerInvariant(), x => x.InverseRealFft(normalization: normalization));
        }
        One("fft_longer", x => x.Fft(9, 0));
        One("fft_shorter", x => x.Fft(4, 1));
        One("fft2", x => x.Fft2());
        One("ifft2", x => x.InverseFft2(normalization: FourierNormalization.Ortho));
        One("rfft2", x => x.RealFft2());
        One("irfft2", x => x.InverseRealFft2((5, 7)));
        One("power_spectrum", x => (x * x).RealFft().Abs().Square());
        One("fftshift", x => x.FftShift());
        One("ifftshift", x => x.InverseFftShift(1));
        Sum("einsum_matmul", "bij,bjk->bik");
        Sum("einsum_implicit", "ij,jk");
        Sum("einsum_sorted", "ba");
        Sum("einsum_trace", "ii");
        Sum("einsum_diagonal", "iji->ij");
        Sum("einsum_triple", "iii->i");
        Sum("einsum_outer", "i, j -> ij");
        Sum("einsum_sum", "ij->");
        Sum("einsum_ellipsis", "...ij,...jk->...ik");
        Sum("einsum_ellipsis_implicit", "i...,i");
        Sum("einsum_ellipsis_sum", "...i->i");
        Sum("einsum_three", "bi,ijk,bk->bj");
        Sum("einsum_attention", "bqhd,bkhd->bhqk");
        Sum("einsum_lone", "ij,kl->k");
        Sum("einsum_complex", "ij,kj->ik");
        One("nearest_1", x => x.Interpolate([7]));
        One("nearest_2", x => x.Interpolate([1.7, 0.6]));
        One("nearest_3", x => x.Interpolate([3, 2, 5]));
        foreach (var corners in new[] { false, true })
        {
            var tag = corners ? "corners" : "borders";
            One($"linear_{tag}", x => x.Interpolate([7], InterpolationMode.Linear, corners));
            One($"bilinear_{tag}", x => x.Interpolate([7, 3], InterpolationMode.Linear, corners));
            One($"bilinear_factor_{tag}", x => x.Interpolate([1.7, 0.6], InterpolationMode.Linear, corners));
            One($"trilinear_{tag}", x => x.Interpolate([3, 2, 5], InterpolationMode.Linear, corners));
            One($"bicubic_{tag}", x => x.Interpolate([7, 3], InterpolationMode.Bicubic, corners));
            One($"bicubic_factor_{tag}", x => x.Interpolate([2.3, 1.4], InterpolationMode.Bicubic, corners));
            One($"bilinear_one_{tag}", x => x.Interpolate([1, 4], InterpolationMode.Linear, corners));
            One($"affine_grid_{tag}", x => Tensor.AffineGrid(x, 4, 5, corners));
            foreach (var padding in Enum.GetValues<GridPadding>())
            {
                Two($"grid_bilinear_{padding.ToString().ToLowerInvariant()}_{tag}", (x, g) => x.GridSample(g, InterpolationMode.Linear, padding, corners));
                Two($"grid_nearest_{padding.ToString().ToLowerInvariant()}_{tag}", (x, g) => x.GridSample(g, InterpolationMode.Nearest, padding, corners));
            }
        }
        One("complex_abs", x => x.Abs());
        One("complex_exp", x => x.Exp());
        One("complex_log", x => x.Log());
        One("complex_sqrt", x => x.Sqrt());
        One("complex_sin", x => x.Sin());
        One("complex_cos", x => x.Cos());
        One("complex_tanh", x => x.Tanh());
        One("complex_square", x => x.Square());
        One("complex_reciprocal", x => x.Reciprocal());
        One("complex_angle", x => x.Angle());
        One("complex_sum", x => x.Sum());
        One("complex_conj", x => x.Conjugate());
        One("complex_real", x => x.Real());
        One("complex_imag", x => x.Imaginary());
        Two("complex_add", (x, y) => x + y);
        Two("complex_multiply", (x, y) => x * y);
        Two("complex_divide", (x, y) => x / y);
        Two("complex_real_multiply", (x, y) => x * y);
        Two("complex_matmul", (x, y) => x.MatMul(y.T));
        Two("complex_join", Tensor.Complex);
        One("complex_modulus_squared", x => (x * x.Conjugate()).Real());
        return all;
    }
}
