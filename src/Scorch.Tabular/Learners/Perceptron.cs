using Scorch.Autograd;
using Scorch.Losses;
using Scorch.Modules;
using Scorch.Optimizers;

namespace Scorch.Tabular;

/// <summary>A fully connected network with rectified hidden layers and one output, in float64.</summary>
/// <remarks>Input <c>[rows, features]</c>, output <c>[rows]</c>.</remarks>
internal sealed class Perceptron : Module, IForward
{
    private const int PredictionRows = 4096;
    private readonly double[] means;
    private readonly double[] scales;

    private Perceptron(IReadOnlyList<int> hidden, double[] means, double[] scales, RandomSource random)
    {
        (this.means, this.scales) = (means, scales);
        int[] widths = [Math.Max(1, means.Length), .. hidden, 1];
        Layers = new ModuleList<Linear>([.. Enumerable.Range(0, widths.Length - 1).Select(l => new Linear(widths[l], widths[l + 1], random, dataType: DataType.Float64))]);
        using var initialization = GradientMode.Disable();
        foreach (var layer in Layers)
        {
            Initialize.KaimingNormal(layer.Weight, random);
            layer.Bias!.CopyFrom(Tensor.ZerosLike(layer.Bias));
        }
    }

    public ModuleList<Linear> Layers { get; }

    public int Inputs => means.Length;

    /// <summary>Adam (Kingma and Ba 2015) on shuffled batches.</summary>
    public static Perceptron Train(
        string learner, IReadOnlyList<int> hidden, int epochs, int batchSize, double learningRate, double weightDecay, bool isLogistic,
        DenseMatrix features, double[] target, FitContext context)
    {
        if (hidden.Any(width => width < 1) || epochs < 1 || batchSize < 1 || !(learningRate > 0) || !(weightDecay >= 0))
            throw new ArgumentException($"{learner}: widths {string.Join(", ", hidden)}, {epochs} epochs, batches of {batchSize}, rate {learningRate}, decay {weightDecay}; widths, epochs, batch and rate must be positive, the decay at least 0.");
        var (means, scales) = Numeric.Moments(features);
        var random = new RandomSource(context.Seed);
        using var training = GradientMode.Enable();
        var network = new Perceptron(hidden, means, scales, random.Fork(1));
        var (inputs, targets) = (network.Input(features, 0, features.Rows), Tensor.From(target));
        // The decay pulls at weights, not at biases.
        var optimizer = new Adam([
            new ParameterGroup(network.Layers.Select(layer => layer.Weight), learningRate, weightDecay),
            new ParameterGroup(network.Layers.Select(layer => layer.Bias!), learningRate)]);
        var shuffling = random.Fork(2);
        for (var epoch = 0; epoch < epochs; epoch++)
        {
            var order = Array.ConvertAll(shuffling.Permutation(features.Rows), row => (long)row);
            for (var start = 0; start < order.Length; start += batchSize)
            {
                context.CancellationToken.ThrowIfCancellationRequested();
                var batch = Tensor.From(order[start..Math.Min(order.Length, start + batchSize)]);
                var (output, wanted) = (network.Forward(inputs.IndexSelect(0, batch)), targets.IndexSelect(0, batch));
                var loss = isLogistic ? Loss.BinaryCrossEntropyWithLogits(output, wanted) : 0.5 * Loss.MeanSquaredError(output, wanted);
                optimizer.ClearGradients();
                loss.Backward();
                optimizer.Step();
            }
        }
        return network;
    }

    /// <inheritdoc/>
    public Tensor Forward(Tensor x)
    {
        for (var l = 0; l < Layers.Count; l++)
            x = l == 0 ? Layers[l].Forward(x) : Layers[l].Forward(x.Relu());
        return x[.., 0];
    }

    public double[] Outputs(DenseMatrix features)
    {
        using var inference = GradientMode.Disable();
        var result = new double[features.Rows];
        for (var start = 0; start < result.Length; start += PredictionRows)
        {
            var count = Math.Min(PredictionRows, result.Length - start);
            Forward(Input(features, start, count)).CopyTo(result.AsSpan(start, count));
        }
        return result;
    }

    // Standardised rows; a column of zeros where there are no features, so that a network of biases remains.
    private Tensor Input(DenseMatrix features, int start, int count)
    {
        if (Inputs == 0)
            return Tensor.Zeros([count, 1], DataType.Float64);
        var values = new double[count * Inputs];
        for (var i = 0; i < count; i++)
            for (var j = 0; j < Inputs; j++)
                values[i * Inputs + j] = (features[start + i, j] - means[j]) / scales[j];
        return Tensor.From(values, [count, Inputs]);
    }
}
