using Scorch.Modules;

namespace Scorch.Tests.Modules;

/// <summary>What transformers promise beyond their recorded cases.</summary>
public class TransformerTests
{
    private static readonly RandomSource Random = new(1);

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
}
