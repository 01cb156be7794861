using Scorch.Modules;

namespace Scorch.TestHost;

/// <summary>Kernels against plain loops over awkward lengths: 1, primes, tails, strides.</summary>
internal static class VectorChecks
{
    private static readonly int[] Lengths = [1, 2, 3, 7, 8, 15, 16, 17, 31, 33, 64, 127, 257, 1031];

    public static void Run()
    {
        foreach (var type in new[] { DataType.Float32, DataType.Float64 })
        {
            // A few units in the last place; matrix products and sums add rounding with their length.
            var unit = type == DataType.Float32 ? 1.2e-7 : 2.3e-16;
            foreach (var length in Lengths)
            {
                Elementwise(type, unit, length);
                Reductions(type, unit, length);
            }
            foreach (var (m, k, n) in new[]
            {
                (1, 1, 1), (5, 7, 3), (12, 16, 32), (13, 385, 33), (97, 31, 65), (100, 1, 400), (1, 70, 300), (300, 70, 1), (1, 1100, 5), (5, 1100, 1), (1030, 9, 1),
                (2, 64, 128), (128, 64, 2), (16, 513, 16), (23, 512, 1027), (130, 600, 70), (64, 512, 64), (37, 1025, 3),
            })
                MatrixProduct(type, unit, m, k, n);
            Convolutions(type, unit);
            foreach (var (batch, hidden) in new[] { (1, 1), (5, 13), (13, 33) }) Recurrence(type, unit, batch, hidden);
        }
    }

    /// <summary>Two steps of a GRU, whose gates are r, z and c.</summary>
    private static void Recurrence(DataType type, double unit, int batch, int hidden)
    {
        var network = new Gru(2, hidden, new(1), new(DataType: type));
        var x = new RandomSource(2).Uniform([2, batch, 2], -1, 1, type);
        var weights = network.NamedParameters().ToDictionary(entry => entry.Name, entry => Values(entry.Parameter));
        var (inputs, series) = (Values(x), new List<double>());
        double Sum(string from, string bias, int row, ReadOnlySpan<double> values)
        {
            var sum = weights[bias][row];
            for (var k = 0; k < values.Length; k++) sum += weights[from][(row * values.Length) + k] * values[k];
            return sum;
        }
        var state = new double[batch * hidden];
        for (var t = 0; t < 2; t++)
        {
            var next = new double[state.Length];
            for (var i = 0; i < next.Length; i++)
            {
                var (row, unitOf) = (i / hidden, i % hidden);
                double Input(int gate) => Sum("weight_ih_l0", "bias_ih_l0", (gate * hidden) + unitOf, inputs.AsSpan(((t * batch) + row) * 2, 2));
                double Hidden(int gate) => Sum("weight_hh_l0", "bias_hh_l0", (gate * hidden) + unitOf, state.AsSpan(row * hidden, hidden));
                var (reset, update) = (1 / (1 + Math.Exp(-Input(0) - Hidden(0))), 1 / (1 + Math.Exp(-Input(1) - Hidden(1))));
                next[i] = ((1 - update) * Math.Tanh(Input(2) + (reset * Hidden(2)))) + (update * state[i]);
            }
            state = next;
            series.AddRange(next);
        }
        Compare($"gru {type} {batch} x {hidden}", network.Forward(x).Output.Flatten(), series, 64 * unit * (hidden + 4));
    }

    private static void Elementwise(DataType type, double unit, int length)
    {
        var random = new RandomSource(length);
        var x = random.Uniform([length], 0.1, 3, type);
        var y = random.Uniform([length], 0.1, 3, type);
        // Every second element of a longer tensor takes the strided path.
        var wide = random.Uniform([2 * length], 0.1, 3, type);
        var strided = wide[TensorIndex.Every(2, ..)];
        foreach (var (name, kernel, plain) in new (string, Func<Tensor, Tensor>, Func<double, double>)[]
        {
            ("exp", t => t.Exp(), Math.Exp), ("log", t => t.Log(), Math.Log), ("sin", t => t.Sin(), Math.Sin), ("cos", t => t.Cos(), Math.Cos),
            ("tanh", t => t.Tanh(), Math.Tanh), ("tanh of negatives", t => (-t).Tanh(), v => Math.Tanh(-v)), ("sigmoid", t => t.Sigmoid(), v => 1 / (1 + Math.Exp(-v))),
            ("expm1", t => t.ExpMinusOne(), v => Math.Exp(v) - 1), ("sqrt", t => t.Sqrt(), Math.Sqrt), ("square", t => t.Square(), v => v * v),
            ("floor", t => (t * 3).Floor(), v => Math.Floor(v * 3)), ("relu", t => (t - 1).Relu(), v => Math.Max(v - 1, 0)), ("sign", t => (t - 1).Sign(), v => Math.Sign(v - 1)),
        })
        {
            Compare($"{name} {type} {length}", kernel(x), Values(x).Select(plain), 16 * unit);
            Compare($"{name} {type} {length} strided", kernel(strided), Values(strided).Select(plain), 16 * unit);
        }
        foreach (var (name, kernel, plain) in new (string, Func<Tensor, Tensor, Tensor>, Func<double, double, double>)[]
        {
            ("add", (a, b) => a + b, (a, b) => a + b), ("subtract", (a, b) => a - b, (a, b) => a - b), ("multiply", (a, b) => a * b, (a, b) => a * b),
            ("divide", (a, b) => a / b, (a, b) => a / b), ("minimum", (a, b) => a.Minimum(b), Math.Min), ("maximum", (a, b) => a.Maximum(b), Math.Max),
        })
        {
            Compare($"{name} {type} {length}", kernel(x, y), Values(x).Zip(Values(y), plain), 4 * unit);
            Compare($"{name} {type} {length} strided", kernel(strided, y), Values(strided).Zip(Values(y), plain), 4 * unit);
            Compare($"{name} {type} {length} spread", kernel(x, y[..1]), Values(x).Select(v => plain(v, Values(y)[0])), 4 * unit);
        }
    }

