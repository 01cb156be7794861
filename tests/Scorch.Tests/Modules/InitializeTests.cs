using Scorch.Modules;
using Scorch.Tests.Operations;

namespace Scorch.Tests.Modules;

public class InitializeTests
{
    [Fact]
    public void Xavier_and_Kaiming_have_the_variance_of_their_papers()
    {
        var p = Parameter.Full([64, 32, 3, 3], 0, DataType.Float64);
        // 18432 numbers: the sample variance is within 5 % of the true one by more than four standard errors.
        void HasVariance(double expected) => Assert.InRange(p.Detach().Variance().Item() / expected, 0.95, 1.05);
        Initialize.XavierUniform(p, new(1), gain: 2);
        HasVariance(4 * 2.0 / ((32 + 64) * 9));
        Assert.True(p.Detach().Abs().Maximum().Item() <= 2 * Math.Sqrt(6.0 / (96 * 9)));
        Initialize.XavierNormal(p, new(1));
        HasVariance(2.0 / (96 * 9));
        Initialize.KaimingUniform(p, new(1), slope: 0.5);
        HasVariance(2 / (1.25 * 32 * 9));
        Initialize.KaimingNormal(p, new(1), mode: FanMode.Output);
        HasVariance(2.0 / (64 * 9));
    }

    [Theory]
    [InlineData(4, 7)]
    [InlineData(7, 4)]
    public void Orthogonal_rows_or_columns_are_orthonormal(int rows, int columns)
    {
        var p = Parameter.Full([rows, columns], 0, DataType.Float64);
        Initialize.Orthogonal(p, new(3));
        var q = p.Detach();
        Parity.AssertClose(Tensor.Identity(4, DataType.Float64), rows < columns ? q.MatMul(q.T) : q.T.MatMul(q), "Q^T Q", 1e-12);
    }

    [Fact]
    public void Truncated_normal_numbers_stay_between_the_bounds_with_the_truncated_variance()
    {
        var p = Parameter.Full([20000], 0, DataType.Float64);
        Initialize.TruncatedNormal(p, new(4), standardDeviation: 2, low: -2, high: 2);
        Assert.True(p.Detach().Abs().Maximum().Item() <= 2);
        // One deviation to each side: the variance shrinks by 1 - 2 phi(1) / (2 Phi(1) - 1) = 0.29112.
        Assert.InRange(p.Detach().Variance().Item() / (4 * 0.29112), 0.96, 1.04);
    }
}
