using Scorch.Checkpoints;
using Scorch.Modules;
using Scorch.Optimizers;

namespace Scorch.Tests.Optimizers;

/// <summary>Twenty steps of every optimiser against those that oracles/engine/optimizers.py recorded.</summary>
public class OptimizerTests
{
    private static readonly IReadOnlyDictionary<string, Tensor> Recorded = Npz.Load(RepositoryFiles.Oracle("engine/optimizers.npz"));

    private static readonly Dictionary<string, Func<Parameter[], Optimizer>> Makers = new()
    {
        ["sgd"] = p => new Sgd(p, new(0.05)),
        ["sgd_decay"] = p => new Sgd(p, new(0.05, WeightDecay: 0.1)),
        ["sgd_momentum"] = p => new Sgd(p, new(0.02, Momentum: 0.9, WeightDecay: 0.01)),
        ["sgd_dampening"] = p => new Sgd(p, new(0.02, Momentum: 0.9, Dampening: 0.5)),
        ["sgd_nesterov"] = p => new Sgd(p, new(0.02, Momentum: 0.9, WeightDecay: 0.01, Nesterov: true)),
        ["adam"] = p => new Adam(p, new(0.05)),
        ["adam_decay"] = p => new Adam(p, new(0.05, 0.8, 0.95, 1e-6, 0.1)),
        ["adam_amsgrad"] = p => new Adam(p, new(0.2, AmsGrad: true)),
        ["adamw"] = p => new AdamW(p, AdamW.Defaults with { LearningRate = 0.05 }),
        ["adamw_amsgrad"] = p => new AdamW(p, new AdamConfig(0.2, WeightDecay: 0.3, AmsGrad: true)),
        ["rmsprop"] = p => new RmsProp(p, new(0.02)),
        ["rmsprop_momentum"] = p => new RmsProp(p, new(0.01, 0.9, WeightDecay: 0.05, Momentum: 0.8)),
        ["rmsprop_centered"] = p => new RmsProp(p, new(0.01, Epsilon: 1e-3, Centered: true)),
        ["rmsprop_centered_momentum"] = p => new RmsProp(p, new(0.01, 0.95, Momentum: 0.5, Centered: true)),
        ["adafactor"] = p => new Adafactor(p),
        ["adafactor_fixed"] = p => new Adafactor(p, new(0.03, RelativeStep: false, ScaleByParameter: false, Beta1: 0.9, WeightDecay: 0.1)),
    };

    public static TheoryData<string> Names => [.. Makers.Keys];

    public static TheoryData<string> Stateful => [.. Makers.Keys.Where(name => name is not ("sgd" or "sgd_decay"))];

    [Theory]
    [MemberData(nameof(Names))]
    public void Twenty_steps_equal_those_of_PyTorch(string name)
    {
        var parameters = Parameters();
        var optimizer = Makers[name](parameters);
        for (var step = 0; step < 20; step++)
        {
            Step(optimizer, parameters, step);
            // float64 rounding over twenty steps of a smooth problem.
            TensorAssert.Close(Recorded[name][step], Flat(parameters), 1e-11, $"{name} step {step}");
        }
    }

    [Theory]
    [MemberData(nameof(Stateful))]
    public void A_restored_optimizer_continues_with_the_same_bits(string name)
    {
        var parameters = Parameters();
        var optimizer = Makers[name](parameters);
        for (var step = 0; step < 7; step++) Step(optimizer, parameters, step);
        var state = optimizer.State().ToDictionary(entry => entry.Key, entry => entry.Value.Clone());
        var copies = parameters.Select(parameter => new Parameter(parameter)).ToArray();
        var restored = Makers[name](copies);
        restored.LoadState(state);
        for (var step = 7; step < 12; step++)
        {
            Step(optimizer, parameters, step);
            Step(restored, copies, step);
        }
        TensorAssert.SameBits(Flat(parameters), Flat(copies));
        TensorAssert.SameBits(optimizer.State(), restored.State());
    }

