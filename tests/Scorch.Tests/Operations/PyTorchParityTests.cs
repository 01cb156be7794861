using Scorch.Autograd;
using Scorch.Checkpoints;
using Scorch.Losses;

namespace Scorch.Tests.Operations;

/// <summary>Values, gradients and gradients of gradients against those that oracles/engine/operations.py recorded.</summary>
public class PyTorchParityTests
{
    /// <summary>float64 results differ by rounding alone; sums of a few hundred terms and special functions lose a few digits.</summary>
    private const double Tolerance = 1e-10;

    private static readonly IReadOnlyDictionary<string, Tensor> Recorded = Npz.Load(RepositoryFiles.Oracle("engine/operations.npz"));

    private static readonly Dictionary<string, Func<Tensor[], Tensor[]>> Functions = Build();

    public static TheoryData<string> Cases => [.. Recorded.Keys.Select(key => key[..key.IndexOf('.', StringComparison.Ordinal)]).Distinct().Order()];

    [Theory]
    [MemberData(nameof(Cases))]
    public void An_operation_equals_PyTorch_in_value_gradient_and_second_gradient(string name) => Check(name, Devices.Device.Cpu);

    [Theory]
    [MemberData(nameof(Cases))]
    public void An_operation_reaches_memory_through_its_devices_kernels_only(string name) => Check(name, FakeDevice.Instance);

    private static void Check(string name, Devices.Device device)
    {
        var inputs = All(name, "in").Select(tensor => tensor.Clone().To(device)).ToArray();
        foreach (var input in inputs) input.RequiresGradient = input.DataType.IsFloating();
        Assert.True(Functions.TryGetValue(name, out var function), $"no function is written for the recorded case {name}");
        var outputs = function(inputs);
        var expected = All(name, "out");
        for (var i = 0; i < expected.Length; i++) AssertClose(expected[i], outputs[i], $"{name} output {i}");
        var gradients = All(name, "grad");
        if (gradients.Length == 0) return;
        var differentiable = inputs.Where(input => input.RequiresGradient).ToArray();
        var loss = Weighted(outputs.Where(output => output.RequiresGradient), Math.Cos);
        var second = All(name, "grad2");
        var computed = Differentiation.Gradients([loss], differentiable, null, createGraph: second.Length > 0, allowUnused: true);
        for (var i = 0; i < gradients.Length; i++) AssertClose(gradients[i], computed[i] ?? Tensor.ZerosLike(differentiable[i]), $"{name} gradient {i}");
        if (second.Length == 0) return;
        var slopes = Weighted(computed.Where(g => g is { RequiresGradient: true })!, Math.Sin);
        var again = slopes.RequiresGradient ? Differentiation.Gradients([slopes], differentiable, null, allowUnused: true) : new Tensor?[differentiable.Length];
        for (var i = 0; i < second.Length; i++) AssertClose(second[i], again[i] ?? Tensor.ZerosLike(differentiable[i]), $"{name} second gradient {i}");
    }

    private static Tensor[] All(string name, string kind)
    {
        var found = new List<Tensor>();
        while (Recorded.TryGetValue($"{name}.{kind}.{found.Count}", out var tensor)) found.Add(tensor);
        return [.. found];
    }

    private static Tensor Weighted(IEnumerable<Tensor> tensors, Func<double, double> weight) => tensors
        .Select(tensor => (tensor.Reshape(-1) * Tensor.From(Enumerable.Range(1, (int)tensor.ElementCount).Select(i => weight(i)).ToArray()).To(tensor.Device)).Sum().To(Devices.Device.Cpu))
        .Aggregate(Tensor.Scalar(0, DataType.Float64), (a, b) => a + b);

    private static void AssertClose(Tensor expected, Tensor actual, string what)
    {
        Assert.Equal(expected.Shape, actual.Shape);
        var (right, ours) = (expected.To(DataType.Float64).ToArray<double>(), actual.Detach().To(DataType.Float64).ToArray<double>());
        var scale = Math.Max(1, right.Where(double.IsFinite).Select(Math.Abs).DefaultIfEmpty(0).Max());
        for (var i = 0; i < right.Length; i++)
        {
            if (double.IsFinite(right[i])) Assert.True(Math.Abs(right[i] - ours[i]) <= Tolerance * scale, $"{what}, element {i}: {right[i]:R} expected, {ours[i]:R} found");
            else Assert.True(right[i].Equals(ours[i]), $"{what}, element {i}: {right[i]} expected, {ours[i]} found");
        }
    }

