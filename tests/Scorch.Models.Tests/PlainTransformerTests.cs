using Scorch.Autograd;
using Scorch.Models.Transformers;
using Scorch.Modules;

namespace Scorch.Models.Tests;

public class PlainTransformerTests
{
    /// <summary>torch.nn's names in the plain block's: stacked maps are split.</summary>
    private static Dictionary<string, Tensor> FromTorch(Dictionary<string, Tensor> arrays, bool hasMemory)
    {
        var result = new Dictionary<string, Tensor>();
        foreach (var (name, tensor) in arrays)
        {
            var to = name.Replace("multihead_attn.", "cross_attention.", StringComparison.Ordinal).Replace("self_attn.", "self_attention.", StringComparison.Ordinal)
                .Replace("linear1.", "feed_forward.inner.", StringComparison.Ordinal).Replace("linear2.", "feed_forward.outer.", StringComparison.Ordinal)
                .Replace("out_proj.", "output.", StringComparison.Ordinal).Replace("norm1.", "self_attention_norm.", StringComparison.Ordinal)
                .Replace("norm2.", hasMemory ? "cross_attention_norm." : "feed_forward_norm.", StringComparison.Ordinal).Replace("norm3.", "feed_forward_norm.", StringComparison.Ordinal);
            if (!to.Contains("in_proj_", StringComparison.Ordinal))
            {
                result["blocks.0." + to] = tensor;
                continue;
            }
            var size = tensor.Shape[0] / 3;
            string[] parts = ["query.", "key.", "value."];
            for (var i = 0; i < 3; i++) result["blocks.0." + to.Replace("in_proj_", parts[i], StringComparison.Ordinal)] = tensor.Narrow(0, i * size, size);
        }
        return result;
    }

    private static TransformerStack Block(Golden golden, TransformerConfig config, bool isCausal, bool hasMemory)
    {
        var stack = new TransformerStack(config, new(1), isCausal, hasMemory);
        stack.ConvertTo(DataType.Float64);
        var weights = FromTorch(golden.Below("param."), hasMemory);
        // torch's layers end with the residual sum where they normalise first: the last normalisation is left out of the comparison.
        foreach (var (name, tensor) in stack.State())
            if (name.StartsWith("norm.", StringComparison.Ordinal)) weights[name] = tensor;
        stack.LoadState(weights);
        return stack;
    }

    private static void AssertGradients(Golden golden, TransformerStack stack, bool hasMemory)
    {
        var expected = FromTorch(golden.Below("grad.").Where(entry => entry.Key.Contains('.')).ToDictionary(), hasMemory);
        var own = stack.NamedParameters().Where(entry => entry.Name.StartsWith("blocks.", StringComparison.Ordinal)).ToDictionary(entry => entry.Name, entry => entry.Parameter);
        Assert.Equal(expected.Keys.Order(), own.Keys.Order());
        foreach (var (name, tensor) in expected) Golden.AssertClose(tensor, own[name].Gradient!, what: name);
    }

    private static readonly TransformerConfig Small = new() { Features = 8, Heads = 2, Layers = 1, Dropout = 0 };

    [Fact]
    public void Encoder_block_that_normalises_last_is_torchs()
    {
        var golden = new Golden("transformer-survey/encoder_layer_postnorm_relu.npz");
        var stack = Block(golden, Small with { Inner = 10 }, false, false);
        var x = golden["in.x"];
        x.RequiresGradient = true;
        var y = stack.Forward(x, golden["in.key_padding_mask"].LogicalNot());
        Golden.AssertClose(golden["out.y"], y.Detach());
        (y * golden["in.upstream"]).Sum().Backward();
        Golden.AssertClose(golden["grad.x"], x.Gradient!);
        AssertGradients(golden, stack, false);
    }

