using Scorch.Autograd;

namespace Scorch.Tests.Operations;

/// <summary>What sampling of volumes promises beyond its recorded cases.</summary>
public class VolumeSamplingTests
{
    [Fact]
    public void Second_derivatives_are_those_of_finite_differences()
    {
        var volume = new RandomSource(1).Normal([1, 2, 3, 4, 3], dataType: DataType.Float64);
        var grid = new RandomSource(2).Uniform([1, 1, 2, 2, 3], -0.8, 0.8, DataType.Float64);
        var direction = new RandomSource(3).Normal(grid.Shape, dataType: DataType.Float64);
        volume.RequiresGradient = grid.RequiresGradient = true;
        Tensor[] Slopes(Tensor at)
        {
            var sampled = volume.GridSample(at);
            return [.. Differentiation.Gradients([(sampled * sampled.Sin()).Sum()], [volume, at], createGraph: true)!];
        }
        var mixed = Differentiation.Gradients([(Slopes(grid)[0] * Slopes(grid)[0].Cos().Detach()).Sum()], [grid])[0]!;
        var weights = Slopes(grid)[0].Cos().Detach();
        double Value(double step)
        {
            var moved = (grid.Detach() + (direction * step)).Detach();
            moved.RequiresGradient = true;
            return (Slopes(moved)[0].Detach() * weights).Sum().Item();
        }
        const double h = 1e-6;
        var along = (mixed * direction).Sum().Item();
        Assert.Equal(1, (Value(h) - Value(-h)) / (2 * h) / along, 6);
    }

    [Fact]
    public void Both_shapes_are_named_when_they_do_not_fit()
    {
        var message = Assert.Throws<ArgumentException>(() => Tensor.Ones([1, 1, 2, 2, 2]).GridSample(Tensor.Ones([1, 2, 2, 2, 2]))).Message;
        Assert.Contains("[1, 1, 2, 2, 2]", message);
        Assert.Contains("[1, 2, 2, 2, 2]", message);
    }
}
