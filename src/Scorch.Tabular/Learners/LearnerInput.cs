namespace Scorch.Tabular;

/// <summary>The checks that every learner makes of its data.</summary>
internal static class LearnerInput
{
    public static void Check(DenseMatrix features, double[] target)
    {
        ArgumentNullException.ThrowIfNull(features);
        ArgumentNullException.ThrowIfNull(target);
        if (features.Rows == 0)
            throw new ArgumentException("There are no rows to learn from.", nameof(features));
        if (features.Rows != target.Length)
            throw new ArgumentException($"There are {features.Rows} rows of features, but {target.Length} targets.", nameof(target));
        var bad = IndexOfNonFinite(features.Values);
        if (bad >= 0)
            throw new ArgumentException($"Row {bad / features.Columns}, feature {bad % features.Columns} is {features.Values[bad]}; drop or fill such rows first.", nameof(features));
        bad = IndexOfNonFinite(target);
        if (bad >= 0)
            throw new ArgumentException($"Target {bad} is {target[bad]}; drop such rows first.", nameof(target));
    }

    public static void CheckLabels(DenseMatrix features, double[] labels)
    {
        Check(features, labels);
        var bad = Array.FindIndex(labels, label => label is not (0 or 1));
        if (bad >= 0)
            throw new ArgumentException($"Label {bad} is {labels[bad]}; labels are 0 or 1.", nameof(labels));
    }

    public static void CheckColumns(DenseMatrix features, int columns)
    {
        ArgumentNullException.ThrowIfNull(features);
        if (features.Columns != columns)
            throw new ArgumentException($"The learner was fitted on {columns} features, but {features.Columns} were given.", nameof(features));
        var bad = IndexOfNonFinite(features.Values);
        if (bad >= 0)
            throw new ArgumentException($"Row {bad / features.Columns}, feature {bad % features.Columns} is {features.Values[bad]}; drop or fill such rows first.", nameof(features));
    }

    private static int IndexOfNonFinite(ReadOnlySpan<double> values)
    {
        for (var i = 0; i < values.Length; i++)
            if (!double.IsFinite(values[i]))
                return i;
        return -1;
    }
}
