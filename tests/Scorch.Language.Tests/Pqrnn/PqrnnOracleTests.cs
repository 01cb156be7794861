using Scorch.Language.Pqrnn;
using Scorch.Language.Tests.SwitchTransformers;
using Scorch.Models.Quantization;
using Scorch.Modules;
using Scorch.Text;

namespace Scorch.Language.Tests.Slu;

/// <summary>Every part against its golden values, at the tolerances of their README.</summary>
public class PqrnnOracleTests
{
    [Theory]
    [InlineData("projection.npz", 128)]
    [InlineData("projection_small.npz", 96)]
    public void Codes_and_features_are_the_released_operations(string file, int stored)
    {
        var golden = new PqrnnGolden(file);
        var (bytes, offsets) = (golden["in.utf8"].ToArray<byte>(), golden["in.offsets"].ToArray<long>());
        var (codes, features) = (golden.Codes("out.codes"), golden["out.features"].ToArray<sbyte>());
        var projection = new TernaryProjection(new() { FeatureSize = (int)golden.Number("in.feature_size") });
        for (var i = 0; i + 1 < offsets.Length; i++)
        {
            var token = bytes.AsSpan((int)offsets[i], (int)(offsets[i + 1] - offsets[i]));
            Assert.Equal(codes[(4 * i)..((4 * i) + 4)], projection.Codes(token, 4));
            Assert.Equal(features[(stored * i)..(stored * (i + 1))], projection.Hash(token)[..stored]);
        }
    }

    [Theory]
    [InlineData("qrnn_f.npz", QrnnPooling.F, QrnnScan.Loop)]
    [InlineData("qrnn_fo.npz", QrnnPooling.FO, QrnnScan.Loop)]
    [InlineData("qrnn_ifo.npz", QrnnPooling.IFO, QrnnScan.Loop)]
    [InlineData("qrnn_f.npz", QrnnPooling.F, QrnnScan.Associative)]
    [InlineData("qrnn_fo.npz", QrnnPooling.FO, QrnnScan.Associative)]
    [InlineData("qrnn_ifo.npz", QrnnPooling.IFO, QrnnScan.Associative)]
    public void Outputs_and_gradients_of_a_layer_are_PyTorchs(string file, QrnnPooling pooling, QrnnScan scan)
    {
        var golden = new PqrnnGolden(file);
        var weight = golden["param.fw.weight"];
        var config = new QrnnConfig { Inputs = weight.Shape[1], StateSize = golden["out.y"].Shape[2] / 2, Kernel = weight.Shape[2], Pooling = pooling, BatchNorm = false, Scan = scan };
        var layer = new Qrnn(config, new RandomSource(1));
        layer.ConvertTo(DataType.Float64);
        layer.LoadState(new Dictionary<string, Tensor>
        {
            ["forward.weight"] = weight,
            ["forward.bias"] = golden["param.fw.bias"],
            ["backward.weight"] = golden["param.bw.weight"],
            ["backward.bias"] = golden["param.bw.bias"],
        });
        var x = new Parameter(golden["in.x"]);
        var y = layer.Forward(x, golden["in.mask"]);
        SwitchGolden.AssertClose(golden["out.y"], y, 1e-10);
        (y * golden["in.upstream"]).Sum().Backward();
        SwitchGolden.AssertClose(golden["grad.x"], x.Gradient!, 1e-10, "x");
        SwitchGolden.AssertClose(golden["grad.fw.weight"], layer.ForwardDirection.Weight.Gradient!, 1e-10, "forward weight");
        SwitchGolden.AssertClose(golden["grad.fw.bias"], layer.ForwardDirection.Bias!.Gradient!, 1e-10, "forward bias");
        SwitchGolden.AssertClose(golden["grad.bw.weight"], layer.BackwardDirection.Weight.Gradient!, 1e-10, "backward weight");
        SwitchGolden.AssertClose(golden["grad.bw.bias"], layer.BackwardDirection.Bias!.Gradient!, 1e-10, "backward bias");
    }

