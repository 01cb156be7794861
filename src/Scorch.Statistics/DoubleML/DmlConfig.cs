namespace Scorch.Statistics.DoubleML;

/// <summary>How the estimate is solved from the score over the folds (Chernozhukov et al. 2018, definitions 3.1 and 3.2).</summary>
public enum DmlProcedure
{
    /// <summary>One equation over all observations: <c>theta = -mean(psi_b) / mean(psi_a)</c>.</summary>
    Dml2,

    /// <summary>One equation a fold; the folds' solutions are averaged.</summary>
    Dml1,
}

/// <summary>Where learners with several candidates are tuned.</summary>
public enum TuningScope
{
    /// <summary>Within the training rows of every fold.</summary>
    OnFolds,

    /// <summary>Once, on all rows; the choice is then used in every fold and repetition.</summary>
    Global,
}

/// <summary>The settings of a double-machine-learning fit; the defaults are the paper's package's.</summary>
/// <param name="Folds">K, at least 2 with cross-fitting. Clustered data: folds of each cluster variable. Without cross-fitting, 2 trains on one half and
/// estimates on the other, 1 does both on all rows.</param>
/// <param name="Repetitions">How often the sample is split anew; the estimate is the median.</param>
/// <param name="Score">The score; null for the model's default.</param>
/// <param name="Procedure">How the estimate is solved over the folds.</param>
/// <param name="CrossFit">Whether the folds swap roles.</param>
/// <param name="TrimAt">Propensities are clipped to [TrimAt, 1 - TrimAt]; in [0, 0.5), 0 for no clipping.</param>
/// <param name="Seed">Fixes splits, learners and with them every bit of the result.</param>
/// <param name="StratifyFolds">Whether folds get equal shares of the treated (or, with a binary instrument, of each combination).</param>
/// <param name="Tuning">Where learners with several candidates are tuned.</param>
/// <param name="Splits">Splits of the user's own, which replace folds, repetitions and cross-fitting.</param>
public sealed record DmlConfig(
    int Folds = 5,
    int Repetitions = 1,
    DmlScore? Score = null,
    DmlProcedure Procedure = DmlProcedure.Dml2,
    bool CrossFit = true,
    double TrimAt = 1e-12,
    long Seed = 42,
    bool StratifyFolds = false,
    TuningScope Tuning = TuningScope.OnFolds,
    SampleSplits? Splits = null)
{
    internal void Check(int rows)
    {
        if (Folds < 1 || (CrossFit && Folds < 2))
            throw new ArgumentException($"DmlConfig: {Folds} folds; cross-fitting needs at least 2.");
        if (Folds > rows)
            throw new ArgumentException($"DmlConfig: {Folds} folds of {rows} observations; use at most as many folds as observations.");
        if (!CrossFit && Folds > 2)
            throw new ArgumentException($"DmlConfig: {Folds} folds without cross-fitting; 2 trains on one half and estimates on the other, 1 does both on all rows.");
        if (Repetitions < 1)
            throw new ArgumentException($"DmlConfig: {Repetitions} repetitions; at least 1 is needed.");
        if (!CrossFit && Repetitions > 1)
            throw new ArgumentException($"DmlConfig: {Repetitions} repetitions without cross-fitting; repeat only with cross-fitting.");
        if (!(TrimAt >= 0 && TrimAt < 0.5))
            throw new ArgumentException($"DmlConfig: propensities are trimmed at {TrimAt}; the value must be in [0, 0.5).");
    }
}
