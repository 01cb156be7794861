using Scorch.Autograd;
using Scorch.Language.HashLayers;
using Scorch.Models.Experts;
using static Scorch.Language.Tests.SwitchTransformers.SwitchGolden;

namespace Scorch.Language.Tests.HashLayers;

public sealed class HashLayerTests
{
    private static readonly RandomSource Random = new(11);

    private static (Tensor Hidden, Tensor Ids) Input(int vocabulary = 30) => (new RandomSource(5).Normal([2, 7, 6], dataType: DataType.Float64), new RandomSource(6).Integers([2, 7], 0, vocabulary));

    [Fact]
    public void Every_expert_run_on_every_token_and_gathered_gives_the_same()
    {
        var (hidden, ids) = Input();
        var layer = HashGolden.LayerOf(6, 8, TokenHash.Random(30, 4, 3), DataType.Float64);
        FillBiases(layer);
        var (experts, table, y) = (layer.Experts, ((TokenHash)layer.Hash).Table, layer.Forward(hidden, ids));
        var all = Enumerable.Range(0, 4).Select(k => hidden.Affine(experts.Inward.Select(0, k), experts.InwardBias!.Select(0, k)).Relu().Affine(experts.Outward.Select(0, k), experts.OutwardBias!.Select(0, k))).ToArray();
        for (var b = 0; b < 2; b++)
            for (var t = 0; t < 7; t++)
                AssertClose(all[table[(int)ids.ToArray<long>()[(b * 7) + t]]].Select(0, b).Select(0, t), y.Select(0, b).Select(0, t), 1e-12);
    }

    [Fact]
    public void Several_equal_functions_or_one_are_the_plain_layer_and_one_bucket_is_a_dense_part()
    {
        var (hidden, ids) = Input();
        var hash = TokenHash.Random(30, 4, 3);
        Tensor Of(ITokenHash own, Tensor inward, Tensor outward)
        {
            var layer = HashGolden.LayerOf(6, 8, own, DataType.Float64);
            layer.LoadExperts(inward, outward, new RandomSource(9).Normal([own.Buckets, 8], dataType: DataType.Float64), new RandomSource(10).Normal([own.Buckets, 6], dataType: DataType.Float64));
            return layer.Forward(hidden, ids);
        }
        var (c, d) = (new RandomSource(7).Normal([4, 8, 6], dataType: DataType.Float64), new RandomSource(8).Normal([4, 6, 8], dataType: DataType.Float64));
        var plain = Of(hash, c, d);
        Assert.Equal(plain.ToArray<double>(), Of(new MultiHash(hash), c, d).ToArray<double>());
        AssertClose(plain, Of(new MultiHash(hash, hash), c, d), 1e-12);
        var dense = hidden.Affine(c.Select(0, 0), new RandomSource(9).Normal([1, 8], dataType: DataType.Float64).Select(0, 0)).Relu()
            .Affine(d.Select(0, 0), new RandomSource(10).Normal([1, 6], dataType: DataType.Float64).Select(0, 0));
        AssertClose(dense, Of(TokenHash.Random(30, 1), c.Narrow(0, 0, 1), d.Narrow(0, 0, 1)), 1e-12);
    }

    [Fact]
    public void Experts_without_tokens_have_zero_gradient()
    {
        var (hidden, _) = Input();
        var layer = HashGolden.LayerOf(6, 8, TokenHash.FromTable([0, 1, 2, 3]), DataType.Float64);
        layer.Forward(hidden, Tensor.Full([2, 7], 2, DataType.Int64)).Square().Sum().Backward();
        foreach (var (_, parameter) in layer.NamedParameters())
        {
            var sums = parameter.Gradient!.Abs().Reshape(4, -1).Sum(1).ToArray<double>();
            Assert.Equal([0, 0, 0], new[] { sums[0], sums[1], sums[3] });
            Assert.True(sums[2] > 0);
        }
    }

