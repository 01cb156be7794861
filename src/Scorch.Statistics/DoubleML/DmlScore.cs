namespace Scorch.Statistics.DoubleML;

/// <summary>The parts of a linear score <c>psi = psi_a theta + psi_b</c>, one value a row.</summary>
/// <param name="PsiA">The slope.</param>
/// <param name="PsiB">The constant.</param>
public sealed record ScoreElements(double[] PsiA, double[] PsiB);

/// <summary>What a score is computed from.</summary>
/// <param name="Outcome">Y.</param>
/// <param name="Treatment">D.</param>
/// <param name="Instruments">Z, one array an instrument; empty without instruments.</param>
/// <param name="Predictions">The cross-fitted predictions by nuisance name (l, m, g, r, g0, g1, r0, r1); NaN outside test rows; propensities already trimmed.</param>
/// <param name="Folds">The folds of the repetition.</param>
public sealed record ScoreInputs(
    double[] Outcome,
    double[] Treatment,
    IReadOnlyList<double[]> Instruments,
    IReadOnlyDictionary<string, double[]> Predictions,
    IReadOnlyList<Fold> Folds);

/// <summary>A Neyman-orthogonal score: one of the models' own (<see cref="PlrScore"/>, <see cref="PlivScore"/>, <see cref="IrmScore"/>, <see cref="IivmScore"/>) or a user's.</summary>
public sealed class DmlScore
{
    internal DmlScore(string name, Func<ScoreInputs, ScoreElements>? function = null) => (Name, Function) = (name, function);

    /// <summary>The name, e.g. <c>partialling out</c>.</summary>
    public string Name { get; }

    /// <summary>The user's function; null for the models' own scores.</summary>
    public Func<ScoreInputs, ScoreElements>? Function { get; }

    /// <summary>A score of the user's own.</summary>
    /// <param name="name">A name for summaries.</param>
    /// <param name="function">Computes psi_a and psi_b for every row of the test folds.</param>
    /// <returns>The score.</returns>
    public static DmlScore Custom(string name, Func<ScoreInputs, ScoreElements> function)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        ArgumentNullException.ThrowIfNull(function);
        return new DmlScore(name, function);
    }

    /// <inheritdoc/>
    public override string ToString() => Name;
}

/// <summary>Scores of the partially linear regression.</summary>
public static class PlrScore
{
    /// <summary><c>psi_a = -v v, psi_b = v u</c> with <c>u = Y - l(X), v = D - m(X)</c>.</summary>
    public static DmlScore PartiallingOut { get; } = new("partialling out");

    /// <summary><c>psi_a = -v D, psi_b = v (Y - g(X))</c>, g learned on <c>Y - theta0 D</c>.</summary>
    public static DmlScore IvType { get; } = new("IV-type");
}

/// <summary>Scores of the partially linear IV regression.</summary>
public static class PlivScore
{
    /// <summary><c>psi_a = -w v, psi_b = v u</c> with <c>u = Y - l(X), w = D - r(X), v = Z - m(X)</c>.</summary>
    public static DmlScore PartiallingOut => PlrScore.PartiallingOut;

    /// <summary><c>psi_a = -D v, psi_b = v (Y - g(X))</c>, g learned on <c>Y - theta0 D</c>; one instrument.</summary>
    public static DmlScore IvType => PlrScore.IvType;
}

/// <summary>Scores of the interactive regression.</summary>
public static class IrmScore
{
    /// <summary>Average treatment effect: <c>psi_a = -1, psi_b = g1 - g0 + D (Y - g1)/m - (1 - D)(Y - g0)/(1 - m)</c>.</summary>
    public static DmlScore Ate { get; } = new("ATE");

    /// <summary>Average effect on the treated: <c>psi_a = -D/p, psi_b = D (Y - g0)/p - m (1 - D)(Y - g0)/(p (1 - m))</c>, p the treated share of the row's test fold.</summary>
    public static DmlScore Atte { get; } = new("ATTE");
}

/// <summary>Scores of the interactive IV regression.</summary>
public static class IivmScore
{
    /// <summary>Local average treatment effect on compliers.</summary>
    public static DmlScore Late { get; } = new("LATE");
}