    private static void Reductions(DataType type, double unit, int length)
    {
        var x = new RandomSource(length).Uniform([length, 5], -1, 1, type);
        var values = Values(x);
        Compare($"sum {type} {length}", x.Sum().Reshape(1), [values.Sum()], 8 * unit * length);
        Compare($"maximum {type} {length}", x.Maximum().Reshape(1), [values.Max()], 0);
        Compare($"columns {type} {length}", x.Sum(0), Enumerable.Range(0, 5).Select(c => values.Where((_, i) => i % 5 == c).Sum()), 8 * unit * length);
        Compare($"rows {type} {length}", x.Sum(1), values.Chunk(5).Select(row => row.Sum()), 16 * unit);
        Compare($"long rows {type} {length}", x.T.Contiguous().Sum(1), Enumerable.Range(0, 5).Select(c => values.Where((_, i) => i % 5 == c).Sum()), 8 * unit * length);
        Compare($"greatest of long rows {type} {length}", x.T.Contiguous().Maximum([1]), Enumerable.Range(0, 5).Select(c => values.Where((_, i) => i % 5 == c).Max()), 0);
        var wide = new RandomSource(length).Uniform([3, length], -1, 1, type);
        var wideValues = Values(wide);
        Compare($"wide columns {type} {length}", wide.Sum(0), Enumerable.Range(0, length).Select(c => Enumerable.Range(0, 3).Sum(r => wideValues[(r * length) + c])), 16 * unit);
        Compare($"rows of the transpose {type} {length}", x.T.Sum(1), Enumerable.Range(0, 5).Select(c => values.Where((_, i) => i % 5 == c).Sum()), 8 * unit * length);
    }

    private static void MatrixProduct(DataType type, double unit, int m, int k, int n)
    {
        var random = new RandomSource(m + k + n);
        var (a, b) = (random.Uniform([m, k], -1, 1, type), random.Uniform([k, n], -1, 1, type));
        var (leftValues, rightValues) = (a.To(DataType.Float64).ToMatrix<double>(), b.To(DataType.Float64).ToMatrix<double>());
        var expected = new List<double>();
        for (var i = 0; i < m; i++)
            for (var j = 0; j < n; j++)
                expected.Add(Enumerable.Range(0, k).Sum(p => leftValues[i, p] * rightValues[p, j]));
        Compare($"product {type} {m}x{k}x{n}", a.MatMul(b), expected, 4 * unit * k);
        // Every layout of both factors: by columns, and with every second element of a wider matrix.
        foreach (var (left, x) in Layouts(a))
            foreach (var (right, y) in Layouts(b))
                Compare($"product {type} {m}x{k}x{n}, left {left}, right {right}", x.MatMul(y), expected, 4 * unit * k);
        Compare($"products {type} {m}x{k}x{n} of a batch", a.Unsqueeze(0).Expand(3, m, k).MatMul(b.Unsqueeze(0).Expand(3, k, n).Contiguous()), expected.Concat(expected).Concat(expected), 4 * unit * k);
    }

    private static IEnumerable<(string Name, Tensor Matrix)> Layouts(Tensor matrix)
    {
        yield return ("by rows", matrix);
        yield return ("by columns", matrix.T.Contiguous().T);
        yield return ("spread", matrix.Unsqueeze(-1).Expand(matrix.Shape[0], matrix.Shape[1], 2).Flatten(1, 2)[.., TensorIndex.Every(2, ..)]);
    }

