namespace Scorch.Benchmarks.Workloads;

/// <summary>Matrix products and convolutions.</summary>
internal static class Products
{
    public static Workload MatrixProduct(Row row)
    {
        var type = row.Json.TryGetProperty("type", out var named) && named.GetString() == "float64" ? DataType.Float64 : DataType.Float32;
        int[] batch = row.Json.TryGetProperty("batch", out var count) ? [count.GetInt32()] : [];
        var (m, k, n) = (row.Number("m"), row.Number("k"), row.Number("n"));
        Tensor Factor(int seed, int rows, int columns, bool transposed) => transposed
            ? Inputs.Uniform(seed, [.. batch, columns, rows], dataType: type).Transpose(-1, -2)
            : Inputs.Uniform(seed, [.. batch, rows, columns], dataType: type);
        var (left, right) = (Factor(1, m, k, row.Flag("leftTransposed")), Factor(2, k, n, row.Flag("rightTransposed")));
        return new(Workload.Plain(() => left.MatMul(right)), 2.0 * m * k * n * (batch.Length == 0 ? 1 : batch[0]), DataType: type);
    }

    public static Workload MatrixVector(Row row)
    {
        var (m, k) = (row.Number("m"), row.Number("k"));
        var (left, right) = (Inputs.Uniform(1, [m, k]), Inputs.Uniform(2, [k]));
        return new(Workload.Plain(() => left.MatMul(right)), Bytes: 4.0 * ((m * (double)k) + m + k));
    }

    public static Workload Convolution(Row row)
    {
        var dimensions = row.Number("dimensions", 2);
        var (inputs, outputs, kernel, groups) = (row.Number("inputs"), row.Number("outputs"), row.Number("kernel"), row.Number("groups", 1));
        var options = new ConvolutionOptions(row.Number("stride", 1), row.Number("padding", 0), groups: groups);
        var transposed = row.Flag("transposed");
        int[] spatial = [.. Enumerable.Repeat(kernel, dimensions)];
        var x = Inputs.Uniform(1, [row.Number("batch"), inputs, .. Enumerable.Repeat(row.Number("size"), dimensions)]);
        Shape shape = transposed ? [inputs, outputs / groups, .. spatial] : [outputs, inputs / groups, .. spatial];
        var weight = Inputs.Uniform(2, shape) / Math.Sqrt(inputs / groups * Math.Pow(kernel, dimensions));
        var bias = Inputs.Uniform(3, [outputs]);
        Tensor Apply() => transposed ? x.TransposedConvolution(weight, bias, options) : x.Convolution(weight, bias, options);
        var places = transposed ? x.Shape : Apply().Shape;
        var operations = 2.0 * weight.ElementCount * places[0] * places[2..].Aggregate(1.0, (product, size) => product * size);
        return row.Flag("backward")
            ? new(Workload.ForwardBackward(Apply, x, weight, bias), 3 * operations)
            : new(Workload.Plain(Apply), operations);
    }
}
