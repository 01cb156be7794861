using Scorch.Language.FruitFlyEmbeddings;
using Scorch.Testing;
using Scorch.Text;

namespace Scorch.Language.Tests;

/// <summary>Against the values under tests/oracles/fruit-fly-embeddings, whose README says what made them.</summary>
public sealed class FlyVecOracleTests
{
    private static readonly OracleArchive Training = new("fruit-fly-embeddings/training.npz");

    [Theory]
    [InlineData(1, "step1.W")]
    [InlineData(2, "step2.W")]
    [InlineData(5, "step5.W")]
    [InlineData(20, "step20.W")]
    [InlineData(33, "out.W")]
    public void Weights_follow_the_reference_in_double_and_single_precision(int steps, string name)
    {
        var (_, expected) = Training.Read(name);
        var exact = Train<double>(steps).Trainer;
        Near(expected, Untransposed(exact.Weights, exact.Stride), 1e-9);
        var single = Train<float>(steps).Trainer;
        Near(expected, Untransposed(single.Weights, single.Stride), 1e-4);
    }

    [Fact]
    public void Winners_and_energies_are_the_reference()
    {
        var (first, energies) = Train<double>(1);
        Assert.Equal(Training.Values("out.winners_first").Select(value => (int)value), first.Winners.ToArray());
        var (last, all) = Train<double>(33);
        Assert.Equal(Training.Values("out.winners_last").Select(value => (int)value), last.Winners.ToArray());
        Near(Training.Values("out.energy"), [.. all.Select(energy => energy * 10)], 1e-9);
        Assert.Equal(energies[0], all[0]);
        Assert.Equal(114, Tokens().CountWindows(5));
    }

    [Fact]
    public void A_context_code_is_that_of_the_scaled_input()
    {
        var vocabulary = new FlyVocabulary([.. Enumerable.Range(0, 15).Select(i => $"word{(char)('a' + i)}")], Training.Values("in.frequency"));
        var model = FlyVecModel.FromWeights(Tensor.From(Training.Values("out.W"), [6, 30]), vocabulary);
        var window = Training.Values("in.context_window").Select(value => (int)value).ToArray();
        var activation = model.Activation([window[0], window[1], window[3], window[4]], window[2]);
        Near(Training.Values("out.context_activation"), [.. activation.Select(value => (double)value)], 1e-6);
        Assert.Equal(Training.Values("out.context_code_k3").Select(bit => bit == 1), SparseCode.FromActivation(activation, 3).ToBits());
        Near(Training.Values("out.row_norm"), [.. model.Norms.Select(norm => (double)norm)], 1e-6);
    }

    [Theory]
    [InlineData(3)]
    [InlineData(8)]
    public void Static_codes_are_those_of_the_authors_class(int k)
    {
        var oracle = new OracleArchive("fruit-fly-embeddings/inference.npz");
        var (shape, weights) = oracle.Read("in.W");
        var words = shape[1] / 2;
        var vocabulary = new FlyVocabulary([FlyVocabulary.UnknownWord, .. Enumerable.Range(1, words - 1).Select(i => $"w{(char)('a' + i)}")], new double[words]);
        var model = FlyVecModel.FromWeights(Tensor.From(weights, [shape[0], shape[1]]), vocabulary);
        var expected = oracle.Values($"out.code_k{k}");
        Assert.Equal(expected.Select(bit => bit == 1), model.Codes(k).SelectMany(code => code.ToBits()));
        Assert.True(model.Encode("nothing", k).IsUnknown);
    }

