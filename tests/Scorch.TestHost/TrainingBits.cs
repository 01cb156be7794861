using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Scorch.Losses;
using Scorch.Modules;
using Scorch.Optimizers;

namespace Scorch.TestHost;

/// <summary>A short training run of a convolutional network whose every kernel is large enough to be shared among threads.</summary>
internal static class TrainingBits
{
    public static string Run()
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
        var images = random.Normal([40, 3, 32, 32]);
        var labels = random.Integers([40], 0, 10);
        for (var step = 0; step < 4; step++)
        {
            optimizer.ClearGradients();
            var loss = Loss.CrossEntropy(network.Forward(images), labels) + (images.Square().Sum() * 1e-7);
            loss.Backward();
            optimizer.Step();
        }
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var (_, tensor) in network.State().OrderBy(entry => entry.Key, StringComparer.Ordinal))
            if (tensor.DataType == DataType.Float32) hash.AppendData(MemoryMarshal.AsBytes(tensor.ToArray<float>().AsSpan()));
        return Convert.ToHexString(hash.GetHashAndReset());
    }
}
