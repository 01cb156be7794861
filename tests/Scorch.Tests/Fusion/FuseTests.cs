using Scorch.Autograd;
using Scorch.Fusion;

namespace Scorch.Tests.Fusion;

/// <summary>Fused functions against the same functions operation by operation: the same kernels in another order, so the same bits.</summary>
public class FuseTests
{
    private static readonly Dictionary<string, (int Arity, Func<Tensor[], Tensor> Plain)> Functions = new()
    {
        ["chain"] = (3, x => ((x[0] * x[1]) + x[2]).Tanh() * x[0]),
        ["long chain"] = (3, x => ((((x[0] * x[1]) + x[2]).Sigmoid() * (x[0] - x[2])) + x[1]).Square()),
        ["one argument, many operations"] = (1, x => (x[0].Softplus() + x[0].Gelu() - (x[0].Exp() / (1 + x[0].Square()))).Sin()),
        ["comparison and choice"] = (2, x => Tensor.Where(x[0].GreaterThan(x[1]).And(x[0].LessThan(0.5)), x[0].Exp(), x[1] * x[1])),
        ["conversion"] = (2, x => (x[0].To(DataType.Float64) * x[1]).To(DataType.Float32).Tanh() + x[1].To(DataType.Float32)),
        ["comparison alone"] = (2, x => x[0].LessOrEqual(x[1])),
        ["bounds"] = (1, x => x[0].Clamp(-0.25, 0.5) * x[0].Abs()),
        ["quotient by a number"] = (1, x => (x[0] / 3).Pow(3)),
        ["the argument"] = (1, x => x[0]),
        ["a number"] = (1, x => Tensor.OnesLike(x[0])),
        ["a number used twice"] = (2, x => (x[0] * (Tensor.OnesLike(x[0]) + 1).Exp()) + (x[1] * 2)),
        ["the second argument"] = (2, x => x[1] + (0 * x[0])),
        ["a hundred steps"] = (2, x => Enumerable.Range(0, 50).Aggregate(x[0], (sum, i) => (sum * x[1]).Sin() + (0.01 * i))),
    };

    public static TheoryData<string> Names() => [.. Functions.Keys];

    [Theory, MemberData(nameof(Names))]
    public void Values_have_the_same_bits_at_every_shape(string name)
    {
        var (arity, plain) = Functions[name];
        var fused = Fused(name);
        foreach (var shape in (int[][])[[], [1], [5], [0], [0, 3], [17], [4095], [4096], [4097], [33, 70], [3, 4096, 2], [5, 7, 300], [100003]])
            foreach (var type in (DataType[])[DataType.Float32, DataType.Float64])
            {
                var inputs = Inputs(arity, Shape.Create(shape), type);
                TensorAssert.SameBits(plain(inputs), fused(inputs), $"{name} of [{string.Join(", ", shape)}] {type}");
            }
    }

    [Theory, MemberData(nameof(Names))]
    public void Values_have_the_same_bits_for_broadcast_and_strided_arguments(string name)
    {
        var (arity, plain) = Functions[name];
        var fused = Fused(name);
        int[][][] mixed = [[[40, 90], [90], [40, 1]], [[], [3, 1000], [3, 1]], [[7, 1, 50], [20, 1], [1]], [[2, 3, 4000], [3, 1], [2, 1, 1]], [[1, 1], [5000, 3], []]];
        foreach (var shapes in mixed)
        {
            var inputs = Enumerable.Range(0, arity).Select(i => Inputs(i + 1, Shape.Create(shapes[i]), DataType.Float32)[i]).ToArray();
            TensorAssert.SameBits(plain(inputs), fused(inputs), $"{name}, broadcast");
        }
        foreach (var shape in (int[][])[[70, 90], [3, 5, 4100], [4100, 3]])
        {
            var inputs = Inputs(arity, Shape.Create(shape), DataType.Float64).Select((x, i) => i == 1 ? x : x.Transpose(0, -1).Contiguous().Transpose(0, -1)).ToArray();
            TensorAssert.SameBits(plain(inputs).Contiguous(), fused(inputs), $"{name}, transposed");
            var steps = Inputs(arity, Shape.Create([.. shape[..^1], 2 * shape[^1]]), DataType.Float64).Select(x => x.Slice(-1, 1, shape[^1], 2)).ToArray();
            TensorAssert.SameBits(plain(steps), fused(steps), $"{name}, every second");
        }
    }

