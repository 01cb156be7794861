using Scorch.Testing;

namespace Scorch.Tabular.Tests;

/// <summary>Learners against scikit-learn (tests/oracles/tabular).</summary>
public sealed class LearnerOracleTests
{
    private readonly OracleArchive golden = new("tabular/learners.npz");
    private readonly DenseMatrix x;
    private readonly DenseMatrix fresh;
    private readonly double[] y;
    private readonly double[] label;

    public LearnerOracleTests()
    {
        (x, fresh) = (Matrix("x"), Matrix("x_new"));
        (y, label) = (golden.Values("y"), golden.Values("label"));
    }

    [Fact]
    public void Least_squares_equals_scikit_learn() => Coefficients("ols", new LinearRegression().Fit(x, y), 1e-9);

    [Fact]
    public void Least_squares_of_dependent_features_has_the_smallest_norm()
    {
        var fit = new LinearRegression().Fit(WithDependent(x), y);
        Coefficients("ols_dependent", fit, 1e-9);
        Near("ols_dependent_new", fit.Predict(WithDependent(fresh)), 1e-9);
    }

    [Fact]
    public void Least_squares_of_fewer_rows_than_features_has_the_smallest_norm() =>
        Coefficients("ols_wide", new LinearRegression().Fit(x.SelectRows([0, 1, 2, 3, 4]), y[..5]), 1e-9);

    [Theory]
    [InlineData(0.1)]
    [InlineData(30)]
    public void Ridge_equals_scikit_learn(double penalty) => Coefficients(FormattableString.Invariant($"ridge_{penalty}"), Learners.Ridge(penalty).Fit(x, y), 1e-9);

    [Theory]
    [InlineData(0.02)]
    [InlineData(0.3)]
    public void Lasso_and_elastic_net_equal_scikit_learn(double penalty)
    {
        var name = FormattableString.Invariant($"_{penalty}");
        Coefficients("lasso" + name, new ElasticNet(penalty, Mix: 1, Standardize: false).Fit(x, y), 1e-6);
        Coefficients("elastic" + name, new ElasticNet(penalty, Mix: 0.4, Standardize: false).Fit(x, y), 1e-6);
        Coefficients("lasso_standardized" + name, new ElasticNet(penalty, Mix: 1).Fit(x, y), 1e-6);
    }

    [Fact]
    public void Logistic_regression_equals_scikit_learn() => Coefficients("logistic", new LogisticRegression().FitProbability(Scaled(x), label), 1e-6);

    [Theory]
    [InlineData(0.01)]
    [InlineData(0.1)]
    public void Penalised_logistic_regression_equals_scikit_learn(double penalty)
    {
        var name = FormattableString.Invariant($"_{penalty}");
        Coefficients("logistic_l2" + name, new LogisticRegression(penalty).FitProbability(Scaled(x), label), 1e-6);
        Coefficients("logistic_l1" + name, new LogisticLasso(penalty).FitProbability(Scaled(x), label), 1e-6);
        Coefficients("logistic_elastic" + name, new LogisticLasso(penalty, Mix: 0.4).FitProbability(Scaled(x), label), 1e-6);
    }

    [Theory]
    [InlineData(2, 1)]
    [InlineData(3, 20)]
    [InlineData(0, 25)]
    public void Trees_equal_scikit_learn(int depth, int leaf)
    {
        int? limit = depth == 0 ? null : depth;
        // Identical trees; a leaf's mean may be summed in another order.
        Near($"tree_{depth}_{leaf}", new DecisionTree(limit, leaf).Fit(x, y).Predict(fresh), 1e-13);
        Near($"tree_classifier_{depth}_{leaf}", new DecisionTreeClassifier(limit, leaf).FitProbability(x, label).Predict(fresh), 1e-13);
    }

    [Fact]
    public void Boosting_equals_scikit_learn()
    {
        Near("boosting", new GradientBoosting(80, MinLeaf: 20).Fit(x, y).Predict(fresh), 1e-9);
        Near("boosting_stumps", new GradientBoosting(150, 0.3, 1).Fit(x, y).Predict(fresh), 1e-9);
        Near("boosting_classifier", new GradientBoostingClassifier(60, MinLeaf: 20).FitProbability(x, label).Predict(fresh), 1e-9);
    }

    [Fact]
    public void Nearest_neighbours_equal_scikit_learn()
    {
        Near("neighbors_6", new NearestNeighbors(6).Fit(x, y).Predict(fresh), 1e-12);
        Near("neighbors_6_raw", new NearestNeighbors(6, Standardize: false).Fit(x, y).Predict(fresh), 1e-12);
    }

    private static DenseMatrix WithDependent(DenseMatrix matrix)
    {
        var columns = Enumerable.Range(0, matrix.Columns).Select(matrix.Column).ToList();
        columns.Add([.. columns[0].Zip(columns[1], (a, b) => a + 2 * b)]);
        return DenseMatrix.FromColumns(columns);
    }

    private static DenseMatrix Scaled(DenseMatrix matrix)
    {
        var (means, scales) = Numeric.Moments(matrix);
        return Numeric.Standardize(matrix, means, scales);
    }

    private DenseMatrix Matrix(string name)
    {
        var (shape, values) = golden.Read(name);
        return new DenseMatrix(shape[0], shape[1], values);
    }

    private void Coefficients(string name, IPredictor fit, double tolerance)
    {
        var linear = Assert.IsType<LinearPredictor>(fit);
        Near(name, [.. linear.Coefficients, linear.Intercept], tolerance);
    }

    private void Near(string name, double[] actual, double tolerance)
    {
        var expected = golden.Values(name);
        Assert.Equal(expected.Length, actual.Length);
        var scale = Math.Max(1, expected.Max(Math.Abs));
        for (var i = 0; i < expected.Length; i++)
            Assert.True(Math.Abs(actual[i] - expected[i]) <= tolerance * scale, $"{name}[{i}]: {actual[i]:R} is not {expected[i]:R}");
    }
}
