namespace Scorch.Tabular.Tests;

public class LearnerTests
{
    private static readonly (DenseMatrix X, double[] Y, double[] Label) Sample = Draw(300, 5);

    public static TheoryData<string> All => [.. Regressors.Keys.Concat(Classifiers.Keys)];

    private static Dictionary<string, IRegressor> Regressors { get; } = new()
    {
        ["lasso"] = Learners.Lasso(),
        ["lasso 1se"] = Learners.Lasso(choice: PenaltyChoice.OneStandardError),
        ["elastic net"] = Learners.ElasticNet(),
        ["tree"] = Learners.Tree(4),
        ["forest"] = Learners.RandomForest(40),
        ["boosting"] = new GradientBoosting(40, Subsample: 0.5),
        ["neighbours"] = Learners.NearestNeighbors(),
        ["network"] = new NeuralNetwork([16], Epochs: 60),
        ["polynomial"] = Learners.OnPolynomials(Learners.Ridge()),
        ["grid"] = Learners.GridSearch([Learners.Ridge(1e6), Learners.Ridge(0.1)]),
    };

    private static Dictionary<string, IProbabilisticClassifier> Classifiers { get; } = new()
    {
        ["logistic lasso"] = Learners.LogisticLasso(),
        ["tree classifier"] = Learners.TreeClassifier(3, 10),
        ["forest classifier"] = Learners.RandomForestClassifier(40),
        ["boosting classifier"] = new GradientBoostingClassifier(40, Subsample: 0.5),
        ["neighbours classifier"] = Learners.NearestNeighborsClassifier(),
        ["network classifier"] = new NeuralNetworkClassifier([16], Epochs: 60),
    };

    [Theory]
    [MemberData(nameof(All))]
    public void Every_learner_predicts_new_rows_much_better_than_the_mean(string name)
    {
        var (fresh, y, label) = Draw(300, 6);
        var (predictions, target) = Regressors.TryGetValue(name, out var regressor)
            ? (regressor.Fit(Sample.X, Sample.Y).Predict(fresh), y)
            : (Classifiers[name].FitProbability(Sample.X, Sample.Label).Predict(fresh), label);
        var mean = target.Average();
        var explained = 1 - target.Zip(predictions, (a, b) => (a - b) * (a - b)).Sum() / target.Sum(value => (value - mean) * (value - mean));
        // The signal explains 80% of y, and about 40% of the label's variance.
        Assert.True(explained > (regressor is not null ? 0.55 : 0.2), $"{name} explains {explained:P0}");
        if (regressor is null)
            Assert.All(predictions, value => Assert.InRange(value, 0, 1));
    }

    [Theory]
    [MemberData(nameof(All))]
    public void A_seed_fixes_the_bits_whatever_the_number_of_threads(string name)
    {
        double[] Predict() => Regressors.TryGetValue(name, out var regressor)
            ? regressor.Fit(Sample.X, Sample.Y, new FitContext(7)).Predict(Sample.X)
            : Classifiers[name].FitProbability(Sample.X, Sample.Label, new FitContext(7)).Predict(Sample.X);
        var alone = Predict();
        var together = new double[3][];
        Parallel.For(0, 3, i => together[i] = Predict());
        Assert.All(together, values => Assert.Equal(alone, values));
    }

    [Fact]
    public void Grid_search_takes_the_candidate_with_the_smallest_error()
    {
        var result = new GridSearchRegressor([new RidgeRegression(1e6), new RidgeRegression(0.1), new RidgeRegression(1e5)]).Search(Sample.X, Sample.Y);
        Assert.Equal(new RidgeRegression(0.1), result.Best);
        Assert.Equal(result.Errors.Min(), result.Errors[1]);
    }

    [Fact]
    public void One_standard_error_takes_a_larger_penalty_than_the_minimum()
    {
        var minimum = (LinearPredictor)Learners.Lasso().Fit(Sample.X, Sample.Y);
        var sparser = (LinearPredictor)Learners.Lasso(choice: PenaltyChoice.OneStandardError).Fit(Sample.X, Sample.Y);
        Assert.True(sparser.Penalty > minimum.Penalty);
    }

    [Fact]
    public void Separable_labels_give_probabilities_of_nearly_0_and_1()
    {
        var x = new DenseMatrix(6, 1, [-3, -2, -1, 1, 2, 3]);
        var predictions = Learners.Logistic().FitProbability(x, [0, 0, 0, 1, 1, 1]).Predict(x);
        Assert.All(predictions[..3], value => Assert.InRange(value, 0, 1e-6));
        Assert.All(predictions[3..], value => Assert.InRange(value, 1 - 1e-6, 1));
    }

    [Fact]
    public void Bad_input_is_refused_with_its_place()
    {
        var x = new DenseMatrix(2, 1, [1, double.NaN]);
        Assert.Contains("Row 1, feature 0", Assert.Throws<ArgumentException>(() => Learners.Linear().Fit(x, [1, 2])).Message);
        Assert.Contains("2 targets", Assert.Throws<ArgumentException>(() => Learners.Linear().Fit(new DenseMatrix(3, 1), [1, 2])).Message);
        Assert.Contains("0 or 1", Assert.Throws<ArgumentException>(() => Learners.Logistic().FitProbability(new DenseMatrix(2, 1), [0, 2])).Message);
        Assert.Contains("fitted on 4", Assert.Throws<ArgumentException>(() => Learners.Linear().Fit(Sample.X, Sample.Y).Predict(new DenseMatrix(1, 3))).Message);
    }

    private static (DenseMatrix X, double[] Y, double[] Label) Draw(int rows, long seed)
    {
        var random = new RandomSource(seed);
        var x = new DenseMatrix(rows, 4);
        var (y, label) = (new double[rows], new double[rows]);
        for (var i = 0; i < rows; i++)
        {
            for (var j = 0; j < 4; j++)
                x[i, j] = random.NextNormal();
            var signal = 1.6 * x[i, 0] - 1.2 * x[i, 1];
            y[i] = signal + random.NextNormal();
            label[i] = random.NextDouble() < Numeric.Sigmoid(1.5 * signal) ? 1 : 0;
        }
        return (x, y, label);
    }
}
