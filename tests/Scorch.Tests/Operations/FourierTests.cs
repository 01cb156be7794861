namespace Scorch.Tests.Operations;

/// <summary>Fourier transforms against their definition, in every way that lines are laid out for them.</summary>
public class FourierTests
{
    /// <summary>Every radix, products of several, primes past the greatest radix, and squares that make a single line a matrix.</summary>
    public static TheoryData<int> Lengths => [.. Enumerable.Range(1, 40), 49, 64, 74, 81, 97, 121, 125, 128, 169, 210, 256, 289, 374, 512, 961, 1000, 1024];

    [Theory]
    [MemberData(nameof(Lengths))]
    public void A_transform_is_the_product_with_the_matrix_of_roots(int n)
    {
        var index = Tensor.Range(n);
        var angles = (index.Unsqueeze(1) * index).Remainder(Tensor.Scalar(n, DataType.Int64)).To(DataType.Float64) * (-2 * Math.PI / n);
        var (cosines, sines) = (angles.Cos(), angles.Sin());
        // One line, fewer than a vector holds, just as many, and a few more.
        foreach (var lines in new[] { 1, 2, 3, 7, 16, 35 })
        {
            var random = new RandomSource((n * 100) + lines);
            var (x, y) = (random.Normal([lines, n], dataType: DataType.Float64), random.Normal([lines, n], dataType: DataType.Float64));
            var (realPart, imaginaryPart) = (x.MatMul(cosines) - y.MatMul(sines), x.MatMul(sines) + y.MatMul(cosines));
            var expected = Tensor.Complex(realPart, imaginaryPart);
            var signal = Tensor.Complex(x, y);
            Parity.AssertClose(expected, signal.Fft(), $"{lines} lines", 1e-11);
            Parity.AssertClose(expected, signal.T.Fft(dimension: 0).T, $"{lines} columns", 1e-11);
            Parity.AssertClose(signal, expected.InverseFft(), $"{lines} lines back", 1e-11);
            Parity.AssertClose(expected, Tensor.Complex(x.To(DataType.Float32), y.To(DataType.Float32)).Fft().To(DataType.Complex128), $"{lines} lines in single precision", 1e-5);
            var half = Tensor.Complex(x.MatMul(cosines), x.MatMul(sines))[.., ..((n / 2) + 1)];
            Parity.AssertClose(half, x.RealFft(), $"{lines} real lines", 1e-11);
            Parity.AssertClose(half, x.T.RealFft(dimension: 0).T, $"{lines} real columns", 1e-11);
            Parity.AssertClose(half, x.To(DataType.Float32).RealFft().To(DataType.Complex128), $"{lines} real lines in single precision", 1e-5);
        }
    }
}
