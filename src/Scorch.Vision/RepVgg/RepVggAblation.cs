using Scorch.Media;
using Scorch.Reproductions;
using Scorch.Vision.Data;

namespace Scorch.Vision.RepVgg;

/// <summary>Claims C4 and C5: the kinds of blocks, trained with one recipe, order of pictures and seed.</summary>
internal static class RepVggAblation
{
    // (claim, method, baseline)
    private static readonly (string Claim, RepVggVariant Method, RepVggVariant Baseline)[] Comparisons =
    [
        ("C4a", RepVggVariant.Full, RepVggVariant.Plain),
        ("C4b", RepVggVariant.Full, RepVggVariant.NoPointwise),
        ("C4c", RepVggVariant.Full, RepVggVariant.NoIdentity),
        ("C4d", RepVggVariant.NoPointwise, RepVggVariant.Plain),
        ("C5a", RepVggVariant.Full, RepVggVariant.IdentityWithoutBatchNorm),
        ("C5b", RepVggVariant.Full, RepVggVariant.BatchNormAfterSum),
        ("C5c", RepVggVariant.ReluInBranches, RepVggVariant.Full),
    ];

    /// <summary>The claims that are measured here.</summary>
    public static IEnumerable<string> Claims => Comparisons.Select(comparison => comparison.Claim);

    private static readonly (string Name, RepVggVariant Variant)[] Variants =
    [
        ("both", RepVggVariant.Full),
        ("identity only", RepVggVariant.NoPointwise),
        ("1x1 only", RepVggVariant.NoIdentity),
        ("none", RepVggVariant.Plain),
        ("identity without normalisation", RepVggVariant.IdentityWithoutBatchNorm),
        ("normalisation after the sum", RepVggVariant.BatchNormAfterSum),
        ("ReLU in branches", RepVggVariant.ReluInBranches),
    ];

    /// <summary>At smoke and laptop scale: the narrow network on a part of the pictures; without a place they are drawn by a program.</summary>
    public static void Measure(RunContext context, string? place)
    {
        var (train, test) = (context.Settings.Integer("train-per-class"), context.Settings.Integer("test-per-class"));
        var trainingSet = place is null ? GeneratedImages.Make(train, 1) : RepVggData.Subset(context, place, "train", train);
        var testSet = place is null ? GeneratedImages.Make(test, 2) : RepVggData.Subset(context, place, "test", test);
        var recipe = RepVggRecipe.Paper with
        {
            Epochs = context.Settings.Integer("epochs"),
            BatchSize = context.Settings.Integer("batch"),
            LearningRate = context.Settings.Number("learning-rate"),
        };
        context.MarkNotMeasurable("C2", "needs --scale paper: ImageNet and the full B3; a smaller network on other pictures says nothing about 80%");
        Measure(context, RepVggExperiments.Narrow, trainingSet, testSet, recipe, _ => null);
    }

    /// <summary>Trains every kind of block for every seed and records the comparisons.</summary>
    /// <param name="context">The run.</param>
    /// <param name="config">The network.</param>
    /// <param name="trainingSet">Pictures to train on.</param>
    /// <param name="testSet">Pictures to score.</param>
    /// <param name="recipe">The same for all.</param>
    /// <param name="options">How a run with a name is carried out.</param>
    public static void Measure(RunContext context, RepVggConfig config, IImageCollection trainingSet, IImageCollection testSet, RepVggRecipe recipe, Func<string, RepVggRunOptions?> options)
    {
        context.Note($"Branch ablation ({config.Name}): {trainingSet.Count} training and {testSet.Count} test pictures{(context.Scale == Scale.Smoke ? " drawn by a program" : "")}, {recipe.Epochs} epochs of batches of {recipe.BatchSize}, learning rate {RepVgg.Invariant(recipe.LearningRate)}; the same for every variant, not tuned.");
        var normalisation = RepVggTrainer.Normalisation(trainingSet);
        var total = context.Seeds.Count * Variants.Length;
        var accuracy = new Dictionary<RepVggVariant, double>();
        for (var i = 0; i < total; i++)
        {
            var (seed, (name, variant)) = (context.Seeds[i / Variants.Length], Variants[i % Variants.Length]);
            if (i % Variants.Length == 0) accuracy.Clear();
            var network = new RepVgg(config with { NumClasses = trainingSet.Classes.Count, Variant = variant }, seed);
            RepVggTrainer.Fit(network, trainingSet, recipe, seed, Progress(context, $"{name}, seed {seed}", 0.2 + (0.8 * i / total), 0.8 / total), context.CancellationToken, options($"{variant}-seed{seed}"));
            // What is measured is the network that would be deployed, where there is one.
            var measured = variant == RepVggVariant.ReluInBranches ? network : network.ToDeployed();
            accuracy[variant] = RepVggTrainer.Score(measured, testSet, recipe.TestTransforms(testSet), normalisation, cancellationToken: context.CancellationToken).Top1;
            context.Report($"{name}, seed {seed}: accuracy {RepVgg.Invariant(accuracy[variant])}");
            if (accuracy.Count < Variants.Length) continue;
            foreach (var (claim, method, baseline) in Comparisons) context.Measure(claim, seed, accuracy[method], accuracy[baseline]);
        }
    }

    /// <summary>Reports the steps of a training run that takes a share of the whole.</summary>
    public static IProgress<TrainingStep> Progress(RunContext context, string name, double start, double share) => new Steps(step =>
    {
        if (step.Step % 10 == 0 || step.Step == step.Steps) context.LogScalar($"loss/{name}", step.Step, step.Loss);
        if (step.Step % 20 == 0 || step.Step == step.Steps)
            context.Report($"{name}: step {step.Step} of {step.Steps}, epoch {step.Epoch + 1}, loss {RepVgg.Invariant(step.Loss, "F3")}", start + (share * step.Step / step.Steps));
    });

    private sealed class Steps(Action<TrainingStep> report) : IProgress<TrainingStep>
    {
        public void Report(TrainingStep value) => report(value);
    }
}
