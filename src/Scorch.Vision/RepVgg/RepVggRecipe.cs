using Scorch.Media;
using Scorch.Modules;
using Scorch.Optimizers;
using Scorch.Training;

namespace Scorch.Vision.RepVgg;

/// <summary>How a network is trained: the paper's recipe, section 4.1.</summary>
public sealed record RepVggRecipe
{
    /// <summary>Passes over the data.</summary>
    public int Epochs { get; init; } = 120;

    /// <summary>Pictures a step.</summary>
    public int BatchSize { get; init; } = 256;

    /// <summary>Learning rate at the start, or after the warm-up; falls to 0 along a cosine.</summary>
    public double LearningRate { get; init; } = 0.1;

    /// <summary>Momentum.</summary>
    public double Momentum { get; init; } = 0.9;

    /// <summary>Nesterov's momentum.</summary>
    public bool Nesterov { get; init; }

    /// <summary>Weight decay of kernels, the head and the identity normalisation's weight.</summary>
    public double WeightDecay { get; init; } = 1e-4;

    /// <summary>Epochs in which the learning rate rises linearly.</summary>
    public int WarmupEpochs { get; init; }

    /// <summary>Share of the target spread over all classes.</summary>
    public double LabelSmoothing { get; init; }

    /// <summary>Mixup (arXiv 1710.09412): parameter of the beta distribution; 0 for none.</summary>
    public double MixupAlpha { get; init; }

    /// <summary>Replace the decay of the 3x3 and 1x1 kernels by the authors' penalty on the fused centre.</summary>
    public bool CustomL2 { get; init; }

    /// <summary>Side of the pictures that the network sees, where the collection's pictures have no common size: random resized crops of it in training, the centre in tests.</summary>
    public int CropSize { get; init; } = 224;

    /// <summary>Where the collection's pictures have one size: pixels by which they are shifted at random, and random left-right flips; -1 for pictures as they are.</summary>
    public int CropPadding { get; init; } = 4;

    /// <summary>AutoAugment (arXiv 1805.09501) after crop and flip; null for none.</summary>
    public AutoAugmentPolicy? AutoAugment { get; init; }

    /// <summary>The recipe of the A series, B0 and B1: 120 epochs with crops and flips.</summary>
    public static RepVggRecipe Paper { get; } = new();

    /// <summary>The recipe of the large models (B2g4, B3g4, B3): 200 epochs, 5 of warm-up, AutoAugment, label smoothing 0.1, mixup.</summary>
    public static RepVggRecipe PaperLarge { get; } = new() { Epochs = 200, WarmupEpochs = 5, LabelSmoothing = 0.1, MixupAlpha = 0.2, AutoAugment = AutoAugmentPolicy.ImageNet };

    /// <summary>The paper's recipe for a variant.</summary>
    public static RepVggRecipe PaperFor(RepVggConfig config)
    {
        ArgumentNullException.ThrowIfNull(config);
        return config.Name is "B2g4" or "B3g4" or "B3" ? PaperLarge : Paper;
    }

    /// <summary>What is done to a training picture.</summary>
    public IReadOnlyList<IImageTransform> TrainingTransforms(IImageCollection data)
    {
        ArgumentNullException.ThrowIfNull(data);
        var transforms = new List<IImageTransform>();
        if (data.Size is null) transforms.AddRange([new RandomResizedCrop(CropSize), new RandomFlip()]);
        else if (CropPadding >= 0) transforms.AddRange([new RandomShift(CropPadding), new RandomFlip()]);
        if (AutoAugment is { } policy) transforms.Add(new AutoAugment(policy));
        return transforms;
    }

    /// <summary>What is done to a test picture: as it is where all have one size, else as the authors test at a size.</summary>
    public IReadOnlyList<IImageTransform> TestTransforms(IImageCollection data)
    {
        ArgumentNullException.ThrowIfNull(data);
        return data.Size is null ? [TestCrop(CropSize)] : [];
    }

    /// <summary>The authors' test pictures: at 224 the shorter side becomes 256, at any other size that size; then the centre.</summary>
    /// <param name="size">Side of the square that the network sees.</param>
    public static ResizedCentreCrop TestCrop(int size) => new(size == 224 ? 256 : size, size);

    /// <summary>The learning rate of a step.</summary>
    /// <param name="step">Steps taken before.</param>
    /// <param name="stepsPerEpoch">Steps of one pass over the data.</param>
    public double LearningRateAt(long step, int stepsPerEpoch)
    {
        var (warmup, total) = ((long)WarmupEpochs * stepsPerEpoch, (long)Epochs * stepsPerEpoch);
        if (step < warmup) return LearningRate * (step + 1) / warmup;
        return LearningRate * 0.5 * (1 + Math.Cos(Math.PI * (step - warmup) / Math.Max(1, total - warmup)));
    }

    /// <summary>The learning rate as a schedule of the engine's trainer.</summary>
    /// <param name="stepsPerEpoch">Steps of one pass over the data.</param>
    public Schedule Schedule(int stepsPerEpoch) => Training.Schedule.Of((step, _) => LearningRateAt(step, stepsPerEpoch));

    /// <summary>The optimizer with the authors' groups: no decay on biases, nor on normalisations named bn; the identity branch's weight keeps its decay.</summary>
    /// <exception cref="InvalidOperationException">The custom penalty is asked for and the network has no branches.</exception>
    public Sgd CreateOptimizer(Module network)
    {
        ArgumentNullException.ThrowIfNull(network);
        if (CustomL2 && (network is not RepVgg { Form: RepVggForm.Training }))
            throw new InvalidOperationException("RepVggRecipe: the custom L2 penalty needs a RepVGG with branches; this network has none (it is deployed, or another kind). Train the training form, or set CustomL2 = false.");
        var parameters = network.NamedParameters().ToList();
        bool Decays(string name)
        {
            var parts = name.Split('.');
            if (parts[^1] == "bias" || parts.Contains("bn")) return false;
            return !(CustomL2 && (parts.Contains("rbr_dense") || parts.Contains("rbr_1x1")));
        }
        ParameterGroup[] groups =
        [
            new(parameters.Where(entry => Decays(entry.Name)).Select(entry => entry.Parameter), LearningRate, WeightDecay),
            new(parameters.Where(entry => !Decays(entry.Name)).Select(entry => entry.Parameter), LearningRate),
        ];
        return new(groups, new(LearningRate, Momentum, Nesterov: Nesterov));
    }

    /// <summary>What is added to the loss: half the decay times the custom penalties, or nothing.</summary>
    public Tensor? Penalty(Module network) => CustomL2 && network is RepVgg model
        ? model.Blocks.Select(block => block.CustomL2()).Aggregate((sum, next) => sum + next) * (0.5 * WeightDecay)
        : null;
}
