using Scorch.Autograd;
using Scorch.Checkpoints;

namespace Scorch.Tests.Operations;

/// <summary>Recorded cases of one file under tests/oracles, and how ours are held to them; oracles/engine/cases.py says what is recorded.</summary>
internal sealed class Parity(string file)
{
    /// <summary>float64 results differ by rounding alone; decompositions and their second derivatives lose a few digits more.</summary>
    private const double Tolerance = 1e-9;

    private readonly IReadOnlyDictionary<string, Tensor> recorded = Npz.Load(RepositoryFiles.Oracle(file));

    public IEnumerable<string> Cases => recorded.Keys.Select(key => key[..key.IndexOf('.', StringComparison.Ordinal)]).Distinct().Order();

    /// <summary>A recorded array by its whole name.</summary>
    public Tensor this[string name] => recorded[name];

    public Tensor[] All(string name, string kind)
    {
        var found = new List<Tensor>();
        while (recorded.TryGetValue($"{name}.{kind}.{found.Count}", out var tensor)) found.Add(tensor);
        return [.. found];
    }

    public void Check(string name, IReadOnlyDictionary<string, Func<Tensor[], Tensor[]>> functions)
    {
        Assert.True(functions.TryGetValue(name, out var function), $"no function is written for the recorded case {name}");
        var gradients = All(name, "grad");
        var inputs = All(name, "in").Select(tensor => tensor.Clone()).ToArray();
        foreach (var input in inputs) input.RequiresGradient = gradients.Length > 0 && input.DataType.IsDifferentiable();
        var outputs = function(inputs);
        var expected = All(name, "out");
        Assert.Equal(expected.Length, outputs.Length);
        for (var i = 0; i < expected.Length; i++) AssertClose(expected[i], outputs[i], $"{name} output {i}");
        if (gradients.Length == 0) return;
        var differentiable = inputs.Where(input => input.RequiresGradient).ToArray();
        var second = All(name, "grad2");
        var loss = Weighted(outputs.Where(output => output.RequiresGradient), Math.Cos);
        var computed = Differentiation.Gradients([loss], differentiable, null, createGraph: second.Length > 0, allowUnused: true);
        for (var i = 0; i < gradients.Length; i++) AssertClose(gradients[i], computed[i] ?? Tensor.ZerosLike(differentiable[i]), $"{name} gradient {i}");
        if (second.Length == 0) return;
        var slopes = Weighted(computed.Where(g => g is { RequiresGradient: true })!, Math.Sin);
        var again = slopes.RequiresGradient ? Differentiation.Gradients([slopes], differentiable, null, allowUnused: true) : new Tensor?[differentiable.Length];
        for (var i = 0; i < second.Length; i++) AssertClose(second[i], again[i] ?? Tensor.ZerosLike(differentiable[i]), $"{name} second gradient {i}");
    }

    public static void AssertClose(Tensor expected, Tensor actual, string what, double tolerance = Tolerance)
    {
        Assert.Equal(expected.Shape, actual.Shape);
        Assert.Equal(expected.DataType.IsComplex(), actual.DataType.IsComplex());
        var (right, ours) = (Numbers(expected), Numbers(actual.Detach()));
        var scale = Math.Max(1, right.Where(double.IsFinite).Select(Math.Abs).DefaultIfEmpty(0).Max());
        for (var i = 0; i < right.Length; i++)
        {
            if (double.IsFinite(right[i])) Assert.True(Math.Abs(right[i] - ours[i]) <= tolerance * scale, $"{what}, number {i}: {right[i]:R} expected, {ours[i]:R} found");
            else Assert.True(right[i].Equals(ours[i]), $"{what}, number {i}: {right[i]} expected, {ours[i]} found");
        }
    }

    private static double[] Numbers(Tensor tensor) => Pairs(tensor).To(DataType.Float64).ToArray<double>();

    /// <summary>Complex numbers as pairs along a last dimension.</summary>
    private static Tensor Pairs(Tensor tensor) => tensor.DataType.IsComplex() ? Tensor.Stack([tensor.Real(), tensor.Imaginary()], -1) : tensor;

    public static Tensor Weighted(IEnumerable<Tensor> tensors, Func<double, double> weight) => tensors
        .Select(Pairs)
        .Select(tensor => (tensor.Reshape(-1).To(DataType.Float64) * Tensor.From(Enumerable.Range(1, (int)tensor.ElementCount).Select(i => weight(i)).ToArray())).Sum())
        .Aggregate(Tensor.Scalar(0, DataType.Float64), (a, b) => a + b);
}
