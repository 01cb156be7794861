using Scorch.Language.Softermax;
using Scorch.Language.Tests.SwitchTransformers;
using Scorch.Losses;
using Scorch.Models.Quantization;
using Scorch.Models.Transformers;
using Scorch.Modules;

namespace Scorch.Language.Tests.BaseTwo;

public class QuantizerTests
{
    private static readonly TransformerConfig Small = new() { Features = 16, Heads = 2, Layers = 2, Inner = 32, MaximumLength = 12, Dropout = 0 };

    [Fact]
    public void A_symmetric_grid_holds_as_many_levels_below_zero_as_above()
    {
        var grid = QuantizationGrid.Symmetric(1.27, 8);
        Assert.Equal((0.01, 127, 254), (Math.Round(grid.Scale, 12), grid.ZeroPoint, grid.Levels));
        var x = new Parameter(Tensor.From([-2f, -1.27f, -0.014f, 0f, 0.006f, 1.3f]));
        var y = FakeQuantization.Apply(x, grid);
        SwitchGolden.AssertClose(Tensor.From([-1.27, -1.27, -0.01, 0, 0.01, 1.27]), y.To(DataType.Float64), 1e-6);
        y.Sum().Backward();
        Assert.Equal([0f, 1f, 1f, 1f, 1f, 0f], x.Gradient!.ToArray<float>());
        Assert.Throws<ArgumentOutOfRangeException>(() => QuantizationGrid.Symmetric(1, 1));
        Assert.Throws<ArgumentException>(() => QuantizationGrid.Symmetric(double.NaN, 8));
    }

    [Fact]
    public void Percentiles_of_magnitudes_are_those_of_sorting_up_to_a_bin()
    {
        var random = new RandomSource(2);
        var histogram = new MagnitudeHistogram();
        // Growing batches make the bins widen.
        Tensor[] batches = [random.Normal([1000], 0, 0.01), random.Normal([2000], 0, 1), random.Normal([3000], 0, 30)];
        foreach (var batch in batches) histogram.Add(batch);
        var sorted = batches.SelectMany(batch => batch.ToArray<float>()).Select(Math.Abs).Order().ToArray();
        Assert.Equal(sorted[^1], histogram.Greatest, 6);
        Assert.Equal(sorted[^1], histogram.At(RangeCalibration.Maximum), 6);
        foreach (var percentile in new[] { 10.0, 50, 90, 99, 99.9 })
            Assert.InRange(histogram.At(RangeCalibration.OfPercentile(percentile)) - sorted[(int)Math.Ceiling(sorted.Length * percentile / 100) - 1], 0, sorted[^1] / 512);
        Assert.Throws<ArgumentException>(() => histogram.Add(Tensor.From([1f, float.PositiveInfinity])));
        Assert.Throws<ArgumentOutOfRangeException>(() => RangeCalibration.OfPercentile(0));
    }

    [Fact]
    public void Rounding_goes_into_a_trained_model_and_out_again()
    {
        var model = new TransformerTextEncoder(Small, 30, new RandomSource(1));
        model.Evaluate();
        var ids = new RandomSource(2).Integers([3, 10], 1, 30);
        var (before, names) = (model.Forward(ids), model.State().Keys.ToArray());
        var quantized = Quantizer.Insert(model, new());
        Assert.Contains("begin", Assert.ThrowsAny<Exception>(() => model.Forward(ids)).Message, StringComparison.OrdinalIgnoreCase);
        quantized.Calibrate([ids], batch => model.Forward(batch));
        var rounded = model.Forward(ids);
        var distance = (rounded - before).Abs().Mean().Item();
        Assert.InRange(distance, 1e-4, 0.5);
        Assert.True(quantized.Diagnostics.Rows > 0);
        Assert.Contains("quantised before", Assert.Throws<ArgumentException>(() => Quantizer.Insert(model, new())).Message);
        // Ranges are part of the state: another model that loads it computes the same bits.
        var other = new TransformerTextEncoder(Small, 30, new RandomSource(7));
        Quantizer.Insert(other, new());
        other.LoadState(model.State());
        other.Evaluate();
        Assert.Equal(rounded.ToArray<float>(), other.Forward(ids).ToArray<float>());
        quantized.Remove();
        Assert.Equal(names, model.State().Keys);
        Assert.Equal(before.ToArray<float>(), model.Forward(ids).ToArray<float>());
    }

