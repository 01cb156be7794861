using Scorch.Tabular;

namespace Scorch.Statistics.DoubleML;

/// <summary>The models that share the fit.</summary>
public enum DmlModelKind
{
    /// <summary>Partially linear regression.</summary>
    Plr,

    /// <summary>Partially linear IV regression.</summary>
    Pliv,

    /// <summary>Interactive regression.</summary>
    Irm,

    /// <summary>Interactive IV regression.</summary>
    Iivm,
}

/// <summary>What a partially linear IV regression removes by learning.</summary>
public enum Partialling
{
    /// <summary>The controls, from outcome, treatment and instruments.</summary>
    Controls,

    /// <summary>The instruments only: they and the controls predict the treatment; outcome and treatment stay as they are.</summary>
    Instruments,

    /// <summary>Both: controls and instruments predict the treatment, and the controls predict that prediction.</summary>
    Both,
}

/// <summary>The linear scores, from predictions alone: fits and the verification of saved fits share these lines.</summary>
internal static class ScoreFormulas
{
    /// <summary>The models' names of propensities, which are trimmed.</summary>
    public const string Propensity = "m";

    public static string InstrumentNuisance(string instrument) => $"m_{instrument}";

    /// <summary>Computes psi_a and psi_b on the test rows; NaN elsewhere follows from NaN predictions.</summary>
    public static ScoreElements Evaluate(DmlModelKind kind, Partialling partialling, string score, ScoreInputs inputs, IReadOnlyList<string> instruments) => (kind, score) switch
    {
        (DmlModelKind.Plr, "partialling out" or "IV-type") => Plr(score, inputs),
        (DmlModelKind.Pliv, "partialling out" or "IV-type") => Pliv(partialling, score, inputs, instruments),
        (DmlModelKind.Irm, "ATE" or "ATTE") => Irm(score, inputs),
        (DmlModelKind.Iivm, "LATE") => Late(inputs),
        _ => throw new ArgumentException($"The score '{score}' does not belong to the model {kind}."),
    };

    /// <summary>Clips a propensity and counts what was clipped.</summary>
    public static (double[] Values, int Clipped) Trim(double[] propensity, double trimAt)
    {
        if (trimAt <= 0)
            return (propensity, 0);
        var clipped = 0;
        var values = new double[propensity.Length];
        for (var i = 0; i < values.Length; i++)
        {
            // NaN (no test row) stays NaN.
            var value = propensity[i];
            if (value < trimAt || value > 1 - trimAt)
                clipped++;
            values[i] = value < trimAt ? trimAt : value > 1 - trimAt ? 1 - trimAt : value;
        }
        return (values, clipped);
    }

    /// <summary>Fitted values of the least-squares regression of the treatment's residuals on all instruments' residuals, with a constant.</summary>
    private static double[] ProjectOnInstruments(double[] w, double[][] v) => new LinearRegression().Fit(DenseMatrix.FromColumns(v), w).Predict(DenseMatrix.FromColumns(v));

    private static ScoreElements Plr(string score, ScoreInputs inputs)
    {
        var (y, d) = (inputs.Outcome, inputs.Treatment);
        var v = Minus(d, inputs.Predictions["m"]);
        // IV-type: psi_a = -v D, psi_b = v (Y - g).
        if (score == "IV-type")
            return new(NegativeProduct(v, d), Product(v, Minus(y, inputs.Predictions["g"])));
        // Partialling out: psi_a = -v v, psi_b = v u.
        return new(NegativeProduct(v, v), Product(v, Minus(y, inputs.Predictions["l"])));
    }

