namespace Scorch.Tests.Operations;

/// <summary>Fourier transforms, einsum, interpolation, grid sampling and complex arithmetic: oracles/engine/signals.py.</summary>
internal static class SignalCases
{
    public static CaseTable Build()
    {
        var all = new CaseTable("signals");
        void Sum(string name, string equation) => all.Many(name, x => [Tensor.Einsum(equation, x)]);

        foreach (var n in new[] { 1, 2, 6, 8, 31, 37, 74, 210 })
        {
            all.One($"fft_{n}", x => x.Fft());
            all.One($"ifft_{n}", x => x.InverseFft());
            all.One($"rfft_{n}", x => x.RealFft());
            all.One($"irfft_{n}", x => x.InverseRealFft(n));
        }
        foreach (var normalization in Enum.GetValues<FourierNormalization>())
        {
            all.One($"fft_{normalization}".ToLowerInvariant(), x => x.Fft(normalization: normalization));
            all.One($"irfft_{normalization}".ToLowerInvariant(), x => x.InverseRealFft(normalization: normalization));
        }
        all.One("fft_longer", x => x.Fft(9, 0));
        all.One("fft_shorter", x => x.Fft(4, 1));
        all.One("fft2", x => x.Fft2());
        all.One("ifft2", x => x.InverseFft2(normalization: FourierNormalization.Ortho));
        all.One("rfft2", x => x.RealFft2());
        all.One("irfft2", x => x.InverseRealFft2((5, 7)));
        all.One("power_spectrum", x => (x * x).RealFft().Abs().Square());
        all.One("fftshift", x => x.FftShift());
        all.One("ifftshift", x => x.InverseFftShift(1));
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
        all.One("nearest_1", x => x.Interpolate([7]));
        all.One("nearest_2", x => x.Interpolate([1.7, 0.6]));
        all.One("nearest_3", x => x.Interpolate([3, 2, 5]));
        foreach (var corners in new[] { false, true })
        {
            var tag = corners ? "corners" : "borders";
            all.One($"linear_{tag}", x => x.Interpolate([7], InterpolationMode.Linear, corners));
            all.One($"bilinear_{tag}", x => x.Interpolate([7, 3], InterpolationMode.Linear, corners));
            all.One($"bilinear_factor_{tag}", x => x.Interpolate([1.7, 0.6], InterpolationMode.Linear, corners));
            all.One($"trilinear_{tag}", x => x.Interpolate([3, 2, 5], InterpolationMode.Linear, corners));
            all.One($"bicubic_{tag}", x => x.Interpolate([7, 3], InterpolationMode.Bicubic, corners));
            all.One($"bicubic_factor_{tag}", x => x.Interpolate([2.3, 1.4], InterpolationMode.Bicubic, corners));
            all.One($"bilinear_one_{tag}", x => x.Interpolate([1, 4], InterpolationMode.Linear, corners));
            all.One($"affine_grid_{tag}", x => Tensor.AffineGrid(x, 4, 5, corners));
            all.One($"bicubic_one_{tag}", x => x.Interpolate([4, 1], InterpolationMode.Bicubic, corners));
            foreach (var padding in Enum.GetValues<GridPadding>())
            {
                all.Two($"grid_bilinear_{padding.ToString().ToLowerInvariant()}_{tag}", (x, g) => x.GridSample(g, InterpolationMode.Linear, padding, corners));
                all.Two($"grid_nearest_{padding.ToString().ToLowerInvariant()}_{tag}", (x, g) => x.GridSample(g, InterpolationMode.Nearest, padding, corners));
            }
        }
        all.One("complex_abs", x => x.Abs());
        all.One("complex_exp", x => x.Exp());
        all.One("complex_log", x => x.Log());
        all.One("complex_sqrt", x => x.Sqrt());
        all.One("complex_sin", x => x.Sin());
        all.One("complex_cos", x => x.Cos());
        all.One("complex_tanh", x => x.Tanh());
        all.One("complex_square", x => x.Square());
        all.One("complex_reciprocal", x => x.Reciprocal());
        all.One("complex_angle", x => x.Angle());
        all.One("complex_sum", x => x.Sum());
        all.One("complex_conj", x => x.Conjugate());
        all.One("complex_real", x => x.Real());
        all.One("complex_imag", x => x.Imaginary());
        all.Two("complex_add", (x, y) => x + y);
        all.Two("complex_multiply", (x, y) => x * y);
        all.Two("complex_divide", (x, y) => x / y);
        all.Two("complex_real_multiply", (x, y) => x * y);
        all.Two("complex_matmul", (x, y) => x.MatMul(y.T));
        all.Two("complex_join", Tensor.Complex);
        all.One("complex_modulus_squared", x => (x * x.Conjugate()).Real());
        foreach (var (name, function) in new (string, Func<Tensor, Tensor>)[]
        {
            ("exp2", x => x.Exp2()), ("log2", x => x.Log2()), ("log10", x => x.Log10()), ("tan", x => x.Tan()), ("asin", x => x.Asin()), ("acos", x => x.Acos()), ("atan", x => x.Atan()),
            ("sinh", x => x.Sinh()), ("cosh", x => x.Cosh()), ("sigmoid", x => x.Sigmoid()), ("rsqrt", x => x.ReciprocalSqrt()), ("negate", x => x.Negate()), ("sign", x => x.Sign()),
            ("cumsum", x => x.CumulativeSum(1)), ("product", x => x.Product()),
        }) all.One($"complex_{name}", function);
        all.One("irfft2_whole", x => x.InverseRealFft2());
        all.One("fft2_dims", x => x.Fft2((3, 5), (0, 2)));
        return all;
    }
}
