using Scorch.Media;
using Scorch.Reproductions;

namespace Scorch.Vision.RepVgg;

/// <summary>Paper scale: a named variant trained with the paper's recipe on whole data sets. A run with the same output folder continues where it was stopped.</summary>
internal static class RepVggFullTraining
{
    public static void Measure(RunContext context, string folder) => Measure(context, folder, RepVggConfig.Find(context.Settings.Text("model")));

    public static void Measure(RunContext context, string folder, RepVggConfig model)
    {
        var (data, isImageNet) = (context.Settings.Text("data"), context.Settings.Text("data") == RepVggData.ImageNet);
        var (training, test) = (RepVggData.Open(context, folder, "train"), RepVggData.Open(context, folder, "test"));
        if (!training.Classes.SequenceEqual(test.Classes))
            throw new InvalidDataException($"{data}: the training part has {training.Classes.Count} classes, the test part {test.Classes.Count}, or their names differ ({training.Classes.Except(test.Classes).Concat(test.Classes.Except(training.Classes)).FirstOrDefault()}); both need the same.");
        var config = Fit(model);
        var recipe = Adjust(RepVggRecipe.PaperFor(config));
        context.Note($"{config.Name} on {data}: {training.Count} training and {test.Count} test pictures of {training.Classes.Count} classes, {recipe.Epochs} epochs of batches of {recipe.BatchSize}, learning rate {RepVgg.Invariant(recipe.LearningRate)}, {recipe.WarmupEpochs} epochs of warm-up, label smoothing {RepVgg.Invariant(recipe.LabelSmoothing)}, mixup {RepVgg.Invariant(recipe.MixupAlpha)}, AutoAugment {recipe.AutoAugment?.ToString() ?? "none"}.");
        if (!isImageNet) context.MarkNotMeasurable("C2", $"the claim is about ImageNet, the run trained on {data}; the note gives its accuracy");
        else if (config.Name != "B3") context.MarkNotMeasurable("C2", $"the claim is about B3, the run trained {config.Name}; --set model=B3 measures it");
        else if (training.Classes.Count != 1000) context.MarkNotMeasurable("C2", $"ImageNet-1k has 1,000 classes, the folder {training.Classes.Count}");
        var withAblation = context.Settings.Flag("ablation");
        var share = 0.8 / context.Seeds.Count * (withAblation ? 0.3 : 1);
        for (var i = 0; i < context.Seeds.Count; i++)
        {
            var seed = context.Seeds[i];
            var network = new RepVgg(config, seed);
            RepVggTrainer.Fit(network, training, recipe, seed, RepVggAblation.Progress(context, $"{config.Name}, seed {seed}", 0.2 + (share * i), share), context.CancellationToken, Options($"{config.Name}-seed{seed}"));
            var score = RepVggTrainer.Score(network.ToDeployed(), test, recipe.TestTransforms(test), RepVggTrainer.Normalisation(training), cancellationToken: context.CancellationToken);
            context.Measure("C2", seed, score.Top1);
            context.Note(FormattableString.Invariant($"{config.Name} on {data}, seed {seed}: top-1 {100 * score.Top1:F2}%, top-5 {100 * score.Top5:F2}% of {score.Count} pictures, deployed form."));
        }
        if (withAblation)
        {
            var b0 = Fit(RepVggConfig.B0);
            RepVggAblation.Measure(context, b0, training, test, Adjust(RepVggRecipe.PaperFor(b0)), name => Options($"ablation-{name}"));
        }
        else
        {
            foreach (var claim in RepVggAblation.Claims) context.MarkNotMeasurable(claim, "not asked for: --set ablation=true trains B0 with every kind of block");
        }

        // Pictures of 32x32 would shrink to one pixel under the paper's five strides.
        RepVggConfig Fit(RepVggConfig named) => named with { NumClasses = training.Classes.Count, StemStride = isImageNet ? 2 : 1 };

        RepVggRecipe Adjust(RepVggRecipe paper) => paper with
        {
            Epochs = context.Settings.Integer("epochs") is > 0 and var epochs ? epochs : paper.Epochs,
            BatchSize = context.Settings.Integer("batch"),
            LearningRate = context.Settings.Number("learning-rate"),
            CropSize = context.Settings.Integer("crop"),
            AutoAugment = paper.AutoAugment is null || isImageNet ? paper.AutoAugment : AutoAugmentPolicy.Cifar,
        };

        RepVggRunOptions Options(string name) => new()
        {
            CheckpointPath = Path.Combine(context.OutputDirectory, $"{name}.training.safetensors"),
            CheckpointEvery = context.Settings.Integer("checkpoint-every"),
        };
    }
}
