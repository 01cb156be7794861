using Scorch.Probability;
using Scorch.Tests.Operations;

namespace Scorch.Tests.Probability;

/// <summary>Samples of distributions against their own moments.</summary>
public class DistributionTests
{
    private static readonly Parity Recorded = new("engine/distributions.npz");

    public static TheoryData<string> Sampled => [.. DistributionCases.Makers.Keys.Where(name => name is not ("cauchy" or "categorical" or "student_t"))];

    [Theory]
    [MemberData(nameof(Sampled))]
    public void Samples_have_the_distribution_s_mean_and_the_seed_fixes_them(string name)
    {
        var distribution = DistributionCases.Makers[name](Recorded.All(name, "in")[1..]);
        const int Count = 10000;
        var sample = distribution.Sample(new(1), Count);
        Assert.Equal([Count, .. distribution.BatchShape, .. distribution.EventShape], sample.Shape);
        Assert.Equal(sample.ToArray<double>(), distribution.Sample(new(1), Count).ToArray<double>());
        // Six standard errors: a chance of 2e-9 an element.
        var error = ((sample.Mean(0) - distribution.Mean).Abs() / (distribution.Variance / Count).Sqrt()).Maximum().Item();
        Assert.True(error < 6, $"{name}: the sample mean lies {error} standard errors from the mean");
    }

    [Fact]
    public void Reparameterized_samples_carry_gradients_to_the_parameters()
    {
        var scale = Tensor.Full([2], 3, DataType.Float64);
        scale.RequiresGradient = true;
        var location = Tensor.Zeros([2], DataType.Float64);
        var sample = new Normal(location, scale).ReparameterizedSample(new(1), 4);
        sample.Sum().Backward();
        Parity.AssertClose((sample.Detach() / 3).Sum(0), scale.Gradient!, "d sample / d scale is the noise");
    }

    [Fact]
    public void A_scale_that_is_not_positive_is_refused() =>
        Assert.Contains("scale holds a value that is not positive", Assert.Throws<ArgumentException>(() => new Normal(Tensor.Zeros([2]), Tensor.Zeros([2]))).Message);

    [Fact]
    public void Distributions_without_reparameterised_samples_say_so() =>
        Assert.Throws<NotSupportedException>(() => new Poisson(Tensor.Ones([1])).ReparameterizedSample(new(1)));
}
