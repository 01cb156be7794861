namespace Scorch.Tabular;

/// <summary>A fitted linear model: <c>intercept + x . coefficients</c>, through a sigmoid where it models a probability.</summary>
public sealed class LinearPredictor : IPredictor
{
    private readonly bool isLogistic;

    internal LinearPredictor(double intercept, double[] coefficients, double? penalty, bool isLogistic) =>
        (Intercept, Coefficients, Penalty, this.isLogistic) = (intercept, coefficients, penalty, isLogistic);

    /// <summary>The constant term.</summary>
    public double Intercept { get; }

    /// <summary>One coefficient a feature, on the scale of the features as given.</summary>
    public IReadOnlyList<double> Coefficients { get; }

    /// <summary>The penalty in use (chosen by cross-validation or given); null for an unpenalised model.</summary>
    public double? Penalty { get; }

    /// <inheritdoc/>
    public double[] Predict(DenseMatrix features)
    {
        LearnerInput.CheckColumns(features, Coefficients.Count);
        var coefficients = (double[])Coefficients;
        var result = new double[features.Rows];
        for (var i = 0; i < result.Length; i++)
        {
            var value = Intercept + Numeric.Dot(features.Row(i), coefficients);
            result[i] = isLogistic ? Numeric.Sigmoid(value) : value;
        }
        return result;
    }
}
