using Scorch.Models;
using Scorch.Vision.RepVgg;

namespace Scorch.Vision.Tests;

public class RepVggCountTests
{
    [Theory]
    [InlineData("A0", 9_108_968, 8_309_384)]
    [InlineData("A1", 14_092_264, 12_789_864)]
    [InlineData("A2", 28_210_600, 25_499_944)]
    [InlineData("B0", 15_817_960, 14_339_048)]
    [InlineData("B1", 57_415_016, 51_829_480)]
    [InlineData("B1g4", 39_966_056, 36_125_416)]
    [InlineData("B2", 89_022_376, 80_315_112)]
    [InlineData("B3", 123_085_288, 110_960_872)]
    public void Parameter_counts_are_those_of_the_paper(string name, long training, long deployed)
    {
        var config = RepVggConfig.Find(name);
        Assert.Equal(training, config.ParameterCount(RepVggForm.Training));
        Assert.Equal(deployed, config.ParameterCount(RepVggForm.Deployed));
    }

    [Theory]
    [InlineData("A0")]
    [InlineData("B0")]
    [InlineData("B1g4")]
    public void Built_networks_have_the_counts_that_are_computed(string name)
    {
        var config = RepVggConfig.Find(name);
        Assert.Equal(config.ParameterCount(RepVggForm.Training), new RepVgg.RepVgg(config).ParameterCount);
        Assert.Equal(config.ParameterCount(RepVggForm.Deployed), new RepVgg.RepVgg(config with { Form = RepVggForm.Deployed }).ParameterCount);
    }

    [Fact]
    public void Squeeze_and_excitation_counts_too()
    {
        var config = RepVggConfig.D2se with { WidthMultipliers = [0.25, 0.25, 0.25, 0.25] };
        Assert.Equal(config.ParameterCount(RepVggForm.Training), new RepVgg.RepVgg(config).ParameterCount);
        Assert.Equal(config.ParameterCount(RepVggForm.Deployed), new RepVgg.RepVgg(config with { Form = RepVggForm.Deployed }).ParameterCount);
    }

    [Theory]
    [InlineData(18, 11_689_512)]
    [InlineData(34, 21_797_672)]
    [InlineData(50, 25_557_032)]
    [InlineData(101, 44_549_160)]
    public void Residual_networks_have_torchvisions_parameter_counts(int layers, long count) => Assert.Equal(count, new ResNet(layers switch
    {
        18 => ResNetConfig.ResNet18,
        34 => ResNetConfig.ResNet34,
        50 => ResNetConfig.ResNet50,
        _ => ResNetConfig.ResNet101,
    }).ParameterCount);

    [Fact]
    public void Residual_networks_have_torchvisions_names()
    {
        var names = new ResNet(ResNetConfig.ResNet50 with { Width = 8 }).State().Keys.ToHashSet();
        Assert.Equal(320, names.Count);
        Assert.Superset(new HashSet<string> { "conv1.weight", "bn1.running_var", "layer1.0.downsample.0.weight", "layer1.0.downsample.1.num_batches_tracked", "layer4.2.conv3.weight", "fc.bias" }, names);
    }
}
