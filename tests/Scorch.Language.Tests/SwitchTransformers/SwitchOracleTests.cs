using Scorch.Language.SwitchTransformers;
using Scorch.Losses;
using Scorch.Models.Transformers;
using Scorch.Optimizers;

namespace Scorch.Language.Tests.SwitchTransformers;

/// <summary>Tolerances are the reference's: 1e-10 in float64, in float32 1e-4 for values and 1e-3 for gradients; routes, ranks and bits exact.</summary>
public sealed class SwitchOracleTests
{
    [Theory]
    [InlineData(DataType.Float64, 1e-10, 1e-10)]
    [InlineData(DataType.Float32, 1e-4, 1e-3)]
    public void Layer_and_gradients_are_the_reference(DataType type, double values, double gradients)
    {
        var golden = new SwitchGolden("switch_ffn.npz");
        var layer = SwitchGolden.LayerOf(8, 16, 4, type, golden.Layer("param.", 4));
        var x = golden["in.x"].To(type);
        x.RequiresGradient = true;
        var output = layer.Forward(x);
        SwitchGolden.AssertClose(golden["out.output"], output.Value, values);
        Assert.Equal(golden["out.aux_loss"].Item(), output.AuxLoss.Item(), values);
        Assert.Equal(golden.Values("out.counts"), output.Stats.Counts.Select(count => (double)count));
        Assert.Equal(golden.Values("out.routes"), output.Stats.Routes().Select(route => (double)route.Expert));
        Assert.Equal(golden.Values("out.queue_rank"), output.Stats.Routes().Select(route => (double)route.Rank));
        Assert.All(golden.Values("out.route_prob_sum").Zip(output.Stats.Importance), pair => Assert.Equal(pair.First, pair.Second * 21, values));
        Assert.All(golden.Values("out.route_prob_max").Zip(output.Stats.Routes()), pair => Assert.Equal(pair.First, output.Stats.GateOf(pair.Second), values));
        Assert.Equal(0, output.Stats.DroppedFraction);
        var loss = (output.Value * golden["in.upstream"].To(type)).Sum() + output.AuxLoss;
        Assert.Equal(golden["out.loss"].Item(), loss.Item(), values);
        loss.Backward();
        SwitchGolden.AssertClose(golden["grad.x"], x.Gradient!, gradients, "x");
        var expected = golden.Layer("grad.", 4);
        Assert.Equal(5, layer.NamedParameters().Count());
        foreach (var (name, parameter) in layer.NamedParameters()) SwitchGolden.AssertClose(expected[name], parameter.Gradient!, gradients, name);
    }

    [Fact]
    public void Balance_loss_alone_moves_the_router_as_in_the_reference()
    {
        var golden = new SwitchGolden("switch_ffn.npz");
        var layer = SwitchGolden.LayerOf(8, 16, 4, DataType.Float64, golden.Layer("param.", 4));
        layer.Forward(golden["in.x"]).AuxLoss.Backward();
        SwitchGolden.AssertClose(golden["grad.aux.switch.weight"], layer.Router.Weight.Gradient!, 1e-10);
        var decision = layer.Router.Forward(golden["in.x"].Reshape(-1, 8));
        SwitchGolden.AssertClose(golden["out.route_prob"], decision.Probabilities, 1e-10);
    }

    [Theory]
    [InlineData("1.0", 1.0)]
    [InlineData("1.25", 1.25)]
    [InlineData("2.0", 2.0)]
    public void Full_experts_drop_the_reference_tokens(string name, double factor)
    {
        var golden = new SwitchGolden("switch_ffn.npz");
        var layer = SwitchGolden.LayerOf(8, 16, 4, DataType.Float64, golden.Layer("param.", 4), config => config with { CapacityFactor = factor, EvalCapacityFactor = 100 });
        var output = layer.Forward(golden["in.x"]);
        Assert.Equal([(int)golden[$"cap{name}.capacity"].Item()], output.Stats.Capacities);
        Assert.Equal(golden[$"cap{name}.dropped"].ToArray<bool>(), output.Stats.Routes().Select(route => route.IsDropped));
        SwitchGolden.AssertClose(golden[$"cap{name}.output"], output.Value, 1e-10);
        // In evaluation the other factor counts.
        layer.Evaluate();
        SwitchGolden.AssertClose(golden["out.output"], layer.Forward(golden["in.x"]).Value, 1e-10);
    }

