using Scorch.Checkpoints;
using Scorch.Vision.RepVgg;

namespace Scorch.Vision.Tests;

public class RepVggInputTests
{
    private static readonly RepVggConfig Small = RepVggGoldenNetworkTests.Small;

    [Fact]
    public void Widths_that_are_no_whole_channels_are_refused()
    {
        Says("stage 1 gives 0 channels", () => new RepVgg.RepVgg(Small with { WidthMultipliers = [0, 1, 1, 1] }));
        Says("stage 2 gives 12.8 channels", () => new RepVgg.RepVgg(Small with { WidthMultipliers = [0.25, 0.1, 1, 1] }));
        Says("3 depths", () => new RepVgg.RepVgg(Small with { Depths = [1, 1, 1] }));
    }

    [Fact]
    public void Groups_are_checked_against_layers_and_channels()
    {
        Says("layer 0 with 2 groups", () => new RepVgg.RepVgg(Small with { GroupMap = new Dictionary<int, int> { [0] = 2 } }));
        Says("stage1.1: 3 groups do not divide 4 inputs", () => new RepVgg.RepVgg(Small with { GroupMap = new Dictionary<int, int> { [2] = 3 } }));
    }

    [Fact]
    public void Pictures_smaller_than_the_strides_are_refused() =>
        Says("at least 32", () => new RepVgg.RepVgg(Small).Forward(Tensor.Zeros([1, 3, 31, 64])));

    [Fact]
    public void Deployed_networks_have_no_training_options()
    {
        Says("deployed block has no branches", () => new RepVgg.RepVgg(Small with { Form = RepVggForm.Deployed, Variant = RepVggVariant.NoIdentity }));
        Assert.Contains("needs a RepVGG with branches", Assert.Throws<InvalidOperationException>(() => new RepVggRecipe { CustomL2 = true }.CreateOptimizer(new RepVgg.RepVgg(Small with { Form = RepVggForm.Deployed }))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_checkpoint_of_the_other_form_is_named_with_its_keys()
    {
        var network = ReparameterizeTests.Random(Small);
        var message = Assert.Throws<CheckpointException>(() => RepVggCheckpoint.Load(network, network.ToDeployed().State())).Message;
        Assert.Contains("checkpoint is in deployed (fused) form, the network in training (branches) form", message, StringComparison.Ordinal);
        Assert.Contains("unexpected stage0.rbr_reparam.bias", message, StringComparison.Ordinal);
        Assert.Contains("call ToDeployed", Assert.Throws<CheckpointException>(() => RepVggCheckpoint.Load(network.ToDeployed(), network.State())).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Checkpoints_with_another_head_kernel_or_variant_are_refused()
    {
        var network = ReparameterizeTests.Random(Small);
        Assert.Contains("NumClasses = 7", Assert.Throws<CheckpointException>(() => RepVggCheckpoint.Load(network, new RepVgg.RepVgg(Small with { NumClasses = 7 }).State())).Message, StringComparison.Ordinal);
        var state = new Dictionary<string, Tensor>(network.State()) { ["stage1.0.rbr_dense.conv.weight"] = Tensor.Zeros([4, 4, 5, 5]) };
        Assert.Contains("kernel of 5 x 5", Assert.Throws<CheckpointException>(() => RepVggCheckpoint.Load(network, state)).Message, StringComparison.Ordinal);
        state.Remove("stage1.0.rbr_dense.conv.weight");
        Assert.Contains("missing stage1.0.rbr_dense.conv.weight", Assert.Throws<CheckpointException>(() => RepVggCheckpoint.Load(network, state)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Checkpoints_with_the_prefix_of_parallel_training_are_recognised()
    {
        var config = Small with { GroupMap = new Dictionary<int, int> { [2] = 2 } };
        var network = ReparameterizeTests.Random(config);
        var state = network.State().Where(entry => !entry.Key.EndsWith("num_batches_tracked", StringComparison.Ordinal)).ToDictionary(entry => "module." + entry.Key, entry => entry.Value);
        var opened = RepVggCheckpoint.Open(state);
        var x = new RandomSource(1).Normal([1, 3, 32, 32]);
        Assert.Equal(network.Forward(x).ToArray<float>(), opened.Forward(x).ToArray<float>());
        Assert.Equal("A0", RepVggCheckpoint.Open(new RepVgg.RepVgg(RepVggConfig.A0 with { Form = RepVggForm.Deployed }).State()).Config.Name);
    }

    private static void Says(string part, Action action) => Assert.Contains(part, Assert.ThrowsAny<ArgumentException>(action).Message, StringComparison.Ordinal);
}
