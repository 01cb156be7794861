using Scorch.Losses;

namespace Scorch.Tests.Operations;

/// <summary>Operations with a derivative of their own against their definition in primitives, on random awkward shapes.</summary>
public class FusedOperationTests
{
    /// <summary>One, primes, and sizes to either side of a vector's width.</summary>
    private static readonly int[] Sizes = [1, 2, 3, 5, 7, 8, 9, 13, 16, 17, 31, 33];

    private static readonly Dictionary<string, Twin> Twins = new()
    {
        ["softmax"] = new(d => [d.Some()], x => x[0].Softmax(-1), x => Exponentials(x[0], -1) / Exponentials(x[0], -1).Sum(-1, true)),
        ["softmax of the first"] = new(d => [d.Some()], x => x[0].Softmax(0), x => Exponentials(x[0], 0) / Exponentials(x[0], 0).Sum(0, true)),
        ["log-softmax"] = new(d => [d.Some()], x => x[0].LogSoftmax(-1), x => x[0] - x[0].Exp().Sum(-1, true).Log()),
        ["log-sum-exp"] = new(d => [d.Some()], x => x[0].LogSumExp(0), x => x[0].Exp().Sum(0).Log()),
        ["softplus"] = new(d => [d.Some()], x => x[0].Softplus(), x => (1 + x[0].Exp()).Log()),
        ["norm"] = new(d => [d.Some(least: 1)], x => x[0].Norm([-1]), x => (x[0] * x[0]).Sum(-1).Sqrt()),
        ["product"] = new(d => [d.Some(least: 1)], x => x[0].Narrow(-1, 0, Math.Min(5, x[0].Shape[-1])).Product(-1), x => Factors(x[0]).Aggregate((a, b) => a * b)),
        ["cumulative product"] = new(d => [d.Some(least: 1)], x => x[0].Narrow(-1, 0, Math.Min(5, x[0].Shape[-1])).CumulativeProduct(-1), x => Tensor.Stack([.. Running(Factors(x[0]))], -1)),
        ["variance"] = new(d => [d.Some(least: 2)], x => x[0].Variance(-1), x => ((x[0] * x[0]).Sum(-1) - (x[0].Sum(-1) * x[0].Sum(-1) / x[0].Shape[-1])) / (x[0].Shape[-1] - 1)),
        ["layer normalisation"] = new(d => d.Some(least: 1) is var x ? [x, d.Of(x.Shape[-1]), d.Of(x.Shape[-1])] : [], x => x[0].LayerNorm([x[0].Shape[-1]], x[1], x[2]), x => (Normalised(x[0], [-1]) * x[1]) + x[2]),
        ["group normalisation"] = new(
            d => d.Of(d.Size(), 6, d.Size(0)) is var x ? [x, d.Of(6), d.Of(6)] : [],
            x => x[0].GroupNorm(3, x[1], x[2]),
            x => (Normalised(x[0].Reshape(x[0].Shape[0], 3, 2 * x[0].Shape[2]), [2]).Reshape(x[0].Shape) * x[1].Unsqueeze(1)) + x[2].Unsqueeze(1)),
        ["instance normalisation"] = new(d => [d.Of(d.Size(), d.Size(), d.Size())], x => x[0].InstanceNorm(), x => Normalised(x[0], [2])),
        ["batch normalisation"] = new(
            d => d.Of(d.Size(), d.Size(), d.Size()) is var x ? [x, d.Of(x.Shape[1]), d.Of(x.Shape[1])] : [],
            x => x[0].BatchNorm(null, null, x[1], x[2]),
            x => (Normalised(x[0], [0, 2]) * x[1].Unsqueeze(1)) + x[2].Unsqueeze(1)),
        ["batch normalisation by given statistics"] = new(
            d => d.Of(d.Size(0), d.Size(), d.Size()) is var x ? [x, d.Of(x.Shape[1]), d.Of(x.Shape[1]), d.Of(x.Shape[1])] : [],
            x => x[0].BatchNorm(x[1], x[2].Square(), x[2], x[3]),
            x => ((x[0] - x[1].Unsqueeze(1)) / (x[2].Square() + 1e-5).Sqrt().Unsqueeze(1) * x[2].Unsqueeze(1)) + x[3].Unsqueeze(1)),
        ["affine map"] = new(
            d => (d.Some(), d.Size()) is var (x, outputs) ? [x, d.Of(outputs, x.Shape[-1]), d.Of(outputs)] : [],
            x => x[0].Affine(x[1], x[2]),
            x => (x[0].Unsqueeze(-2) * x[1]).Sum(-1) + x[2]),
        ["matrix product"] = new(
            d => (d.Size(0), d.Size(0), d.Size(0), d.Size(0)) is var (b, m, k, n) ? [d.Of(b, m, k), d.Of(k, n)] : [],
            x => x[0].MatMul(x[1]),
            x => (x[0].Unsqueeze(-1) * x[1].Unsqueeze(0)).Sum(-2)),
        ["attention"] = new(
            d => (d.Size(0), d.Size(), d.Size(), d.Size()) is var (b, q, k, f) ? [d.Of(b, q, f), d.Of(b, k, f), d.Of(b, k, 3), d.Of(q, k)] : [],
            x => x[0].ScaledDotProductAttention(x[1], x[2], x[3]),
            x => (Weights(((x[0].Unsqueeze(-2) * x[1].Unsqueeze(-3)).Sum(-1) / Math.Sqrt(x[0].Shape[-1])) + x[3]).Unsqueeze(-1) * x[2].Unsqueeze(-3)).Sum(-2)),
        ["cross-entropy"] = new(
            d => [d.Of(d.Size(), d.Size(), d.Size())],
            x => Loss.CrossEntropy(x[0], Classes(x[0]), reduction: Losses.Reduction.Sum),
            x => -(Weights(x[0].Transpose(1, 2)).Log() * Classes(x[0]).OneHot(x[0].Shape[1], DataType.Float64)).Sum()),
        ["binary cross-entropy of logits"] = new(
            d => [d.Some(least: 1)],
            x => Loss.BinaryCrossEntropyWithLogits(x[0], Targets(x[0])),
            x => -((Targets(x[0]) * x[0].Sigmoid().Log()) + ((1 - Targets(x[0])) * (1 - x[0].Sigmoid()).Log())).Mean()),
        ["convolution"] = new(
            d => [d.Of(2, 3, d.Size(2), d.Size(3)), d.Of(2, 3, 2, 3)],
            x => x[0].Convolution(x[1], null, new([2, 1], [0, 1], [1, 2])),
            x => (Windows(x[0].Pad([1, 1]), [2, 3], [2, 1], [1, 2]).Unsqueeze(1) * x[1].Unsqueeze(1).Unsqueeze(1)).Sum([-3, -2, -1])),
        ["average pooling"] = new(d => [d.Of(2, 3, d.Size(2), d.Size(3))], x => x[0].AveragePool([2, 3], [1, 2]), x => Windows(x[0], [2, 3], [1, 2], [1, 1]).Mean([-1, -2]).Permute(0, 3, 1, 2)),
        ["maximum pooling"] = new(d => [d.Of(2, 3, d.Size(2), d.Size(3))], x => x[0].MaxPool([2, 3], [1, 2]).Values, x => Windows(x[0], [2, 3], [1, 2], [1, 1]).Maximum([-1, -2]).Permute(0, 3, 1, 2)),
        ["standard deviation"] = new(d => [d.Some(least: 2)], x => x[0].StandardDeviation(-1), x => x[0].Variance(-1).Sqrt()),
        ["hypotenuse"] = new(d => d.Some() is var x ? [x, d.Of(x.Shape[-1])] : [], x => x[0].Hypotenuse(x[1]), x => ((x[0] * x[0]) + (x[1] * x[1])).Sqrt()),
        ["cosine similarity"] = new(d => d.Some(least: 1) is var x ? [x, d.Of(x.Shape[-1])] : [], x => Loss.CosineSimilarity(x[0], x[1], -1), x => (x[0] * x[1]).Sum(-1) / ((x[0] * x[0]).Sum(-1).Sqrt() * (x[1] * x[1]).Sum(-1).Sqrt())),
    };

