using Scorch.Data;
using Scorch.Training;
using Scorch.Vision.RepVgg;

namespace Scorch.Vision.Tests;

public class RepVggGoldenNetworkTests
{
    [Fact]
    public void Logits_of_both_forms_are_the_authors()
    {
        var (golden, network) = Load();
        network.Evaluate();
        Golden.AssertClose(golden["logits_eval"], network.Forward(golden["x"]));
        Golden.AssertClose(golden["logits_deployed"], network.ToDeployed().Forward(golden["x"]));
        Golden.AssertClose(golden["logits_deployed"], Reparameterize.Convert(network).Forward(golden["x"]));
    }

    [Fact]
    public void Five_steps_of_training_follow_the_authors_losses_and_parameters()
    {
        var (golden, network) = Load();
        network.Train();
        var recipe = new RepVggRecipe { LearningRate = 0.05, Momentum = 0.9, Nesterov = true, WeightDecay = 0.01 };
        var optimizer = recipe.CreateOptimizer(network);
        var losses = golden.Numbers("traj_loss");
        for (var i = 0; i < losses.Length; i++)
        {
            var loss = RepVggTrainer.Step(network, optimizer, recipe, golden["traj_x"][i], golden["traj_t"][i]);
            Assert.Equal(losses[i], loss, 1e-9 * losses[i]);
            if (i + 1 is not (1 or 2 or 5)) continue;
            var state = network.State();
            foreach (var (name, expected) in golden.Below($"after{i + 1}.")) Golden.AssertClose(expected, state[name]);
        }
    }

    [Fact]
    public void The_engines_trainer_follows_the_same_five_steps()
    {
        var (golden, network) = Load();
        var recipe = new RepVggRecipe { LearningRate = 0.05, Momentum = 0.9, Nesterov = true, WeightDecay = 0.01 };
        var losses = new List<double>();
        var loader = new DataLoader<int>(5, indices => indices[0], new(1, Shuffle: false));
        new Trainer<int>(
            network, recipe.CreateOptimizer(network), loader, i => RepVggTrainer.Objective(network, recipe, golden["traj_x"][i], golden["traj_t"][i]).Total, new(5))
            .Run(new Each(step => losses.Add(step.Loss)));
        foreach (var (expected, loss) in golden.Numbers("traj_loss").Zip(losses)) Assert.Equal(expected, loss, 1e-9 * expected);
        var state = network.State();
        foreach (var (name, expected) in golden.Below("after5.")) Golden.AssertClose(expected, state[name]);
    }

    [Fact]
    public void Decay_falls_on_kernels_the_head_and_the_identity_weight_alone()
    {
        var network = new RepVgg.RepVgg(Small);
        var names = network.NamedParameters().ToDictionary(entry => (Tensor)entry.Parameter, entry => entry.Name, ReferenceEqualityComparer.Instance as IEqualityComparer<Tensor>);
        var groups = RepVggRecipe.Paper.CreateOptimizer(network).Groups;
        foreach (var name in groups[0].Parameters.Select(parameter => names[parameter]))
            Assert.True(name.EndsWith("conv.weight", StringComparison.Ordinal) || name is "linear.weight" || name.EndsWith("rbr_identity.weight", StringComparison.Ordinal), name);
        Assert.Equal(network.NamedParameters().Count(), groups[0].Parameters.Count + groups[1].Parameters.Count);
        Assert.Contains("stage1.1.rbr_identity.weight", groups[0].Parameters.Select(parameter => names[parameter]));
        Assert.Contains("stage1.1.rbr_identity.bias", groups[1].Parameters.Select(parameter => names[parameter]));
        Assert.Contains("stage1.0.rbr_dense.bn.weight", groups[1].Parameters.Select(parameter => names[parameter]));
    }

    internal static RepVggConfig Small => new()
    {
        Depths = [2, 2, 2, 1],
        WidthMultipliers = [0.0625, 0.0625, 0.0625, 0.0625],
        NumClasses = 5,
    };

    private static (Golden Golden, RepVgg.RepVgg Network) Load()
    {
        var golden = new Golden("net_small.npz");
        var network = new RepVgg.RepVgg(new()
        {
            Depths = [.. golden["cfg_blocks"].ToArray<long>().Select(count => (int)count)],
            WidthMultipliers = golden.Numbers("cfg_widths"),
            GroupMap = new Dictionary<int, int> { [2] = 2, [4] = 2 },
            NumClasses = 5,
            DataType = DataType.Float64,
        });
        RepVggCheckpoint.Load(network, golden.Below("p."));
        return (golden, network);
    }

    private sealed class Each(Action<TrainingProgress> action) : IProgress<TrainingProgress>
    {
        public void Report(TrainingProgress value) => action(value);
    }
}
