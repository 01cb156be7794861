namespace Scorch.Reproductions.Tests;

public class StudentTTests
{
    [Fact]
    public void Quantiles_equal_those_of_forty_digit_arithmetic()
    {
        Assert.All(Repository.Numbers("frame/student-t.csv"), row => Near(row[2], StudentT.Quantile(row[0], row[1])));
    }

    [Fact]
    public void Distribution_function_equals_that_of_scipy()
    {
        Assert.All(Repository.Numbers("frame/student-t-cdf.csv"), row => Near(row[2], StudentT.Cumulative(row[0], row[1])));
    }

    [Fact]
    public void One_degree_of_freedom_is_the_Cauchy_distribution()
    {
        Near(Math.Tan(Math.PI * 0.475), StudentT.Quantile(0.975, 1));
    }

    [Fact]
    public void Two_degrees_of_freedom_have_a_closed_form()
    {
        // F(t) = 1/2 + t / (2 sqrt(2 + t^2))
        Near(0.5 + 1.7 / (2 * Math.Sqrt(2 + 1.7 * 1.7)), StudentT.Cumulative(1.7, 2));
    }

    [Theory]
    [InlineData(0, 3)]
    [InlineData(1, 3)]
    [InlineData(double.NaN, 3)]
    [InlineData(0.5, 0)]
    public void Impossible_arguments_are_refused(double probability, double degrees)
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => StudentT.Quantile(probability, degrees));
    }

    [Fact]
    public void Four_degrees_of_freedom_have_a_closed_form()
    {
        // t = 2 sqrt(cos(acos(sqrt(a))/3)/sqrt(a) - 1), a = 4p(1-p)
        var a = Math.Sqrt(4 * 0.975 * 0.025);
        Near(2 * Math.Sqrt(Math.Cos(Math.Acos(a) / 3) / a - 1), StudentT.Quantile(0.975, 4));
    }

    // At 1,000 degrees of freedom the logarithm of the gamma function is about 2,600: rounding it costs 6e-13, three times over.
    private static void Near(double expected, double actual, double tolerance = 3e-12) =>
        Assert.True(Math.Abs(expected - actual) <= tolerance * Math.Max(1e-3, Math.Abs(expected)), $"expected {expected:R}, got {actual:R}");
}
