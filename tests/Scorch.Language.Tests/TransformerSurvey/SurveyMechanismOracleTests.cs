using Scorch.Language.TransformerSurvey;
using Scorch.Models.Transformers;

namespace Scorch.Language.Tests.TransformerSurvey;

/// <summary>Mechanisms and positions alone, on queries, keys and values, against the published equations.</summary>
public sealed class SurveyMechanismOracleTests
{
    [Theory]
    [InlineData("full", "", false)]
    [InlineData("causal", "", true)]
    [InlineData("band_w2", "band(window=2)", false)]
    [InlineData("dilated_w2_g2", "dilated(window=2, gap=2)", false)]
    [InlineData("block_local_4", "block-local(size=4)", false)]
    [InlineData("strided_4", "strided(stride=4)", false)]
    [InlineData("longformer_w2_g1", "longformer(window=2, globals=1)", false)]
    [InlineData("random_2", "", false)]
    [InlineData("bigbird_w2_g1_r2", "", false)]
    [InlineData("star", "star", false)]
    [InlineData("sparse_transformer_fixed_4_c1_causal", "fixed(stride=4, summary=1)", true)]
    public void Gathered_attention_is_dense_attention_under_the_mask(string name, string spec, bool isCausal)
    {
        var golden = new SurveyGolden("sparse_attention");
        var mask = golden["mask." + name];
        // Drawn keys are taken from the mask; every other pattern has to make the mask itself.
        var drawn = spec.Length == 0;
        var module = drawn ? Masked(mask) : (SparseAttention)SurveyGolden.Attention(spec, 8, 2);
        if (!drawn) Assert.Equal(mask.ToArray<bool>(), module.Pattern.Mask(13, 13, isCausal).ToArray<bool>());
        var q = golden.Leaf("in.q");
        var output = module.Attend(q, golden["in.k"], golden["in.v"], new(isCausal: isCausal));
        SurveyGolden.Close(golden["out." + name], output, 1e-10);
        (output * golden["in.upstream"]).Sum().Backward();
        SurveyGolden.Close(golden["grad.q." + name], q.Gradient!, 1e-10);
    }

    [Theory]
    [InlineData("elu.full", false)]
    [InlineData("elu.causal", true)]
    [InlineData("favor_plus.full", false)]
    [InlineData("favor_plus.causal", true)]
    public void Linearised_attention_is_its_quadratic_form(string name, bool isCausal)
    {
        var golden = new SurveyGolden("linear_attention");
        foreach (var isStabilized in name.StartsWith("elu", StringComparison.Ordinal) ? [false] : new[] { false, true })
        {
            var module = Linear(name, golden["in.w"], isStabilized);
            var (q, k, v) = (golden.Leaf("in.q"), golden.Leaf("in.k"), golden.Leaf("in.v"));
            var output = module.Attend(q, k, v, new(isCausal: isCausal));
            // Stabilised, the 1e-6 of the reference's denominator is missing.
            var tolerance = isStabilized ? 1e-5 : 1e-10;
            SurveyGolden.Close(golden["out." + name], output, tolerance);
            (output * golden["in.upstream"]).Sum().Backward();
            foreach (var (own, leaf) in new[] { ("q", q), ("k", k), ("v", v) }) SurveyGolden.Close(golden[$"grad.{own}.{name}"], leaf.Gradient!, tolerance, own);
        }
    }