    [Theory]
    [InlineData("lbfgs", 100, true, 1.0)]
    [InlineData("lbfgs_short", 3, true, 0.7)]
    [InlineData("lbfgs_plain", 10, false, 0.1)]
    public void Limited_memory_BFGS_has_the_iterates_of_PyTorch(string name, int history, bool strongWolfe, double rate)
    {
        var parameters = Parameters();
        var optimizer = new Lbfgs(parameters, new(rate, MaximumIterations: 4, History: history, StrongWolfe: strongWolfe));
        for (var call = 0; call < 6; call++)
        {
            optimizer.Step(() => LossOf(parameters));
            TensorAssert.Close(Recorded[name][call], Flat(parameters), 1e-8, $"{name} call {call}");
        }
        if (strongWolfe) Assert.Equal(Recorded[$"{name}.evaluations"].ItemInt64(), optimizer.Evaluations);
    }

    [Fact]
    public void Limited_memory_BFGS_follows_the_valley_of_Rosenbrock_as_PyTorch_does()
    {
        var z = new Parameter(Tensor.From(-1.2, 1.0));
        var optimizer = new Lbfgs([z], new(MaximumIterations: 5));
        for (var call = 0; call < 8; call++)
        {
            optimizer.Step(() => ((z[1] - z[0].Square()).Square() * 100) + (1 - z[0]).Square());
            TensorAssert.Close(Recorded["lbfgs_rosenbrock"][call], z, 1e-8, $"call {call}");
        }
        Assert.Equal(Recorded["lbfgs_rosenbrock.evaluations"].ItemInt64(), optimizer.Evaluations);
        TensorAssert.Close(Tensor.From(1.0, 1.0), z, 1e-4);
    }

    [Fact]
    public void Real_and_imaginary_parts_are_adapted_by_themselves()
    {
        var complex = new Parameter(Tensor.From(new System.Numerics.Complex(1, -2), new System.Numerics.Complex(0.5, 3)));
        var real = new Parameter(Tensor.From(new double[,] { { 1, -2 }, { 0.5, 3 } }));
        var (first, second) = (new Adam([complex], new(0.1)), new Adam([real], new(0.1)));
        for (var step = 0; step < 5; step++)
        {
            complex.Gradient = Tensor.From(new System.Numerics.Complex(step - 1.5, 2), new System.Numerics.Complex(0.1, -step));
            real.Gradient = Tensor.From(new double[,] { { step - 1.5, 2 }, { 0.1, -step } });
            first.Step();
            second.Step();
        }
        Assert.Equal(real.ToArray<double>(), complex.ToArray<System.Numerics.Complex>().SelectMany(value => new[] { value.Real, value.Imaginary }));
    }

    private static void Step(Optimizer optimizer, Parameter[] parameters, int step)
    {
        optimizer.ClearGradients();
        LossOf(parameters).Backward();
        // The bias has no gradient in every fourth step: state is counted by parameter.
        if (step % 4 == 2) parameters[1].Gradient = null;
        optimizer.Step();
    }

    private static Parameter[] Parameters() => [new(Wave(12, 2.1, 0.3).Reshape(4, 3)), new(Wave(3, 1.9, 0.2))];

    private static Tensor LossOf(Parameter[] p) =>
        ((Wave(32, 0.7, 0.1).Reshape(8, 4).MatMul(p[0]) + p[1]).Tanh() - (Wave(24, 1.3, 0.5).Reshape(8, 3) * 0.8)).Square().Sum();

    private static Tensor Wave(int count, double scale, double shift) => Tensor.From(Enumerable.Range(0, count).Select(i => Math.Sin((i * scale) + shift)).ToArray());

    private static Tensor Flat(Parameter[] parameters) => Tensor.Concatenate([.. parameters.Select(parameter => parameter.Detach().Flatten())]);
}
