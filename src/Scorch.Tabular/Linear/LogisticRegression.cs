namespace Scorch.Tabular;

/// <summary>Logistic regression, maximum likelihood without a penalty or with a ridge (L2) penalty, by Newton's method.</summary>
/// <param name="Penalty">Minimises <c>mean log-loss + Penalty |b|^2 / 2</c>, the intercept free; 0 for none (scikit-learn's C is 1 / (n Penalty)).</param>
/// <remarks>When the labels can be separated, probabilities run to 0 and 1 and the fit stops once the deviance no longer changes, as R's glm does.</remarks>
public sealed record LogisticRegression(double Penalty = 0) : IProbabilisticClassifier
{
    private const int MostIterations = 200;

    /// <inheritdoc/>
    public string Name => Penalty == 0 ? "logistic regression" : FormattableString.Invariant($"logistic regression (L2 penalty {Penalty})");

    /// <inheritdoc/>
    public IPredictor FitProbability(DenseMatrix features, double[] labels, FitContext context = default)
    {
        LearnerInput.CheckLabels(features, labels);
        if (!(Penalty >= 0 && double.IsFinite(Penalty)))
            throw new ArgumentException($"LogisticRegression: the penalty is {Penalty}; it must be at least 0.");
        // Scaling changes only the conditioning: the penalty below is put on the coefficients of the given scale.
        var (means, scales) = Numeric.Moments(features);
        var x = Numeric.Standardize(features, means, scales);
        int n = x.Rows, p = x.Columns;
        var b = new double[p + 1];
        var share = Numeric.Mean(labels);
        b[0] = Math.Log(Math.Clamp(share, 1e-10, 1 - 1e-10) / (1 - Math.Clamp(share, 1e-10, 1 - 1e-10)));
        var loss = Loss(x, labels, b, scales);
        for (var iteration = 0; ; iteration++)
        {
            if (iteration == MostIterations)
                throw new ArithmeticException($"LogisticRegression did not converge in {MostIterations} iterations; add an L2 penalty.");
            context.CancellationToken.ThrowIfCancellationRequested();
            var step = NewtonStep(x, labels, b, scales);
            var size = 1.0;
            var next = Moved(b, step, size);
            var nextLoss = Loss(x, labels, next, scales);
            while (!(nextLoss <= loss + 1e-14 * Math.Abs(loss)) && size > 1e-10)
            {
                size /= 2;
                next = Moved(b, step, size);
                nextLoss = Loss(x, labels, next, scales);
            }
            if (size <= 1e-10)
                break;
            var change = Math.Abs(loss - nextLoss) / (Math.Abs(nextLoss) + 0.1 / n);
            (b, loss) = (next, nextLoss);
            if (change < 1e-15 || step.Max(Math.Abs) < 1e-13)
                break;
        }
        var coefficients = new double[p];
        for (var j = 0; j < p; j++)
            coefficients[j] = b[j + 1] / scales[j];
        return new LinearPredictor(b[0] - Numeric.Dot(means, coefficients), coefficients, Penalty > 0 ? Penalty : null, isLogistic: true);
    }

    // The Newton step d minimises sum w (x.d - (y - p)/w)^2 + n a sum ((b_j + d_j)/s_j)^2: least squares of the rows below.
    private double[] NewtonStep(DenseMatrix x, double[] labels, double[] b, double[] scales)
    {
        int n = x.Rows, p = x.Columns;
        var extra = Penalty > 0 ? p : 0;
        var design = new DenseMatrix(n + extra, p + 1);
        var right = new double[n + extra];
        for (var i = 0; i < n; i++)
        {
            var source = x.Row(i);
            var probability = Numeric.Sigmoid(b[0] + Numeric.Dot(source, b.AsSpan(1)));
            var weight = probability * (1 - probability);
            // A weight that underflowed belongs to a row which is already fitted to the last bit.
            if (weight <= 0)
                continue;
            var root = Math.Sqrt(weight);
            var row = design.Row(i);
            row[0] = root;
            for (var j = 0; j < p; j++)
                row[j + 1] = root * source[j];
            right[i] = (labels[i] - probability) / root;
        }
        for (var j = 0; j < extra; j++)
        {
            var root = Math.Sqrt(n * Penalty) / scales[j];
            design[n + j, j + 1] = root;
            right[n + j] = -root * b[j + 1];
        }
        return LeastSquares.Solve(design, right);
    }

    private double Loss(DenseMatrix x, double[] labels, double[] b, double[] scales)
    {
        var sum = 0.0;
        for (var i = 0; i < labels.Length; i++)
        {
            var logit = b[0] + Numeric.Dot(x.Row(i), b.AsSpan(1));
            sum += Numeric.Softplus(labels[i] == 1 ? -logit : logit);
        }
        var penalty = 0.0;
        for (var j = 1; j < b.Length; j++)
            penalty += b[j] * b[j] / (scales[j - 1] * scales[j - 1]);
        return sum / labels.Length + Penalty / 2 * penalty;
    }

    private static double[] Moved(double[] b, double[] step, double size)
    {
        var next = new double[b.Length];
        for (var j = 0; j < b.Length; j++)
            next[j] = b[j] + size * step[j];
        return next;
    }
}