    [Theory, MemberData(nameof(Names))]
    public void Gradients_of_three_orders_agree(string name)
    {
        var (arity, plain) = Functions[name];
        var fused = Fused(name);
        foreach (var shapes in (int[][][])[[[6], [6], [6]], [[3, 4], [4], [3, 1]], [[], [2, 3], [1]], [[2500], [2500], [2500]]])
        {
            if (shapes[0].Length == 1 && shapes[0][0] == 2500 && name == "a hundred steps") continue;
            Tensor[] Leaves() => [.. Enumerable.Range(0, arity).Select(i =>
            {
                var leaf = Inputs(i + 1, Shape.Create(shapes[i]), DataType.Float64)[i].Clone();
                leaf.RequiresGradient = true;
                return leaf;
            })];
            var expected = Derivatives(plain, Leaves(), name == "a hundred steps" ? 1 : 3);
            var actual = Derivatives(fused, Leaves(), name == "a hundred steps" ? 1 : 3);
            Assert.True(expected.Count <= actual.Count);
            // Operation by operation a derivative that is 0 has no history; fused ones are 0 in numbers.
            for (var i = 0; i < actual.Count; i++)
                TensorAssert.Close(i < expected.Count ? expected[i] : Tensor.ZerosLike(actual[i]), actual[i], name == "conversion" ? 1e-6 : 1e-11, $"{name}: derivative {i}");
        }
    }

    [Fact]
    public void A_second_device_runs_the_same_program_with_its_own_kernels()
    {
        foreach (var name in Functions.Keys)
        {
            var (arity, plain) = Functions[name];
            var inputs = Inputs(arity, [3, 900], DataType.Float32);
            var there = Fused(name)([.. inputs.Select(x => x.To(FakeDevice.Instance))]);
            Assert.Same(FakeDevice.Instance, there.Device);
            TensorAssert.SameBits(plain(inputs), there.To(Scorch.Devices.Device.Cpu), name);
        }
    }

    [Fact]
    public void Types_are_traced_one_by_one()
    {
        var fused = Fuse.Elementwise((x, y) => (x + y) * 2);
        foreach (var type in (DataType[])[DataType.Int64, DataType.Int32, DataType.UInt8, DataType.Float16, DataType.BFloat16, DataType.Complex128, DataType.Complex64, DataType.Float32])
        {
            var (x, y) = (Tensor.From([1, 2, 3]).To(type), Tensor.From([4, 5, 6]).To(type));
            TensorAssert.SameBits((x + y) * 2, fused(x, y), type.ToString());
        }
        TensorAssert.SameBits(Tensor.From([6.0, 9.0]), fused(Tensor.From([1, 2]), Tensor.From([2.0, 2.5])));
    }

    [Fact]
    public void An_argument_without_gradient_gets_none_and_does_not_stop_the_others()
    {
        var fused = Fuse.Elementwise((x, y) => x * y);
        var x = Tensor.From([1.0, 2.0, 3.0]);
        x.RequiresGradient = true;
        var y = Tensor.From([4.0, 5.0, 6.0]);
        fused(x, y).Sum().Backward();
        TensorAssert.SameBits(y, x.Gradient!);
        Assert.Null(y.Gradient);
        Assert.False(fused(y, y).RequiresGradient);
    }

    [Fact]
    public void What_is_not_element_by_element_is_refused()
    {
        var x = Tensor.From([1f, 2f, 3f]);
        var captured = Tensor.From([4f, 5f, 6f]);
        Func<Tensor, Tensor>[] wrong =
        [
            x => x / x.Sum(),
            x => x + captured,
            x => captured * x,
            x => x * x.Item(),
            x => x.Dropout(0.5, new RandomSource(1)),
            x => x.Unsqueeze(0) + x.Unsqueeze(1),
            x => x.Select(0, 0),
            x =>
            {
                x.AddInPlace(1);
                return x;
            },
            x => x.Softmax(0),
            x => x.Sort(0).Values,
            x => captured,
        ];
        for (var i = 0; i < wrong.Length; i++)
        {
            var fused = Fuse.Elementwise(wrong[i]);
            var error = Assert.ThrowsAny<InvalidOperationException>(() => fused(x));
            Assert.True(error.Message.Contains("element by element", StringComparison.Ordinal), $"function {i}: {error.Message}");
        }
        TensorAssert.SameBits(Tensor.From([1f, 2f, 3f]), x);
    }

