namespace Scorch.Tabular;

/// <summary>A multilayer perceptron for regression: rectified hidden layers, squared error, Adam, float64.</summary>
/// <param name="Hidden">Units of each hidden layer; null for two layers of 32.</param>
/// <param name="Epochs">Passes over the data.</param>
/// <param name="BatchSize">Rows a step.</param>
/// <param name="LearningRate">Adam's step size.</param>
/// <param name="WeightDecay">The weight of half the squared norm of the weights (not the biases) in the mean loss.</param>
public sealed record NeuralNetwork(IReadOnlyList<int>? Hidden = null, int Epochs = 100, int BatchSize = 64, double LearningRate = 1e-3, double WeightDecay = 1e-4) : IRegressor
{
    /// <inheritdoc/>
    public string Name => FormattableString.Invariant($"neural network ({string.Join("-", Hidden ?? [32, 32])}, {Epochs} epochs)");

    /// <inheritdoc/>
    public IPredictor Fit(DenseMatrix features, double[] target, FitContext context = default)
    {
        LearnerInput.Check(features, target);
        // Fitted to a target of mean 0 and deviation 1, so that one learning rate suits every unit of measurement.
        var mean = Numeric.Mean(target);
        var scale = Math.Sqrt(target.Sum(value => (value - mean) * (value - mean)) / target.Length);
        scale = scale > 0 ? scale : 1;
        var scaled = Array.ConvertAll(target, value => (value - mean) / scale);
        var network = Perceptron.Train(nameof(NeuralNetwork), Hidden ?? [32, 32], Epochs, BatchSize, LearningRate, WeightDecay, isLogistic: false, features, scaled, context);
        return new PerceptronPredictor(network, output => mean + scale * output);
    }
}

/// <summary>A multilayer perceptron for probabilities: rectified hidden layers, log-loss, Adam, float64.</summary>
/// <param name="Hidden">Units of each hidden layer; null for two layers of 32.</param>
/// <param name="Epochs">Passes over the data.</param>
/// <param name="BatchSize">Rows a step.</param>
/// <param name="LearningRate">Adam's step size.</param>
/// <param name="WeightDecay">The weight of half the squared norm of the weights (not the biases) in the mean loss.</param>
public sealed record NeuralNetworkClassifier(IReadOnlyList<int>? Hidden = null, int Epochs = 100, int BatchSize = 64, double LearningRate = 1e-3, double WeightDecay = 1e-4) : IProbabilisticClassifier
{
    /// <inheritdoc/>
    public string Name => FormattableString.Invariant($"neural network classifier ({string.Join("-", Hidden ?? [32, 32])}, {Epochs} epochs)");

    /// <inheritdoc/>
    public IPredictor FitProbability(DenseMatrix features, double[] labels, FitContext context = default)
    {
        LearnerInput.CheckLabels(features, labels);
        var network = Perceptron.Train(nameof(NeuralNetworkClassifier), Hidden ?? [32, 32], Epochs, BatchSize, LearningRate, WeightDecay, isLogistic: true, features, labels, context);
        return new PerceptronPredictor(network, Numeric.Sigmoid);
    }
}

internal sealed class PerceptronPredictor(Perceptron network, Func<double, double> output) : IPredictor
{
    public double[] Predict(DenseMatrix features)
    {
        LearnerInput.CheckColumns(features, network.Inputs);
        return Array.ConvertAll(network.Outputs(features), value => output(value));
    }
}
