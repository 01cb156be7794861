using Scorch.Language.TransformerSurvey;
using Scorch.Models.Transformers;
using Scorch.Modules;

namespace Scorch.Language.Tests.TransformerSurvey;

/// <summary>Attention, layers, feed-forward parts and normalisations against torch and the annotated implementations.</summary>
public sealed class SurveyLayerOracleTests
{
    public static TheoryData<DataType, double, double> Types => new() { { DataType.Float64, 1e-10, 1e-10 }, { DataType.Float32, 1e-5, 1e-4 } };

    [Theory]
    [MemberData(nameof(Types))]
    public void Full_attention_is_torchs_with_padding(DataType type, double tolerance, double gradientTolerance)
    {
        var golden = new SurveyGolden("multihead_attention");
        var module = (FullAttention)SurveyGolden.Attention("full", 8, 2, type: type);
        module.LoadState(golden.Maps("param."));
        var (query, key, value) = (golden.Leaf("in.query", type), golden.Leaf("in.key", type), golden.Leaf("in.value", type));
        var scope = new AttentionScope(golden["in.key_padding_mask"].LogicalNot());
        var (q, k, v) = (SurveyParts.Split(module.Query.Forward(query), 2), SurveyParts.Split(module.Key.Forward(key), 2), SurveyParts.Split(module.Value.Forward(value), 2));
        var output = module.Output.Forward(SurveyParts.Join(module.Attend(q, k, v, scope)));
        SurveyGolden.Close(golden["out.y"], output, tolerance, "output");
        SurveyGolden.Close(golden["out.attn"], MaskedScores.Softmax(MaskedScores.Of(q, k, scope, null), scope.Allowed(5, 7)), tolerance, "weights");
        (output * golden["in.upstream"].To(type)).Sum().Backward();
        foreach (var (name, leaf) in new[] { ("query", query), ("key", key), ("value", value) }) SurveyGolden.Close(golden["grad." + name], leaf.Gradient!, gradientTolerance, name);
        golden.MapGradients(module, "grad.", gradientTolerance);
    }

    [Theory]
    [InlineData("encoder_layer_postnorm_relu", "post-layer-norm", "relu", 2, false, DataType.Float64, 1e-10, 1e-10)]
    [InlineData("encoder_layer_postnorm_relu", "post-layer-norm", "relu", 2, false, DataType.Float32, 1e-5, 1e-4)]
    [InlineData("encoder_layer_prenorm_gelu_causal", "pre-layer-norm", "gelu", 4, true, DataType.Float64, 1e-10, 1e-10)]
    [InlineData("encoder_layer_prenorm_gelu_causal", "pre-layer-norm", "gelu", 4, true, DataType.Float32, 1e-5, 1e-4)]
    public void An_encoder_layer_is_torchs(string file, string norm, string activation, int heads, bool isCausal, DataType type, double tolerance, double gradientTolerance)
    {
        var golden = new SurveyGolden(file);
        var site = Site(new() { Dim = 8, Heads = heads, Layers = 1, Norm = new(norm), FeedForward = new(activation, ("inner", 10)) });
        Sublayer[] layer = [site.Attention(0), .. site.FeedForward(0)];
        var attention = (HeadedAttention)layer[0].Attention!;
        Load(golden, layer, type, ("param.self_attn.", "param.norm1."), null, "param.norm2.");
        var x = golden.Leaf("in.x", type);
        var real = golden["in.key_padding_mask"].LogicalNot();
        var input = new XformerInput(x, new(real, isCausal), new());
        var output = layer.Aggregate(x, (hidden, sublayer) => sublayer.Forward(hidden, input));
        // Rows on padding are not compared: the layer lets them look at themselves, torch does not.
        var kept = real.To(type).Unsqueeze(2);
        SurveyGolden.Close(golden["out.y"] * kept.To(DataType.Float64), output * kept, tolerance, "output");
        (output * golden["in.upstream"].To(type)).Sum().Backward();
        SurveyGolden.Close(golden["grad.x"], x.Gradient!, gradientTolerance, "x");
        golden.MapGradients(attention, "grad.self_attn.", gradientTolerance);
        Gradients(golden, layer[0], "norm1", gradientTolerance);
        Gradients(golden, layer[1], "norm2", gradientTolerance);
    }

