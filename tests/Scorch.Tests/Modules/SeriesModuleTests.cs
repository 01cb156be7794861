using Scorch.Checkpoints;
using Scorch.Modules;
using Scorch.Tests.Operations;

namespace Scorch.Tests.Modules;

/// <summary>Recurrent, attention and transformer modules against oracles/engine/modules.py: names, values, gradients.</summary>
public class SeriesModuleTests
{
    private static readonly Parity Recorded = new("engine/modules.npz");
    private static readonly IReadOnlyDictionary<string, Tensor> Arrays = Npz.Load(RepositoryFiles.Oracle("engine/modules.npz"));
    private static readonly RandomSource Random = new(1);
    private static readonly Tensor Causal = Tensor.Ones([4, 4]).UpperTriangle(1).GreaterThan(0);
    private static readonly Tensor Padding = Tensor.From([false, false, false, true, false, false, false, false, false, true, false, false], [3, 4]);
    private static readonly RecurrentOptions Plain = new(DataType: DataType.Float64);
    private static readonly RecurrentOptions Deep = new(2, Bidirectional: true, BatchFirst: true, DataType: DataType.Float64);
    private static readonly TransformerOptions NormLast = new(6, 2, 7, DataType: DataType.Float64);
    private static readonly TransformerOptions NormFirst = NormLast with { NormFirst = true, Gelu = true, BatchFirst = true };

    public static TheoryData<string> Cases => [.. Arrays.Keys.Select(key => key[..key.IndexOf('.', StringComparison.Ordinal)]).Distinct().Order()];

    [Theory]
    [MemberData(nameof(Cases))]
    public void A_module_loads_PyTorch_s_state_and_gives_its_values_and_gradients(string name)
    {
        var (module, forward) = Build(name);
        module.LoadState(Prefixed($"{name}.state/"));
        module.Evaluate();
        var inputs = Recorded.All(name, "in").Select(tensor => tensor.Clone()).ToArray();
        foreach (var input in inputs) input.RequiresGradient = true;
        var outputs = forward(inputs);
        var expected = Recorded.All(name, "out");
        Assert.Equal(expected.Length, outputs.Length);
        for (var i = 0; i < expected.Length; i++) Parity.AssertClose(expected[i], outputs[i], $"{name} output {i}");
        Parity.Weighted(outputs, Math.Cos).Backward();
        var slopes = Recorded.All(name, "grad");
        for (var i = 0; i < inputs.Length; i++) Parity.AssertClose(slopes[i], inputs[i].Gradient!, $"{name} gradient {i}");
        foreach (var (key, parameter) in module.NamedParameters()) Parity.AssertClose(Arrays[$"{name}.slope/{key}"], parameter.Gradient!, $"{name} gradient of {key}");
    }

    [Fact]
    public void Dropout_between_layers_acts_in_training_only()
    {
        var network = new Gru(3, 4, new(1), new(2, Dropout: 0.5));
        var x = new RandomSource(2).Normal([5, 2, 3]);
        Assert.NotEqual(network.Forward(x).Output.ToArray<float>(), network.Forward(x).Output.ToArray<float>());
        network.Evaluate();
        Assert.Equal(network.Forward(x).Output.ToArray<float>(), network.Forward(x).Output.ToArray<float>());
    }

    [Fact]
    public void A_series_with_other_features_is_refused_and_both_shapes_are_named() =>
        Assert.Contains("[5, 2, 4]; give [time, batch, 3]", Assert.Throws<ArgumentException>(() => new Lstm(3, 4, Random).Forward(Tensor.Ones([5, 2, 4]))).Message);

    private static (Module Module, Func<Tensor[], Tensor[]> Forward) Build(string name)
    {
        switch (name)
        {
            case "rnn" or "rnn_relu":
                var rnn = new Rnn(5, 6, Random, Plain with { Bias = name == "rnn" }, rectifier: name == "rnn_relu");
                return (rnn, x => rnn.Forward(x[0]) is var (output, state) ? [output, state] : []);
            case "gru" or "gru_deep" or "gru_single" or "gru_state":
                var gru = new Gru(5, 6, Random, name == "gru_deep" ? Deep : Plain with { Layers = name == "gru_state" ? 2 : 1 });
                return (gru, x => gru.Forward(x[0], x.ElementAtOrDefault(1)) is var (output, state) ? [output, state] : []);
            case "lstm" or "lstm_deep" or "lstm_single" or "lstm_state":
                var lstm = new Lstm(5, 6, Random, name == "lstm_deep" ? Deep : Plain with { Layers = name == "lstm_state" ? 2 : 1 });
                return (lstm, x => lstm.Forward(x[0], x.ElementAtOrDefault(1), x.ElementAtOrDefault(2)) is var (output, state, cell) ? [output, state, cell] : []);
            case "attention":
                var attention = new MultiheadAttention(6, 2, Random, dataType: DataType.Float64);
                return (attention, x => attention.Forward(x[0], x[1], x[1]) is var (output, weights) ? [output, weights] : []);
            case "attention_masked":
                var masked = new MultiheadAttention(6, 2, Random, bias: false, dataType: DataType.Float64);
                return (masked, x => masked.Forward(x[0], x[0], x[0], Causal, Padding) is var (output, weights) ? [output, weights] : []);
            case "attention_batch_first":
                var batched = new MultiheadAttention(6, 3, Random, batchFirst: true, dataType: DataType.Float64);
                return (batched, x => batched.Forward(x[0], x[0], x[0], x[1]) is var (output, weights) ? [output, weights] : []);
            case "encoder_last" or "encoder_first":
                var encoder = new TransformerEncoder(name == "encoder_last" ? NormLast : NormFirst, 2, Random, finalNorm: true);
                return (encoder, x => [encoder.Forward(x[0], Causal, Padding)]);
            default:
                var decoder = new TransformerDecoder(name == "decoder_last" ? NormLast : NormFirst, 2, Random);
                return (decoder, x => [decoder.Forward(x[0], x[1], Causal)]);
        }
    }

    private static Dictionary<string, Tensor> Prefixed(string prefix) => Arrays
        .Where(entry => entry.Key.StartsWith(prefix, StringComparison.Ordinal))
        .ToDictionary(entry => entry.Key[prefix.Length..], entry => entry.Value);
}
