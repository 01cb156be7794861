using Scorch.Vision.RepVgg;

namespace Scorch.Vision.Tests;

public class RepVggBlockGoldenTests
{
    public static TheoryData<string> Blocks => ["block_same", "block_stride2", "block_groups2", "block_groups4", "block_se"];

    [Theory]
    [MemberData(nameof(Blocks))]
    public void Both_forms_give_the_authors_outputs_and_kernel_in_float64(string file)
    {
        var golden = new Golden(file + ".npz");
        var block = Load(golden, DataType.Float64);
        block.Evaluate();
        Golden.AssertClose(golden["y_eval"], block.Forward(golden["x"]));
        var (weight, bias) = block.EquivalentKernel();
        Golden.AssertClose(golden["W_eq"], weight, 1e-11);
        Golden.AssertClose(golden["b_eq"], bias, 1e-11);
        Reparameterize.Convert(block);
        Golden.AssertClose(golden["y_deployed"], block.Forward(golden["x"]), 1e-11);
        Assert.Equal(golden.Arrays.ContainsKey("p.se.down.weight") ? ["rbr_reparam.bias", "rbr_reparam.weight", "se.down.bias", "se.down.weight", "se.up.bias", "se.up.weight"] : new[] { "rbr_reparam.bias", "rbr_reparam.weight" }, block.State().Keys.Order(StringComparer.Ordinal));
    }

    [Theory]
    [MemberData(nameof(Blocks))]
    public void Both_forms_give_the_authors_outputs_in_float32(string file)
    {
        var golden = new Golden(file + ".npz");
        var block = Load(golden, DataType.Float32);
        block.Evaluate();
        var x = golden["x"].To(DataType.Float32);
        Golden.AssertClose(golden["y_eval"], block.Forward(x), 1e-5);
        Reparameterize.Convert(block);
        Golden.AssertClose(golden["y_deployed"], block.Forward(x), 1e-5);
    }

    [Theory]
    [MemberData(nameof(Blocks))]
    public void Training_gives_the_authors_outputs_gradients_and_running_statistics(string file)
    {
        var golden = new Golden(file + ".npz");
        var block = Load(golden, DataType.Float64);
        var x = golden["x"].Detach();
        x.RequiresGradient = true;
        var y = block.Forward(x);
        Golden.AssertClose(golden["y_train"], y);
        (y * golden["r"]).Sum().Backward();
        Golden.AssertClose(golden["train_grad_x"], x.Gradient!);
        AssertGradients(golden.Below("train_grad."), block);
        AssertState(golden.Below("running_after1."), block);
        block.Forward(golden["x2"]);
        block.Forward(golden["x3"]);
        AssertState(golden.Below("running_after3."), block);
    }

    [Theory]
    [MemberData(nameof(Blocks))]
    public void The_equivalent_kernel_is_differentiable_in_every_parameter(string file)
    {
        var golden = new Golden(file + ".npz");
        var block = Load(golden, DataType.Float64);
        block.Evaluate();
        var (weight, bias) = block.EquivalentKernel();
        ((weight * golden["eqk_c"]).Sum() + (bias * golden["eqk_d"]).Sum()).Backward();
        AssertGradients(golden.Below("eqk_grad."), block);
    }

    [Theory]
    [MemberData(nameof(Blocks))]
    public void The_custom_L2_penalty_and_its_gradient_are_the_authors(string file)
    {
        var golden = new Golden(file + ".npz");
        var block = Load(golden, DataType.Float64);
        block.Evaluate();
        var penalty = block.CustomL2();
        Golden.AssertClose(golden["custom_l2"], penalty);
        penalty.Backward();
        AssertGradients(golden.Below("custom_l2_grad."), block);
    }

    private static RepVggBlock Load(Golden golden, DataType type)
    {
        var cfg = golden["cfg"].ToArray<long>();
        var block = new RepVggBlock(new((int)cfg[1], (int)cfg[2], (int)cfg[5], (int)cfg[6]) { SqueezeExcitation = cfg[7] != 0 }, new RandomSource(1));
        block.ConvertTo(type);
        block.LoadState(golden.Below("p."));
        return block;
    }

    private static void AssertGradients(Dictionary<string, Tensor> expected, RepVggBlock block)
    {
        Assert.NotEmpty(expected);
        var parameters = block.NamedParameters().ToDictionary(entry => entry.Name, entry => entry.Parameter);
        foreach (var (name, gradient) in expected)
            Golden.AssertClose(gradient, parameters[name].Gradient ?? Tensor.ZerosLike(parameters[name]));
    }

    private static void AssertState(Dictionary<string, Tensor> expected, RepVggBlock block)
    {
        Assert.NotEmpty(expected);
        var state = block.State();
        foreach (var (name, values) in expected) Golden.AssertClose(values, state[name]);
    }
}