    [Fact]
    public void Causal_block_that_normalises_first_is_torchs_on_real_rows()
    {
        var golden = new Golden("transformer-survey/encoder_layer_prenorm_gelu_causal.npz");
        var stack = Block(golden, Small with { Heads = 4, Inner = 10, NormalizesFirst = true, Activation = Activation.Gelu }, true, false);
        var (x, padding) = (golden["in.x"], golden["in.key_padding_mask"]);
        x.RequiresGradient = true;
        var y = stack.Blocks[0].Forward(x, new AttentionScope(padding.LogicalNot(), isCausal: true), new());
        // A padded query sees itself here and not there; its output is unused and its upstream 0.
        var real = padding.LogicalNot().To(DataType.Float64).Unsqueeze(2);
        Golden.AssertClose(golden["out.y"] * real, y.Detach() * real);
        (y * golden["in.upstream"]).Sum().Backward();
        Golden.AssertClose(golden["grad.x"], x.Gradient!);
        AssertGradients(golden, stack, false);
    }

    [Fact]
    public void Decoder_block_that_looks_at_an_encoded_series_is_torchs()
    {
        var golden = new Golden("transformer-survey/decoder_layer_prenorm.npz");
        var stack = Block(golden, Small with { Inner = 9, NormalizesFirst = true, Activation = Activation.Gelu }, true, true);
        var (target, memory) = (golden["in.tgt"], golden["in.memory"]);
        (target.RequiresGradient, memory.RequiresGradient) = (true, true);
        var y = stack.Blocks[0].Forward(target, new AttentionScope(isCausal: true), new(), memory, new AttentionScope(golden["in.memory_key_padding_mask"].LogicalNot()));
        Golden.AssertClose(golden["out.y"], y.Detach());
        (y * golden["in.upstream"]).Sum().Backward();
        Golden.AssertClose(golden["grad.tgt"], target.Gradient!);
        Golden.AssertClose(golden["grad.memory"], memory.Gradient!);
        AssertGradients(golden, stack, true);
    }

    [Theory]
    [InlineData("relu", Activation.Relu, false)]
    [InlineData("gelu", Activation.Gelu, false)]
    [InlineData("swish", Activation.Silu, false)]
    [InlineData("glu", Activation.Sigmoid, true)]
    [InlineData("bilinear", Activation.Linear, true)]
    [InlineData("reglu", Activation.Relu, true)]
    [InlineData("geglu", Activation.Gelu, true)]
    [InlineData("swiglu", Activation.Silu, true)]
    public void Feed_forward_family_is_the_reference_one(string name, Activation activation, bool isGated)
    {
        var golden = new Golden("transformer-survey/ffn_family.npz");
        Dictionary<string, Tensor> Renamed(string prefix) => golden.Below($"{name}.{prefix}.").Where(entry => entry.Key != "x").ToDictionary(
            entry => entry.Key.Replace("layer1", "inner", StringComparison.Ordinal).Replace("layer2", "outer", StringComparison.Ordinal).Replace("linear_v", "gate", StringComparison.Ordinal),
            entry => entry.Value);
        var part = new PointwiseFeedForward(6, 7, activation, new(1), isGated);
        part.ConvertTo(DataType.Float64);
        part.LoadState(Renamed("param"));
        var x = golden["in.x"];
        x.RequiresGradient = true;
        var y = part.Forward(x, new());
        Golden.AssertClose(golden[$"{name}.out.y"], y.Detach());
        (y * golden["in.upstream"]).Sum().Backward();
        Golden.AssertClose(golden[$"{name}.grad.x"], x.Gradient!);
        foreach (var (key, gradient) in Renamed("grad")) Golden.AssertClose(gradient, part.NamedParameters().First(entry => entry.Name == key).Parameter.Gradient!, what: key);
    }

    [Fact]
    public void Root_mean_square_norm_is_the_reference_one()
    {
        var golden = new Golden("transformer-survey/norms.npz");
        var norm = new RmsNorm(7);
        norm.ConvertTo(DataType.Float64);
        norm.LoadState(new Dictionary<string, Tensor> { ["weight"] = golden["in.weight"] });
        var x = golden["in.x"];
        x.RequiresGradient = true;
        var y = norm.Forward(x);
        Golden.AssertClose(golden["out.rms_norm"], y.Detach());
        (y * golden["in.upstream"]).Sum().Backward();
        Golden.AssertClose(golden["grad.x.rms_norm"], x.Gradient!);
    }