    [Theory]
    [MemberData(nameof(Types))]
    public void A_decoder_layer_is_torchs(DataType type, double tolerance, double gradientTolerance)
    {
        var golden = new SurveyGolden("decoder_layer_prenorm");
        var site = Site(new() { Dim = 8, Heads = 2, Layers = 1, FeedForward = FeedForwards.Gelu(9) });
        Sublayer[] layer = [site.Attention(0), site.Cross(0), .. site.FeedForward(0)];
        Load(golden, layer, type, ("param.self_attn.", "param.norm1."), ("param.multihead_attn.", "param.norm2."), "param.norm3.");
        var (target, memory) = (golden.Leaf("in.tgt", type), golden.Leaf("in.memory", type));
        var input = new XformerInput(target, new(isCausal: true), new()) { Source = memory, SourceScope = new(golden["in.memory_key_padding_mask"].LogicalNot()) };
        var output = layer.Aggregate(target, (hidden, sublayer) => sublayer.Forward(hidden, input));
        SurveyGolden.Close(golden["out.y"], output, tolerance, "output");
        (output * golden["in.upstream"].To(type)).Sum().Backward();
        SurveyGolden.Close(golden["grad.tgt"], target.Gradient!, gradientTolerance, "target");
        SurveyGolden.Close(golden["grad.memory"], memory.Gradient!, gradientTolerance, "memory");
        golden.MapGradients((HeadedAttention)layer[0].Attention!, "grad.self_attn.", gradientTolerance);
        golden.MapGradients((HeadedAttention)layer[1].Attention!, "grad.multihead_attn.", gradientTolerance);
        for (var i = 0; i < 3; i++) Gradients(golden, layer[i], $"norm{i + 1}", gradientTolerance);
    }

    [Theory]
    [InlineData("relu")]
    [InlineData("gelu")]
    [InlineData("swish")]
    [InlineData("glu")]
    [InlineData("bilinear")]
    [InlineData("reglu")]
    [InlineData("geglu")]
    [InlineData("swiglu")]
    public void The_feed_forward_family_is_the_annotated_implementations(string name)
    {
        var golden = new SurveyGolden("ffn_family");
        var features = golden["in.x"].Shape[-1];
        var card = Taxonomy.FeedForward(name);
        var spec = new ModuleSpec(name, ("inner", golden[$"{name}.param.layer1.weight"].Shape[0]));
        var part = (PointwiseFeedForward)card.Create(new XformerSpec { Dim = features, Heads = 1 }.Site(card, spec, 0, new(1)))!;
        part.ConvertTo(DataType.Float64);
        var maps = new[] { ("inner", "layer1"), ("outer", "layer2"), ("gate", "linear_v") }.Where(pair => pair.Item1 != "gate" || part.Gate is not null).ToArray();
        part.LoadState(maps.SelectMany(pair => new[] { "weight", "bias" }.Select(kind => KeyValuePair.Create($"{pair.Item1}.{kind}", golden[$"{name}.param.{pair.Item2}.{kind}"]))).ToDictionary());
        var x = golden.Leaf("in.x");
        var output = part.Forward(x, new());
        SurveyGolden.Close(golden[$"{name}.out.y"], output, 1e-10);
        (output * golden["in.upstream"]).Sum().Backward();
        SurveyGolden.Close(golden[$"{name}.grad.x"], x.Gradient!, 1e-10);
        var parameters = part.NamedParameters().ToDictionary(entry => entry.Name, entry => entry.Parameter);
        foreach (var (own, theirs) in maps)
            foreach (var kind in new[] { "weight", "bias" }) SurveyGolden.Close(golden[$"{name}.grad.{theirs}.{kind}"], parameters[$"{own}.{kind}"].Gradient!, 1e-10, theirs);
    }

    [Fact]
    public void Normalisations_are_their_definitions()
    {
        var golden = new SurveyGolden("norms");
        void Check(string name, Module norm, double tolerance = 1e-10)
        {
            norm.ConvertTo(DataType.Float64);
            var x = golden.Leaf("in.x");
            var output = ((IForward)norm).Forward(x);
            SurveyGolden.Close(golden["out." + name], output, tolerance, name);
            (output * golden["in.upstream"]).Sum().Backward();
            SurveyGolden.Close(golden["grad.x." + name], x.Gradient!, tolerance, name);
        }
        var layer = new LayerNorm([7], dataType: DataType.Float64);
        layer.LoadState(new Dictionary<string, Tensor> { ["weight"] = golden["in.weight"], ["bias"] = golden["in.bias"] });
        Check("layer_norm", layer);
        var rms = new RmsNorm(7);
        rms.ConvertTo(DataType.Float64);
        rms.LoadState(new Dictionary<string, Tensor> { ["weight"] = golden["in.weight"] });
        Check("rms_norm", rms);
        var scale = new ScaleNorm(7);
        scale.ConvertTo(DataType.Float64);
        scale.LoadState(new Dictionary<string, Tensor> { ["length"] = golden["in.g"] });
        Check("scale_norm", scale);
        Check("ada_norm_C0.1_k0.1", new AdaNorm(0.1, 0.1));
        // |y| = g.
        var g = golden["in.g"].Item();
        Assert.All(scale.Forward(golden["in.x"]).Norm([1]).ToArray<double>(), length => Assert.Equal(g, length, 1e-12));
    }

