using System.Text;
using Scorch.Autograd;
using Scorch.Checkpoints;
using Scorch.Modules;

namespace Scorch.Tests.Operations;

/// <summary>What a case gave: outputs, and first and second gradients where some are recorded.</summary>
internal sealed record ParityResult(Tensor[] Outputs, Tensor[] Gradients, Tensor[] Second);

/// <summary>Recorded cases of one file under tests/oracles, and how ours are held to them; oracles/engine/cases.py says what is recorded.</summary>
internal sealed class Parity
{
    /// <summary>Results of float64 differ by rounding alone.</summary>
    public const double Tolerance = 1e-9;

    private readonly Dictionary<string, Tensor> recorded = [];

    public Parity(string file)
    {
        var packed = Npz.Load(RepositoryFiles.Oracle(file));
        var places = new Dictionary<string, int>();
        foreach (var line in Encoding.UTF8.GetString(packed["manifest"].ToArray<byte>()).Split('\n'))
        {
            var (name, kind, sizes) = line.Split(' ') is [var first, var second, var third] ? (first, second, third) : throw new InvalidDataException($"{file}: '{line}' is not a line of a manifest.");
            Shape shape = [.. sizes.Split(',', StringSplitOptions.RemoveEmptyEntries).Select(int.Parse)];
            var complex = kind == "complex128";
            var row = complex ? "float64" : kind;
            var (start, length) = (places.GetValueOrDefault(row), (int)shape.ElementCount * (complex ? 2 : 1));
            places[row] = start + length;
            var numbers = packed[row].Narrow(0, start, length).Clone();
            recorded.Add(name, complex ? Tensor.Complex(numbers.Reshape([.. shape, 2]).Select(-1, 0), numbers.Reshape([.. shape, 2]).Select(-1, 1)) : numbers.Reshape(shape));
        }
        Cases = [.. recorded.Keys.Select(CaseOf).Distinct().Order(StringComparer.Ordinal)];
    }

    public IReadOnlyList<string> Cases { get; }

    public Tensor[] All(string name, string kind)
    {
        var found = new List<Tensor>();
        while (recorded.TryGetValue($"{name}.{kind}.{found.Count}", out var tensor)) found.Add(tensor);
        return [.. found];
    }

    /// <summary>The function of a case with its variants, such as <c>add</c> of <c>add@special</c>.</summary>
    public static string FunctionOf(string name) => name.Split('@')[0];

    /// <summary>Values, gradients and gradients of gradients are those recorded; where a second gradient is not, it is the slope of the first.</summary>
    public void Check(string name, RecordedCase function, Presentation presentation)
    {
        var result = Run(name, function, presentation);
        var tolerance = presentation == Presentation.Single ? 1e-4 : Tolerance;
        var what = $"{name} ({presentation})";
        // Special values lie orders of magnitude apart: each is held to its own size.
        var each = name.Contains("@special", StringComparison.Ordinal);
        AssertClose(All(name, "out"), result.Outputs, $"{what} output", tolerance, each);
        foreach (var (output, expected) in result.Outputs.Zip(All(name, "out"))) Assert.Equal(presentation.TypeOf(expected.DataType), output.DataType);
        AssertClose(All(name, "grad"), result.Gradients, $"{what} gradient", tolerance, each);
        AssertClose(All(name, "grad2"), result.Second, $"{what} second gradient", tolerance, each);
    }

    public ParityResult Run(string name, RecordedCase function, Presentation presentation)
    {
        var (first, second) = (All(name, "grad").Length > 0, All(name, "grad2").Length > 0);
        var (inputs, leaves, module) = Prepare(name, function, presentation, first);
        return Differentiate(() => function.Run(module, inputs), leaves, first, second);
    }

    /// <summary>The outputs of a case and its gradients, with their history.</summary>
    public IEnumerable<Tensor> History(string name, RecordedCase function)
    {
        var (inputs, leaves, module) = Prepare(name, function, Presentation.Double, true);
        var outputs = function.Run(module, inputs);
        return All(name, "grad").Length == 0 ? outputs : outputs.Concat(Gradients(outputs, leaves, createGraph: All(name, "grad2").Length > 0).OfType<Tensor>());
    }