    [Fact]
    public void Fourier_features_estimate_the_kernel_and_favor_features_are_unbiased()
    {
        var golden = new SurveyGolden("linear_attention");
        var fourier = new TrigonometricFeatures(4, 6, new(1));
        fourier.ConvertTo(DataType.Float64);
        fourier.LoadState(new Dictionary<string, Tensor> { ["projections"] = golden["in.w"] });
        var (q, k) = (golden["in.q"], golden["in.k"]);
        foreach (var scale in new[] { 1.0, Math.Pow(4, -0.25) })
        {
            var estimate = fourier.Of(q * scale).MatMul(fourier.Of(k * scale).T);
            // sin a sin b + cos a cos b = cos(a - b), summed over projections.
            var difference = ((q * scale).Unsqueeze(3) - (k * scale).Unsqueeze(2)).MatMul(golden["in.w"].T).Cos().Mean(-1);
            SurveyGolden.Close(difference, estimate, 1e-12);
        }
        Assert.True(
            new[] { 1.0, Math.Pow(4, -0.25) }.Any(scale => (fourier.Of(q * scale).MatMul(fourier.Of(k * scale).T) - golden["out.trig_kernel"]).Abs().Maximum().Item() < 1e-10)
            || (fourier.Of(q * Math.Pow(4, -0.25)).MatMul(fourier.Of(k * Math.Pow(4, -0.25)).T) * ((q.Square().Sum(-1, true) + k.Square().Sum(-1).Unsqueeze(2)) / 4).Exp() - golden["out.trig_kernel"]).Abs().Maximum().Item() < 1e-10);
        // Of 2000 draws the mean of phi(q) phi(k) lies within three standard errors of exp(q k), here with the factor d^(-1/2) inside.
        var (query, key) = (golden["in.q"].Narrow(2, 0, 1) / 2, golden["in.k"].Narrow(2, 1, 1) / 2);
        var wanted = ((query * key).Sum(-1) / 2).Exp().Flatten().ToArray<double>();
        var draws = Enumerable.Range(0, 2000).Select(seed =>
        {
            var (from, to) = new FavorFeatures(4, 4, new(seed), isStabilized: false).Features(query, key);
            return (from * to).Sum(-1).Flatten().ToArray<double>();
        }).ToArray();
        for (var i = 0; i < wanted.Length; i++)
        {
            var mean = draws.Average(draw => draw[i]);
            var error = Math.Sqrt(draws.Sum(draw => Math.Pow(draw[i] - mean, 2)) / (draws.Length - 1.0) / draws.Length);
            Assert.InRange(mean, wanted[i] - (3 * error), wanted[i] + (3 * error));
        }
        var rows = FavorFeatures.Orthogonal(4, 4, new(3)).To(DataType.Float64);
        var unit = rows / rows.Norm([1], keepDimensions: true);
        SurveyGolden.Close(Tensor.Identity(4, DataType.Float64), unit.MatMul(unit.T), 1e-5);
    }

    [Fact]
    public void Compressions_and_head_variants_are_their_equations()
    {
        var golden = new SurveyGolden("lowrank_and_variants");
        var (q, k, v) = (golden["in.q"], golden["in.k"], golden["in.v"]);
        var linformer = (LinformerAttention)SurveyGolden.Attention("linformer(rank=5)", 8, 2, 12);
        SurveyParts.Set(linformer.KeyProjection, golden["in.linformer_E"]);
        SurveyParts.Set(linformer.ValueProjection, golden["in.linformer_F"]);
        SurveyGolden.Close(golden["out.linformer"], linformer.Attend(q, k, v, new()), 1e-10);
        var landmarks = golden["in.landmarks"].ItemInt64();
        SurveyGolden.Close(golden["out.nystrom_iter6"], ((NystromAttention)SurveyGolden.Attention($"nystrom(landmarks={landmarks})", 8, 2)).Attend(q, k, v, new()), 1e-10);
        // Given time, the iteration is the pseudo-inverse.
        SurveyGolden.Close(golden["out.nystrom_pinv"], ((NystromAttention)SurveyGolden.Attention($"nystrom(landmarks={landmarks}, iterations=40)", 8, 2)).Attend(q, k, v, new()), 1e-8);
        var means = (q * Math.Pow(4, -0.25)).Reshape(1, 2, 4, 3, 4).Mean(3).MatMul((k * Math.Pow(4, -0.25)).Reshape(1, 2, 4, 3, 4).Mean(3).T).Softmax(-1);
        SurveyGolden.Close(golden["out.nystrom_Z"], NystromAttention.PseudoInverse(means), 1e-10);
        SurveyGolden.Close(golden["out.average_attention"], AverageAttention.Attend(v, 12, new(isCausal: true)), 1e-10);
        var shared = (MultiQueryAttention)SurveyGolden.Attention("multi-query", 8, 2);
        SurveyGolden.Close(golden["out.multi_query"], shared.Attend(q, k.Narrow(1, 0, 1), v.Narrow(1, 0, 1), new()), 1e-10);
        var talking = (TalkingHeadsAttention)SurveyGolden.Attention("talking-heads", 8, 2);
        SurveyParts.Set(talking.LogitMixture, golden["in.talking_logits"]);
        SurveyParts.Set(talking.WeightMixture, golden["in.talking_weights"]);
        SurveyGolden.Close(golden["out.talking_heads"], talking.Attend(q, k, v, new()), 1e-10);
    }