    [Fact]
    public void Arguments_that_do_not_fit_are_named()
    {
        var fused = Fuse.Elementwise((x, y) => x * y);
        var x = Tensor.From([1f, 2f, 3f]);
        Assert.Throws<ArgumentException>(() => fused(x, Tensor.From([1f, 2f])));
        Assert.Throws<ArgumentNullException>(() => fused(null!, x));
        Assert.Throws<ArgumentNullException>(() => fused(x, null!));
        Assert.Contains("argument 1", Assert.Throws<ArgumentException>(() => fused(x, Tensor.Scalar(2, DataType.Float64))).Message, StringComparison.Ordinal);
        Assert.Contains("lies on", Assert.Throws<ArgumentException>(() => fused(x, x.To(FakeDevice.Instance))).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentNullException>(() => Fuse.Elementwise((Func<Tensor, Tensor>)null!));
    }

    [Fact]
    public void Changing_an_argument_before_going_back_is_noticed()
    {
        var fused = Fuse.Elementwise(x => x.Square().Sin());
        var x = Tensor.From([1f, 2f, 3f]);
        var y = x * 1;
        var leaf = Tensor.From([1f, 1f, 1f]);
        leaf.RequiresGradient = true;
        var product = leaf * y;
        var result = fused(product);
        using (GradientMode.Disable()) product.Detach().AddInPlace(y);
        Assert.Throws<InvalidOperationException>(() => result.Sum().Backward());
    }

    [Fact]
    public void A_NaN_is_found_in_anomaly_mode()
    {
        var fused = Fuse.Elementwise(x => x.Log() * 2);
        using var mode = GradientMode.DetectAnomaly();
        Assert.Throws<ArithmeticException>(() => fused(Tensor.From([-1f])));
    }

    [Fact]
    public void A_fused_function_may_call_another()
    {
        var inner = Fuse.Elementwise((x, y) => (x * y).Tanh());
        var outer = Fuse.Elementwise((x, y) => inner(x, y) + inner(y, x * 2));
        var inputs = Inputs(2, [5000], DataType.Float32);
        TensorAssert.SameBits((inputs[0] * inputs[1]).Tanh() + (inputs[1] * (inputs[0] * 2)).Tanh(), outer(inputs[0], inputs[1]));
    }

    [Fact]
    public void Functions_of_two_and_four_arguments_run()
    {
        var x = Inputs(4, [9, 300], DataType.Float32);
        TensorAssert.SameBits((x[0] * x[1]) + (x[2] * x[3]), Fuse.Elementwise((a, b, c, d) => (a * b) + (c * d))(x[0], x[1], x[2], x[3]));
        TensorAssert.SameBits(x[0].Maximum(x[1]), Fuse.Elementwise((a, b) => a.Maximum(b))(x[0], x[1]));
    }

    [Fact]
    public async Task One_function_serves_several_threads()
    {
        var fused = Fused("long chain");
        var inputs = Inputs(3, [5000], DataType.Float32);
        var expected = Functions["long chain"].Plain(inputs);
        await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(() => TensorAssert.SameBits(expected, fused(inputs)))));
    }

    private static Func<Tensor[], Tensor> Fused(string name)
    {
        var (arity, plain) = Functions[name];
        if (arity == 1)
        {
            var one = Fuse.Elementwise(x => plain([x]));
            return x => one(x[0]);
        }
        if (arity == 2)
        {
            var two = Fuse.Elementwise((x, y) => plain([x, y]));
            return x => two(x[0], x[1]);
        }
        var three = Fuse.Elementwise((x, y, z) => plain([x, y, z]));
        return x => three(x[0], x[1], x[2]);
    }

    private static Tensor[] Inputs(int count, Shape shape, DataType type) =>
        [.. Enumerable.Range(1, count).Select(seed => new RandomSource(seed).Uniform(shape, -1, 1, DataType.Float64).To(type))];

    /// <summary>The gradients of a weighted sum, of a weighted sum of their sines, and so on.</summary>
    private static List<Tensor> Derivatives(Func<Tensor[], Tensor> function, Tensor[] leaves, int orders)
    {
        var found = new List<Tensor>();
        var value = function(leaves);
        for (var order = 1; order <= orders && value.RequiresGradient; order++)
        {
            var weight = new RandomSource(order).Uniform(value.Shape, dataType: DataType.Float64);
            var gradients = Differentiation.Gradients([(value.To(DataType.Float64) * weight).Sum()], leaves, createGraph: true, allowUnused: true);
            found.AddRange(gradients.Select((gradient, i) => gradient?.Detach() ?? Tensor.ZerosLike(leaves[i])));
            var next = gradients.OfType<Tensor>().Where(gradient => gradient.RequiresGradient).ToArray();
            if (next.Length == 0) break;
            value = next.Select(gradient => gradient.Sin().Sum()).Aggregate((a, b) => a + b).Reshape(1);
        }
        return found;
    }
}