    [Theory]
    [InlineData(DataType.Float64, 1e-10, 1e-10)]
    [InlineData(DataType.Float32, 1e-4, 1e-3)]
    public void Two_experts_a_token_are_the_reference(DataType type, double values, double gradients)
    {
        var golden = new SwitchGolden("top2_moe.npz");
        var weights = new Dictionary<string, Tensor> { ["router.weight"] = golden["param.router"], ["experts.inward"] = golden["param.W1"], ["experts.outward"] = golden["param.W2"] };
        var layer = SwitchGolden.LayerOf(6, 10, 5, type, weights, config => config with { TopK = 2, HasBiases = false });
        var x = golden["in.x"].To(type);
        x.RequiresGradient = true;
        var output = layer.Forward(x.Reshape(1, 11, 6));
        SwitchGolden.AssertClose(golden["out.output"], output.Value.Reshape(11, 6), values);
        Assert.Equal(golden.Values("out.index"), output.Stats.Routes().Select(route => (double)route.Expert));
        Assert.All(golden.Values("out.gate").Zip(output.Stats.Routes()), pair => Assert.Equal(pair.First, output.Stats.GateOf(pair.Second), values));
        (output.Value.Reshape(11, 6) * golden["in.upstream"].To(type)).Sum().Backward();
        SwitchGolden.AssertClose(golden["grad.x"], x.Gradient!, gradients, "x");
        SwitchGolden.AssertClose(golden["grad.router"], layer.Router.Weight.Gradient!, gradients, "router");
        var own = layer.NamedParameters().ToDictionary();
        SwitchGolden.AssertClose(golden["grad.W1"], own["experts.inward"].Gradient!, gradients, "W1");
        SwitchGolden.AssertClose(golden["grad.W2"], own["experts.outward"].Gradient!, gradients, "W2");
    }

    [Fact]
    public void Rounding_to_bfloat16_is_the_reference_bit_for_bit()
    {
        var golden = new SwitchGolden("bfloat16_rounding.npz");
        var rounded = golden["in.float32"].To(DataType.BFloat16);
        Assert.Equal(golden.Values("out.bits"), rounded.ToArray<BFloat16>().Select(value => (double)value.Bits));
        var (expected, widened) = (golden["out.bfloat16_as_float32"].ToArray<float>(), rounded.To(DataType.Float32).ToArray<float>());
        Assert.Equal(expected.Select(BitConverter.SingleToUInt32Bits), widened.Select(BitConverter.SingleToUInt32Bits));
    }

    [Fact]
    public void Steps_of_gradient_descent_follow_the_reference()
    {
        var golden = new SwitchGolden("trajectory_sgd.npz");
        // The file's param.* are those after the fifth step, bit for bit (written over in place before they were saved): the walk starts after the first.
        Assert.Equal(golden.Values("step5.param.experts.0.layer1.weight"), golden.Values("param.experts.0.layer1.weight"));
        var layer = SwitchGolden.LayerOf(6, 8, 3, DataType.Float64, golden.Layer("step1.param.", 3));
        var optimizer = new Sgd(layer.Parameters(), new SgdConfig(0.05));
        for (var step = 1; step < 5; step++)
        {
            var output = layer.Forward(golden["in.x"].Select(0, step));
            var error = Loss.MeanSquaredError(output.Value, golden["in.y"].Select(0, step));
            Assert.Equal(golden.Values("out.mse")[step], error.Item(), 1e-10);
            Assert.Equal(golden.Values("out.aux")[step], output.AuxLoss.Item(), 1e-10);
            optimizer.ClearGradients();
            (error + output.AuxLoss).Backward();
            optimizer.Step();
            if (step is not (1 or 4)) continue;
            var expected = golden.Layer($"step{step + 1}.param.", 3);
            foreach (var (name, parameter) in layer.NamedParameters()) SwitchGolden.AssertClose(expected[name], parameter, 1e-10, $"step {step + 1} {name}");
        }
    }

