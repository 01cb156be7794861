using Scorch.Autograd;
using Scorch.Losses;
using Scorch.Modules;
using Scorch.Vision.Data;

namespace Scorch.Vision.RepVgg;

/// <summary>One step of training.</summary>
/// <param name="Epoch">Passes over the data that are complete.</param>
/// <param name="Step">Steps taken.</param>
/// <param name="Steps">Steps in all.</param>
/// <param name="Loss">Cross-entropy of the step's batch.</param>
public readonly record struct TrainingStep(int Epoch, long Step, long Steps, double Loss);

/// <summary>Trains classifiers by a recipe. A seed fixes the result bit for bit.</summary>
public static class RepVggTrainer
{
    /// <summary>Trains in the background.</summary>
    /// <param name="network">A network from images to logits; any, so that a baseline gets the same recipe.</param>
    /// <param name="data">Pictures and classes.</param>
    /// <param name="recipe">Steps, rates and augmentation.</param>
    /// <param name="seed">Fixes the order of pictures and the augmentation.</param>
    /// <param name="progress">Told of each step; may be null.</param>
    /// <param name="cancellationToken">Stops between two steps.</param>
    /// <exception cref="ArithmeticException">The loss is not finite any more.</exception>
    public static Task FitAsync<T>(T network, LabelledImages data, RepVggRecipe recipe, long seed = 0, IProgress<TrainingStep>? progress = null, CancellationToken cancellationToken = default)
        where T : Module, IForward => Task.Run(() => Fit(network, data, recipe, seed, progress, cancellationToken), cancellationToken);

    /// <summary>Trains; see <see cref="FitAsync"/>.</summary>
    public static void Fit<T>(T network, LabelledImages data, RepVggRecipe recipe, long seed = 0, IProgress<TrainingStep>? progress = null, CancellationToken cancellationToken = default)
        where T : Module, IForward
    {
        ArgumentNullException.ThrowIfNull(network);
        ArgumentNullException.ThrowIfNull(data);
        ArgumentNullException.ThrowIfNull(recipe);
        if (recipe.BatchSize < 1 || recipe.BatchSize > data.Count)
            throw new ArgumentException($"RepVggTrainer: the batch has {recipe.BatchSize} pictures, the data {data.Count}; a batch of 1 to {data.Count} is needed.", nameof(recipe));
        if (recipe.Epochs < 1) throw new ArgumentException($"RepVggTrainer: {recipe.Epochs} epochs; at least 1 is needed.", nameof(recipe));
        var optimizer = recipe.CreateOptimizer(network);
        var (mean, deviation) = data.ChannelStatistics();
        var stepsPerEpoch = data.Count / recipe.BatchSize;
        long step = 0;
        network.Train();
        for (var epoch = 0; epoch < recipe.Epochs; epoch++)
        {
            var random = new RandomSource(seed).Fork(epoch);
            var order = random.Permutation(data.Count);
            for (var i = 0; i < stepsPerEpoch; i++)
            {
                cancellationToken.ThrowIfCancellationRequested();
                foreach (var group in optimizer.Groups) group.LearningRate = recipe.LearningRateAt(step, stepsPerEpoch);
                var indices = order.AsSpan(i * recipe.BatchSize, recipe.BatchSize);
                var images = data.Batch(indices, mean, deviation, recipe.CropPadding, random);
                var targets = data.Labels(indices);
                if (recipe.MixupAlpha > 0) (images, targets) = Mix(images, targets.OneHot(data.Classes.Count), recipe.MixupAlpha, random);
                var loss = Step(network, optimizer, recipe, images, targets);
                step++;
                if (!double.IsFinite(loss)) throw new ArithmeticException($"RepVggTrainer: the loss is {loss} at step {step}; training diverged, lower the learning rate of {recipe.LearningRate}.");
                progress?.Report(new(epoch, step, (long)stepsPerEpoch * recipe.Epochs, loss));
            }
        }
        network.Evaluate();
    }

    /// <summary>One step on one batch; returns the cross-entropy before it.</summary>
    internal static double Step<T>(T network, Optimizers.Optimizer optimizer, RepVggRecipe recipe, Tensor images, Tensor targets)
        where T : Module, IForward
    {
        optimizer.ClearGradients();
        var loss = Loss.CrossEntropy(network.Forward(images), targets, labelSmoothing: recipe.LabelSmoothing);
        (recipe.Penalty(network) is { } penalty ? loss + penalty : loss).Backward();
        optimizer.Step();
        return loss.Item();
    }

    /// <summary>Share of pictures whose most probable class is theirs.</summary>
    /// <param name="network">In evaluation mode.</param>
    /// <param name="data">Pictures and classes.</param>
    /// <param name="statistics">Mean and deviation of the training pictures.</param>
    /// <param name="batchSize">Pictures at a time.</param>
    /// <param name="cancellationToken">Stops between two batches.</param>
    /// <exception cref="InvalidOperationException">The network is in training mode.</exception>
    public static double Accuracy<T>(T network, LabelledImages data, (float[] Mean, float[] Deviation) statistics, int batchSize = 100, CancellationToken cancellationToken = default)
        where T : Module, IForward
    {
        ArgumentNullException.ThrowIfNull(network);
        ArgumentNullException.ThrowIfNull(data);
        if (network.IsTraining) throw new InvalidOperationException("Accuracy: the network is in training mode: switch to evaluation first (Evaluate()).");
        using var mode = GradientMode.Disable();
        var right = 0;
        for (var start = 0; start < data.Count; start += batchSize)
        {
            cancellationToken.ThrowIfCancellationRequested();
            int[] indices = [.. Enumerable.Range(start, Math.Min(batchSize, data.Count - start))];
            var found = network.Forward(data.Batch(indices, statistics.Mean, statistics.Deviation)).ArgMax(1).ToArray<long>();
            for (var i = 0; i < indices.Length; i++)
                if (found[i] == data.Label(indices[i])) right++;
        }
        return (double)right / data.Count;
    }

    /// <summary>Pictures and targets mixed with those of a random order by a share from Beta(alpha, alpha).</summary>
    private static (Tensor Images, Tensor Targets) Mix(Tensor images, Tensor targets, double alpha, RandomSource random)
    {
        // Jöhnk (1964): x = u^(1/a), y = v^(1/a), accepted below x + y = 1, gives x / (x + y).
        double x, y;
        do (x, y) = (Math.Pow(random.NextDouble(), 1 / alpha), Math.Pow(random.NextDouble(), 1 / alpha));
        while (x + y is > 1 or 0);
        var share = x / (x + y);
        var other = Tensor.From(random.Permutation(images.Shape[0]).Select(i => (long)i).ToArray());
        return ((images * share) + (images.IndexSelect(0, other) * (1 - share)), (targets * share) + (targets.IndexSelect(0, other) * (1 - share)));
    }
}
