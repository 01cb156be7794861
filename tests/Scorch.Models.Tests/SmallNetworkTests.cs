namespace Scorch.Models.Tests;

public sealed class SmallNetworkTests
{
    [Theory]
    [InlineData(20, 278_324)]
    [InlineData(56, 861_620)]
    public void Networks_for_CIFAR_have_the_published_numbers_of_parameters(int depth, long parameters)
    {
        // RepDistiller's for a hundred classes; its names.
        var network = new CifarResNet(depth, 100);
        Assert.Equal(parameters, network.ParameterCount);
        Assert.Contains("layer2.0.downsample.1.running_var", network.State().Keys);
    }

    [Fact]
    public void Logits_of_pictures_have_a_row_each_and_other_depths_are_refused()
    {
        Assert.Equal([2, 7], new CifarResNet(8, 7).Forward(new RandomSource(1).Normal([2, 3, 32, 32])).Shape);
        Assert.Contains("6 n + 2", Assert.Throws<ArgumentException>(() => new CifarResNet(18, 10)).Message);
    }

    [Fact]
    public void A_perceptron_is_maps_with_rectifiers_between()
    {
        var network = new MultilayerPerceptron([3, 4, 2], new RandomSource(1));
        var x = new RandomSource(2).Normal([5, 3]);
        Assert.Equal(network.Layers[1].Forward(network.Layers[0].Forward(x).Relu()).ToArray<float>(), network.Forward(x).ToArray<float>());
        Assert.Equal(["layers.0.weight", "layers.0.bias", "layers.1.weight", "layers.1.bias"], network.State().Keys);
        Assert.Contains("[3]", Assert.Throws<ArgumentException>(() => new MultilayerPerceptron([3], new RandomSource(1))).Message);
    }
}