    /// <summary>Top-1 experts over all tokens by masks, as the paper defines them: enough to try the hook.</summary>
    private sealed class DenseExperts : FeedForward
    {
        public DenseExperts(int features, int inner, int count, RandomSource random)
        {
            Switch = new(features, count, random);
            Experts = new(Enumerable.Range(0, count).Select(_ => new PointwiseFeedForward(features, inner, Activation.Relu, random)));
        }

        public Linear Switch { get; }

        public ModuleList<PointwiseFeedForward> Experts { get; }

        public override Tensor Forward(Tensor hidden, TransformerContext context)
        {
            var (probability, route) = Switch.Forward(hidden).Softmax(-1).Maximum(-1, true);
            var result = Tensor.ZerosLike(hidden);
            for (var i = 0; i < Experts.Count; i++) result += Experts[i].Forward(hidden, context) * route.EqualTo(i).To(hidden.DataType);
            context.AddLoss(probability.Sum());
            return result * probability;
        }
    }

    [Fact]
    public void Replaced_feed_forward_parts_give_the_switch_transformers_stack()
    {
        var golden = new Golden("switch-transformers/switch_transformer.npz");
        string Renamed(string name) => name.Replace("layers.", "blocks.", StringComparison.Ordinal).Replace("attn.", "self_attention.", StringComparison.Ordinal)
            .Replace(".linear.", ".", StringComparison.Ordinal).Replace("layer1", "inner", StringComparison.Ordinal).Replace("layer2", "outer", StringComparison.Ordinal)
            .Replace("norm_self_self_attention.", "self_attention_norm.", StringComparison.Ordinal).Replace("norm_self_attn", "self_attention_norm", StringComparison.Ordinal)
            .Replace("norm_ff", "feed_forward_norm", StringComparison.Ordinal);
        var parts = new TransformerParts { FeedForward = site => new DenseExperts(site.Features, 12, 3, new(site.Layer)) };
        var stack = new TransformerStack(new() { Features = 8, Heads = 2, Layers = 2, Dropout = 0, NormalizesFirst = true }, new(1), isCausal: true, parts: parts);
        stack.ConvertTo(DataType.Float64);
        stack.LoadState(golden.Below("param.").ToDictionary(entry => Renamed(entry.Key), entry => entry.Value));
        // Series are [time, batch, features] there.
        var x = golden["in.x"].Transpose(0, 1).Contiguous();
        x.RequiresGradient = true;
        var context = new TransformerContext();
        var y = stack.Forward(x, context: context);
        Golden.AssertClose(golden["out.y"].Transpose(0, 1), y.Detach());
        (y * golden["in.upstream"].Transpose(0, 1)).Sum().Backward();
        Golden.AssertClose(golden["grad.x"].Transpose(0, 1), x.Gradient!);
        foreach (var (name, gradient) in golden.Below("grad."))
            if (name != "x") Golden.AssertClose(gradient, stack.NamedParameters().First(entry => entry.Name == Renamed(name)).Parameter.Gradient!, what: name);
        Assert.Equal(2, context.Losses.Count);
        Assert.Equal(golden["out.route_prob_max"].Select(0, 0).Sum().Item(), context.Losses[0].Item(), 1e-10);
    }

    [Fact]
    public void Losses_under_checkpointing_are_refused()
    {
        var parts = new TransformerParts { FeedForward = site => new DenseExperts(site.Features, 4, 2, new(1)) };
        var stack = new TransformerStack(new() { Features = 8, Heads = 2, Layers = 1, GradientCheckpointing = true }, new(1), parts: parts);
        Assert.Contains("GradientCheckpointing", Assert.Throws<InvalidOperationException>(() => stack.Forward(Tensor.Ones([1, 2, 8]))).Message);
    }

