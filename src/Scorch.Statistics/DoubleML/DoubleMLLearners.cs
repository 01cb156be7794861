using Scorch.Tabular;

namespace Scorch.Statistics.DoubleML;

/// <summary>Learners by their names on the command line: one for numbers, its twin for probabilities.</summary>
internal static class DoubleMLLearners
{
    public static IReadOnlyList<string> Names { get; } = ["linear", "ridge", "lasso", "lasso-1se", "lasso-polynomial", "elastic-net", "tree", "forest", "boosting", "neighbors", "network"];

    public static (IRegressor Regressor, IProbabilisticClassifier Classifier) Named(string name, int trees) => name switch
    {
        "linear" => (Learners.Linear(), Learners.Logistic()),
        "ridge" => (Learners.Ridge(), Learners.Logistic(1e-3)),
        "lasso" => (Learners.Lasso(), Learners.LogisticLasso()),
        "lasso-1se" => (Learners.Lasso(choice: PenaltyChoice.OneStandardError), Learners.LogisticLasso(choice: PenaltyChoice.OneStandardError)),
        "lasso-polynomial" => (Learners.OnPolynomials(Learners.Lasso()), Learners.OnPolynomials(Learners.LogisticLasso())),
        "elastic-net" => (Learners.ElasticNet(), new LogisticLasso(Mix: 0.5)),
        "tree" => (Learners.Tree(5, 10), Learners.TreeClassifier(5, 10)),
        "forest" => (Learners.RandomForest(trees), Learners.RandomForestClassifier(trees)),
        "boosting" => (Learners.Boosting(trees, 0.05), Learners.BoostingClassifier(trees, 0.05)),
        "neighbors" => (Learners.NearestNeighbors(15), Learners.NearestNeighborsClassifier(15)),
        "network" => (Learners.NeuralNetwork(), Learners.NeuralNetworkClassifier()),
        _ => throw new ArgumentException($"There is no learner '{name}'; there are {string.Join(", ", Names)}.", nameof(name)),
    };
}
