using System.Globalization;
using Scorch.Autograd;
using Scorch.Losses;
using Scorch.Modules;
using Scorch.Optimizers;

namespace Scorch.TestHost;

/// <summary>What a training step allocates once it is in its stride: managed bytes an operation, and next to no memory for tensors.</summary>
internal static class SteadySteps
{
    private const int Steps = 1000;

    /// <summary>Runs every step and prints what it allocates.</summary>
    /// <returns>Whether all stay within their bounds.</returns>
    public static bool Run()
    {
        var random = new RandomSource(1);
        var (x, y, points) = (random.Normal([64, 32]), random.Normal([64, 8]), random.Normal([128, 2]));
        var pictures = random.Normal([4, 3, 16, 16]);
        var classes = random.Integers([4], 0, 10);
        var perceptron = new Sequential(new Linear(32, 64, random), new Function(v => v.Tanh()), new Linear(64, 64, random), new Function(v => v.Gelu()), new Linear(64, 8, random));
        var convolutional = new Sequential(
            new Convolution(3, 16, [3, 3], random), new BatchNorm(16), new Function(v => v.Relu()), new Convolution(16, 16, [3, 3], random), new Function(v => v.Mean([2, 3])), new Linear(16, 10, random));
        var surface = new Sequential(new Linear(2, 32, random), new Function(v => v.Tanh()), new Linear(32, 32, random), new Function(v => v.Tanh()), new Linear(32, 1, random));
        return Holds("perceptron", perceptron, () => Loss.MeanSquaredError(perceptron.Forward(x), y))
            & Holds("convolutional network", convolutional, () => Loss.CrossEntropy(convolutional.Forward(pictures), classes))
            & Holds("physics-informed", surface, () => Differentiation.Laplacian(surface.Forward, points).Laplacian.Square().Mean());
    }

    /// <summary>Trains until everything is warm, then counts.</summary>
    /// <param name="name">What is printed.</param>
    /// <param name="network">The network.</param>
    /// <param name="loss">Its loss.</param>
    private static bool Holds(string name, Module network, Func<Tensor> loss)
    {
        // Handles, closures and records are what an operation cannot be without; 2,500 to 5,100 bytes were measured, the optimiser's included.
        const int MostBytes = 6000;
        // Blocks that live while a collection runs come back later, so that the pool still grows a little.
        const double MostShare = 0.03;
        var optimizer = new Adam(network.Parameters());
        void Train(int steps)
        {
            for (var step = 0; step < steps; step++)
            {
                optimizer.ClearGradients();
                loss().Backward();
                optimizer.Step();
            }
        }
        Train(Steps);
        var (blocks, rents, recorded, bytes) = (MemoryPool.BlocksMade, MemoryPool.Rents, Node.Next, GC.GetAllocatedBytesForCurrentThread());
        Train(Steps);
        var operations = (Node.Next - recorded) / Steps;
        var share = (MemoryPool.BlocksMade - blocks) / (double)(MemoryPool.Rents - rents);
        var each = (GC.GetAllocatedBytesForCurrentThread() - bytes) / Steps / operations;
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{name}: {each} managed bytes for each of {operations} recorded operations and its derivative, {share:P2} of its tensors in new memory"));
        return each <= MostBytes && share <= MostShare;
    }
}
