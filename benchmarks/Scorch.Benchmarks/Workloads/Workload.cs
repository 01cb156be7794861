using Scorch.Autograd;

namespace Scorch.Benchmarks.Workloads;

/// <summary>Work that can be done again and again.</summary>
/// <param name="Step">Does it once and gives its results.</param>
/// <param name="Operations">Floating-point operations of one step, where the floating-point units bound it; else 0.</param>
/// <param name="Bytes">Bytes that one step must read and write, where memory bounds it; else 0.</param>
/// <param name="DataType">The type that the operations are done in.</param>
internal sealed record Workload(Func<Tensor[]> Step, double Operations = 0, double Bytes = 0, DataType DataType = DataType.Float32)
{
    public static Workload Create(Row row) => row.Kind switch
    {
        "matmul" => Products.MatrixProduct(row),
        "matvec" => Products.MatrixVector(row),
        "convolution" => Products.Convolution(row),
        "elementwise" => Elements.Elementwise(row),
        "normalization" => Elements.Normalization(row),
        "attention" => Elements.Attention(row),
        "indexing" => Elements.Indexing(row),
        "spectral" => Elements.Spectral(row),
        "recurrent" => Networks.Recurrent(row),
        "small step" => SmallSteps.Create(row),
        "large step" => Networks.LargeStep(row),
        "inference" => Networks.Inference(row),
        "optimizer" => Networks.OptimizerStep(row),
        "loading" => Loading.Create(row),
        var kind => throw new ArgumentException($"workloads.json: {kind} is no kind of workload."),
    };

    /// <summary>Without recording for gradients.</summary>
    public static Func<Tensor[]> Plain(Func<Tensor> function) => () =>
    {
        using var mode = GradientMode.Disable();
        return [function()];
    };

    /// <summary>The output and the gradients of sum(output * weight) with respect to every input.</summary>
    public static Func<Tensor[]> ForwardBackward(Func<Tensor> function, params Tensor[] inputs)
    {
        foreach (var input in inputs) input.RequiresGradient = true;
        Tensor? weight = null;
        return () =>
        {
            var y = function();
            weight ??= Inputs.Uniform(99, y.Shape, dataType: y.DataType);
            return [y.Detach(), .. Differentiation.Gradients([y], inputs, [weight])!];
        };
    }
}