    [Fact]
    public void Shaws_distances_join_keys_and_values()
    {
        var golden = new SurveyGolden("shaw_relative");
        var module = (FullAttention)SurveyGolden.Attention("full", 8, 2, 16, $"shaw(clip={golden["in.clip"].ItemInt64()})");
        var scheme = (ShawPositions)module.Position!;
        scheme.LoadState(new Dictionary<string, Tensor> { ["key_vectors"] = golden["in.a_k"], ["value_vectors"] = golden["in.a_v"] });
        var q = golden.Leaf("in.q");
        var output = module.Attend(q, golden["in.k"], golden["in.v"], new());
        SurveyGolden.Close(golden["out.y"], output, 1e-10);
        (output * golden["in.upstream"]).Sum().Backward();
        SurveyGolden.Close(golden["grad.q"], q.Gradient!, 1e-10);
        SurveyGolden.Close(golden["grad.a_k"], scheme.KeyVectors.Gradient!, 1e-10);
        SurveyGolden.Close(golden["grad.a_v"], scheme.ValueVectors.Gradient!, 1e-10);
    }

    [Fact]
    public void Transformer_XLs_scores_and_memory_are_the_annotated_implementation()
    {
        var golden = new SurveyGolden("transformer_xl");
        var module = (FullAttention)SurveyGolden.Attention("full", 8, 2);
        module.LoadState(golden.NamedMaps("param."));
        Tensor BatchFirst(Tensor x) => x.Transpose(0, 1);
        var (query, u) = (golden.Leaf("in.query"), golden.Leaf("param.query_pos_bias"));
        var (table, bias) = (golden.Leaf("param.key_pos_embeddings"), golden.Leaf("param.key_pos_bias"));
        var series = Tensor.Concatenate([golden["in.memory"], query], 0);
        var (q, k, v) = module.Project(BatchFirst(query), BatchFirst(series));
        var (first, count) = ((int)golden["in.P"].ItemInt64() - 6, 13);
        var (relative, shift) = (table.Narrow(0, first, count).Transpose(0, 1), bias.Narrow(0, first, count).T);
        var pairs = PositionPairs.All(4, 7, true);
        var terms = TransformerXlPositions.Terms(q, k, u, relative, shift, pairs);
        // The shift trick leaks nothing: picking each pair's own product gives the same.
        var picked = PositionPairs.Of(pairs.QueryPositions, pairs.KeyPositions.Expand(4, 7).Contiguous(), 7, true);
        SurveyGolden.Close(terms, TransformerXlPositions.Terms(q, k, u, relative, shift, picked), 1e-12);
        var scores = q.MatMul(k.T) + terms;
        SurveyGolden.Close(golden["out.scores_unscaled"], scores.Permute(2, 3, 0, 1), 1e-10, "scores");
        var output = module.Output.Forward(SurveyParts.Join(MaskedScores.Softmax(scores / 2, new AttentionScope(isCausal: true).Allowed(4, 7)).MatMul(v)));
        SurveyGolden.Close(golden["out.y"], BatchFirst(output), 1e-10);
        (BatchFirst(output) * golden["in.upstream"]).Sum().Backward();
        SurveyGolden.Close(golden["grad.query"], query.Gradient!, 1e-10, "query");
        SurveyGolden.Close(golden["grad.key_pos_embeddings"], table.Gradient!, 1e-10, "R");
        SurveyGolden.Close(golden["grad.key_pos_bias"], bias.Gradient!, 1e-10, "S");
        SurveyGolden.Close(golden["grad.query_pos_bias"], u.Gradient!, 1e-10, "u");
        foreach (var (name, map) in new[] { ("query.linear", module.Query), ("key.linear", module.Key), ("value.linear", module.Value), ("output", module.Output) })
            SurveyGolden.Close(golden[$"grad.{name}.weight"], map.Weight.Gradient!, 1e-10, name);
        SurveyGolden.Close(golden["grad.value.linear.bias"], module.Value.Bias!.Gradient!, 1e-10);
        SurveyGolden.Close(golden["grad.output.bias"], module.Output.Bias!.Gradient!, 1e-10);
    }

    [Fact]
    public void Linear_biases_are_the_annotated_implementation()
    {
        var golden = new SurveyGolden("alibi");
        var module = (FullAttention)SurveyGolden.Attention("full", 12, 3, position: "alibi");
        Whole(golden, "", module);
        SurveyGolden.Close(golden["out.slopes"], Tensor.From([.. AlibiPositions.Slopes(3)]), 1e-15);
    }

