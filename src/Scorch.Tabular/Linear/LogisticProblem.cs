namespace Scorch.Tabular;

/// <summary>Penalised logistic likelihood on one set of rows, minimised by proximal Newton steps.</summary>
/// <remarks>Coefficients are <c>[intercept, b_1, ..., b_p]</c>.</remarks>
internal sealed class LogisticProblem
{
    private const int MostSteps = 500;
    private const int MostSweeps = 20_000;

    // Rows of all active columns that fit into the nearest caches together.
    private const int BlockRows = 512;
    private readonly double[][] columns;
    private readonly double[] labels;
    private readonly double mix;

    public LogisticProblem(DenseMatrix features, double[] labels, double mix)
    {
        (this.labels, this.mix) = (labels, mix);
        columns = new double[features.Columns][];
        for (var j = 0; j < columns.Length; j++)
            columns[j] = features.Column(j);
    }

    /// <summary>Zero coefficients and the log odds of the labels' share.</summary>
    public double[] Start()
    {
        var share = Math.Clamp(Numeric.Mean(labels), 1e-10, 1 - 1e-10);
        var b = new double[columns.Length + 1];
        b[0] = Math.Log(share / (1 - share));
        return b;
    }

    /// <summary>The smallest penalty at which all coefficients but the intercept are zero.</summary>
    public double LargestPenalty()
    {
        var (_, residuals, _) = State(Start());
        return Math.Max(columns.Select(column => Math.Abs(Numeric.Dot(column, residuals)) / labels.Length).DefaultIfEmpty(0).Max() / mix, 1e-12);
    }

    /// <summary>Moves the coefficients to the minimum for a penalty, from where they are.</summary>
    public void Minimize(double[] b, double penalty, double tolerance, CancellationToken cancellation)
    {
        int n = labels.Length, p = columns.Length;
        var (logits, residuals, weights) = State(b);
        var objective = Objective(b, logits, penalty);
        for (var step = 0; ; step++)
        {
            if (step == MostSteps)
                throw new ArithmeticException($"LogisticLasso did not converge in {MostSteps} steps at penalty {penalty}; raise the penalty.");
            cancellation.ThrowIfCancellationRequested();

            // Active: what is not zero, and what the optimality conditions say should not be.
            var active = new List<int>();
            var gradient = new List<double>();
            for (var j = 0; j < p; j++)
            {
                var slope = Numeric.Dot(columns[j], residuals) / n;
                if (b[j + 1] != 0 || Math.Abs(slope) > penalty * mix)
                {
                    active.Add(j);
                    gradient.Add(slope);
                }
            }
            var moved = QuadraticMinimum(b, [.. active], [Numeric.Mean(residuals), .. gradient], weights, penalty, tolerance);

            var size = 1.0;
            double[] next, nextLogits;
            double nextObjective;
            while (true)
            {
                next = (double[])b.Clone();
                nextLogits = (double[])logits.Clone();
                Add(next, nextLogits, 0, size * moved[0]);
                for (var a = 0; a < active.Count; a++)
                    if (moved[a + 1] != 0)
                        Add(next, nextLogits, active[a] + 1, size * moved[a + 1]);
                nextObjective = Objective(next, nextLogits, penalty);
                if (nextObjective <= objective + 1e-13 * Math.Abs(objective) || size < 1e-6)
                    break;
                size /= 2;
            }
            next.CopyTo(b, 0);
            objective = nextObjective;
            (logits, residuals, weights) = State(b);
            var largest = Math.Abs(moved[0]);
            for (var a = 0; a < active.Count; a++)
                largest = Math.Max(largest, Math.Abs(moved[a + 1]) * Math.Sqrt(Numeric.Dot(columns[active[a]], columns[active[a]]) / n));
            if (largest <= tolerance || size < 1e-6)
                return;
        }
    }