    [Fact]
    public void Normalisation_takes_its_statistics_from_tokens_alone()
    {
        var golden = new PqrnnGolden("masked_batch_norm.npz");
        var layer = new MaskedBatchNorm(4, golden.Number("in.eps"), momentum: 1);
        layer.ConvertTo(DataType.Float64);
        layer.LoadState(new Dictionary<string, Tensor> { ["weight"] = golden["in.weight"], ["bias"] = golden["in.bias"] }, strict: false);
        var x = new Parameter(golden["in.x"]);
        var y = layer.Forward(x, golden["in.mask"]);
        SwitchGolden.AssertClose(golden["out.y"], y, 1e-10);
        SwitchGolden.AssertClose(golden["out.mean"], layer.RunningMean, 1e-10);
        SwitchGolden.AssertClose(golden["out.variance"], layer.RunningVariance, 1e-10);
        (y * golden["in.upstream"]).Sum().Backward();
        SwitchGolden.AssertClose(golden["grad.x"], x.Gradient!, 1e-10, "x");
        SwitchGolden.AssertClose(golden["grad.weight"], layer.Weight.Gradient!, 1e-10, "weight");
        SwitchGolden.AssertClose(golden["grad.bias"], layer.Bias.Gradient!, 1e-10, "bias");
        layer.Evaluate();
        SwitchGolden.AssertClose(golden["out.y"], layer.Forward(x, golden["in.mask"]), 1e-10, "evaluation with the same statistics");
    }

    [Fact]
    public void Fake_quantisation_rounds_and_passes_gradients_as_PyTorch_on_TensorFlows_grid()
    {
        var golden = new PqrnnGolden("fake_quant.npz");
        var grid = QuantizationGrid.Of(golden.Number("in.min"), golden.Number("in.max"));
        Assert.Equal(golden.Number("out.scale"), grid.Scale, 1e-15);
        Assert.Equal((int)golden.Number("out.zero_point"), grid.ZeroPoint);
        Assert.Equal(golden.Number("out.nudged_min"), grid.Minimum, 1e-12);
        Assert.Equal(golden.Number("out.nudged_max"), grid.Maximum, 1e-12);
        var x = new Parameter(golden["in.x"]);
        var y = FakeQuantization.Apply(x, grid);
        SwitchGolden.AssertClose(golden["out.y"], y, 1e-6);
        Assert.Equal(golden["out.q"].ToArray<byte>(), FakeQuantization.Levels(x, grid).ToArray<byte>());
        (y * golden["in.upstream"]).Sum().Backward();
        SwitchGolden.AssertClose(golden["grad.x"], x.Gradient!, 1e-6);
    }

    [Fact]
    public void Attention_pooling_leaves_padding_out()
    {
        var golden = new PqrnnGolden("attention_pool.npz");
        var (x, logits) = (new Parameter(golden["in.x"]), new Parameter(golden["in.logits"]));
        var (y, weights) = AttentionPooling.Pool(x, logits, golden["in.mask"]);
        SwitchGolden.AssertClose(golden["out.weights"], weights, 1e-10);
        SwitchGolden.AssertClose(golden["out.y"], y, 1e-10);
        (y * golden["in.upstream"]).Sum().Backward();
        SwitchGolden.AssertClose(golden["grad.x"], x.Gradient!, 1e-10);
        SwitchGolden.AssertClose(golden["grad.logits"], logits.Gradient!, 1e-10);
    }

    [Fact]
    public void Slots_are_scored_as_by_conlleval()
    {
        var golden = new PqrnnGolden("slot_f1.npz");
        string[] names = ["O", "B-a", "I-a", "B-b", "I-b", "B-c", "I-c", "B-d", "I-d"];
        var lengths = golden.Values("in.length");
        string[][] Tags(string array) => [.. golden.Values(array).Chunk(9).Select((row, i) => row.Take((int)lengths[i]).Select(tag => names[(int)tag]).ToArray())];
        var score = SlotScore.Of(Tags("in.pred"), Tags("in.gold"));
        Assert.Equal(golden.Number("out.f1"), score.Chunks.F1, 1e-12);
        Assert.Equal(golden.Number("out.sentence_exact"), score.SentenceAccuracy, 1e-12);
    }
}