    [Theory]
    [InlineData(true, true)]
    [InlineData(false, true)]
    [InlineData(true, false)]
    public void Maps_attentions_and_what_is_asked_for_are_rounded_and_all_weights_learn(bool softermax, bool floats)
    {
        var model = new TransformerTextEncoder(Small, 30, new RandomSource(1));
        var quantized = Quantizer.Insert(model, new()
        {
            Softmax = softermax ? SoftermaxConfig.Paper : null,
            KeepEmbeddingsInFloat = floats,
            KeepLayerNormInFloat = floats,
        });
        var ids = new RandomSource(2).Integers([3, 10], 1, 30);
        var mask = Tensor.From(Enumerable.Range(0, 30).Select(i => i % 10 < 8).ToArray(), [3, 10]);
        quantized.Calibrate([ids], batch => model.Forward(batch, mask));
        model.Train();
        Loss.MeanSquaredError(model.Forward(ids, mask), Tensor.Zeros([3, 10, 16])).Backward();
        Assert.All(model.NamedParameters(), entry => Assert.True(entry.Parameter.Gradient is { } gradient && gradient.Abs().Maximum().Item() is > 0 or 0 && double.IsFinite(gradient.Sum().Item()), entry.Name));
        Assert.Equal(floats, model.Embedding.Tokens.Operands is null);
        Assert.All(model.Encoder.Blocks, block => Assert.Equal(floats, ((LayerNorm)block.SelfAttentionNorm).Operands is null));
        Assert.All(model.NamedModules().Select(entry => entry.Module).OfType<Linear>(), linear => Assert.NotNull(linear.Operands));
        Assert.Equal(softermax, ((QuantizedAttention)model.Encoder.Blocks[0].SelfAttention.Arithmetic!).AttentionWeights is null);
    }

    [Fact]
    public void With_many_bits_and_the_ordinary_softmax_a_published_layout_computes_what_it_did()
    {
        var random = new RandomSource(1);
        var bert = new BertModel(new() { VocabularySize = 40, Features = 16, Layers = 2, Heads = 2, Inner = 32, Positions = 16 }, random);
        var t5 = new T5Model(new() { VocabularySize = 40, Features = 16, Layers = 2, Heads = 2, HeadFeatures = 8, Inner = 32 }, random);
        var gpt = new Gpt2LanguageModel(new() { VocabularySize = 40, Features = 16, Layers = 2, Heads = 2, Positions = 16 }, random);
        var ids = random.Integers([2, 9], 1, 40);
        foreach (var (model, forward) in new (Module, Func<Tensor>)[] { (bert, () => bert.Forward(ids)), (t5, () => t5.Forward(ids, ids)), (gpt, () => gpt.Forward(ids)) })
        {
            model.Evaluate();
            var before = forward();
            var quantized = Quantizer.Insert(model, new() { Bits = 16, Softmax = null, Calibrate = RangeCalibration.Maximum });
            quantized.Calibrate([0], _ => forward());
            var scale = before.Abs().Maximum().Item();
            Assert.InRange((forward() - before).Abs().Maximum().Item() / scale, 1e-9, 2e-3);
        }
    }

    [Fact]
    public void Calibration_keeps_the_mode_and_needs_a_batch_that_is_finite()
    {
        var model = new TransformerTextEncoder(Small, 30, new RandomSource(1));
        var quantized = Quantizer.Insert(model, new());
        Assert.Contains("no batch", Assert.Throws<ArgumentException>(() => quantized.Calibrate(Array.Empty<Tensor>(), _ => { })).Message);
        Assert.True(model.IsTraining);
        Assert.Contains("Bits is 1", Assert.Throws<ArgumentException>(() => Quantizer.Insert(model, new() { Bits = 1 })).Message);
        Assert.Contains("Calibrate takes", Assert.Throws<ArgumentException>(() => Quantizer.Insert(model, new() { Calibrate = default })).Message);
        Assert.Contains("no affine map", Assert.Throws<ArgumentException>(() => Quantizer.Insert(new Dropout(0.1, new RandomSource(1)), new())).Message);
    }
}
