using Scorch.Models.Experts;
using Scorch.Models.Transformers;
using Scorch.Modules;

namespace Scorch.Language.SwitchTransformers;

/// <summary>Transformers in which every second feed-forward part is a switch layer.</summary>
public static class SwitchTransformer
{
    /// <summary>Replaces parts of any layout: with <paramref name="every"/> = 2 those of blocks 1, 3, 5, ….</summary>
    /// <param name="config">Shape and rules; the features are the layout's.</param>
    /// <param name="every">One block in so many has a switch layer, the last of them.</param>
    /// <param name="random">Draws weights, jitter and dropout.</param>
    /// <param name="encoderLayers">Blocks of an encoder, where the layout has one: a decoder's layers are numbered after them.</param>
    /// <exception cref="ArgumentException">A setting is impossible.</exception>
    public static TransformerParts Parts(SwitchConfig config, int every, RandomSource random, int encoderLayers = 0)
    {
        ArgumentNullException.ThrowIfNull(config);
        ArgumentNullException.ThrowIfNull(random);
        if (every < 1) throw new ArgumentOutOfRangeException(nameof(every), every, $"SwitchTransformer: one switch layer in {every} blocks; give at least 1.");
        return new()
        {
            FeedForward = site => IsSwitch(site.Layer, every)
                ? new SwitchFeedForward(config with { ModelDim = site.Features }, random, site.Layer + (site.IsDecoder ? encoderLayers : 0))
                : site.CreateDefault(),
        };
    }

    /// <summary>A T5 in bfloat16 for sizes that leave no room for more: experts are parameters of their own, drawn as sixteen bits; routers alone have float32.</summary>
    /// <remarks>Train it with <see cref="Optimizers.StepInBackward"/> and <see cref="Optimizers.Adafactor"/>. Experts have no dropout and no biases.</remarks>
    /// <param name="shape">The T5; its projection is the rectifier's.</param>
    /// <param name="config">Rules of the switch layers; their features and inner size are the T5's.</param>
    /// <param name="every">One block in so many has a switch layer.</param>
    /// <param name="seed">Fixes weights, jitter and dropout.</param>
    /// <exception cref="ArgumentException">A setting is impossible, the T5 is gated, or experts are to have dropout or biases.</exception>
    public static T5Model CreateBFloat16T5(T5Config shape, SwitchConfig config, int every = 2, long seed = 0)
    {
        ArgumentNullException.ThrowIfNull(shape);
        ArgumentNullException.ThrowIfNull(config);
        RequireRectifier(shape);
        if (config.HasBiases || config.ExpertDropout > 0)
            throw new ArgumentException("SwitchTransformer: experts held apart have neither biases nor dropout; switch both off.", nameof(config));
        var random = new RandomSource(seed);
        var rules = config with { ModelDim = shape.Features, FfDim = shape.Inner };
        var parts = new TransformerParts
        {
            FeedForward = site => IsSwitch(site.Layer, every)
                ? new SwitchFeedForward(
                    rules,
                    random,
                    site.Layer + (site.IsDecoder ? shape.Layers : 0),
                    null,
                    (layer, source) => new SeparateExperts(layer.Experts, layer.ModelDim, layer.FfDim, layer.InitScale, source, DataType.BFloat16))
                : site.CreateDefault(),
        };
        var model = new T5Model(shape, random, parts);
        Scale(model, config.InitScale, shape.HeadFeatures, random);
        SwitchPrecision.ToBFloat16(model);
        return model;
    }

    /// <summary>A T5 with switch layers in encoder and decoder: normalised first by root mean square, distances in buckets, no biases.</summary>
    /// <param name="shape">The T5; its projection is the rectifier's.</param>
    /// <param name="config">Rules of the switch layers; their features and inner size are the T5's.</param>
    /// <param name="every">One block in so many has a switch layer.</param>
    /// <param name="seed">Fixes weights, jitter and dropout.</param>
    /// <exception cref="ArgumentException">A setting is impossible, or the T5 is gated.</exception>
    public static T5Model CreateT5(T5Config shape, SwitchConfig config, int every = 2, long seed = 0)
    {
        ArgumentNullException.ThrowIfNull(shape);
        ArgumentNullException.ThrowIfNull(config);
        RequireRectifier(shape);
        var random = new RandomSource(seed);
        var model = new T5Model(shape, random, Parts(config with { ModelDim = shape.Features, FfDim = shape.Inner }, every, random, shape.Layers));
        Scale(model, config.InitScale, shape.HeadFeatures, random);
        return model;
    }

    /// <summary>Whether a block has a switch layer.</summary>
    /// <param name="layer">The block, from 0.</param>
    /// <param name="every">One in so many.</param>
    public static bool IsSwitch(int layer, int every) => layer % every == every - 1;

    /// <summary>Switch layers of a model, in order.</summary>
    /// <param name="module">The model.</param>
    public static IEnumerable<SwitchFeedForward> LayersOf(Module module)
    {
        ArgumentNullException.ThrowIfNull(module);
        return module.NamedModules().Select(entry => entry.Module).OfType<SwitchFeedForward>();
    }

    /// <summary>Checks that weights belong to as many experts as a model has.</summary>
    /// <param name="module">The model.</param>
    /// <param name="state">Weights by name.</param>
    /// <exception cref="ArgumentException">They do not; the message has both numbers.</exception>
    public static void RequireExperts(Module module, IReadOnlyDictionary<string, Tensor> state)
    {
        ArgumentNullException.ThrowIfNull(module);
        ArgumentNullException.ThrowIfNull(state);
        foreach (var (prefix, part) in module.NamedModules())
        {
            if (part is SwitchFeedForward layer && state.TryGetValue($"{prefix}router.weight", out var weight) && weight.Rank == 2 && weight.Shape[0] != layer.Config.Experts)
                throw new ArgumentException($"SwitchTransformer: {prefix.TrimEnd('.')} has {weight.Shape[0]} experts in the checkpoint, {layer.Config.Experts} in the configuration; use the checkpoint's configuration, or Prune, Merge or Upcycle.", nameof(state));
        }
    }

    private static void RequireRectifier(T5Config shape)
    {
        if (shape.Projection != T5Projection.Relu)
            throw new ArgumentException($"SwitchTransformer: the T5's projection is {shape.Projection}; the experts' is Relu (version 1.0).", nameof(shape));
    }

    /// <summary>Section 2.4: linear maps start truncated normal with variance s / inputs, as T5's do with s = 1.</summary>
    private static void Scale(T5Model model, double scale, int headFeatures, RandomSource random)
    {
        foreach (var (_, module) in model.NamedModules())
        {
            if (module is T5Attention attention)
            {
                // T5 does not scale scores by the root of the head's features: its queries start smaller instead.
                Initialized(attention.Q, scale / headFeatures, random);
                Initialized(attention.K, scale, random);
                Initialized(attention.V, scale, random);
                Initialized(attention.O, scale, random);
            }
            else if (module is T5FeedForward dense)
            {
                Initialized(dense.Wi!, scale, random);
                Initialized(dense.Wo, scale, random);
            }
        }
    }

    private static void Initialized(Linear map, double scale, RandomSource random)
    {
        var deviation = Math.Sqrt(scale / map.Weight.Shape[1]);
        Initialize.TruncatedNormal(map.Weight, random, 0, deviation, -2 * deviation, 2 * deviation);
    }
}
