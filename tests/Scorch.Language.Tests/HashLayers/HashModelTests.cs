using Scorch.Autograd;
using Scorch.Checkpoints;
using Scorch.Language.HashLayers;
using Scorch.Language.SwitchTransformers;
using Scorch.Language.Tests.SwitchTransformers;
using Scorch.Models.Experts;
using Scorch.Models.Generation;
using Scorch.Text;

namespace Scorch.Language.Tests.HashLayers;

public sealed class HashModelTests
{
    private const int Words = 20;
    private static readonly HashLayerConfig Layer = new() { ModelDim = 8, FfDim = 12, Buckets = 4 };

    private static HashLanguageModel ModelOf(ITokenHash hash, int ladder = 1)
    {
        var model = HashLanguageModel.Create(new(Words, 2, 2) { Context = 12, HashLayers = [1], Ladder = ladder }, Layer with { Segments = hash.Functions }, hash, seed: 3);
        model.ConvertTo(DataType.Float64);
        model.Evaluate();
        return model;
    }

    [Fact]
    public void With_a_cache_only_the_newest_token_is_hashed_and_logits_are_those_without()
    {
        var tokens = TokenHash.Random(Words, 4, 1);
        ITokenHash[] hashes =
        [
            tokens, TokenHash.Bigram(Words, 4, 0, 2), TokenHash.Previous(tokens, 0), TokenHash.Position(12, 4, 3),
            TokenHash.PredictedFuture(tokens, BigramPredictor.FromRows([[1, 2, 3, 4, 5, 1, 3]], Words)), new MultiHash(tokens, TokenHash.Previous(tokens, 0)),
        ];
        foreach (var hash in hashes)
        {
            // A ladder's blocks keep keys and values for each time that they run. Prompts of two lengths: the shorter is padded on the left.
            var model = ModelOf(hash, ladder: hash.Kind == TokenHashKind.Bigram ? 2 : 1);
            long[][] prompts = [[1, 2, 3, 4], [5, 6]];
            var (cached, plain) = (model.Begin(prompts), model.Begin(prompts, useCache: false));
            for (var step = 0; step < 4; step++)
            {
                SwitchGolden.AssertClose(plain.Logits(), cached.Logits(), 1e-12, $"{hash.Kind} step {step}");
                int[] swapped = [1, 0];
                foreach (var session in new[] { cached, plain })
                {
                    session.Append([7 + step, 9]);
                    session.Keep(swapped);
                }
            }
            // Padding changes nothing: the longer prompt alone gives the same.
            SwitchGolden.AssertClose(model.Begin([prompts[0]]).Logits(), model.Begin(prompts).Logits().Narrow(0, 0, 1), 1e-12, $"{hash.Kind}");
        }
    }

    [Fact]
    public void Later_tokens_change_nothing_except_with_the_oracle()
    {
        using var mode = GradientMode.Disable();
        var tokens = TokenHash.Random(Words, 4, 1);
        foreach (var hash in new[] { tokens, TokenHash.Bigram(Words, 4, 0, 2), TokenHash.PredictedFuture(tokens, BigramPredictor.FromRows([[1, 2, 3]], Words)) })
        {
            var model = ModelOf(hash);
            var (first, second) = (model.Forward(Tensor.From(new long[] { 1, 2, 3, 4 }, [1, 4])), model.Forward(Tensor.From(new long[] { 1, 2, 3, 9 }, [1, 4])));
            SwitchGolden.AssertClose(first.Narrow(1, 0, 3), second.Narrow(1, 0, 3), 1e-12);
        }
        Assert.Contains("cannot write", Assert.Throws<InvalidOperationException>(() => ModelOf(TokenHash.Oracle(tokens)).Begin([[1L]])).Message);
    }

    [Fact]
    public void A_saved_model_comes_back_with_its_hash_and_refuses_another()
    {
        using var folder = new TemporaryFolder();
        var model = ModelOf(TokenHash.Balanced([.. Enumerable.Range(0, Words).Select(id => (long)id)], 4));
        model.Save(folder.Path);
        var read = HashLanguageModel.Load(folder.Path);
        var ids = Tensor.From(new long[] { 1, 2, 3 }, [1, 3]);
        SwitchGolden.AssertClose(model.Forward(ids), read.Forward(ids), 1e-5);
        Assert.Equal(TokenHashKind.Balanced, read.Hashes[0].Kind);
        TokenHash.Random(Words, 4, 9).Save(Path.Combine(folder.Path, "hash-0.safetensors"));
        Assert.Contains("another hash table", Assert.Throws<CheckpointException>(() => HashLanguageModel.Load(folder.Path)).Message);
        File.Delete(Path.Combine(folder.Path, "hash-0.safetensors"));
        Assert.Throws<CheckpointException>(() => HashLanguageModel.Load(folder.Path));
    }