    [Fact]
    public void One_neuron_ends_at_its_window_on_the_unit_sphere()
    {
        var oracle = new OracleArchive("fruit-fly-embeddings/fixed_point.npz");
        // v: word 0 as context, word 1 as centre. The rule adds the fixed point to any weights, so a second neuron that never wins changes nothing.
        var config = new FlyVecConfig { Neurons = 2, Window = 3, BatchSize = 1, LearningRate = 0.05, Epochs = 4000, BinaryContext = true };
        var trainer = new FlyVecTrainer<double>(config, oracle.Values("in.frequency"), [0.3, 0.1, 0.2, 0.4, -9, -9, -9, -9]);
        for (var epoch = 0; epoch < config.Epochs; epoch++)
            trainer.Step(new int[] { 0, 1, 0 }, [0], config.LearningRate * (1 - ((double)epoch / config.Epochs)) * Math.Exp(-epoch / 200.0));
        Near(oracle.Values("out.fixed_point"), [.. Enumerable.Range(0, 4).Select(feature => trainer.Weights[feature * trainer.Stride])], 1e-6);
    }

    [Fact]
    public void Rank_correlation_is_that_of_SciPy()
    {
        var oracle = new OracleArchive("fruit-fly-embeddings/spearman.npz");
        Assert.Equal(oracle.Values("out.spearman")[0], Ranking.Spearman(oracle.Values("in.a"), oracle.Values("in.b")), 12);
        Assert.Equal(oracle.Values("out.rank_a"), Ranking.Ranks(oracle.Values("in.a")));
    }

    [Fact]
    public void Mutual_information_and_its_decomposition_are_those_of_SciPy()
    {
        var oracle = new OracleArchive("fruit-fly-embeddings/ppmi_svd.npz");
        var counts = Cooccurrence.FromMatrix(oracle.Values("in.counts"), 20);
        var dense = new double[400];
        var information = counts.PositiveMutualInformation();
        for (var entry = 0; entry < information.Length; entry++)
            dense[(counts.Rows[entry] * 20) + counts.Columns[entry]] = information[entry];
        Near(oracle.Values("out.ppmi"), dense, 1e-12);
        var (u, s) = new PpmiSvd(5, Iterations: 3).Decompose(counts);
        Near(oracle.Values("out.singular_values"), s, 1e-9);
        var gram = new double[400];
        for (var i = 0; i < 20; i++)
        {
            for (var j = 0; j < 20; j++)
                gram[(i * 20) + j] = Enumerable.Range(0, 5).Sum(d => u[(i * 5) + d] * s[d] * u[(j * 5) + d]);
        }
        Near(oracle.Values("out.gram_U_sqrtS"), gram, 1e-9);
    }

    private static FlyTokens Tokens() => new([.. Training.Values("in.ids").Select(id => (int)id)], [.. Training.Values("in.offsets").Select(offset => (long)offset)]);

    private static (FlyVecTrainer<T> Trainer, List<double> Energies) Train<T>(int steps)
        where T : unmanaged, System.Numerics.IBinaryFloatingPointIeee754<T>
    {
        var config = new FlyVecConfig { Neurons = 6, Window = 5, BatchSize = 10, Epochs = 3, LearningRate = 0.1 };
        var trainer = new FlyVecTrainer<T>(config, Training.Values("in.frequency"), [.. Training.Values("in.W0").Select(T.CreateChecked)]);
        var energies = new Energies();
        FlyVec.Run(trainer, Tokens(), config, energies, steps, default);
        return (trainer, energies.All);
    }

    private static double[] Untransposed<T>(T[] weights, int stride)
        where T : unmanaged, System.Numerics.IBinaryFloatingPointIeee754<T> =>
        [.. Enumerable.Range(0, 6).SelectMany(neuron => Enumerable.Range(0, 30).Select(feature => double.CreateChecked(weights[(feature * stride) + neuron])))];

    private static void Near(double[] expected, double[] actual, double tolerance)
    {
        Assert.Equal(expected.Length, actual.Length);
        for (var i = 0; i < expected.Length; i++)
            Assert.True(Math.Abs(expected[i] - actual[i]) <= tolerance, $"entry {i}: {actual[i]} against {expected[i]}");
    }

    private sealed class Energies : IProgress<FlyVecProgress>
    {
        public List<double> All { get; } = [];

        public void Report(FlyVecProgress value) => All.Add(value.Energy);
    }
}
