using System.Security.Cryptography;
using Scorch.Checkpoints;
using Scorch.Fusion;

namespace Scorch.Tests.Operations;

/// <summary>No other test runs meanwhile: threads that another test keeps busy would not be shared with these kernels.</summary>
[CollectionDefinition(nameof(SameBitsTests), DisableParallelization = true)]
[Collection(nameof(SameBitsTests))]
public class SameBitsTests
{
    public static TheoryData<string> Files => [.. PyTorchParityTests.Tables.Select(table => table.File)];

    [Theory]
    [MemberData(nameof(Files))]
    public void Recorded_cases_have_the_same_bits_at_one_two_and_seven_threads(string file)
    {
        var table = PyTorchParityTests.Tables.Single(table => table.File == file);
        foreach (var presentation in new[] { Presentation.Double, Presentation.Single })
        {
            var one = Bits(table, presentation, 1);
            string[] differing = [.. new[] { 2, 7 }.SelectMany(threads => Bits(table, presentation, threads).Where(pair => pair.Value != one[pair.Key]).Select(pair => $"{pair.Key} at {threads} threads"))];
            Assert.True(differing.Length == 0, $"{file}: the bits differ from those at one thread: {string.Join(", ", differing)}");
        }
    }

    /// <summary>Shapes that every kernel splits among threads; recorded cases are too small to wake any.</summary>
    private static readonly Dictionary<string, Func<Tensor, Tensor>> Large = new()
    {
        ["elementwise"] = x => ((x.Exp() * x.Transpose(0, 1)) + 1).Log().Tanh(),
        ["fused chain"] = x => Fuse.Elementwise((a, b) => ((a.Exp() * b) + 1).Log().Tanh())(x, x.Transpose(0, 1)),
        ["sum"] = x => x.Sum() + x.Sum(0).Square().Sum() + x.Sum(1).Square().Sum(),
        ["mean and variance"] = x => x.Variance(0) * x.Mean(0),
        ["greatest"] = x => x.Maximum(1).Values + x.Minimum([0]),
        ["softmax"] = x => x.Softmax(0) * x.LogSoftmax(1),
        ["cumulative"] = x => x.CumulativeSum(0),
        ["layer normalisation"] = x => x.LayerNorm([400]),
        ["batch normalisation"] = x => x.Reshape(20, 20, 20, 20).BatchNorm(),
        ["matrix product"] = x => x.MatMul(x.T),
        ["batched product"] = x => x.Reshape(16, 100, 100).MatMul(x.Reshape(16, 100, 100).T),
        ["convolution"] = x => x.Reshape(4, 16, 50, 50).Convolution(x.Reshape(-1)[..(24 * 8 * 9)].Reshape(24, 8, 3, 3), null, new(2, 1, 1, 2)),
        ["transposed convolution"] = x => x.Reshape(4, 16, 50, 50).TransposedConvolution(x.Reshape(-1)[..(16 * 8 * 9)].Reshape(16, 8, 3, 3), null, new(stride: 2)),
        ["pooling"] = x => x.Reshape(4, 16, 50, 50) is var image ? image.MaxPool([3], [2]).Values * image.AveragePool([3], [2]) : x,
        ["interpolation"] = x => x.Reshape(4, 16, 50, 50).Interpolate([71, 33], InterpolationMode.Bicubic),
        ["grid sampling"] = x => x.Reshape(4, 16, 50, 50).GridSample(x[..40].Reshape(4, 40, 50, 2)),
        ["indexing"] = x => x.IndexSelect(0, Tensor.Range(800).Remainder(Tensor.Scalar(397, DataType.Int64))).IndexAdd(1, Tensor.Range(400), x.Tile(2, 1)),
        ["gather and scatter"] = x => x.ScatterAdd(0, Tensor.Range(160000).Remainder(Tensor.Scalar(7, DataType.Int64)).Reshape(400, 400), x * x).Gather(1, Tensor.Range(160000).Remainder(Tensor.Scalar(399, DataType.Int64)).Reshape(400, 400)),
        ["sort"] = x => x.Sort(1).Values,
        ["sort of a long line"] = x => x.Tile(2, 1).Reshape(-1).Sort().Values,
        ["fourier"] = x => x.RealFft2().Abs(),
        ["solve"] = x => (x[..60, ..60] + (20 * Tensor.Identity(60, x.DataType))).Solve(x[..60]),
        ["singular values"] = x => x[..40, ..30].SingularValueDecomposition().S,
        ["recurrence"] = x => new Scorch.Modules.Lstm(20, 50, new(3), new(Bidirectional: true, DataType: x.DataType)).Forward(x.Reshape(20, 400, 20)[..8]) is var (y, h, c) ? y + h.Sum() + c.Sum() : x,
        ["attention"] = x => x.Reshape(10, 4, 100, 40) is var heads ? heads.ScaledDotProductAttention(heads, heads, isCausal: true) : x,
    };

    public static TheoryData<string, DataType> LargeCases
    {
        get
        {
            var data = new TheoryData<string, DataType>();
            foreach (var name in Large.Keys)
                foreach (var type in new[] { DataType.Float32, DataType.Float64 }) data.Add(name, type);
            return data;
        }
    }

    [Theory]
    [MemberData(nameof(LargeCases))]
    public void Large_shapes_have_the_same_bits_at_one_two_and_seven_threads(string name, DataType type)
    {
        var numbers = new RandomSource(5).Uniform([400, 400], -1, 1, type);
        string Bits(int threads) => With(threads, () =>
        {
            var leaf = numbers.Clone();
            leaf.RequiresGradient = true;
            return Hash(Parity.Differentiate(() => [Large[name](leaf)], [leaf], second: false));
        });
        var one = Bits(1);
        Assert.Equal(one, Bits(2));
        Assert.Equal(one, Bits(7));
    }

    private static Dictionary<string, string> Bits(CaseTable table, Presentation presentation, int threads) => With(threads, () =>
        table.Recorded.Cases.ToDictionary(name => name, name => Hash(table.Recorded.Run(name, table[name], presentation))));

    /// <summary>Of all bits but those of missing values: which operand's sign a NaN takes is the compiler's choice, who may compile anew between two calls.</summary>
    private static string Hash(ParityResult result)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var tensor in result.Outputs.Concat(result.Gradients).Concat(result.Second)) hash.AppendData(TensorBytes.Of(OneNaN(tensor.Detach()).Contiguous()));
        return Convert.ToHexString(hash.GetHashAndReset());
    }

    private static Tensor OneNaN(Tensor tensor) =>
        tensor.DataType is DataType.Float32 or DataType.Float64 ? Tensor.Where(tensor.IsNaN(), Tensor.FullLike(tensor, double.NaN), tensor) : tensor;

    private static T With<T>(int threads, Func<T> function)
    {
        var before = Parallelism.ThreadCount;
        Parallelism.ThreadCount = threads;
        try
        {
            return function();
        }
        finally
        {
            Parallelism.ThreadCount = before;
        }
    }
}
