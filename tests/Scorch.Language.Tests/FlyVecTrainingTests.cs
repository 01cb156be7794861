using Scorch.Language.FruitFlyEmbeddings;
using Scorch.Testing;

namespace Scorch.Language.Tests;

public sealed class FlyVecTrainingTests
{
    [Fact]
    public async Task Words_that_stand_together_get_codes_that_overlap()
    {
        var model = await FlyVec.FitAsync(SmallText.Corpus, SmallText.Config);
        double Mean(Func<int, int, bool> belongs) => (
            from a in SmallText.Topics.SelectMany((topic, t) => topic.Select(word => (word, t)))
            from b in SmallText.Topics.SelectMany((topic, t) => topic.Select(word => (word, t)))
            where a.word != b.word && belongs(a.t, b.t)
            select SparseCode.Overlap(model.Encode(a.word, 3), model.Encode(b.word, 3))).Average();
        Assert.True(Mean((a, b) => a == b) > Mean((a, b) => a != b) + 0.3, $"{Mean((a, b) => a == b)} within topics, {Mean((a, b) => a != b)} across");
        Assert.Contains(model.Nearest("cat", 3, 3)[0].Word, SmallText.Topics[0]);
    }

    [Fact]
    public async Task Neurons_that_win_end_on_the_unit_sphere()
    {
        var model = await FlyVec.FitAsync(SmallText.Corpus, SmallText.Config with { Epochs = 60 });
        // Neurons that never win keep the norm of their first weights, about 0.3 here.
        var learnt = model.Norms.Where(norm => norm > 0.5).ToList();
        Assert.InRange(learnt.Count, 3, 12);
        Assert.All(learnt, norm => Assert.InRange(norm, 0.98, 1.02));
    }

    [Fact]
    public async Task Energy_falls_from_the_first_epoch_to_the_last()
    {
        var energies = new List<FlyVecProgress>();
        await FlyVec.FitAsync(SmallText.Corpus, SmallText.Config, new Collect(energies));
        double Of(int epoch) => energies.Where(entry => entry.Epoch == epoch).Average(entry => entry.Energy);
        Assert.True(Of(15) < Of(1));
        Assert.Equal(energies[^1].Steps, energies.Count);
    }

    [Fact]
    public async Task The_same_seed_gives_the_same_bits_at_any_number_of_threads()
    {
        var before = Parallelism.ThreadCount;
        try
        {
            var bits = new List<float[]>();
            foreach (var threads in (int[])[1, 2, 7])
            {
                Parallelism.ThreadCount = threads;
                bits.Add((await FlyVec.FitAsync(SmallText.Corpus, SmallText.Config with { BatchSize = 300, AntiHebbianFactor = 0.1 })).Weights().ToArray<float>());
            }
            Assert.Equal(bits[0], bits[1]);
            Assert.Equal(bits[0], bits[2]);
        }
        finally
        {
            Parallelism.ThreadCount = before;
        }
    }

    [Fact]
    public async Task Swapping_neurons_swaps_the_codes_bits()
    {
        var model = await FlyVec.FitAsync(SmallText.Corpus, SmallText.Config);
        var order = new RandomSource(5).Permutation(model.Neurons);
        var swapped = FlyVecModel.FromWeights(model.Weights()[Tensor.From(order.Select(i => (long)i).ToArray())], model.Vocabulary);
        foreach (var word in SmallText.Topics.SelectMany(topic => topic))
        {
            var (bits, other) = (model.Encode(word, 3).ToBits(), swapped.Encode(word, 3).ToBits());
            Assert.Equal(order.Select(neuron => bits[neuron]), other);
        }
    }