    /// <summary>Looks nowhere; sees the context.</summary>
    private sealed class Spy(List<Tensor?> seen) : FeedForward
    {
        public override Tensor Forward(Tensor hidden, TransformerContext context)
        {
            seen.Add(context.TokenIds);
            seen.Add(context.Conditions["task"]);
            return hidden * 0;
        }
    }

    [Fact]
    public void Replaced_parts_of_every_layout_see_tokens_and_conditions()
    {
        var seen = new List<Tensor?>();
        var parts = new TransformerParts { FeedForward = site => site.Layer == 1 ? new Spy(seen) : site.CreateDefault() };
        var context = new TransformerContext { Conditions = new Dictionary<string, Tensor> { ["task"] = Tensor.Scalar(3) } };
        var (ids, decoderIds) = (Tensor.From([1L, 2, 3], [1, 3]), Tensor.From([0L, 2], [1, 2]));
        new Gpt2LanguageModel(new() { VocabularySize = 5, Features = 4, Heads = 2, Layers = 2 }, new(1), parts).Forward(ids, context: context);
        new BertClassifier(new() { VocabularySize = 5, Features = 4, Heads = 2, Layers = 2, Inner = 4 }, 2, new(1), parts).Forward(ids, context: context);
        new T5Model(new() { VocabularySize = 5, Features = 4, Heads = 2, HeadFeatures = 2, Layers = 2, Inner = 4 }, new(1), parts).Forward(ids, decoderIds, context: context);
        Assert.Equal(8, seen.Count);
        Assert.All(new[] { 0, 2, 4 }, i => Assert.Same(ids, seen[i]));
        Assert.Same(decoderIds, seen[6]);
    }

    /// <summary>The mean of all keys before, in place of attention: knows no cache.</summary>
    private sealed class AverageAttention : Attention
    {
        public override Tensor Forward(Tensor hidden, Tensor? memory, AttentionScope scope, TransformerContext context, AttentionCache? cache = null)
        {
            Assert.Null(cache);
            return hidden.CumulativeSum(1) / Tensor.Range(1, hidden.Shape[1] + 1).To(hidden.DataType).Unsqueeze(1);
        }
    }

    [Fact]
    public void A_replaced_attention_without_a_cache_generates_all_the_same()
    {
        var model = new TransformerLanguageModel(new() { Features = 8, Heads = 2, Inner = 8, Layers = 2 }, 9, new(1), new() { Attention = site => site.Layer == 0 ? new AverageAttention() : site.CreateDefault() });
        model.Evaluate();
        var text = new Generation.TextGenerator(model, new() { MaximumNewTokens = 5 }).Generate([[1, 2]])[0];
        long[] ids = [1, 2];
        foreach (var token in text.Tokens)
        {
            using var mode = GradientMode.Disable();
            Assert.Equal(model.Forward(Tensor.From(ids, [1, ids.Length])).Select(1, ids.Length - 1).ArgMax().ItemInt64(), token);
            ids = [.. ids, token];
        }
    }

    [Fact]
    public void Bad_input_is_named()
    {
        var stack = new TransformerStack(Small, new(1));
        Assert.Contains("[batch, time, 8]", Assert.Throws<ArgumentException>(() => stack.Forward(Tensor.Ones([1, 2, 7]))).Message);
        Assert.Contains("no encoded series", Assert.Throws<ArgumentException>(() => stack.Forward(Tensor.Ones([1, 2, 8]), memory: Tensor.Ones([1, 2, 8]))).Message);
        Assert.Contains("give one", Assert.Throws<ArgumentException>(() => new TransformerStack(Small, new(1), true, true).Forward(Tensor.Ones([1, 2, 8]))).Message);
        Assert.Contains("3 heads do not divide 8", Assert.Throws<ArgumentException>(() => new TransformerStack(Small with { Heads = 3 }, new(1))).Message);
        Assert.Contains("dropout", Assert.Throws<ArgumentException>(() => new TransformerStack(Small with { Dropout = 1 }, new(1))).Message);
        Assert.Contains("lies outside", Assert.Throws<ArgumentOutOfRangeException>(() => new TransformerTranslator(Small, 5, 5, new(1))).Message);
    }
}
