using Scorch.Language.TimeDial;
using Scorch.Models.Training;
using Scorch.Models.Transformers;
using Scorch.Modules;
using Scorch.Testing;

namespace Scorch.Language.Tests.TimeDial;

/// <summary>Against the values under tests/oracles/timedial, whose README says what made them.</summary>
public sealed class TimeDialOracleTests
{
    [Theory]
    [InlineData("timedial/two_best.npz")]
    [InlineData("timedial/two_best_all_tied.npz")]
    public void Two_best_with_ties_is_the_enumeration_of_all_orders(string file)
    {
        var golden = new OracleArchive(file);
        var (scores, correct, rules) = (golden.Values("in.scores").Chunk(4).ToArray(), golden.Values("in.correct").Chunk(4).ToArray(), golden.Values("in.rule").Chunk(4).ToArray());
        var (items, rows, orders) = (new List<TimeDialItem>(), new List<double[]>(), new List<int[]>());
        for (var i = 0; i < scores.Length; i++)
        {
            // TimeDial's order: right ones first.
            int[] order = [.. Enumerable.Range(0, 4).OrderBy(k => correct[i][k] == 1 ? 0 : 1)];
            orders.Add(order);
            rows.Add([.. order.Select(k => scores[i][k])]);
            items.Add(new($"{i}", ["A: <MASK>"], "a", "b", ("c", (DistractorRule)(int)rules[i][order[2]]), ("d", (DistractorRule)(int)rules[i][order[3]])));
            Assert.Equal(golden.Values("out.expected")[i], TieRanking.TopIsCorrect(scores[i], [.. correct[i].Select(value => value == 1)]), 1e-12);
        }
        var report = TwoBestEvaluator.FromScores(items, rows);
        Assert.Equal(golden.Values("out.accuracy")[0], report.Accuracy, 1e-12);
        Assert.Equal(golden.Values("out.wilson95"), [report.ConfidenceInterval.Low, report.ConfidenceInterval.High], (a, b) => Math.Abs(a - b) <= 1e-12);
        for (var rule = 1; rule <= 3; rule++) Assert.Equal(golden.Values("out.rule_error")[rule - 1], report.ByRule[(DistractorRule)rule].Error, 1e-12);
        var (inTop, ranks) = (golden.Values("out.in_top2").Chunk(4).ToArray(), golden.Values("out.expected_rank").Chunk(4).ToArray());
        for (var i = 0; i < scores.Length; i++)
            for (var k = 0; k < 4; k++)
            {
                Assert.Equal(inTop[i][orders[i][k]], report.PerItem[i].InTop2[k], 1e-12);
                Assert.Equal(ranks[i][orders[i][k]], report.PerItem[i].ExpectedRank[k], 1e-12);
            }
        if (file.Contains("all_tied", StringComparison.Ordinal)) Assert.All(report.PerItem, item => Assert.Equal(1.0 / 6, item.Expected, 1e-15));
    }

    [Theory]
    [InlineData(false, 1e-10)]
    [InlineData(true, 1e-5)]
    public void Log_probabilities_of_options_are_torchs(bool isSingle, double tolerance)
    {
        var golden = new OracleArchive("timedial/mask_filling.npz");
        var (model, gaps, mask) = Model(golden, isSingle);
        var one = MaskFilling.LogProbabilities(model, mask, gaps);
        Close(golden.Values("out.token_logprob"), [.. one.SelectMany(row => row)], tolerance);
        Close(golden.Values("out.sum"), [.. one.Select(row => row.Sum())], tolerance);
        Close(golden.Values("out.mean"), [.. one.Select(row => row.Average())], tolerance);
        var left = MaskFilling.LogProbabilities(model, mask, gaps, FillingOrder.LeftToRight);
        Close(golden.Values("out.left_to_right_sum"), [.. left.Select(row => row.Sum())], tolerance);
        Close(golden.Values("out.left_to_right_mean"), [.. left.Select(row => row.Average())], tolerance);
        // All fillings of one place together have probability 1.
        var all = Enumerable.Range(0, model.VocabularySize).Select(token => new MaskFilling.Gap(gaps[0].Left, [token], gaps[0].Right)).ToArray();
        Assert.Equal(1, MaskFilling.LogProbabilities(model, mask, all).Sum(row => Math.Exp(row[0])), isSingle ? 1e-5 : 1e-12);
    }

    [Theory]
    [InlineData(false, 1e-10)]
    [InlineData(true, 1e-5)]
    public void Gradients_of_a_masked_span_are_torchs(bool isSingle, double tolerance)
    {
        var golden = new OracleArchive("timedial/mask_filling.npz");
        var (model, gaps, mask) = Model(golden, isSingle);
        var loss = MaskedBatch.Of([MaskFilling.Example(gaps[0], mask)]).Loss(model);
        Assert.Equal(golden.Values("out.loss_option0")[0], loss.To(DataType.Float64).Item(), tolerance);
        loss.Backward();
        foreach (var (name, parameter, part) in Parameters(model))
        {
            var expected = golden.Values("grad." + name);
            var actual = parameter.Gradient!.To(DataType.Float64).ToArray<double>();
            Close([.. expected.Skip(part * actual.Length).Take(actual.Length)], actual, tolerance);
        }
    }

