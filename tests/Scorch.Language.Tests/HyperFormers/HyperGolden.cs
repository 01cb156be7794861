using Scorch.Checkpoints;
using Scorch.Language.HyperFormers;
using Scorch.Language.Tests.SwitchTransformers;
using Scorch.Models.Transformers;

namespace Scorch.Language.Tests.HyperFormers;

/// <summary>Reference values under tests/oracles/hyperformer, whose README says what made them.</summary>
internal sealed class HyperGolden(string file)
{
    private readonly IReadOnlyDictionary<string, Tensor> arrays = Npz.Load(SwitchGolden.PathOf("hyperformer/" + file));

    public Tensor this[string name] => arrays[name];

    public Dictionary<string, Tensor> Below(string prefix) =>
        arrays.Where(entry => entry.Key.StartsWith(prefix, StringComparison.Ordinal)).ToDictionary(entry => entry.Key[prefix.Length..], entry => entry.Value);
}

/// <summary>A small T5 with distances that matter, and texts for it.</summary>
internal static class HyperSmall
{
    public const int Reduction = 3;
    public static readonly T5Config Shape = new() { VocabularySize = 40, Features = 12, HeadFeatures = 3, Heads = 4, Inner = 16, Layers = 3, DecoderLayers = 2, Dropout = 0 };
    public static readonly HyperFormerConfig Config = new() { ModelDim = 12, Reduction = Reduction, TaskDim = 5, HiddenDim = 7, ProjectedDim = 6 };

    public static T5Model Backbone(long seed = 1, DataType type = DataType.Float32)
    {
        var model = new T5Model(Shape, new(seed));
        model.ConvertTo(type);
        model.Evaluate();
        return model;
    }

    /// <summary>A model whose generated weights are far from 0, so that adapters and tasks differ.</summary>
    public static HyperFormer Lively(HyperFormerConfig? config = null, string[]? tasks = null, DataType type = DataType.Float32)
    {
        var model = HyperFormer.Attach(Backbone(1, type), config ?? Config, tasks ?? ["a", "b", "c"], seed: 2);
        var random = new RandomSource(5);
        using var mode = Autograd.GradientMode.Disable();
        foreach (var parameter in model.Hyper.Parameters()) parameter.CopyFrom(random.Normal(parameter.Shape, 0, 0.4, type));
        model.Evaluate();
        return model;
    }

    public static TextBatch Batch(params int[] tasks)
    {
        var random = new RandomSource(9);
        int[] Drawn(int count) => Array.ConvertAll(random.Integers([count], 3, Shape.VocabularySize).ToArray<long>(), id => (int)id);
        return TaskText.Batch([.. tasks.Select((_, row) => Drawn(4 + (row % 3)))], [.. tasks.Select(_ => Drawn(2))], tasks);
    }

    public static TextBatch Row(TextBatch batch, int row) => new(batch.Ids[row..(row + 1)], batch.Mask?.To(DataType.Int64)[row..(row + 1)].To(DataType.Bool), batch.Targets[row..(row + 1)], batch.Tasks[row..(row + 1)]);
}
