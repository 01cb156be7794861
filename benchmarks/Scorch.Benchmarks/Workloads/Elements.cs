using Scorch.Fusion;
using Scorch.Losses;

namespace Scorch.Benchmarks.Workloads;

/// <summary>Work on elements: one by one, along dimensions, by index, by transform.</summary>
internal static class Elements
{
    public static Workload Elementwise(Row row)
    {
        var (n, operation) = (row.Number("size"), row.Operation);
        if (operation is "row sums" or "column sums" or "row maxima")
        {
            var a = Inputs.Uniform(1, [row.Number("rows"), n]);
            var bytes = 4.0 * a.ElementCount;
            return operation switch
            {
                "row sums" => new(Workload.Plain(() => a.Sum(1)), Bytes: bytes),
                "column sums" => new(Workload.Plain(() => a.Sum(0)), Bytes: bytes),
                _ => new(Workload.Plain(() => a.Maximum([1])), Bytes: bytes),
            };
        }
        var (x, z) = (Inputs.Uniform(1, [n]), Inputs.Uniform(3, [n]));
        var y = operation == "log" ? Inputs.Uniform(2, [n], 0.1, 2) : Inputs.Uniform(2, [n]);
        var chain = Fuse.Elementwise((a, b, c) => ((a * b) + c).Tanh() * a);
        var longChain = Fuse.Elementwise((a, b, c) => ((((a * b) + c).Sigmoid() * (a - c)) + b).Square());
        Workload Reads(int tensors, Func<Tensor> function) => new(Workload.Plain(function), Bytes: 4.0 * n * (tensors + 1));
        return operation switch
        {
            "add" => Reads(2, () => x + y),
            "multiply" => Reads(2, () => x * y),
            "exp" => Reads(1, x.Exp),
            "log" => Reads(1, y.Log),
            "tanh" => Reads(1, x.Tanh),
            "sigmoid" => Reads(1, x.Sigmoid),
            "gelu" => Reads(1, () => x.Gelu()),
            "sine" => Reads(1, x.Sin),
            "sum" => Reads(0, x.Sum),
            "chain" => Reads(3, () => chain(x, y, z)),
            "long chain" => Reads(3, () => longChain(x, y, z)),
            _ => throw new ArgumentException($"workloads.json: {operation} is no elementwise operation."),
        };
    }

    public static Workload Normalization(Row row)
    {
        Shape shape = row.Numbers("shape");
        var x = Inputs.Uniform(1, shape);
        var bytes = 4.0 * 5 * x.ElementCount;
        if (row.Operation == "softmax") return new(Workload.ForwardBackward(() => x.Softmax(-1), x), Bytes: bytes);
        if (row.Operation == "gelu") return new(Workload.ForwardBackward(() => x.Gelu(), x), Bytes: bytes);
        if (row.Operation == "cross-entropy")
        {
            var target = Inputs.Integers(2, shape[1], [shape[0]]);
            return new(Workload.ForwardBackward(() => Loss.CrossEntropy(x, target), x), Bytes: bytes);
        }
        var channels = row.Operation == "layer norm" ? shape[-1] : shape[1];
        var (weight, bias) = (Inputs.Uniform(2, [channels]), Inputs.Uniform(3, [channels]));
        return new(
            Workload.ForwardBackward(
                row.Operation switch
                {
                    "layer norm" => () => x.LayerNorm([channels], weight, bias),
                    "batch norm" => () => x.BatchNorm(weight: weight, bias: bias),
                    _ => () => x.GroupNorm(8, weight, bias),
                },
                x,
                weight,
                bias),
            Bytes: bytes);
    }

    public static Workload Attention(Row row)
    {
        var (tokens, features) = (row.Number("tokens"), row.Number("features"));
        Shape shape = [row.Number("batch"), row.Number("heads"), tokens, features];
        var (q, k, v) = (Inputs.Uniform(1, shape), Inputs.Uniform(2, shape), Inputs.Uniform(3, shape));
        var causal = row.Flag("causal");
        // Two products forward, four backward, each over all pairs of tokens.
        var operations = 12.0 * shape[0] * shape[1] * tokens * (double)tokens * features;
        return new(Workload.ForwardBackward(() => q.ScaledDotProductAttention(k, v, isCausal: causal), q, k, v), causal ? operations / 2 : operations);
    }

    public static Workload Indexing(Row row)
    {
        switch (row.Operation)
        {
            case "embedding":
                {
                    var table = Inputs.Uniform(1, [row.Number("rows"), row.Number("features")]);
                    var index = Inputs.Integers(2, row.Number("rows"), [row.Number("count")]);
                    return new(Workload.ForwardBackward(() => table.Embedding(index), table));
                }
            case "index-select":
                {
                    var table = Inputs.Uniform(1, [row.Number("rows"), row.Number("features")]);
                    var index = Inputs.Integers(2, row.Number("rows"), [row.Number("count")]);
                    return new(Workload.Plain(() => table.IndexSelect(0, index)));
                }
            case "scatter-add":
                {
                    var source = Inputs.Uniform(1, [row.Number("count")]);
                    var index = Inputs.Integers(2, row.Number("targets"), [row.Number("count")]);
                    return new(Workload.Plain(() => Tensor.Zeros([row.Number("targets")]).ScatterAdd(0, index, source)));
                }
            default:
                var x = Inputs.Uniform(1, [row.Number("count")]);
                return row.Operation == "sort"
                    ? new(Workload.Plain(() => x.Sort().Values))
                    : new(Workload.Plain(() => x.TopK(row.Number("top")).Values));
        }
    }

    public static Workload Spectral(Row row)
    {
        var (operation, n) = (row.Operation, row.Number("size"));
        int[] batch = row.Json.TryGetProperty("batch", out var count) ? [count.GetInt32()] : [];
        if (operation == "fft")
        {
            var signal = Tensor.Complex(Inputs.Uniform(1, [.. batch, n]), Inputs.Uniform(2, [.. batch, n]));
            return new(Workload.Plain(() => signal.Fft()));
        }
        if (operation == "rfft2")
        {
            var picture = Inputs.Uniform(1, [.. batch, n, n]);
            return new(Workload.Plain(() => picture.RealFft2()));
        }
        var a = Inputs.Uniform(1, [.. batch, n, n], dataType: DataType.Float64);
        var definite = a.MatMul(a.Transpose(-1, -2)) + (Tensor.Identity(n, DataType.Float64) * n);
        var b = Inputs.Uniform(2, [.. batch, n, 16], dataType: DataType.Float64);
        return new(Workload.Plain(operation switch
        {
            "solve" => () => definite.Solve(b),
            "cholesky" => definite.Cholesky,
            "inverse" => definite.Inverse,
            "singular values" => () => a.SingularValueDecomposition().S,
            "symmetric eigenvalues" => () => definite.SymmetricEigen().Values,
            "qr" => () => a.QrDecomposition().R.Abs(),
            _ => throw new ArgumentException($"workloads.json: {operation} is no spectral operation."),
        }));
    }
}
