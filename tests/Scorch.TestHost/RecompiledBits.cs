using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace Scorch.TestHost;

/// <summary>The runtime compiles busy methods anew, with other instructions than at first: results must not feel it.</summary>
internal static class RecompiledBits
{
    private static readonly Dictionary<string, Func<Tensor, Tensor>> Operations = new()
    {
        ["exp"] = x => x.Exp(),
        ["exp - 1"] = x => x.ExpMinusOne(),
        ["exp2"] = x => x.Exp2(),
        ["log"] = x => x.Abs().Log(),
        ["log2"] = x => x.Abs().Log2(),
        ["log(1 + x)"] = x => x.Abs().LogOnePlus(),
        ["sin"] = x => x.Sin(),
        ["sin, far"] = x => (x * 1e7).Sin(),
        ["cos"] = x => x.Cos(),
        ["cos, far"] = x => (x * 1e7).Cos(),
        ["tan"] = x => x.Tan(),
        ["asin"] = x => (x / 4).Asin(),
        ["atan"] = x => x.Atan(),
        ["sinh"] = x => x.Sinh(),
        ["cosh"] = x => x.Cosh(),
        ["tanh"] = x => x.Tanh(),
        ["sigmoid"] = x => x.Sigmoid(),
        ["softplus"] = x => x.Softplus(),
        ["gelu"] = x => x.Gelu(),
        ["erf"] = x => x.Erf(),
        ["log gamma"] = x => x.LogGamma(),
        ["digamma"] = x => x.Digamma(),
        ["power"] = x => x.Abs().Pow(x),
        ["root"] = x => x.Abs().Sqrt() + x.Abs().ReciprocalSqrt(),
        ["quotient"] = x => x / (x.Square() + 1),
        ["sum"] = x => x.Sum() + x.Mean(),
        ["variance"] = x => x.Variance(0),
        ["softmax"] = x => x.Softmax(0),
        ["log-sum-exp"] = x => x.LogSumExp(0),
        ["layer normalisation"] = x => x.Reshape(30, 100).LayerNorm([100]),
        ["matrix product"] = x => x.Reshape(30, 100).MatMul(x.Reshape(100, 30)),
        ["matrix-vector product"] = x => x.Reshape(30, 100).MatMul(x[..100]),
        ["convolution"] = x => x.Reshape(1, 3, 40, 25).Convolution(x[..(4 * 3 * 9)].Reshape(4, 3, 3, 3)),
        ["Fourier transform"] = x => x.Reshape(3, 1000).RealFft().Abs(),
        ["Cholesky"] = x => (x[..900].Reshape(30, 30).MatMul(x[..900].Reshape(30, 30).T) + Tensor.Identity(30, x.DataType)).Cholesky(),
    };

    public static bool Run()
    {
        var same = true;
        var random = new RandomSource(1).Uniform([3000], -3, 3, DataType.Float64);
        var inputs = new[] { random, random.To(DataType.Float32) };
        var first = Bits(inputs);
        for (var round = 0; round < 150; round++)
        {
            // Recompilation waits until no new method was met for 100 ms.
            if (round % 50 == 49) Thread.Sleep(300);
            foreach (var (name, bits) in Bits(inputs))
            {
                if (bits == first[name]) continue;
                Console.WriteLine($"{name}: the bits of call {round + 2} differ from those of the first");
                first[name] = bits;
                same = false;
            }
        }
        Console.WriteLine($"{first.Count} results, called 151 times: {(same ? "the same bits" : "other bits")}");
        return same;
    }

    private static Dictionary<string, string> Bits(Tensor[] inputs) => Operations
        .SelectMany(operation => inputs.Select(x => (Name: $"{operation.Key} of {x.DataType}", Result: operation.Value(x))))
        .ToDictionary(pair => pair.Name, pair => Convert.ToHexString(SHA256.HashData(MemoryMarshal.AsBytes(pair.Result.To(DataType.Float64).ToArray<double>().AsSpan()))));
}