    [Fact]
    public void PowerNorm_divides_by_running_means_forward_and_backward()
    {
        var norm = new PowerNorm(3, decay: 0.8, epsilon: 0);
        norm.ConvertTo(DataType.Float64);
        var random = new RandomSource(4);
        var (square, product) = (new double[] { 1, 1, 1 }, new double[3]);
        for (var step = 0; step < 3; step++)
        {
            var (x, upstream) = (random.Normal([2, 5, 3], dataType: DataType.Float64), random.Normal([2, 5, 3], dataType: DataType.Float64));
            x.RequiresGradient = true;
            var output = norm.Forward(x);
            (output * upstream).Sum().Backward();
            var (values, slopes, own, back) = (x.ToArray<double>(), upstream.ToArray<double>(), output.ToArray<double>(), x.Gradient!.ToArray<double>());
            for (var feature = 0; feature < 3; feature++)
            {
                var (root, power, cross, squares) = (Math.Sqrt(square[feature]), 0.0, 0.0, 0.0);
                for (var i = feature; i < values.Length; i += 3)
                {
                    var normalized = values[i] / root;
                    Assert.Equal(normalized, own[i], 1e-12);
                    Assert.Equal((slopes[i] - (product[feature] * normalized)) / root, back[i], 1e-12);
                    (power, cross, squares) = (power + (normalized * normalized / 10), cross + (slopes[i] * normalized / 10), squares + (values[i] * values[i] / 10));
                }
                product[feature] = (product[feature] * (1 - (0.2 * power))) + (0.2 * cross);
                square[feature] = (0.8 * square[feature]) + (0.2 * squares);
            }
        }
        SurveyGolden.Close(Tensor.From(square), norm.RunningSquare, 1e-12);
        SurveyGolden.Close(Tensor.From(product), norm.RunningProduct, 1e-12);
        norm.Evaluate();
        norm.Forward(Tensor.Ones([1, 2, 3], DataType.Float64));
        SurveyGolden.Close(Tensor.From(square), norm.RunningSquare, 1e-12);
    }

    internal static TopologySite Site(XformerSpec spec) => new(spec, spec.Resolve(), null, new(1));

    private static void Load(SurveyGolden golden, Sublayer[] layer, DataType type, (string Maps, string Norm) self, (string Maps, string Norm)? cross, string norm)
    {
        void Norm(Sublayer sublayer, string prefix) =>
            sublayer.Connection.LoadState(new Dictionary<string, Tensor> { ["norm.weight"] = golden[prefix + "weight"], ["norm.bias"] = golden[prefix + "bias"] });
        foreach (var sublayer in layer) sublayer.ConvertTo(type);
        layer[0].Attention!.LoadState(golden.Maps(self.Maps));
        Norm(layer[0], self.Norm);
        if (cross is { } other)
        {
            layer[1].Attention!.LoadState(golden.Maps(other.Maps));
            Norm(layer[1], other.Norm);
        }
        layer[^1].FeedForward!.LoadState(new Dictionary<string, Tensor>
        {
            ["inner.weight"] = golden["param.linear1.weight"],
            ["inner.bias"] = golden["param.linear1.bias"],
            ["outer.weight"] = golden["param.linear2.weight"],
            ["outer.bias"] = golden["param.linear2.bias"],
        });
        Norm(layer[^1], norm);
    }

    private static void Gradients(SurveyGolden golden, Sublayer sublayer, string norm, double tolerance)
    {
        var own = sublayer.Connection.NamedParameters().ToDictionary(entry => entry.Name, entry => entry.Parameter.Gradient!);
        SurveyGolden.Close(golden[$"grad.{norm}.weight"], own["norm.weight"], tolerance, norm);
        SurveyGolden.Close(golden[$"grad.{norm}.bias"], own["norm.bias"], tolerance, norm);
        if (sublayer.FeedForward is not PointwiseFeedForward part) return;
        SurveyGolden.Close(golden["grad.linear1.weight"], part.Inner.Weight.Gradient!, tolerance, "linear1");
        SurveyGolden.Close(golden["grad.linear1.bias"], part.Inner.Bias!.Gradient!, tolerance, "linear1");
        SurveyGolden.Close(golden["grad.linear2.weight"], part.Outer.Weight.Gradient!, tolerance, "linear2");
        SurveyGolden.Close(golden["grad.linear2.bias"], part.Outer.Bias!.Gradient!, tolerance, "linear2");
    }
}
