using Scorch.Checkpoints;
using Scorch.Modules;
using Scorch.Vision.RepVgg;

namespace Scorch.Vision.Tests;

public class ReparameterizeTests
{
    private static readonly RepVggConfig Small = RepVggGoldenNetworkTests.Small;

    [Theory]
    [InlineData(RepVggVariant.Full)]
    [InlineData(RepVggVariant.NoIdentity)]
    [InlineData(RepVggVariant.NoPointwise)]
    [InlineData(RepVggVariant.Plain)]
    [InlineData(RepVggVariant.IdentityWithoutBatchNorm)]
    [InlineData(RepVggVariant.BatchNormAfterSum)]
    [InlineData(RepVggVariant.Asymmetric)]
    public void Every_variant_without_inner_ReLU_is_equal_to_its_deployed_form(RepVggVariant variant)
    {
        var network = Random(Small with { Variant = variant, SqueezeExcitation = false, GroupMap = new Dictionary<int, int> { [2] = 2, [4] = 4 }, WidthMultipliers = [0.125, 0.125, 0.125, 0.125] });
        var report = Reparameterize.Verify(network, network.ToDeployed(), samples: 4, size: 48);
        Assert.True(report.IsWithinBounds, report.ToString());
        Assert.InRange(report.MaximumRelative, 0, 1e-4);
        Assert.Equal(4, report.SameDecisions);
    }

    [Fact]
    public void The_certificate_notices_a_fused_weight_that_is_off_by_a_thousandth()
    {
        var network = Random(Small);
        var deployed = network.ToDeployed();
        using (Autograd.GradientMode.Disable()) deployed.Blocks[2].Fused!.Weight.MultiplyInPlace(1.001);
        var report = Reparameterize.Verify(network, deployed, samples: 2);
        Assert.False(report.IsWithinBounds);
        Assert.Equal(["stage1.1"], report.Layers.Where(layer => !layer.IsWithinBound).Select(layer => layer.Name));
    }

    [Fact]
    public void Conversion_is_idempotent_and_leaves_plain_convolutions_alone()
    {
        var network = Random(Small);
        var x = new RandomSource(5).Normal([2, 3, 40, 40]);
        Reparameterize.Convert(network);
        var first = network.Forward(x).ToArray<float>();
        var kernel = network.Blocks[3].Fused;
        Reparameterize.Convert(network);
        Assert.Same(kernel, network.Blocks[3].Fused);
        Assert.Equal(first, network.Forward(x).ToArray<float>());
        Assert.Equal(RepVggForm.Deployed, network.Config.Form);
        var leaves = network.NamedModules().Where(entry => !entry.Module.Children().Any()).Select(entry => entry.Module.GetType()).ToHashSet();
        Assert.Subset(new HashSet<Type> { typeof(Convolution), typeof(Linear) }, leaves);
        Assert.All(network.NamedModules().Select(entry => entry.Module).OfType<Convolution>(), convolution => Assert.Equal([3, 3], convolution.Weight.Shape[2..]));
    }

    [Fact]
    public void Saving_and_loading_a_deployed_network_keeps_every_bit()
    {
        var network = Random(Small).ToDeployed();
        var x = new RandomSource(5).Normal([2, 3, 40, 40]);
        var path = Path.Combine(Path.GetTempPath(), $"{Guid.NewGuid():N}.npz");
        try
        {
            Npz.Save(path, network.State());
            Assert.Equal(network.Forward(x).ToArray<float>(), RepVggCheckpoint.Open(Npz.Load(path)).Forward(x).ToArray<float>());
        }
        finally
        {
            File.Delete(path);
        }
    }

    [Fact]
    public void Blocks_inside_any_model_are_converted()
    {
        var random = new RandomSource(1);
        var model = new Sequential(new RepVggBlock(new(3, 8, 2), random), new Sequential(new RepVggBlock(new(8, 8, Dilation: 2), random), Convolution.Image(8, 4, 1, random)));
        model.Evaluate();
        var x = random.Normal([1, 3, 16, 16]);
        var before = model.Forward(x);
        Golden.AssertClose(before, Reparameterize.Convert(model).Forward(x), 1e-5);
        Assert.DoesNotContain(model.State().Keys, name => name.Contains("bn", StringComparison.Ordinal));
    }

