using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Scorch.Data;
using Scorch.Losses;
using Scorch.Modules;
using Scorch.Optimizers;
using Scorch.Training;

namespace Scorch.TestHost;

/// <summary>A training run that continues from its checkpoint, so that it can be killed at any moment.</summary>
internal static class TrainingRun
{
    /// <summary>Says every step on standard output and ends with the hash of everything that was trained.</summary>
    public static void Run(string folder, long steps)
    {
        var random = new RandomSource(21);
        var network = new Sequential(
            new Linear(6, 16, random), new BatchNorm(16), new Function(x => x.Relu()), new Dropout(0.2, random.Fork(1)), new Linear(16, 3, random));
        var data = new TensorDataSet(random.Normal([50, 6]), random.Integers([50], 0, 3));
        var noise = random.Fork(2);
        var average = WeightAverage.Exponential(network, 0.95);
        var trainer = new Trainer<IReadOnlyList<Tensor>>(
            network,
            new AdamW(network.Parameters(), AdamW.Defaults with { LearningRate = 0.01, AmsGrad = true }),
            DataLoader.Of(data, new DataLoaderConfig(8, Seed: 5, Workers: 2)),
            batch => Loss.CrossEntropy(network.Forward(batch[0] + (noise.Normal(batch[0].Shape) * 0.1)), batch[1]),
            new TrainerConfig(steps)
            {
                Schedule = Schedule.OneCycle(0.02, steps),
                GradientNorm = 1,
                EvaluateEvery = 10,
                CheckpointPath = Path.Combine(folder, "run.safetensors"),
                CheckpointEvery = 3,
            },
            average: average);
        trainer.Checkpoint.Add("noise", noise);
        Console.WriteLine(trainer.Resume() ? $"resumed {trainer.Step}" : "began");
        trainer.Run(new Lines());
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var part in new[] { network.State(), average.Averages() })
            foreach (var (_, tensor) in part.OrderBy(entry => entry.Key, StringComparer.Ordinal))
                if (tensor.DataType == DataType.Float32) hash.AppendData(MemoryMarshal.AsBytes(tensor.ToArray<float>().AsSpan()));
        Console.WriteLine($"bits {Convert.ToHexString(hash.GetHashAndReset())}");
    }

    private sealed class Lines : IProgress<TrainingProgress>
    {
        public void Report(TrainingProgress value)
        {
            Console.WriteLine($"step {value.Step} {value.Loss:R}");
            Console.Out.Flush();
        }
    }
}
