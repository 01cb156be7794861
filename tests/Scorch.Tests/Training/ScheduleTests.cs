using Scorch.Autograd;
using Scorch.Checkpoints;
using Scorch.Modules;
using Scorch.Training;

namespace Scorch.Tests.Training;

public class ScheduleTests
{
    private static readonly IReadOnlyDictionary<string, Tensor> Recorded = Npz.Load(RepositoryFiles.Oracle("engine/optimizers.npz"));

    private static readonly Dictionary<string, Schedule> Schedules = new()
    {
        ["constant"] = Schedule.Constant,
        ["step"] = Schedule.Steps(7, 0.3),
        ["multi_step"] = Schedule.Steps([3L, 10L, 11L], 0.5),
        ["exponential"] = Schedule.Exponential(0.9),
        ["cosine"] = Schedule.Cosine(30, 0.01),
        ["linear_warm_up"] = Schedule.LinearWarmUp(8, 0.25),
        ["one_cycle"] = Schedule.OneCycle(0.4, 31),
        ["one_cycle_three_phase"] = Schedule.OneCycle(0.4, 31, 0.25, 10, 100, isLinear: true, threePhases: true),
        ["warm_up_then_cosine"] = Schedule.LinearWarmUp(5, 0.1).Then(5, Schedule.Cosine(25)),
    };

    public static TheoryData<string> Names => [.. Recorded.Keys.Where(key => key.StartsWith("schedule.", StringComparison.Ordinal)).Select(key => key[9..])];

    [Theory]
    [MemberData(nameof(Names))]
    public void Rates_equal_those_of_PyTorch(string name)
    {
        var rates = Enumerable.Range(0, 31).Select(step => Schedules[name].Rate(step, 0.2)).ToArray();
        TensorAssert.Close(Recorded["schedule." + name], Tensor.From(rates), 1e-14, name);
    }

    [Theory]
    [InlineData("norm", 1.5, 2.0)]
    [InlineData("norm1", 2.5, 1.0)]
    [InlineData("norm_inf", 2.5, double.PositiveInfinity)]
    public void Clipping_by_norm_equals_that_of_PyTorch(string name, double maximum, double order)
    {
        var parameters = WithGradients();
        Assert.Equal(Recorded[$"clip.{name}"].Item(), GradientClipping.ByNorm(parameters, maximum, order), 1e-12);
        TensorAssert.Close(Recorded[$"clip.by_{name}"], Gradients(parameters), 1e-12);
    }

    [Fact]
    public void Clipping_by_value_equals_that_of_PyTorch()
    {
        var parameters = WithGradients();
        GradientClipping.ByValue(parameters, 0.75);
        TensorAssert.Close(Recorded["clip.by_value"], Gradients(parameters), 0);
    }

    [Fact]
    public void A_gradient_that_is_not_finite_is_refused()
    {
        var parameters = WithGradients();
        parameters[1].Gradient = Tensor.From(double.NaN, 0);
        Assert.Contains("NaN", Assert.Throws<InvalidOperationException>(() => GradientClipping.ByNorm(parameters, 1)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Averages_of_weights_equal_those_of_PyTorch_and_continue_after_a_restore()
    {
        var module = new Linear(2, 1, new RandomSource(0), dataType: DataType.Float64);
        var (swa, ema, restored) = (WeightAverage.Equal(module), WeightAverage.Exponential(module, 0.9), WeightAverage.Exponential(module, 0.9));
        for (var step = 0; step < 5; step++)
        {
            using (GradientMode.Disable())
            {
                module.Weight.CopyFrom(Wave(2, 1, step).Reshape(1, 2));
                module.Bias!.CopyFrom(Wave(1, 1, step * 2));
            }
            swa.Update();
            ema.Update();
            if (step == 2) restored.LoadState(ema.State());
            if (step > 2) restored.Update();
        }
        foreach (var (name, average) in new[] { ("swa", swa), ("ema", ema) })
            TensorAssert.Close(Recorded["average." + name], Tensor.Concatenate([average.Averages()["weight"].Flatten(), average.Averages()["bias"]]), 1e-14, name);
        TensorAssert.SameBits(ema.State(), restored.State());
        swa.CopyTo(module);
        TensorAssert.SameBits(swa.Averages()["weight"], module.Weight);
    }

    private static Parameter[] WithGradients()
    {
        Parameter[] parameters = [new(Wave(6, 1, 0)), new(Wave(2, 1, 2)), new(Wave(1, 1, 1))];
        parameters[0].Gradient = Wave(6, 3, 1) * 2;
        parameters[1].Gradient = Wave(2, 3, 2) * 5;
        return parameters;
    }

    private static Tensor Gradients(Parameter[] parameters) => Tensor.Concatenate([parameters[0].Gradient!, parameters[1].Gradient!]);

    private static Tensor Wave(int count, double scale, double shift) => Tensor.From(Enumerable.Range(0, count).Select(i => Math.Sin((i * scale) + shift)).ToArray());
}