    private static ScoreElements Pliv(Partialling partialling, string score, ScoreInputs inputs, IReadOnlyList<string> instruments)
    {
        var (y, d) = (inputs.Outcome, inputs.Treatment);
        var predictions = inputs.Predictions;
        switch (partialling)
        {
            case Partialling.Instruments:
                // psi_a = -r D, psi_b = r Y with r = E[D | X, Z].
                return new(NegativeProduct(predictions["r"], d), Product(predictions["r"], y));
            case Partialling.Both:
                // psi_a = -w (m - r), psi_b = (m - r) u with m = E[D | X, Z], r = E[m | X], w = D - r.
                var gain = Minus(predictions["m"], predictions["r"]);
                return new(NegativeProduct(Minus(d, predictions["r"]), gain), Product(gain, Minus(y, predictions["l"])));
        }
        var w = Minus(d, predictions["r"]);
        if (inputs.Instruments.Count > 1)
        {
            var all = inputs.Instruments.Select((z, index) => Minus(z, predictions[InstrumentNuisance(instruments[index])])).ToArray();
            var projected = ProjectOnInstruments(w, all);
            return new(NegativeProduct(w, projected), Product(projected, Minus(y, predictions["l"])));
        }
        var v = Minus(inputs.Instruments[0], predictions["m"]);
        if (score == "IV-type")
            return new(NegativeProduct(d, v), Product(v, Minus(y, predictions["g"])));
        return new(NegativeProduct(w, v), Product(v, Minus(y, predictions["l"])));
    }

    private static ScoreElements Irm(string score, ScoreInputs inputs)
    {
        var (y, d) = (inputs.Outcome, inputs.Treatment);
        var (g0, m) = (inputs.Predictions["g0"], inputs.Predictions["m"]);
        var psiA = new double[y.Length];
        var psiB = new double[y.Length];
        if (score == "ATE")
        {
            var g1 = inputs.Predictions["g1"];
            for (var i = 0; i < y.Length; i++)
            {
                psiA[i] = -1;
                psiB[i] = g1[i] - g0[i] + d[i] * (y[i] - g1[i]) / m[i] - (1 - d[i]) * (y[i] - g0[i]) / (1 - m[i]);
            }
            return new(psiA, psiB);
        }
        var p = new double[y.Length];
        Array.Fill(p, double.NaN);
        foreach (var fold in inputs.Folds)
        {
            var share = fold.Test.Average(row => d[row]);
            foreach (var row in fold.Test)
                p[row] = share;
        }
        for (var i = 0; i < y.Length; i++)
        {
            psiA[i] = -d[i] / p[i];
            psiB[i] = d[i] * (y[i] - g0[i]) / p[i] - m[i] * (1 - d[i]) * (y[i] - g0[i]) / (p[i] * (1 - m[i]));
        }
        return new(psiA, psiB);
    }

    private static ScoreElements Late(ScoreInputs inputs)
    {
        var (y, d, z) = (inputs.Outcome, inputs.Treatment, inputs.Instruments[0]);
        var (g0, g1, r0, r1, m) = (inputs.Predictions["g0"], inputs.Predictions["g1"], inputs.Predictions["r0"], inputs.Predictions["r1"], inputs.Predictions["m"]);
        var psiA = new double[y.Length];
        var psiB = new double[y.Length];
        for (var i = 0; i < y.Length; i++)
        {
            psiB[i] = g1[i] - g0[i] + z[i] * (y[i] - g1[i]) / m[i] - (1 - z[i]) * (y[i] - g0[i]) / (1 - m[i]);
            psiA[i] = -(r1[i] - r0[i] + z[i] * (d[i] - r1[i]) / m[i] - (1 - z[i]) * (d[i] - r0[i]) / (1 - m[i]));
        }
        return new(psiA, psiB);
    }

    private static double[] Minus(double[] a, double[] b) => Array.ConvertAll(Indices(a), i => a[i] - b[i]);

    private static double[] Product(double[] a, double[] b) => Array.ConvertAll(Indices(a), i => a[i] * b[i]);

    private static double[] NegativeProduct(double[] a, double[] b) => Array.ConvertAll(Indices(a), i => -a[i] * b[i]);

    private static int[] Indices(double[] values) => [.. Enumerable.Range(0, values.Length)];
}