    [Fact]
    public void A_normalisation_put_back_does_not_change_the_function()
    {
        var network = Random(Small);
        network.ConvertTo(DataType.Float64);
        var deployed = network.ToDeployed();
        var random = new RandomSource(9);
        var x = random.Normal([2, 3, 40, 40], dataType: DataType.Float64);
        var before = deployed.Forward(x);
        Reparameterize.InsertBatchNorm(deployed, [x, random.Normal([3, 3, 40, 40], dataType: DataType.Float64)]);
        Golden.AssertClose(before, deployed.Forward(x), 1e-10);
        Assert.NotNull(deployed.Blocks[0].Norm);
        // The statistics are those of what the normalisation sees.
        var seen = x.Convolution(deployed.Blocks[0].Fused!.Weight, null, deployed.Blocks[0].Fused!.Options);
        Assert.Equal([.. deployed.Blocks[0].Norm!.RunningMean.Shape], [.. seen.Mean([0, 2, 3]).Shape]);
        var again = Reparameterize.Convert(deployed);
        var (weight, bias) = again.Blocks[0].EquivalentKernel();
        var (expectedWeight, expectedBias) = network.Blocks[0].EquivalentKernel();
        Golden.AssertClose(expectedWeight, weight, 1e-10);
        Golden.AssertClose(expectedBias, bias, 1e-10);
    }

    [Fact]
    public void The_range_report_names_the_layer_with_one_wide_channel()
    {
        var network = Random(Small);
        using (Autograd.GradientMode.Disable()) network.Blocks[4].Dense!.Bn!.RunningVariance[1] = Tensor.Scalar(1e-9);
        var report = Reparameterize.DynamicRange(network);
        var worst = report.Layers.MaxBy(layer => layer.ChannelSpread)!;
        Assert.Equal("stage2.1", worst.Name);
        Assert.True(worst.IsAtRisk && worst.TensorSignalToNoise < worst.ChannelSignalToNoise, report.ToString());
        Assert.Contains("at risk", report.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Dilation_keeps_the_resolution_of_the_last_stages()
    {
        var x = new RandomSource(2).Normal([1, 3, 64, 64]);
        foreach (var (stride, size) in new[] { (32, 2), (16, 4), (8, 8) })
        {
            var network = Random(Small with { OutputStride = stride });
            var map = network.Features(x)[^1];
            Assert.Equal(size, map.Shape[2]);
            Golden.AssertClose(network.Forward(x), network.ToDeployed().Forward(x), 1e-4);
        }
    }

    [Fact]
    public void Training_networks_are_not_fused()
    {
        var network = new RepVgg.RepVgg(Small);
        Assert.Contains("switch to evaluation first", Assert.Throws<InvalidOperationException>(() => Reparameterize.Convert(network)).Message, StringComparison.Ordinal);
        Assert.Equal(RepVggForm.Training, network.Form);
        Assert.Throws<InvalidOperationException>(network.ToDeployed);
        network.Evaluate();
        var deployed = network.ToDeployed();
        network.Train();
        Assert.Throws<InvalidOperationException>(() => Reparameterize.Verify(network, deployed));
    }

    [Fact]
    public void Damaged_numbers_are_named_before_anything_changes()
    {
        var network = Random(Small);
        using (Autograd.GradientMode.Disable()) network.Blocks[^1].Pointwise!.Bn!.RunningVariance[3] = Tensor.Scalar(-0.5);
        var message = Assert.Throws<InvalidOperationException>(() => Reparameterize.Convert(network)).Message;
        Assert.Contains("stage4.0.rbr_1x1", message, StringComparison.Ordinal);
        Assert.Contains("channel 3", message, StringComparison.Ordinal);
        Assert.Equal(RepVggForm.Training, network.Blocks[0].Form);
        network = Random(Small);
        using (Autograd.GradientMode.Disable()) network.Blocks[1].Dense!.Conv.Weight[2, 0, 1, 1] = Tensor.Scalar(double.NaN);
        Assert.Contains("stage1.0.rbr_dense: a weight of channel 2 is NaN", Assert.Throws<InvalidOperationException>(() => network.ToDeployed()).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void ReLU_inside_the_branches_cannot_be_fused() =>
        Assert.Contains("cannot be fused", Assert.Throws<InvalidOperationException>(() => Random(Small with { Variant = RepVggVariant.ReluInBranches }).ToDeployed()).Message, StringComparison.Ordinal);

    internal static RepVgg.RepVgg Random(RepVggConfig config, long seed = 3)
    {
        var network = new RepVgg.RepVgg(config, seed);
        RepVggStatistics.Randomize(network, seed);
        network.Evaluate();
        return network;
    }
}