    [Fact]
    public void Every_kind_of_layer_learns_and_a_seed_fixes_every_bit_at_any_number_of_threads()
    {
        var corpus = LmCorpus.FromTexts(TextCorpus.FromLines(SwitchTrainingTests.Lines()), 60, 8, 0.2);
        var vocabulary = corpus.Tokenizer.Count;
        var language = new HashLmConfig(vocabulary, 2, 2) { Context = 8, HashLayers = [1] };
        Assert.Equal(corpus.Training.Sum(window => window.Length), corpus.UnigramCounts().Sum());
        foreach (var kind in Enum.GetValues<SparseLayerKind>())
        {
            (double Before, LmTrainingResult Result) Fit(int threads)
            {
                var usual = Parallelism.ThreadCount;
                Parallelism.ThreadCount = threads;
                try
                {
                    return Fitted();
                }
                finally
                {
                    Parallelism.ThreadCount = usual;
                }
            }
            (double Before, LmTrainingResult Result) Fitted()
            {
                var model = new HashLanguageModel(new(language, Layer, kind), kind == SparseLayerKind.Hash ? [TokenHash.Balanced(corpus.UnigramCounts(), 4)] : [], 1);
                var before = LmEvaluation.Of(model, corpus.Validation, 8).Loss;
                return (before, LmTrainer.Fit(model, corpus, new() { Steps = 30, WarmUpSteps = 5, LearningRate = 0.01 }, null, null, default, (own, adam) => new ExpertAdam(own, adam)));
            }
            var (before, result) = Fit(1);
            Assert.True(result.Final.Loss < before - 0.3, $"{kind}: {before} to {result.Final.Loss}");
            foreach (var threads in new[] { 2, 7 }) Assert.Equal(result.Final.Loss, Fit(threads).Result.Final.Loss);
        }
    }

    [Fact]
    public void Balanced_assignment_is_as_good_as_every_other_and_loads_are_even()
    {
        var random = new RandomSource(4);
        for (var round = 0; round < 20; round++)
        {
            double[] affinity = [.. Enumerable.Range(0, 6 * 3).Select(_ => Math.Round(random.NextNormal(), round % 2 == 0 ? 1 : 8))];
            var assignment = BalancedAssignment.Solve(affinity, 3);
            Assert.Equal([2, 2, 2], Enumerable.Range(0, 3).Select(expert => assignment.Count(own => own == expert)));
            var best = double.NegativeInfinity;
            for (var code = 0; code < 729; code++)
            {
                int[] other = [.. Enumerable.Range(0, 6).Select(token => code / (int)Math.Pow(3, token) % 3)];
                if (Enumerable.Range(0, 3).All(expert => other.Count(own => own == expert) == 2)) best = Math.Max(best, BalancedAssignment.Total(affinity, other, 3));
            }
            Assert.Equal(best, BalancedAssignment.Total(affinity, assignment, 3), 1e-9);
        }
    }

    [Fact]
    public void Dispersed_tokens_of_a_cluster_are_spread_and_clustered_ones_are_together()
    {
        var x = Tensor.Concatenate([.. Enumerable.Range(0, 4).Select(cluster => (new RandomSource(cluster).Normal([8, 3]) * 0.01) + (cluster * 10))]);
        var (clustered, dispersed) = (TokenHash.Clustered(x, 4, 1), TokenHash.Dispersed(x, 4, 1));
        for (var cluster = 0; cluster < 4; cluster++)
        {
            var own = Enumerable.Range(cluster * 8, 8).ToArray();
            Assert.Single(own.Select(id => clustered.Table[id]).Distinct());
            Assert.All(own.GroupBy(id => dispersed.Table[id]), bucket => Assert.Equal(2, bucket.Count()));
        }
    }

    [Fact]
    public void Generated_text_is_the_same_with_and_without_cache()
    {
        var model = ModelOf(TokenHash.Bigram(Words, 4, 0, 2));
        int[] Written(bool cache) => [.. new TextGenerator(model, new() { MaximumNewTokens = 6, Beams = 2, UsesCache = cache }).Generate([[1, 2], [3, 4, 5]])[1].Tokens.Select(token => (int)token)];
        Assert.Equal(Written(false), Written(true));
    }
}