    [Fact]
    public void A_stack_of_blocks_is_the_reference()
    {
        var golden = new SwitchGolden("switch_transformer.npz");
        var config = new SwitchConfig { ModelDim = 8, FfDim = 12, Experts = 3, CapacityFactor = double.PositiveInfinity, JitterEps = 0, HasBiases = true };
        var shape = new TransformerConfig { Features = 8, Heads = 2, Layers = 2, Inner = 12, Dropout = 0, NormalizesFirst = true };
        var stack = new TransformerStack(shape, new(1), isCausal: true, parts: SwitchTransformer.Parts(config, 1, new(1)));
        stack.ConvertTo(DataType.Float64);
        stack.LoadState(Blocks(golden, "param."));
        // Series are [time, batch, features] there; without drops the order of tokens does not matter.
        var x = golden["in.x"].Transpose(0, 1).Contiguous();
        x.RequiresGradient = true;
        var context = new TransformerContext();
        var y = stack.Forward(x, context: context);
        SwitchGolden.AssertClose(golden["out.y"].Transpose(0, 1), y, 1e-10);
        var stats = context.Records.Cast<SwitchStats>().ToArray();
        Assert.Equal([0, 1], stats.Select(layer => layer.Layer));
        Assert.Equal(golden.Values("out.counts"), stats.SelectMany(layer => layer.Counts).Select(count => (double)count));
        Assert.All(golden.Values("out.route_prob_sum").Zip(stats.SelectMany(layer => layer.Importance)), pair => Assert.Equal(pair.First, pair.Second * 12, 1e-10));
        Assert.Equal(2, context.Losses.Count);
        (y * golden["in.upstream"].Transpose(0, 1)).Sum().Backward();
        SwitchGolden.AssertClose(golden["grad.x"].Transpose(0, 1), x.Gradient!, 1e-10);
        var expected = Blocks(golden, "grad.");
        Assert.Equal(expected.Keys.Order(), stack.NamedParameters().Select(entry => entry.Name).Order());
        foreach (var (name, parameter) in stack.NamedParameters()) SwitchGolden.AssertClose(expected[name], parameter.Gradient!, 1e-10, name);
    }

    private static Dictionary<string, Tensor> Blocks(SwitchGolden golden, string prefix)
    {
        var result = new Dictionary<string, Tensor> { ["norm.weight"] = golden[prefix + "norm.weight"], ["norm.bias"] = golden[prefix + "norm.bias"] };
        for (var layer = 0; layer < 2; layer++)
        {
            var (from, to) = ($"{prefix}layers.{layer}.", $"blocks.{layer}.");
            foreach (var (name, tensor) in golden.Layer(from + "feed_forward.", 3)) result[$"{to}feed_forward.{name}"] = tensor;
            foreach (var kind in new[] { "weight", "bias" })
            {
                foreach (var map in new[] { "query", "key", "value" }) result[$"{to}self_attention.{map}.{kind}"] = golden[$"{from}attn.{map}.linear.{kind}"];
                result[$"{to}self_attention.output.{kind}"] = golden[$"{from}attn.output.{kind}"];
                result[$"{to}self_attention_norm.{kind}"] = golden[$"{from}norm_self_attn.{kind}"];
                result[$"{to}feed_forward_norm.{kind}"] = golden[$"{from}norm_ff.{kind}"];
            }
        }
        return result;
    }
}