    // Coordinate descent on the second-order model around b; returns the change of the intercept and of each active coefficient.
    private double[] QuadraticMinimum(double[] b, int[] active, double[] gradient, double[] weights, double penalty, double tolerance)
    {
        var count = active.Length + 1;
        var hessian = Hessian(active, weights);
        var delta = new double[count];
        for (var sweep = 0; sweep < MostSweeps; sweep++)
        {
            var largest = 0.0;
            for (var a = 0; a < count; a++)
            {
                var curvature = hessian[a][a];
                if (curvature <= 0)
                    continue;
                // argmin over v of -g (v - v0) + h (v - v0)^2 / 2 + ridge v^2 / 2 + lasso |v|; the intercept is free.
                var value = a == 0 ? 0 : b[active[a - 1] + 1] + delta[a];
                var change = a == 0
                    ? gradient[0] / curvature
                    : Numeric.SoftThreshold(gradient[a] + curvature * value, penalty * mix) / (curvature + penalty * (1 - mix)) - value;
                if (change == 0)
                    continue;
                delta[a] += change;
                Numeric.AddScaled(gradient, -change, hessian[a]);
                largest = Math.Max(largest, Math.Abs(change) * Math.Sqrt(curvature));
            }
            if (largest <= tolerance / 10)
                break;
        }
        for (var a = 1; a < count; a++)
            if (b[active[a - 1] + 1] + delta[a] == 0)
                delta[a] = -b[active[a - 1] + 1];
        return delta;
    }

    // The mean of w [1, x_active]^T [1, x_active].
    private double[][] Hessian(int[] active, double[] weights)
    {
        var hessian = new double[active.Length + 1][];
        for (var a = 0; a < hessian.Length; a++)
            hessian[a] = new double[hessian.Length];
        Span<double> weighted = stackalloc double[BlockRows];
        for (var start = 0; start < weights.Length; start += BlockRows)
        {
            var size = Math.Min(BlockRows, weights.Length - start);
            var block = weighted[..size];
            for (var a = 0; a < hessian.Length; a++)
            {
                weights.AsSpan(start, size).CopyTo(block);
                if (a > 0)
                    Multiply(block, columns[active[a - 1]].AsSpan(start, size));
                hessian[a][0] += Numeric.Sum(block);
                for (var c = 1; c <= a; c++)
                    hessian[a][c] += Numeric.Dot(block, columns[active[c - 1]].AsSpan(start, size));
            }
        }
        for (var a = 0; a < hessian.Length; a++)
            for (var c = 0; c <= a; c++)
                hessian[a][c] = hessian[c][a] = hessian[a][c] / weights.Length;
        return hessian;
    }

    private static void Multiply(Span<double> target, ReadOnlySpan<double> factors)
    {
        for (var i = 0; i < target.Length; i++)
            target[i] *= factors[i];
    }

    private void Add(double[] b, double[] logits, int index, double change)
    {
        b[index] += change;
        if (index > 0)
            Numeric.AddScaled(logits, change, columns[index - 1]);
        else
            for (var i = 0; i < logits.Length; i++)
                logits[i] += change;
    }

    private (double[] Logits, double[] Residuals, double[] Weights) State(double[] b)
    {
        var logits = new double[labels.Length];
        Array.Fill(logits, b[0]);
        for (var j = 0; j < columns.Length; j++)
            if (b[j + 1] != 0)
                Numeric.AddScaled(logits, b[j + 1], columns[j]);
        var residuals = new double[labels.Length];
        var weights = new double[labels.Length];
        for (var i = 0; i < logits.Length; i++)
        {
            var probability = Numeric.Sigmoid(logits[i]);
            residuals[i] = labels[i] - probability;
            weights[i] = Math.Max(probability * (1 - probability), 1e-10);
        }
        return (logits, residuals, weights);
    }

    private double Objective(double[] b, double[] logits, double penalty)
    {
        var loss = 0.0;
        for (var i = 0; i < logits.Length; i++)
            loss += Numeric.Softplus(labels[i] == 1 ? -logits[i] : logits[i]);
        double absolute = 0, square = 0;
        for (var j = 1; j < b.Length; j++)
        {
            absolute += Math.Abs(b[j]);
            square += b[j] * b[j];
        }
        return loss / logits.Length + penalty * (mix * absolute + (1 - mix) / 2 * square);
    }
}