    [Fact]
    public void Rotary_positions_turn_as_the_annotated_implementation()
    {
        var golden = new SurveyGolden("rope");
        var turned = (int)golden["in.d_rope"].ItemInt64();
        var x = golden.Leaf("in.x");
        var output = RotaryPositions.Turned(x.Permute(1, 2, 0, 3), 0, turned, RotaryLayout.HalfSplit).Permute(2, 0, 1, 3);
        SurveyGolden.Close(golden["out.y"], output, 1e-10);
        (output * golden["in.upstream"]).Sum().Backward();
        SurveyGolden.Close(golden["grad.x"], x.Gradient!, 1e-10);
        var features = golden["mha.in.x"].Shape[2];
        // The whole attention of two heads turns all or some features of a head: that which fits is the reference's.
        var errors = new List<string>();
        foreach (var (heads, some) in new[] { (2, 6), (2, 4), (2, 2), (3, 4), (3, 2) })
        {
            try
            {
                Whole(golden, "mha.", (FullAttention)SurveyGolden.Attention("full", features, heads, position: $"rotary(features={some})"));
                return;
            }
            catch (Xunit.Sdk.XunitException error)
            {
                errors.Add($"{heads} heads, {some} features: {error.Message}");
            }
        }
        Assert.Fail(string.Join('\n', errors));
    }

    [Fact]
    public void Tables_of_positions_are_exact()
    {
        var golden = new SurveyGolden("positions");
        SurveyGolden.Close(golden["sinusoid"], SurveyGolden.Position("sinusoidal", 12, 2).AddToInput(Tensor.Zeros([1, 40, 12], DataType.Float64)).Squeeze(0), 1e-10);
        var distances = golden["relative_position_key_minus_query"].ToArray<long>();
        foreach (var (name, both, buckets, greatest) in new[] { ("t5_bucket_bidirectional_32_128", true, 32, 128), ("t5_bucket_causal_32_128", false, 32, 128), ("t5_bucket_bidirectional_16_64", true, 16, 64) })
            Assert.Equal(golden[name].ToArray<long>(), distances.Select(distance => (long)Positions.Bucket((int)distance, both, buckets, greatest)));
        Assert.Equal(golden["shaw_index_clip4"].ToArray<long>(), distances.Select(distance => (long)ShawPositions.Row((int)distance, 4)));
        foreach (var heads in new[] { 4, 8, 12 }) SurveyGolden.Close(golden[$"alibi_slopes_{heads}"], Tensor.From([.. AlibiPositions.Slopes(heads)]), 1e-15);
    }

    private static SparseAttention Masked(Tensor mask)
    {
        var allowed = mask.ToMatrix<bool>();
        var card = Taxonomy.Attention("band");
        return new(new XformerSpec { Dim = 8, Heads = 2 }.Site(card, Attentions.Band(), 0, new(1)), SparsePattern.FromMask(allowed));
    }

    private static LinearAttention Linear(string name, Tensor projections, bool isStabilized)
    {
        var card = Taxonomy.Attention("linear");
        FeatureMap map = name.StartsWith("elu", StringComparison.Ordinal) ? new EluFeatures() : new FavorFeatures(4, 6, new(1), isStabilized);
        map.ConvertTo(DataType.Float64);
        if (map is FavorFeatures) map.LoadState(new Dictionary<string, Tensor> { ["projections"] = projections });
        return new(new XformerSpec { Dim = 8, Heads = 2 }.Site(card, Attentions.Linear(), 0, new(1)), map);
    }

    /// <summary>A whole causal attention of series [time, batch, features] with its gradients.</summary>
    private static void Whole(SurveyGolden golden, string prefix, FullAttention module)
    {
        module.LoadState(golden.NamedMaps(prefix + "param."), strict: false);
        var x = golden.Leaf(prefix + "in.x");
        var output = module.Forward(x.Transpose(0, 1), null, new(isCausal: true), new()).Transpose(0, 1);
        SurveyGolden.Close(golden[prefix + (prefix.Length == 0 ? "out.y" : "out.y")], output, 1e-10);
        (output * golden[prefix + "in.upstream"]).Sum().Backward();
        SurveyGolden.Close(golden[prefix + "grad.x"], x.Gradient!, 1e-10);
        foreach (var (name, map) in new[] { ("query.linear", module.Query), ("key.linear", module.Key), ("value.linear", module.Value), ("output", module.Output) })
        {
            SurveyGolden.Close(golden[$"{prefix}grad.{name}.weight"], map.Weight.Gradient!, 1e-10, name);
            // A bias of keys moves all scores of a query alike: its gradient is 0 up to rounding.
            SurveyGolden.Close(golden[$"{prefix}grad.{name}.bias"], map.Bias!.Gradient!, 1e-10, name);
        }
    }
}