    [Fact]
    public void A_binary_context_counts_a_repeated_word_once()
    {
        // With the word's count as its frequency, one window moves a neuron by v / p: twice as much where a repeat counts.
        double Moved(bool binary)
        {
            var config = new FlyVecConfig { Neurons = 2, Window = 3, BatchSize = 1, LearningRate = 1, BinaryContext = binary };
            var trainer = new FlyVecTrainer<double>(config, [1, 4], new double[8]);
            trainer.Step(new int[] { 0, 1, 0 }, [0], 1);
            return trainer.Weights[3 * trainer.Stride] / trainer.Weights[0];
        }

        // Entries are divided by the largest: 2 against 1/4, and 1 against 1/4.
        Assert.Equal(0.125, Moved(false), 12);
        Assert.Equal(0.25, Moved(true), 12);
    }

    [Fact]
    public void The_runner_up_unlearns_with_the_anti_hebbian_factor()
    {
        var config = new FlyVecConfig { Neurons = 2, Window = 3, BatchSize = 1, LearningRate = 1, AntiHebbianFactor = 0.5 };
        var trainer = new FlyVecTrainer<double>(config, [1, 1], new double[8]);
        trainer.Step(new int[] { 0, 1, 0 }, [0], 1);
        // Neuron 0 wins the tie and moves by v / max = (1, 0, 0, 1/2); neuron 1 by -1/2 of it.
        Assert.Equal([1, 0, 0, 0.5], Enumerable.Range(0, 4).Select(feature => trainer.Weights[feature * trainer.Stride]));
        Assert.Equal([-0.5, 0, 0, -0.25], Enumerable.Range(0, 4).Select(feature => trainer.Weights[(feature * trainer.Stride) + 1]));
    }

    [Fact]
    public void Baselines_find_the_topics_too()
    {
        var vocabulary = FlyVocabulary.FromCorpus(SmallText.Corpus, 18);
        var tokens = FlyTokens.FromCorpus(SmallText.Corpus, vocabulary);
        var counts = Cooccurrence.Count(tokens, vocabulary.Count, 4, byDistance: true);
        foreach (var vectors in new[]
        {
            new PpmiSvd(3).Fit(counts),
            new SkipGram(8, Epochs: 40, LearningRate: 0.1).Fit(tokens, vocabulary.Count),
            new Glove(8, Epochs: 60).Fit(counts),
        })
        {
            double Cosine(string a, string b) => vectors.Cosine(vocabulary.NumberOf(a), vocabulary.NumberOf(b));
            Assert.True(Cosine("cat", "dog") > Cosine("cat", "bread") + 0.2);
            Assert.True(Cosine("red", "blue") > Cosine("red", "soup") + 0.2);
            Assert.Equal(vocabulary.Count, vectors.AboveMedians().Length);
            Assert.All(vectors.TopActive(2), code => Assert.InRange(code.ActiveNeurons.Count, 0, 2));
        }
    }

    [Fact]
    public void Document_classification_is_scikit_learns()
    {
        var oracle = new OracleArchive("fruit-fly-embeddings/logistic.npz");
        var (shape, x) = oracle.Read("in.x");
        float[][] rows = [.. Enumerable.Range(0, shape[0]).Select(row => x.Skip(row * shape[1]).Take(shape[1]).Select(value => (float)value).ToArray())];
        var classifier = DocumentClassifier.Fit(rows, [.. oracle.Values("in.y").Select(value => (int)value)], oracle.Values("in.penalty")[0]);
        Assert.All(oracle.Values("out.weights").Zip(classifier.Weights), pair => Assert.InRange(pair.Second - pair.First, -1e-4, 1e-4));
        var mean = classifier.Intercepts.Average();
        Assert.All(oracle.Values("out.intercepts").Zip(classifier.Intercepts), pair => Assert.InRange(pair.Second - mean - pair.First, -1e-4, 1e-4));
        Assert.Equal(oracle.Values("out.classes").Select(value => (int)value), classifier.Predict(rows));
    }

    private sealed class Collect(List<FlyVecProgress> all) : IProgress<FlyVecProgress>
    {
        public void Report(FlyVecProgress value) => all.Add(value);
    }
}