    /// <summary>Outputs of a function, and first and second gradients by the leaves, weighted as oracles/engine/cases.py says.</summary>
    public static ParityResult Differentiate(Func<Tensor[]> function, Tensor[] leaves, bool first = true, bool second = true)
    {
        var outputs = function();
        if (!first) return new(outputs, [], []);
        var gradients = Gradients(outputs, leaves, createGraph: second);
        var computed = gradients.Select((gradient, i) => gradient ?? Tensor.ZerosLike(leaves[i])).ToArray();
        return new(outputs, computed, second ? Slopes(gradients, leaves) : []);
    }

    /// <summary>Holds second gradients to central differences of the first, for a case whose second gradient PyTorch does not have.</summary>
    public void CheckByDifferences(string name, RecordedCase function)
    {
        const double Step = 1e-5;
        for (var trial = 0; trial < 3; trial++)
        {
            var (inputs, leaves, module) = Prepare(name, function, Presentation.Double, true);
            var directions = leaves.Select((leaf, i) => new RandomSource((10 * trial) + i).Uniform(Pairs(leaf).Shape, -1, 1, DataType.Float64)).ToArray();
            var second = Slopes(Gradients(function.Run(module, inputs), leaves, createGraph: true), leaves);
            var slope = second.Zip(directions, (gradient, direction) => (Pairs(gradient) * direction).Sum().Item()).Sum();
            double Moved(double step)
            {
                var (there, moved, other) = Prepare(name, function, Presentation.Double, true);
                using (GradientMode.Disable())
                    foreach (var (leaf, direction) in moved.Zip(directions))
                        leaf.AddInPlace(leaf.DataType.IsComplex() ? Tensor.Complex(direction.Select(-1, 0), direction.Select(-1, 1)) * step : direction * step);
                return Weighted(Gradients(function.Run(other, there), moved, createGraph: false).OfType<Tensor>(), Math.Sin).Item();
            }
            var difference = (Moved(Step) - Moved(-Step)) / (2 * Step);
            // The differences err by Step^2 times a fourth derivative, and by rounding over Step.
            Assert.True(Math.Abs(slope - difference) <= 1e-6 * Math.Max(1, Math.Abs(difference)), $"{name}: second gradient {slope:R} along direction {trial}, differences give {difference:R}");
        }
    }

    /// <summary>Whether a recorded case is smooth enough for differences: gradients, no second ones, finite numbers.</summary>
    public bool NeedsDifferences(string name) => All(name, "grad").Length > 0 && All(name, "grad2").Length == 0
        && new[] { "in", "out", "grad" }.SelectMany(kind => All(name, kind)).All(tensor => Numbers(tensor).All(double.IsFinite));

    public static void AssertClose(Tensor expected, Tensor actual, string what, double tolerance = Tolerance, bool each = false)
    {
        Assert.True(expected.Shape == actual.Shape, $"{what}: shape {expected.Shape} expected, {actual.Shape} found");
        Assert.Equal(expected.DataType.IsComplex(), actual.DataType.IsComplex());
        var (right, ours) = (Numbers(expected), Numbers(actual.Detach()));
        var scale = Math.Max(1, right.Where(double.IsFinite).Select(Math.Abs).DefaultIfEmpty(0).Max());
        for (var i = 0; i < right.Length; i++)
        {
            if (each) scale = Math.Max(1, Math.Abs(right[i]));
            if (double.IsFinite(right[i])) Assert.True(Math.Abs(right[i] - ours[i]) <= tolerance * scale, $"{what}, number {i}: {right[i]:R} expected, {ours[i]:R} found");
            else Assert.True(right[i].Equals(ours[i]), $"{what}, number {i}: {right[i]} expected, {ours[i]} found");
        }
    }