    public static TheoryData<string> Names => [.. Twins.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void A_fused_operation_equals_its_definition_to_the_second_derivative(string name)
    {
        var twin = Twins[name];
        for (var trial = 0; trial < 12; trial++)
        {
            var inputs = twin.Draw(new Draws((100 * trial) + name.Length));
            // Every third time as views with gaps.
            var leaves = inputs.Select(input => (trial % 3 == 2 ? Presentation.Strided : Presentation.Double).Present(input)).ToArray();
            foreach (var leaf in leaves) leaf.RequiresGradient = true;
            var expected = Parity.Differentiate(() => [twin.Definition(leaves)], leaves);
            Parity.AssertSame(expected, Parity.Differentiate(() => [twin.Fused(leaves)], leaves), $"{name} of {string.Join(", ", inputs.Select(input => input.Shape))}");
        }
    }

    private static Tensor Exponentials(Tensor x, int dimension) => x.ElementCount == 0 ? x : (x - x.Detach().Maximum([dimension], true)).Exp();

    private static Tensor Weights(Tensor x) => x.Exp() / x.Exp().Sum(-1, true);

    private static Tensor Normalised(Tensor x, int[] dimensions)
    {
        var centred = x - x.Mean(dimensions, true);
        return centred / ((centred * centred).Mean(dimensions, true) + 1e-5).Sqrt();
    }

    private static Tensor[] Factors(Tensor x) => [.. Enumerable.Range(0, Math.Min(5, x.Shape[-1])).Select(i => x.Select(-1, i))];

    private static IEnumerable<Tensor> Running(Tensor[] factors) => Enumerable.Range(1, factors.Length).Select(count => factors[..count].Aggregate((a, b) => a * b));

    private static Tensor Classes(Tensor logits) => (Tensor.Range(logits.Shape[0] * logits.Shape[2]) * 7).Remainder(logits.Shape[1]).Reshape(logits.Shape[0], logits.Shape[2]);

    private static Tensor Targets(Tensor x) => x.Detach().Sin().Square();

    /// <summary>[batch, rows, columns, channels, kernel rows, kernel columns] of [batch, channels, height, width], as views.</summary>
    private static Tensor Windows(Tensor x, int[] kernel, int[] stride, int[] dilation)
    {
        var windows = x.Unfold(2, (dilation[0] * (kernel[0] - 1)) + 1, stride[0]).Unfold(3, (dilation[1] * (kernel[1] - 1)) + 1, stride[1]);
        return windows[.., .., .., .., TensorIndex.Every(dilation[0], ..), TensorIndex.Every(dilation[1], ..)].Permute(0, 2, 3, 1, 4, 5);
    }

    private sealed record Twin(Func<Draws, Tensor[]> Draw, Func<Tensor[], Tensor> Fused, Func<Tensor[], Tensor> Definition);

    /// <summary>Random shapes and numbers of one trial.</summary>
    private sealed class Draws(int seed)
    {
        private readonly RandomSource random = new(seed);

        /// <summary>A size that is at least <paramref name="least"/>; with 0 now and then 0.</summary>
        public int Size(int least = 1)
        {
            if (least == 0 && random.NextInt64(8) == 0) return 0;
            var size = Sizes[random.NextInt64(Sizes.Length)];
            return size >= least ? size : least + size;
        }

        public Tensor Of(params int[] sizes) => random.Uniform(sizes, -2, 2, DataType.Float64);

        /// <summary>One to three dimensions, the last at least <paramref name="least"/>.</summary>
        public Tensor Some(int least = 0)
        {
            var leading = Enumerable.Range(0, (int)random.NextInt64(3)).Select(_ => Size(least)).ToArray();
            return Of([.. leading, Size(Math.Max(1, least))]);
        }
    }
}
