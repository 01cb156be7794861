using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Scorch.Data;
using Scorch.Losses;
using Scorch.Modules;
using Scorch.Optimizers;
using Scorch.Training;

namespace Scorch.TestHost;

/// <summary>A short training run of a convolutional network whose every kernel is large enough to be shared among threads.</summary>
internal static class TrainingBits
{
    /// <summary>The hash of what was trained.</summary>
    /// <param name="workers">Background tasks of the data loader, which change nothing either.</param>
    public static string Run(int workers)
    {
        var random = new RandomSource(11);
        var network = new Sequential(
            Convolution.Image(3, 24, 3, random, padding: 1),
            new BatchNorm(24),
            new Function(x => x.Relu()),
            Convolution.Image(24, 24, 3, random, stride: 2, padding: 1, groups: 2),
            new Function(x => x.Relu().MaxPool([2]).Values.Flatten(1)),
            new Dropout(0.3, random.Fork(1)),
            new Linear(24 * 8 * 8, 100, random),
            new Function(x => x.Tanh()),
            new Linear(100, 10, random));
        var optimizer = new Adam(network.Parameters());
        var data = new TensorDataSet(random.Normal([96, 3, 32, 32]), random.Integers([96], 0, 10));
        var loader = DataLoader.Of(data, new DataLoaderConfig(40, Seed: 2, Workers: workers));
        for (var epoch = 0; epoch < 2; epoch++)
            foreach (var batch in loader.Epoch())
            {
                optimizer.ClearGradients();
                var loss = Loss.CrossEntropy(network.Forward(batch[0]), batch[1]) + (batch[0].Square().Sum() * 1e-7);
                loss.Backward();
                GradientClipping.ByNorm(network.Parameters(), 1);
                optimizer.Step();
            }
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var (_, tensor) in network.State().OrderBy(entry => entry.Key, StringComparer.Ordinal))
            if (tensor.DataType == DataType.Float32) hash.AppendData(MemoryMarshal.AsBytes(tensor.ToArray<float>().AsSpan()));
        return Convert.ToHexString(hash.GetHashAndReset());
    }
}