    private static void Convolutions(DataType type, double unit)
    {
        foreach (var (batch, inputs, outputs, height, width, kernel, stride, padding, dilation, groups) in new[]
        {
            (2, 3, 4, 7, 9, 3, 1, 1, 1, 1), (1, 1, 1, 1, 1, 1, 1, 0, 1, 1), (3, 5, 17, 4, 4, 3, 1, 1, 1, 1), (2, 16, 33, 2, 2, 3, 1, 1, 1, 1), (4, 20, 40, 1, 1, 3, 1, 1, 1, 1),
            (2, 7, 13, 20, 37, 1, 1, 0, 1, 1), (2, 6, 5, 9, 16, 1, 2, 0, 1, 1), (1, 3, 12, 23, 40, 7, 2, 3, 1, 1), (2, 4, 6, 11, 13, 4, 2, 1, 1, 1), (2, 4, 4, 12, 31, 3, 1, 2, 2, 2),
            (2, 6, 6, 10, 33, 3, 1, 1, 1, 6), (2, 3, 6, 17, 35, 3, 2, 1, 1, 3), (1, 2, 3, 9, 9, 2, 3, 0, 1, 1), (1, 4, 8, 15, 15, 3, 3, 2, 2, 4), (2, 8, 1, 6, 70, 3, 1, 1, 1, 1), (1, 2, 2, 5, 5, 5, 1, 4, 1, 1),
            (9, 3, 30, 5, 5, 3, 1, 0, 1, 1), (2, 12, 25, 16, 18, 3, 1, 1, 1, 1), (1, 4, 2, 8, 10, 1, 1, 0, 1, 2),
            // Large enough for tiles of Winograd's transform, whose rounding is within the bound of the longer direct sums.
            (2, 32, 48, 17, 22, 3, 1, 1, 1, 1), (9, 48, 32, 6, 7, 3, 1, 0, 1, 1), (1, 64, 32, 16, 18, 3, 1, 2, 1, 1), (20, 32, 32, 4, 4, 3, 1, 1, 1, 1),
        })
            Convolution(type, unit, batch, inputs, outputs, height, width, kernel, stride, padding, dilation, groups);
    }

    /// <summary>A convolution and both its gradients against the definition.</summary>
    private static void Convolution(DataType type, double unit, int batch, int inputs, int outputs, int height, int width, int kernel, int stride, int padding, int dilation, int groups)
    {
        var random = new RandomSource(5);
        var (x, w) = (random.Uniform([batch, inputs, height, width], -1, 1, type), random.Uniform([outputs, inputs / groups, kernel, kernel], -1, 1, type));
        x.RequiresGradient = w.RequiresGradient = true;
        var y = x.Convolution(w, null, new(stride, padding, dilation, groups));
        var slope = random.Uniform(y.Shape, -1, 1, type);
        y.Backward(slope);
        var (image, weights, slopes) = (Values(x), Values(w), Values(slope));
        var (result, imageSlope, weightSlope) = (new double[slopes.Length], new double[image.Length], new double[weights.Length]);
        var place = 0;
        for (var n = 0; n < batch; n++)
            for (var o = 0; o < outputs; o++)
                for (var h = 0; h < y.Shape[2]; h++)
                    for (var v = 0; v < y.Shape[3]; v++, place++)
                        for (var c = 0; c < inputs / groups; c++)
                            for (var i = 0; i < kernel; i++)
                                for (var j = 0; j < kernel; j++)
                                {
                                    var (row, column) = ((h * stride) + (i * dilation) - padding, (v * stride) + (j * dilation) - padding);
                                    if (row < 0 || row >= height || column < 0 || column >= width) continue;
                                    var channel = (o / (outputs / groups) * (inputs / groups)) + c;
                                    var from = (((((n * inputs) + channel) * height) + row) * width) + column;
                                    var tap = (((((o * (inputs / groups)) + c) * kernel) + i) * kernel) + j;
                                    result[place] += image[from] * weights[tap];
                                    imageSlope[from] += slopes[place] * weights[tap];
                                    weightSlope[tap] += slopes[place] * image[from];
                                }
        var name = $"{type}: {batch} images of {inputs}x{height}x{width}, {outputs} outputs, kernel {kernel}, stride {stride}, padding {padding}, dilation {dilation}, {groups} groups";
        Compare($"convolution, {name}", y, result, 4 * unit * inputs * kernel * kernel);
        Compare($"image gradient, {name}", x.Gradient!, imageSlope, 4 * unit * outputs * kernel * kernel);
        Compare($"weight gradient, {name}", w.Gradient!, weightSlope, 4 * unit * batch * y.Shape[2] * y.Shape[3]);
    }

    private static double[] Values(Tensor tensor) => tensor.To(DataType.Float64).ToArray<double>();

    private static void Compare(string what, Tensor actual, IEnumerable<double> expected, double tolerance)
    {
        var ours = Values(actual);
        var i = 0;
        foreach (var value in expected)
        {
            if (!(Math.Abs(ours[i] - value) <= tolerance * Math.Max(1, Math.Abs(value))))
                throw new InvalidOperationException($"{what}, element {i}: {value:R} expected, {ours[i]:R} found.");
            i++;
        }
        if (i != ours.Length) throw new InvalidOperationException($"{what}: {i} elements expected, {ours.Length} found.");
    }
}
