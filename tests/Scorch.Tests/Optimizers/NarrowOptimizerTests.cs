using Scorch.Modules;
using Scorch.Optimizers;

namespace Scorch.Tests.Optimizers;

/// <summary>Optimizers around optimizers: float32 copies of narrow parameters, and steps inside the backward pass.</summary>
public class NarrowOptimizerTests
{
    private static readonly AdamConfig Rate = new(1e-3);

    private static (Linear First, Linear Second) Network(DataType type)
    {
        var random = new RandomSource(1);
        var (first, second) = (new Linear(4, 5, random), new Linear(5, 3, random));
        first.ConvertTo(type);
        second.ConvertTo(type);
        return (first, second);
    }

    private static Tensor Value((Linear First, Linear Second) network, DataType type) =>
        network.Second.Forward(network.First.Forward(new RandomSource(2).Normal([6, 4], dataType: type)).Tanh()).Square().Sum();

    private static IEnumerable<Parameter> Parameters((Linear First, Linear Second) network) => network.First.Parameters().Concat(network.Second.Parameters());

    [Fact]
    public void Copies_of_float32_parameters_step_as_the_parameters_would()
    {
        var (plain, copied) = (Network(DataType.Float32), Network(DataType.Float32));
        Optimizer[] optimizers = [new Adam(Parameters(plain), Rate), new MasterWeights(Parameters(copied), 1e-3, masters => new Adam(masters, Rate))];
        for (var step = 0; step < 3; step++)
        {
            foreach (var (network, optimizer) in new[] { (plain, optimizers[0]), (copied, optimizers[1]) })
            {
                optimizer.ClearGradients();
                Value(network, DataType.Float32).Backward();
                optimizer.Step();
            }
        }
        Assert.All(Parameters(plain).Zip(Parameters(copied)), pair => Assert.Equal(pair.First.ToArray<float>(), pair.Second.ToArray<float>()));
    }

    [Fact]
    public void Steps_too_small_for_sixteen_bits_gather_in_the_copy()
    {
        var parameter = new Parameter(Tensor.Ones([1], DataType.BFloat16));
        var optimizer = new MasterWeights([parameter], 1e-3, masters => new Sgd(masters, new SgdConfig(1e-3)));
        for (var step = 0; step < 3; step++)
        {
            parameter.Gradient = Tensor.Ones([1], DataType.BFloat16);
            optimizer.Step();
        }
        // Below 1 bfloat16 has steps of 1/256: three thousandths round to the next number below.
        Assert.Equal(1 - (1 / 256f), parameter.To(DataType.Float32).ToArray<float>()[0]);
        Assert.Equal(0.997f, optimizer.Masters[0].ToArray<float>()[0], 1e-6f);
        var again = new MasterWeights([new Parameter(Tensor.Ones([1], DataType.BFloat16))], 1e-3, masters => new Sgd(masters, new SgdConfig(1e-3)));
        again.LoadState(optimizer.State());
        Assert.Equal(optimizer.Masters[0].ToArray<float>(), again.Masters[0].ToArray<float>());
        Assert.Throws<ArgumentException>(() => again.LoadState(new Dictionary<string, Tensor> { ["step_count"] = Tensor.From(1L) }));
    }

    [Fact]
    public void Steps_inside_the_backward_pass_are_those_after_it()
    {
        var (after, inside) = (Network(DataType.Float32), Network(DataType.Float32));
        var optimizer = new Adafactor(Parameters(after));
        using (var stepper = new StepInBackward(Parameters(inside), parameters => new Adafactor(parameters)))
        {
            for (var step = 0; step < 3; step++)
            {
                optimizer.ClearGradients();
                Value(after, DataType.Float32).Backward();
                optimizer.Step();
                Value(inside, DataType.Float32).Backward();
                Assert.All(Parameters(inside), parameter => Assert.Null(parameter.Gradient));
            }
            Assert.Equal(12, stepper.StepCount);
            Assert.Throws<ArgumentException>(() => new StepInBackward(Parameters(inside), parameters => new Adafactor(parameters)));
        }
        Assert.All(Parameters(after).Zip(Parameters(inside)), pair => Assert.Equal(pair.First.ToArray<float>(), pair.Second.ToArray<float>()));
        Value(inside, DataType.Float32).Backward();
        Assert.All(Parameters(inside), parameter => Assert.NotNull(parameter.Gradient));
    }

    [Fact]
    public void Each_layers_gradient_is_freed_before_that_of_the_layer_below_is_made()
    {
        var network = Network(DataType.BFloat16);
        var order = new List<string>();
        using var stepper = new StepInBackward(Parameters(network), parameters =>
        {
            order.Add(parameters[0].Shape.ToString());
            // Whichever steps first, no gradient of another parameter is there.
            Assert.Equal(1, Parameters(network).Count(parameter => parameter.Gradient is not null));
            return new Adafactor(parameters);
        });
        Value(network, DataType.BFloat16).Backward();
        Assert.Equal(["[3, 5]", "[3]"], order.Take(2).ToHashSet());
        Assert.Equal(["[5, 4]", "[5]"], order.Skip(2).ToHashSet());
    }

    [Fact]
    public void A_parameter_used_twice_steps_once_when_its_gradient_is_whole()
    {
        var parameter = new Parameter(Tensor.From(2.0, 3));
        using var stepper = new StepInBackward([parameter], parameters => new Sgd(parameters, new SgdConfig(0.1)));
        for (var step = 0; step < 2; step++) ((parameter * 3).Sum() + (parameter.Square().Sum() * 0)).Backward();
        Assert.Equal(2, stepper.StepCount);
        Assert.Equal([2 - 0.6, 3 - 0.6], parameter.ToArray<double>(), (a, b) => Math.Abs(a - b) < 1e-12);
    }
}
