using Scorch.Media;
using Scorch.Testing;
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
    public void The_number_of_threads_changes_no_bit()
    {
        var threads = Parallelism.ThreadCount;
        try
        {
            var weights = new List<float[]>();
            foreach (var count in new[] { 1, 2, 7 })
            {
                Parallelism.ThreadCount = count;
                weights.Add(Weights(5));
            }
            Assert.Equal(weights[0], weights[1]);
            Assert.Equal(weights[0], weights[2]);
        }
        finally
        {
            Parallelism.ThreadCount = threads;
        }
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
    public void Pictures_are_standardised_and_otherwise_as_they_are_in_tests()
    {
        var data = GeneratedImages.Make(1, 4);
        var batch = new ImagePipeline(data, RepVggRecipe.Paper.TestTransforms(data), new([0, 0, 0], [1, 1, 1])).Batch(0, [3]).Images;
        Assert.InRange(batch.Minimum().Item(), 0, 0.5);
        Assert.InRange(batch.Maximum().Item(), 0.5, 1);
        Assert.Equal(data[3].Image.Bytes[0] / 255f, batch.ToArray<float>()[0], 1e-6f);
    }

    [Fact]
    public void A_stopped_run_continues_to_the_same_bits()
    {
        var data = GeneratedImages.Make(4, 1);
        var recipe = RepVggRecipe.PaperLarge with { Epochs = 3, WarmupEpochs = 1, BatchSize = 10 };
        var folder = Directory.CreateTempSubdirectory("scorch-resume").FullName;
        try
        {
            var whole = new RepVgg.RepVgg(Tiny, 3);
            RepVggTrainer.Fit(whole, data, recipe, 3);
            var options = new RepVggRunOptions { CheckpointPath = Path.Combine(folder, "run.safetensors"), CheckpointEvery = 2, Workers = 3 };
            using var stop = new CancellationTokenSource();
            Assert.Throws<OperationCanceledException>(() => RepVggTrainer.Fit(
                new RepVgg.RepVgg(Tiny, 3), data, recipe, 3, new Each(step => { if (step.Step == 5) stop.Cancel(); }), stop.Token, options));
            var (resumed, steps) = (new RepVgg.RepVgg(Tiny, 3), new List<long>());
            RepVggTrainer.Fit(resumed, data, recipe, 3, new Each(step => steps.Add(step.Step)), options: options);
            Assert.Equal(6, steps[0]);
            Assert.Equal(Weights(whole), Weights(resumed));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public void The_large_recipe_augments_mixes_and_smooths_as_the_paper_says()
    {
        var large = RepVggRecipe.PaperLarge;
        Assert.Equal((200, 5, 0.1, AutoAugmentPolicy.ImageNet), (large.Epochs, large.WarmupEpochs, large.LabelSmoothing, large.AutoAugment!.Value));
        Assert.True(large.MixupAlpha > 0);
        Assert.All(RepVggConfig.Named, config => Assert.Equal(config.Name is "B2g4" or "B3g4" or "B3" ? large : RepVggRecipe.Paper, RepVggRecipe.PaperFor(config)));
        Assert.Equal((new ResizedCentreCrop(256, 224), new ResizedCentreCrop(320, 320)), (RepVggRecipe.TestCrop(224), RepVggRecipe.TestCrop(320)));
    }

    [Fact]
    public void Top_one_and_top_five_count_the_pictures_whose_class_is_among_the_best()
    {
        var data = GeneratedImages.Make(3, 1);
        var network = new RepVgg.RepVgg(Tiny, 2);
        network.Evaluate();
        var normalisation = data.ChannelStatistics();
        var score = RepVggTrainer.Score(network, data, [], normalisation, batchSize: 7);
        var logits = network.Forward(new ImagePipeline(data, [], normalisation).Batch(0, [.. Enumerable.Range(0, 30)]).Images).ToArray<float>().Chunk(10).ToArray();
        int Better(int n) => logits[n].Count(logit => logit > logits[n][data.Label(n)]);
        Assert.Equal(new ClassificationScore(30, Enumerable.Range(0, 30).Count(n => Better(n) == 0) / 30.0, Enumerable.Range(0, 30).Count(n => Better(n) < 5) / 30.0), score);
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
        return Weights(network);
    }

    private static float[] Weights(RepVgg.RepVgg network) => [.. network.Parameters().SelectMany(parameter => parameter.ToArray<float>())];

    private sealed class Each(Action<TrainingStep> action) : IProgress<TrainingStep>
    {
        public void Report(TrainingStep value) => action(value);
    }
}
