namespace Scorch.Language.Softermax;

/// <summary>The running pair after a slice.</summary>
/// <param name="SliceMaximum">The slice's integer maximum; none where every key of it is masked.</param>
/// <param name="Maximum">The running integer maximum; none where no key was seen yet.</param>
/// <param name="SliceSum">The slice's sum of powers, a code of the sum's format.</param>
/// <param name="Sum">The running sum, a code.</param>
/// <param name="SumShift">By how many bits the earlier sum was shifted right.</param>
/// <param name="SliceShift">By how many bits the slice's sum was shifted right.</param>
public sealed record SoftermaxStep(int? SliceMaximum, int? Maximum, long SliceSum, long Sum, int SumShift, int SliceShift);

/// <summary>All that the units hold while a row passes; integers are codes of the configuration's formats.</summary>
public sealed record SoftermaxTrace
{
    /// <summary>The scores as codes, masked ones too.</summary>
    public required IReadOnlyList<long> Inputs { get; init; }

    /// <summary>Powers against the slice's own maximum; 0 where masked.</summary>
    public required IReadOnlyList<long> Powers { get; init; }

    /// <summary>By how many bits each power was shifted right after the row.</summary>
    public required IReadOnlyList<int> Shifts { get; init; }

    /// <summary>Powers against the row's maximum.</summary>
    public required IReadOnlyList<long> Renormalized { get; init; }

    /// <summary>A step a slice.</summary>
    public required IReadOnlyList<SoftermaxStep> Steps { get; init; }

    /// <summary>The place of the sum's leading one, from 0; -1 where the sum is 0.</summary>
    public required int LeadingOne { get; init; }

    /// <summary>The reciprocal of the sum between 1 and 2; 0 where the sum is 0.</summary>
    public required long Reciprocal { get; init; }

    /// <summary>The results.</summary>
    public required IReadOnlyList<long> Outputs { get; init; }

    /// <summary>The results as numbers.</summary>
    public required IReadOnlyList<double> Values { get; init; }

    /// <summary>Scores outside the input format, masked ones too.</summary>
    public required long SaturatedInputs { get; init; }

    /// <summary>Times that a sum was held at its format's greatest value.</summary>
    public required long SaturatedSums { get; init; }

    /// <summary>Whether no key was left: all results are 0.</summary>
    public bool IsFullyMasked => LeadingOne < 0 && Steps.All(step => step.Maximum is null);
}
