using Scorch.Vision.Data;
using Scorch.Vision.RepVgg;

namespace Scorch.Vision.Tests;

public class RepVggTrainingTests
{
    private static readonly RepVggConfig Tiny = new() { Depths = [1, 2, 1, 1], WidthMultipliers = [0.125, 0.125, 0.0625, 0.0625], NumClasses = 10, StemStride = 2 };
    private static readonly RepVggRecipe Recipe = RepVggRecipe.Paper with { Epochs = 2, BatchSize = 10 };

    [Fact]
    public void A_seed_fixes_every_bit_of_the_trained_network()
    {
        Assert.Equal(Weights(5), Weights(5));
        Assert.NotEqual(Weights(5), Weights(6));
    }

    [Fact]
    public void Training_lowers_the_loss()
    {
        var losses = new List<double>();
        RepVggTrainer.Fit(new RepVgg.RepVgg(Tiny), GeneratedImages.Make(10, 1), Recipe with { Epochs = 8 }, 0, new Each(step => losses.Add(step.Loss)));
        Assert.Equal(80, losses.Count);
        Assert.InRange(losses[^10..].Average(), 0, 0.9 * losses[..10].Average());
    }

    [Fact]
    public void Mixup_label_smoothing_warm_up_and_the_custom_penalty_train_too()
    {
        var network = new RepVgg.RepVgg(Tiny);
        RepVggTrainer.Fit(network, GeneratedImages.Make(3, 1), RepVggRecipe.PaperLarge with { Epochs = 2, WarmupEpochs = 1, BatchSize = 10, CustomL2 = true });
        Assert.All(network.Parameters(), parameter => Assert.True(parameter.IsFinite().All().Item() == 1));
        Assert.False(network.IsTraining);
    }

    [Fact]
    public void The_learning_rate_warms_up_and_falls_to_zero_along_a_cosine()
    {
        var recipe = RepVggRecipe.Paper with { Epochs = 10, WarmupEpochs = 2 };
        Assert.Equal(0.1 / 200, recipe.LearningRateAt(0, 100), 1e-12);
        Assert.Equal(0.1, recipe.LearningRateAt(200, 100), 1e-12);
        Assert.Equal(0.05, recipe.LearningRateAt(600, 100), 1e-12);
        Assert.Equal(0, recipe.LearningRateAt(1000, 100), 1e-12);
    }

    [Fact]
    public void Pictures_are_not_changed_without_a_random_source()
    {
        var data = GeneratedImages.Make(1, 4);
        var batch = data.Batch([3], [0, 0, 0], [1, 1, 1]);
        Assert.InRange(batch.Minimum().Item(), 0, 0.5);
        Assert.InRange(batch.Maximum().Item(), 0.5, 1);
        Assert.Equal(batch.ToArray<float>(), data.Batch([3], [0, 0, 0], [1, 1, 1], padding: 4).ToArray<float>());
    }

    [Fact]
    public void Training_stops_when_asked()
    {
        using var stop = new CancellationTokenSource();
        var progress = new Each(_ => stop.Cancel());
        Assert.Throws<OperationCanceledException>(() => RepVggTrainer.Fit(new RepVgg.RepVgg(Tiny), GeneratedImages.Make(2, 1), Recipe, 0, progress, stop.Token));
    }

    [DataFact("cifar10-jpeg/cifar10-12k.zip")]
    public void The_archive_of_CIFAR_10_is_read_in_the_order_of_classes()
    {
        var data = CifarJpegArchive.Load(DataFactAttribute.PathOf("cifar10-jpeg/cifar10-12k.zip"), "test", 3);
        Assert.Equal(30, data.Count);
        Assert.Equal(["airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck"], data.Classes);
        Assert.Equal([0, 0, 0, 1], [data.Label(0), data.Label(1), data.Label(2), data.Label(3)]);
        var (mean, deviation) = data.ChannelStatistics();
        Assert.All(mean, value => Assert.InRange(value, 0.3, 0.7));
        Assert.All(deviation, value => Assert.InRange(value, 0.15, 0.35));
        Assert.Contains("1001 are wanted", Assert.Throws<InvalidDataException>(() => CifarJpegArchive.Load(DataFactAttribute.PathOf("cifar10-jpeg/cifar10-12k.zip"), "train", 1001)).Message, StringComparison.Ordinal);
    }

    private static float[] Weights(long seed)
    {
        var network = new RepVgg.RepVgg(Tiny, seed);
        RepVggTrainer.Fit(network, GeneratedImages.Make(2, 1), Recipe with { Epochs = 1 }, seed);
        return [.. network.Parameters().SelectMany(parameter => parameter.ToArray<float>())];
    }

    private sealed class Each(Action<TrainingStep> action) : IProgress<TrainingStep>
    {
        public void Report(TrainingStep value) => action(value);
    }
}
