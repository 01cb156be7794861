using Scorch.Modules;

namespace Scorch.Tests.Modules;

/// <summary>What recurrent modules promise beyond their recorded cases.</summary>
public class SeriesModuleTests
{
    private static readonly RandomSource Random = new(1);

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
}
