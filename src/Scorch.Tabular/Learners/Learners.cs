namespace Scorch.Tabular;

/// <summary>All learners in one place, by the names under which they are known.</summary>
public static class Learners
{
    /// <summary>Ordinary least squares.</summary>
    /// <returns>The learner.</returns>
    public static IRegressor Linear() => new LinearRegression();

    /// <summary>Ridge regression.</summary>
    /// <param name="penalty">The weight of the squared norm.</param>
    /// <returns>The learner.</returns>
    public static IRegressor Ridge(double penalty = 1) => new RidgeRegression(penalty);

    /// <summary>The lasso.</summary>
    /// <param name="penalty">The penalty; null to choose it by cross-validation.</param>
    /// <param name="choice">Which penalty cross-validation takes.</param>
    /// <returns>The learner.</returns>
    public static IRegressor Lasso(double? penalty = null, PenaltyChoice choice = PenaltyChoice.Minimum) => new ElasticNet(penalty, Mix: 1, Choice: choice);

    /// <summary>The elastic net.</summary>
    /// <param name="penalty">The penalty; null to choose it by cross-validation.</param>
    /// <param name="mix">The share of the absolute part, in (0, 1].</param>
    /// <returns>The learner.</returns>
    public static IRegressor ElasticNet(double? penalty = null, double mix = 0.5) => new ElasticNet(penalty, mix);

    /// <summary>Logistic regression, unpenalised or with an L2 penalty.</summary>
    /// <param name="penalty">The penalty; 0 for none.</param>
    /// <returns>The learner.</returns>
    public static IProbabilisticClassifier Logistic(double penalty = 0) => new LogisticRegression(penalty);

    /// <summary>Logistic regression with an L1 penalty.</summary>
    /// <param name="penalty">The penalty; null to choose it by cross-validation.</param>
    /// <param name="choice">Which penalty cross-validation takes.</param>
    /// <returns>The learner.</returns>
    public static IProbabilisticClassifier LogisticLasso(double? penalty = null, PenaltyChoice choice = PenaltyChoice.Minimum) => new LogisticLasso(penalty, Choice: choice);

    /// <summary>A regression tree.</summary>
    /// <param name="maxDepth">Most splits from root to leaf; null for no limit.</param>
    /// <param name="minLeaf">Fewest rows in a leaf.</param>
    /// <returns>The learner.</returns>
    public static IRegressor Tree(int? maxDepth = null, int minLeaf = 1) => new DecisionTree(maxDepth, minLeaf);

    /// <summary>A classification tree.</summary>
    /// <param name="maxDepth">Most splits from root to leaf; null for no limit.</param>
    /// <param name="minLeaf">Fewest rows in a leaf.</param>
    /// <returns>The learner.</returns>
    public static IProbabilisticClassifier TreeClassifier(int? maxDepth = null, int minLeaf = 1) => new DecisionTreeClassifier(maxDepth, minLeaf);

    /// <summary>A random forest for regression.</summary>
    /// <param name="trees">The number of trees.</param>
    /// <param name="minLeaf">Fewest rows in a leaf.</param>
    /// <param name="featuresPerSplit">Features drawn for each split; null for a third.</param>
    /// <returns>The learner.</returns>
    public static IRegressor RandomForest(int trees = 500, int minLeaf = 5, int? featuresPerSplit = null) => new RandomForest(trees, minLeaf, featuresPerSplit);

    /// <summary>A random forest for probabilities.</summary>
    /// <param name="trees">The number of trees.</param>
    /// <param name="minLeaf">Fewest rows in a leaf.</param>
    /// <param name="featuresPerSplit">Features drawn for each split; null for the square root of their number.</param>
    /// <returns>The learner.</returns>
    public static IProbabilisticClassifier RandomForestClassifier(int trees = 500, int minLeaf = 5, int? featuresPerSplit = null) => new RandomForestClassifier(trees, minLeaf, featuresPerSplit);

    /// <summary>Gradient boosting for regression.</summary>
    /// <param name="trees">The number of trees.</param>
    /// <param name="learningRate">The share of each tree that is added.</param>
    /// <param name="maxDepth">Most splits from root to leaf.</param>
    /// <returns>The learner.</returns>
    public static IRegressor Boosting(int trees = 100, double learningRate = 0.1, int maxDepth = 3) => new GradientBoosting(trees, learningRate, maxDepth);

    /// <summary>Gradient boosting for probabilities.</summary>
    /// <param name="trees">The number of trees.</param>
    /// <param name="learningRate">The share of each tree that is added.</param>
    /// <param name="maxDepth">Most splits from root to leaf.</param>
    /// <returns>The learner.</returns>
    public static IProbabilisticClassifier BoostingClassifier(int trees = 100, double learningRate = 0.1, int maxDepth = 3) => new GradientBoostingClassifier(trees, learningRate, maxDepth);

    /// <summary>k nearest neighbours for regression.</summary>
    /// <param name="neighbors">How many.</param>
    /// <returns>The learner.</returns>
    public static IRegressor NearestNeighbors(int neighbors = 5) => new NearestNeighbors(neighbors);

    /// <summary>k nearest neighbours for probabilities.</summary>
    /// <param name="neighbors">How many.</param>
    /// <returns>The learner.</returns>
    public static IProbabilisticClassifier NearestNeighborsClassifier(int neighbors = 15) => new NearestNeighborsClassifier(neighbors);

    /// <summary>A neural network for regression.</summary>
    /// <param name="hidden">Units of each hidden layer; two layers of 32 when none is given.</param>
    /// <returns>The learner.</returns>
    public static IRegressor NeuralNetwork(params int[] hidden) => new NeuralNetwork(hidden.Length == 0 ? null : hidden);

    /// <summary>A neural network for probabilities.</summary>
    /// <param name="hidden">Units of each hidden layer; two layers of 32 when none is given.</param>
    /// <returns>The learner.</returns>
    public static IProbabilisticClassifier NeuralNetworkClassifier(params int[] hidden) => new NeuralNetworkClassifier(hidden.Length == 0 ? null : hidden);

    /// <summary>A regressor on all products of up to <paramref name="degree"/> features.</summary>
    /// <param name="inner">What is fitted on them.</param>
    /// <param name="degree">The highest degree.</param>
    /// <returns>The learner.</returns>
    public static IRegressor OnPolynomials(IRegressor inner, int degree = 2) => new PolynomialRegressor(inner, degree);

    /// <summary>A classifier on all products of up to <paramref name="degree"/> features.</summary>
    /// <param name="inner">What is fitted on them.</param>
    /// <param name="degree">The highest degree.</param>
    /// <returns>The learner.</returns>
    public static IProbabilisticClassifier OnPolynomials(IProbabilisticClassifier inner, int degree = 2) => new PolynomialClassifier(inner, degree);

    /// <summary>The best of several regressors by inner cross-validation.</summary>
    /// <param name="candidates">What is tried.</param>
    /// <param name="folds">Inner folds.</param>
    /// <returns>The learner.</returns>
    public static IRegressor GridSearch(IReadOnlyList<IRegressor> candidates, int folds = 5) => new GridSearchRegressor(candidates, folds);

    /// <summary>The best of several classifiers by inner cross-validation.</summary>
    /// <param name="candidates">What is tried.</param>
    /// <param name="folds">Inner folds.</param>
    /// <returns>The learner.</returns>
    public static IProbabilisticClassifier GridSearch(IReadOnlyList<IProbabilisticClassifier> candidates, int folds = 5) => new GridSearchClassifier(candidates, folds);
}