    private static void Close(double[] expected, double[] actual, double tolerance)
    {
        Assert.Equal(expected.Length, actual.Length);
        for (var i = 0; i < expected.Length; i++) Assert.Equal(expected[i], actual[i], tolerance);
    }

    private static (SmallModel Model, MaskFilling.Gap[] Gaps, int Mask) Model(OracleArchive golden, bool isSingle)
    {
        int[] Ints(string name) => [.. golden.Values(name).Select(value => (int)value)];
        var model = new SmallModel(golden.Read("param.embedding.weight").Shape, golden.Read("param.position.weight").Shape[0], golden.Read("param.encoder.layers.0.linear1.weight").Shape[0]);
        model.ConvertTo(isSingle ? DataType.Float32 : DataType.Float64);
        using (Autograd.GradientMode.Disable())
        {
            foreach (var (name, parameter, part) in Parameters(model))
            {
                var values = golden.Values("param." + name).Skip(part * (int)parameter.ElementCount).Take((int)parameter.ElementCount).ToArray();
                parameter[..] = Tensor.From(values, [.. parameter.Shape]).To(parameter.DataType);
            }
        }
        var (options, offsets) = (Ints("in.options"), Ints("in.option_offsets"));
        int[] left = Ints("in.left"), right = Ints("in.right");
        return (model, [.. Enumerable.Range(0, offsets.Length - 1).Select(i => new MaskFilling.Gap(left, options[offsets[i]..offsets[i + 1]], right))], (int)golden.Values("in.mask_id")[0]);
    }

    /// <summary>torch's names; stacked maps are cut into three parts.</summary>
    private static IEnumerable<(string Name, Parameter Parameter, int Part)> Parameters(SmallModel model)
    {
        yield return ("embedding.weight", model.Embedding.Weight, 0);
        yield return ("position.weight", model.Position.Weight, 0);
        var block = model.Encoder.Blocks[0];
        var attention = (HeadAttention)block.SelfAttention;
        var (part, layer) = (0, "encoder.layers.0.");
        foreach (var map in (Linear[])[attention.Query, attention.Key, attention.Value])
        {
            yield return (layer + "self_attn.in_proj_weight", map.Weight, part);
            yield return (layer + "self_attn.in_proj_bias", map.Bias!, part++);
        }
        var forward = (PointwiseFeedForward)block.FeedForward;
        foreach (var (name, map) in ((string, Linear)[])[("self_attn.out_proj", attention.Output), ("linear1", forward.Inner), ("linear2", forward.Outer)])
        {
            yield return (layer + name + ".weight", map.Weight, 0);
            yield return (layer + name + ".bias", map.Bias!, 0);
        }
        foreach (var (name, norm) in ((string, Module)[])[(layer + "norm1", block.SelfAttentionNorm), (layer + "norm2", block.FeedForwardNorm), ("encoder.norm", model.Encoder.Norm!)])
        {
            yield return (name + ".weight", ((LayerNorm)norm).Weight!, 0);
            yield return (name + ".bias", ((LayerNorm)norm).Bias!, 0);
        }
        yield return ("head.weight", model.Head.Weight, 0);
        yield return ("head.bias", model.Head.Bias!, 0);
    }

    private sealed class SmallModel : Module, IMaskedTokenModel
    {
        public SmallModel(int[] embedding, int positions, int inner)
        {
            var random = new RandomSource(1);
            (VocabularySize, MaximumLength) = (embedding[0], positions);
            (Embedding, Position) = (new(embedding[0], embedding[1], random), new(positions, embedding[1], random));
            Encoder = new(new TransformerConfig { Features = embedding[1], Heads = 2, Inner = inner, Layers = 1, Activation = Activation.Gelu, NormalizesFirst = true, Dropout = 0 }, random);
            Head = new(embedding[1], embedding[0], random);
        }

        public int VocabularySize { get; }

        public int MaximumLength { get; }

        public Embedding Embedding { get; }

        public Embedding Position { get; }

        public TransformerStack Encoder { get; }

        public Linear Head { get; }

        public Tensor PredictAt(Tensor tokenIds, Tensor? mask, Tensor places)
        {
            var hidden = Encoder.Forward(Embedding.Forward(tokenIds) + Position.Forward(Tensor.From(Enumerable.Range(0, tokenIds.Shape[1]).Select(i => (long)i).ToArray())), mask);
            return Head.Forward(hidden.Reshape(-1, hidden.Shape[2]).IndexSelect(0, places));
        }
    }
}
