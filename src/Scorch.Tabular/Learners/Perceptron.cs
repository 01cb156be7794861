namespace Scorch.Tabular;

/// <summary>A fully connected network with rectified hidden layers and one output, trained by Adam (Kingma and Ba 2015).</summary>
internal sealed class Perceptron
{
    private readonly double[] means;
    private readonly double[] scales;
    private readonly int[] widths;
    private readonly double[][] weights;
    private readonly double[][] biases;

    private Perceptron(int[] widths, double[] means, double[] scales, CounterRandom random)
    {
        (this.widths, this.means, this.scales) = (widths, means, scales);
        var layers = widths.Length - 1;
        weights = new double[layers][];
        biases = new double[layers][];
        for (var l = 0; l < layers; l++)
        {
            // He et al. 2015: variance 2 / inputs keeps the size of rectified activations.
            var deviation = Math.Sqrt(2.0 / Math.Max(1, widths[l]));
            weights[l] = new double[widths[l] * widths[l + 1]];
            for (var i = 0; i < weights[l].Length; i++)
                weights[l][i] = deviation * random.NextNormal();
            biases[l] = new double[widths[l + 1]];
        }
    }

    public int Inputs => means.Length;

    public static Perceptron Train(
        string learner, IReadOnlyList<int> hidden, int epochs, int batchSize, double learningRate, double weightDecay, bool isLogistic,
        DenseMatrix features, double[] target, FitContext context)
    {
        if (hidden.Any(width => width < 1) || epochs < 1 || batchSize < 1 || !(learningRate > 0) || !(weightDecay >= 0))
            throw new ArgumentException($"{learner}: widths {string.Join(", ", hidden)}, {epochs} epochs, batches of {batchSize}, rate {learningRate}, decay {weightDecay}; widths, epochs, batch and rate must be positive, the decay at least 0.");
        var (means, scales) = Numeric.Moments(features);
        var x = Numeric.Standardize(features, means, scales);
        var network = new Perceptron([x.Columns, .. hidden, 1], means, scales, new CounterRandom(context.Seed, 1));
        var order = Enumerable.Range(0, x.Rows).ToArray();
        var shuffling = new CounterRandom(context.Seed, 2);
        var optimizer = new Adam(network, learningRate);
        var pass = new Pass(network);
        for (var epoch = 0; epoch < epochs; epoch++)
        {
            context.CancellationToken.ThrowIfCancellationRequested();
            shuffling.Shuffle<int>(order);
            for (var start = 0; start < order.Length; start += batchSize)
            {
                var batch = order.AsSpan(start, Math.Min(batchSize, order.Length - start));
                pass.Clear();
                foreach (var row in batch)
                {
                    var output = pass.Forward(x.Row(row));
                    // The gradient by the output is the same difference for squared error / 2 and for the log-loss.
                    pass.Backward(((isLogistic ? Numeric.Sigmoid(output) : output) - target[row]) / batch.Length);
                }
                optimizer.Step(pass, weightDecay);
            }
        }
        return network;
    }

    public double[] Outputs(DenseMatrix features)
    {
        var x = Numeric.Standardize(features, means, scales);
        var pass = new Pass(this);
        var result = new double[x.Rows];
        for (var i = 0; i < result.Length; i++)
            result[i] = pass.Forward(x.Row(i));
        return result;
    }

    /// <summary>Activations of one row and the sums of gradients of a batch.</summary>
    private sealed class Pass
    {
        private readonly Perceptron network;
        private readonly double[][] activations;
        private readonly double[][] deltas;

        public Pass(Perceptron network)
        {
            this.network = network;
            activations = Array.ConvertAll(network.widths, width => new double[width]);
            deltas = Array.ConvertAll(network.widths, width => new double[width]);
            WeightGradients = Array.ConvertAll(network.weights, layer => new double[layer.Length]);
            BiasGradients = Array.ConvertAll(network.biases, layer => new double[layer.Length]);
        }

        public double[][] WeightGradients { get; }

        public double[][] BiasGradients { get; }

        public void Clear()
        {
            foreach (var layer in WeightGradients)
                Array.Clear(layer);
            foreach (var layer in BiasGradients)
                Array.Clear(layer);
        }

        public double Forward(ReadOnlySpan<double> row)
        {
            row.CopyTo(activations[0]);
            var last = network.weights.Length - 1;
            for (var l = 0; l <= last; l++)
            {
                var input = activations[l];
                for (var unit = 0; unit < activations[l + 1].Length; unit++)
                {
                    var sum = network.biases[l][unit] + Numeric.Dot(input, network.weights[l].AsSpan(unit * input.Length, input.Length));
                    activations[l + 1][unit] = l == last ? sum : Math.Max(0, sum);
                }
            }
            return activations[^1][0];
        }

        public void Backward(double outputGradient)
        {
            deltas[^1][0] = outputGradient;
            for (var l = network.weights.Length - 1; l >= 0; l--)
            {
                var input = activations[l];
                Array.Clear(deltas[l]);
                for (var unit = 0; unit < deltas[l + 1].Length; unit++)
                {
                    var delta = deltas[l + 1][unit];
                    if (delta == 0)
                        continue;
                    BiasGradients[l][unit] += delta;
                    var gradient = WeightGradients[l].AsSpan(unit * input.Length, input.Length);
                    var weight = network.weights[l].AsSpan(unit * input.Length, input.Length);
                    for (var i = 0; i < input.Length; i++)
                    {
                        gradient[i] += delta * input[i];
                        deltas[l][i] += delta * weight[i];
                    }
                }
                for (var i = 0; i < input.Length; i++)
                    if (l > 0 && input[i] <= 0)
                        deltas[l][i] = 0;
            }
        }
    }

    private sealed class Adam(Perceptron network, double learningRate)
    {
        private const double FirstDecay = 0.9;
        private const double SecondDecay = 0.999;
        private readonly double[][] first = [.. network.weights.Concat(network.biases).Select(layer => new double[layer.Length])];
        private readonly double[][] second = [.. network.weights.Concat(network.biases).Select(layer => new double[layer.Length])];
        private int steps;

        public void Step(Pass pass, double weightDecay)
        {
            steps++;
            var layers = network.weights.Length;
            for (var l = 0; l < layers; l++)
            {
                Update(network.weights[l], pass.WeightGradients[l], first[l], second[l], weightDecay);
                Update(network.biases[l], pass.BiasGradients[l], first[layers + l], second[layers + l], 0);
            }
        }

        private void Update(double[] parameters, double[] gradients, double[] m, double[] v, double weightDecay)
        {
            var firstCorrection = 1 - Math.Pow(FirstDecay, steps);
            var secondCorrection = 1 - Math.Pow(SecondDecay, steps);
            for (var i = 0; i < parameters.Length; i++)
            {
                var gradient = gradients[i] + weightDecay * parameters[i];
                m[i] = FirstDecay * m[i] + (1 - FirstDecay) * gradient;
                v[i] = SecondDecay * v[i] + (1 - SecondDecay) * gradient * gradient;
                parameters[i] -= learningRate * (m[i] / firstCorrection) / (Math.Sqrt(v[i] / secondCorrection) + 1e-8);
            }
        }
    }
}
