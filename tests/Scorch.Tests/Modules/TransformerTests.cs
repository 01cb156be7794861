using Scorch.Checkpoints;
using Scorch.Modules;
using Scorch.Tests.Operations;

namespace Scorch.Tests.Modules;

/// <summary>Attention with key and value features of its own, and the whole transformer, against oracles/engine/transformers.py.</summary>
public class TransformerTests
{
    private static readonly Parity Recorded = new("engine/transformers.npz");
    private static readonly IReadOnlyDictionary<string, Tensor> Arrays = Npz.Load(RepositoryFiles.Oracle("engine/transformers.npz"));
    private static readonly RandomSource Random = new(1);
    private static readonly Tensor Padding = Tensor.From(
        [false, false, false, false, true, false, false, false, false, false, false, true, false, false, false], [3, 5]);

    public static TheoryData<string> Cases => [.. Recorded.Cases];

    [Theory]
    [MemberData(nameof(Cases))]
    public void A_module_loads_PyTorch_s_state_and_gives_its_values_and_gradients(string name)
    {
        var (module, forward) = Build(name);
        var prefix = $"{name}.state/";
        var state = Arrays.Where(entry => entry.Key.StartsWith(prefix, StringComparison.Ordinal)).ToDictionary(entry => entry.Key[prefix.Length..], entry => entry.Value);
        Assert.Equal(state.Keys.Order(), module.NamedParameters().Select(entry => entry.Name).Order());
        module.LoadState(state);
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
    public void A_causal_mask_keeps_later_places_out_of_sight()
    {
        var transformer = new Transformer(new(8, 2, 16, Dropout: 0), new(3), 1, 1);
        var (source, target) = (Random.Normal([5, 2, 8]), Random.Normal([4, 2, 8]));
        var before = transformer.Forward(source, target, targetMask: Transformer.CausalMask(4));
        var changed = Tensor.Concatenate([target[..3], Random.Normal([1, 2, 8])], 0);
        var after = transformer.Forward(source, changed, targetMask: Transformer.CausalMask(4));
        Assert.Equal(before[..3].ToArray<float>(), after[..3].ToArray<float>());
        Assert.NotEqual(before[3].ToArray<float>(), after[3].ToArray<float>());
    }

    [Fact]
    public void Bad_sizes_are_named()
    {
        Assert.Contains("0 key", Assert.Throws<ArgumentException>(() => new MultiheadAttention(4, 2, Random, keyFeatures: 0)).Message);
        var attention = new MultiheadAttention(4, 2, Random, keyFeatures: 3);
        Assert.Contains("4, 3 and 4 features", Assert.Throws<ArgumentException>(() => attention.Forward(Tensor.Ones([2, 1, 4]), Tensor.Ones([2, 1, 4]), Tensor.Ones([2, 1, 4]))).Message);
        var transformer = new Transformer(new(4, 2, 8), Random, 1, 1);
        Assert.Contains("[5, 2, 4]", Assert.Throws<ArgumentException>(() => transformer.Forward(Tensor.Ones([5, 2, 4]), Tensor.Ones([4, 3, 4]))).Message);
        Assert.Throws<ArgumentOutOfRangeException>(() => new Transformer(new(4, 2, 8), Random, 0));
    }

    private static (Module Module, Func<Tensor[], Tensor[]> Forward) Build(string name)
    {
        switch (name)
        {
            case "attention_keys":
                var keys = new MultiheadAttention(6, 2, Random, dataType: DataType.Float64, keyFeatures: 5, valueFeatures: 7);
                return (keys, x => Both(keys.Forward(x[0], x[1], x[2])));
            case "attention_values":
                var values = new MultiheadAttention(6, 3, Random, bias: false, batchFirst: true, dataType: DataType.Float64, valueFeatures: 2);
                return (values, x => Both(values.Forward(x[0], x[1], x[2], keyPadding: Padding)));
            case "transformer":
                var plain = new Transformer(new(6, 2, 7, DataType: DataType.Float64), Random, 2, 1);
                return (plain, x => [plain.Forward(x[0], x[1], targetMask: Transformer.CausalMask(4))]);
            default:
                var masked = new Transformer(new(6, 3, 7, Gelu: true, NormFirst: true, BatchFirst: true, DataType: DataType.Float64), Random, 1, 2);
                return (masked, x => [masked.Forward(x[0], x[1], targetMask: Transformer.CausalMask(4), memoryMask: x[2], sourcePadding: Padding, memoryPadding: Padding)]);
        }
    }

    private static Tensor[] Both((Tensor Output, Tensor Weights) result) => [result.Output, result.Weights];
}