    [Fact]
    public void Lazy_steps_leave_experts_without_tokens_as_they_are_and_dense_ones_move_them()
    {
        var (hidden, _) = Input();
        foreach (var updates in Enum.GetValues<ExpertUpdates>())
        {
            var layer = HashGolden.LayerOf(6, 8, TokenHash.FromTable([0, 1, 2, 3]), DataType.Float64);
            var optimizer = new ExpertAdam(layer, new(1e-2), updates);
            void Step(int token)
            {
                optimizer.ClearGradients();
                layer.Forward(hidden, Tensor.Full([2, 7], token, DataType.Int64)).Square().Sum().Backward();
                optimizer.Step();
            }
            Step(2);
            var before = layer.State().ToDictionary(entry => entry.Key, entry => entry.Value.Clone());
            var state = optimizer.State().ToDictionary(entry => entry.Key, entry => entry.Value.Clone());
            double[] Weights(Tensor all, int expert) => all.Detach().Select(0, expert).ToArray<double>();
            Step(1);
            bool Moved(int expert) => !Weights(before["experts.outward"], expert).SequenceEqual(Weights(layer.Experts.Outward, expert));
            Assert.True(Moved(1));
            Assert.False(Moved(0) || Moved(3));
            Assert.Equal(updates != ExpertUpdates.Lazy, Moved(2));
            // The state restores moments and every expert's own count of steps.
            var after = layer.Experts.Outward.Detach().ToArray<double>();
            layer.LoadState(before);
            optimizer = new ExpertAdam(layer, new(1e-2), updates);
            optimizer.LoadState(state);
            Step(1);
            Assert.Equal(after, layer.Experts.Outward.Detach().ToArray<double>());
        }
    }

    [Fact]
    public void Hashes_look_at_what_their_names_say()
    {
        long[] row = [3, 1, 4, 1, 5];
        int[] Of(ITokenHash hash, int first = 0, long[]? next = null)
        {
            var buckets = new int[(row.Length - first) * hash.Functions];
            hash.Assign(new(row, first, next), buckets);
            return buckets;
        }
        var tokens = TokenHash.FromTable([0, 1, 2, 0, 2, 1], 3);
        Assert.Equal([0, 1, 2, 1, 1], Of(tokens));
        Assert.Equal([2, 0, 1, 2, 1], Of(TokenHash.Previous(tokens, beginning: 2)));
        Assert.Equal([1, 2, 1, 1, 0], Of(TokenHash.Oracle(tokens), 0, [1, 4, 1, 5, 0]));
        var position = TokenHash.Position(8, 3, 4);
        Assert.Equal(position.Table.Take(5), Of(position));
        var pairs = TokenHash.Bigram(6, 3, beginning: 0, seed: 2);
        Assert.Equal(Of(pairs)[2..], Of(pairs, 2));
        Assert.Equal([2, 2, 1, 1, 1, 1], Of(new MultiHash(tokens, tokens), 2));
        var predictor = BigramPredictor.FromRows([[3, 1, 4, 1, 4, 5]], 6);
        Assert.Equal([1, 4, 1, 1, 1, 1], predictor.Next);
        Assert.Equal([1, 4, 1, 4, 1], PredictionsOf(predictor, row));
        Assert.Equal([1, 2, 1, 2, 1], Of(TokenHash.PredictedFuture(tokens, predictor)));
    }

    private static long[] PredictionsOf(INextTokenPredictor predictor, long[] row)
    {
        var predictions = new long[row.Length];
        predictor.Predict(row, 0, predictions);
        return predictions;
    }

    private static void FillBiases(HashFeedForward layer)
    {
        using var mode = GradientMode.Disable();
        layer.Experts.InwardBias!.CopyFrom(Random.Normal(layer.Experts.InwardBias.Shape));
        layer.Experts.OutwardBias!.CopyFrom(Random.Normal(layer.Experts.OutwardBias.Shape));
    }
}