    public static Tensor Weighted(IEnumerable<Tensor> tensors, Func<double, double> weight) => tensors
        .Select(Pairs)
        .Select(tensor => (tensor.Reshape((int)tensor.ElementCount).To(DataType.Float64) * Weights((int)tensor.ElementCount, weight).To(tensor.Device)).Sum().To(Devices.Device.Cpu))
        .Aggregate(Tensor.Scalar(0, DataType.Float64), (a, b) => a + b);

    /// <summary>Two ways to compute the same agree in values, gradients and gradients of gradients.</summary>
    public static void AssertSame(ParityResult expected, ParityResult actual, string what, double tolerance = Tolerance)
    {
        AssertClose(expected.Outputs, actual.Outputs, $"{what} output", tolerance, false);
        AssertClose(expected.Gradients, actual.Gradients, $"{what} gradient", tolerance, false);
        AssertClose(expected.Second, actual.Second, $"{what} second gradient", tolerance, false);
    }

    private static void AssertClose(Tensor[] expected, Tensor[] actual, string what, double tolerance, bool each)
    {
        Assert.Equal(expected.Length, actual.Length);
        for (var i = 0; i < expected.Length; i++) AssertClose(expected[i], actual[i], $"{what} {i}", tolerance, each);
    }

    /// <summary>The inputs as presented, the leaves in the order of the recorded gradients (inputs, then parameters), the module with its state.</summary>
    private (Tensor[] Inputs, Tensor[] Leaves, Module? Module) Prepare(string name, RecordedCase function, Presentation presentation, bool differentiate)
    {
        var inputs = All(name, "in").Select(tensor => presentation.Present(tensor)).ToArray();
        foreach (var input in inputs) input.RequiresGradient = differentiate && input.DataType.IsDifferentiable();
        var leaves = inputs.Where(input => input.RequiresGradient);
        if (function.Build is null) return (inputs, [.. leaves], null);
        var module = function.Build(presentation.TypeOf(DataType.Float64));
        var prefix = $"{name}.state/";
        var state = recorded.Where(entry => entry.Key.StartsWith(prefix, StringComparison.Ordinal)).ToDictionary(entry => entry.Key[prefix.Length..], entry => entry.Value);
        module.LoadState(state);
        var parameters = module.NamedParameters().ToDictionary();
        if (presentation == Presentation.FakeDevice)
            foreach (var tensor in parameters.Values.Concat(module.NamedBuffers().Select(entry => entry.Buffer))) tensor.ReplaceData(tensor.Detach().To(FakeDevice.Instance));
        return (inputs, [.. leaves, .. state.Keys.Where(parameters.ContainsKey).Select(key => parameters[key])], module);
    }

    private static Tensor?[] Gradients(Tensor[] outputs, Tensor[] leaves, bool createGraph)
    {
        var loss = Weighted(outputs.Where(output => output.RequiresGradient), Math.Cos);
        return loss.RequiresGradient ? Differentiation.Gradients([loss], leaves, null, createGraph, allowUnused: true) : new Tensor?[leaves.Length];
    }

    private static Tensor[] Slopes(Tensor?[] gradients, Tensor[] leaves)
    {
        var slopes = Weighted(gradients.OfType<Tensor>().Where(gradient => gradient.RequiresGradient), Math.Sin);
        var again = slopes.RequiresGradient ? Differentiation.Gradients([slopes], leaves, null, allowUnused: true) : new Tensor?[leaves.Length];
        return [.. again.Select((gradient, i) => gradient ?? Tensor.ZerosLike(leaves[i]))];
    }

    private static string CaseOf(string key) => key[..key.IndexOf('.', StringComparison.Ordinal)];

    private static double[] Numbers(Tensor tensor) => Pairs(tensor).To(DataType.Float64).ToArray<double>();

    private static Tensor Weights(int count, Func<double, double> weight) => Tensor.From(Enumerable.Range(1, count).Select(i => weight(i)).ToArray());

    /// <summary>Complex numbers as pairs along a last dimension.</summary>
    private static Tensor Pairs(Tensor tensor) => tensor.DataType.IsComplex() ? Tensor.Stack([tensor.Real(), tensor.Imaginary()], -1) : tensor;
}
