using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace Scorch.TestHost;

/// <summary>The runtime compiles busy methods anew, with other instructions than at first: results must not feel it.</summary>
internal static class RecompiledBits
{
    private static readonly Dictionary<string, Func<Tensor, Tensor>> OfAnyLength = new()
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
    };

    private static readonly Dictionary<string, Func<Tensor, Tensor>> Shaped = new()
    {
        ["layer normalisation"] = x => x.Reshape(30, 100).LayerNorm([100]),
        ["matrix product"] = x => x.Reshape(30, 100).MatMul(x.Reshape(100, 30)),
        ["matrix-vector product"] = x => x.Reshape(30, 100).MatMul(x[..100]),
        ["convolution"] = x => x.Reshape(1, 3, 40, 25).Convolution(x[..(4 * 3 * 9)].Reshape(4, 3, 3, 3)),
        ["Fourier transform"] = x => x.Reshape(3, 1000).RealFft().Abs(),
        ["Cholesky"] = x => (x[..900].Reshape(30, 30).MatMul(x[..900].Reshape(30, 30).T) + Tensor.Identity(30, x.DataType)).Cholesky(),
    };

    public static bool Run()
    {
        var random = new RandomSource(1).Uniform([Long], -3, 3, DataType.Float64);
        // Long lines run in other loops than short ones: whole blocks, shared among threads.
        var same = Same(Short, 150, random[..Short], OfAnyLength.Concat(Shaped));
        return Same(Long, 40, random, OfAnyLength) && same;
    }

    private const int Short = 3000;
    private const int Long = 160_000;

    private static bool Same(int length, int rounds, Tensor numbers, IEnumerable<KeyValuePair<string, Func<Tensor, Tensor>>> operations)
    {
        var same = true;
        var inputs = new[] { numbers, numbers.To(DataType.Float32) };
        var first = Bits(operations, inputs);
        for (var round = 0; round < rounds; round++)
        {
            // Recompilation waits until no new method was met for 100 ms.
            if (round % (rounds / 3) == (rounds / 3) - 1) Thread.Sleep(300);
            foreach (var (name, bits) in Bits(operations, inputs))
            {
                if (bits == first[name]) continue;
                Console.WriteLine($"{name}, {length} numbers: the bits of call {round + 2} differ from those of the first");
                first[name] = bits;
                same = false;
            }
        }
        Console.WriteLine($"{first.Count} results of {length} numbers, called {rounds + 1} times: {(same ? "the same bits" : "other bits")}");
        return same;
    }

    private static Dictionary<string, string> Bits(IEnumerable<KeyValuePair<string, Func<Tensor, Tensor>>> operations, Tensor[] inputs) => operations
        .SelectMany(operation => inputs.Select(x => (Name: $"{operation.Key} of {x.DataType}", Result: operation.Value(x))))
        .ToDictionary(pair => pair.Name, pair => Convert.ToHexString(SHA256.HashData(MemoryMarshal.AsBytes(pair.Result.To(DataType.Float64).ToArray<double>().AsSpan()))));
}