    private static Dictionary<string, Func<Tensor[], Tensor[]>> Build()
    {
        var all = new Dictionary<string, Func<Tensor[], Tensor[]>>();
        void One(string name, Func<Tensor, Tensor> f) => all.Add(name, x => [f(x[0])]);
        void Two(string name, Func<Tensor, Tensor, Tensor> f) => all.Add(name, x => [f(x[0], x[1])]);
        void Three(string name, Func<Tensor, Tensor, Tensor, Tensor> f) => all.Add(name, x => [f(x[0], x[1], x[2])]);
        void Pair(string name, Func<Tensor, (Tensor, Tensor)> f) => all.Add(name, x => f(x[0]) is var (a, b) ? [a, b] : []);

        One("negate", x => -x);
        One("abs", x => x.Abs());
        One("sign", x => x.Sign());
        One("square", x => x.Square());
        One("reciprocal", x => x.Reciprocal());
        One("sqrt", x => x.Sqrt());
        One("rsqrt", x => x.ReciprocalSqrt());
        One("exp", x => x.Exp());
        One("exp2", x => x.Exp2());
        One("expm1", x => x.ExpMinusOne());
        One("log", x => x.Log());
        One("log2", x => x.Log2());
        One("log10", x => x.Log10());
        One("log1p", x => x.LogOnePlus());
        One("sin", x => x.Sin());
        One("cos", x => x.Cos());
        One("tan", x => x.Tan());
        One("asin", x => x.Asin());
        One("acos", x => x.Acos());
        One("atan", x => x.Atan());
        One("sinh", x => x.Sinh());
        One("cosh", x => x.Cosh());
        One("tanh", x => x.Tanh());
        One("asinh", x => x.Asinh());
        One("acosh", x => x.Acosh());
        One("atanh", x => x.Atanh());
        One("erf", x => x.Erf());
        One("erfc", x => x.Erfc());
        One("erfinv", x => x.ErfInverse());
        One("lgamma", x => x.LogGamma());
        One("lgamma_negative", x => x.LogGamma());
        One("digamma", x => x.Digamma());
        One("trigamma", x => x.Polygamma(1));
        One("sigmoid", x => x.Sigmoid());
        One("relu", x => x.Relu());
        One("softplus", x => x.Softplus());
        One("gelu", x => x.Gelu());
        One("gelu_tanh", x => x.Gelu(approximate: true));
        One("silu", x => x.Silu());
        One("elu", x => x.Elu());
        One("leaky_relu", x => x.LeakyRelu(0.1));
        One("floor", x => x.Floor());
        One("ceil", x => x.Ceiling());
        One("round", x => x.Round());
        One("trunc", x => x.Truncate());
        One("clamp", x => x.Clamp(-0.5, 0.7));
        One("pow_scalar", x => x.Pow(2.5));
        One("scalar_pow", x => Tensor.Pow(2.5, x));
        One("extreme_exp", x => x.Exp());
        One("extreme_expm1", x => x.ExpMinusOne());
        One("extreme_tanh", x => x.Tanh());
        One("extreme_sigmoid", x => x.Sigmoid());
        One("extreme_erf", x => x.Erf());
        One("extreme_erfc", x => x.Erfc());
        One("extreme_sin", x => x.Sin());
        One("extreme_cos", x => x.Cos());
        One("extreme_log1p", x => x.LogOnePlus());
        One("extreme_log", x => x.Log());
        One("extreme_softplus", x => x.Softplus());
        Two("add", (a, b) => a + b);
        Two("subtract", (a, b) => a - b);
        Two("multiply", (a, b) => a * b);
        Two("divide", (a, b) => a / b);
        Two("pow", (a, b) => a.Pow(b));
        Two("minimum", (a, b) => a.Minimum(b));
        Two("maximum", (a, b) => a.Maximum(b));
        Two("atan2", (a, b) => a.Atan2(b));
        Two("floor_divide", (a, b) => a.FloorDivide(b));
        Two("remainder", (a, b) => a.Remainder(b));
        Two("fmod", (a, b) => a.TruncatedRemainder(b));
        Two("where", (a, b) => Tensor.Where(a.GreaterThan(b), a, b));
        One("sum", x => x.Sum());
        One("sum_dims", x => x.Sum([0, 2]));
        One("mean_keep", x => x.Mean(1, true));
        One("variance", x => x.Variance());
        One("variance_dim", x => x.Variance(2, correction: 0));
        One("std", x => x.StandardDeviation(1));
        One("norm", x => x.Norm());
        One("norm1", x => x.Norm([1], 1));
        One("norm3", x => x.Norm([0, 1], 3));
        One("norm_inf", x => x.Norm(double.PositiveInfinity));
        One("product", x => x.Product());
        One("product_dim_zero", x => x.Product(1));
        One("max_all", x => x.Maximum());
        One("min_dims", x => x.Minimum([0, 2]));
        Pair("max_dim", x => x.Maximum(1));
        One("argmin", x => x.ArgMin(2));
        One("logsumexp", x => x.LogSumExp(1));
        One("cumsum", x => x.CumulativeSum(1));
        One("cumprod", x => x.CumulativeProduct(1));
        One("cumprod_zero", x => x.CumulativeProduct(0));
        One("softmax", x => x.Softmax(1));
        One("log_softmax", x => x.LogSoftmax(2));
        One("reshape", x => x.Transpose(0, 2).Reshape(4, 15));
        One("permute", x => x.Permute(2, 0, 1));
        One("expand", x => x.Expand(3, 4, 5));
        Two("concatenate", (x, y) => Tensor.Concatenate([x, y], 1));
        Two("stack", (x, y) => Tensor.Stack([x, y], 1));
        One("split", x => x.Split(2, 1)[2]);
        One("flip", x => x.Flip(0, 2));
        One("roll", x => x.Roll(3, 2));
        One("tile", x => x.Tile(2, 1, 3));
        One("repeat_interleave", x => x.RepeatInterleave(3, 1));
        One("slice", x => x[1.., TensorIndex.Every(2, ..), 1..4] * 2);
        One("unfold", x => x.Unfold(1, 3, 2));
        One("diagonal", x => x.Diagonal(1, 1, 2));
        One("triu", x => x.UpperTriangle(1));
        One("tril", x => x.LowerTriangle(-1));
        foreach (var mode in Enum.GetValues<PaddingMode>())
        {
            One($"pad_{mode}".ToLowerInvariant(), x => x.Pad([2, 1], mode));
            One($"pad2_{mode}".ToLowerInvariant(), x => x.Pad([2, 1, 1, 2], mode));
        }
        Two("gather", (x, i) => x.Gather(0, i));
        Three("scatter_add", (x, i, y) => x.ScatterAdd(0, i, y));
        Two("index_select", (x, i) => x.IndexSelect(1, i));
        Three("index_add", (x, i, y) => x.IndexAdd(1, i, y));
        Three("advanced_index", (x, i, j) => x[i, .., j]);
        Three("advanced_middle", (x, i, j) => x[.., i, j]);
        One("masked_select", x => x[x.GreaterThan(0.3)]);
        Two("embedding", (x, i) => x.Embedding(i));
        Pair("sort", x => x.Sort(1, descending: true));
        Pair("top_k", x => x.TopK(2, 2));
        Two("matmul", (a, b) => a.MatMul(b));
        Two("matmul_batch", (a, b) => a.MatMul(b));
        Two("matmul_vector", (a, b) => a.MatMul(b));
        Two("matmul_broadcast", (a, b) => a.MatMul(b));
        Three("affine", (x, w, b) => x.Affine(w, b));
        Three("conv1d", (x, w, b) => x.Convolution(w, b, new(stride: 2, padding: 2, dilation: 2)));
        Three("conv2d", (x, w, b) => x.Convolution(w, b, new([2, 1], [1, 2], [1, 2], 2)));
        Two("conv2d_depthwise", (x, w) => x.Convolution(w, null, new(padding: 1, groups: 4)));
        Two("conv2d_pointwise", (x, w) => x.Convolution(w));
        Two("conv3d", (x, w) => x.Convolution(w, null, new([1, 2, 1], [1, 0, 1], [1])));
        Two("conv_transpose1d", (x, w) => x.TransposedConvolution(w, null, new(stride: 3, padding: 1), 2));
        Three("conv_transpose2d", (x, w, b) => x.TransposedConvolution(w, b, new(2, 1, 2, 2), 1));
        Pair("max_pool2d", x => x.MaxPool([3, 2], [2], [1]));
        One("max_pool2d_ceil", x => x.MaxPool([2], [3], dilation: [2], ceilMode: true).Values);
        One("avg_pool2d", x => x.AveragePool([3, 2], [2], [1]));
        One("avg_pool2d_exclude", x => x.AveragePool([3], [2], [1], ceilMode: true, countPadding: false));
        One("adaptive_avg", x => x.AdaptiveAveragePool(3, 4));
        Pair("adaptive_max", x => x.AdaptiveMaxPool(3, 4));
        Three("layer_norm", (x, w, b) => x.LayerNorm([4, 5], w, b));
        Three("group_norm", (x, w, b) => x.GroupNorm(2, w, b));
        One("instance_norm", x => x.InstanceNorm());
        Three("batch_norm_train", (x, w, b) => x.BatchNorm(null, null, w, b));
        all.Add("batch_norm_eval", x => [x[0].BatchNorm(x[1].Detach(), x[2].Detach(), x[3], x[4])]);
        all.Add("attention", x => [x[0].ScaledDotProductAttention(x[1], x[2], x[3])]);
        Three("cross_entropy", (x, t, w) => Loss.CrossEntropy(x, t, w.Detach(), labelSmoothing: 0.1));
        Two("cross_entropy_sum", (x, t) => Loss.CrossEntropy(x, t, reduction: Reduction.Sum));
        Two("cross_entropy_soft", (x, t) => Loss.CrossEntropy(x, t.Softmax(1)));
        Two("bce_logits", (x, t) => Loss.BinaryCrossEntropyWithLogits(x, t.Sigmoid()));
        Two("bce", (x, t) => Loss.BinaryCrossEntropy(x, t));
        Two("huber", (x, t) => Loss.Huber(x, t, 0.7));
        Two("kl", (x, t) => Loss.KullbackLeibler(x, t.Detach()));
        return all;
    }
}
